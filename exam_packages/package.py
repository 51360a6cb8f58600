"""`ExamPackage`: a form sealed under a content key, signed by the packager. Bytes to bytes.

Parts: `front` (agreements and instructions), `form` (the items), media. Each is sealed under its own key derived from
the content key; the statement names every part's length and digest, so a part from another package never fits.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from exam_packages.form import DeliveryForm, Front, demands
from keys import container
from keys.container import Part
from keys.encoding import Digest, Document, Instant, decode, digest, encode
from keys.errors import ExamKioskError, PartAlteredError
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import EXAM_PACKAGE, Keyring, Signer, sign, verify

KIND = EXAM_PACKAGE.name
FORMAT, OLDEST = 1, 1
FRONT, FORM = "front", "form"
MAX_PACKAGE = 256 * 1024 * 1024


class PackageVersionError(ExamKioskError):
    """A package made for a newer program."""

    code = "package-too-new"
    what = "This exam package needs package format {needed}; this program reads format {have}."
    next_step = "Update the kiosk before exam day, then try again."


class PackageFormatError(ExamKioskError):
    """A package of a format that this program does not read any more, or that never was."""

    code = "package-too-old"
    what = (
        "This exam package is of package format {needed}; this program reads formats from {oldest} to {have}."
    )
    next_step = "Ask the centre to make the package again."


class PackageIncompleteError(ExamKioskError):
    """A signed package that lacks a part every package has, or whose form is not the one it names."""

    code = "package-incomplete"
    what = "This exam package is not complete: {detail}."
    next_step = "Call the centre; the package has to be made again."


class PackageHeader(Document, frozen=True, tag="exam-package/1"):
    """What is signed and readable without any code.

    `form_digest` is of the form in clear; `demands` is what a machine must be able to do to deliver it.
    """

    package: str
    exam: str
    form: str
    form_digest: Digest
    needs_format: int
    demands: tuple[str, ...]
    made_at: Instant
    parts: tuple[Part, ...]


class KeyHandoff(Document, frozen=True, tag="key-handoff/1"):
    """A content key sealed by the packager to a registrar."""

    package: str
    package_digest: Digest
    envelope: Envelope


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verified package: its header and its sealed parts; opening one needs the content key."""

    header: PackageHeader
    digest: Digest
    sealed: dict[str, bytes]

    def open_part(self, name: str, content_key: bytes) -> bytes:
        """A part in clear. Raises `PackageIncompleteError` or `SealError`."""
        if name not in self.sealed:
            raise PackageIncompleteError(detail=f"it has no part {name}")
        return open_content(content_key, name, self.sealed[name], _context(self.header.package), kind=KIND)

    def front(self, content_key: bytes) -> Front:
        """Agreements and instructions; no item is decrypted."""
        return decode(self.open_part(FRONT, content_key), Front, name=KIND)

    def form(self, content_key: bytes) -> DeliveryForm:
        """The form, checked against the digest in the header."""
        raw = self.open_part(FORM, content_key)
        if digest(raw) != self.header.form_digest:
            raise PartAlteredError(kind=KIND, part=FORM)
        form = decode(raw, DeliveryForm, name=KIND)
        if demands(form) != self.header.demands:
            raise PackageIncompleteError(detail="its form demands other things than its header says")
        return form


def package_target(exam: str, package: str) -> str:
    """The name under which a package is published: an exam's id begins with its board's name, as in `cetl-practice`."""
    return f"exams/{exam.partition('-')[0]}/{package}.ekp"


def pack(
    package: str,
    exam: str,
    front: Front,
    form: DeliveryForm,
    media: Mapping[str, bytes],
    *,
    content_key: bytes,
    made_at: Instant,
    signer: Signer,
) -> bytes:
    """A package file. `content_key` is 32 fresh random bytes, used for this package alone."""
    clear = {FRONT: encode(front), FORM: encode(form), **media}
    sealed = {
        name: seal_content(content_key, name, content, _context(package)) for name, content in clear.items()
    }
    header = PackageHeader(
        package,
        exam,
        form.form,
        digest(clear[FORM]),
        FORMAT,
        demands(form),
        made_at,
        container.describe(sealed),
    )
    return container.pack(sign(encode(header), EXAM_PACKAGE, signer), tuple(sealed.values()))


def unpack(raw: bytes, keyring: Keyring) -> Package:
    """A package whose signature and every part were checked; nothing is decrypted.

    Raises `ContainerError`, the errors of `verify`, `PackageVersionError` or `PackageFormatError`.
    """
    envelope, body = container.split(raw, kind=KIND)
    payload = verify(envelope, EXAM_PACKAGE, keyring).payload
    needed = _needed_format(payload)
    if needed > FORMAT:
        raise PackageVersionError(needed=needed, have=FORMAT)
    header = decode(payload, PackageHeader, name=KIND)
    if header.needs_format < OLDEST:
        raise PackageFormatError(needed=header.needs_format, oldest=OLDEST, have=FORMAT)
    return Package(header, digest(raw), container.parts(body, header.parts, kind=KIND))


def hand_off(package: Package, content_key: bytes, registrar: str, public: bytes) -> KeyHandoff:
    """Seal the content key to the registrar with this fingerprint."""
    envelope = seal_to(registrar, public, content_key, _handoff_context(package.digest))
    return KeyHandoff(package.header.package, package.digest, envelope)


def take_handoff(handoff: KeyHandoff, registrar: str, private: bytes) -> bytes:
    """The content key from a handoff. Raises `WrongRecipientError` or `SealError`."""
    context = _handoff_context(handoff.package_digest)
    return open_envelope((handoff.envelope,), registrar, private, context, kind="key handoff")


def _needed_format(payload: bytes) -> int:
    """The format a verified header asks for, read before its other fields, which a newer format may have added to."""
    try:
        fields = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(fields["needs_format"], type=int)
    except (msgspec.MsgspecError, KeyError, UnicodeError, RecursionError):
        return FORMAT


def _context(package: str) -> Context:
    return Context("package-part", package=package)


def _handoff_context(package_digest: Digest) -> Context:
    return Context("key-handoff", package=package_digest)

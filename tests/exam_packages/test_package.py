"""A package is what its packager signed, as a whole, or it is refused with its own code and nothing is decrypted."""

from __future__ import annotations

import msgspec
import pytest

from exam_packages import package as packages
from exam_packages.package import (
    FORM,
    FORMAT,
    FRONT,
    PackageFormatError,
    PackageHeader,
    PackageIncompleteError,
    PackageVersionError,
    hand_off,
    pack,
    package_target,
    take_handoff,
    unpack,
)
from keys import container
from keys.encoding import Digest, decode, digest, encode
from keys.errors import (
    ContainerError,
    ExamKioskError,
    PartAlteredError,
    SealError,
    UnknownSignerError,
    WrongPayloadTypeError,
    WrongRecipientError,
    WrongRoleError,
)
from keys.sealing import Context, seal_content
from keys.statement import EXAM_PACKAGE, RELEASE, Keyring, Role, claimed_payload, sign
from tests.exam_packages.workshop import (
    CONTENT_KEY,
    MADE_AT,
    form,
    front,
    holder,
    keyring,
    opened,
    package,
    person,
)

OTHER_KEY = bytes(range(1, 33))
CHANGED_BYTE = {
    "container-damaged",
    "document-malformed",
    "payload-type-wrong",
    "signer-unknown",
    "signature-invalid",
    "part-altered",
}


def _header(raw: bytes) -> tuple[PackageHeader, bytes]:
    """What a package's statement says, and its body."""
    envelope, body = container.split(raw, kind="package")
    return decode(claimed_payload(envelope, EXAM_PACKAGE), PackageHeader, name="package"), body


def _resigned(raw: bytes, body: bytes | None = None, **changes: object) -> bytes:
    """A package whose header says something else, signed by the packager."""
    header, old = _header(raw)
    payload = encode(msgspec.structs.replace(header, **changes))
    signer = person(Role.PACKAGER, "packager").signer()
    return container.pack(sign(payload, EXAM_PACKAGE, signer), [old if body is None else body])


def test_a_package_opens_to_what_was_packed() -> None:
    """Front and form come out as they went in, for who has the content key, and the header is readable without it."""
    raw = package()
    found = opened(raw)
    assert (found.front(CONTENT_KEY), found.form(CONTENT_KEY)) == (front(), form())
    assert (found.header.package, found.header.form, found.digest) == ("tiny-1-a", "tiny-1", digest(raw))
    assert found.header.form_digest == digest(encode(form()))
    assert b"SENTINEL" not in raw
    assert b"Keep it to yourself" not in raw


@pytest.mark.faults
def test_one_changed_byte_at_any_offset_is_refused(long_run: bool) -> None:
    """Every byte of a small package, changed in one bit, is refused with a code of its kind; nothing is decrypted."""
    raw = package()
    ring = keyring()
    codes: dict[str, int] = {}
    for offset in range(len(raw)):
        for bit in range(8) if long_run else (offset % 8,):
            changed = bytearray(raw)
            changed[offset] ^= 1 << bit
            with pytest.raises(ExamKioskError) as refused:
                unpack(bytes(changed), ring)
            told = refused.value.diagnostics()
            codes[told.code] = codes.get(told.code, 0) + 1
            assert "SENTINEL" not in told.what + told.next_step
    assert set(codes) <= CHANGED_BYTE
    assert codes["part-altered"] == len(_header(raw)[1]) * (8 if long_run else 1)


@pytest.mark.parametrize("cut", [0, 1, 22, 23, 26, 27, 40, -1])
def test_a_package_cut_short_is_refused(cut: int) -> None:
    """Wherever a copy ends early, the file is damaged and no more is said."""
    with pytest.raises(ContainerError):
        opened(package()[:cut])


def test_a_package_with_bytes_to_spare_is_refused() -> None:
    """Nothing may stand behind the last part."""
    with pytest.raises(ContainerError):
        opened(package() + b"\0")


@pytest.mark.parametrize("name", [FRONT, FORM])
def test_a_part_of_another_valid_package_is_refused(name: str) -> None:
    """A part of the same name, length, packager and content key from another package does not fit."""
    ours, theirs = package("tiny-1-a"), package("tiny-1-b")
    (header, body), other = _header(ours), opened(theirs)
    mine = opened(ours).sealed
    assert len(mine[name]) == len(other.sealed[name])
    swapped = b"".join(
        other.sealed[part.name] if part.name == name else mine[part.name] for part in header.parts
    )
    assert swapped != body
    envelope, _ = container.split(ours, kind="package")
    with pytest.raises(PartAlteredError, match=f"Part {name}"):
        opened(container.pack(envelope, [swapped]))


def test_a_part_signed_into_another_package_does_not_open() -> None:
    """Even a packager who lists another package's part gets nothing opened: a part is sealed for its own package."""
    theirs = opened(package("tiny-1-b"))
    body = b"".join(theirs.sealed.values())
    moved = opened(_resigned(package(), body, parts=container.describe(theirs.sealed)))
    with pytest.raises(SealError):
        moved.form(CONTENT_KEY)


def test_front_and_form_cannot_change_places() -> None:
    """Each part has its own key: the form sealed under its name does not open as the front."""
    found = opened(package())
    parts = {FRONT: found.sealed[FORM], FORM: found.sealed[FRONT]}
    moved = opened(_resigned(package(), b"".join(parts.values()), parts=container.describe(parts)))
    with pytest.raises(SealError):
        moved.front(CONTENT_KEY)


def test_a_wrong_content_key_opens_nothing() -> None:
    """The package is sound and its seal holds."""
    with pytest.raises(SealError):
        opened(package()).front(OTHER_KEY)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PACKAGER])
def test_no_other_role_may_sign_a_package(role: Role) -> None:
    """Anybody else whom the site believes is refused: when signing and, if that is got round, when opening."""
    someone = person(role, role.value, "west" if role in {Role.KIOSK, Role.PROCTOR} else "centre")
    with pytest.raises(WrongRoleError):
        pack(
            "p",
            "tiny",
            front(),
            form(),
            {},
            content_key=CONTENT_KEY,
            made_at=MADE_AT,
            signer=someone.signer(),
        )
    with pytest.raises(WrongRoleError):
        unpack(package(), Keyring([holder(person(Role.PACKAGER, "packager"), role)]))


def test_a_stranger_s_package_is_refused() -> None:
    """A package by a packager who is not believed here is refused."""
    signer = person(Role.PACKAGER, "stranger").signer()
    raw = pack("p", "tiny", front(), form(), {}, content_key=CONTENT_KEY, made_at=MADE_AT, signer=signer)
    with pytest.raises(UnknownSignerError):
        opened(raw)


def test_another_genuine_document_is_not_a_package() -> None:
    """A signed statement of another kind, in a package's place, is told apart."""
    envelope = sign(b"{}", RELEASE, person(Role.REGISTRAR, "registrar").signer())
    with pytest.raises(WrongPayloadTypeError):
        opened(container.pack(envelope, []))


def test_a_package_for_a_newer_program_says_so() -> None:
    """The format that is needed is in the signed header, and is compared before any key or code is asked for."""
    with pytest.raises(PackageVersionError, match=f"needs package format {FORMAT + 1}"):
        opened(_resigned(package(), needs_format=FORMAT + 1))


@pytest.mark.parametrize("needed", [0, -1])
def test_a_package_of_a_format_that_never_was_is_refused(needed: int) -> None:
    """A format below the oldest that is read is refused as well."""
    with pytest.raises(PackageFormatError):
        opened(_resigned(package(), needs_format=needed))


def test_a_package_of_an_older_format_is_refused_once_it_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later program that reads formats 2 to 3 refuses today's package as too old, and takes none for it."""
    raw = package()
    monkeypatch.setattr(packages, "OLDEST", 2)
    monkeypatch.setattr(packages, "FORMAT", 3)
    with pytest.raises(PackageFormatError, match="reads formats from 2 to 3"):
        opened(raw)


def test_a_form_that_is_not_the_one_named_is_refused() -> None:
    """A header whose form digest is another form's does not deliver this one."""
    other = digest(encode(form("OTHER")))
    with pytest.raises(PartAlteredError):
        opened(_resigned(package(), form_digest=other)).form(CONTENT_KEY)


@pytest.mark.parametrize("missing", [FRONT, FORM])
def test_a_package_without_a_part_is_incomplete(missing: str) -> None:
    """A signed package that lacks its front or form is refused when the part is asked for, by its name."""
    found = opened(package())
    kept = {name: content for name, content in found.sealed.items() if name != missing}
    short = opened(_resigned(package(), b"".join(kept.values()), parts=container.describe(kept)))
    with pytest.raises(PackageIncompleteError, match=missing):
        short.open_part(missing, CONTENT_KEY)


def test_names_that_are_paths_are_refused() -> None:
    """A part is no file name: one that climbs out of a folder is not listed."""
    found = opened(package())
    parts = {"../form": found.sealed[FORM]}
    with pytest.raises(ContainerError):
        opened(_resigned(package(), found.sealed[FORM], parts=container.describe(parts)))


def test_two_packages_share_no_sealed_bytes() -> None:
    """The same form packed twice under one key gives other bytes: no stream of key and nonce is used twice."""
    first, second = opened(package()), opened(package())
    for name in (FRONT, FORM):
        assert first.sealed[name][:24] != second.sealed[name][:24]
    same = (b"x" * 64, Context(""))
    assert seal_content(CONTENT_KEY, FRONT, *same) != seal_content(CONTENT_KEY, FORM, *same)


def test_the_content_key_goes_to_its_registrar_alone() -> None:
    """A handoff opens for the registrar it was sealed to, for this package, and for nobody else."""
    found, registrar = opened(package()), person(Role.REGISTRAR, "registrar")
    handoff = hand_off(found, CONTENT_KEY, registrar.identity.fingerprint, registrar.identity.sealing)
    mine = (registrar.identity.fingerprint, registrar.sealing)
    assert take_handoff(handoff, *mine) == CONTENT_KEY
    other = person(Role.REGISTRAR, "other")
    with pytest.raises(WrongRecipientError):
        take_handoff(handoff, other.identity.fingerprint, other.sealing)
    relabelled = msgspec.structs.replace(handoff, package_digest=Digest("0" * 64))
    with pytest.raises(SealError):
        take_handoff(relabelled, *mine)
    assert CONTENT_KEY not in encode(handoff)


def test_a_package_is_published_below_its_board() -> None:
    """The board is the first word of the exam's id."""
    assert package_target("cetl-practice", "cetl-practice-1-ab") == "exams/cetl/cetl-practice-1-ab.ekp"
    assert package_target("tiny", "tiny-1") == "exams/tiny/tiny-1.ekp"

"""The vectors of the exam package: a valid one, another, and one fault each, signed and sealed with test keys only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from exam_packages.form import Agreement, AgreementId, DeliveryForm, FormId, Front, Item, ItemRef, Section
from exam_packages.form import TestPart as Part
from exam_packages.interactions import Choice, ChoiceInteraction, ItemId, OptionId, Paragraph
from exam_packages.package import FORM, FRONT, PackageHeader, pack
from keys import container
from keys.encoding import Instant, decode, digest, encode
from keys.statement import EXAM_PACKAGE, RELEASE, Role, claimed_payload, sign
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, flipped, frozen, person

NAME = "package"
CONTENT_KEY = bytes(range(32))
MADE_AT = Instant(1_900_000_000_000)
PACKAGER = person(Role.PACKAGER, "packager").signer()
REGISTRAR = person(Role.REGISTRAR, "registrar").signer()
STRANGER = person(Role.PACKAGER, "stranger").signer()
BELIEVED = (PACKAGER, REGISTRAR)
DAMAGED = "container-damaged"


def _front() -> Front:
    agreement = Agreement(AgreementId("terms"), "Terms", "Keep it to yourself.")
    return Front(FormId("tiny-1"), "Tiny", "Tiny", "A test.", "en", (agreement,), "Answer.", 1, 60_000)


def _form(question: str) -> DeliveryForm:
    options = tuple(Choice(OptionId(letter), f"Option {letter}") for letter in "ab")
    item = Item(ItemId("CP-1A-01"), (Paragraph(question),), ChoiceInteraction(options, shuffle=True))
    section = Section("items", "", (ItemRef(item.id),))
    return DeliveryForm(FormId("tiny-1"), 1, "en", 60_000, (Part("test", "", (section,)),), (item,))


def _pack(package: str, question: str) -> bytes:
    return pack(
        package,
        "tiny",
        _front(),
        _form(question),
        {},
        content_key=CONTENT_KEY,
        made_at=MADE_AT,
        signer=PACKAGER,
    )


class _Package:
    """A package taken apart, to be put together wrongly."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.envelope, self.body = container.split(raw, kind=NAME)
        self.header = decode(claimed_payload(self.envelope, EXAM_PACKAGE), PackageHeader, name=NAME)
        at = 0
        self.parts: dict[str, bytes] = {}
        for part in self.header.parts:
            self.parts[part.name] = self.body[at : at + part.length]
            at += part.length

    def enveloped(self, envelope: bytes, body: bytes | None = None) -> bytes:
        return container.pack(envelope, [self.body if body is None else body])

    def saying(self, **changes: object) -> bytes:
        return self.enveloped(
            sign(encode(msgspec.structs.replace(self.header, **changes)), EXAM_PACKAGE, PACKAGER)
        )

    def holding(self, parts: dict[str, bytes]) -> bytes:
        payload = encode(msgspec.structs.replace(self.header, parts=container.describe(parts)))
        return self.enveloped(sign(payload, EXAM_PACKAGE, PACKAGER), b"".join(parts.values()))


def vectors() -> Iterator[Vector]:
    """Every vector; the first two are frozen, the others are made from them."""
    valid = _Package(frozen(NAME, "valid", lambda: _pack("tiny-1-a", "What comes first?")))
    other = _Package(frozen(NAME, "valid-other", lambda: _pack("tiny-1-b", "What comes later?")))
    yield Vector("valid", "ok", "A package of one item.", valid.raw)
    yield Vector("valid-other", "ok", "Another by the same packager under the same content key.", other.raw)
    yield from _damaged(valid)
    yield from _parts(valid, other)
    yield from _statements(valid)
    yield from _headers(valid)
    wrong = {"content-key": bytes(range(1, 33)).hex()}
    yield Vector(
        "content-key-wrong", "seal-broken", "The content key is another package's.", valid.raw, wrong
    )


def _damaged(valid: _Package) -> Iterator[Vector]:
    raw, start = valid.raw, len(container.MAGIC)
    yield Vector("empty", DAMAGED, "The file is empty.", b"")
    yield Vector("magic-altered", DAMAGED, "The first line is another format's.", flipped(raw, 11))
    yield Vector("header-only", DAMAGED, "The file ends after its first line.", raw[:start])
    yield Vector("cut-in-envelope", DAMAGED, "The file ends in the signed header.", raw[: start + 104])
    yield Vector("cut-in-part", DAMAGED, "The last byte is missing.", raw[:-1])
    yield Vector("bytes-to-spare", DAMAGED, "One byte stands behind the last part.", raw + b"\0")
    long = raw[:start] + b"\xff\xff\xff\xff" + raw[start + 4 :]
    yield Vector("envelope-too-long", DAMAGED, "The header's length is more than any may be.", long)


def _parts(valid: _Package, other: _Package) -> Iterator[Vector]:
    front, form = valid.parts[FRONT], valid.parts[FORM]
    bodies = (
        (
            "part-byte-altered",
            "One bit of the part `form` is changed.",
            flipped(front + form, len(front) + 40),
        ),
        (
            "part-swapped",
            "The part `form` is another package's, of the same length.",
            front + other.parts[FORM],
        ),
        ("parts-in-other-order", "The parts stand in another order.", form + front),
    )
    for name, told, body in bodies:
        yield Vector(name, "part-altered", told, valid.enveloped(valid.envelope, body))
    resigned = (
        ("parts-resigned", "seal-broken", "Another package's parts are signed into this one.", other.parts),
        ("parts-renamed", "seal-broken", "Front and form have changed names.", {FRONT: form, FORM: front}),
        ("form-missing", "package-incomplete", "There is no part `form`.", {FRONT: front}),
        (
            "part-name-a-path",
            DAMAGED,
            "A part's name climbs out of a folder.",
            {FRONT: front, "../form": form},
        ),
        ("part-name-empty", DAMAGED, "A part has no name.", {FRONT: front, "": form}),
    )
    for name, expect, told, parts in resigned:
        yield Vector(name, expect, told, valid.holding(parts))
    first, last = valid.header.parts
    twice = valid.saying(parts=(first, first))[: -len(form)] + front
    yield Vector("part-twice", DAMAGED, "A part is listed twice.", twice)
    below = valid.saying(parts=(msgspec.structs.replace(first, length=-1), last))
    yield Vector("part-length-negative", DAMAGED, "A part's length is below 0.", below)


def _statements(valid: _Package) -> Iterator[Vector]:
    faults = statement_faults(encode(valid.header), EXAM_PACKAGE, PACKAGER, REGISTRAR, STRANGER, RELEASE)
    for fault in faults:
        yield Vector(fault.name, fault.expect, fault.comment, valid.enveloped(fault.envelope))


def _headers(valid: _Package) -> Iterator[Vector]:
    told = "The package needs a newer program."
    yield Vector("format-newer", "package-too-new", told, valid.saying(needs_format=2))
    newer = encode(valid.header).replace(b'"needs_format":1', b'"needs_format":2,"more":1')
    told = "The package needs a newer program, and its header has a field of that format."
    yield Vector(
        "format-newer-field", "package-too-new", told, valid.enveloped(sign(newer, EXAM_PACKAGE, PACKAGER))
    )
    yield Vector("format-older", "package-too-old", "A format that never was.", valid.saying(needs_format=0))
    told = "The header demands less than the form does."
    yield Vector("demands-other", "package-incomplete", told, valid.saying(demands=()))
    told = "The header names another form's digest."
    other = digest(encode(_form("What comes later?")))
    yield Vector("form-digest-other", "part-altered", told, valid.saying(form_digest=other))
    told = "The header names another package, for which its parts were not sealed."
    yield Vector("package-relabelled", "seal-broken", told, valid.saying(package="tiny-1-b"))


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/, and the keys that a reader is given."""
    setting = {
        "content_key": CONTENT_KEY.hex(),
        "believed": [
            {"role": one.role.value, "name": one.name, "public": one.public.hex()} for one in BELIEVED
        ],
    }
    made = {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}
    return {f"{NAME}/setting.json": (json.dumps(setting, indent=1) + "\n").encode(), **made}

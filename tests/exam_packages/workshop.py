"""Small things to test with: people, a form of two items, a package and a plan, all in memory and quick."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from exam_packages.bank import load
from exam_packages.conversion import two_segments
from exam_packages.form import Agreement, AgreementId, DeliveryForm, FormId, Front, Item, ItemRef, Section
from exam_packages.form import TestPart as Part
from exam_packages.interactions import Choice, ChoiceInteraction, ItemId, OptionId, Paragraph
from exam_packages.items import AuthoredTest
from exam_packages.mastering import Mastered, master
from exam_packages.package import Package, pack, package_target, unpack
from exam_packages.scoring_key import ConversionTable
from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from keys.encoding import Digest, Instant, digest, encode
from keys.identities import Identity, PrivateIdentity, new_identity
from keys.statement import Holder, Keyring, Role

SAMPLES = Path(__file__).parents[2] / "exam_packages/samples"
MADE_AT = Instant(1_900_000_000_000)
OPENS, CLOSES = Instant(1_907_674_200_000), Instant(1_907_692_200_000)
CONTENT_KEY = bytes(range(32))


@cache
def person(role: Role, name: str, site: str = "centre") -> PrivateIdentity:
    """The one holder of this role and name in a test run."""
    return new_identity(role, site, name)


def kiosk(number: int) -> PrivateIdentity:
    """A kiosk of site west."""
    return person(Role.KIOSK, f"kiosk-{number:02}", "west")


def proctor(name: str = "rivera") -> PrivateIdentity:
    """A proctor of site west."""
    return person(Role.PROCTOR, name, "west")


def keyring(*more: Identity) -> Keyring:
    """The keys that everyone believes, and those of `more` identities."""
    named = [person(role, role.value).identity for role in Role if role not in {Role.KIOSK, Role.PROCTOR}]
    return Keyring([one.holder() for one in (*named, *more)])


def holder(private: PrivateIdentity, role: Role) -> Holder:
    """Somebody's key, believed in a role that may not be their own."""
    return Holder(role, private.identity.name, private.identity.signing)


def front() -> Front:
    """A front with one agreement."""
    agreement = Agreement(AgreementId("terms"), "Terms", "Keep it to yourself.")
    return Front(FormId("tiny-1"), "Tiny", "Tiny", "A test.", "en", (agreement,), "Answer.", 2, 60_000)


def form(mark: str = "SENTINEL") -> DeliveryForm:
    """A form of two items; `mark` is in a stem."""
    options = tuple(Choice(OptionId(letter), f"Option {letter}") for letter in "abcd")
    items = tuple(
        Item(ItemId(f"CP-1A-0{n}"), (Paragraph(f"{mark} {n}?"),), ChoiceInteraction(options, shuffle=True))
        for n in (1, 2)
    )
    section = Section("items", "", tuple(ItemRef(item.id) for item in items))
    return DeliveryForm(FormId("tiny-1"), 1, "en", 60_000, (Part("test", "", (section,)),), items)


def package(name: str = "tiny-1-a", content_key: bytes = CONTENT_KEY, mark: str = "SENTINEL") -> bytes:
    """A package file by the packager."""
    signer = person(Role.PACKAGER, "packager").signer()
    return pack(
        name, "tiny", front(), form(mark), {}, content_key=content_key, made_at=MADE_AT, signer=signer
    )


def opened(raw: bytes) -> Package:
    """A package, verified."""
    return unpack(raw, keyring())


def conversion() -> ConversionTable:
    """The table of the tiny form."""
    scaled = two_segments(2, 1, 600, 800)
    return ConversionTable("tiny", FormId("tiny-1"), digest(encode(form())), 1, scaled, 600)


def plan(raw_package: bytes, mode: Mode = Mode.LIVE) -> SittingPlan:
    """A plan of two candidates on two kiosks, with one spare and two proctors."""
    found = opened(raw_package)
    roster = tuple(
        RosterEntry(CandidateId(f"C-100{n}"), f"Candidate {n}", 1, f"ATT-{n}", CLOSES, f"kiosk-0{n}")
        for n in (1, 2)
    )
    return SittingPlan(
        SittingId("west-1"),
        mode,
        "Tiny",
        "tiny",
        "west",
        "Room 1",
        OPENS,
        CLOSES,
        package_target("tiny", found.header.package),
        found.digest,
        found.header.form,
        found.header.form_digest,
        roster,
        (proctor().identity, proctor("okafor").identity),
        (*(KioskSlot(kiosk(n).identity) for n in (1, 2)), KioskSlot(kiosk(3).identity, spare=True)),
        (person(Role.CENTRE, "centre").identity,),
        Policies("Exam office, +1 555 0100", "By letter."),
    )


def digest_of(made: SittingPlan) -> Digest:
    """A digest that stands for the plan's file."""
    return digest(encode(made))


@cache
def sample_bank() -> AuthoredTest:
    """The sample programme's bank."""
    return load(SAMPLES / "cetl-practice")


@cache
def showcase_bank() -> AuthoredTest:
    """The bank with every interaction, block, instrument and limit there is: 14 items in two parts."""
    return load(SAMPLES / "showcase")


@cache
def showcase() -> Mastered:
    """The showcase, mastered: form, front, scoring key and conversion table."""
    return master(showcase_bank())


def without(test: AuthoredTest, *places: int) -> AuthoredTest:
    """A bank without the items at these places."""
    kept = tuple(item for place, item in enumerate(test.items) if place not in places)
    return msgspec.structs.replace(test, items=kept)

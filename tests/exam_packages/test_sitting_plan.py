"""A plan opens for those it names and for nobody else, contradicts itself nowhere, and holds in its window alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest

from exam_packages.header_facts import header_facts
from exam_packages.package import unpack
from exam_packages.sitting_plan import (
    Mode,
    PlanDocumentError,
    PlanHeader,
    PlanWindowError,
    SittingPlan,
    open_plan,
    plan_target,
    read_plan_header,
    seal_plan,
)
from keys import container
from keys.encoding import Instant, decode, encode
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
from keys.statement import SITTING_PLAN, Keyring, Role, claimed_payload, sign
from tests.exam_packages.workshop import CLOSES, OPENS, holder, keyring, kiosk, package, person, plan, proctor

REGISTRAR = person(Role.REGISTRAR, "registrar")


@cache
def _plan() -> SittingPlan:
    return plan(package())


@cache
def _sealed() -> bytes:
    return seal_plan(_plan(), REGISTRAR)


def _resigned(**changes: object) -> bytes:
    """A plan file whose header says something else, signed by the registrar."""
    envelope, body = container.split(_sealed(), kind="plan")
    header = decode(claimed_payload(envelope, SITTING_PLAN), PlanHeader, name="plan")
    payload = encode(msgspec.structs.replace(header, **changes))
    return container.pack(sign(payload, SITTING_PLAN, REGISTRAR.signer()), [body])


def test_everyone_the_plan_names_opens_it() -> None:
    """Proctors, kiosks and spares, the centre's recipients and the registrar who made it all read the same plan."""
    readers = (proctor(), proctor("okafor"), kiosk(1), kiosk(3), person(Role.CENTRE, "centre"), REGISTRAR)
    for reader in readers:
        assert open_plan(_sealed(), keyring(), reader) == _plan()
    assert (plan_target("west-1"), read_plan_header(_sealed(), keyring()).site) == (
        "sittings/west-1/plan.eks",
        "west",
    )


def test_nobody_else_learns_a_name_from_it() -> None:
    """Another kiosk of the site is no recipient, and no candidate's name or number is in the file."""
    for stranger in (kiosk(4), proctor("stranger"), person(Role.PACKAGER, "packager")):
        with pytest.raises(WrongRecipientError):
            open_plan(_sealed(), keyring(), stranger)
    assert b"Candidate 1" not in _sealed()
    assert b"C-1001" not in _sealed()
    assert "C-1001" not in str(header_facts(_sealed()))


@pytest.mark.faults
def test_one_changed_byte_of_a_plan_is_refused(long_run: bool) -> None:
    """Any byte of the file, changed, is refused before anything is opened."""
    raw, ring = _sealed(), keyring()
    for offset in range(0, len(raw), 1 if long_run else 17):
        changed = bytearray(raw)
        changed[offset] ^= 1
        with pytest.raises(ExamKioskError):
            open_plan(bytes(changed), ring, kiosk(1))


def test_a_plan_that_was_altered_is_told_apart() -> None:
    """A changed part, a missing byte, another signer, role or document each have their own refusal."""
    raw = _sealed()
    with pytest.raises(PartAlteredError):
        open_plan(raw[:-1] + bytes([raw[-1] ^ 1]), keyring(), kiosk(1))
    with pytest.raises(ContainerError):
        open_plan(raw[:-1], keyring(), kiosk(1))
    with pytest.raises(UnknownSignerError):
        open_plan(raw, Keyring([]), kiosk(1))
    with pytest.raises(WrongRoleError):
        open_plan(raw, Keyring([holder(REGISTRAR, Role.PROCTOR)]), kiosk(1))
    with pytest.raises(WrongPayloadTypeError):
        open_plan(package(), keyring(), kiosk(1))
    with pytest.raises(WrongPayloadTypeError):
        unpack(raw, keyring())


@pytest.mark.parametrize("change", [{"sitting": "east-1"}, {"mode": Mode.REHEARSAL}])
def test_a_plan_relabelled_does_not_open(change: dict[str, object]) -> None:
    """The content is sealed for its sitting and mode: a header with another of either opens nothing."""
    with pytest.raises(SealError):
        open_plan(_resigned(**change), keyring(), kiosk(1))


def test_a_plan_for_another_site_is_refused() -> None:
    """A header that names another site than the plan inside is refused."""
    with pytest.raises(PlanDocumentError, match="not the plan that its header names"):
        open_plan(_resigned(site="east"), keyring(), kiosk(1))


def _seat(plan_: SittingPlan, place: int, **changes: object) -> SittingPlan:
    roster = list(plan_.roster)
    roster[place] = msgspec.structs.replace(roster[place], **changes)
    return msgspec.structs.replace(plan_, roster=tuple(roster))


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"opens_at": CLOSES}, "it closes before it opens"),
    ({"roster": ()}, "a list is empty"),
    ({"proctors": ()}, "a list is empty"),
    ({"kiosks": ()}, "a list is empty"),
    ({"recipients": ()}, "a list is empty"),
    ({"kiosks": _plan().kiosks[:1] * 2}, "a kiosk stands twice"),
    ({"kiosks": _plan().kiosks[:1]}, "a candidate is seated at a kiosk that is not listed"),
    (
        {"roster": _seat(_plan(), 1, candidate="C-1001").roster},
        "a candidate number stands twice in the roster",
    ),
    ({"roster": _seat(_plan(), 1, kiosk="kiosk-01").roster}, "two candidates are seated at one kiosk"),
    ({"proctors": (kiosk(1).identity,)}, "someone listed as a proctor is not one"),
    ({"recipients": (proctor().identity,)}, "results would be sealed to someone who is not a recipient"),
]


@pytest.mark.parametrize(("change", "told"), CONTRADICTIONS)
def test_a_plan_that_contradicts_itself_is_never_sealed(change: dict[str, Any], told: str) -> None:
    """Each contradiction has its words."""
    with pytest.raises(PlanDocumentError, match=told):
        seal_plan(msgspec.structs.replace(_plan(), **change), REGISTRAR)


@pytest.mark.parametrize(
    ("moment", "holds"), [(OPENS - 1, False), (OPENS, True), (CLOSES, True), (CLOSES + 1, False)]
)
def test_a_plan_holds_in_its_window(moment: int, holds: bool) -> None:
    """From the first to the last millisecond; outside, the words give both dates, the clock and whom to call."""
    if holds:
        _plan().check_window(Instant(moment))
        return
    with pytest.raises(PlanWindowError) as refused:
        _plan().check_window(Instant(moment))
    told = refused.value.diagnostics()
    assert "2030-06-14 13:30 UTC to 2030-06-14 18:30 UTC" in told.what
    assert "+1 555 0100" in told.next_step


def test_a_plan_finds_its_own() -> None:
    """A candidate by number and a kiosk by fingerprint are found; others are not."""
    first = _plan().entry("C-1001")
    assert first is not None
    assert first.kiosk == "kiosk-01"
    assert _plan().entry("C-9") is None
    spare = _plan().kiosk(kiosk(3).identity.fingerprint)
    assert spare is not None
    assert spare.spare
    assert _plan().kiosk(kiosk(4).identity.fingerprint) is None

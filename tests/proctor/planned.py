"""One small plan, and what the tests of the rules do with it: two kiosks and a spare, three candidates."""

from __future__ import annotations

from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from keys.clock import Stamp
from keys.encoding import Instant, digest
from keys.identities import Identity, new_identity
from keys.statement import Role
from proctor import sitting
from proctor.commands import Admit, CheckIdentity, CollectRecord, Command, OpenSitting, ShowCodes
from proctor.sitting import State
from results.wire.sitting_events import RecordCollected, SittingEvent

SUPPORT = "Ada at 555-0100"
NOW = Stamp(Instant(5_000), 1, "boot")
D = digest(b"")


def _identity(role: Role, name: str) -> Identity:
    return Identity(role, "west", name, name.encode().ljust(32, b"\0"), b"\0" * 1216)


KIOSKS = tuple(KioskSlot(_identity(Role.KIOSK, f"kiosk-0{n}"), spare=n > 2) for n in (1, 2, 3))
RIVERA, CHEN = (new_identity(Role.PROCTOR, "west", name) for name in ("rivera", "chen"))
PROCTOR = RIVERA.identity
K1, K2, K3 = (slot.identity.fingerprint for slot in KIOSKS)
ME, OTHER = PROCTOR.fingerprint, CHEN.identity.fingerprint
PLAN = SittingPlan(
    sitting=SittingId("west-1"),
    mode=Mode.LIVE,
    programme="cetl",
    exam="practice",
    site="west",
    room="1",
    opens_at=Instant(1_000),
    closes_at=Instant(9_000),
    package="exams/cetl/p.ekp",
    package_digest=D,
    form="f",
    form_digest=D,
    roster=(
        RosterEntry(CandidateId("C-1"), "Ann", 1, "e1", Instant(9_000), "kiosk-01"),
        RosterEntry(CandidateId("C-2"), "Bo", 1, "e2", Instant(9_000), "kiosk-02"),
        RosterEntry(CandidateId("C-3"), "Cy", 2, "e3", Instant(9_000)),
    ),
    proctors=(PROCTOR, CHEN.identity),
    kiosks=KIOSKS,
    recipients=(_identity(Role.CENTRE, "centre"),),
    policies=Policies(SUPPORT, "by letter"),
)
OPEN = OpenSitting(b"n" * 32, ME, D, "test")


def record(
    kiosk: str, candidate: str, outcome: str = "completed", session: str = "", count: int = 9
) -> CollectRecord:
    """A record as the desk notes it; its head says session and length."""
    name = session or f"s-{kiosk.lower()}"
    head = digest(f"{name}{count}".encode())
    return CollectRecord(RecordCollected(kiosk, name, candidate, outcome, head, head, count))


def run(*commands: Command, state: State | None = None) -> State:
    """The state after these commands."""
    state = state or State(PLAN)
    for command in commands:
        for event in sitting.decide(state, command, NOW):
            state = sitting.apply(state, event, NOW)
    return state


def events(state: State, command: Command) -> tuple[SittingEvent, ...]:
    """What a command makes of a state."""
    return sitting.decide(state, command, NOW)


def known(candidate: str, document: str = "passport", *, names: bool = True, note: str = "") -> CheckIdentity:
    """An identity check with which nothing is wrong, unless said."""
    return CheckIdentity(candidate, document, photo_seen=True, name_matches=names, proctor=ME, note=note)


def seated(candidate: str, kiosk: str) -> tuple[Command, ...]:
    """A candidate whose identity was checked, given a kiosk."""
    return known(candidate), Admit(candidate, kiosk, ME)


ROOM = run(OPEN, ShowCodes(ME))
"""Open, with the codes of the planned seats shown."""
DOOR = run(*(known(entry.candidate) for entry in PLAN.roster), state=ROOM)
"""The same, and everybody's identity was checked."""

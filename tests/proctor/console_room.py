"""A room of thirty in memory for the console's screens: fixed keys, a clock that stands, the real rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from exam_packages.release import SittingSecrets
from exam_packages.sitting_plan import (
    Accommodations,
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from keys.carrier import Carrier
from keys.clock import Stamp
from keys.codes import Verb
from keys.encoding import Instant, digest
from keys.errors import ExamKioskError, WrongCodeError, WrongPassphraseError
from keys.identities import Identity, PrivateIdentity
from keys.statement import Role
from proctor import sitting
from proctor.collect import Collection, Refused
from proctor.commands import (
    Admit,
    CheckIdentity,
    CollectRecord,
    Command,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    MoveCandidate,
    OpenSitting,
    ReportIncident,
)
from proctor.console import Console, Written
from proctor.offers import Offer, Told
from proctor.runner import Desk
from proctor.state import State
from results.wire.closing import FinalState
from results.wire.mirror import MirrorHeader
from results.wire.sitting_events import RecordCollected, SittingEvent

SUPPORT = "Ada at 555-0100"
NINE = Instant(1_795_338_000_000)
"""2026-11-22 09:00 UTC."""
MINUTE = 60_000
LIMIT = 120 * MINUTE
NAMES = (
    "Ada Abara", "Bo Lindqvist", "Cy Nakamura", "Dee Okonkwo", "Eli Prins", "Fay Quist", "Gus Rahman", "Hana Sato",
    "Ivo Tanaka", "Jo Ueda", "Kim Varga", "Lea Wolff", "Max Xu", "Noa Ybarra", "Oli Zeman", "Pia Andersen",
    "Quin Brook", "Rio Costa", "Sam Dahl", "Tea Engel", "Uma Farah", "Val Gomez", "Wes Haas", "Xia Ito",
    "Yan Jensen", "Zoe Khan", "Abe Larsen", "Bea Moreau", "Cal Nyberg", "Dot Osei",
)  # fmt: skip


def _identity(role: Role, name: str) -> Identity:
    return Identity(role, "west", name, name.encode().ljust(32, b"\0"), b"\0" * 1216)


ME, OTHER = _identity(Role.PROCTOR, "rivera"), _identity(Role.PROCTOR, "okafor")
KIOSKS = tuple(KioskSlot(_identity(Role.KIOSK, f"kiosk-{n:02}"), spare=n > 30) for n in range(1, 33))
CHECKPOINT = "0000000000"


def plan(names: tuple[str, ...] = NAMES, mode: Mode = Mode.LIVE) -> SittingPlan:
    """A plan for these names, one kiosk each and two spares; the third and fifth have accommodations."""
    granted = {
        2: Accommodations(extra_percent=25, note="reads with a ruler"),
        4: Accommodations(extra_minutes=15),
    }
    roster = tuple(
        RosterEntry(
            CandidateId(f"C-{1001 + at}"),
            name,
            1,
            f"e{at}",
            Instant(NINE + 24 * 60 * MINUTE),
            f"kiosk-{at + 1:02}" if at != 29 else "",
            granted.get(at, Accommodations()),
        )
        for at, name in enumerate(names)
    )
    return SittingPlan(
        sitting=SittingId("west-2026-11"),
        mode=mode,
        programme="cetl",
        exam="practice",
        site="west",
        room="214",
        opens_at=Instant(NINE - 60 * MINUTE),
        closes_at=Instant(NINE + 300 * MINUTE),
        package="exams/cetl/p.ekp",
        package_digest=digest(b"p"),
        form="f",
        form_digest=digest(b"f"),
        roster=roster,
        proctors=(OTHER, ME),
        kiosks=KIOSKS,
        recipients=(_identity(Role.CENTRE, "centre"),),
        policies=Policies(SUPPORT, "by letter"),
    )


class StandingClock:
    """A clock that stands until it is moved."""

    wall = NINE

    def now(self) -> Stamp:
        """The moment it stands at."""
        return Stamp(Instant(self.wall), 1, "boot")


class MemoryDesk(Desk):
    """A desk without a vault: the rules, a journal in a list, and codes from fixed secrets."""

    def __init__(self, of: SittingPlan) -> None:
        self.plan, self.state = of, State(of)
        self._secrets = SittingSecrets(b"c" * 32, b"s" * 32)
        self.time_limit = LIMIT
        self._clock = StandingClock()
        self.events: list[SittingEvent] = []
        self.threads: set[str] = set()
        self.submit(OpenSitting(b"n" * 32, ME.fingerprint, digest(b"plan"), "test"))

    @property
    def identity(self) -> Identity:
        return ME

    @property
    def folder(self) -> Path:
        return Path("desk/sittings") / self.plan.sitting

    def submit(self, command: Command) -> tuple[SittingEvent, ...]:
        now = self._clock.now()
        self.threads.add(threading.current_thread().name)
        try:
            events = sitting.decide(self.state, command, now)
        except ExamKioskError as error:
            raise error.call(SUPPORT) from None
        for event in events:
            self.state = sitting.apply(self.state, event, now)
        self.events += events
        return events

    def agree(self, command: IssueAction, second: PrivateIdentity) -> IssueAction:
        raise WrongPassphraseError(name=second.identity.name)

    def close(self) -> None:
        """Nothing is open."""


class RoomConsole(Console):
    """A console around a memory desk; its carrier brings what a test says."""

    def __init__(self, desk: MemoryDesk, *, opened: bool = True) -> None:
        super().__init__(Path("desk"), Path("carrier"), desk.clock, software="test")
        self.carrier = Carrier(Path("no-carrier"))
        self.memory = desk
        self.brings = Collection((), 0, ())
        self.hold: threading.Event | None = None
        self.offered: tuple[Offer, ...] = (Offer(desk.plan.sitting, desk.plan),)
        self.bundles = 0
        self.copy: MirrorHeader | None = None
        self.looked = (
            "GREEN  clock  It is right.\nAMBER  printer  None was found.\n       next: Use the PDF files."
        )
        if opened:
            self.adopt(desk)

    def names(self) -> tuple[str, ...]:
        return ("okafor", "rivera")

    def unlock(self, name: str, passphrase: str) -> None:
        if passphrase != "right":
            raise WrongPassphraseError(name=name)

    def second(self, name: str, passphrase: str) -> PrivateIdentity:
        raise WrongPassphraseError(name=name)

    def copied(self, candidate: str) -> MirrorHeader | None:
        return self.copy if self.copy and self.copy.candidate == candidate else None

    def offers(self, told: Told = lambda _: None) -> tuple[Offer, ...]:
        told(f"Checking sitting {self.memory.plan.sitting} ...")
        return self.offered

    def open(self, sitting: str, code: str = "") -> None:
        if code.startswith("9"):
            raise WrongCodeError(kind="release code")
        self.adopt(self.memory)

    def write_unlocks(self, told: Told = lambda _: None) -> int:
        for slot in self.memory.plan.kiosks[:9]:
            told(slot.identity.name)
        if self.hold is not None:
            self.hold.wait(20)
        return len(self.memory.plan.kiosks)

    def collect(self) -> Collection:
        for record in self.brings.new:
            self.memory.submit(CollectRecord(record))
        return self.brings

    def write_bundle(self, *, second: bool = False) -> Written:
        self.bundles += 1
        return Written("bundles/west-2026-11.ekb", digest(b"bundle"), len(self.state.records))

    def look_over(self) -> str:
        return self.looked


def number(at: int) -> str:
    """The candidate in place `at` of the roster."""
    return f"C-{1001 + at}"


def kiosk(at: int) -> str:
    """The fingerprint of kiosk `at`, counted from 1."""
    return KIOSKS[at - 1].identity.fingerprint


def record(at: int, outcome: str = "completed", session: str = "s", moved_from: str = "") -> RecordCollected:
    """The record of the candidate in place `at` from their planned kiosk."""
    head = digest(f"{at}{session}".encode())
    return RecordCollected(kiosk(at + 1), session, number(at), outcome, head, head, 300, moved_from)


def admitted(desk: MemoryDesk, *places: int) -> MemoryDesk:
    """Let these in at their planned kiosks."""
    me = ME.fingerprint
    for at in places:
        desk.submit(CheckIdentity(number(at), "passport", True, True, me))
        desk.submit(Admit(number(at), kiosk(at + 1), me))
    return desk


def quiet(names: tuple[str, ...] = NAMES) -> RoomConsole:
    """A sitting that was opened, and nobody came yet."""
    return RoomConsole(MemoryDesk(plan(names)))


def busy() -> RoomConsole:
    """The middle of a day: some at work, some at the door, trouble here and there, records of two back."""
    desk = admitted(MemoryDesk(plan()), *range(22))
    me = ME.fingerprint
    desk.submit(CheckIdentity(number(22), "identity-card", True, False, me, "married since; photo agrees"))
    desk.submit(IssueResumeCode(kiosk(2), me))
    desk.submit(IssueResumeCode(kiosk(2), me))
    desk.submit(IssueAction(number(1), Verb.ADD, 10, "kiosk-stopped", me))
    desk.submit(HearCheckpoint(kiosk(2), CHECKPOINT, me))
    desk.submit(IssueAction(number(3), Verb.BREAK_OVER, 0, "came-back", me))
    desk.submit(MoveCandidate(number(6), kiosk(31), CHECKPOINT, 71, "kiosk-dead", me))
    desk.submit(
        ReportIncident(0, "C4", (number(7), number(8)), NINE, "Whispered twice.", "", "Was spoken to.", me)
    )
    desk.submit(ReportIncident(0, "R2", (), NINE, "Alarm test.", "Caretaker", "", me))
    desk.submit(DeclareAbsence(number(28), FinalState.NO_SHOW, me))
    desk.submit(CollectRecord(record(0)))
    desk.submit(CollectRecord(record(9, "declined terms")))
    return RoomConsole(desk)


def done() -> RoomConsole:
    """Everyone has a final state."""
    desk = admitted(MemoryDesk(plan()), *range(29))
    for at in range(29):
        desk.submit(CollectRecord(record(at, "timed out" if at % 7 == 3 else "completed")))
    desk.submit(DeclareAbsence(number(29), FinalState.NO_SHOW, ME.fingerprint))
    return RoomConsole(desk)


def refused(name: str) -> Refused:
    """A file of the carrier that was not taken."""
    return Refused(name, WrongCodeError(kind="record").diagnostics())


Make = Callable[[], RoomConsole]

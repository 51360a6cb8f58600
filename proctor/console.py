"""What the console does when a screen asks it: opens the desk, issues codes, collects, closes. It knows no screen.

Rules.
1. It is used from one thread, which is not the screen's: keys are derived and files are written here.
2. A passphrase or a code that was typed is used and forgotten; neither is in an error, a log or `repr`.
3. Every act is a command of proctor/commands.py in the name of the proctor who unlocked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.carrier import Carrier, CarrierMissingError
from keys.clock import Clock
from keys.codes import Verb
from keys.encoding import Digest, Instant, grouped
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.primitives import MODERATE, KdfCost
from keys.text import sanitise
from proctor import collect, desk, printing, roomboard
from proctor.collect import Collection
from proctor.commands import (
    Admit,
    CheckIdentity,
    CloseSitting,
    Command,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    IssueRoomCode,
    MoveCandidate,
    RefuseCandidate,
    ReportIncident,
    ShowAgain,
)
from proctor.desk import DeskFolder, unlock_desk
from proctor.offers import Offer, Told, look
from proctor.opening import Opening, issue_unlocks
from proctor.reconcile import Reconciliation
from proctor.refusals import DeskMissingError, NoSittingOpenError, SeatMissingError
from proctor.roomboard import Row
from proctor.runner import Desk, is_open
from proctor.spoken import ADMITTED, HOW, RESUMED, Spoken, then_words, title_words
from proctor.state import Phase, State
from results.wire import sitting_events as e
from results.wire.closing import FinalState
from results.wire.mirror import MirrorHeader


class SameCarrierError(ExamKioskError):
    """A second copy on the drive that holds the first."""

    code = "bundle-same-carrier"
    what = "This carrier holds the bundle already."
    next_step = "Take it out, plug in another carrier, and write the second copy on that one."


@dataclass(frozen=True, slots=True)
class StartCode:
    """What is typed at a kiosk to unlock it, in groups of three, and whose seat it is, if anybody's."""

    kiosk: str
    spare: bool
    code: str
    seat_of: str


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle on a carrier: its name there, digest and how many records it holds."""

    name: str
    digest: Digest
    records: int


class Console:
    """One proctor at one desk. `unlock` comes first, then `open`; everything else needs an open sitting."""

    def __init__(
        self, path: Path, carrier: Path, clock: Clock, *, software: str, cost: KdfCost = MODERATE
    ) -> None:
        """`path` is the desk's folder and `carrier` where carriers are mounted; `cost` is of Argon2id."""
        self.path, self.carrier, self.clock = path, Carrier(carrier), clock
        self._software, self._cost = software, cost
        self._folder: DeskFolder | None = None
        self._openings: dict[str, Opening] = {}
        self._desk: Desk | None = None

    def names(self) -> tuple[str, ...]:
        """The proctors with a key on this desk. Raises `DeskMissingError`."""
        held = desk.owners(self.path)
        if not held:
            raise DeskMissingError(name=str(self.path))
        return tuple(one.name for one in held)

    def unlock(self, name: str, passphrase: str) -> None:
        """Take the key of this proctor. Raises as `unlock_desk`."""
        self._folder = unlock_desk(self.path, passphrase, name, floor=self._cost)

    def offers(self, told: Told = lambda _: None) -> tuple[Offer, ...]:
        """The sittings that this desk may go on with, best first. Raises as `offers.look`."""
        found = look(self._unlocked(), self.carrier, self.clock, told)
        self._openings = dict(found.openings)
        return found.offers

    def open(self, sitting: str, code: str = "") -> None:
        """Open a sitting of `offers`, with the release code if it was not opened before. Raises as `Opening.open`."""
        folder = self._unlocked()
        opening = self._openings.get(sitting)
        self.close_desk()
        if is_open(folder, sitting):
            opened = Desk(folder, sitting, self.clock)
            if opening is not None and opened.state.phase is not Phase.CLOSED:
                opened.close()
                opened = opening.reopen()
        elif opening is not None:
            opened = opening.open(code, software=self._software, floor=self._cost)
        else:
            raise NoSittingOpenError
        self._desk = opened

    def adopt(self, opened: Desk) -> None:
        """Go on with a sitting that is open already."""
        self._desk = opened

    def write_unlocks(self, told: Told = lambda _: None) -> int:
        """Write the unlock file of every kiosk to the carrier; return how many there are. Raises as `issue_unlocks`."""
        sitting = self.desk.plan.sitting
        opening = self._openings.get(sitting)
        if opening is None or self.state.phase is Phase.CLOSED:
            return 0
        return len(issue_unlocks(self.desk, self.carrier, opening.floor, cost=self._cost, told=told))

    def close_desk(self) -> None:
        """Close the vault, if one is open."""
        if self._desk is not None:
            self._desk.close()
        self._desk = None

    @property
    def desk(self) -> Desk:
        """The open sitting. Raises `NoSittingOpenError`."""
        if self._desk is None:
            raise NoSittingOpenError
        return self._desk

    @property
    def is_open(self) -> bool:
        """Whether a sitting is open in this console."""
        return self._desk is not None

    @property
    def state(self) -> State:
        """The open sitting as it stands; a value that may be read from any thread."""
        return self.desk.state

    @property
    def plan(self) -> SittingPlan:
        """The plan of the open sitting."""
        return self.desk.plan

    @property
    def support(self) -> str:
        """Whom to call, by the open sitting or the first one of the carrier; empty before any plan was read."""
        plans = (opening.plan for opening in self._openings.values())
        plan = self._desk.plan if self._desk else next(plans, None)
        return plan.policies.support_contact if plan else ""

    @property
    def proctor(self) -> str:
        """The short name of who acts; empty before the desk is unlocked."""
        return (
            self._desk.identity.name
            if self._desk
            else self._folder.private.identity.name
            if self._folder
            else ""
        )

    def now(self) -> Instant:
        """What the desk's clock says (wall ms)."""
        return self.clock.now().wall

    def rows(self) -> tuple[Row, ...]:
        """The room, a row a candidate."""
        return roomboard.rows(self.state, self.desk.time_limit)

    def row(self, candidate: str) -> Row:
        """One candidate's row."""
        return roomboard.row_of(self.state, candidate, self.desk.time_limit)

    def entry(self, candidate: str) -> RosterEntry:
        """One candidate's line of the roster."""
        return self.state.entry(candidate)

    def free_kiosks(self) -> tuple[str, ...]:
        """The names of kiosks that nobody sits at and no record came from, spares first."""
        state, plan = self.state, self.plan
        free = [
            slot
            for slot in plan.kiosks
            if state.seated(slot.identity.fingerprint) is None
            and not state.records_from(slot.identity.fingerprint)
            and state.left(slot.identity.fingerprint) is None
        ]
        return tuple(slot.identity.name for slot in sorted(free, key=lambda slot: not slot.spare))

    def start_codes(self) -> tuple[StartCode, ...]:
        """The start code of every kiosk; that they were shown is noted, but in a closed sitting."""
        if self.state.phase is Phase.OPEN:
            self.submit(ShowAgain(self._me))
        found: list[StartCode] = []
        for slot in self.plan.kiosks:
            kiosk = slot.identity.fingerprint
            seated = self.state.seated(kiosk)
            who = (
                f"{seated.candidate} {sanitise(seated.name, limit=roomboard.LONGEST_NAME)}" if seated else ""
            )
            found.append(StartCode(slot.identity.name, slot.spare, grouped(self.desk.start_code(kiosk)), who))
        return tuple(found)

    def check_identity(
        self, candidate: str, document: str, *, photo: bool, name: bool, note: str = ""
    ) -> None:
        """Note that a candidate was compared with a document."""
        self.submit(CheckIdentity(candidate, document, photo, name, self._me, note))

    def admit(self, candidate: str, kiosk: str = "") -> Spoken:
        """Seat a candidate at the planned kiosk, or at the one of this name. Raises the refusals of admitting.py."""
        entry = self.entry(candidate)
        seat = self.state.kiosk_called(kiosk) if kiosk else self.state.seat(entry)
        if not seat:
            raise SeatMissingError(candidate=candidate)
        self.submit(Admit(candidate, seat, self._me))
        name = self.state.kiosk_name(seat)
        code = self.desk.admission_code(candidate)
        return self._spoken("Admission code", candidate, name, code, "admit", ADMITTED)

    def refuse(self, candidate: str, reason: str, note: str) -> None:
        """Turn a candidate away."""
        self.submit(RefuseCandidate(candidate, reason, note, self._me))

    def declare(self, candidate: str, outcome: FinalState) -> None:
        """The proctor's word on a candidate."""
        self.submit(DeclareAbsence(candidate, outcome, self._me))

    def second(self, name: str, passphrase: str) -> PrivateIdentity:
        """The key of another proctor of this desk, to agree with. Raises as `unlock_desk`."""
        return unlock_desk(self.path, passphrase, name, floor=self._cost).private

    def needs_second(self, candidate: str, minutes: int) -> bool:
        """Whether one proctor alone may not add so many minutes."""
        return minutes > self.state.one_proctor_left(candidate)

    def act(
        self, candidate: str, verb: Verb, reason: str, minutes: int = 0, second: PrivateIdentity | None = None
    ) -> Spoken:
        """Issue an action code; `second` agrees to it where it is given. Raises the refusals of codes.py."""
        command = IssueAction(candidate, verb, minutes, reason, self._me)
        if second is not None:
            command = self.desk.agree(command, second)
        issued = self.desk.action(command)
        kiosk, verb_shown = self.state.kiosk_name(issued.event.kiosk), issued.event.verb
        return self._spoken(
            title_words(verb_shown), candidate, kiosk, issued.code, "act", then_words(verb_shown)
        )

    def resume(self, kiosk: str, n: int | None = None) -> Spoken:
        """The next resume code of a kiosk by name, or number `n` again. Raises the refusals of codes.py."""
        fingerprint = self.state.kiosk_called(kiosk)
        events = self.submit(IssueResumeCode(fingerprint, self._me, n))
        number = n or self.state.resumes[fingerprint]
        seated = self.state.seated(fingerprint)
        code = self.desk.resume_code(fingerprint, number)
        note = ""
        if not any(isinstance(event, e.ResumeCodeIssued) for event in events):
            note = f"Code {number} was given before. If the kiosk took it then, stop and call support."
        who = seated.candidate if seated else ""
        return self._spoken(f"Resume code {number}", who, kiosk, code, "resume", RESUMED, note)

    def move(self, candidate: str, kiosk: str, checkpoint: str, minutes: int, reason: str) -> Spoken:
        """Let a candidate go on at the kiosk of this name. Raises the refusals of moving.py."""
        target = self.state.kiosk_called(kiosk)
        moved = self.desk.move(MoveCandidate(candidate, target, checkpoint, minutes, reason, self._me))
        old = self.state.kiosk_name(moved.event.source)
        note = (
            f"Checkpoint {grouped(moved.event.checkpoint)}, {minutes} min left. "
            f"Switch {old} off; it gets no code."
        )
        return self._spoken(
            "Move-in code", candidate, kiosk, moved.code, "move", then_words(Verb.MOVE_IN), note
        )

    def copied(self, candidate: str) -> MirrorHeader | None:
        """Where the copy stands that this candidate's kiosk left on the carrier plugged in here, if one did."""
        try:
            return collect.newest_copy(self.desk, candidate, self.carrier)
        except (collect.CopyMissingError, CarrierMissingError):
            return None

    def hear(self, candidate: str, checkpoint: str) -> None:
        """Note a checkpoint code read from the screen of a candidate's kiosk."""
        seat = self.state.seat(self.entry(candidate))
        if not seat:
            raise SeatMissingError(candidate=candidate)
        self.submit(HearCheckpoint(seat, checkpoint, self._me))

    def room(self, *, pause: bool, reason: str) -> Spoken:
        """The code that pauses every kiosk, or lets them go on."""
        issued = self.desk.room_code(IssueRoomCode(pause, reason, self._me))
        title = "Pause the room" if pause else "The room goes on"
        then = then_words(issued.event.verb)
        return Spoken(title, "Everyone", "every kiosk", issued.code, HOW["room"], then)

    def report(
        self,
        category: str,
        candidates: tuple[str, ...],
        minutes_ago: int,
        text: str,
        witnesses: str,
        follow_up: str,
    ) -> int:
        """Write down an incident that began so many minutes ago; return its number."""
        began = Instant(self.now() - minutes_ago * roomboard.MINUTE)
        events = self.submit(
            ReportIncident(0, category, candidates, began, text, witnesses, follow_up, self._me)
        )
        return max((one.incident for one in events if isinstance(one, e.IncidentReported)), default=0)

    def collect(self) -> Collection:
        """Take in every record of the carrier. Raises as `collect.collect`."""
        return collect.collect(self.desk, self.carrier)

    def reconciliation(self) -> Reconciliation:
        """The roster against what is here."""
        return self.state.reconciliation()

    def close(self) -> None:
        """Close the sitting; it must balance. Raises `NotBalancedError`."""
        self.submit(CloseSitting(self._me))

    def write_bundle(self, *, second: bool = False) -> Written:
        """Put the bundle on the carrier that is plugged in, read back; the `second` copy goes on another one."""
        self.carrier.present()
        if second and self.carrier.exists(f"bundles/{self.plan.sitting}.ekb"):
            raise SameCarrierError
        name, found = collect.write_bundle(self.desk, self.carrier)
        return Written(name, found, len(self.state.records))

    def look_over(self) -> str:
        """The checks of the day before, as lines."""
        return printing.look_over(self._unlocked(), self.carrier, self.plan.sitting, self.clock)

    def submit(self, command: Command) -> tuple[e.SittingEvent, ...]:
        """Do what a command asks, durably. Raises as `Desk.submit`."""
        return self.desk.submit(command)

    @property
    def _me(self) -> str:
        return self.desk.proctor

    def _unlocked(self) -> DeskFolder:
        if self._folder is None:
            raise NoSittingOpenError
        return self._folder

    def _spoken(
        self, title: str, candidate: str, kiosk: str, code: str, how: str, then: str, note: str = ""
    ) -> Spoken:
        who = candidate
        if candidate:
            who += "  " + sanitise(self.entry(candidate).name, limit=roomboard.LONGEST_NAME)
        return Spoken(title, who, kiosk, code, HOW[how].format(kiosk=kiosk), then, note)

"""The one place where the rules, the journal and the clock of a sitting meet: decide -> append durably -> apply.

Opening a sitting from a carrier is in opening.py; what comes back on carriers is in collect.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from exam_packages.release import SittingSecrets
from exam_packages.sitting_plan import MAX_PLAN, SittingPlan
from keys.carrier import make_folder
from keys.clock import Clock, check_floor
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    kiosk_key,
    kiosk_keys,
    move_in_extra,
    resume_code,
    room_code,
    room_key,
)
from keys.encoding import Digest, decode, encode
from keys.errors import ExamKioskError
from keys.identities import Identity, PrivateIdentity
from keys.statement import Signer
from proctor import sitting
from proctor.codes import agreement
from proctor.commands import Command, IssueAction, IssueRoomCode, MoveCandidate, OpenSitting, ShowAgain
from proctor.desk import DeskFolder
from proctor.refusals import NoSittingOpenError, SittingNotOpenError
from proctor.sitting import State
from proctor.store import Store
from results.wire.acts import agree
from results.wire.journal import Head, advance, check_signed, next_sitting_line, read_signed, to_bytes
from results.wire.sitting_events import ActionIssued, CandidateMoved, RoomCodeIssued, SittingEvent

PLAN, CONTENT_KEY, SECRET, LIMIT = "plan", "content-key", "secret", "time-limit"

E = TypeVar("E", ActionIssued, RoomCodeIssued, CandidateMoved)


@dataclass(frozen=True, slots=True)
class Issued(Generic[E]):
    """A code that is in the journal: the event, and the characters to read aloud."""

    event: E
    code: str


class Desk:
    """An open sitting on this desk; `time_limit` is the form's, in ms.

    Every error that leaves a `with` block names the plan's support contact.
    """

    def __init__(self, folder: DeskFolder, name: str, clock: Clock) -> None:
        """Open a sitting that was opened here before; an empty `name` is the one opened last.

        Raises `SittingNotOpenError`, `ClockBehindError`, `JournalBrokenError`, `LineUnsignedError`, a `VaultError`, or
        as `DeskFolder.read`.
        """
        file = folder.read()
        check_floor(clock.now(), file.floor.newest)
        chosen = name or file.current
        if not is_open(folder, chosen):
            raise SittingNotOpenError(sitting=chosen) if chosen else NoSittingOpenError
        self._folder = folder
        self._clock = clock
        self._store = Store(folder.sitting(chosen), folder.private)
        try:
            self.plan = decode(self._store.kept(PLAN), SittingPlan, name="sitting plan", limit=MAX_PLAN)
            self._secrets = SittingSecrets(self._store.kept(CONTENT_KEY), self._store.kept(SECRET))
            self.time_limit = int(self._store.kept(LIMIT))
            self._proctors = {one.fingerprint: one for one in self.plan.proctors}
            with naming_support(self.plan):
                self.state, self.head = self._read()
        except BaseException:
            self._store.close()
            raise

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        """Close the vault, and name the support contact on the way out."""
        self.close()
        if isinstance(error, ExamKioskError):
            error.call(self.plan.policies.support_contact)

    @property
    def folder(self) -> Path:
        """The sitting's own folder."""
        return self._store.folder

    @property
    def clock(self) -> Clock:
        """The clock it goes by."""
        return self._clock

    @property
    def proctor(self) -> str:
        """The fingerprint of the key that acts."""
        return self.identity.fingerprint

    @property
    def identity(self) -> Identity:
        """The proctor who acts."""
        return self._folder.private.identity

    @property
    def secrets(self) -> SittingSecrets:
        """What the release gave."""
        return self._secrets

    @property
    def plan_digest(self) -> Digest:
        """The digest of the plan's file."""
        return Digest(self.state.plan_digest)

    def signer(self) -> Signer:
        """The proctor's signing half."""
        return self._folder.private.signer()

    def submit(self, command: Command) -> tuple[SittingEvent, ...]:
        """Do what a command asks, after all that another program at this desk did; when this returns, it is durable.

        Raises the refusals of `proctor.sitting`, `LineUnsignedError` for a command in another proctor's name, or a
        `VaultError`; then nothing of what was not appended counts.
        """
        with naming_support(self.plan):
            self._catch_up()
            now = self._clock.now()
            events = sitting.decide(self.state, command, now)
            for event in events:
                line = next_sitting_line(self.head, now, event, self.plan.mode, self._folder.private)
                check_signed(line.entry, self._proctors, self.plan.mode)
                self._store.append(line)
                self.head = advance(self.head, line.raw)
                self.state = sitting.apply(self.state, event, now)
        return events

    def start_code(self, kiosk: str) -> str:
        """R_0 of a kiosk, by fingerprint."""
        return resume_code(self._keys(kiosk), 0)

    def resume_code(self, kiosk: str, n: int) -> str:
        """R_n of a kiosk."""
        return resume_code(self._keys(kiosk), n)

    def admission_code(self, candidate: str) -> str:
        """The code that admits a candidate at their seat. Raises `NotInPlanError`."""
        entry = self.state.entry(candidate)
        return action_code(self._keys(self.state.seat(entry)), candidate, entry.attempt, Verb.ADMIT, 0)

    def action(self, command: IssueAction) -> Issued[ActionIssued]:
        """Issue an action code; it is in the journal before it is returned. Raises as `submit`."""
        return self._issued(command, ActionIssued)

    def room_code(self, command: IssueRoomCode) -> Issued[RoomCodeIssued]:
        """Issue a code for every kiosk. Raises as `submit`."""
        return self._issued(command, RoomCodeIssued)

    def move(self, command: MoveCandidate) -> Issued[CandidateMoved]:
        """Issue a move-in code, typed at the new kiosk with checkpoint and minutes. Raises as `submit`."""
        return self._issued(command, CandidateMoved)

    def show_again(self, event: ActionIssued | RoomCodeIssued | CandidateMoved) -> str:
        """The code that was issued by this event of the sitting, the same as then. Raises as `submit`."""
        self.submit(ShowAgain(self.proctor))
        return self.code(event)

    def code(self, event: ActionIssued | RoomCodeIssued | CandidateMoved) -> str:
        """The code of an event of the journal."""
        match event:
            case RoomCodeIssued():
                key = room_key(self._secrets.secret, self.plan.sitting, self.plan.mode)
                return room_code(key, event.verb, event.serial)
            case CandidateMoved():
                verb, extra = int(Verb.MOVE_IN), move_in_extra(event.checkpoint, event.minutes)
            case ActionIssued():
                verb, extra = event.verb, b""
        keys = self._keys(event.kiosk)
        return action_code(keys, event.candidate, event.attempt, verb, event.serial, extra)

    def agree(self, command: IssueAction, second: PrivateIdentity) -> IssueAction:
        """The command with the second proctor's signature over the act that it would issue now.

        `second` is unlocked for this one signature: `unlock_desk(path, passphrase, name).private`. Raises
        `AgreementError` for the one who acts or a stranger to the plan, or as issuing would.
        """
        with naming_support(self.plan):
            self._catch_up()
            named = replace(command, second=second.identity.fingerprint, second_signature=b"")
            return replace(named, second_signature=agree(agreement(self.state, named), second))

    def journal(self) -> bytes:
        """The journal as a file, one entry a line."""
        return to_bytes(self._store.lines())

    def close(self) -> None:
        """Close the vault."""
        self._store.close()

    def _catch_up(self) -> None:
        """Read the journal again where a command and the console, or two proctors, write it side by side."""
        if self._store.count() != self.head.count:
            self.state, self.head = self._read()

    def _read(self) -> tuple[State, Head]:
        """Where the sitting and its journal stand. Raises as opening does."""
        entries, head = read_signed(self._store.lines(), self.plan.proctors, self.plan.mode)
        return sitting.fold(self.plan, entries), head

    def _issued(self, command: Command, kind: type[E]) -> Issued[E]:
        event = next(one for one in self.submit(command) if isinstance(one, kind))
        return Issued(event, self.code(event))

    def _keys(self, kiosk: str) -> KioskKeys:
        return kiosk_keys(kiosk_key(self._secrets.secret, self.plan.sitting, self.plan.mode, kiosk))


def is_open(folder: DeskFolder, name: str) -> bool:
    """Whether this desk has opened the sitting, even if it is closed by now."""
    return bool(name) and folder.sitting(name).is_dir()


def begin(
    folder: DeskFolder,
    plan: SittingPlan,
    secrets: SittingSecrets,
    time_limit: int,
    command: OpenSitting,
    clock: Clock,
) -> Desk:
    """Open a sitting for the first time: genesis and secrets are made durable together. Raises as `submit`.

    `time_limit` is the form's, in ms.
    """
    now = clock.now()
    with naming_support(plan):
        (opened,) = sitting.decide(State(plan), command, now)
        kept = {PLAN: encode(plan), CONTENT_KEY: secrets.content_key, SECRET: secrets.secret}
        kept[LIMIT] = str(time_limit).encode()
        first = next_sitting_line(Head(), now, opened, plan.mode, folder.private)
        make_folder(folder.sitting(plan.sitting).parent, 0o700)
        Store.make(folder.sitting(plan.sitting), folder.private, plan.proctors, kept, first).close()
    return Desk(folder, plan.sitting, clock)


@contextlib.contextmanager
def naming_support(plan: SittingPlan) -> Iterator[None]:
    """Every error of ours that leaves this block names the plan's support contact."""
    try:
        yield
    except ExamKioskError as error:
        error.call(plan.policies.support_contact)
        raise

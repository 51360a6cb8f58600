"""The one place where the rules, the journal and the clock of a sitting meet: decide -> append durably -> apply.

Opening a sitting from a carrier is in opening.py; what comes back on carriers is in collect.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from exam_packages.release import SittingSecrets
from exam_packages.sitting_plan import MAX_PLAN, SittingPlan
from keys.carrier import make_folder
from keys.clock import Clock, check_floor
from keys.codes import KioskKeys, Verb, action_code, kiosk_key, kiosk_keys, resume_code
from keys.encoding import Digest, decode, encode
from keys.errors import ExamKioskError
from keys.identities import Identity
from keys.statement import Signer
from proctor import sitting
from proctor.commands import Command, OpenSitting
from proctor.desk import DeskFolder
from proctor.refusals import NoSittingOpenError, SittingNotOpenError
from proctor.sitting import State
from proctor.store import Store
from results.wire.journal import Head, advance, check_signed, next_sitting_line, read_signed, to_bytes
from results.wire.sitting_events import SittingEvent

PLAN, CONTENT_KEY, SECRET = "plan", "content-key", "secret"


class Desk:
    """An open sitting on this desk. Every error that leaves a `with` block names the plan's support contact."""

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
            self._proctors = {one.fingerprint: one for one in self.plan.proctors}
            with naming_support(self.plan):
                lines = self._store.lines()
                entries, self.head = read_signed(lines, self.plan.proctors, self.plan.mode)
                self.state = sitting.fold(self.plan, entries)
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
        """Do what a command asks; when this returns, its events are durable.

        Raises the refusals of `proctor.sitting`, `LineUnsignedError` for a command in another proctor's name, or a
        `VaultError`; then nothing of what was not appended counts.
        """
        with naming_support(self.plan):
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

    def journal(self) -> bytes:
        """The journal as a file, one entry a line."""
        return to_bytes(self._store.lines())

    def close(self) -> None:
        """Close the vault."""
        self._store.close()

    def _keys(self, kiosk: str) -> KioskKeys:
        return kiosk_keys(kiosk_key(self._secrets.secret, self.plan.sitting, self.plan.mode, kiosk))


def is_open(folder: DeskFolder, name: str) -> bool:
    """Whether this desk has opened the sitting, even if it is closed by now."""
    return bool(name) and folder.sitting(name).is_dir()


def begin(
    folder: DeskFolder, plan: SittingPlan, secrets: SittingSecrets, command: OpenSitting, clock: Clock
) -> Desk:
    """Open a sitting for the first time: genesis and secrets are made durable together. Raises as `submit`."""
    now = clock.now()
    with naming_support(plan):
        (opened,) = sitting.decide(State(plan), command, now)
        kept = {PLAN: encode(plan), CONTENT_KEY: secrets.content_key, SECRET: secrets.secret}
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

"""The session process: the one place where rules, store and clock meet. Decide, append durably, apply, tell the screen.

    python -m kiosk.runner --station DIR --carrier DIR [--not-locked WORD ..] --control-fd N

Rules.
1. Nothing is shown as true before it is on the disk. If it cannot be put there, the phase is STOPPED.
2. A code is verified here and becomes a command of the rules; it is counted durably before it is answered.
3. Items live only in this process's memory, from when the candidate begins, after every agreement.
4. What the system refuses is told with a code and ends nothing; any other error of ours ends the process.
5. A session that ended is sealed at once; what fails is tried again until it succeeds, and STOPPED says so meanwhile.
6. The clock of a suspended session stands. What the stop cost is measured from the last sign of life, which the pulse
   follows within a second, to the moment at which code and choice arrived: what the screen said then is recorded.

The sockets are kiosk/serving.py's.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from dataclasses import replace

import msgspec

from exam_packages import route
from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys import primitives
from keys.carrier import Carrier
from keys.clock import Clock, Stamp, check_floor, utc
from keys.codes import RESUME_LENGTH, read_action, receipt_code, typed
from keys.encoding import digest
from keys.errors import ExamKioskError, SealError
from keys.primitives import MODERATE, KdfCost
from keys.text import sanitise
from keys.trusted import Floor
from keys.vault import VaultDamagedError, VaultError
from kiosk import admission, handover, protocol, seating, session, timing, unlocking, views
from kiosk.local_file import LocalFileAlteredError
from kiosk.navigation import lay_out
from kiosk.protocol import Ending, Phase, Problem, Tick, View
from kiosk.seating import ClockEarlierError, PackageTextError, Pulse, Seated, StorePutBackError, fitting
from kiosk.session import NotNowError, State, Terms
from kiosk.station import Seat, Station
from kiosk.store import Beat, StoreFailedError
from results.wire.events import TestStarted
from results.wire.journal import JournalBrokenError

BEYOND = (
    StorePutBackError,
    JournalBrokenError,
    LocalFileAlteredError,
    VaultDamagedError,
    PackageTextError,
    SealError,
)
"""What starting again does not mend."""
FATAL = (StoreFailedError, VaultError, *BEYOND)
"""What stops an open session until a person has looked at the machine."""


class MachineRefusedError(ExamKioskError):
    """The operating system refused something that no file of ours has words for."""

    code = "machine-refused"
    what = "This machine could not do that: {detail}."
    next_step = "See that the carrier is in and the disk has room, then try again; if it stays, call support."


class Runner:
    """One session process without its sockets: commands in, views out."""

    def __init__(
        self,
        station: Station,
        carrier: Carrier,
        clock: Clock,
        *,
        software: str,
        cost: KdfCost = MODERATE,
        not_locked: tuple[str, ...] = (),
    ) -> None:
        """Start in LOCKED, SUSPENDED or FINISHED, as the station file says. `cost` is Argon2id's, made and accepted."""
        self._station, self._carrier, self._clock = station, carrier, clock
        self._software, self._cost, self._not_locked = software, cost, not_locked
        self._state = State()
        self._seated: Seated | None = None
        self._plan: SittingPlan | None = None
        self._candidate: RosterEntry | None = None
        self._pulse: Pulse | None = None
        self._asked = 0
        self._problem: Problem | None = None
        self._stopped = self._beyond = False
        self._beaten = self._pulsed = 0
        self._exported = ""
        self.finished = self.again = False
        self._guarded(self._look)

    @property
    def phase(self) -> Phase:
        """Which screen is due."""
        if self._stopped:
            return Phase.STOPPED
        seat = self._station.occupied()
        if seat is not None and seat.ending is not None:
            return Phase.FINISHED
        if self._seated is None:
            return Phase.LOCKED if seat is None else Phase.SUSPENDED
        due = session.phase(self._state)
        return Phase.STOPPED if due is Phase.FINISHED else due

    def submit(self, command: protocol.Command) -> View:
        """Do what the screen asks, if the rules allow it, and say how things stand."""
        if self.phase is not Phase.STOPPED:
            self._problem = None
            self._guarded(lambda: self._handle(command))
        elif isinstance(command, protocol.StartAgain):
            self.again = True
        return self.view()

    def tick(self) -> View | Tick | None:
        """A second went by: time may be up, a heartbeat or another try at sealing due. What to tell, if anything."""
        before = self._standing()
        self._guarded(self._observe)
        if self._standing() != before:
            return self.view()
        if self.phase is Phase.TESTING:
            return Tick(session.remaining(self._state, self._clock.now()))
        if self.phase is Phase.SUSPENDED and self._pulse is not None and self._pulse.running:
            return Tick(0, self._outage(self._pulse).lost)
        return None

    def view(self) -> View:
        """Everything the screen may need, as of now."""
        now, phase = self._clock.now(), self.phase
        known = views.plain(self._station.identity, phase, self._problem, self._plan)
        seat = self._station.occupied()
        if phase is Phase.SUSPENDED and self._pulse is not None:
            stop = self._outage(self._pulse)
            cause = views.CAUSES[stop.cause]
            return msgspec.structs.replace(known, resume_n=self._asked, lost=stop.lost, cause=cause)
        if phase is Phase.FINISHED and seat is not None and seat.ending is not None:
            ending = msgspec.structs.replace(seat.ending, exported=self._exported)
            return msgspec.structs.replace(known, ending=ending)
        if phase is Phase.STOPPED:
            n = 0 if self._beyond or seat is None else seating.likely_asked_for(self._station, seat)
            return msgspec.structs.replace(known, resume_n=n)
        if self._seated is None:
            return known
        return views.opened(known, self._seated, self._state, self._candidate, now)

    def _standing(self) -> tuple[object, ...]:
        """What a screen is told of at once when it changes."""
        return self.phase, self._problem, self._seated is not None and self._seated.store.tight

    def _outage(self, pulse: Pulse) -> timing.Outage:
        return timing.outage(pulse.at, self._clock.now(), running=pulse.running)

    def close(self) -> None:
        """End this process's part: a session that is open is suspended, and nothing of it is lost."""
        if self._seated is not None:
            self._guarded(lambda: self._beat(self._clock.now()))
        self._let_go()

    def _guarded(self, action: Callable[[], None]) -> None:
        before = self.phase
        try:
            _telling(action)
        except ExamKioskError as error:
            self._problem = views.problem(error)
            idle = before is Phase.LOCKED and self._seated is None
            if isinstance(error, FATAL) and not idle:
                self._stopped, self._beyond = True, isinstance(error, BEYOND)
                self._let_go()

    def _let_go(self) -> None:
        if self._seated is not None:
            self._seated.store.close()
        self._seated, self._state = None, State()

    def _look(self) -> None:
        """What a fresh process finds: a last screen, a suspended session, or a carrier to open a sitting from."""
        seat, now = self._station.occupied(), self._clock.now()
        if seat is None:
            self._plan = unlocking.find(self._station, self._carrier, now).plan
            return
        self._plan = seating.planned(self._station, seat)
        if seat.ending is not None:
            self._put_away(seat, None)
            return
        self._asked = seating.asked_for(self._station, seat)
        self._pulse = seating.read_pulse(self._station, seat)
        check_floor(now, self._station.file.floor.newest)
        if now.wall < self._pulse.at.wall:
            raise ClockEarlierError(clock=utc(now.wall), saved=utc(self._pulse.at.wall))

    def _handle(self, command: protocol.Command) -> None:
        match command:
            case protocol.EnterStartCode():
                self._start(command.code)
            case protocol.EnterResumeCode():
                self._resume(command.code, credit=command.credit)
            case protocol.SignIn():
                self._sign_in(command)
            case protocol.Begin():
                self._begin()
            case protocol.Leave():
                self._leave()
            case protocol.StartAgain():
                self._require(Phase.STOPPED)
            case _:
                self._commit(command)

    def _require(self, phase: Phase) -> None:
        if self.phase is not phase:
            raise NotNowError

    def _start(self, code: str) -> None:
        self._require(Phase.LOCKED)
        typed(code, RESUME_LENGTH, kind="start code")
        now = self._clock.now()
        found = unlocking.find(self._station, self._carrier, now)
        self._station.count_try(now)
        secrets = unlocking.redeem(self._station, found, code, floor=self._cost)
        desk = secrets.floor
        floor = self._station.floor_with(Floor(desk.root, desk.timestamp, desk.snapshot, desk.targets))
        self._station.keep(floor=floor, tries=0)
        opened = seating.genesis(self._station, found, self._software, self._not_locked)
        session.decide(self._state, session.Open(opened), now)
        self._adopt(seating.take_seat(self._station, found, secrets, opened, now, self._cost))
        self._beat(now)

    def _resume(self, code: str, *, credit: bool) -> None:
        self._require(Phase.SUSPENDED)
        seat, now = self._station.occupied(), self._clock.now()
        if seat is None:
            raise NotNowError
        check_floor(now, self._station.file.floor.newest)
        typed(code, RESUME_LENGTH, kind="resume code")
        fitting(lambda: self._station.count_try(now), lambda: seating.give_back(self._station, seat))
        seated, n = seating.return_to(self._station, seat, code, self._cost)
        self._asked = n + 1
        self._adopt(seated)
        if self._state.record.outcome is not None:
            self._finish(seated)
            return
        kept = seated.store.kept
        stood_at = max(
            session.elapsed(self._state, kept.entries[-1].at), kept.beat.elapsed if kept.beat else 0
        )
        stop = timing.outage(kept.last(), now, running=self._state.record.started)
        self._state = replace(self._state, suspended=True)
        self._commit(session.Resume(n, stood_at, stop, credit))
        self._beat(self._clock.now())

    def _adopt(self, seated: Seated) -> None:
        """Make an opened store the live session: its state is the fold of its journal."""
        self._seated = seated
        entries = [(entry.event, entry.at) for entry in seated.store.kept.entries]
        seed = next((event.route for event, _ in entries if isinstance(event, TestStarted)), None)
        texts = ((one.id, digest(one.text.encode())) for one in seated.front.agreements)
        front, alone = seated.front, seated.plan.policies.one_proctor_minutes
        terms = Terms(tuple(texts), front.stages, front.tutorial, alone)
        state = State(terms, layout=None if seed is None else lay_out(seated.form(), seed))
        self._plan, self._state = seated.plan, session.fold(state, entries)
        self._candidate = seated.plan.entry(self._state.record.candidate)

    def _sign_in(self, command: protocol.SignIn) -> None:
        self._require(Phase.SIGN_IN)
        seated = self._live()
        entry = admission.find(seated.plan, sanitise(command.candidate, limit=views.NAME).strip())
        code = read_action(command.code)
        fitting(lambda: self._station.count_try(self._clock.now()), seated.store.make_room)
        admission.admit(seated.codes, entry, code)
        self._commit(session.Admit(entry.candidate, entry.attempt, code.serial))
        self._candidate = entry
        fitting(lambda: self._station.keep(tries=0), seated.store.make_room)

    def _begin(self) -> None:
        self._require(Phase.INSTRUCTIONS)
        seated = self._live()
        if self._candidate is None:
            raise NotNowError
        seed = route.new_seed(primitives.entropy(route.SEED_BYTES))
        self._state = replace(self._state, layout=lay_out(seated.form(), seed))
        limit = timing.limit(seated.front.time_limit, self._candidate.accommodations)
        self._commit(session.Start(limit, seed))

    def _leave(self) -> None:
        self._require(Phase.FINISHED)
        seat = self._station.occupied()
        if seat is not None:
            handover.destroy(self._station, seat, None)
            self._station.keep_seat(msgspec.structs.replace(seat, left=True))
        self.finished = True

    def _live(self) -> Seated:
        if self._seated is None:
            raise NotNowError
        return self._seated

    def _commit(self, command: session.Command) -> None:
        """Decide, append durably, apply; an ended session is sealed."""
        seated, now = self._live(), self._clock.now()
        events = session.decide(self._state, command, now)
        if events:
            seated.store.append(now, events)
            for event in events:
                self._state = session.apply(self._state, event, now)
        if self._state.record.outcome is not None:
            self._finish(seated)

    def _observe(self) -> None:
        now = self._clock.now()
        if self._stopped or self._seated is None:
            return
        due = now.boot - self._beaten >= timing.HEARTBEAT
        if self._state.record.outcome is None:
            self._commit(session.Observe())
            if self._seated is not None:
                if due:
                    self._beat(now)
                else:
                    self._follow(self._seated)
        elif due:
            self._beaten = now.boot
            self._finish(self._seated)

    def _follow(self, seated: Seated) -> None:
        """Let the pulse follow the journal; where it cannot, the next heartbeat says so."""
        store = seated.store
        if store.last is not None and store.head.count != self._pulsed:
            self._pulsed = store.head.count
            pulse = Pulse(store.last, self._state.record.started, store.head.digest, store.head.count)
            with contextlib.suppress(ExamKioskError, OSError):
                seating.write_pulse(self._station, seated.seat, pulse)

    def _beat(self, now: Stamp) -> None:
        """Note durably that the session lives, in the vault and outside."""
        seated = self._live()
        seated.store.keep_room()
        self._beaten, self._pulsed = now.boot, seated.store.head.count
        head, reading = seated.store.head, session.elapsed(self._state, now)
        seated.store.beat(Beat(now, reading, head.count))
        pulse = Pulse(now, self._state.record.started, head.digest, head.count)
        fitting(lambda: seating.write_pulse(self._station, seated.seat, pulse), seated.store.make_room)

    def _finish(self, seated: Seated) -> None:
        """Seal, keep, destroy, export. Until it is sealed and noted, nothing is destroyed and nothing is forgotten."""
        now, record, head = self._clock.now(), self._state.record, seated.store.head
        fitting(lambda: handover.seal(self._station, seated, record, now), seated.store.make_room)
        receipt = receipt_code(seated.codes, record.session, head.digest, head.count)
        ending = Ending(
            record.final_outcome(),
            record.answered(),
            seated.front.item_count - record.answered(),
            record.flagged(),
            seated.store.last.wall if seated.store.last else now.wall,
            receipt,
            "",
            sanitise(seated.plan.policies.result_notice, limit=1000, newlines=True),
        )
        seat = msgspec.structs.replace(seated.seat, ending=ending)
        fitting(lambda: self._station.keep_seat(seat), seated.store.make_room)
        self._seated, self._state, self._candidate = None, State(), None
        self._put_away(seat, seated)

    def _put_away(self, seat: Seat, seated: Seated | None) -> None:
        """Destroy, then export, also where destroying failed: `_leave` does that again."""
        try:
            handover.destroy(self._station, seat, seated)
        finally:
            self._exported = handover.try_export(handover.kept(self._station, seat), self._carrier)


def _telling(action: Callable[[], None]) -> None:
    try:
        action()
    except OSError as error:
        raise MachineRefusedError(detail=os.strerror(error.errno or errno.EIO)) from error


def main() -> None:
    """Run the session process to its end."""
    from kiosk.serving import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

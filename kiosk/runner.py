"""The session process: the one place where rules, store and clock meet. Decide, append durably, apply, tell the screen.

    python -m kiosk.runner --station DIR --carrier DIR [--not-locked WORD ..] --control-fd N

Rules.
1. Nothing is shown as true before it is on the disk. If it cannot be put there, the phase is STOPPED.
2. A code is verified by kiosk/typed_codes.py and becomes a command of the rules; it is counted durably before it is
   answered.
3. Items live only in this process's memory, from when the candidate begins, after every agreement.
4. What the system refuses is told with a code and ends nothing; any other error of ours ends the process.
5. A session that ended is sealed at once; what fails is tried again until it succeeds, and STOPPED says so meanwhile.
6. The clock of a suspended session stands. What the stop cost is measured from the last sign of life, which the pulse
   follows within a second, to the moment at which code and choice arrived: what the screen said then is recorded.
7. Where boottime went on by more than two heartbeats between two looks, the machine slept: the session is suspended as
   after a kill, and what was asked for with that look is not done.

An open session is kiosk/live.py's, its mirror kiosk/mirroring.py's, the sockets are kiosk/serving.py's, what a screen
is told kiosk/views.py's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from exam_packages.sitting_plan import SittingPlan
from keys.carrier import Carrier
from keys.clock import Clock, Stamp
from keys.codes import RESUME_LENGTH, typed
from keys.errors import ExamKioskError
from keys.primitives import MODERATE, KdfCost
from kiosk import opening, protocol, seating, session, suspension, typed_codes, unlocking, views
from kiosk.calculator import work_out
from kiosk.ending import Ending
from kiosk.faults import BEYOND, FATAL, telling
from kiosk.live import Live
from kiosk.mirroring import Mirror
from kiosk.protocol import Phase, Problem, Tick, View
from kiosk.session import NotNowError
from kiosk.station import Seat, Station
from kiosk.suspension import Suspension
from terminal import language

LAST_WRITE = 2.0
"""Seconds that a write of the mirror is given to end: with the process, and before its medium is looked at."""


class Runner:
    """One session process without its sockets: commands in, views out."""

    def __init__(
        self,
        station: Station,
        carrier: Carrier,
        clock: Clock,
        *,
        software: Callable[[], str],
        cost: KdfCost = MODERATE,
        not_locked: tuple[str, ...] = (),
        read_later: bool = False,
        mirror: Path | None = None,
    ) -> None:
        """Start in LOCKED, SUSPENDED or FINISHED, as the station file says. `cost` is Argon2id's, made and accepted.

        The journal is mirrored to the folder `mirror` of a second medium, if there is one.
        With `read_later` a locked kiosk reads the carrier at the first tick: its first screen waits for no drive.
        """
        self._station, self._carrier, self._clock = station, carrier, clock
        self._software, self._cost, self._not_locked = software, cost, not_locked
        self._live: Live | None = None
        self._suspension: Suspension | None = None
        self._ending = Ending(station, carrier)
        self._mirror = Mirror(station, mirror)
        self._plan: SittingPlan | None = None
        self._preferences: dict[str, str] = {}
        self._problem: Problem | None = None
        self._stopped = self._beyond = False
        self._seen = clock.now()
        self.finished = self.again = False
        self._unread = read_later and station.occupied() is None
        if not self._unread:
            self._guarded(self._look)

    @property
    def phase(self) -> Phase:
        """Which screen is due."""
        if self._stopped:
            return Phase.STOPPED
        seat = self._station.occupied()
        if seat is not None and seat.ending is not None:
            return Phase.FINISHED
        if self._live is None:
            return Phase.LOCKED if seat is None else Phase.SUSPENDED
        due = session.phase(self._live.state)
        return Phase.STOPPED if due is Phase.FINISHED else due

    def submit(self, command: protocol.Command) -> View:
        """Do what the screen asks, if the rules allow it, and say how things stand."""
        self._unread = False
        if self.phase is Phase.STOPPED:
            self.again = self.again or isinstance(command, protocol.StartAgain)
        elif not self._slept():
            self._problem = None
            self._guarded(lambda: self._handle(command))
        self._seen = self._clock.now()
        view = self._view(answers=isinstance(command, protocol.ShowAnswers))
        return msgspec.structs.replace(view, reply=True)

    def tick(self) -> View | Tick | None:
        """A second went by: time may be up, a heartbeat or another try at sealing due. What to tell, if anything."""
        before = self._standing()
        if self._unread:
            self._unread = False
            self._guarded(self._look)
            return self.view()
        if not self._slept():
            self._guarded(self._observe)
        self._seen = now = self._clock.now()
        self._follow(now)
        if self._standing() != before:
            return self.view()
        if self.phase is Phase.SUSPENDED and self._suspension is not None and self._suspension.pulse.running:
            return Tick(0, self._suspension.lost(now))
        return views.tick(self._live.state, now) if self._live is not None else None

    def view(self) -> View:
        """Everything the screen may need, as of now."""
        return self._view()

    def _follow(self, now: Stamp) -> None:
        """Let the mirror follow the journal; remove it once the record of an ended session is on a carrier."""
        if self._live is not None:
            self._mirror.follow(self._live, now)
            return
        ending, seat = self._ending.told(), self._station.occupied()
        if ending is not None and seat is not None and ending.carried:
            self._mirror.remove(seat, now)

    def close(self) -> None:
        """End this process's part: a session that is open is suspended, and nothing of it is lost."""
        live = self._live
        if live is not None and not self._slept():
            self._guarded(lambda: live.beat(self._clock.now()))
        self._let_go()
        self._mirror.wait(LAST_WRITE)

    def _view(self, *, answers: bool = False) -> View:
        now, phase, seat = self._clock.now(), self.phase, self._station.occupied()
        preferred = self._live.preferences if self._live is not None else self._preferences
        known = views.plain(self._station.identity, phase, self._problem, self._plan, preferred)
        if phase is Phase.SUSPENDED and self._suspension is not None:
            stop = self._suspension
            lost, cause = stop.lost(now), stop.cause(now)
            return msgspec.structs.replace(known, resume_n=stop.n, lost=lost, cause=cause)
        if phase is Phase.FINISHED:
            return msgspec.structs.replace(known, ending=self._ending.told())
        if phase is Phase.STOPPED:
            n = 0 if self._beyond or seat is None else seating.likely_asked_for(self._station, seat)
            return msgspec.structs.replace(known, resume_n=n)
        if self._live is None:
            return known
        live = self._live
        view = views.opened(known, live.seated, live.state, live.candidate, now, answers=answers)
        return msgspec.structs.replace(view, mirror=self._mirror.kept)

    def _standing(self) -> tuple[object, ...]:
        """What a screen is told of at once when it changes."""
        told: tuple[object, ...] = (self.phase, self._problem, self._mirror.kept)
        if self._live is None:
            return told
        record = self._live.state.record
        return (*told, self._live.seated.store.tight, record.current, record.pause, record.closed)

    def _guarded(self, action: Callable[[], None]) -> None:
        before = self.phase
        try:
            telling(action)
        except ExamKioskError as error:
            self._problem = views.problem(error)
            open_or_suspended = before not in {Phase.LOCKED, Phase.FINISHED} or self._live is not None
            if isinstance(error, FATAL) and open_or_suspended and self.phase is not Phase.FINISHED:
                self._stopped, self._beyond = True, isinstance(error, BEYOND)
                self._let_go()

    def _let_go(self) -> None:
        if self._live is not None:
            self._preferences = self._live.preferences
            self._live.seated.store.close()
        self._live = None

    def _slept(self) -> bool:
        """Suspend an open session if the machine slept since the last look; whether it did."""
        live = self._live
        if live is None or live.state.record.outcome is not None:
            return False
        pulse = live.slept(self._seen, self._clock.now())
        if pulse is None:
            return False
        self._let_go()
        self._problem = None
        self._suspension = Suspension(live.seated.seat.n, pulse)
        return True

    def _look(self) -> None:
        """What a fresh process finds: a last screen, a suspended session, or a carrier to open a sitting from."""
        seat, now = self._station.occupied(), self._clock.now()
        if seat is None:
            self._plan = unlocking.find(self._station, self._carrier, now).plan
            return
        self._plan = seating.planned(self._station, seat)
        if seat.ending is not None:
            self._preferences = seat.preferences
            language.use(seat.preferences.get("language", ""))
            self._ending.put_away()
            return
        self._suspension = suspension.find(self._station, seat)
        self._suspension.check_clock(now, self._station)

    def _handle(self, command: protocol.Command) -> None:
        match command:
            case protocol.EnterStartCode():
                self._start(command.code)
            case protocol.EnterResumeCode():
                self._resume(command.code, credit=command.credit)
            case protocol.EnterActionCode():
                typed_codes.redeem(self._station, self._opened(), command.code, self._clock.now())
                self._settle()
            case protocol.SignIn():
                opened = self._opened(Phase.SIGN_IN)
                typed_codes.sign_in(self._station, opened, command, self._clock.now(), self._media)
            case protocol.Begin():
                self._opened(Phase.INSTRUCTIONS).begin(self._clock.now())
            case protocol.Calculate():
                self._opened(Phase.TESTING)
                self._commit(session.Calculated(command.expression, work_out(command.expression)))
            case protocol.ShowAnswers():
                self._opened(Phase.TESTING)
                self._commit(session.Observe())
            case protocol.Leave():
                self._require(Phase.FINISHED)
                self._ending.leave()
                self.finished = True
            case protocol.StartAgain() | protocol.Practise() | protocol.GoOn():
                raise NotNowError
            case _:
                self._commit(command)

    def _require(self, phase: Phase) -> None:
        if self.phase is not phase:
            raise NotNowError

    def _opened(self, phase: Phase | None = None) -> Live:
        """The open session, if it is in this phase. Raises `NotNowError`."""
        if self._live is None or phase not in {None, self.phase}:
            raise NotNowError
        return self._live

    def _start(self, code: str) -> None:
        self._require(Phase.LOCKED)
        now = self._clock.now()
        found = unlocking.find(self._station, self._carrier, now)
        self._plan = found.plan
        typed(code, RESUME_LENGTH, kind="start code")
        self._live = opening.open_sitting(
            self._station,
            found,
            code,
            now,
            software=self._software(),
            not_locked=self._not_locked,
            cost=self._cost,
        )
        self._live.beat(now)

    def _resume(self, code: str, *, credit: bool) -> None:
        self._require(Phase.SUSPENDED)
        seat, now = self._station.occupied(), self._clock.now()
        if seat is None:
            raise NotNowError
        try:
            live, n = opening.come_back(self._station, seat, code, now, self._cost)
        finally:
            self._ask_again(seat)
        self._live = live
        if live.state.record.outcome is None:
            asleep = self._suspension is not None and self._suspension.pulse.asleep
            live.resume(n, now, self._clock.now(), credit=credit, asleep=asleep)
        self._settle()
        if self._live is not None:
            live.beat(self._clock.now())

    def _ask_again(self, seat: Seat) -> None:
        """Name the code that the wrap asks for now, also where a resume failed after it was written."""
        n = seating.likely_asked_for(self._station, seat)
        if self._suspension is not None and n:
            self._suspension = replace(self._suspension, n=n)

    def _commit(self, command: session.Command) -> None:
        """Decide, append durably, apply; an ended session is sealed."""
        self._opened().append(command, self._clock.now())
        self._settle()

    def _observe(self) -> None:
        now = self._clock.now()
        if self._ending.look_again():
            self._problem = None
        if self._stopped or self._live is None:
            return
        live = self._live
        if live.state.record.outcome is not None:
            if live.due(now):
                live.rest(now)
                self._settle()
            return
        self._commit(session.Observe())
        if self._live is not None:
            if live.due(now):
                live.beat(now)
            else:
                live.follow()

    def _media(self) -> tuple[Carrier, ...]:
        """Where the mirror of another kiosk may be: the mirror's own medium first, then the carrier."""
        self._mirror.wait(LAST_WRITE)
        medium = self._mirror.medium
        return (self._carrier,) if medium is None else (medium, self._carrier)

    def _settle(self) -> None:
        """Seal a session that ended; from then on FINISHED is due, and what opens the sitting is destroyed."""
        live = self._opened()
        if live.state.record.outcome is None:
            return
        self._mirror.follow(live, self._clock.now())
        self._ending.seal(live, self._clock.now())
        self._live, self._preferences = None, live.preferences
        self._ending.put_away()


def main() -> None:
    """Run the session process to its end."""
    from kiosk.serving import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

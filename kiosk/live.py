"""An open session in memory: decide, append durably, apply; and its signs of life, in the vault and outside.

Rules.
1. Nothing is applied before it is durable. The text of a note that the form keeps out of the record is written in the
   transaction of its event.
2. A heartbeat every 15 s says durably that the session lives. Between two of them the pulse outside the vault follows
   the journal; where it cannot be written, the next heartbeat says so.
3. Items are laid out when the candidate begins, after every agreement, and live in this object alone.
4. The language in use is the candidate's: the plan's first, then the one they chose.
5. `told_without` is the move-in code to which it was said that no copy of the earlier answers is here.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from types import MappingProxyType

import msgspec

from exam_packages import route
from exam_packages.sitting_plan import RosterEntry
from keys import primitives
from keys.clock import Stamp
from keys.codes import ActionCode
from keys.encoding import digest
from keys.errors import ExamKioskError
from kiosk import protocol, seating, session, timing, views
from kiosk.navigation import lay_out
from kiosk.seating import Pulse, Seated, fitting
from kiosk.session import State, Terms
from kiosk.station import Station
from kiosk.store import Beat
from results.wire.events import NoteWritten, PreferenceSet, TestStarted
from terminal import language

ASLEEP = 2 * timing.HEARTBEAT
"""Milliseconds of boottime between two looks from which on the machine counts as having slept."""


class Live:
    """An open session: its documents and store, its state, and the candidate once they are known."""

    def __init__(self, station: Station, seated: Seated) -> None:
        """Fold the store's journal; the form is opened only where the test had begun.

        Raises `SealError` or `PackageTextError`.
        """
        self._station, self.seated = station, seated
        self._pulse: Pulse | None = None
        self._beaten = 0
        self.candidate: RosterEntry | None = None
        self.told_without: ActionCode | None = None
        self.state = _folded(seated)
        self.know(seated.plan.entry(self.state.record.candidate))

    @property
    def preferences(self) -> dict[str, str]:
        """How the candidate's screen is to be."""
        return views.preferences(self.state, self.candidate)

    def know(self, entry: RosterEntry | None) -> None:
        """Who sits here, if that is known: what the plan grants them, and their language."""
        self.candidate = entry
        if entry is not None:
            terms = replace(self.state.terms, granted=entry.accommodations)
            self.state = replace(self.state, terms=terms)
        language.use(self.preferences.get("language", ""))

    def append(self, command: session.Command, now: Stamp) -> None:
        """Decide, append durably, apply. Raises what refuses the command, or `StoreFailedError`."""
        events = session.decide(self.state, command, now)
        if not events:
            return
        after, notes = self.state, None
        noted = any(isinstance(event, NoteWritten) for event in events)
        if noted and isinstance(command, protocol.WriteNote) and _keeps_out(self.state):
            after = session.jot(self.state, command)
            notes = {command.item: after.jotted[command.item]}
        self.seated.store.append(now, events, notes)
        self.state = session.fold(after, ((event, now) for event in events))
        if any(isinstance(event, PreferenceSet) for event in events):
            language.use(self.preferences.get("language", ""))

    def begin(self, now: Stamp) -> None:
        """Open the form, lay it out by a fresh seed or by that of the kiosk before, and start the clock."""
        front = self.seated.front
        seed = self.state.record.route or route.new_seed(primitives.entropy(route.SEED_BYTES))
        self.state = replace(self.state, layout=lay_out(self.seated.form(), seed))
        self.append(session.Start(session.starting_limit(self.state, front.time_limit), seed), now)

    def resume(self, n: int, arrived: Stamp, now: Stamp, *, credit: bool, asleep: bool) -> None:
        """Go on `now` after a stop that ended when R_n `arrived`."""
        kept = self.seated.store.kept
        beaten = kept.beat.elapsed if kept.beat else 0
        stood_at = max(session.elapsed(self.state, kept.entries[-1].at), beaten)
        running = session.runs(self.state, kept.last())
        stop = timing.outage(kept.last(), arrived, running=running, asleep=asleep)
        self.state = replace(self.state, suspended=True)
        self.append(session.Resume(n, stood_at, stop, credit), now)

    def due(self, now: Stamp) -> bool:
        """Whether a heartbeat is due."""
        return now.boot - self._beaten >= timing.HEARTBEAT

    def rest(self, now: Stamp) -> None:
        """Wait a heartbeat before the next try at sealing an ended session."""
        self._beaten = now.boot

    def beat(self, now: Stamp) -> None:
        """Note durably that the session lives, in the vault and outside.

        Raises `StoreFailedError` or a `StorageError`.
        """
        store = self.seated.store
        store.keep_room()
        self._beaten = now.boot
        reading, runs = session.elapsed(self.state, now), session.runs(self.state, now)
        self._pulse = pulse = Pulse(now, runs, store.head.digest, store.head.count)
        store.beat(Beat(now, reading, store.head.count))
        fitting(lambda: seating.write_pulse(self._station, self.seated.seat, pulse), store.make_room)

    def follow(self) -> None:
        """Let the pulse follow the journal."""
        pulse = self._living()
        if pulse is not None and pulse != self._pulse:
            self._pulse = pulse
            self._try_pulse(pulse)

    def slept(self, before: Stamp, now: Stamp) -> Pulse | None:
        """The last sign of life, noted as such, if the machine slept between two looks."""
        pulse = self._living()
        if pulse is None or now.boot - before.boot <= ASLEEP:
            return None
        pulse = msgspec.structs.replace(pulse, asleep=True)
        self._try_pulse(pulse)
        return pulse

    def _living(self) -> Pulse | None:
        """The last pulse, or one of the journal's last entry if that is later."""
        last, head, known = self.seated.store.last, self.seated.store.head, self._pulse
        if last is None or (known is not None and head.count == known.count):
            return known
        return Pulse(last, session.runs(self.state, last), head.digest, head.count)

    def _try_pulse(self, pulse: Pulse) -> None:
        with contextlib.suppress(ExamKioskError, OSError):
            seating.write_pulse(self._station, self.seated.seat, pulse)


def _folded(seated: Seated) -> State:
    entries = [(entry.event, entry.at) for entry in seated.store.kept.entries]
    seed = next((event.route for event, _ in entries if isinstance(event, TestStarted)), None)
    front, alone = seated.front, seated.plan.policies.one_proctor_minutes
    texts = ((one.id, digest(one.text.encode())) for one in front.agreements)
    state = State(
        Terms(tuple(texts), front.stages, front.tutorial, alone),
        layout=None if seed is None else lay_out(seated.form(), seed),
        jotted=MappingProxyType(dict(seated.store.notes)),
    )
    return session.fold(state, entries)


def _keeps_out(state: State) -> bool:
    return state.layout is not None and not state.layout.instruments.keep_notes

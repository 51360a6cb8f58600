"""Pauses: how each kind begins, what the clock does meanwhile, and what ends it. Pure.

Rules.
1. SCHEDULED: the break after a part, with the form's length and clock. UNSCHEDULED: by the candidate's choice; those
   that the plan grants come first and stop the clock, then the form's own with the form's clock. HOLD: the time of a
   stage before the test ran out. ROOM: every kiosk of the room, by one code; the clock stops.
2. A break-over code of the candidate ends SCHEDULED, UNSCHEDULED and HOLD. Only the room's resume code ends ROOM.
3. A room pause takes the place of any other pause: in a fire alarm no clock of a break may run on, and one code lets
   the whole room go on. What was due when that pause ended is due when the room's does. A second room pause is refused.
4. When a pause has ended the candidate is where they were, or where they were going (kiosk/limits.py, `go_on`). A
   stage before the test has its whole time again.
"""

from __future__ import annotations

from exam_packages.form import BreakClock
from keys.clock import Stamp
from keys.errors import ExamKioskError
from kiosk import limits, timing
from kiosk.limits import Batch
from kiosk.state import State, apply, breaks_left, elapsed
from results.wire import events as e
from results.wire.events import PauseKind

BY_CODE = frozenset({PauseKind.SCHEDULED, PauseKind.UNSCHEDULED, PauseKind.HOLD})


class NoBreakLeftError(ExamKioskError):
    """A break of the candidate's own choice, and none is left."""

    code = "no-break-left"
    what = "There is no break left to take."
    next_step = "Go on with the test; if you have to leave, tell the proctor."


def take_break(state: State, at: int) -> Batch:
    """An unscheduled break begins at a reading of the test clock. Raises `NoBreakLeftError`."""
    if state.layout is None or not breaks_left(state):
        raise NoBreakLeftError
    granted = state.record.breaks < state.terms.granted.extra_breaks
    clock = BreakClock.STOPS if granted else state.layout.break_clock
    return (e.PauseBegan(PauseKind.UNSCHEDULED, clock, 0, at),)


def hold() -> Batch:
    """The time of a stage before the test ran out."""
    return (e.PauseBegan(PauseKind.HOLD, BreakClock.STOPS, 0, 0),)


def begin_room(state: State, now: Stamp) -> Batch:
    """The whole room pauses; a pause that lasts gives way to it."""
    at = elapsed(state, now)
    return (*_ended(state, now), e.PauseBegan(PauseKind.ROOM, BreakClock.STOPS, 0, at))


def end(state: State, now: Stamp) -> Batch:
    """The pause ends, and what was due comes on the screen."""
    ended = _ended(state, now)
    for event in ended:
        state = apply(state, event, now)
    return (*ended, *limits.go_on(state, elapsed(state, now)))


def _ended(state: State, now: Stamp) -> Batch:
    pause = state.record.pause
    if pause is None or state.paused is None:
        return ()
    return (e.PauseEnded(pause.kind, timing.since(state.paused, now), elapsed(state, now)),)

"""Parts and sections with a time limit of their own: what entering, leaving and running out writes down. Pure.

Rules.
1. A limit begins (`LimitBegan`) with the first item shown inside, and is measured on the test clock: what stops that
   clock stops it too. The plan's percent lengthens it, the plan's minutes do not.
2. It ends (`LimitEnded`) when an item outside is shown, when the break after its part begins, or when its time is
   over. Then the part or section is closed for good (kiosk/navigation.py, rules 5 and 6).
3. When a time is over, the next item is shown in the same batch; in a pause only when the pause ends. If no item is
   left to show, the test ends as its own time-out, with the limit of the test then in force.
4. Going from a part with a break to the next one begins the break. The first item of the next part is shown when it is
   over. After the last part there is no break.
"""

from __future__ import annotations

from keys.clock import Stamp
from kiosk import navigation, timing
from kiosk.navigation import Layout, NoSuchItemError, Timed
from kiosk.state import State, elapsed, in_force, place
from results.wire import events as e
from results.wire.events import PauseKind, Scope

Batch = tuple[e.SessionEvent, ...]


def enter(state: State, there: int, at: int) -> Batch:
    """Show the item at a place, and begin the limits that it is the first one of."""
    layout = _layout(state)
    began = tuple(
        e.LimitBegan(scope, name, timing.scope_limit(limit, state.terms.granted), at)
        for (scope, name), limit in layout.timed(there).items()
        if (scope, name) not in state.record.limits
    )
    shown = layout.places[there]
    return (*began, e.ItemPresented(shown.item.id, shown.order, at))


def move(state: State, there: int, at: int) -> Batch:
    """Go from the item on the screen to a place that may be shown."""
    return (*leave(state, there, at), *_onto(state, there, at))


def leave(state: State, there: int, at: int) -> Batch:
    """End the limits that the item on the screen is inside of and that place `there` is not."""
    inside = _layout(state).timed(there)
    left = (key for key in reversed(list(in_force(state))) if key not in inside)
    return tuple(e.LimitEnded(scope, name, expired=False, elapsed=at) for scope, name in left)


def expired(state: State, now: Stamp) -> Batch:
    """What follows where the time of a part or section is over at `now`; nothing where none is."""
    ends, at = in_force(state), elapsed(state, now)
    over = {key for key, end in ends.items() if end <= at}
    if not over:
        return ()
    whole_part = any(scope is Scope.PART for scope, _name in over)
    shut = [key for key in reversed(list(ends)) if whole_part or key in over]
    ended = tuple(_ended(state, key, ends[key], key in over, at) for key in shut)
    layout, here = _layout(state), place(state)
    there = navigation.onward(layout, here, state.record.closed | set(shut))
    if there is None:
        return (*ended, e.TimeExpired(state.record.limit, at))
    if state.record.pause is not None:
        return ended
    inside = layout.timed(there)
    left = tuple(
        e.LimitEnded(scope, name, expired=False, elapsed=at)
        for scope, name in reversed(list(ends))
        if (scope, name) not in shut and (scope, name) not in inside
    )
    return (*ended, *left, *_onto(state, there, at))


def go_on(state: State, at: int) -> Batch:
    """What is shown when a pause ended: the item of before, unless its part was left or its time is over."""
    if state.layout is None or state.record.current is None:
        return ()
    layout, here, closed = state.layout, place(state), state.record.closed
    if state.onward:
        there = navigation.next_part(layout, here)
        return () if there is None else enter(state, there, at)
    if closed.isdisjoint(layout.timed(here)):
        return ()
    there = navigation.onward(layout, here, closed)
    return () if there is None else move(state, there, at)


def _onto(state: State, there: int, at: int) -> Batch:
    layout, here = _layout(state), place(state)
    rest = layout.part(here).break_after
    if rest is None or layout.places[there].part == layout.places[here].part:
        return enter(state, there, at)
    return (e.PauseBegan(PauseKind.SCHEDULED, rest.clock, rest.length, at),)


def _ended(state: State, key: Timed, end: int, over: bool, at: int) -> e.LimitEnded:
    reading = max(state.record.elapsed, min(at, end))
    return e.LimitEnded(key[0], key[1], expired=over, elapsed=reading)


def _layout(state: State) -> Layout:
    if state.layout is None:
        raise NoSuchItemError
    return state.layout

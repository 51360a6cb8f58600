"""What a session is at a moment: `State`, how one more event changes it, and what may be read off it. Pure.

Rules.
1. `State` is the fold of the journal's events with their moments, over the sitting's `Terms`. Folding any prefix gives
   the state that was live then. A layout only saves drawing the order again, and notes that the form keeps out of the
   record are in memory alone: neither counts when states are compared.
2. The time of a stage before the test begins when the stage is entered, and anew after a pause or a stop.
3. The test clock stands in a pause that stops it, for the pause's length if it has one. The length of a pause is over
   after as much time on boottime, or by the wall clock if the machine was started again meanwhile.
4. A terminal event is final: after it `apply` changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from exam_packages.form import BreakClock, StageLimits
from exam_packages.sitting_plan import Accommodations
from keys.clock import Stamp
from keys.encoding import encode
from kiosk import navigation, timing
from kiosk.navigation import Layout, NoSuchItemError, Timed
from kiosk.protocol import Phase
from kiosk.timing import Anchor
from results.wire import carried
from results.wire import events as e
from results.wire import record as records
from results.wire.events import PauseKind, Scope
from results.wire.record import Record


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sitting's documents say before any item is open.

    `agreements` are the front's, in order, each with the digest of its text; `stages` and `tutorial` are the front's,
    `one_proctor_minutes` the plan's. `granted` is the candidate's once they are known.
    """

    agreements: tuple[tuple[str, str], ...] = ()
    stages: StageLimits = field(default_factory=StageLimits)
    tutorial: bool = False
    one_proctor_minutes: int = 0
    granted: Accommodations = field(default_factory=Accommodations)


@dataclass(frozen=True, slots=True)
class State:
    """A session as of its last event.

    `anchor` is set once the test clock began, `offset` is the wall clock against boottime when it was last looked at.
    `stage` is when (boottime, ms) the stage before the test began; `paused` when the pause did; `rest` is how much of
    its length (ms) was still to go at `rested`. `onward` says that the part of the item last shown was left for a
    scheduled break. `suspended` is set between a fold and its resume. `entries` counts the journal, `weight` the bytes
    of its events. `jotted` are notes, by item, that the form keeps out of the record.
    """

    terms: Terms = Terms()
    record: Record = field(default_factory=Record)
    anchor: Anchor | None = None
    offset: int = 0
    stage: int = 0
    paused: Stamp | None = None
    rest: int = 0
    rested: Stamp | None = None
    onward: bool = False
    suspended: bool = False
    entries: int = 0
    weight: int = 0
    layout: Layout | None = field(default=None, repr=False, compare=False)
    jotted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Inner:
    """The part or section in force whose own time ends first: ms left and ms in all."""

    scope: Scope
    title: str
    remaining: int
    limit: int


def apply(state: State, event: e.SessionEvent, at: Stamp) -> State:
    """The state after one more durable event."""
    if state.record.outcome is not None:
        return state
    before = _stage(state)
    state = replace(
        state,
        record=records.apply(state.record, event),
        entries=state.entries + 1,
        weight=state.weight + len(encode(event)),
    )
    match event:
        case e.SessionOpened() | e.ClockJumped():
            state = replace(state, offset=timing.offset(at))
        case e.SessionCarried():
            state = replace(state, onward=_left_part(state, event))
        case e.TestStarted():
            state = replace(state, anchor=Anchor(state.record.elapsed, at.boot))
        case e.ItemPresented():
            state = replace(state, onward=False)
        case e.PauseBegan():
            state = _pause_began(state, event, at)
        case e.PauseEnded():
            anchor = Anchor(event.elapsed, at.boot) if state.anchor else None
            state = replace(state, anchor=anchor, paused=None, rest=0, rested=None, stage=at.boot)
        case e.SessionResumed():
            state = _resumed(state, event, at)
        case _:
            pass
    return state if _stage(state) == before else replace(state, stage=at.boot)


def fold(state: State, entries: Iterable[tuple[e.SessionEvent, Stamp]]) -> State:
    """The state after these events, each with its moment."""
    for event, at in entries:
        state = apply(state, event, at)
    return state


def phase(state: State) -> Phase:
    """Which screen is due."""
    record = state.record
    steps = (
        (not record.session, Phase.LOCKED),
        (record.outcome is not None, Phase.FINISHED),
        (state.suspended, Phase.SUSPENDED),
        (record.pause is not None, Phase.PAUSED),
    )
    return next((due for holds, due in steps if holds), _stage(state))


def agreed(state: State) -> bool:
    """Whether every agreement was accepted, so that items may be decrypted."""
    return len(state.record.accepted) >= len(state.terms.agreements)


def elapsed(state: State, now: Stamp) -> int:
    """The test clock's reading in ms; 0 before it began."""
    if state.anchor is None:
        return 0
    return timing.elapsed(state.anchor, state.record.limit, now)


def remaining(state: State, now: Stamp) -> int:
    """Milliseconds of exam time left; 0 before the clock began."""
    return max(0, state.record.limit - elapsed(state, now))


def runs(state: State, at: Stamp) -> bool:
    """Whether the test clock runs at a moment: what an outage costs that began then."""
    anchor = state.anchor
    return anchor is not None and not anchor.stands and at.boot >= anchor.boot


def starting_limit(state: State, form_limit: int) -> int:
    """The candidate's limit in ms as the test begins: of one who was moved in, what was left at the source."""
    moved = state.record.moved_minutes * timing.MINUTE
    return moved or timing.limit(form_limit, state.terms.granted)


def stage_limit(state: State) -> int:
    """The time of the stage on the screen in ms; 0 where it has none."""
    stages = state.terms.stages
    limits = {
        Phase.CONFIRM: stages.confirm,
        Phase.AGREEMENT: stages.agreements,
        Phase.TUTORIAL: stages.tutorial,
    }
    return limits.get(phase(state), 0)


def stage_remaining(state: State, now: Stamp) -> int:
    """Milliseconds left of the stage on the screen; 0 where it has no limit."""
    limit = stage_limit(state)
    return max(0, state.stage + limit - now.boot) if limit else 0


def in_force(state: State) -> dict[Timed, int]:
    """The parts and sections with a limit that the candidate is in, and the test clock's reading at which each ends."""
    layout, record = state.layout, state.record
    if layout is None or record.current is None:
        return {}
    open_here = (key for key in layout.timed(place(state)) if key not in record.closed)
    return {key: sum(record.limits[key]) for key in open_here if key in record.limits}


def inner_limit(state: State, now: Stamp) -> Inner | None:
    """The tightest limit inside the test's, never more than what is left of the test; None where there is none."""
    ends = in_force(state)
    if not ends or state.layout is None:
        return None
    key = min(ends, key=ends.__getitem__)
    here, scope = place(state), key[0]
    title = state.layout.part(here).title if scope is Scope.PART else state.layout.section(here).title
    left = max(0, ends[key] - elapsed(state, now))
    return Inner(scope, title, min(left, remaining(state, now)), state.record.limits[key][0])


def rest_remaining(state: State, now: Stamp) -> int:
    """Milliseconds of the pause's length still to go; 0 where it has none or it is over."""
    return 0 if state.rested is None else max(0, state.rest - timing.since(state.rested, now))


def breaks_left(state: State) -> int:
    """How many unscheduled breaks the candidate may still take: those granted first, then the form's."""
    if state.layout is None:
        return 0
    return max(0, state.terms.granted.extra_breaks + state.layout.breaks - state.record.breaks)


def unanswered(state: State) -> int:
    """How many items of the form hold no answer."""
    return len(state.layout.places) - state.record.answered() if state.layout else 0


def flagged(state: State) -> int:
    """How many items are flagged; a flag on one that may never be shown any more is past, and is not counted."""
    places = state.layout.places if state.layout else ()
    return sum(
        state.record.answer(shown.item.id).flagged and not is_gone(state, index)
        for index, shown in enumerate(places)
    )


def place(state: State) -> int:
    """Where the item on the screen stands. Raises `NoSuchItemError` where there is none."""
    if state.layout is None or state.record.current is None:
        raise NoSuchItemError
    return state.layout.index[state.record.current]


def may_show(state: State, index: int) -> bool:
    """Whether the candidate may go to this place now."""
    if state.layout is None or state.record.current is None:
        return False
    return navigation.may_show(state.layout, place(state), index, state.record.closed)


def is_gone(state: State, index: int) -> bool:
    """Whether this place may never be shown any more."""
    if state.layout is None or state.record.current is None:
        return False
    return navigation.is_gone(state.layout, place(state), index, state.record.closed)


def is_closed(state: State, index: int) -> bool:
    """Whether the item at this place may not be answered any more: it is gone, or was left where items are submitted
    one by one.
    """
    if state.layout is None or state.record.current is None:
        return False
    visits = state.record.answer(state.layout.places[index].item.id).visits
    left = visits > (1 if index == place(state) else 0)
    return is_gone(state, index) or (left and state.layout.individual(index))


def leaving(state: State) -> str:
    """One character an item: what going there closes for good, as in `View.leaving`; `x` where it may not be shown."""
    layout = state.layout
    if layout is None or state.record.current is None:
        return ""
    here = place(state)
    part, onward = layout.places[here].part, navigation.next_part(layout, here)
    return "".join(
        _closes(state, layout, index)
        if index != here and (shown.part == part or index == onward) and may_show(state, index)
        else "."
        if index == here
        else "x"
        for index, shown in enumerate(layout.places)
    )


def _closes(state: State, layout: Layout, there: int) -> str:
    """What going to a place that may be shown closes for good, by its letter."""
    here = place(state)
    if layout.places[there].part != layout.places[here].part:
        return "p"
    if in_force(state).keys() - layout.timed(there).keys():
        return "s"
    return "i" if layout.linear(here) or layout.individual(here) else "."


def note(state: State, item: str) -> str:
    """The candidate's note to an item, or the scratchpad where `item` is empty."""
    keeps = state.layout is not None and state.layout.instruments.keep_notes
    return (state.record.notes if keeps else state.jotted).get(item, "")


def _stage(state: State) -> Phase:
    record = state.record
    steps = (
        (not record.candidate, Phase.SIGN_IN),
        (not record.confirmed, Phase.CONFIRM),
        (not agreed(state), Phase.AGREEMENT),
        (not record.checked, Phase.CHECK),
        (state.terms.tutorial and not record.tutored, Phase.TUTORIAL),
        (not record.started, Phase.INSTRUCTIONS),
    )
    return next((due for holds, due in steps if holds), Phase.TESTING)


def _pause_began(state: State, event: e.PauseBegan, at: Stamp) -> State:
    anchor = None if state.anchor is None else _paused(event.clock, event.length, event.elapsed, at.boot)
    left = state.onward or event.kind is PauseKind.SCHEDULED
    return replace(state, anchor=anchor, paused=at, rest=event.length, rested=at, onward=left)


def _left_part(state: State, event: e.SessionCarried) -> bool:
    """Whether the part of the item last shown was left for a scheduled break, at the kiosk that was gone on from."""
    inside = carried.entries(event)
    return fold(State(state.terms), ((one.event, one.at) for one in inside)).onward


def _resumed(state: State, event: e.SessionResumed, at: Stamp) -> State:
    pause, left = state.record.pause, rest_remaining(state, at)
    state = replace(state, offset=timing.offset(at), suspended=False, stage=at.boot)
    if pause is not None:
        state = replace(state, rest=left, rested=at)
    if state.anchor is None:
        return state
    if pause is None or (pause.length and not left):
        return replace(state, anchor=Anchor(event.elapsed, at.boot))
    return replace(state, anchor=_paused(pause.clock, left, event.elapsed, at.boot))


def _paused(clock: BreakClock, length: int, reading: int, boot: int) -> Anchor:
    """The test clock as a pause begins or goes on: it runs, stands, or stands for `length` ms."""
    if clock is BreakClock.RUNS:
        return Anchor(reading, boot)
    return Anchor(reading, boot + length, stands=not length)

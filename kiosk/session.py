"""The rules of a session: what may happen when, and what is written down about it. Pure: decide, then apply.

Rules.
1. `TRANSITIONS` says which command each phase takes and which phases may follow; anything else is refused.
2. `decide` says what would happen; nothing is true before it is durably appended. `apply` is total and never refuses.
3. Codes are verified before they come here: `Open`, `Admit`, `Resume` and `Start` are given by the runner alone.
4. Before every command time is observed: a jump of the wall clock is an event of its own, and a limit that is reached
   ends the session, whatever the command was.
5. A command that would change nothing leaves no event.
6. Agreements are accepted in their order. One that is declined ends the session before any item is opened.
7. Handing in repeats the two counts that the candidate was shown; if they are not true any more, it is refused.
8. A terminal event is final: after it nothing is decided, and `apply` changes nothing.
9. Folding any prefix of a journal gives the state that was live then (a layout only saves drawing the order again).
10. After `MOST_ENTRIES` the test takes no more marks and no more moves, so that a record never outgrows what the centre
   reads. Handing in, the end of time and a resume are always taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from exam_packages.interactions import ItemId, is_empty
from keys.clock import Stamp
from keys.encoding import Digest
from keys.errors import ExamKioskError
from kiosk import timing
from kiosk.navigation import Layout, NoSuchItemError, check_move, may_mark
from kiosk.protocol import Accept, Answer, ConfirmIdentity, Decline, Flag, Go, HandIn, Phase, Strike
from kiosk.responses import ResponseRefusedError, fitted, option_ids
from kiosk.timing import Anchor, Outage
from results.wire import events as e
from results.wire import record as records
from results.wire.record import Record


class NotNowError(ExamKioskError):
    """A command that the phase does not take."""

    code = "not-now"
    what = "That cannot be done on this screen."
    next_step = "Do what the screen asks for."


class JournalFullError(ExamKioskError):
    """As many entries as a session may have before it is handed in."""

    code = "journal-full"
    what = "This session has recorded as many steps as it can hold; everything before this one is saved."
    next_step = "Hand in, or call the proctor."


class AgreementOrderError(ExamKioskError):
    """An agreement that is not the one on the screen."""

    code = "agreement-order"
    what = "That is not the agreement on the screen."
    next_step = "Read the agreement on the screen, then accept or decline it."


class CountsChangedError(ExamKioskError):
    """Handing in with counts that are not true any more."""

    code = "counts-changed"
    what = "Your answers changed since the counts were shown: {unanswered} unanswered, {flagged} flagged."
    next_step = "Look at the counts again, then hand in."


MOST_ENTRIES = 50_000
"""Entries from which on nothing is marked or moved: hours of a held key, far from what a record may weigh."""


@dataclass(frozen=True, slots=True)
class Observe:
    """Time goes by; no one did anything."""


@dataclass(frozen=True, slots=True)
class Open:
    """The start code opened the unlock; `opened` is the genesis."""

    opened: e.SessionOpened


@dataclass(frozen=True, slots=True)
class Admit:
    """Candidate number and admission code were verified together."""

    candidate: str
    attempt: int
    serial: int


@dataclass(frozen=True, slots=True)
class Start:
    """The candidate begins: their limit in ms and the seed of the order that `State.layout` was laid out with."""

    limit: int
    route: str


@dataclass(frozen=True, slots=True)
class Resume:
    """R_n was verified. The clock stood at `stood_at` ms; the proctor chose whether the lost time is given back."""

    n: int
    stood_at: int
    stop: Outage
    credit: bool


Command = (
    Observe
    | Open
    | Admit
    | ConfirmIdentity
    | Accept
    | Decline
    | Start
    | Go
    | Answer
    | Flag
    | Strike
    | HandIn
    | Resume
)

_MARK = {Phase.TESTING, Phase.FINISHED}
TRANSITIONS: dict[Phase, dict[type[Command], set[Phase]]] = {
    Phase.LOCKED: {Open: {Phase.SIGN_IN}},
    Phase.SIGN_IN: {Admit: {Phase.CONFIRM}},
    Phase.CONFIRM: {ConfirmIdentity: {Phase.AGREEMENT, Phase.INSTRUCTIONS}},
    Phase.AGREEMENT: {Accept: {Phase.AGREEMENT, Phase.INSTRUCTIONS}, Decline: {Phase.FINISHED}},
    Phase.INSTRUCTIONS: {Start: {Phase.TESTING}},
    Phase.TESTING: {Go: _MARK, Answer: _MARK, Flag: _MARK, Strike: _MARK, HandIn: _MARK},
    Phase.SUSPENDED: {
        Resume: {
            Phase.SIGN_IN,
            Phase.CONFIRM,
            Phase.AGREEMENT,
            Phase.INSTRUCTIONS,
            Phase.TESTING,
            Phase.FINISHED,
        }
    },
    Phase.STOPPED: {},
    Phase.FINISHED: {},
}
"""Phase -> command -> phases that may follow. `Observe` is taken everywhere and leads to itself or to FINISHED."""


@dataclass(frozen=True, slots=True)
class State:
    """A session as of its last event.

    `agreements` are the front's, in order, each with the digest of its text. `anchor` is set while the test clock
    runs, `offset` is the wall clock against boottime when it was last looked at, `suspended` is set between a fold
    and its resume. `entries` counts the journal.
    """

    agreements: tuple[tuple[str, str], ...] = ()
    record: Record = field(default_factory=Record)
    anchor: Anchor | None = None
    offset: int = 0
    suspended: bool = False
    entries: int = 0
    layout: Layout | None = field(default=None, repr=False, compare=False)


def phase(state: State) -> Phase:
    """Which screen is due."""
    record = state.record
    steps = (
        (not record.session, Phase.LOCKED),
        (record.outcome is not None, Phase.FINISHED),
        (state.suspended, Phase.SUSPENDED),
        (not record.candidate, Phase.SIGN_IN),
        (not record.confirmed, Phase.CONFIRM),
        (not agreed(state), Phase.AGREEMENT),
        (not record.started, Phase.INSTRUCTIONS),
    )
    return next((due for holds, due in steps if holds), Phase.TESTING)


def agreed(state: State) -> bool:
    """Whether every agreement was accepted, so that items may be decrypted."""
    return len(state.record.accepted) >= len(state.agreements)


def elapsed(state: State, now: Stamp) -> int:
    """The test clock's reading in ms; 0 before it began."""
    if state.anchor is None:
        return 0
    return timing.elapsed(state.anchor, state.record.limit, now)


def remaining(state: State, now: Stamp) -> int:
    """Milliseconds of exam time left; 0 before the clock began."""
    return max(0, state.record.limit - elapsed(state, now))


def unanswered(state: State) -> int:
    """How many items of the form hold no answer."""
    return len(state.layout.places) - state.record.answered() if state.layout else 0


def place(state: State) -> int:
    """Where the item on the screen stands. Raises `NoSuchItemError` where there is none."""
    if state.layout is None or state.record.current is None:
        raise NoSuchItemError
    return state.layout.index[state.record.current]


def decide(state: State, command: Command, now: Stamp) -> tuple[e.SessionEvent, ...]:
    """The events that `command` leads to at `now`, possibly none. Raises an `ExamKioskError` that refuses it."""
    seen = _observe(state, now)
    if isinstance(command, Observe) or (seen and isinstance(seen[-1], e.TERMINAL)):
        return seen
    if type(command) not in TRANSITIONS[phase(state)]:
        raise NotNowError
    events = _decide(state, command, now)
    if events and state.entries >= MOST_ENTRIES and isinstance(command, Go | Answer | Flag | Strike):
        raise JournalFullError
    return (*seen, *events)


def apply(state: State, event: e.SessionEvent, at: Stamp) -> State:
    """The state after one more durable event."""
    if state.record.outcome is not None:
        return state
    state = replace(state, record=records.apply(state.record, event), entries=state.entries + 1)
    match event:
        case e.SessionOpened() | e.ClockJumped():
            return replace(state, offset=timing.offset(at))
        case e.TestStarted():
            return replace(state, anchor=Anchor(0, at.boot))
        case e.SessionResumed():
            anchor = Anchor(event.elapsed, at.boot) if state.record.started else None
            return replace(state, anchor=anchor, offset=timing.offset(at), suspended=False)
    return state


def fold(state: State, entries: Iterable[tuple[e.SessionEvent, Stamp]]) -> State:
    """The state after these events, each with its moment."""
    for event, at in entries:
        state = apply(state, event, at)
    return state


def _observe(state: State, now: Stamp) -> tuple[e.SessionEvent, ...]:
    if state.suspended or phase(state) in {Phase.LOCKED, Phase.FINISHED}:
        return ()
    by = timing.jumped(state.offset, now)
    seen: tuple[e.SessionEvent, ...] = (e.ClockJumped(by),) if by else ()
    if state.anchor is not None and remaining(state, now) == 0:
        limit = state.record.limit
        return (*seen, e.TimeExpired(limit, limit))
    return seen


def _decide(state: State, command: Command, now: Stamp) -> tuple[e.SessionEvent, ...]:
    events: tuple[e.SessionEvent, ...] = ()
    match command:
        case Open():
            events = (command.opened,)
        case Admit():
            events = (e.CandidateAdmitted(command.candidate, command.attempt, command.serial),)
        case ConfirmIdentity():
            events = (e.IdentityConfirmed(),)
        case Accept():
            events = (e.AgreementAccepted(*_agreement(state, command.agreement)),)
        case Decline():
            events = (e.AgreementDeclined(*_agreement(state, command.agreement)),)
        case Start():
            events = _start(state, command)
        case Resume():
            events = (_resume(state, command),)
        case Go():
            events = _go(state, command, elapsed(state, now))
        case HandIn():
            events = (_hand_in(state, command, elapsed(state, now)),)
        case Answer() | Flag() | Strike():
            events = _mark(state, command, elapsed(state, now))
    return events


def _agreement(state: State, asked: str) -> tuple[str, Digest]:
    due, text_digest = state.agreements[len(state.record.accepted)]
    if asked != due:
        raise AgreementOrderError
    return due, Digest(text_digest)


def _start(state: State, command: Start) -> tuple[e.SessionEvent, ...]:
    if state.layout is None or not state.layout.places:
        raise NoSuchItemError
    first = state.layout.places[0]
    started = e.TestStarted(command.limit, command.route)
    return e.InstructionsRead(), started, e.ItemPresented(first.item.id, first.order, 0)


def _resume(state: State, command: Resume) -> e.SessionResumed:
    stop = command.stop
    stands = command.stood_at
    if not command.credit:
        stands = timing.charged(command.stood_at, state.record.limit, stop)
    return e.SessionResumed(command.n, stop.cause, stop.lost, stop.lost if command.credit else 0, stands)


def _go(state: State, command: Go, at: int) -> tuple[e.SessionEvent, ...]:
    here = place(state)
    if state.layout is None or command.index == here:
        return ()
    check_move(state.layout, here, command.index)
    there = state.layout.places[command.index]
    return (e.ItemPresented(there.item.id, there.order, at),)


def _hand_in(state: State, command: HandIn, at: int) -> e.HandedIn:
    counts = (unanswered(state), state.record.flagged())
    if (command.unanswered, command.flagged) != counts:
        raise CountsChangedError(unanswered=counts[0], flagged=counts[1])
    return e.HandedIn(*counts, at)


def _mark(state: State, command: Answer | Flag | Strike, at: int) -> tuple[e.SessionEvent, ...]:
    here = place(state)
    if state.layout is None or not may_mark(state.layout, here, command.item):
        raise NoSuchItemError
    known = state.record.answer(command.item)
    if isinstance(command, Flag):
        same = known.flagged == command.on
        return () if same else (e.ItemFlagged(command.item, command.on, at),)
    _on_screen(state, command.item)
    interaction = state.layout.find(command.item).item.interaction
    if isinstance(command, Strike):
        if command.option not in option_ids(interaction):
            raise ResponseRefusedError(detail="it has no such option")
        same = (command.option in known.struck) == command.on
        return () if same else (e.OptionStruck(command.item, command.option, command.on, at),)
    response = fitted(interaction, command.response)
    same = response == known.response or (known.response is None and is_empty(response))
    return () if same else (e.ResponseRecorded(command.item, response, at),)


def _on_screen(state: State, item: ItemId) -> None:
    if item != state.record.current:
        raise NoSuchItemError

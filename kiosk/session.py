"""The rules of a session: what may happen when, and what is written down about it. Pure: decide, then apply.

`State` and what may be read off it are kiosk/state.py's, handed on here. What a pause, a limit, a code or a mark means
in detail is in kiosk/{pauses,limits,redeeming,marking}.py, each with its rules.

Rules.
1. `TRANSITIONS` says which command each phase takes and which phases may follow; anything else is refused.
2. `decide` says what would happen; nothing is true before it is durably appended. `apply` is total and never refuses.
3. Codes are verified before they come here: `Open`, `Admit`, `MoveIn`, `Redeem`, `RedeemRoom`, `Resume` and `Start` are
   given by the runner alone, and so is `Calculated`.
4. Before every command time is observed: a jump of the wall clock is an event of its own. Where a time is over, of the
   test, a part, a section or a stage, that is done in place of the command; only a code is redeemed after it.
5. A command that would change nothing leaves no event.
6. Agreements are accepted in their order. One that is declined ends the session before any item is opened.
7. The times of the stages before the test: when that of the confirmation or of the agreements is over, the session is
   held until a proctor's code; when that of the tutorial is over, the tutorial ends.
8. Handing in repeats the two counts that the candidate was shown; if they are not true any more, it is refused.
9. A terminal event is final: after it nothing is decided, and `apply` changes nothing.
10. After `MOST_ENTRIES`, or `MOST_WEIGHT` of their bytes, the test takes no more marks and no more moves, so that a
    record never outgrows what the centre reads. Codes, handing in, the end of time and a resume are always taken.
    What is no answer, move or break stops at three quarters of both, so that no note takes the place of an answer.
11. One who was moved in has the minutes that were left at the source. With the source's journal they go on with its
    answers, on its test clock, at the item where they were, after identity, equipment and instructions here.
12. A preference has a known name and a known value, and is taken from the confirmation on.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from keys.clock import Stamp
from keys.encoding import Digest
from keys.errors import ExamKioskError
from kiosk import limits, marking, pauses, redeeming, timing
from kiosk.commands import (
    Admit,
    Calculated,
    Command,
    MoveIn,
    Observe,
    Open,
    Redeem,
    RedeemRoom,
    Resume,
    Start,
)
from kiosk.limits import Batch
from kiosk.marking import Mark
from kiosk.navigation import NoSuchItemError, check_move
from kiosk.protocol import (
    Accept,
    Answer,
    ConfirmEquipment,
    ConfirmIdentity,
    Decline,
    EndTutorial,
    Flag,
    Go,
    HandIn,
    Highlight,
    Phase,
    Prefer,
    Strike,
    TakeBreak,
    WriteComment,
    WriteNote,
)
from kiosk.state import (
    Inner,
    State,
    Terms,
    agreed,
    apply,
    breaks_left,
    elapsed,
    flagged,
    fold,
    in_force,
    inner_limit,
    is_closed,
    is_gone,
    leaving,
    may_show,
    note,
    phase,
    place,
    remaining,
    rest_remaining,
    runs,
    stage_limit,
    stage_remaining,
    starting_limit,
    unanswered,
)
from results.wire import events as e

__all__ = [
    "MOST_ENTRIES",
    "MOST_WEIGHT",
    "TRANSITIONS",
    "Admit",
    "AgreementOrderError",
    "Calculated",
    "Command",
    "CountsChangedError",
    "Inner",
    "JournalFullError",
    "MoveIn",
    "NotNowError",
    "Observe",
    "Open",
    "PreferenceRefusedError",
    "Redeem",
    "RedeemRoom",
    "Resume",
    "Start",
    "State",
    "Terms",
    "agreed",
    "apply",
    "breaks_left",
    "decide",
    "elapsed",
    "flagged",
    "fold",
    "inner_limit",
    "is_closed",
    "is_gone",
    "jot",
    "leaving",
    "may_show",
    "note",
    "phase",
    "place",
    "remaining",
    "rest_remaining",
    "runs",
    "stage_limit",
    "stage_remaining",
    "starting_limit",
    "unanswered",
]


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


class PreferenceRefusedError(ExamKioskError):
    """A preference that no screen has."""

    code = "preference-refused"
    what = "This screen cannot be set that way."
    next_step = "Choose one of the settings that are listed."


MOST_ENTRIES = 50_000
"""Entries from which on nothing is marked or moved: hours of a held key, far from what a record may weigh."""
MOST_WEIGHT = 16 * 1024 * 1024
"""Bytes of events from which on nothing is marked or moved."""
PREFERENCES = {
    "theme": {"dark", "light", "high-contrast", "mono"},
    "language": {"en", "es", "fr"},
    "timer": {"shown", "hidden"},
}


_TEST = {Phase.TESTING, Phase.PAUSED, Phase.FINISHED}
_BEFORE = {Phase.CONFIRM, Phase.AGREEMENT, Phase.CHECK, Phase.TUTORIAL, Phase.INSTRUCTIONS}
_CHECKED = {Phase.TUTORIAL, Phase.INSTRUCTIONS}


def _staged(stage: Phase) -> dict[type[Command], set[Phase]]:
    """What every stage between admission and test takes."""
    return {Prefer: {stage}, Redeem: {Phase.FINISHED}, RedeemRoom: {Phase.PAUSED}}


TRANSITIONS: dict[Phase, dict[type[Command], set[Phase]]] = {
    Phase.LOCKED: {Open: {Phase.SIGN_IN}},
    Phase.SIGN_IN: {Admit: {Phase.CONFIRM}, MoveIn: {Phase.CONFIRM}, RedeemRoom: {Phase.PAUSED}},
    Phase.CONFIRM: {ConfirmIdentity: {Phase.AGREEMENT, Phase.CHECK}, **_staged(Phase.CONFIRM)},
    Phase.AGREEMENT: {
        Accept: {Phase.AGREEMENT, Phase.CHECK},
        Decline: {Phase.FINISHED},
        **_staged(Phase.AGREEMENT),
    },
    Phase.CHECK: {ConfirmEquipment: _CHECKED, **_staged(Phase.CHECK)},
    Phase.TUTORIAL: {EndTutorial: {Phase.INSTRUCTIONS}, **_staged(Phase.TUTORIAL)},
    Phase.INSTRUCTIONS: {Start: {Phase.TESTING}, **_staged(Phase.INSTRUCTIONS)},
    Phase.TESTING: {
        Go: _TEST,
        Answer: _TEST,
        Flag: _TEST,
        Strike: _TEST,
        Highlight: _TEST,
        WriteNote: _TEST,
        WriteComment: _TEST,
        Calculated: _TEST,
        Prefer: _TEST,
        TakeBreak: _TEST,
        HandIn: _TEST,
        Redeem: _TEST,
        RedeemRoom: _TEST,
    },
    Phase.PAUSED: {Redeem: _BEFORE | _TEST, RedeemRoom: {Phase.SIGN_IN} | _BEFORE | _TEST},
    Phase.SUSPENDED: {Resume: {Phase.SIGN_IN} | _BEFORE | _TEST},
    Phase.STOPPED: {},
    Phase.FINISHED: {},
}
"""Phase -> command -> phases that may follow.

`Observe` is taken everywhere. It leads to itself, to FINISHED, from a stage with a limit to PAUSED or past the
tutorial, and from TESTING to the break after a part.
"""

BOUNDED = Go | Mark | Calculated | Prefer | TakeBreak
"""What a full journal does not take."""
BESIDE_ANSWERS = 0.75
"""How full a journal may be for what is neither an answer nor a move or break."""


def decide(state: State, command: Command, now: Stamp) -> Batch:
    """The events that `command` leads to at `now`, possibly none. Raises an `ExamKioskError` that refuses it."""
    jumped, over = _observe(state, now)
    seen = (*jumped, *over)
    if isinstance(command, Observe) or (over and not isinstance(command, Redeem | RedeemRoom)):
        return seen
    state = fold(state, ((event, now) for event in over))
    if over and phase(state) is Phase.FINISHED:
        return seen
    if type(command) not in TRANSITIONS[phase(state)]:
        raise NotNowError
    events = _decide(state, command, now)
    used = max(state.entries / MOST_ENTRIES, state.weight / MOST_WEIGHT)
    most = 1 if isinstance(command, Go | Answer | TakeBreak) else BESIDE_ANSWERS
    if events and used >= most and isinstance(command, BOUNDED):
        raise JournalFullError
    return (*seen, *events)


def jot(state: State, command: WriteNote) -> State:
    """Keep the text of a note that was decided upon in memory, for a form that keeps it out of the record."""
    text = marking.note_text(command)
    return replace(state, jotted=MappingProxyType({**state.jotted, command.item: text}))


def _observe(state: State, now: Stamp) -> tuple[Batch, Batch]:
    """A jump of the wall clock, and what follows where a time is over."""
    due = phase(state)
    if due in {Phase.LOCKED, Phase.SUSPENDED, Phase.FINISHED}:
        return (), ()
    by = timing.jumped(state.offset, now)
    jumped: Batch = (e.ClockJumped(by),) if by else ()
    if state.anchor is not None and remaining(state, now) == 0:
        limit = state.record.limit
        return jumped, (e.TimeExpired(limit, limit),)
    if stage_limit(state) and not stage_remaining(state, now):
        return jumped, (e.TutorialEnded(expired=True),) if due is Phase.TUTORIAL else pauses.hold()
    return jumped, limits.expired(state, now)


def _decide(state: State, command: Command, now: Stamp) -> Batch:
    at = elapsed(state, now)
    events: Batch = ()
    match command:
        case Resume():
            events = (_resume(state, command),)
        case Redeem():
            _admitted(state)
            events = redeeming.redeem(state, command.verb, command.serial, now)
        case RedeemRoom():
            events = redeeming.redeem_room(state, command.verb, command.serial, now)
        case Prefer():
            events = _prefer(state, command)
        case Go():
            events = _go(state, command, at)
        case TakeBreak():
            events = pauses.take_break(state, at)
        case HandIn():
            events = (_hand_in(state, command, at),)
        case Calculated():
            events = marking.calculated(state, command.expression, command.result, at)
        case Answer() | Flag() | Strike() | Highlight() | WriteNote() | WriteComment():
            events = marking.mark(state, command, at)
        case _:
            events = _way_in(state, command)
    return events


def _way_in(state: State, command: Command) -> Batch:
    events: Batch = ()
    match command:
        case Open():
            events = (command.opened,)
        case Admit():
            events = (e.CandidateAdmitted(command.candidate, command.attempt, command.serial),)
        case MoveIn(candidate, attempt, serial, checkpoint, minutes, carried):
            moved = e.CandidateMovedIn(candidate, attempt, serial, checkpoint, minutes)
            events = (moved,) if carried is None else (moved, carried)
        case ConfirmIdentity():
            events = (e.IdentityConfirmed(),)
        case Accept():
            events = (e.AgreementAccepted(*_agreement(state, command.agreement)),)
        case Decline():
            events = (e.AgreementDeclined(*_agreement(state, command.agreement)),)
        case ConfirmEquipment():
            events = (e.EquipmentChecked(*(_cells(n) for n in (command.columns, command.rows))),)
        case EndTutorial():
            events = (e.TutorialEnded(expired=False),)
        case Start():
            events = _start(state, command)
    return events


def _admitted(state: State) -> None:
    if not state.record.candidate:
        raise NotNowError


def _cells(count: int) -> int:
    return min(max(count, 0), 9_999)


def _agreement(state: State, asked: str) -> tuple[str, Digest]:
    due, text_digest = state.terms.agreements[len(state.record.accepted)]
    if asked != due:
        raise AgreementOrderError
    return due, Digest(text_digest)


def _start(state: State, command: Start) -> Batch:
    if state.layout is None or not state.layout.places:
        raise NoSuchItemError
    record = state.record
    limit = record.elapsed + (record.moved_minutes * timing.MINUTE or command.limit)
    first = limits.enter(state, 0, 0) if record.current is None else limits.go_on(state, record.elapsed)
    return e.InstructionsRead(), e.TestStarted(limit, command.route), *first


def _resume(state: State, command: Resume) -> e.SessionResumed:
    stop, stands = command.stop, command.stood_at
    if not command.credit:
        inner_end = min(in_force(state).values(), default=None)
        stands = timing.charged(command.stood_at, state.record.limit, stop, inner_end)
    return e.SessionResumed(command.n, stop.cause, stop.lost, stop.lost if command.credit else 0, stands)


def _prefer(state: State, command: Prefer) -> Batch:
    if command.value not in PREFERENCES.get(command.name, set()):
        raise PreferenceRefusedError
    same = state.record.preferences.get(command.name) == command.value
    return () if same else (e.PreferenceSet(command.name, command.value),)


def _go(state: State, command: Go, at: int) -> Batch:
    here = place(state)
    if state.layout is None or command.index == here:
        return ()
    check_move(state.layout, here, command.index, state.record.closed)
    return limits.move(state, command.index, at)


def _hand_in(state: State, command: HandIn, at: int) -> e.HandedIn:
    counts = (unanswered(state), flagged(state))
    if (command.unanswered, command.flagged) != counts:
        raise CountsChangedError(unanswered=counts[0], flagged=counts[1])
    return e.HandedIn(*counts, at)

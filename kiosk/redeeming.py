"""What a verified code does: a candidate's action codes and those of the whole room. Pure.

Rules.
1. A serial is redeemed once. The redemption is the first event of its batch, and the effect the rest of it: both are
   durable together, or neither. A refused code stays unused.
2. A code must suit the state: break over ends a pause of the candidate's; time is added or taken once the test began;
   ending and voiding are taken from the admission on. Codes that admit or move in are for the sign-in.
3. One proctor adds at most the plan's minutes to an attempt, all together. Two persons add more, and it is not counted.
4. Taking time leaves a minute, or what was left if less: it never ends a test by itself.
5. The room's codes pause and resume this kiosk with all others.
"""

from __future__ import annotations

from keys.clock import Stamp
from keys.codes import Verb
from keys.errors import ExamKioskError
from kiosk import pauses
from kiosk.limits import Batch
from kiosk.state import State, elapsed
from kiosk.timing import MINUTE
from results.wire import events as e
from results.wire.events import PauseKind
from terminal.language import _

MOST_MINUTES = 240
"""The most minutes of one code."""


class CodeUsedError(ExamKioskError):
    """A genuine code whose serial was redeemed before."""

    code = "code-used"
    what = "This code was used before; a code works once."
    next_step = "Issue the next code at the desk and type that one."


class CodeNotNowError(ExamKioskError):
    """A genuine code for what cannot be done as things stand."""

    code = "code-not-now"
    what = "This code has no use now: {detail}."
    next_step = "Check at the desk which code was meant; this one was not used up."


class SecondProctorNeededError(ExamKioskError):
    """More time than one proctor may add."""

    code = "second-proctor-needed"
    what = "One proctor may add {most} minutes to this attempt; with this code it would be {asked}."
    next_step = "Issue a code for the time with a second proctor at the desk; this one was not used up."


def redeem(state: State, verb: int, serial: int, now: Stamp) -> Batch:
    """The events of an action code of this candidate.

    Raises `CodeUsedError`, `CodeNotNowError` or `SecondProctorNeededError`.
    """
    if serial in state.record.redeemed:
        raise CodeUsedError
    return (e.ActionRedeemed(verb, serial), *_effect(state, verb, now))


def redeem_room(state: State, verb: int, serial: int, now: Stamp) -> Batch:
    """The events of a code of the whole room. Raises `CodeUsedError` or `CodeNotNowError`."""
    if serial in state.record.room_redeemed:
        raise CodeUsedError
    pause = state.record.pause
    in_room = pause is not None and pause.kind is PauseKind.ROOM
    effect: Batch
    if verb == Verb.ROOM_PAUSE and not in_room:
        effect = pauses.begin_room(state, now)
    elif verb == Verb.ROOM_RESUME and in_room:
        effect = pauses.end(state, now)
    elif verb == Verb.ROOM_PAUSE:
        raise CodeNotNowError(detail=_("the room is paused already"))
    elif verb == Verb.ROOM_RESUME:
        raise CodeNotNowError(detail=_("this kiosk was not paused with the room"))
    else:
        raise CodeNotNowError(detail=_("it is not for the whole room"))
    return (e.RoomCodeRedeemed(verb, serial), *effect)


def _effect(state: State, verb: int, now: Stamp) -> Batch:
    at, pause = elapsed(state, now), state.record.pause
    if verb == Verb.END:
        return (e.EndedByProctor(at),)
    if verb == Verb.VOID:
        return (e.Voided(at),)
    if verb == Verb.BREAK_OVER:
        if pause is None:
            raise CodeNotNowError(detail=_("there is no break"))
        if pause.kind not in pauses.BY_CODE:
            raise CodeNotNowError(detail=_("the whole room is paused; its own code ends that"))
        return pauses.end(state, now)
    base, minutes = verb - verb % 256, verb % 256
    if base not in {Verb.ADD, Verb.TAKE, Verb.ADD_TWO_PERSON} or not 1 <= minutes <= MOST_MINUTES:
        raise CodeNotNowError(detail=_("it is for the sign-in"))
    if not state.record.started:
        raise CodeNotNowError(detail=_("the test has not begun"))
    return (_changed(state, base, minutes * MINUTE, at),)


def _changed(state: State, base: int, by: int, at: int) -> e.TimeChanged:
    before = state.record.limit
    if base == Verb.TAKE:
        left = before - at
        kept = max(left - by, min(left, MINUTE))
        if kept == left:
            raise CodeNotNowError(detail=_("no more than a minute is left"))
        return e.TimeChanged(before, at + kept, two_person=False, elapsed=at)
    alone, most = base == Verb.ADD, state.terms.one_proctor_minutes
    if alone and state.record.added + by > most * MINUTE:
        raise SecondProctorNeededError(most=most, asked=(state.record.added + by) // MINUTE)
    return e.TimeChanged(before, before + by, two_person=not alone, elapsed=at)

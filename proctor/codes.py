"""Which typed codes the desk issues, with which verb and serial: resume, action and room codes. Pure. Rules.

1. Resume code n of a kiosk is one more than the last; it only rises. An earlier number may be shown again, for a kiosk
   that has not taken it, and is no new code. A rebuilt desk does not know the last: it goes by the kiosk's screen.
2. A kiosk that a candidate was moved from, or whose finished record is here, gets no resume code.
3. An action code is for a candidate with a seat whose record is not here. The rules choose its verb and serial; each
   serial of a kiosk is used once, whosever it is.
4. One proctor adds at most the plan's minutes to an attempt, all together. More needs a second proctor of the plan, who
   signs the whole act, and is not counted.
5. Room codes pause and resume in turn. While the room is paused no break is ended: the room's own code does that.
"""

from __future__ import annotations

from exam_packages.sitting_plan import RosterEntry
from keys.codes import Verb
from keys.errors import ExamKioskError
from proctor.admitting import done
from proctor.choosing import check_choice
from proctor.commands import IssueAction, IssueResumeCode, IssueRoomCode
from proctor.refusals import CandidateEndedError, KioskFinishedError, ResumeNumberError, SeatMissingError
from proctor.state import State
from results.wire import acts
from results.wire import sitting_events as e
from results.wire.closing import FinalState

MOST_MINUTES = 240
"""The most minutes of one code."""
MOST_RESUMES = 999
"""The highest number of a resume code that a rebuilt desk gives at a kiosk's word."""

_TIMED = (Verb.ADD, Verb.TAKE)
_PLAIN = (Verb.BREAK_OVER, Verb.END, Verb.VOID)


class KioskLeftError(ExamKioskError):
    """A kiosk that a candidate was moved from."""

    code = "kiosk-left"
    what = "Candidate {candidate} was moved from {kiosk}, which gets no code any more."
    next_step = "Leave it off; the candidate goes on at {seat}."


class SerialsUsedUpError(ExamKioskError):
    """Every code number of a kiosk or of the room was given."""

    code = "serials-used-up"
    what = "All the codes that {whom} can take were given."
    next_step = "Call {support}; {instead}."


class ActionUnsuitedError(ExamKioskError):
    """A code that has no use as the desk knows things."""

    code = "action-unsuited"
    what = "This code has no use for candidate {candidate}: {detail}."
    next_step = "Choose another act, or look at the candidate's kiosk first."


class SecondNeededError(ExamKioskError):
    """More time than one proctor may add."""

    code = "agreement-needed"
    what = "One proctor may add {left} more minutes to this attempt; {asked} were asked for."
    next_step = "Let a second proctor of this sitting agree at the desk, or add less."


class AgreementError(ExamKioskError):
    """A second proctor's word that does not hold."""

    code = "agreement-broken"
    what = "The second proctor's agreement does not hold for this act."
    next_step = "Let another proctor of this sitting than the one who acts agree again."


class RoomTurnError(ExamKioskError):
    """A room that is paused already, or is not."""

    code = "room-code-turn"
    what = "The room {state}."
    next_step = "Show the last room code again where a kiosk has not taken it."


def resume(state: State, command: IssueResumeCode) -> tuple[e.SittingEvent, ...]:
    """The next resume code, or an earlier one again.

    Raises `KioskLeftError`, `KioskFinishedError` or `ResumeNumberError`.
    """
    name = state.kiosk_name(command.kiosk)
    support = state.plan.policies.support_contact
    gone = state.left(command.kiosk)
    if gone is not None:
        seat = state.kiosk_name(state.seat(gone))
        raise KioskLeftError(candidate=gone.candidate, kiosk=name, seat=seat)
    for record in state.records_from(command.kiosk):
        if record.outcome != FinalState.UNFINISHED:
            raise KioskFinishedError(kiosk=name, outcome=record.outcome, support=support)
    last = state.resumes.get(command.kiosk, 0)
    n = last + 1 if command.n is None else command.n
    if not 1 <= n <= (MOST_RESUMES if state.rebuilt else last + 1):
        raise ResumeNumberError(kiosk=name, n=n, last=last, support=support)
    if n <= last:
        return (e.CodesShown(command.proctor),)
    return (e.ResumeCodeIssued(command.kiosk, n, command.proctor),)


def issue(state: State, command: IssueAction) -> tuple[e.SittingEvent, ...]:
    """An action code. Raises the refusals of this file, `ReasonUnknownError`, or what says that nobody sits there."""
    issued = _issued(state, command)
    if command.second:
        if not acts.is_agreed(state.plan.sitting, state.plan.mode, issued, state.proctors()):
            raise AgreementError
    elif command.verb is Verb.ADD:
        left = state.one_proctor_left(issued.candidate)
        if command.minutes > left:
            raise SecondNeededError(left=left, asked=command.minutes)
    return (issued,)


def agreement(state: State, command: IssueAction) -> bytes:
    """What the `second` proctor of this command signs with `acts.agree`; it holds until another code is issued.

    Raises as `issue`, but for the signature.
    """
    if command.second == command.proctor or command.second not in state.proctors():
        raise AgreementError
    return acts.agreed(state.plan.sitting, state.plan.mode, _issued(state, command))


def room(state: State, command: IssueRoomCode) -> tuple[e.SittingEvent, ...]:
    """A code for every kiosk. Raises `RoomTurnError`, `ReasonUnknownError` or `SerialsUsedUpError`."""
    check_choice(acts.ROOM_PAUSE if command.pause else acts.ROOM_RESUME, command.reason)
    unknown = state.rebuilt and not state.room_codes
    if command.pause == state.room_paused and not unknown:
        raise RoomTurnError(state="is paused already" if command.pause else "is not paused")
    serial = state.next_room_serial()
    if serial is None:
        support = state.plan.policies.support_contact
        raise SerialsUsedUpError(whom="the room", support=support, instead="pause each kiosk by hand")
    verb = Verb.ROOM_PAUSE if command.pause else Verb.ROOM_RESUME
    return (e.RoomCodeIssued(verb, serial, command.reason, command.proctor),)


def seat_at_work(state: State, entry: RosterEntry) -> str:
    """The kiosk where an admitted candidate works.

    Raises `SeatMissingError`, `CandidateEndedError`, or `CandidateDoneError` where the record is here and finished.
    """
    counts = state.counts(entry.candidate)
    if counts is not None and counts.outcome != FinalState.UNFINISHED:
        raise done(state, counts)
    said = state.absences.get(entry.candidate)
    if said is not None:
        support = state.plan.policies.support_contact
        raise CandidateEndedError(candidate=entry.candidate, state=said.value, support=support)
    kiosk = state.seats.get(entry.candidate, "")
    if not kiosk:
        raise SeatMissingError(candidate=entry.candidate)
    return kiosk


def take_serial(state: State, kiosk: str) -> int:
    """The next serial of a kiosk's action codes. Raises `SerialsUsedUpError`."""
    serial = state.next_serial(kiosk)
    if serial is None:
        support, name = state.plan.policies.support_contact, state.kiosk_name(kiosk)
        raise SerialsUsedUpError(
            whom=name, support=support, instead="the candidate can be moved to another kiosk"
        )
    return serial


def _issued(state: State, command: IssueAction) -> e.ActionIssued:
    entry = state.entry(command.candidate)
    _check_suits(state, command)
    check_choice(acts.ACTIONS[command.verb], command.reason)
    kiosk = seat_at_work(state, entry)
    verb = int(Verb.ADD_TWO_PERSON if command.second else command.verb)
    return e.ActionIssued(
        entry.candidate,
        entry.attempt,
        kiosk,
        verb + command.minutes,
        take_serial(state, kiosk),
        command.reason,
        command.proctor,
        command.second,
        command.second_signature,
    )


def _check_suits(state: State, command: IssueAction) -> None:
    detail = ""
    if command.verb in _TIMED:
        if not 1 <= command.minutes <= MOST_MINUTES:
            detail = f"one code changes the time by 1 to {MOST_MINUTES} minutes"
    elif command.verb not in _PLAIN:
        detail = "it is not a code for a candidate at work"
    elif command.minutes:
        detail = "it changes no time"
    elif command.verb is Verb.BREAK_OVER and state.room_paused:
        detail = "the whole room is paused, and its own code ends that"
    if not detail and command.second and command.verb is not Verb.ADD:
        detail = "a second proctor agrees to added time only"
    if detail:
        raise ActionUnsuitedError(candidate=command.candidate, detail=detail)

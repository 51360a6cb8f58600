"""Who comes to the desk: identity, lateness, refusal, and a seat with its admission code. Pure. Rules.

1. Who is admitted was compared with a document first, and the names matched or a note says why the person is believed.
2. Who comes more than the plan's `late_minutes` after its opening is not admitted. One came when their identity was
   first checked; what the desk does after that makes nobody late. A rebuilt desk does not know who came before it, and
   judges nobody late.
3. An admission gives a candidate a seat, while their eligibility lasts. It is issued once a seat; asked for again, the
   same code is shown again. Printing all slips issues the planned seats at once; a slip is handed out after the check.
4. A kiosk is the seat of one candidate. It may be given to another when its candidate was seated elsewhere or never sat
   there; never after a record came from it, nor after a candidate was moved from it.
5. Who has begun, as far as codes tell, changes the kiosk by a move alone, and is not turned away any more.
6. A refusal has a reason of the list and is taken back by an admission.
"""

from __future__ import annotations

from exam_packages.sitting_plan import RosterEntry
from keys.clock import Stamp, utc
from keys.encoding import Instant
from keys.errors import ExamKioskError
from proctor.choosing import check_choice, check_text
from proctor.commands import Admit, CheckIdentity, RefuseCandidate, ShowCodes
from proctor.reconcile import NEVER_SAT
from proctor.refusals import CandidateDoneError, CandidateEndedError, SeatTakenError
from proctor.state import State
from results.wire import acts
from results.wire import sitting_events as e
from results.wire.closing import FinalState

MINUTE = 60_000
NOTE = 400


class IdentityNotCheckedError(ExamKioskError):
    """Nobody looked at a document."""

    code = "identity-not-checked"
    what = "The identity of candidate {candidate} was not checked yet."
    next_step = "Compare the person with a document, note it, then admit."


class IdentityDiffersError(ExamKioskError):
    """The names differ, and nothing says why the person is believed."""

    code = "identity-differs"
    what = "The name on the document is not the one of candidate {candidate}."
    next_step = (
        "Check again with a note that says why it is the same person, or turn them away. Help: {support}."
    )


class CandidateLateError(ExamKioskError):
    """The candidate came after the plan's last moment."""

    code = "candidate-late"
    what = "Candidate {candidate} came at {came}; this sitting admits until {until}."
    next_step = "Turn them away with the reason “came too late”, or call {support}."


class CandidateBegunError(ExamKioskError):
    """A candidate who is at work, as far as the desk's codes tell."""

    code = "candidate-begun"
    what = "Candidate {candidate} was given codes at {kiosk} and has begun there."
    next_step = "Move them to another kiosk, or end their test with a code."


def check_identity(state: State, command: CheckIdentity) -> tuple[e.SittingEvent, ...]:
    """Note a comparison; one that was noted just so leaves no event."""
    entry = state.entry(command.candidate)
    check_choice(acts.DOCUMENTS, command.document)
    check_text(command.note, NOTE)
    checked = e.IdentityChecked(
        entry.candidate,
        command.document,
        command.photo_seen,
        command.name_matches,
        command.proctor,
        command.note,
    )
    before = state.identity(entry.candidate)
    return () if before is not None and before.last == checked else (checked,)


def refuse(state: State, command: RefuseCandidate) -> tuple[e.SittingEvent, ...]:
    """Turn a candidate away. Raises `CandidateDoneError`, `CandidateEndedError` or `CandidateBegunError`."""
    entry = state.entry(command.candidate)
    check_choice(acts.REFUSE, command.reason)
    check_text(command.note, NOTE, needed=command.reason == acts.OTHER)
    _check_not_over(state, entry)
    _check_not_begun(state, entry)
    refused = e.CandidateRefused(entry.candidate, command.reason, command.note, command.proctor)
    before = state.refused.get(entry.candidate)
    stands = state.absences.get(entry.candidate) is FinalState.TURNED_AWAY
    return () if stands and before is not None and before.event == refused else (refused,)


def admit(state: State, command: Admit, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """Give a seat, or show the code of the one that was given. Raises the refusals of this file's rules."""
    entry = state.entry(command.candidate)
    name = state.kiosk_name(command.kiosk)
    _check_not_over(state, entry)
    state.plan.check_eligible(entry, now.wall)
    said = state.absences.get(entry.candidate)
    again = state.seats.get(entry.candidate) == command.kiosk and said is None
    if not again or state.moved(entry.candidate):
        _check_not_begun(state, entry)
        check_free(state, command.kiosk, name, entry)
    _check_known(state, entry)
    _check_in_time(state, entry)
    return (e.CodesShown(command.proctor) if again else _admission(entry, command.kiosk, command.proctor),)


def show_codes(state: State, command: ShowCodes, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """Admissions for the planned seats of the eligible that were not issued yet, unless the seat went to another."""
    issued = (
        _admission(entry, state.seat(entry), command.proctor)
        for entry in state.plan.roster
        if entry.kiosk
        and entry.eligible(now.wall)
        and _unseated(state, entry)
        and state.seated(state.seat(entry)) == entry
    )
    return (e.CodesShown(command.proctor), *issued)


def last_moment(state: State) -> Instant | None:
    """Until when who comes is admitted (wall ms); None where there is no such limit."""
    minutes = state.plan.policies.late_minutes
    return Instant(state.plan.opens_at + minutes * MINUTE) if minutes else None


def check_free(state: State, kiosk: str, name: str, entry: RosterEntry) -> None:
    """Raise `SeatTakenError` unless this candidate may have this kiosk."""
    if state.records_from(kiosk):
        raise SeatTakenError(kiosk=name, why="its record is here already")
    gone = state.left(kiosk)
    if gone is not None:
        raise SeatTakenError(kiosk=name, why=f"candidate {gone.candidate} was moved away from it")
    other = state.seated(kiosk)
    if other is not None and other.candidate != entry.candidate:
        raise SeatTakenError(kiosk=name, why=f"it is the seat of candidate {other.candidate}")


def done(state: State, record: e.RecordCollected) -> CandidateDoneError:
    """The refusal of what concerns a candidate whose record is here."""
    return CandidateDoneError(
        candidate=record.candidate,
        kiosk=state.kiosk_name(record.kiosk),
        outcome=record.outcome,
        support=state.plan.policies.support_contact,
    )


def _check_not_over(state: State, entry: RosterEntry) -> None:
    for record in state.records_of(entry.candidate):
        raise done(state, record)
    said = state.absences.get(entry.candidate)
    if said is not None and said not in NEVER_SAT:
        support = state.plan.policies.support_contact
        raise CandidateEndedError(candidate=entry.candidate, state=said.value, support=support)


def _check_known(state: State, entry: RosterEntry) -> None:
    checked = state.identity(entry.candidate)
    if checked is None:
        raise IdentityNotCheckedError(candidate=entry.candidate)
    if not checked.last.name_matches and not checked.last.note.strip():
        support = state.plan.policies.support_contact
        raise IdentityDiffersError(candidate=entry.candidate, support=support)


def _check_in_time(state: State, entry: RosterEntry) -> None:
    until, checked = last_moment(state), state.identity(entry.candidate)
    if until is None or checked is None or state.rebuilt or checked.came <= until:
        return
    raise CandidateLateError(
        candidate=entry.candidate,
        came=utc(checked.came),
        until=utc(until),
        support=state.plan.policies.support_contact,
    )


def _check_not_begun(state: State, entry: RosterEntry) -> None:
    if state.actions_of(entry.candidate) or state.moved(entry.candidate):
        raise CandidateBegunError(candidate=entry.candidate, kiosk=state.kiosk_name(state.seat(entry)))


def _unseated(state: State, entry: RosterEntry) -> bool:
    candidate = entry.candidate
    return (
        candidate not in state.seats and candidate not in state.absences and not state.records_of(candidate)
    )


def _admission(entry: RosterEntry, kiosk: str, proctor: str) -> e.AdmissionIssued:
    return e.AdmissionIssued(entry.candidate, entry.attempt, kiosk, 0, proctor)

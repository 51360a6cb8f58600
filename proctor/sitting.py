"""The rules of a sitting at the desk: `decide(state, command, now) -> events`, `apply(state, event, at) -> state`.

Pure: the journal, the vault and the carrier are the runner's. What is known of a sitting is state.py's and
folding.py's, handed on here; admissions, codes, moves and incidents have rules of their own, in admitting.py, codes.py,
moving.py and reporting.py. Rules.
1. A sitting is opened once, inside its plan's window, and closed once; after the close the journal is final.
2. Only proctors of the plan act.
3. Every kiosk of the plan, spares too, gets one unlock file; writing the same file again is no event.
4. A record is collected once. Of one kiosk's session the longer copy stands; two copies of one length that differ are a
   fork. Another kiosk's session of the same name is another session, so that no kiosk stands in another's way.
5. The proctor's word on a candidate stands until the next word, an admission, or a record that counts; over such a
   record it is `voided`.
6. A sitting closes only when `reconcile` balances.
"""

from __future__ import annotations

from keys.clock import Stamp
from proctor import admitting, codes, moving, reporting
from proctor.admitting import done
from proctor.commands import (
    Admit,
    CheckIdentity,
    CloseSitting,
    CollectRecord,
    Command,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    IssueRoomCode,
    MoveCandidate,
    NoteUnlock,
    OpenSitting,
    RefuseCandidate,
    ReportIncident,
    ShowAgain,
    ShowCodes,
)
from proctor.folding import TRANSITIONS, apply, fold
from proctor.reconcile import DECLARABLE
from proctor.refusals import (
    NotBalancedError,
    NotDeclarableError,
    RecordForkedError,
    RecordOutcomeError,
    SittingClosedError,
    SittingNotOpenError,
    SittingOpenAlreadyError,
)
from proctor.state import Phase, State
from results.wire import sitting_events as e
from results.wire.closing import FinalState

NAMED = 5
"""How many candidates the refusal to close names; the board shows them all."""

__all__ = ["TRANSITIONS", "Phase", "State", "apply", "decide", "fold"]


def decide(state: State, command: Command, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """The events that a command makes of a state; none where it was done before. Raises the errors above."""
    _check_phase(state, command)
    if not isinstance(command, CollectRecord) and command.proctor not in state.proctors():
        raise state.unknown("This proctor key")
    match command:
        case ShowCodes() | CheckIdentity() | RefuseCandidate() | Admit():
            return _person(state, command, now)
        case IssueResumeCode() | IssueAction() | IssueRoomCode() | MoveCandidate() | HearCheckpoint():
            return _code(state, command, now)
        case ShowAgain():
            return (e.CodesShown(command.proctor),)
        case ReportIncident():
            return reporting.report(state, command, now)
        case OpenSitting():
            return _open(state, command, now)
        case _:
            return _book(state, command)


def _person(
    state: State, command: ShowCodes | CheckIdentity | RefuseCandidate | Admit, now: Stamp
) -> tuple[e.SittingEvent, ...]:
    match command:
        case ShowCodes():
            return admitting.show_codes(state, command, now)
        case CheckIdentity():
            return admitting.check_identity(state, command)
        case RefuseCandidate():
            return admitting.refuse(state, command)
        case Admit():
            return admitting.admit(state, command, now)


def _code(
    state: State,
    command: IssueResumeCode | IssueAction | IssueRoomCode | MoveCandidate | HearCheckpoint,
    now: Stamp,
) -> tuple[e.SittingEvent, ...]:
    match command:
        case IssueResumeCode():
            return codes.resume(state, command)
        case IssueAction():
            return codes.issue(state, command)
        case IssueRoomCode():
            return codes.room(state, command)
        case MoveCandidate():
            return moving.move(state, command, now)
        case HearCheckpoint():
            return moving.hear(state, command)


def _book(
    state: State, command: NoteUnlock | CollectRecord | DeclareAbsence | CloseSitting
) -> tuple[e.SittingEvent, ...]:
    match command:
        case NoteUnlock():
            return _note_unlock(state, command)
        case CollectRecord():
            return _collect(state, command.found)
        case DeclareAbsence():
            return _declare(state, command)
        case CloseSitting():
            return _close(state, command)


def _check_phase(state: State, command: Command) -> None:
    sitting = state.plan.sitting
    if isinstance(command, OpenSitting):
        if state.phase is not Phase.NEW:
            raise SittingOpenAlreadyError(sitting=sitting)
    elif state.phase is Phase.NEW:
        raise SittingNotOpenError(sitting=sitting)
    elif state.phase is Phase.CLOSED:
        raise SittingClosedError(sitting=sitting, support=state.plan.policies.support_contact)


def _open(state: State, command: OpenSitting, now: Stamp) -> tuple[e.SittingEvent, ...]:
    plan = state.plan
    plan.check_window(now.wall)
    opened = e.SittingOpened(
        command.nonce,
        plan.sitting,
        plan.mode,
        command.proctor,
        command.plan_digest,
        plan.package_digest,
        command.software,
        command.rebuilt,
    )
    return (opened,)


def _note_unlock(state: State, command: NoteUnlock) -> tuple[e.SittingEvent, ...]:
    state.kiosk_name(command.kiosk)
    if state.unlocks.get(command.kiosk) == command.digest:
        return ()
    return (e.UnlockIssued(command.kiosk, command.unlock, command.digest, command.proctor),)


def _collect(state: State, found: e.RecordCollected) -> tuple[e.SittingEvent, ...]:
    name = state.kiosk_name(found.kiosk)
    support = state.plan.policies.support_contact
    if found.outcome not in set(FinalState):
        raise RecordOutcomeError(kiosk=name, support=support)
    known = state.records.get((found.kiosk, found.session))
    if known is None:
        return (found,)
    if known.count == found.count and known.head != found.head:
        raise RecordForkedError(kiosk=name, support=support)
    return (found,) if found.count > known.count else ()


def _declare(state: State, command: DeclareAbsence) -> tuple[e.SittingEvent, ...]:
    state.entry(command.candidate)
    if command.outcome not in DECLARABLE:
        raise NotDeclarableError(state=command.outcome.value)
    if command.outcome is not FinalState.VOIDED:
        counts = state.counts(command.candidate)
        live = [
            one
            for one in state.records_of(command.candidate)
            if one.kiosk not in state.left_by(command.candidate)
        ]
        for record in [counts] if counts else live:
            raise done(state, record)
    if state.absences.get(command.candidate) is command.outcome:
        return ()
    return (e.AbsenceDeclared(command.candidate, command.outcome.value, command.proctor),)


def _close(state: State, command: CloseSitting) -> tuple[e.SittingEvent, ...]:
    found = state.reconciliation()
    authorised = len(state.plan.roster)
    if not found.balanced:
        places = [
            f"{one.candidate} {one.why}" + (f": look at {', '.join(one.look)}" if one.look else "")
            for one in found.unsettled[:NAMED]
        ]
        more = len(found.unsettled) - NAMED
        places += [f"And {more} more"] if more > 0 else []
        raise NotBalancedError(
            count=len(found.unsettled),
            authorised=authorised,
            missing=". ".join(places) + ".",
            support=state.plan.policies.support_contact,
        )
    return (e.SittingClosed(authorised, found.outcomes(), command.proctor),)

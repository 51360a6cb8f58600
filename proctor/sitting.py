"""The rules of a sitting at the desk: `decide(state, command, now) -> events`, `apply(state, event, at) -> state`.

Pure: the journal, the vault and the carrier are the runner's. Candidates go by number, kiosks by fingerprint. Rules.
1. A sitting is opened once, inside its plan's window, and closed once; `TRANSITIONS` says which event may happen when.
2. An event that may not happen in a phase changes nothing; after the close the journal is final.
3. Every kiosk of the plan, spares too, gets one unlock file; writing the same file again is no event.
4. An admission gives a candidate a seat, while their eligibility lasts. It is issued once a seat; asked for again, the
   same code is shown again.
5. A kiosk is the seat of one candidate. It may be given to another when its candidate was moved or never sat there, and
   never after a record came from it. A candidate with a record, or whose sitting is over, gets no other seat.
6. Resume code n of a kiosk is one more than the last; it only rises. An earlier number may be shown again, for a kiosk
   that has not taken it, and is no new code.
7. A record is collected once. Of one kiosk's session the longer copy stands; two copies of one length that differ are a
   fork. Another kiosk's session of the same name is another session, so that no kiosk stands in another's way.
8. The proctor's word on a candidate stands until the next word, an admission, or a record; over a record it is
   `voided`.
9. A sitting closes only when `reconcile` balances.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from exam_packages.sitting_plan import NotInPlanError, RosterEntry, SittingPlan
from keys.clock import Stamp
from keys.encoding import Digest, Instant
from proctor.commands import (
    Admit,
    CloseSitting,
    CollectRecord,
    Command,
    DeclareAbsence,
    IssueResumeCode,
    NoteUnlock,
    OpenSitting,
    ShowCodes,
)
from proctor.reconcile import DECLARABLE, NEVER_SAT, Reconciliation, reconcile
from proctor.refusals import (
    CandidateDoneError,
    CandidateEndedError,
    KioskFinishedError,
    NotBalancedError,
    NotDeclarableError,
    RecordForkedError,
    RecordOutcomeError,
    ResumeNumberError,
    SeatTakenError,
    SittingClosedError,
    SittingNotOpenError,
    SittingOpenAlreadyError,
)
from results.wire import sitting_events as e
from results.wire.closing import FinalState
from results.wire.journal import SittingEntry


class Phase(enum.StrEnum):
    """Where a sitting stands."""

    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


TRANSITIONS: Mapping[tuple[Phase, type[e.SittingEvent]], Phase] = MappingProxyType(
    {
        (Phase.NEW, e.SittingOpened): Phase.OPEN,
        (Phase.OPEN, e.UnlockIssued): Phase.OPEN,
        (Phase.OPEN, e.CodesShown): Phase.OPEN,
        (Phase.OPEN, e.AdmissionIssued): Phase.OPEN,
        (Phase.OPEN, e.ResumeCodeIssued): Phase.OPEN,
        (Phase.OPEN, e.RecordCollected): Phase.OPEN,
        (Phase.OPEN, e.AbsenceDeclared): Phase.OPEN,
        (Phase.OPEN, e.SittingClosed): Phase.CLOSED,
    }
)


NEVER = Instant(0)

K = TypeVar("K")
V = TypeVar("V")


def _nothing() -> Mapping[K, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class State:
    """A sitting so far. `seats` and `absences` by candidate; `unlocks` and `resumes` by kiosk; `records` by kiosk and
    session.
    """

    plan: SittingPlan
    phase: Phase = Phase.NEW
    plan_digest: str = ""
    opened_at: Instant = NEVER
    closed_at: Instant = NEVER
    unlocks: Mapping[str, Digest] = field(default_factory=_nothing)
    seats: Mapping[str, str] = field(default_factory=_nothing)
    resumes: Mapping[str, int] = field(default_factory=_nothing)
    records: Mapping[tuple[str, str], e.RecordCollected] = field(default_factory=_nothing)
    absences: Mapping[str, FinalState] = field(default_factory=_nothing)

    def seat(self, entry: RosterEntry) -> str:
        """The kiosk of a candidate, by fingerprint: the one given, else the planned one; empty if there is none."""
        return self.seats.get(entry.candidate, self._planned(entry))

    def seated(self, kiosk: str) -> RosterEntry | None:
        """The candidate whose seat a kiosk is; one who never sat has none."""
        came = (one for one in self.plan.roster if self.absences.get(one.candidate) not in NEVER_SAT)
        return next((entry for entry in came if self.seat(entry) == kiosk), None)

    def records_of(self, candidate: str) -> tuple[e.RecordCollected, ...]:
        """The records of a candidate, usually one or none."""
        return tuple(record for record in self.records.values() if record.candidate == candidate)

    def records_from(self, kiosk: str) -> tuple[e.RecordCollected, ...]:
        """The records that came from a kiosk."""
        return tuple(record for record in self.records.values() if record.kiosk == kiosk)

    def reconciliation(self) -> Reconciliation:
        """The roster against what is here now."""
        seats: dict[str, str] = {entry.candidate: self.seat(entry) for entry in self.plan.roster}
        return reconcile(self.plan, self.records.values(), self.absences, seats)

    def kiosk_name(self, fingerprint: str) -> str:
        """What people call a kiosk of the plan. Raises `NotInPlanError`."""
        slot = self.plan.kiosk(fingerprint)
        if slot is None:
            raise self.unknown(f"Kiosk {fingerprint}")
        return slot.identity.name

    def kiosk_called(self, name: str) -> str:
        """The fingerprint of the plan's kiosk of this name. Raises `NotInPlanError`."""
        for slot in self.plan.kiosks:
            if slot.identity.name == name:
                return slot.identity.fingerprint
        raise self.unknown(f"Kiosk {name}")

    def entry(self, candidate: str) -> RosterEntry:
        """The roster line of a candidate number. Raises `NotInPlanError`."""
        entry = self.plan.entry(candidate)
        if entry is None:
            raise self.unknown(f"Candidate {candidate}")
        return entry

    def _planned(self, entry: RosterEntry) -> str:
        return self.kiosk_called(entry.kiosk) if entry.kiosk else ""

    def unknown(self, who: str) -> NotInPlanError:
        """The refusal of somebody or something that the plan does not name."""
        return NotInPlanError(who=who, sitting=self.plan.sitting, support=self.plan.policies.support_contact)


def decide(state: State, command: Command, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """The events that a command makes of a state; none where it was done before. Raises the errors above."""
    _check_phase(state, command)
    events: tuple[e.SittingEvent, ...] = ()
    match command:
        case OpenSitting():
            events = _open(state, command, now)
        case NoteUnlock():
            events = _note_unlock(state, command)
        case ShowCodes():
            events = _show_codes(state, command, now)
        case Admit():
            events = _admit(state, command, now)
        case IssueResumeCode():
            events = _resume(state, command)
        case CollectRecord():
            events = _collect(state, command.found)
        case DeclareAbsence():
            events = _declare(state, command)
        case CloseSitting():
            events = _close(state, command)
    return events


def apply(state: State, event: e.SittingEvent, at: Stamp) -> State:
    """The state after one more event, which happened `at`. Total: an event out of place changes nothing."""
    phase = TRANSITIONS.get((state.phase, type(event)))
    if phase is None:
        return state
    after = replace(state, phase=phase)
    match event:
        case e.SittingOpened():
            after = replace(after, plan_digest=event.plan_digest, opened_at=at.wall)
        case e.UnlockIssued():
            after = replace(after, unlocks=_with(state.unlocks, event.kiosk, event.digest))
        case e.CodesShown():
            pass
        case e.AdmissionIssued():
            after = replace(
                after, seats=_seated(state, event), absences=_without(state.absences, event.candidate)
            )
        case e.ResumeCodeIssued():
            n = max(event.n, state.resumes.get(event.kiosk, 0))
            after = replace(after, resumes=_with(state.resumes, event.kiosk, n))
        case e.RecordCollected():
            records = _with(state.records, (event.kiosk, event.session), event)
            voided = state.absences.get(event.candidate) is FinalState.VOIDED
            absences = state.absences if voided else _without(state.absences, event.candidate)
            after = replace(after, records=records, absences=absences)
        case e.AbsenceDeclared():
            absences = _with(state.absences, event.candidate, FinalState(event.outcome))
            after = replace(after, absences=absences)
        case e.SittingClosed():
            after = replace(after, closed_at=at.wall)
    return after


def fold(plan: SittingPlan, entries: Iterable[SittingEntry]) -> State:
    """The state that a journal makes."""
    state = State(plan)
    for entry in entries:
        state = apply(state, entry.event, entry.at)
    return state


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
    if all(one.fingerprint != command.proctor for one in plan.proctors):
        raise state.unknown("This proctor key")
    opened = e.SittingOpened(
        command.nonce,
        plan.sitting,
        plan.mode,
        command.proctor,
        command.plan_digest,
        plan.package_digest,
        command.software,
    )
    return (opened,)


def _note_unlock(state: State, command: NoteUnlock) -> tuple[e.SittingEvent, ...]:
    state.kiosk_name(command.kiosk)
    if state.unlocks.get(command.kiosk) == command.digest:
        return ()
    return (e.UnlockIssued(command.kiosk, command.unlock, command.digest, command.proctor),)


def _show_codes(state: State, command: ShowCodes, now: Stamp) -> tuple[e.SittingEvent, ...]:
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


def _unseated(state: State, entry: RosterEntry) -> bool:
    candidate = entry.candidate
    return (
        candidate not in state.seats and candidate not in state.absences and not state.records_of(candidate)
    )


def _admission(entry: RosterEntry, kiosk: str, proctor: str) -> e.AdmissionIssued:
    return e.AdmissionIssued(entry.candidate, entry.attempt, kiosk, 0, proctor)


def _admit(state: State, command: Admit, now: Stamp) -> tuple[e.SittingEvent, ...]:
    entry = state.entry(command.candidate)
    name = state.kiosk_name(command.kiosk)
    for record in state.records_of(command.candidate):
        raise _done(state, record)
    said = state.absences.get(command.candidate)
    if said is not None and said not in NEVER_SAT:
        support = state.plan.policies.support_contact
        raise CandidateEndedError(candidate=command.candidate, state=said.value, support=support)
    state.plan.check_eligible(entry, now.wall)
    if state.seats.get(command.candidate) == command.kiosk and said is None:
        return (e.CodesShown(command.proctor),)
    if state.records_from(command.kiosk):
        raise SeatTakenError(kiosk=name, why="its record is here already")
    other = state.seated(command.kiosk)
    if other is not None and other.candidate != command.candidate:
        raise SeatTakenError(kiosk=name, why=f"it is the seat of candidate {other.candidate}")
    return (_admission(entry, command.kiosk, command.proctor),)


def _resume(state: State, command: IssueResumeCode) -> tuple[e.SittingEvent, ...]:
    name = state.kiosk_name(command.kiosk)
    support = state.plan.policies.support_contact
    for record in state.records_from(command.kiosk):
        if record.outcome != FinalState.UNFINISHED:
            raise KioskFinishedError(kiosk=name, outcome=record.outcome, support=support)
    last = state.resumes.get(command.kiosk, 0)
    n = last + 1 if command.n is None else command.n
    if not 1 <= n <= last + 1:
        raise ResumeNumberError(kiosk=name, n=n, last=last, support=support)
    if n <= last:
        return (e.CodesShown(command.proctor),)
    return (e.ResumeCodeIssued(command.kiosk, n, command.proctor),)


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
        for record in state.records_of(command.candidate):
            raise _done(state, record)
    if state.absences.get(command.candidate) is command.outcome:
        return ()
    return (e.AbsenceDeclared(command.candidate, command.outcome.value, command.proctor),)


def _close(state: State, command: CloseSitting) -> tuple[e.SittingEvent, ...]:
    found = state.reconciliation()
    authorised = len(state.plan.roster)
    if not found.balanced:
        places = (
            f"{one.candidate} {one.why}" + (f": look at {', '.join(one.kiosks)}" if one.kiosks else "")
            for one in found.unsettled
        )
        raise NotBalancedError(
            count=len(found.unsettled),
            authorised=authorised,
            missing=". ".join(places) + ".",
            support=state.plan.policies.support_contact,
        )
    return (e.SittingClosed(authorised, found.outcomes(), command.proctor),)


def _seated(state: State, event: e.AdmissionIssued) -> Mapping[str, str]:
    """The seats after an admission: whoever had the kiosk before has none."""
    before = (one.candidate for one in state.plan.roster if state.seat(one) == event.kiosk)
    lost: dict[str, str] = dict.fromkeys(before, "")
    return MappingProxyType({**state.seats, **lost, event.candidate: event.kiosk})


def _done(state: State, record: e.RecordCollected) -> CandidateDoneError:
    return CandidateDoneError(
        candidate=record.candidate,
        kiosk=state.kiosk_name(record.kiosk),
        outcome=record.outcome,
        support=state.plan.policies.support_contact,
    )


def _with(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**mapping, key: value})


def _without(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return MappingProxyType({kept: value for kept, value in mapping.items() if kept != key})

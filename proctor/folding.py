"""How the events of a sitting become its state: `apply(state, event, at)` and `fold(plan, entries)`. Pure. Rules.

1. `TRANSITIONS` says which event may happen in which phase; another one changes nothing. After the close nothing does.
2. An admission takes back every word on its candidate. A record takes back every one but `voided`, unless the kiosk was
   left by a move: then it is evidence and takes back nothing.
3. Who is seated or moved to a kiosk has it alone: whoever had it before has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from exam_packages.sitting_plan import SittingPlan
from keys.clock import Stamp
from proctor.state import Checked, Dated, Phase, State
from results.wire import sitting_events as e
from results.wire.closing import FinalState
from results.wire.journal import SittingEntry

K = TypeVar("K")
V = TypeVar("V")

_ACTS: tuple[type[e.SittingEvent], ...] = (
    e.IdentityChecked,
    e.CandidateRefused,
    e.ActionIssued,
    e.RoomCodeIssued,
    e.CandidateMoved,
    e.CheckpointHeard,
    e.IncidentReported,
    e.UnlockIssued,
    e.CodesShown,
    e.AdmissionIssued,
    e.ResumeCodeIssued,
    e.RecordCollected,
    e.AbsenceDeclared,
)
TRANSITIONS: Mapping[tuple[Phase, type[e.SittingEvent]], Phase] = MappingProxyType(
    {
        (Phase.NEW, e.SittingOpened): Phase.OPEN,
        **{(Phase.OPEN, act): Phase.OPEN for act in _ACTS},
        (Phase.OPEN, e.SittingClosed): Phase.CLOSED,
    }
)


def fold(plan: SittingPlan, entries: Iterable[SittingEntry]) -> State:
    """The state that a journal makes."""
    state = State(plan)
    for entry in entries:
        state = apply(state, entry.event, entry.at)
    return state


def apply(state: State, event: e.SittingEvent, at: Stamp) -> State:
    """The state after one more event, which happened `at`. Total: an event out of place changes nothing."""
    phase = TRANSITIONS.get((state.phase, type(event)))
    if phase is None:
        return state
    after = replace(state, phase=phase)
    match event:
        case e.SittingOpened():
            after = replace(after, plan_digest=event.plan_digest, opened_at=at.wall, rebuilt=event.rebuilt)
        case e.SittingClosed():
            after = replace(after, closed_at=at.wall)
        case e.UnlockIssued():
            after = replace(after, unlocks=_with(state.unlocks, event.kiosk, event.digest))
        case e.RecordCollected():
            after = _collected(after, event)
        case e.IncidentReported():
            incidents = _with(state.incidents, event.incident, Dated(at.wall, event))
            after = replace(after, incidents=incidents)
        case e.IdentityChecked() | e.CandidateRefused() | e.AdmissionIssued() | e.AbsenceDeclared():
            after = _met(after, event, at)
        case e.CodesShown():
            pass
        case _:
            after = _issued(after, event, at)
    return after


def _met(
    state: State,
    event: e.IdentityChecked | e.CandidateRefused | e.AdmissionIssued | e.AbsenceDeclared,
    at: Stamp,
) -> State:
    """The state after something that concerns a candidate at the door."""
    candidate = event.candidate
    match event:
        case e.IdentityChecked():
            before = state.checks.get(candidate)
            checked = Checked(before.came if before else at.wall, event)
            return replace(state, checks=_with(state.checks, candidate, checked))
        case e.CandidateRefused():
            absences = _with(state.absences, candidate, FinalState.TURNED_AWAY)
            refused = _with(state.refused, candidate, Dated(at.wall, event))
            return replace(state, absences=absences, refused=refused)
        case e.AdmissionIssued():
            seats = _seated(state, candidate, event.kiosk)
            return replace(state, seats=seats, absences=_without(state.absences, candidate))
        case e.AbsenceDeclared():
            absences = _with(state.absences, candidate, FinalState(event.outcome))
            return replace(state, absences=absences)


def _issued(
    state: State,
    event: e.ResumeCodeIssued | e.ActionIssued | e.RoomCodeIssued | e.CandidateMoved | e.CheckpointHeard,
    at: Stamp,
) -> State:
    """The state after a code was shown or heard."""
    match event:
        case e.ResumeCodeIssued():
            n = max(event.n, state.resumes.get(event.kiosk, 0))
            return replace(state, resumes=_with(state.resumes, event.kiosk, n))
        case e.ActionIssued():
            return replace(state, actions=(*state.actions, Dated(at.wall, event)))
        case e.RoomCodeIssued():
            return replace(state, room_codes=(*state.room_codes, Dated(at.wall, event)))
        case e.CandidateMoved():
            seats = _seated(state, event.candidate, event.kiosk)
            return replace(state, seats=seats, moves=(*state.moves, Dated(at.wall, event)))
        case e.CheckpointHeard():
            return replace(state, heard=_with(state.heard, event.kiosk, Dated(at.wall, event)))


def _collected(state: State, found: e.RecordCollected) -> State:
    records = _with(state.records, (found.kiosk, found.session), found)
    stands = state.absences.get(found.candidate) is FinalState.VOIDED
    evidence = found.kiosk in state.left_by(found.candidate)
    absences = state.absences if stands or evidence else _without(state.absences, found.candidate)
    return replace(state, records=records, absences=absences)


def _seated(state: State, candidate: str, kiosk: str) -> Mapping[str, str]:
    """The seats when a candidate has this kiosk: whoever had it before has none."""
    before = (one.candidate for one in state.plan.roster if state.seat(one) == kiosk)
    lost: dict[str, str] = dict.fromkeys(before, "")
    return MappingProxyType({**state.seats, **lost, candidate: kiosk})


def _with(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**mapping, key: value})


def _without(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return MappingProxyType({kept: value for kept, value in mapping.items() if kept != key})

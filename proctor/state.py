"""A sitting so far, and what may be read off it. Pure; candidates go by number, kiosks by fingerprint.

How events become state is folding.py's, what may happen when is sitting.py's. Rules.
1. A kiosk that a candidate was moved from is `left`: what comes from it of theirs is evidence.
2. Serials of a kiosk's action codes rise from 1 to 15, on a rebuilt desk from 16 to 31, whosever they are; so do those
   of the room.
3. A code that was issued counts as if it were redeemed: the desk cannot know.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeVar

from exam_packages.sitting_plan import NotInPlanError, RosterEntry, SittingPlan
from keys.codes import MAX_SERIAL, Verb
from keys.encoding import Digest, Instant
from keys.identities import Identity
from proctor.reconcile import NEVER_SAT, Reconciliation, counting, reconcile
from results.wire import sitting_events as e
from results.wire.acts import minutes_added
from results.wire.closing import FinalState


class Phase(enum.StrEnum):
    """Where a sitting stands."""

    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


NEVER = Instant(0)
FIRST_SERIAL, FIRST_REBUILT = 1, 16

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E", bound=e.SittingEvent)


def _nothing() -> Mapping[K, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dated(Generic[E]):
    """An event and when it was written down (wall ms)."""

    at: Instant
    event: E


@dataclass(frozen=True, slots=True)
class Checked:
    """The last identity check of a candidate; `came` is when the first one was (wall ms)."""

    came: Instant
    last: e.IdentityChecked


@dataclass(frozen=True, slots=True)
class State:
    """A sitting so far. `seats`, `absences`, `checks` and `refused` by candidate; `unlocks`, `resumes` and `heard` by
    kiosk; `records` by kiosk and session; `incidents` by number, in their last wording.
    """

    plan: SittingPlan
    phase: Phase = Phase.NEW
    plan_digest: str = ""
    rebuilt: bool = False
    opened_at: Instant = NEVER
    closed_at: Instant = NEVER
    unlocks: Mapping[str, Digest] = field(default_factory=_nothing)
    seats: Mapping[str, str] = field(default_factory=_nothing)
    resumes: Mapping[str, int] = field(default_factory=_nothing)
    records: Mapping[tuple[str, str], e.RecordCollected] = field(default_factory=_nothing)
    absences: Mapping[str, FinalState] = field(default_factory=_nothing)
    checks: Mapping[str, Checked] = field(default_factory=_nothing)
    refused: Mapping[str, Dated[e.CandidateRefused]] = field(default_factory=_nothing)
    actions: tuple[Dated[e.ActionIssued], ...] = ()
    room_codes: tuple[Dated[e.RoomCodeIssued], ...] = ()
    moves: tuple[Dated[e.CandidateMoved], ...] = ()
    heard: Mapping[str, Dated[e.CheckpointHeard]] = field(default_factory=_nothing)
    incidents: Mapping[int, Dated[e.IncidentReported]] = field(default_factory=_nothing)

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

    def counts(self, candidate: str) -> e.RecordCollected | None:
        """The record that gives a candidate their outcome, if it is here and no other contradicts it."""
        return counting(self.records_of(candidate), self.left_by(candidate))

    def identity(self, candidate: str) -> Checked | None:
        """The identity check of a candidate, if there was one."""
        return self.checks.get(candidate)

    def actions_of(self, candidate: str) -> tuple[Dated[e.ActionIssued], ...]:
        """The action codes issued for a candidate, in order."""
        return tuple(one for one in self.actions if one.event.candidate == candidate)

    def incidents_of(self, candidate: str) -> tuple[Dated[e.IncidentReported], ...]:
        """The incidents that name a candidate, in their last wording; with an empty one, those of the room."""
        return tuple(
            one
            for one in self.incidents.values()
            if (candidate in one.event.candidates if candidate else not one.event.candidates)
        )

    def checkpoint(self, kiosk: str) -> Dated[e.CheckpointHeard] | None:
        """The last checkpoint code heard from a kiosk."""
        return self.heard.get(kiosk)

    def moved(self, candidate: str) -> Dated[e.CandidateMoved] | None:
        """The last move of a candidate."""
        return next((one for one in reversed(self.moves) if one.event.candidate == candidate), None)

    def left_by(self, candidate: str) -> frozenset[str]:
        """The kiosks that a candidate was moved away from."""
        return frozenset(one.event.source for one in self.moves if one.event.candidate == candidate)

    def left(self, kiosk: str) -> RosterEntry | None:
        """The candidate who was moved away from a kiosk."""
        who = next((one.event.candidate for one in self.moves if one.event.source == kiosk), "")
        return self.plan.entry(who)

    @property
    def room_paused(self) -> bool:
        """Whether the last room code was the one that pauses."""
        return bool(self.room_codes) and self.room_codes[-1].event.verb == Verb.ROOM_PAUSE

    def one_proctor_left(self, candidate: str) -> int:
        """The minutes that one proctor may still add to a candidate's attempt; issued counts, redeemed or not."""
        used = sum(minutes_added(one.event.verb) for one in self.actions_of(candidate))
        return max(self.plan.policies.one_proctor_minutes - used, 0)

    def next_serial(self, kiosk: str) -> int | None:
        """The next free serial of a kiosk's action codes; None where all are used up."""
        used = [one.event.serial for one in self.actions if one.event.kiosk == kiosk]
        used += [one.event.serial for one in self.moves if one.event.kiosk == kiosk]
        return self._free(used)

    def next_room_serial(self) -> int | None:
        """The next free serial of the room's codes; None where all are used up."""
        return self._free([one.event.serial for one in self.room_codes])

    def reconciliation(self) -> Reconciliation:
        """The roster against what is here now."""
        return reconcile(
            self.plan,
            self.records.values(),
            self.absences,
            {entry.candidate: self.seat(entry) for entry in self.plan.roster},
            {one.event.candidate: self.left_by(one.event.candidate) for one in self.moves},
            [one.event for one in self.actions],
        )

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

    def proctors(self) -> dict[str, Identity]:
        """The proctors of the plan, by fingerprint."""
        return {one.fingerprint: one for one in self.plan.proctors}

    def unknown(self, who: str) -> NotInPlanError:
        """The error that names a stranger."""
        return NotInPlanError(who=who, sitting=self.plan.sitting, support=self.plan.policies.support_contact)

    def _free(self, used: list[int]) -> int | None:
        first, last = (FIRST_REBUILT, MAX_SERIAL) if self.rebuilt else (FIRST_SERIAL, FIRST_REBUILT - 1)
        serial = max(used, default=first - 1) + 1
        return serial if serial <= last else None

    def _planned(self, entry: RosterEntry) -> str:
        planned = (slot for slot in self.plan.kiosks if slot.identity.name == entry.kiosk)
        return next((slot.identity.fingerprint for slot in planned), "")

"""Roster against records: every authorised candidate has one final state, or it is said what is missing and where.

Rules.
1. authorised = completed + timed out + ended by proctor + unfinished + declined terms + turned away + no-show +
   withdrawn + voided. Every candidate of the roster is one line; no candidate is two.
2. One record gives a candidate its outcome. The proctor's word gives one where there is no record.
3. Over a record the proctor's word is only `voided`.
4. A candidate who was moved counts once: of two records, one of which goes on with a session elsewhere, that one gives
   the outcome; the centre gets both.
5. Any other two records of one candidate are a conflict, which only `voided` settles here; the centre gets both.
6. A record of nobody on the roster (a kiosk where no one signed in) is carried to the centre and counts for nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from results.wire.closing import ClosingLine, FinalState
from results.wire.sitting_events import RecordCollected

DECLARABLE = (
    FinalState.NO_SHOW,
    FinalState.TURNED_AWAY,
    FinalState.WITHDRAWN,
    FinalState.UNFINISHED,
    FinalState.VOIDED,
)
"""What a proctor may say of a candidate."""

NEVER_SAT = (FinalState.NO_SHOW, FinalState.TURNED_AWAY, FinalState.WITHDRAWN)
"""The words that leave the seat free, and that a late admission takes back."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A candidate without one final state: `kiosks` are the names where to look, `why` a clause for a person."""

    candidate: str
    name: str
    kiosks: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The lines that are settled, in the order of the roster, and the candidates that are not."""

    lines: tuple[ClosingLine, ...]
    unsettled: tuple[Unsettled, ...]

    @property
    def balanced(self) -> bool:
        """Whether every authorised candidate has one final state."""
        return not self.unsettled

    def outcomes(self) -> dict[str, int]:
        """How many candidates ended in each final state; every state is listed, so that the sum can be read off."""
        count = Counter(line.state for line in self.lines)
        return {state.value: count[state] for state in FinalState}


def reconcile(
    plan: SittingPlan,
    records: Iterable[RecordCollected],
    absences: Mapping[str, FinalState],
    seats: Mapping[str, str],
) -> Reconciliation:
    """Reconcile the roster. `absences` by candidate number; `seats` gives a candidate's kiosk, by fingerprint."""
    by_candidate: dict[str, list[RecordCollected]] = {}
    for record in records:
        by_candidate.setdefault(record.candidate, []).append(record)
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    lines: list[ClosingLine] = []
    unsettled: list[Unsettled] = []
    for entry in plan.roster:
        found = by_candidate.get(entry.candidate, [])
        said = absences.get(entry.candidate)
        counts = counting(found)
        if found and counts is None and said is not FinalState.VOIDED:
            kiosks = tuple(sorted({names[record.kiosk] for record in found}))
            unsettled.append(Unsettled(entry.candidate, entry.name, kiosks, "has two records"))
        elif found or said is not None:
            lines.append(_line(entry, counts, said))
        else:
            kiosk = names.get(seats.get(entry.candidate, ""), entry.kiosk)
            why = "has no record yet" if kiosk else "has no kiosk and no record"
            unsettled.append(Unsettled(entry.candidate, entry.name, (kiosk,) if kiosk else (), why))
    return Reconciliation(tuple(lines), tuple(unsettled))


def counting(found: Sequence[RecordCollected]) -> RecordCollected | None:
    """The record of a candidate that counts: the only one, or of two the one that goes on with the other."""
    if len(found) == 1:
        return found[0]
    moved = [record for record in found if record.moved_from]
    return moved[0] if len(found) == 2 and len(moved) == 1 else None


def _line(entry: RosterEntry, record: RecordCollected | None, said: FinalState | None) -> ClosingLine:
    """A settled candidate; the record is named where there is one that counts."""
    if record is None:
        return ClosingLine(entry.candidate, entry.attempt, said or FinalState.VOIDED)
    state = FinalState.VOIDED if said is FinalState.VOIDED else FinalState(record.outcome)
    return ClosingLine(
        entry.candidate,
        entry.attempt,
        state,
        record.kiosk,
        record.session,
        record.digest,
        record.head,
        record.count,
    )

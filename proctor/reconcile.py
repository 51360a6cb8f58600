"""Roster against records: every authorised candidate has one final state, or it is said what is missing and where.

Rules.
1. authorised = completed + timed out + ended by proctor + unfinished + declined terms + turned away + no-show +
   withdrawn + voided. Every candidate of the roster is one line; no candidate is two.
2. One record gives a candidate its outcome. The proctor's word gives one where there is no record.
3. Over a record the proctor's word is only `voided`.
4. A candidate who was moved counts once: what comes from a kiosk that this desk moved them from is evidence, and the
   outcome is that of the record from elsewhere. Until that is here the candidate is missing, whatever else is; where it
   never comes, the proctor's word settles it.
5. What a desk does not know, such as one that was rebuilt, the records tell: of two, one of which was moved in, that
   one counts.
6. Any other records of one candidate beside each other are a conflict, which only `voided` settles here; the centre
   gets them all.
7. A record of nobody on the roster (a kiosk where no one signed in) is carried to the centre and counts for nobody.
8. Who was given a code that ends or voids is expected to have a record that says so; one that says otherwise counts
   all the same, and is told.
9. What is missing is named with the places to look, the likeliest first: the kiosk itself, the second drive beside it,
   a carrier that was in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.codes import Verb
from results.wire.closing import ClosingLine, FinalState
from results.wire.sitting_events import ActionIssued, RecordCollected

DECLARABLE = (
    FinalState.NO_SHOW,
    FinalState.TURNED_AWAY,
    FinalState.WITHDRAWN,
    FinalState.UNFINISHED,
    FinalState.VOIDED,
)
"""What a proctor may say of a candidate."""

_ENDINGS: Mapping[Verb, FinalState] = {
    Verb.END: FinalState.ENDED_BY_PROCTOR,
    Verb.VOID: FinalState.VOIDED,
}

NEVER_SAT = (FinalState.NO_SHOW, FinalState.TURNED_AWAY, FinalState.WITHDRAWN)
"""The words that leave the seat free, and that a late admission takes back."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A candidate without one final state: `kiosks` are the names of those that matter, `why` a clause for a person,
    `look` the places to look, likeliest first.
    """

    candidate: str
    name: str
    kiosks: tuple[str, ...]
    why: str
    look: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a settled candidate that a person should know before the close; `what` is a sentence."""

    candidate: str
    what: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The lines that are settled, in the order of the roster, the candidates that are not, and what is told besides.

    `strays` are records of nobody on the roster.
    """

    lines: tuple[ClosingLine, ...]
    unsettled: tuple[Unsettled, ...]
    notes: tuple[Note, ...] = ()
    strays: tuple[RecordCollected, ...] = ()

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
    left: Mapping[str, AbstractSet[str]] = MappingProxyType({}),
    actions: Iterable[ActionIssued] = (),
) -> Reconciliation:
    """Reconcile the roster. `absences` by candidate number; `seats` gives a candidate's kiosk, by fingerprint, and
    `left` those that they were moved from; `actions` are the codes issued.
    """
    by_candidate: dict[str, list[RecordCollected]] = {}
    for record in sorted(records, key=lambda one: (one.kiosk, one.session)):
        by_candidate.setdefault(record.candidate, []).append(record)
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    ends = {one.candidate: one for one in actions if one.verb in _ENDINGS}
    lines: list[ClosingLine] = []
    unsettled: list[Unsettled] = []
    notes: list[Note] = []
    for entry in plan.roster:
        found = by_candidate.pop(entry.candidate, [])
        said, gone = absences.get(entry.candidate), left.get(entry.candidate, frozenset())
        live = [record for record in found if record.kiosk not in gone]
        counts = counting(found, gone)
        if counts is not None or said is FinalState.VOIDED or (said is not None and not live):
            line = _line(entry, counts, said)
            lines.append(line)
            notes += _notes(line, ends.get(entry.candidate), len(found))
            notes += _elsewhere(line, seats.get(entry.candidate, ""), names)
        elif live:
            at = tuple(sorted({names[record.kiosk] for record in live}))
            unsettled.append(Unsettled(entry.candidate, entry.name, at, _conflict(len(live)), at))
        else:
            kiosk = names.get(seats.get(entry.candidate, ""), entry.kiosk)
            unsettled.append(_missing(entry, kiosk, moved=bool(gone)))
    strays = tuple(record for several in by_candidate.values() for record in several)
    return Reconciliation(tuple(lines), tuple(unsettled), tuple(notes), strays)


def counting(
    found: Sequence[RecordCollected], left: AbstractSet[str] = frozenset()
) -> RecordCollected | None:
    """The record of a candidate that counts: the only one from a kiosk that they were not moved from, or of two the one
    that goes on with the other.
    """
    live = [record for record in found if record.kiosk not in left]
    if len(live) == 1:
        return live[0]
    moved = [record for record in live if record.moved_from]
    return moved[0] if len(live) == 2 and len(moved) == 1 else None


def _missing(entry: RosterEntry, kiosk: str, *, moved: bool) -> Unsettled:
    if not kiosk:
        return Unsettled(entry.candidate, entry.name, (), "has no kiosk and no record")
    why = "was moved and has no record from there yet" if moved else "has no record yet"
    look = (kiosk, f"the second drive of {kiosk}", f"a carrier that was in {kiosk}")
    return Unsettled(entry.candidate, entry.name, (kiosk,), why, look)


def _conflict(count: int) -> str:
    return "has two records" if count == 2 else f"has {count} records"


def _notes(line: ClosingLine, ending: ActionIssued | None, records: int) -> list[Note]:
    """What a person should know of a settled candidate."""
    told: list[Note] = []
    if ending is not None and line.session and line.state is not _ENDINGS[Verb(ending.verb)]:
        meant = "ends" if ending.verb == Verb.END else "voids"
        told.append(
            Note(line.candidate, f"A code that {meant} was shown, and the record says {line.state.value}.")
        )
    if records > bool(line.session) and line.state is not FinalState.VOIDED:
        evidence = records - bool(line.session)
        what = "1 more record of theirs goes" if evidence == 1 else f"{evidence} more records of theirs go"
        told.append(Note(line.candidate, f"{what} to the centre as evidence."))
    return told


def _elsewhere(line: ClosingLine, seat: str, names: Mapping[str, str]) -> list[Note]:
    """A record that is not from where the candidate was last seated."""
    if not line.kiosk or not seat or line.kiosk == seat:
        return []
    return [Note(line.candidate, f"The record is from {names[line.kiosk]}, and their seat is {names[seat]}.")]


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

"""What an import did, counted by where everything stands in the ledger afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from keys.encoding import Digest
from keys.errors import Diagnostics
from results.centre.ledger import Ledger
from results.centre.tables import State, bundles, records


@dataclass(frozen=True, slots=True)
class Tally:
    """Files by what became of them."""

    admitted: int = 0
    already_present: int = 0
    quarantined: int = 0

    @property
    def found(self) -> int:
        """How many there were."""
        return self.admitted + self.already_present + self.quarantined


@dataclass(frozen=True, slots=True)
class Problem:
    """A file in quarantine or unread, and why."""

    source: str
    digest: str
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. The last three are records of earlier imports that what came now has moved."""

    bundles: Tally
    records: Tally
    quarantined: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    withdrawn: tuple[Digest, ...]
    superseded: tuple[Digest, ...]
    released: tuple[Digest, ...]


@dataclass(slots=True, frozen=True)
class Seen:
    """What one import has met so far."""

    bundles: list[Digest] = field(default_factory=list)
    records: list[Digest] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    fresh: set[Digest] = field(default_factory=set)
    before: dict[Digest, State] = field(default_factory=dict)

    def add(self, later: Seen) -> None:
        """Take in what one more file has met."""
        self.bundles.extend(later.bundles)
        self.records.extend(later.records)
        self.known.extend(later.known)
        self.fresh.update(later.fresh)
        for found, state in later.before.items():
            self.before.setdefault(found, state)


def problem(source: str, found: str, reason: Diagnostics) -> Problem:
    """A file with the reason that keeps it out."""
    return Problem(source, found, reason.code, reason.what)


def report(ledger: Ledger, seen: Seen, unread: Sequence[Problem]) -> Report:
    """Count by where everything stands now."""
    with ledger.transaction() as books:
        in_bundles = books.standing(bundles, seen.bundles)
        in_records = books.standing(records, {*seen.records, *seen.before})
    moved: dict[tuple[State, State], list[Digest]] = {}
    for found, before in sorted(seen.before.items()):
        if found not in seen.fresh:
            moved.setdefault((before, State(in_records[found].state)), []).append(found)
    quarantined = [
        problem(row.source, row.digest, Diagnostics(row.reason, row.sentence, ""))
        for row in (*in_bundles.values(), *(in_records[one] for one in dict.fromkeys(seen.records)))
        if row.state == State.QUARANTINED.value and row.digest in seen.fresh
    ]
    return Report(
        _tally(seen.bundles, seen.fresh, {one: State(row.state) for one, row in in_bundles.items()}),
        _tally(
            seen.records,
            seen.fresh,
            {one: State(row.state) for one, row in in_records.items()},
            sum(seen.known),
        ),
        tuple(quarantined),
        tuple(unread),
        tuple(moved.get((State.ADMITTED, State.QUARANTINED), ())),
        tuple(moved.get((State.ADMITTED, State.REPEAT), ())),
        tuple(moved.get((State.QUARANTINED, State.ADMITTED), ())),
    )


def _tally(met: Sequence[Digest], fresh: set[Digest], states: dict[Digest, State], known: int = 0) -> Tally:
    """`met` may name a file several times; only the first time can be new."""
    new = [states[one] for one in dict.fromkeys(met) if one in fresh]
    admitted, quarantined = new.count(State.ADMITTED), new.count(State.QUARANTINED)
    return Tally(admitted, len(met) + known - admitted - quarantined, quarantined)

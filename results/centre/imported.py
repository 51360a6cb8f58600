"""What an import did, counted by where everything stands in the ledger afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

import sqlalchemy as sa

from keys.encoding import Digest
from keys.errors import Diagnostics
from keys.text import sanitise
from results.centre.ledger import Ledger
from results.centre.quarantine.books import Decision, decided
from results.centre.reasons import RejectedError
from results.centre.spool import Spool
from results.centre.tables import State, bundles, records

TOLD = 1_000
"""How many files or records a report names of each sort; it counts all of them."""
_TABLES = {"bundles": bundles, "records": records}


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
    """What an import did. `withdrawn`, `superseded` and `released` are records of earlier imports that what came now
    has moved; `decided` are files that came again on which a person has decided, by name. Each list names the first
    `TOLD`; `totals` counts all of them by the list's name.
    """

    bundles: Tally
    records: Tally
    quarantined: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    withdrawn: tuple[Digest, ...]
    superseded: tuple[Digest, ...]
    released: tuple[Digest, ...]
    decided: tuple[tuple[str, Decision], ...]
    totals: dict[str, int]


@dataclass(slots=True, frozen=True)
class Seen:
    """What one file or a few that were entered together have met; `known` are records of bundles that are settled."""

    bundles: list[Digest] = field(default_factory=list)
    records: list[Digest] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    fresh: dict[tuple[str, Digest], None] = field(default_factory=dict)
    before: dict[Digest, State] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records."""
        return len(self.records) + sum(self.known)


class Met:
    """What a whole import has met so far: counts, and on the disk what was new and what it moved."""

    def __init__(self, watched: Mapping[Digest, Collection[Digest]] = MappingProxyType({})) -> None:
        """Nothing yet; `watched` are files on which a person has decided, by what they are met as."""
        self.spool = Spool()
        self.decided: set[Digest] = set()
        self._watched = watched
        self.bundles = self.records = 0

    def add(self, seen: Seen) -> None:
        """Take in what one more file has met."""
        self.bundles += len(seen.bundles)
        self.records += seen.count
        if self._watched:
            for one in (*seen.bundles, *seen.records):
                self.decided.update(self._watched.get(one, ()))
        rows = [(kind, bytes.fromhex(found)) for kind, found in seen.fresh]
        self.spool.add("INSERT OR IGNORE INTO fresh VALUES (?, ?)", rows)
        moved = [(bytes.fromhex(found), state.value) for found, state in seen.before.items()]
        self.spool.add("INSERT OR IGNORE INTO before VALUES (?, ?)", moved)

    def unread(self, source: str, reason: Diagnostics) -> None:
        """A file that could not be read; what a reason quotes of its path is short and acts on no screen."""
        row = (source, reason.code, sanitise(reason.what, limit=400))
        self.spool.add("INSERT INTO unread VALUES (?, ?, ?)", [row])

    def problems(self, ledger: Ledger) -> Iterator[Problem]:
        """Every new file in quarantine and every one that was not read, each with its reason, some at a time."""
        yield from _quarantined(ledger, self)
        yield from _unread(self)


def waiting(ledger: Ledger) -> int:
    """How many bundles and records of any import are in quarantine and wait for a person: nobody rejected them."""
    with ledger.reading() as books:
        return sum(
            books.connection.execute(
                sa.select(sa.func.count())
                .select_from(table)
                .where(table.c.state == State.QUARANTINED.value, table.c.reason != RejectedError.code)
            ).scalar_one()
            for table in _TABLES.values()
        )


def report(ledger: Ledger, met: Met) -> Report:
    """Count by where everything stands now."""
    states = {kind: _states(ledger, met, kind) for kind in _TABLES}
    moved: dict[str, list[Digest]] = {name: [] for name in _MOVES.values()}
    totals = dict.fromkeys(moved, 0)
    for was, now, digest in _moved(ledger, met):
        name = _MOVES.get((was, now), "")
        if name:
            totals[name] += 1
            if totals[name] <= TOLD:
                moved[name].append(digest)
    totals["quarantined"] = sum(states[kind].get(State.QUARANTINED.value, 0) for kind in states)
    totals["decided"] = len(met.decided)
    (totals["unread"],) = met.spool.one("SELECT count(*) FROM unread")
    return Report(
        _tally(met.bundles, states["bundles"]),
        _tally(met.records, states["records"]),
        tuple(islice(_quarantined(ledger, met), TOLD)),
        tuple(islice(_unread(met), TOLD)),
        tuple(moved["withdrawn"]),
        tuple(moved["superseded"]),
        tuple(moved["released"]),
        _decided(ledger, met),
        totals,
    )


_MOVES = {
    (State.ADMITTED.value, State.QUARANTINED.value): "withdrawn",
    (State.ADMITTED.value, State.REPEAT.value): "superseded",
    (State.QUARANTINED.value, State.ADMITTED.value): "released",
}


def _states(ledger: Ledger, met: Met, kind: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in met.spool.rows("SELECT digest FROM fresh WHERE kind = ?", kind):
        with ledger.reading() as books:
            for row in books.standing(_TABLES[kind], [Digest(one.hex()) for (one,) in some]).values():
                found[row.state] = found.get(row.state, 0) + 1
    return found


def _moved(ledger: Ledger, met: Met) -> Iterator[tuple[str, str, Digest]]:
    """The state before and after of each record that was there before this import and has been moved by it."""
    query = (
        "SELECT digest, state FROM before WHERE digest NOT IN (SELECT digest FROM fresh WHERE kind = 'records') "
        "ORDER BY digest"
    )
    for some in met.spool.rows(query):
        before = {Digest(digest.hex()): state for digest, state in some}
        with ledger.reading() as books:
            after = books.standing(records, before)
        yield from ((before[one], row.state, one) for one, row in sorted(after.items()))


def _quarantined(ledger: Ledger, met: Met) -> Iterator[Problem]:
    for kind, table in _TABLES.items():
        for some in met.spool.rows("SELECT digest FROM fresh WHERE kind = ? ORDER BY rowid", kind):
            digests = [Digest(one.hex()) for (one,) in some]
            with ledger.reading() as books:
                found = books.standing(table, digests)
            for row in (found[one] for one in digests):
                if row.state == State.QUARANTINED.value:
                    yield Problem(row.source, row.digest, row.reason, row.sentence)


def _decided(ledger: Ledger, met: Met) -> tuple[tuple[str, Decision], ...]:
    """The files that were met on which a person has decided, with the decision in force, by the files' names."""
    some = sorted(met.decided)[:TOLD]
    with ledger.reading() as books:
        words = decided(books, some)
        rows = [row for table in _TABLES.values() for row in books.standing(table, some).values()]
    return tuple(sorted(((row.source, words[row.digest]) for row in rows), key=lambda one: one[0]))


def _unread(met: Met) -> Iterator[Problem]:
    for some in met.spool.rows("SELECT source, code, what FROM unread ORDER BY rowid"):
        yield from (Problem(source, "", code, what) for source, code, what in some)


def _tally(met: int, states: dict[str, int]) -> Tally:
    """`met` counts a file as often as it came; only the first time can be new."""
    admitted = states.get(State.ADMITTED.value, 0)
    quarantined = states.get(State.QUARANTINED.value, 0)
    return Tally(admitted, met - admitted - quarantined, quarantined)

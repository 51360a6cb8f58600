"""The books: what can be read and written in one transaction of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from keys.encoding import Digest, decode, digest
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.facts import Of, SessionFacts
from results.centre.settling import Filed, Heads, LeftBehind, Lines
from results.centre.stores.locks import Locks
from results.centre.tables import ERASED, State, bundles, closing_lines, records, runs, scores, stored_size
from results.wire.closing import ClosingLine, FinalState

_T = TypeVar("_T")
_RELATED: sa.Select[Any] = sa.select(
    *(records.c.digest, records.c.state, records.c.reason, records.c.kiosk, records.c.session),
    *(records.c.sitting, records.c.candidate, records.c.attempt, records.c.outcome),
    *(records.c.heads, records.c.moved_from, records.c.behind),
).where(records.c.facts.is_not(None), records.c.reason != ERASED)
"""What settling takes of a record."""
_FACTS: sa.Select[Any] = sa.select(*(records.c[name] for name in Of.__struct_fields__), records.c.facts)
"""What `facts_of_row` takes of a record."""


class LedgerRowAlteredError(ExamKioskError):
    """A row's columns are not those that were sealed with its facts, or the facts are another row's."""

    code = "ledger-row-altered"
    what = "The ledger's row of record {record} was altered: what is sealed in it does not fit its {fields}."
    next_step = (
        "Find out who changed the database. Go on with its last good copy, or import the sites' files into a new"
        " ledger."
    )


def facts_of_row(row: sa.Row[Any]) -> SessionFacts:
    """The facts in a row of `records`, which are that row's; the only way to read them.

    Facts that an earlier program wrote are bound to no row. Raises `LedgerRowAlteredError` or `DocumentError`.
    """
    found = decode(row.facts, SessionFacts, name="session facts")
    if isinstance(found.of, Of):
        names = Of.__struct_fields__
        differing = [name for name in names if getattr(found.of, name) != getattr(row, name)]
        if differing:
            raise LedgerRowAlteredError(record=sanitise(row.digest, limit=64), fields=", ".join(differing))
    return found


class Books:
    """What can be read and written in one transaction of the ledger."""

    def __init__(self, connection: sa.Connection, locks: Locks | None = None) -> None:
        """Work inside the transaction of `connection`, where `locks` keep others away from what is decided on."""
        self._connection = connection
        self._locks = locks or Locks()

    @property
    def connection(self) -> sa.Connection:
        """The transaction's connection, for the books of other rooms."""
        return self._connection

    def hold_sittings(self, sittings: Iterable[str]) -> None:
        """Keep other importers from these sittings until the transaction ends; before reading, in order to decide."""
        self._locks.hold(("sitting", sitting) for sitting in sittings)

    def state_of(self, table: sa.Table, digest: Digest) -> State | None:
        """Where a bundle or record file stands, or None if it was never seen."""
        found = self._connection.execute(sa.select(table.c.state).where(table.c.digest == digest)).scalar()
        return None if found is None else State(found)

    def is_open(self, digest: Digest) -> bool:
        """Whether a record is to be judged: it was never seen, or was refused by itself, not by what it contradicts."""
        sound = sa.select(records.c.digest).where(records.c.digest == digest, records.c.facts.is_not(None))
        return self._connection.execute(sound).first() is None

    def is_settled(self, bundle: Digest) -> int | None:
        """How many records an admitted bundle holds if none of them was refused, else None."""
        refused = sa.exists().where(records.c.bundle == bundle, records.c.facts.is_(None))
        query = sa.select(bundles.c.holds).where(
            bundles.c.digest == bundle, bundles.c.state == State.ADMITTED.value, ~refused
        )
        return self._connection.execute(query).scalar()

    def put(self, table: sa.Table, values: Mapping[str, object]) -> None:
        """Enter a row; a file that was refused before is judged anew and its row replaced."""
        digest = values["digest"]
        if values.get("sitting"):
            self.hold_sittings([str(values["sitting"])])
        if table is bundles:
            self._connection.execute(sa.delete(closing_lines).where(closing_lines.c.bundle == digest))
        self._connection.execute(sa.delete(table).where(table.c.digest == digest))
        self._connection.execute(sa.insert(table).values(**values))

    def set_state(self, digest: Digest, state: State, reason: str, sentence: str) -> None:
        """Move a sound record to a state, with the reason's code and sentence or none."""
        row = sa.update(records).where(records.c.digest == digest)
        self._connection.execute(row.values(state=state.value, reason=reason, sentence=sentence))

    def related(
        self, sessions: Collection[tuple[str, str]], seats: Collection[tuple[str, str]]
    ) -> list[sa.Row[Any]]:
        """All sound records that share a kiosk's session or a seat with the given ones, or with each other."""
        found: dict[Digest, sa.Row[Any]] = {}
        new_sessions, new_seats = set(sessions), set(seats)
        sessions, seats = set[tuple[str, str]](), set[tuple[str, str]]()
        while new_sessions or new_seats:
            self.hold_sittings(sitting for sitting, _ in new_seats)
            self._locks.hold(("kiosk", kiosk) for kiosk, _ in new_sessions)
            rows = [*self._of_sessions(new_sessions), *self._of_seats(new_seats)]
            sessions, seats = sessions | new_sessions, seats | new_seats
            found |= {row.digest: row for row in rows}
            new_sessions = {(row.kiosk, row.session) for row in rows} - sessions
            new_seats = {(row.sitting, row.candidate) for row in rows} - seats
        return list(found.values())

    def _of_sessions(self, sessions: Collection[tuple[str, str]]) -> Iterator[sa.Row[Any]]:
        """The sound records of these kiosks' sessions; hardly any two kiosks have a session of the same name."""
        for some in batched(sorted({session for _, session in sessions})):
            for row in self._connection.execute(_RELATED.where(records.c.session.in_(some))):
                if (row.kiosk, row.session) in sessions:
                    yield row

    def _of_seats(self, seats: Collection[tuple[str, str]]) -> Iterator[sa.Row[Any]]:
        """The sound records in these seats, each a sitting and a candidate."""
        by_sitting: dict[str, list[str]] = {}
        for sitting, candidate in sorted(seats):
            by_sitting.setdefault(sitting, []).append(candidate)
        for sitting, candidates in by_sitting.items():
            here = _RELATED.where(records.c.sitting == sitting)
            for some in batched(candidates):
                yield from self._connection.execute(here.where(records.c.candidate.in_(some)))

    def standing(self, table: sa.Table, digests: Collection[Digest]) -> dict[Digest, sa.Row[Any]]:
        """State, reason, sentence and source of these files."""
        found: dict[Digest, sa.Row[Any]] = {}
        columns = [table.c[name] for name in ("digest", "state", "reason", "sentence", "source")]
        for some in batched(sorted(digests)):
            rows = self._connection.execute(sa.select(*columns).where(table.c.digest.in_(some)))
            found |= {row.digest: row for row in rows}
        return found

    def sound_records(self, **where: str) -> list[sa.Row[Any]]:
        """The sound records, whole rows without file, heads and journals, where columns have these values.

        Those that were erased are among them only where `reason` asks for them.
        """
        columns = [column for column in records.c if column.name not in {"file", "heads", "behind"}]
        query = sa.select(*columns).where(records.c.facts.is_not(None)).filter_by(**where)
        query = query if "reason" in where else query.where(records.c.reason != ERASED)
        return list(self._connection.execute(query.order_by(records.c.sitting, records.c.candidate)))

    def file_of(self, record: Digest) -> bytes:
        """A record's file as it came; empty where there is none of this digest. Raises `LedgerRowAlteredError`."""
        found = self._connection.execute(sa.select(records.c.file).where(records.c.digest == record)).scalar()
        raw = bytes(found) if found else b""
        if raw and digest(raw) != record:
            raise LedgerRowAlteredError(record=sanitise(record, limit=64), fields="digest")
        return raw

    def quarantine(self) -> list[tuple[str, sa.Row[Any]]]:
        """What a person has to judge: `bundle` or `record`, with its row."""
        found: list[tuple[str, sa.Row[Any]]] = []
        for kind, table in (("bundle", bundles), ("record", records)):
            names = ("digest", "reason", "sentence", "source", "sitting", "imported_at")
            columns = [table.c[name] for name in names]
            columns += [records.c.candidate, records.c.session] if table is records else []
            query: sa.Select[Any] = sa.select(*columns, stored_size(table.c.file).label("size"))
            held = query.where(table.c.state == State.QUARANTINED.value).order_by(table.c.digest)
            found += [(kind, row) for row in self._connection.execute(held)]
        return found

    def counts(self) -> dict[str, int]:
        """How many record files stand where, by state."""
        rows = self._connection.execute(sa.select(records.c.state, sa.func.count()).group_by(records.c.state))
        found = {str(state): int(count) for state, count in rows}
        return {state.value: found.get(state.value, 0) for state in State}

    def put_lines(self, bundle: Digest, sitting: str, lines: Collection[ClosingLine]) -> None:
        """Keep a closing page's lines."""
        self._connection.execute(sa.delete(closing_lines).where(closing_lines.c.bundle == bundle))
        self._connection.execute(
            sa.insert(closing_lines),
            [
                {
                    "bundle": bundle,
                    "sitting": sitting,
                    "candidate": line.candidate,
                    "attempt": line.attempt,
                    "state": line.state.value,
                    "kiosk": line.kiosk,
                    "session": line.session,
                    "record": line.record,
                    "head": line.head,
                    "entries": line.count,
                }
                for line in lines
            ],
        )

    def lines(self, sitting: str) -> Lines:
        """What a sitting's closing pages say of each candidate together, whichever came first."""
        found: dict[tuple[str, str], ClosingLine | None] = {}
        for row in self._connection.execute(
            sa.select(closing_lines).where(closing_lines.c.sitting == sitting)
        ):
            seat, line = (row.sitting, row.candidate), _line(row)
            found[seat] = line if found.setdefault(seat, line) == line else None
        return found

    def bundles(self, sitting: str) -> list[sa.Row[Any]]:
        """The bundles of a sitting, whole rows without the files."""
        left_out = {"file", "journal", "closing"}
        columns = [column for column in bundles.c if column.name not in left_out]
        return list(self._connection.execute(sa.select(*columns).where(bundles.c.sitting == sitting)))

    def sittings(self) -> list[str]:
        """Every sitting of which there is a record or bundle that could be read."""
        known = sa.union(sa.select(records.c.sitting), sa.select(bundles.c.sitting)).subquery()
        query = sa.select(known.c.sitting).where(known.c.sitting != "").order_by(known.c.sitting)
        return list(self._connection.execute(query).scalars())

    def files(self, sitting: str) -> Iterator[sa.Row[Any]]:
        """The records of a sitting with their whole files, one by one in the order of their kiosks."""
        names = ("digest", "state", "reason", "kiosk", "session", "candidate", "head", "entries", "file")
        query = sa.select(*(records.c[name] for name in names)).where(records.c.sitting == sitting)
        yield from self._connection.execute(
            query.order_by(records.c.kiosk, records.c.session, records.c.digest)
        )

    def desks(self, sitting: str) -> list[sa.Row[Any]]:
        """Proctor, head, entries and opened journal of the bundles of a sitting that count and hold their journal."""
        query = sa.select(bundles.c.proctor, bundles.c.head, bundles.c.entries, bundles.c.journal).where(
            bundles.c.sitting == sitting,
            bundles.c.state == State.ADMITTED.value,
            bundles.c.journal.is_not(None),
        )
        return list(self._connection.execute(query.order_by(bundles.c.digest)))

    def desk_journals(self, sitting: str) -> list[bytes]:
        """The journals of a sitting's desks, opened, from the bundles that count."""
        query = sa.select(bundles.c.journal).where(
            bundles.c.sitting == sitting,
            bundles.c.state == State.ADMITTED.value,
            bundles.c.journal.is_not(None),
        )
        return list(self._connection.execute(query.order_by(bundles.c.digest)).scalars())

    def facts_of(self, digests: Collection[Digest]) -> dict[Digest, sa.Row[Any]]:
        """The rows of these sound records, as `facts_of_row` takes them."""
        found: dict[Digest, sa.Row[Any]] = {}
        for some in batched(sorted(digests)):
            query = _FACTS.where(records.c.digest.in_(some), records.c.facts.is_not(None))
            found |= {row.digest: row for row in self._connection.execute(query)}
        return found

    def run(self, run: str) -> sa.Row[Any] | None:
        """A score run's row, or None."""
        return self._connection.execute(sa.select(runs).where(runs.c.run == run)).one_or_none()

    def run_names(self) -> list[str]:
        """The names of all score runs, oldest first."""
        return list(
            self._connection.execute(sa.select(runs.c.run).order_by(runs.c.made_at, runs.c.run)).scalars()
        )

    def add_run(self, values: Mapping[str, object], found: Collection[Mapping[str, object]]) -> None:
        """Enter a score run and its scores; neither is ever changed."""
        self._connection.execute(sa.insert(runs).values(**values))
        if found:
            self._connection.execute(sa.insert(scores), list(found))


def _line(row: sa.Row[Any]) -> ClosingLine:
    return ClosingLine(
        row.candidate,
        row.attempt,
        FinalState(row.state),
        row.kiosk,
        row.session,
        row.record,
        row.head,
        row.entries,
    )


def filed(row: sa.Row[Any]) -> Filed:
    """A sound record's row as settling takes it."""
    return Filed(
        row.digest,
        row.kiosk,
        row.session,
        row.sitting,
        row.candidate,
        row.attempt,
        row.outcome,
        Heads(row.heads),
        row.moved_from,
        decode(row.behind, LeftBehind, name="journals left behind").journals if row.behind else (),
    )


def batched(values: Sequence[_T], size: int = 500) -> Iterator[Sequence[_T]]:
    """At most `size` values at a time: a statement takes only so many."""
    return (values[at : at + size] for at in range(0, len(values), size))

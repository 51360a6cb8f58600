"""What importing reads and writes in the books, many rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from keys.encoding import Digest
from results.centre.books import Books, batched
from results.centre.settling import Lines
from results.centre.tables import State, bundles, closing_lines, records
from results.wire.closing import ClosingLine, FinalState

AT_ONCE = 400
_SOUND = {"records": records.c.facts.is_not(None), "bundles": sa.false()}


class Shelf:
    """Rows of files, in one transaction."""

    def __init__(self, books: Books) -> None:
        """Work in the transaction of these books."""
        self.books = books
        self._connection = books.connection

    def standing(self, table: sa.Table, digests: Collection[Digest]) -> dict[Digest, sa.Row[Any]]:
        """State, reason and whether it is sound, of the files that are here; a bundle is sound if it is admitted."""
        # Only of what is in quarantine the store has to look behind the whole file for what is kept of it.
        sound = sa.case((table.c.state != State.QUARANTINED.value, True), else_=_SOUND[table.name])
        columns = (table.c.digest, table.c.state, table.c.reason, sound.label("sound"))
        found: dict[Digest, sa.Row[Any]] = {}
        for some in batched(list(digests)):
            rows = self._connection.execute(sa.select(*columns).where(table.c.digest.in_(some)))
            found |= {row.digest: row for row in rows}
        return found

    def settled(self, digests: Collection[Digest]) -> dict[Digest, int]:
        """How many records each of these bundles holds, of those that are admitted and of which none was refused."""
        found: dict[Digest, int] = {}
        for some in batched(list(digests)):
            query = sa.select(bundles.c.digest, bundles.c.holds)
            rows = self._connection.execute(
                query.where(bundles.c.digest.in_(some), bundles.c.state == State.ADMITTED.value)
            )
            found |= {row.digest: row.holds for row in rows}
        for some in batched(list(found)):
            query = sa.select(records.c.bundle).where(records.c.bundle.in_(some), records.c.facts.is_(None))
            for refused in set(self._connection.execute(query).scalars()):
                del found[refused]
        return found

    def put(self, rows: Sequence[Mapping[str, object]], stood: Collection[Digest]) -> None:
        """Enter rows of records; those of files that `stood` here before, refused, take their places.

        Their sittings are held first, so that importers of the same files wait instead of being undone.
        """
        self.books.hold_sittings({str(row["sitting"]) for row in rows if row.get("sitting")})
        for some in batched([Digest(str(row["digest"])) for row in rows if row["digest"] in stood]):
            self._connection.execute(sa.delete(records).where(records.c.digest.in_(some)))
        for sound in (True, False):
            several = [dict(row) for row in rows if ("facts" in row) is sound]
            if several:
                self._connection.execute(sa.insert(records), several)

    def move(self, changes: Iterable[tuple[Digest, State, str, str]]) -> None:
        """Move sound records to states, each with the reason's code and sentence or none."""
        for found, state, reason, sentence in changes:
            self.books.set_state(found, state, reason, sentence)

    def lines(self, seats: Collection[tuple[str, str]]) -> Lines:
        """What the closing pages say of the candidates in these seats, each a sitting and a candidate."""
        found: dict[tuple[str, str], ClosingLine | None] = {}
        by_sitting: dict[str, list[str]] = {}
        for sitting, candidate in seats:
            by_sitting.setdefault(sitting, []).append(candidate)
        for sitting, candidates in by_sitting.items():
            for at in range(0, len(candidates), AT_ONCE):
                query = sa.select(closing_lines).where(
                    closing_lines.c.sitting == sitting,
                    closing_lines.c.candidate.in_(candidates[at : at + AT_ONCE]),
                )
                for row in self._connection.execute(query):
                    seat, line = (row.sitting, row.candidate), _line(row)
                    found[seat] = line if found.setdefault(seat, line) == line else None
        return found

    def drop_lines(self, bundle: Digest) -> None:
        """Take a bundle's closing page out of force."""
        self._connection.execute(sa.delete(closing_lines).where(closing_lines.c.bundle == bundle))


def _line(row: sa.Row[Any]) -> ClosingLine:
    state = FinalState(row.state)
    return ClosingLine(
        row.candidate, row.attempt, state, row.kiosk, row.session, row.record, row.head, row.entries
    )

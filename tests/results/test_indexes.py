"""What an import asks of the ledger is found by an index, so that a record costs the same however much is there."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from keys.encoding import digest
from results.centre.books import Books
from results.centre.shelf import Shelf
from results.centre.tables import METADATA, bundles, records


def test_nothing_that_an_import_asks_goes_through_a_whole_table() -> None:
    """SQLite's plan of every query has a search by an index in it, and no scan."""
    engine = sa.create_engine("sqlite://")
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    with engine.begin() as connection:
        METADATA.create_all(connection)
        row = {"digest": digest(b"1"), "state": "admitted", "session": "s", "kiosk": "k", "sitting": "x"}
        more = {"candidate": "c", "attempt": 1, "file": b"", "facts": b"{}", "heads": b"", "bundle": "b"}
        connection.execute(sa.insert(records), row | more)
        connection.execute(sa.insert(bundles), {"digest": digest(b"2"), "state": "admitted", "holds": 3})
        sa.event.listen(engine, "before_cursor_execute", note)
        books = Books(connection)
        shelf = Shelf(books)
        assert [row.digest for row in books.related([("k", "s")], [])] == [digest(b"1")]
        assert [row.digest for row in books.related([], [("x", "c")])] == [digest(b"1")]
        assert books.related([("other", "s")], [("other", "c")]) == []
        assert shelf.settled([digest(b"2")]) == {digest(b"2"): 3}
        shelf.standing(records, [digest(b"1")])
        shelf.lines([("x", "c")])
        books.is_settled(digest(b"2"))
        books.desk_journals("x")
        sa.event.remove(engine, "before_cursor_execute", note)
        plans = [
            line[3]
            for statement, parameters in asked
            for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert len(plans) >= len(asked) > 8
    assert [plan for plan in plans if plan.startswith("SCAN")] == []

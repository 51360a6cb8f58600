"""What an import has to remember, out of memory's way: names and digests in a temporary file that goes with it.

However many files there are, memory holds the same. Nothing in it is anyone's answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1024;
CREATE TABLE places (rank INTEGER, place INTEGER, path BLOB, size INTEGER, PRIMARY KEY (rank, path)) WITHOUT ROWID;
CREATE TABLE fresh (kind TEXT, digest BLOB, UNIQUE (kind, digest));
CREATE TABLE before (digest BLOB PRIMARY KEY, state TEXT) WITHOUT ROWID;
CREATE TABLE unread (source TEXT, code TEXT, what TEXT);
"""
AT_ONCE = 500


class Spool:
    """A temporary store of a few tables; gone when it is closed or the program ends."""

    def __init__(self) -> None:
        """An empty one; its file has no name."""
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.executescript(_TABLES)
        self._store.execute("BEGIN")

    def add(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each of these rows."""
        self._store.executemany(statement, rows)

    def one(self, query: str, *values: object) -> tuple[Any, ...]:
        """The only row of a query."""
        row: tuple[Any, ...] = self._store.execute(query, values).fetchone()
        return row

    def rows(self, query: str, *values: object) -> Iterator[list[tuple[Any, ...]]]:
        """A query's rows, some at a time."""
        found = self._store.execute(query, values)
        while some := found.fetchmany(AT_ONCE):
            yield some

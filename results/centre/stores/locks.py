"""Which importer waits for which, where several write at once. An SQLCipher file has one writer and needs none of it.

Rules.
1. A verdict depends on all records that share a sitting's seat or a kiosk's session, and on the sitting's pages and
   journals. Who reads them in order to decide holds the names of those sittings and kiosks until the transaction ends.
2. A lock comes before the statement that reads, and each statement sees all that was committed before it (READ
   COMMITTED). So two importers end as if one had come after the other.
3. Who asks for everything waits for all others; more than `MANY` names at once are everything, since the server has
   room for so many locks only.
4. Where two wait for each other the server ends one of them, and `Ledger.together` begins that one again.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

MANY = 1_000
_ALL = "exam-kiosk ledger"
_ONE = "SELECT {lock}(hashtextextended(:name, 0))"
_NAMED = (
    "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(name, 0) AS key "
    "FROM unnest(CAST(:names AS text[])) AS name ORDER BY key) AS keys"
)


class Locks:
    """Nothing to wait for: the transaction has the whole ledger."""

    def hold(self, names: Iterable[tuple[str, str]]) -> None:
        """Keep others from these, each a kind with a name, until the transaction ends."""


class NamedLocks(Locks):
    """PostgreSQL's advisory locks of one transaction."""

    def __init__(self, connection: sa.Connection, *, alone: bool) -> None:
        """Hold the whole ledger if `alone`, else together with others."""
        self._connection = connection
        self._alone = False
        self._held: set[tuple[str, str]] = set()
        if alone:
            self._hold_all()
        else:
            self._one("pg_advisory_xact_lock_shared")

    def hold(self, names: Iterable[tuple[str, str]]) -> None:
        """Keep others from these, each a kind with a name, until the transaction ends."""
        new = set(names) - self._held
        if self._alone or not new:
            return
        self._held |= new
        if len(self._held) > MANY:
            self._hold_all()
            return
        named = [f"{_ALL} {kind} {name}" for kind, name in new]
        self._connection.execute(sa.text(_NAMED), {"names": named})

    def _hold_all(self) -> None:
        self._one("pg_advisory_xact_lock")
        self._alone = True

    def _one(self, lock: str) -> None:
        self._connection.execute(sa.text(_ONE.format(lock=lock)), {"name": _ALL})

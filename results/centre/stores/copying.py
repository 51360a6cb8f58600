"""A ledger's rows from any store into a new SQLCipher file, in batches, compared when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from keys import vault
from keys.connection import VaultDamagedError
from results.centre.stores.file import FileStore
from results.centre.tables import METADATA

BATCH = 200


def copy_rows(source: sa.Engine, to: Path, key: bytes) -> None:
    """Copy every row of `source`, as of one moment, into the empty ledger at `to`, and compare all of them there.

    Raises `VaultDamagedError` where the copy is not the same, or the errors of either driver.
    """
    store = FileStore(to, to)
    store.unlock(key)
    with source.connect() as connection:
        with store.engine.begin() as copy:
            for table in METADATA.sorted_tables:
                for rows in _batches(connection, table):
                    copy.execute(sa.insert(table), [dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's name for it
        with store.engine.begin() as copy:
            for table in METADATA.sorted_tables:
                ours, theirs = _rows(connection, table), _rows(copy, table)
                if any(one != other for one, other in zip_longest(ours, theirs)):
                    raise VaultDamagedError(name=str(to))
    store.engine.dispose()
    opened = vault.open_vault(to, key)
    try:
        opened.verify()
    finally:
        opened.close()


def _batches(connection: sa.Connection, table: sa.Table) -> Iterator[list[sa.Row[Any]]]:
    options = {"stream_results": True, "yield_per": BATCH}
    with connection.execute(sa.select(table).execution_options(**options)) as found:
        yield from (list(rows) for rows in found.partitions())


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    """All rows in the order of their primary key, which is the order of the bytes in both stores."""
    options = {"stream_results": True, "yield_per": BATCH}
    query = sa.select(table).order_by(*table.primary_key).execution_options(**options)
    with connection.execute(query) as found:
        for row in found:
            yield tuple(row)

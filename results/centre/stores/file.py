"""A ledger in one SQLCipher file. One program at a time writes; a second one waits, then is told that it is busy."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from keys import vault
from keys.carrier import disk_errors, remove_file
from keys.connection import DRIVER, VaultError, told
from results.centre.schema import script
from results.centre.stores.locks import Locks


class FileStore:
    """The SQLCipher file at `path`, its sealed key beside it."""

    is_shared = False

    def __init__(self, path: Path, key_path: Path) -> None:
        """Nothing is opened here, and nothing before `unlock`."""
        self.path = path
        self.name = str(path)
        self.key_path = key_path
        self._key = b""
        self.engine = sa.create_engine(
            "sqlite://",
            module=DRIVER,
            creator=self._connection,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
        sa.event.listen(self.engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
        self.reader = self.engine

    def _connection(self) -> Any:
        opened = vault.connect(self.path, self._key)
        # BEGIN is said above, so that reading and writing are one transaction
        opened.isolation_level = None
        return opened

    def exists(self) -> bool:
        """Whether there is a ledger."""
        return self.path.exists()

    def make(self, key: bytes) -> None:
        """Make an empty ledger."""
        put(self.path, lambda unfinished: vault.create(unfinished, key, script()).close())

    def unlock(self, key: bytes) -> None:
        """Use this key from now on; nothing is opened."""
        self._key = key

    def before_upgrade(self, version: str) -> None:
        """Keep a verified copy of the ledger of an older version beside it."""
        kept = self.path.with_name(f"{self.path.name}.version-{version}")
        put(kept, lambda unfinished: self.copy(unfinished, self._key))

    def copy(self, to: Path, key: bytes) -> None:
        """Copy the whole ledger into a new file and verify every page of it."""
        with contextlib.closing(vault.open_vault(self.path, key)) as opened:
            opened.backup(to)

    def locks(self, connection: sa.Connection, *, alone: bool) -> Locks:
        """None: a transaction has the whole file."""
        del connection, alone
        return Locks()

    def told(self, error: BaseException | None) -> VaultError | None:
        """The product's error for one of SQLite's, or None for another one."""
        return told(error, self.path) if isinstance(error, DRIVER.Error) else None


def put(path: Path, make: Callable[[Path], None]) -> None:
    """Make a ledger beside its place and move it there whole, durably; what an interrupted one left goes."""
    unfinished = path.with_name(path.name + ".new")
    rollback = path.with_name(path.name + ".new-journal")
    remove_file(unfinished)
    remove_file(rollback)
    make(unfinished)
    remove_file(rollback)
    with disk_errors(path):
        unfinished.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

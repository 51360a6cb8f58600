"""A ledger in a PostgreSQL database, where several importers write at once.

Rules.
1. A transaction waits for the whole ledger, as with a file; only `Ledger.together` shares it, sitting by sitting
   (locks.py). What only reads sees one moment and keeps nobody waiting.
2. Binary values are sealed under the ledger's key before they leave this machine (adapting.py).
3. A machine that went away in the middle of a transaction loses it after about a minute.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from keys import vault
from keys.connection import (
    VaultBusyError,
    VaultDamagedError,
    VaultError,
    VaultFullError,
    VaultRefusedError,
    VaultWriteError,
)
from keys.text import sanitise
from results.centre.schema import fill, is_there, script
from results.centre.stores.adapting import seal_values
from results.centre.stores.base import LedgerContendedError
from results.centre.stores.copying import copy_rows
from results.centre.stores.locks import Locks, NamedLocks

WAIT = "60s"
"""How long a transaction waits for others before it is told that the ledger is busy."""

_SETTINGS = (
    "SET bytea_output = 'hex'",
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)


class LedgerUnreachableError(VaultError):
    """There is no connection to the server, or it was lost, or the server lets this user not in."""

    code = "ledger-unreachable"
    what = "PostgreSQL cannot be used at {name}: {detail}."
    next_step = "Check address, network, server and rights, then run the same command again; what was finished is kept."


class PostgresStore:
    """The database at an address without a password; the ledger's sealed key is in the centre's folder."""

    is_shared = True

    def __init__(self, address: str, key_path: Path) -> None:
        """Nothing is opened here, and nothing before `unlock`."""
        self.name = address
        self.key_path = key_path
        self._key: bytes | None = None
        self.engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._connection,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
        )
        self.reader: sa.Engine = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def _connection(self) -> psycopg.Connection:
        opened = psycopg.connect(
            self.name,
            client_encoding="utf8",
            application_name="exam-kiosk",
            # A plan that was prepared while a table was small reads all of it when it has grown.
            prepare_threshold=None,
        )
        for setting in (*_SETTINGS, f"SET lock_timeout = '{WAIT}'"):
            opened.execute(setting)
        opened.commit()
        if self._key is not None:
            seal_values(opened, self._key)
        return opened

    def exists(self) -> bool:
        """Whether there is a ledger in the database. Raises a `VaultError`."""
        try:
            with self.engine.begin() as connection:
                return is_there(connection)
        except sa.exc.DBAPIError as error:
            raise self.told(error.orig) or error from None

    def make(self, key: bytes) -> None:
        """Make an empty ledger; where one is made meanwhile by another program, that one is used."""
        self.unlock(key)
        try:
            with self.engine.begin() as connection:
                self.locks(connection, alone=True)
                if not is_there(connection):
                    fill(connection)
        except sa.exc.DBAPIError as error:
            raise self.told(error.orig) or error from None

    def unlock(self, key: bytes) -> None:
        """Seal and open values with this key from now on."""
        self.engine.dispose()
        self._key = key

    def before_upgrade(self, version: str) -> None:
        """Nothing: the database's own backups are its administrator's, and the upgrade is one transaction."""

    def copy(self, to: Path, key: bytes) -> None:
        """Write every row into a new SQLCipher file, compare all of them, and verify the file."""
        vault.create(to, key, script(empty=True)).close()
        try:
            copy_rows(self.reader, to, key)
        except sa.exc.DBAPIError as error:
            raise self.told(error.orig) or error from None

    def locks(self, connection: sa.Connection, *, alone: bool) -> Locks:
        """Hold the whole ledger if `alone`, else what is named, until the transaction ends."""
        return NamedLocks(connection, alone=alone)

    def told(self, error: BaseException | None) -> VaultError | None:
        """The product's error for one of PostgreSQL's, or None for another one.

        By its SQLSTATE (PostgreSQL's documentation, appendix A); without one there is no connection.
        """
        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate or ""
        if not state and isinstance(error, psycopg.DataError):
            state = "22000"
        kind = _STATES.get(state) or _CLASSES.get(state[:2])
        if kind is not None:
            return kind(name=self.name)
        if state[:2] in _UNUSABLE or state == "42501":
            detail = sanitise(
                str(error).strip().splitlines()[-1] if str(error).strip() else "no answer", limit=200
            )
            return LedgerUnreachableError(name=self.name, detail=detail.rstrip("."))
        return VaultError(name=self.name)


_STATES: dict[str, type[VaultError]] = {
    "40001": LedgerContendedError,
    "40P01": LedgerContendedError,
    "55P03": VaultBusyError,
    "57014": VaultBusyError,
    "P0001": VaultRefusedError,
    "53100": VaultFullError,
}
_CLASSES: dict[str, type[VaultError]] = {
    "22": VaultRefusedError,
    "23": VaultRefusedError,
    "58": VaultWriteError,
    "XX": VaultDamagedError,
}
_UNUSABLE = {"", "08", "0L", "28", "3D", "53", "57"}

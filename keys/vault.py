"""An SQLCipher file: made, opened, written, verified and backed up. It knows nothing of what is kept in it.

Rules.
1. The key is 32 raw bytes; nothing is derived here, and the key is never changed in place.
2. One connection, one writer, `journal_mode=PERSIST`, `synchronous=FULL`: a commit that returned is on the disk.
3. An error while writing is fatal for the connection: it is closed. The caller opens the vault again, verifies its
   own chain, and appends again from memory.
4. The live file is never opened past SQLite in this process: closing it would drop SQLite's locks.
5. No statement may attach a file, change a key or change how safely things are written.
6. SQLCipher authenticates pages, not the store: an older copy passes. What is in it must be chained by its owner.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from keys.carrier import remove_file
from keys.connection import (
    APPLICATION,
    VaultBusyError,
    VaultClosedError,
    VaultDamagedError,
    VaultError,
    VaultExistsError,
    VaultFullError,
    VaultKeyError,
    VaultMissingError,
    VaultRefusedError,
    VaultWriteError,
    connect,
    keyed,
    literal,
    open_checked,
    told,
)

__all__ = [
    "Row",
    "Vault",
    "VaultBusyError",
    "VaultClosedError",
    "VaultDamagedError",
    "VaultError",
    "VaultExistsError",
    "VaultFullError",
    "VaultKeyError",
    "VaultMissingError",
    "VaultRefusedError",
    "VaultWriteError",
    "connect",
    "create",
    "open_vault",
    "release",
    "reserve",
]

_PLAINTEXT = b"SQLite format 3\0"

Row = tuple[Any, ...]


class Vault:
    """One open connection to one SQLCipher file. Not for other threads, never across a fork."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open an existing vault; see `open_vault`."""
        self.path = path
        self._key = key
        self._owner = os.getpid()
        self._connection: sqlcipher.Connection | None = open_checked(path, key, None)

    def __repr__(self) -> str:
        """Never show the key."""
        return f"Vault({self.path.name})"

    @property
    def closed(self) -> bool:
        """Whether it was closed, also by a failed write."""
        return self._connection is None

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement and return its rows. Outside `transaction` each statement is its own transaction.

        Raises a `VaultError`; a failed write or sync closes the connection.
        """
        if self._connection is None or self._owner != os.getpid():
            raise VaultClosedError(name=self.path.name)
        try:
            rows: list[Row] = self._connection.execute(sql, tuple(parameters)).fetchall()
        except sqlcipher.Error as error:
            reason = told(error, self.path)
            if isinstance(reason, (VaultFullError, VaultWriteError, VaultDamagedError)):
                self.close()
            raise reason from None
        return rows

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN IMMEDIATE and COMMIT around the block; an exception in it rolls everything back.

        When it has returned, what was written is on the disk. Raises a `VaultError`.
        """
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if not self.closed:
                self._roll_back()
            raise
        try:
            self.execute("COMMIT")
        except VaultError:
            self.close()
            raise

    def _roll_back(self) -> None:
        try:
            self.execute("ROLLBACK")
        except VaultError:
            self.close()

    def verify(self) -> None:
        """Check every page's authentication and the structure of the store. Raises `VaultDamagedError`."""
        found = [*self.execute("PRAGMA cipher_integrity_check"), *self.execute("PRAGMA integrity_check")]
        if found != [("ok",)]:
            raise VaultDamagedError(name=self.path.name)

    def backup(self, to_path: Path) -> None:
        """Copy the whole store into a new file under the same key and verify the copy. Raises a `VaultError`."""
        if self._connection is None:
            raise VaultClosedError(name=self.path.name)
        _make_file(to_path)
        try:
            target = keyed(to_path, self._key, None)
            try:
                self._connection.backup(target)
            finally:
                target.close()
            with contextlib.closing(Vault(to_path, self._key)) as copy:
                copy.verify()
        except sqlcipher.Error as error:
            _remove(to_path)
            raise told(error, to_path) from None
        except VaultError:
            _remove(to_path)
            raise

    def close(self) -> None:
        """Close the connection; what was not committed is gone. Closing twice is no error."""
        connection, self._connection = self._connection, None
        if connection is not None and self._owner == os.getpid():
            with contextlib.suppress(sqlcipher.Error):
                connection.close()


def create(path: Path, key: bytes, schema: str) -> Vault:
    """Make a vault of mode 0600 with the statements of `schema` and open it.

    Raises `VaultExistsError`, `VaultKeyError` for a key that is not 32 bytes, or another `VaultError`.
    """
    literal(key, path)
    _make_file(path)
    try:
        connection = keyed(path, key, None)
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.executescript(schema)
        finally:
            connection.close()
    except sqlcipher.Error as error:
        _remove(path)
        raise told(error, path) from None
    with path.open("rb") as file:  # no connection is open on it now
        if file.read(len(_PLAINTEXT)) == _PLAINTEXT:
            raise VaultKeyError(name=path.name)
    return Vault(path, key)


def open_vault(path: Path, key: bytes) -> Vault:
    """Open a vault that `create` made; call `verify` where its pages must be checked.

    Raises `VaultMissingError`, `VaultKeyError`, `VaultDamagedError` or `VaultBusyError`.
    """
    return Vault(path, key)


def reserve(path: Path, size: int) -> None:
    """Hold `size` bytes of the disk in a file, to be given back by `release` when a write finds it full.

    Raises `VaultFullError` where there is not even that much room.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(file, 0, size)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise VaultFullError(name=path.name) from None


def release(path: Path) -> None:
    """Give the reserved room back; without a reserve file nothing happens."""
    remove_file(path)


def _remove(path: Path) -> None:
    """Remove a store that was never finished, and its journal."""
    remove_file(path)
    remove_file(path.with_name(path.name + "-journal"))


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner may read."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise VaultExistsError(name=str(path)) from None
    except FileNotFoundError:
        raise VaultMissingError(name=str(path)) from None
    except OSError:
        raise VaultWriteError(name=str(path)) from None

"""The ledger: everything that was ever imported and scored, in one SQLCipher file through SQLAlchemy Core.

Its key is 32 random bytes, sealed to the centre in `ledger.key`: who opens the ledger has the centre's private key.
What is written in one `transaction` is there as a whole or not at all. What can be read and written is in books.py.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from keys import primitives, vault
from keys.carrier import FileMissingError, disk_errors, make_folder, read_file, remove_file, write_file
from keys.connection import DRIVER, told
from keys.encoding import Document, decode, encode
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.sealing import Context, Envelope, open_envelope, seal_to
from results.centre.books import Books
from results.centre.schema import schema

LEDGER, LEDGER_KEY = "ledger.db", "ledger.key"
MAX_KEY = 64 * 1024
_KIND = "ledger key"
_CONTEXT = Context("ledger-key")


class LedgerKeyMissingError(ExamKioskError):
    """A ledger whose sealed key is not beside it."""

    code = "ledger-key-missing"
    what = "The ledger {name} is there, but {key}, which opens it, is not."
    next_step = "Put the file back from the centre's backup; without it the ledger cannot be opened."


class LedgerMissingError(ExamKioskError):
    """Nothing was imported yet."""

    code = "ledger-missing"
    what = "There is no ledger in {name}: nothing has been imported yet."
    next_step = "Check the folder, or import a carrier first."


class BackupPlaceError(ExamKioskError):
    """A folder for the ledger's copy that holds something else."""

    code = "backup-place"
    what = "The ledger's copy cannot go to {name}: it is the ledger's own folder, or holds the copy of another one."
    next_step = "Name an empty folder on another drive, or the one that holds this ledger's older copy."


class LedgerKey(Document, frozen=True, tag="ledger-key/1"):
    """The ledger's key, sealed to the centre."""

    envelope: Envelope


class Ledger:
    """One centre's ledger. One importer at a time writes; a second one waits, then is told that it is busy."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Use the SQLCipher file at `path`; nothing is opened before the first transaction."""

        def connection() -> Any:
            opened = vault.connect(path, key)
            opened.isolation_level = (
                None  # BEGIN is said below, so that reading and writing are one transaction
            )
            return opened

        self._path = path
        self._engine = sa.create_engine(
            "sqlite://", module=DRIVER, creator=connection, poolclass=QueuePool, pool_size=1, max_overflow=0
        )
        sa.event.listen(self._engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Books]:
        """One transaction: durable when the block has ended, undone where it raises. Raises a `VaultError`.

        After an error of the store its connection is not used again.
        """
        try:
            with self._engine.begin() as connection:
                yield Books(connection)
        except sa.exc.DBAPIError as error:
            self._engine.dispose()
            if isinstance(error.orig, DRIVER.Error):
                raise told(error.orig, self._path) from None
            raise


def open_ledger(
    centre: Path, recipient: PrivateIdentity, *, make: bool = False, at: str | None = None
) -> Ledger:
    """The ledger `at` its place, else in the folder `centre`, made where there is none and `make` says so.

    Raises `LedgerMissingError`, `LedgerKeyMissingError`, `WrongRecipientError`, `SealError` or a `VaultError`.
    """
    path = Path(at) if at else centre / LEDGER
    key_path = path.with_name(LEDGER_KEY)
    try:
        key = _open_key(key_path, recipient)
    except FileMissingError:
        if path.exists():
            raise LedgerKeyMissingError(name=str(path), key=LEDGER_KEY) from None
        if not make:
            raise LedgerMissingError(name=str(centre)) from None
        key = primitives.entropy(32)
        who = recipient.identity
        write_file(key_path, encode(LedgerKey(seal_to(who.fingerprint, who.sealing, key, _CONTEXT))))
    if not path.exists():
        if not make:
            raise LedgerMissingError(name=str(centre))
        _make(path, key)
    return Ledger(path, key)


def back_up(centre: Path, recipient: PrivateIdentity, to: Path) -> Ledger:
    """Copy the ledger and its sealed key into the folder `to`, in place of an older copy, and open the copy.

    Every page of the copy was verified. Raises `BackupPlaceError` for a folder that holds another ledger or is the
    centre's own, as `open_ledger`, or a `StorageError`.
    """
    path = centre / LEDGER
    if not path.exists():
        raise LedgerMissingError(name=str(centre))
    key, sealed = _open_key(centre / LEDGER_KEY, recipient), read_file(centre / LEDGER_KEY, limit=MAX_KEY)
    make_folder(to, 0o700)
    with contextlib.suppress(FileMissingError):
        if to.samefile(centre) or read_file(to / LEDGER_KEY, limit=MAX_KEY) != sealed:
            raise BackupPlaceError(name=str(to))
    write_file(to / LEDGER_KEY, sealed)

    def copy(unfinished: Path) -> None:
        with contextlib.closing(vault.open_vault(path, key)) as opened:
            opened.backup(unfinished)

    _put(to / LEDGER, copy)
    return Ledger(to / LEDGER, key)


def _make(path: Path, key: bytes) -> None:
    """Make an empty ledger."""
    _put(path, lambda unfinished: vault.create(unfinished, key, schema()).close())


def _put(path: Path, make: Callable[[Path], None]) -> None:
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


def _open_key(path: Path, recipient: PrivateIdentity) -> bytes:
    envelope = decode(read_file(path, limit=MAX_KEY), LedgerKey, name=_KIND).envelope
    return open_envelope((envelope,), recipient.identity.fingerprint, recipient.sealing, _CONTEXT, kind=_KIND)

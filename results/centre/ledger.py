"""The ledger: everything that was ever imported and scored, through SQLAlchemy Core.

It is one SQLCipher file, or a PostgreSQL database that several importers share; `stores/` knows the difference. Its key
is 32 random bytes, sealed to the centre in `ledger.key`: who opens the ledger has the centre's private key. What is
written in one transaction is there as a whole or not at all. What can be read and written is in books.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from keys import primitives
from keys.carrier import FileMissingError, make_folder, read_file, write_file
from keys.connection import VaultRefusedError
from keys.encoding import Document, decode, encode
from keys.errors import DocumentError, ExamKioskError, SealError, WrongRecipientError
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_envelope, seal_to
from results.centre.books import Books
from results.centre.migrations.upgrade import bring_up
from results.centre.stores.address import LEDGER, LEDGER_KEY, store_at
from results.centre.stores.base import BackupPlaceError, LedgerContendedError, LedgerMissingError, Store
from results.centre.stores.file import FileStore, put

MAX_KEY = 64 * 1024
TRIES = 8
"""How often a transaction is begun again in which another importer was in the way."""

_KIND = "ledger key"
_CONTEXT = Context("ledger-key")
_T = TypeVar("_T")


class LedgerKeyMissingError(ExamKioskError):
    """A ledger whose sealed key is not beside it."""

    code = "ledger-key-missing"
    what = "The ledger {name} is there, but {key}, which opens it, is not."
    next_step = "Put the file back from the centre's backup; without it the ledger cannot be opened."


class FirstLedgerKey(Document, frozen=True, tag="ledger-key/1"):
    """The key of a ledger of the first version, sealed to the centre alone; read, and never written any more."""

    envelope: Envelope


class LedgerKey(Document, frozen=True, tag="ledger-key/2"):
    """The ledger's key, sealed to the centre and to whoever else of it is published, such as its escrow."""

    envelopes: tuple[Envelope, ...]


class Ledger:
    """One centre's ledger."""

    def __init__(self, store: Store) -> None:
        """Use the ledger in this unlocked store; nothing is opened before the first transaction."""
        self.store = store

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Books]:
        """One transaction with the ledger to itself: durable when the block has ended, undone where it raises.

        Others wait, or are told that the ledger is busy. Raises a `VaultError`; after an error of the store its
        connection is not used again.
        """
        with self._begun(self.store.engine) as connection:
            yield Books(connection, self.store.locks(connection, alone=True))

    @contextlib.contextmanager
    def reading(self) -> Iterator[Books]:
        """One moment of the ledger, only to be read; on PostgreSQL nobody waits for it. Raises a `VaultError`."""
        with self._begun(self.store.reader) as connection:
            yield Books(connection)

    def together(self, work: Callable[[Books], _T]) -> _T:
        """What `work` answers, in one transaction beside other importers', which wait only at the same sitting.

        Where another one was in the way it is undone and done again, so `work` changes nothing but the books.
        Raises a `VaultError`.
        """
        for left in reversed(range(TRIES if self.store.is_shared else 1)):
            try:
                with self._begun(self.store.engine) as connection:
                    return work(Books(connection, self.store.locks(connection, alone=False)))
            except (LedgerContendedError, VaultRefusedError):
                if not left:
                    raise
        raise AssertionError

    @contextlib.contextmanager
    def _begun(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            engine.dispose()
            reason = self.store.told(error.orig)
            if reason is None:
                raise
            raise reason from None

    def back_up(self, recipient: PrivateIdentity, to: Path) -> Ledger:
        """Copy the ledger and its sealed key into the folder `to`, in place of an older copy, and open the copy.

        The copy is an SQLCipher file; every page of it was verified, and of a database's copy every row compared.
        Raises `BackupPlaceError` for a folder that holds another ledger or is this one's own, a `VaultError`, or a
        `StorageError`.
        """
        sealed = read_file(self.store.key_path, limit=MAX_KEY)
        key = _open_key(self.store.key_path, recipient)
        make_folder(to, 0o700)
        with contextlib.suppress(FileMissingError):
            own = to.samefile(self.store.key_path.parent)
            if own or not _opens(to / LEDGER_KEY, recipient, key):
                raise BackupPlaceError(name=str(to))
        write_file(to / LEDGER_KEY, sealed)
        put(to / LEDGER, lambda unfinished: self.store.copy(unfinished, key))
        copy = FileStore(to / LEDGER, to / LEDGER_KEY)
        copy.unlock(key)
        return Ledger(copy)


def open_ledger(
    centre: Path,
    recipient: PrivateIdentity,
    *,
    make: bool = False,
    at: str | None = None,
    others: Iterable[Identity] = (),
) -> Ledger:
    """The ledger `at` its place, else in the folder `centre`, made where there is none and `make` says so.

    `others` can open it too from then on: its key is sealed to them as well.

    One of an older version is brought up to this program's. Raises `LedgerMissingError`, `LedgerKeyMissingError`,
    `LedgerNewerError`, `LedgerPasswordError`, `LedgerAddressError`, `WrongRecipientError`, `SealError` or a
    `VaultError`.
    """
    store = store_at(centre, at)
    there = store.exists()
    try:
        key = _open_key(store.key_path, recipient)
    except FileMissingError:
        if there:
            raise LedgerKeyMissingError(name=store.name, key=LEDGER_KEY) from None
        if not make:
            raise LedgerMissingError(name=at or str(centre)) from None
        key = primitives.entropy(32)
        write_file(store.key_path, encode(LedgerKey(_sealed(key, [recipient.identity]))))
    if make:
        _share(store.key_path, key, others)
    if not there:
        if not make:
            raise LedgerMissingError(name=at or str(centre))
        store.make(key)
    store.unlock(key)
    bring_up(store)
    return Ledger(store)


def _open_key(path: Path, recipient: PrivateIdentity) -> bytes:
    return open_envelope(
        _envelopes(path), recipient.identity.fingerprint, recipient.sealing, _CONTEXT, kind=_KIND
    )


def _envelopes(path: Path) -> tuple[Envelope, ...]:
    found = decode(read_file(path, limit=MAX_KEY), LedgerKey | FirstLedgerKey, name=_KIND)
    return (found.envelope,) if isinstance(found, FirstLedgerKey) else found.envelopes


def _opens(path: Path, recipient: PrivateIdentity, key: bytes) -> bool:
    """Whether what is sealed there is this key. Raises `FileMissingError`."""
    try:
        return primitives.same(_open_key(path, recipient), key)
    except (WrongRecipientError, SealError, DocumentError):
        return False


def _share(path: Path, key: bytes, others: Iterable[Identity]) -> None:
    """Seal the key to those of the others who cannot open it yet."""
    found = _envelopes(path)
    known = {one.recipient for one in found}
    new = _sealed(key, [one for one in others if one.fingerprint not in known])
    if new:
        write_file(path, encode(LedgerKey((*found, *new))))


def _sealed(key: bytes, recipients: Iterable[Identity]) -> tuple[Envelope, ...]:
    return tuple(seal_to(one.fingerprint, one.sealing, key, _CONTEXT) for one in recipients)

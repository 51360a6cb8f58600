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
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlcipher3.dbapi2 as sqlcipher

from keys.carrier import remove_file
from keys.errors import ExamKioskError

_HEX_KEY = re.compile(r"[0-9a-f]{64}")
_PLAINTEXT = b"SQLite format 3\0"
_APPLICATION = 0x454B_5631
"""`EKV1`: marks a file as a vault, so that an empty file is never taken for an empty vault."""

_ALLOWED_PRAGMAS = {
    *(
        "integrity_check",
        "cipher_integrity_check",
        "quick_check",
        "application_id",
        "user_version",
        "table_list",
    ),
    *(
        "table_info",
        "table_xinfo",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
        "page_count",
    ),
    *("synchronous", "journal_mode", "foreign_key_check"),
}
_READ_ONLY_PRAGMAS = {"synchronous", "journal_mode", "application_id"}
_OK, _DENY = 0, 1
_PRAGMA, _ATTACH, _DETACH = 19, 24, 25

_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _CONSTRAINT, _AUTH, _NOTADB = (
    5,
    8,
    10,
    11,
    13,
    14,
    19,
    23,
    26,
)

Row = tuple[Any, ...]


class VaultError(ExamKioskError):
    """Base of what can go wrong with a vault."""

    code = "vault-failed"
    what = "The store {name} could not be used."
    next_step = "Start the program again; if it happens again, call the support contact."


class VaultMissingError(VaultError):
    """There is no such file."""

    code = "vault-missing"
    what = "The store {name} is not there."
    next_step = "Check that this is the right folder and the right machine."


class VaultExistsError(VaultError):
    """A vault is made where something is already."""

    code = "vault-exists"
    what = "There is already a store at {name}."
    next_step = "Open the one that is there, or choose another folder; nothing was changed."


class VaultKeyError(VaultError):
    """The key does not open the file: another key, not a vault at all, or its first page is damaged."""

    code = "vault-key-wrong"
    what = "The store {name} does not open with this key."
    next_step = "Use the key that belongs to it; if it is this one, the file is damaged: call support."


class VaultDamagedError(VaultError):
    """Pages of the file were cut off or changed."""

    code = "vault-damaged"
    what = "The store {name} is damaged: it was cut short or changed outside the program."
    next_step = "Keep the file as it is and call the support contact."


class VaultFullError(VaultError):
    """A write did not fit on the disk; the connection is closed."""

    code = "vault-full"
    what = "The disk has no room left for {name}; the last step was not saved."
    next_step = "Make room on the disk, then open it again."


class VaultWriteError(VaultError):
    """A write or sync failed; the connection is closed and nothing after the last commit is promised."""

    code = "vault-write-failed"
    what = "The disk failed at {name}; the last step was not saved."
    next_step = "Open it again; if it fails again, stop using this disk."


class VaultBusyError(VaultError):
    """Another process is writing."""

    code = "vault-busy"
    what = "Another program is using {name}."
    next_step = "Close the other one, then try again."


class VaultRefusedError(VaultError):
    """A statement that the vault's own rules forbid."""

    code = "vault-refused"
    what = "The store {name} refused a change that its rules forbid."
    next_step = "Nothing was changed; report this code to the support contact."


class VaultClosedError(VaultError):
    """The vault was closed, by its owner or by a failed write, or is used in a forked process."""

    code = "vault-closed"
    what = "The store {name} is closed."
    next_step = "Open it again."


class Vault:
    """One open connection to one SQLCipher file. Not for other threads, never across a fork."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open an existing vault; see `open_vault`."""
        self.path = path
        self._key = key
        self._owner = os.getpid()
        self._connection: sqlcipher.Connection | None = _connect(path, key, None)

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
            told = _told(error, self.path)
            if isinstance(told, (VaultFullError, VaultWriteError, VaultDamagedError)):
                self.close()
            raise told from None
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
            target = _keyed(to_path, self._key, None)
            try:
                self._connection.backup(target)
            finally:
                target.close()
            with contextlib.closing(Vault(to_path, self._key)) as copy:
                copy.verify()
        except sqlcipher.Error as error:
            _remove(to_path)
            raise _told(error, to_path) from None
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
    _literal(key, path)
    _make_file(path)
    try:
        connection = _keyed(path, key, None)
        try:
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.executescript(schema)
        finally:
            connection.close()
    except sqlcipher.Error as error:
        _remove(path)
        raise _told(error, path) from None
    with path.open("rb") as file:  # no connection is open on it now
        if file.read(len(_PLAINTEXT)) == _PLAINTEXT:
            raise VaultKeyError(name=path.name)
    return Vault(path, key)


def open_vault(path: Path, key: bytes) -> Vault:
    """Open a vault that `create` made; call `verify` where its pages must be checked.

    Raises `VaultMissingError`, `VaultKeyError`, `VaultDamagedError` or `VaultBusyError`.
    """
    return Vault(path, key)


def connect(path: Path, key: bytes) -> sqlcipher.Connection:
    """A connection for a library that keeps its own transactions, such as SQLAlchemy's `creator`.

    The file must have been made by `create`. Raises what `open_vault` raises.
    """
    return _connect(path, key, "IMMEDIATE")


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


def _literal(key: bytes, path: Path) -> str:
    """The key as SQLCipher's raw key literal; a malformed one would silently become a passphrase."""
    literal = key.hex()
    if not _HEX_KEY.fullmatch(literal):
        raise VaultKeyError(name=path.name)
    return f"x'{literal}'"


def _connect(path: Path, key: bytes, isolation: Literal["IMMEDIATE"] | None) -> sqlcipher.Connection:
    """An open connection that is checked and locked down, with all exceptions turned into ours."""
    if not path.is_file():
        raise VaultMissingError(name=str(path))
    connection = None
    try:
        connection = _keyed(path, key, isolation)
        if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION,):
            raise VaultDamagedError(name=path.name)
    except sqlcipher.Error as error:
        if connection is not None:
            connection.close()
        raise _told(error, path) from None
    except VaultError:
        if connection is not None:
            connection.close()
        raise
    connection.set_authorizer(_authorise)
    return connection


def _keyed(path: Path, key: bytes, isolation: Literal["IMMEDIATE"] | None) -> sqlcipher.Connection:
    """A connection with its key and pragmas. The order matters: the log is silenced before the key is given."""
    literal = _literal(key, path)
    uri = path.resolve().as_uri() + "?mode=rw"
    connection: sqlcipher.Connection = sqlcipher.connect(uri, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f'PRAGMA key = "{literal}"')
        connection.execute("PRAGMA cipher_memory_security = ON")
        if connection.execute("PRAGMA cipher_version").fetchone() is None:
            raise VaultKeyError(name=path.name)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a wrong key fails only here
        for pragma in (
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            "foreign_keys = ON",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")
        mode = connection.execute("PRAGMA journal_mode = PERSIST").fetchone()
        if mode != ("persist",) or connection.execute("PRAGMA synchronous").fetchone() != (2,):
            raise VaultWriteError(name=path.name)
    except BaseException:
        connection.close()
        raise
    connection.isolation_level = isolation
    return connection


def _authorise(
    action: int, first: str | None, second: str | None, _database: str | None, _inside: str | None
) -> int:
    """SQLite's authorizer: what no statement may do after the vault is open."""
    allowed = action not in {_ATTACH, _DETACH}
    if action == _PRAGMA:
        pragma = (first or "").lower()
        allowed = pragma in _ALLOWED_PRAGMAS and (second is None or pragma not in _READ_ONLY_PRAGMAS)
    return _OK if allowed else _DENY


def _told(error: sqlcipher.Error, path: Path) -> VaultError:
    """Our error for SQLite's primary result code; what is not known was a failed write."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    kind: type[VaultError] = {
        _BUSY: VaultBusyError,
        _READONLY: VaultWriteError,
        _IOERR: VaultWriteError,
        _CORRUPT: VaultDamagedError,
        _FULL: VaultFullError,
        _CANTOPEN: VaultWriteError,
        _CONSTRAINT: VaultRefusedError,
        _AUTH: VaultRefusedError,
        _NOTADB: VaultKeyError,
    }.get(code, VaultError)
    return kind(name=path.name)

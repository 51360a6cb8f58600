"""One keyed, locked-down SQLCipher connection, and what its result codes mean. keys/vault.py is how it is used.

The order of opening: the log is silenced (it would tear the screen), the key is given, memory is locked, the first read
shows whether the key fits, the durable journal is chosen, and last an authorizer takes away every way round it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import sqlcipher3.dbapi2 as sqlcipher

from keys.errors import ExamKioskError

DRIVER = sqlcipher
"""The database driver's module, for a library that asks for it, such as SQLAlchemy's `module`."""

_HEX_KEY = re.compile(r"[0-9a-f]{64}")
APPLICATION = 0x454B_5631
"""`EKV1`: marks a file as a vault, so that an empty file is never taken for an empty vault."""

_ALLOWED_PRAGMAS = frozenset(
    [
        "application_id",
        "cipher_integrity_check",
        "foreign_key_check",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "journal_mode",
        "page_count",
        "read_uncommitted",
        "synchronous",
        "table_info",
        "table_list",
        "table_xinfo",
        "user_version",
    ]
)
_READ_ONLY_PRAGMAS = {"synchronous", "journal_mode", "application_id", "read_uncommitted"}
_OK, _DENY = 0, 1
_PRAGMA, _ATTACH, _DETACH = 19, 24, 25

_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL = 5, 8, 10, 11, 13
_CANTOPEN, _CONSTRAINT, _AUTH, _NOTADB = 14, 19, 23, 26


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


def connect(path: Path, key: bytes) -> sqlcipher.Connection:
    """A connection for a library that keeps its own transactions, such as SQLAlchemy's `creator`.

    The file must have been made by `create`. Raises what `open_vault` raises.
    """
    return open_checked(path, key, "IMMEDIATE")


def literal(key: bytes, path: Path) -> str:
    """The key as SQLCipher's raw key literal; a malformed one would silently become a passphrase."""
    digits = key.hex()
    if not _HEX_KEY.fullmatch(digits):
        raise VaultKeyError(name=path.name)
    return f"x'{digits}'"


def open_checked(path: Path, key: bytes, isolation: Literal["IMMEDIATE"] | None) -> sqlcipher.Connection:
    """An open connection that is checked and locked down, with all exceptions turned into ours."""
    if not path.is_file():
        raise VaultMissingError(name=str(path))
    connection = None
    try:
        connection = keyed(path, key, isolation)
        if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
            raise VaultDamagedError(name=path.name)
    except sqlcipher.Error as error:
        if connection is not None:
            connection.close()
        raise told(error, path) from None
    except VaultError:
        if connection is not None:
            connection.close()
        raise
    connection.set_authorizer(_authorise)
    return connection


def keyed(path: Path, key: bytes, isolation: Literal["IMMEDIATE"] | None) -> sqlcipher.Connection:
    """A connection with its key and pragmas. The order matters: the log is silenced before the key is given."""
    uri = path.resolve().as_uri() + "?mode=rw"
    connection: sqlcipher.Connection = sqlcipher.connect(uri, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f'PRAGMA key = "{literal(key, path)}"')
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


def told(error: sqlcipher.Error, path: Path) -> VaultError:
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

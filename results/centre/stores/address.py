"""The words after `--ledger`: a file's path, or the address of a PostgreSQL database without a password."""

from __future__ import annotations

import re
from pathlib import Path

from keys.errors import ExamKioskError
from results.centre.stores.base import Store
from results.centre.stores.file import FileStore

LEDGER, LEDGER_KEY = "ledger.db", "ledger.key"
_URL = re.compile(r"postgres(ql)?(\+\w+)?:", re.IGNORECASE)
_CONNINFO = re.compile(r"[a-z_]+\s*=", re.IGNORECASE)
_PASSWORD = re.compile(r":/*[^/?#]*:[^/?#]*@|password\s*=", re.IGNORECASE)
_SECRETS = {"password", "sslpassword", "oauth_client_secret"}


class LedgerPasswordError(ExamKioskError):
    """A password in an address, where every user of the machine and the shell's history can read it."""

    code = "ledger-password"
    what = "The address of the ledger contains a password, and a command line is no place for one."
    next_step = (
        "Change that password, then name a service or leave the password out: PostgreSQL takes it from "
        "a password file (.pgpass), or knows the user by the local account or a certificate."
    )


class LedgerAddressError(ExamKioskError):
    """Words that look like an address of a database and are none."""

    code = "ledger-address"
    what = "The address of the ledger is not one that PostgreSQL understands."
    next_step = (
        "Write service=NAME or postgresql://USER@HOST/DATABASE; write ./NAME for a file of such a name."
    )


def store_at(centre: Path, at: str | None) -> Store:
    """The store `at` its place, else `ledger.db` in the folder `centre`.

    The sealed key is beside a file, and in the folder `centre` for a database. Raises `LedgerPasswordError` or
    `LedgerAddressError`.
    """
    if at and (_URL.match(at.lstrip()) or _CONNINFO.match(at.lstrip())):
        from results.centre.stores.postgres import PostgresStore

        return PostgresStore(checked(at), centre / LEDGER_KEY)
    path = Path(at) if at else centre / LEDGER
    return FileStore(path, path.with_name(LEDGER_KEY))


def checked(address: str) -> str:
    """The address, if it can be read and contains no password. Nothing of a refused one is quoted."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if _PASSWORD.search(address):
        raise LedgerPasswordError
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        raise LedgerAddressError from None
    if _SECRETS & set(parts):
        raise LedgerPasswordError
    return address

"""Which version a ledger has, and bringing an older one up to this program's in one transaction.

Alembic is loaded only for a ledger that is older; its steps are in `versions/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from keys.connection import VaultKeyError
from keys.errors import SealError
from results.centre.migrations import FIRST, NEWEST
from results.centre.schema import VERSION, VERSIONED, noted
from results.centre.stores.base import LedgerNewerError, Store
from results.centre.tables import KNOWN, ledger_check

_OLDER = tuple(f"{number:04}" for number in range(int(FIRST), int(NEWEST)))


def bring_up(store: Store) -> None:
    """Bring the ledger up to this program's version; an older file is copied beside itself before.

    Raises `LedgerNewerError`, `VaultKeyError` where it is another key's ledger, or a `VaultError`.
    """
    try:
        with store.engine.begin() as connection:
            found = version(connection)
        if found in _OLDER:
            store.before_upgrade(found)
            with store.engine.begin() as connection:
                store.locks(connection, alone=True)
                if version(connection) == found:
                    upgrade(connection)
        elif found != NEWEST:
            raise LedgerNewerError(name=store.name, found=found)
        with store.engine.begin() as connection:
            if connection.execute(sa.select(ledger_check.c.known)).scalars().all() != [KNOWN]:
                raise VaultKeyError(name=store.name)
    except sa.exc.DBAPIError as error:
        raise store.told(error.orig) or error from None
    except SealError:
        raise VaultKeyError(name=store.name) from None
    finally:
        store.engine.dispose()


def version(connection: sa.Connection) -> str:
    """The ledger's version; the first had no mark of it."""
    if not sa.inspect(connection).has_table(VERSION):
        return FIRST
    return str(connection.execute(sa.select(noted.c.version_num)).scalar_one())


def upgrade(connection: sa.Connection, to: str = NEWEST) -> None:
    """Take the steps from the ledger's version `to` another one, inside the connection's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if not sa.inspect(connection).has_table(VERSION):
        connection.exec_driver_sql(VERSIONED)
        if _is_first(connection):
            connection.execute(sa.insert(noted).values(version_num=FIRST))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scripts = ScriptDirectory.from_config(config)

    def steps(found: Any, _context: Any) -> Any:
        return scripts._upgrade_revs(to, found)  # noqa: SLF001 - what Alembic's own upgrade command calls

    with EnvironmentContext(config, scripts, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _is_first(connection: sa.Connection) -> bool:
    """Whether there are tables of a ledger that names no version."""
    return sa.inspect(connection).has_table("records")

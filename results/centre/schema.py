"""Every room's tables in one place, and the statements that make an empty ledger of them in either store."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from results.centre.append_only import triggers
from results.centre.certificates import tables as _certificates  # noqa: F401 - its tables are added to METADATA
from results.centre.marking import tables as _marking  # noqa: F401 - its tables are added to METADATA
from results.centre.migrations import NEWEST
from results.centre.quarantine import tables as _quarantine  # noqa: F401 - its tables are added to METADATA
from results.centre.reconciling import tables as _reconciling  # noqa: F401 - its tables are added to METADATA
from results.centre.retention import tables as _retention  # noqa: F401 - its tables are added to METADATA
from results.centre.standing import tables as _standing  # noqa: F401 - its tables are added to METADATA
from results.centre.tables import APPEND_ONLY, KNOWN, METADATA, ledger_check, records

VERSION = "alembic_version"
"""Alembic's own table, with one row: the version of the ledger."""

noted = sa.table(VERSION, sa.column("version_num"))
VERSIONED = (
    f"CREATE TABLE {VERSION} (version_num VARCHAR(32) NOT NULL, "
    f"CONSTRAINT {VERSION}_pkc PRIMARY KEY (version_num))"
)
_CHECKED = f"INSERT INTO {ledger_check.name} (one, known) VALUES (1, x'{KNOWN.hex()}')"  # noqa: S608 - of constants


def script(*, empty: bool = False) -> str:
    """The statements that make a new ledger, for SQLite; an `empty` one is to be filled with another's rows."""
    return ";\n".join([*statements("sqlite"), *([] if empty else [_CHECKED])]) + ";"


def fill(connection: sa.Connection) -> None:
    """Make a new ledger in an empty PostgreSQL database."""
    for statement in statements("postgresql+psycopg"):
        connection.exec_driver_sql(statement)
    connection.execute(sa.insert(ledger_check).values(one=1, known=KNOWN))


def is_there(connection: sa.Connection) -> bool:
    """Whether the database holds a ledger."""
    return sa.inspect(connection).has_table(records.name)


@cache
def statements(store: str) -> tuple[str, ...]:
    """What makes all tables, indexes and triggers in this kind of store, and notes their version."""
    dialect = sa.make_url(f"{store}://").get_dialect()()
    made: list[str] = []
    for table in (_collated() if store != "sqlite" else METADATA).sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    # the driver takes a single % for a parameter; the compiled statements have two already
    made += [
        one.replace("%", "%%") if store != "sqlite" else one for one in triggers(APPEND_ONLY, dialect.name)
    ]
    return (*made, VERSIONED, f"INSERT INTO {VERSION} VALUES ('{NEWEST}')")  # noqa: S608 - of constants


def _collated() -> sa.MetaData:
    """The tables with their text in the order of its bytes, as SQLite has it, whatever the database's language."""
    copied = sa.MetaData()
    for table in METADATA.sorted_tables:
        for column in table.to_metadata(copied).columns:
            if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
                column.type = sa.String(column.type.length, collation="C")
    return copied

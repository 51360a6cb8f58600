"""Every room's tables in one place, and the statements that make an empty ledger of them."""

from __future__ import annotations

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from results.centre.standing import tables as _standing  # noqa: F401 - its tables are added to METADATA
from results.centre.tables import APPEND_ONLY, METADATA


def schema() -> str:
    """The statements that make an empty ledger, for SQLite."""
    dialect = sqlite.dialect()
    made: list[str] = []
    for table in METADATA.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    for name, unless in APPEND_ONLY.items():
        condition = f"WHEN NOT ({unless}) " if unless else ""
        made += (
            f"CREATE TRIGGER {name}_no_{act} BEFORE {act} ON {name} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
            for act in ("UPDATE", "DELETE")
        )
    return ";\n".join(made) + ";"

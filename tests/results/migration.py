"""Writes the newest migration of the ledger again from the tables: `make migration`, until it is released."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

import results.centre.migrations as place
from results.centre.migrations import NEWEST
from results.centre.migrations.upgrade import upgrade
from results.centre.schema import VERSION
from results.centre.tables import APPEND_ONLY, METADATA

PAGE = Path(place.__file__).parent / "versions" / f"ledger_{NEWEST}.py"
BEFORE = f"{int(NEWEST) - 1:04}"
TEXT = '''"""Version {newest}: all rooms' tables, written by `make migration`; not changed once it was released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from results.centre.append_only import triggers
from results.centre.migrations.columns import text

revision, down_revision = "{newest}", "{before}"

APPEND_ONLY = {append_only}


def upgrade() -> None:
    """From version {before}."""
    {code}
    known = sa.table("ledger_check", sa.column("one", sa.Integer), sa.column("known", sa.LargeBinary))
    op.bulk_insert(known, [{{"one": 1, "known": b"exam-kiosk ledger"}}])
    for statement in triggers(APPEND_ONLY, op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", r"\\:")))
'''


def render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Text columns as columns.py writes them."""
    if kind == "type" and type(thing) is sa.String:
        return f"text({thing.length or ''})"
    return False


def flat(tables: sa.MetaData) -> sa.MetaData:
    """A copy in which the columns' own conditions are conditions of the table, as Alembic writes them."""
    copied = sa.MetaData()
    for table in tables.sorted_tables:
        inner = [one for column in table.columns for one in column.constraints]
        of_columns = [one for one in inner if isinstance(one, sa.CheckConstraint)]
        new = table.to_metadata(copied)
        for one in of_columns:
            new.append_constraint(sa.CheckConstraint(one.sqltext))
    return copied


def written() -> str:
    """The module of the newest migration, as yet unformatted."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection, BEFORE)
        options = {
            "render_item": render,
            "include_name": lambda name, *_: name != VERSION,
            "user_module_prefix": None,
        }
        context = MigrationContext.configure(
            connection, opts={"target_metadata": (tables := flat(METADATA)), **options}
        )
        operations = produce_migrations(context, tables).upgrade_ops
        assert operations is not None
        code = render_python_code(operations, render_item=render, migration_context=context)
    code = "\n".join(line for line in code.splitlines() if not line.strip().startswith("#"))
    return TEXT.format(newest=NEWEST, before=BEFORE, append_only=_conditions(), code=code.strip())


def _conditions() -> str:
    """The append-only tables with their conditions, a long one in pieces."""
    pieces = {
        name: wrap(unless, 70, drop_whitespace=False) or [""] for name, unless in sorted(APPEND_ONLY.items())
    }
    joined = {name: " ".join(map(repr, some)) for name, some in pieces.items()}
    lines = (
        f"{name!r}: ({joined[name]})" if some[1:] else f"{name!r}: {joined[name]}"
        for name, some in pieces.items()
    )
    return "{" + ", ".join(lines) + "}"


def formatted() -> str:
    """The module of the newest migration, in the house format."""
    ruff, page = str(Path(sys.executable).with_name("ruff")), written()
    for act in (["check", "--fix-only"], ["format"]):
        run = [ruff, *act, "--quiet", "--stdin-filename", str(PAGE), "-"]
        page = subprocess.run(run, input=page, capture_output=True, text=True, check=True).stdout
    return page


if __name__ == "__main__":
    PAGE.write_text(formatted(), "utf-8")

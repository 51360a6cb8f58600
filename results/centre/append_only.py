"""Triggers that refuse to change the rows of a table, for both stores.

The condition under which a row may be changed all the same is SQL on OLD. Where it is not known (NULL), it is not met.
"""

from __future__ import annotations

from collections.abc import Mapping


def triggers(tables: Mapping[str, str], dialect: str) -> list[str]:
    """The statements that put the triggers of these tables (name to condition, or "") in place of older ones."""
    make = _postgres if dialect == "postgresql" else _sqlite
    return [statement for name, unless in tables.items() for statement in make(name, unless)]


def _sqlite(name: str, unless: str) -> list[str]:
    condition = f"WHEN ({unless}) IS NOT TRUE " if unless else ""
    refused = f"BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
    made: list[str] = []
    for act in ("UPDATE", "DELETE"):
        made.append(f"DROP TRIGGER IF EXISTS {name}_no_{act}")
        made.append(f"CREATE TRIGGER {name}_no_{act} BEFORE {act} ON {name} {condition}{refused}")
    return made


def _postgres(name: str, unless: str) -> list[str]:
    body = f"BEGIN RAISE EXCEPTION '{name} are never changed'; END"
    if unless:
        body = (
            f"BEGIN IF TG_OP <> 'TRUNCATE' THEN IF ({unless}) THEN "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; END IF; "
            f"RAISE EXCEPTION '{name} are never changed'; END"
        )
    run = f"EXECUTE FUNCTION {name}_never_changed()"
    on_rows, on_all = f"BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW", f"BEFORE TRUNCATE ON {name}"
    return [
        f"CREATE OR REPLACE FUNCTION {name}_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"DROP TRIGGER IF EXISTS {name}_never_changed ON {name}",
        f"DROP TRIGGER IF EXISTS {name}_never_emptied ON {name}",
        f"CREATE TRIGGER {name}_never_changed {on_rows} {run}",
        f"CREATE TRIGGER {name}_never_emptied {on_all} FOR EACH STATEMENT {run}",
    ]

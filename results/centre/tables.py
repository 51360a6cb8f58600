"""The ledger's tables (SQLAlchemy Core). Constraints, not code, see to it that nothing counts twice.

Rules.
1. A file is in `bundles` or `records` once, by its SHA-256, with its bytes as they came.
2. At most one admitted record a kiosk's session, and one a candidate's attempt in a sitting.
3. Score runs are written once and never changed; a run names its records by digest.
"""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from keys.primitives import BOX_OVERHEAD


class State(enum.StrEnum):
    """Where a file stands. A repeat is the same as, or a beginning of, what counts; so is the record that a candidate
    who was moved left behind, with a reason of its own.
    """

    ADMITTED = "admitted"
    REPEAT = "repeat"
    QUARANTINED = "quarantined"


ERASED = "erased"
"""The reason of a record whose content went on schedule: what is left of it is a repeat that says nothing."""

METADATA = sa.MetaData()
APPEND_ONLY: dict[str, str] = {}
"""Tables whose rows are never changed, and the SQL condition on OLD under which one may be all the same, or empty."""


def append_only(table: sa.Table, *, unless: str = "") -> sa.Table:
    """Have the store refuse UPDATE and DELETE on `table`; `unless` is a condition in SQL that both stores read."""
    APPEND_ONLY[table.name] = unless
    return table


_STATES = ", ".join(f"'{state.value}'" for state in State)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False, server_default="")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


bundles = sa.Table(
    "bundles",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("state", sa.String, sa.CheckConstraint(f"state IN ({_STATES})"), nullable=False),
    *(_text(name) for name in ("reason", "sentence", "source", "sitting", "mode", "proctor", "head")),
    *(_number(name) for name in ("entries", "made_at", "imported_at", "holds")),
    # The whole file of a quarantined bundle; of every one its page and, where it is in order, the desk's journal,
    # opened; its records are below.
    sa.Column("file", sa.LargeBinary),
    sa.Column("closing", sa.LargeBinary),
    sa.Column("journal", sa.LargeBinary),
)

closing_lines = sa.Table(
    "closing_lines",
    METADATA,
    sa.Column("bundle", sa.ForeignKey("bundles.digest"), primary_key=True),
    sa.Column("candidate", sa.String, primary_key=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    *(_text(name) for name in ("sitting", "state", "kiosk", "session", "record", "head")),
    _number("entries"),
)

records = sa.Table(
    "records",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("state", sa.String, sa.CheckConstraint(f"state IN ({_STATES})"), nullable=False),
    *(_text(name) for name in ("reason", "sentence", "source", "session", "sitting", "mode", "kiosk")),
    *(_text(name) for name in ("candidate", "outcome", "form_digest", "head", "bundle", "moved_from")),
    *(_number(name) for name in ("attempt", "entries", "sealed_at", "imported_at")),
    sa.Column("file", sa.LargeBinary, nullable=False),
    # `SessionFacts` of a sound record and its journal's heads, 32 bytes an entry; none where the file was refused.
    sa.Column("facts", sa.LargeBinary),
    sa.Column("heads", sa.LargeBinary),
    # The journals that came along from other kiosks, as settling takes them; none where nothing did.
    sa.Column("behind", sa.LargeBinary),
    sa.CheckConstraint("state = 'quarantined' OR (facts IS NOT NULL AND session <> '' AND candidate <> '')"),
)

_ADMITTED = records.c.state == State.ADMITTED.value
sa.Index(
    "one_record_a_session",
    records.c.kiosk,
    records.c.session,
    unique=True,
    sqlite_where=_ADMITTED,
    postgresql_where=_ADMITTED,
)
sa.Index(
    "one_record_an_attempt",
    records.c.sitting,
    records.c.candidate,
    records.c.attempt,
    unique=True,
    sqlite_where=_ADMITTED,
    postgresql_where=_ADMITTED,
)
sa.Index("records_by_session", records.c.session, records.c.kiosk)
sa.Index("records_by_seat", records.c.sitting, records.c.candidate)
_REFUSED = records.c.facts.is_(None)
sa.Index("refused_by_bundle", records.c.bundle, sqlite_where=_REFUSED, postgresql_where=_REFUSED)
sa.Index("closing_lines_by_seat", closing_lines.c.sitting, closing_lines.c.candidate)
sa.Index("bundles_by_sitting", bundles.c.sitting)

runs = sa.Table(
    "runs",
    METADATA,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    *(_text(name) for name in ("exam", "form", "form_digest", "key_digest", "table_digest", "software")),
    _number("key_version"),
    sa.Column("document", sa.LargeBinary, nullable=False),
)

scores = sa.Table(
    "scores",
    METADATA,
    sa.Column("run", sa.ForeignKey("runs.run"), primary_key=True),
    sa.Column("record", sa.ForeignKey("records.digest"), primary_key=True),
    *(_text(name) for name in ("session", "sitting", "candidate")),
    *(_number(name) for name in ("attempt", "raw", "total", "scaled")),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.UniqueConstraint("run", "sitting", "candidate", "attempt"),
)

ledger_check = sa.Table(
    "ledger_check",
    METADATA,
    # One row, with KNOWN in it: what does not open with this ledger's key is another one's.
    sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    sa.Column("known", sa.LargeBinary, nullable=False),
)
KNOWN = b"exam-kiosk ledger"

append_only(runs)
append_only(scores)
append_only(ledger_check)


class stored_size(sa.sql.functions.GenericFunction[int]):  # noqa: N801 - SQLAlchemy names functions like this
    """How many bytes a binary value has, which a store may keep with more around it."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(stored_size)
def _size(element: stored_size, compiler: Any, **options: Any) -> str:
    return f"length({compiler.process(element.clauses, **options)})"


@compiles(stored_size, "postgresql")
def _sealed_size(element: stored_size, compiler: Any, **options: Any) -> str:
    return f"(length({compiler.process(element.clauses, **options)}) - {BOX_OVERHEAD})"

"""Version 0002: all rooms' tables, written by `make migration`; not changed once it was released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from results.centre.append_only import triggers
from results.centre.migrations.columns import text

revision, down_revision = "0002", "0001"

APPEND_ONLY = {
    "certificate_acts": (
        "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.number AND erasures.kind = 'certificates')"
    ),
    "certificates": (
        "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.number AND erasures.kind = 'certificates')"
    ),
    "decisions": "",
    "education": "",
    "erasures": "",
    "kept_statistics": "",
    "ledger_check": "",
    "marking_marks": (
        "EXISTS (SELECT 1 FROM erasures, marking_tasks WHERE marking_tasks.task"
        " = OLD.task AND erasures.thing = marking_tasks.record)"
    ),
    "marking_rounds": "",
    "marking_tasks": "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.record)",
    "result_acts": "",
    "runs": "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.run)",
    "scores": "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.run)",
    "settlements": "",
}


def upgrade() -> None:
    """From version 0001."""
    op.create_table(
        "certificates",
        sa.Column("number", text(), nullable=False),
        sa.Column("exam", text(), server_default="", nullable=False),
        sa.Column("candidate", text(), server_default="", nullable=False),
        sa.Column("name", text(), server_default="", nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", text(64), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("decision", text(), nullable=False),
        sa.Column("held_for", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("decided_by", text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_decisions_digest"), "decisions", ["digest"], unique=False)
    op.create_table(
        "education",
        sa.Column("exam", text(), nullable=False),
        sa.Column("candidate", text(), nullable=False),
        sa.Column("area", text(), nullable=False),
        sa.Column("day", text(), nullable=False),
        sa.Column("activity", text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("exam", "candidate", "area", "day", "activity"),
    )
    op.create_table(
        "erasures",
        sa.Column("kind", text(), nullable=False),
        sa.Column("thing", text(), nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("rule", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("actor", text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "thing"),
    )
    op.create_table(
        "kept_statistics",
        sa.Column("run", text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("form", text(), nullable=False),
        sa.Column("form_digest", text(), nullable=False),
        sa.Column("key_digest", text(), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", "at"),
    )
    op.create_table(
        "ledger_check",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("one = 1"),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "marking_rounds",
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", text(), nullable=False),
        sa.Column("form_digest", text(), nullable=False),
        sa.Column("actor", text(), nullable=False),
        sa.Column("within", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("round"),
    )
    op.create_table(
        "result_acts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", text(), nullable=False),
        sa.Column("run", text(), server_default="", nullable=False),
        sa.Column("form", text(), server_default="", nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("candidate", text(), server_default="", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("actor", text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "settlements",
        sa.Column("sitting", text(), nullable=False),
        sa.Column("thing", text(64), nullable=False),
        sa.Column("words", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("actor", text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sitting", "thing"),
    )
    op.create_table(
        "certificate_acts",
        sa.Column("number", text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", text(), nullable=False),
        sa.Column("basis", text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", text(), server_default="", nullable=False),
        sa.Column("actor", text(), server_default="", nullable=False),
        sa.Column("run", text(), server_default="", nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("badge", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"],
            ["certificates.number"],
        ),
        sa.PrimaryKeyConstraint("number", "version"),
        sa.UniqueConstraint("basis"),
    )
    op.create_table(
        "marking_tasks",
        sa.Column("task", text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("role", text(), nullable=False),
        sa.Column("marker", text(), nullable=False),
        sa.Column("sitting", text(), nullable=False),
        sa.Column("candidate", text(), nullable=False),
        sa.Column("item", text(), nullable=False),
        sa.Column("answer", text(), nullable=False),
        sa.Column("record", text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round"],
            ["marking_rounds.round"],
        ),
        sa.PrimaryKeyConstraint("task"),
        sa.UniqueConstraint("sitting", "candidate", "attempt", "item", "answer", "marker"),
    )
    op.create_table(
        "marking_marks",
        sa.Column("task", text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task"],
            ["marking_tasks.task"],
        ),
        sa.PrimaryKeyConstraint("task"),
    )
    op.create_index("bundles_by_sitting", "bundles", ["sitting"], unique=False)
    op.create_index("closing_lines_by_seat", "closing_lines", ["sitting", "candidate"], unique=False)
    op.drop_index(op.f("records_by_session"), table_name="records")
    op.create_index("records_by_session", "records", ["session", "kiosk"], unique=False)
    op.create_index(
        "refused_by_bundle",
        "records",
        ["bundle"],
        unique=False,
        sqlite_where=sa.text("facts IS NULL"),
        postgresql_where=sa.text("facts IS NULL"),
    )
    known = sa.table("ledger_check", sa.column("one", sa.Integer), sa.column("known", sa.LargeBinary))
    op.bulk_insert(known, [{"one": 1, "known": b"exam-kiosk ledger"}])
    for statement in triggers(APPEND_ONLY, op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", r"\:")))

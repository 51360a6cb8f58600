"""Version 0001: the ledger as it was before it named a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from results.centre.append_only import triggers
from results.centre.migrations.columns import text

revision, down_revision = "0001", None


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "bundles",
        sa.Column("digest", text(64), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("reason", text(), server_default="", nullable=False),
        sa.Column("sentence", text(), server_default="", nullable=False),
        sa.Column("source", text(), server_default="", nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("mode", text(), server_default="", nullable=False),
        sa.Column("proctor", text(), server_default="", nullable=False),
        sa.Column("head", text(), server_default="", nullable=False),
        sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("imported_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("holds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("closing", sa.LargeBinary(), nullable=True),
        sa.Column("journal", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('admitted', 'repeat', 'quarantined')"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "records",
        sa.Column("digest", text(64), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("reason", text(), server_default="", nullable=False),
        sa.Column("sentence", text(), server_default="", nullable=False),
        sa.Column("source", text(), server_default="", nullable=False),
        sa.Column("session", text(), server_default="", nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("mode", text(), server_default="", nullable=False),
        sa.Column("kiosk", text(), server_default="", nullable=False),
        sa.Column("candidate", text(), server_default="", nullable=False),
        sa.Column("outcome", text(), server_default="", nullable=False),
        sa.Column("form_digest", text(), server_default="", nullable=False),
        sa.Column("head", text(), server_default="", nullable=False),
        sa.Column("bundle", text(), server_default="", nullable=False),
        sa.Column("moved_from", text(), server_default="", nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("imported_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("heads", sa.LargeBinary(), nullable=True),
        sa.Column("behind", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state = 'quarantined' OR (facts IS NOT NULL AND session <> '' AND candidate <> '')"
        ),
        sa.CheckConstraint("state IN ('admitted', 'repeat', 'quarantined')"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(
        "one_record_a_session",
        "records",
        ["kiosk", "session"],
        unique=True,
        sqlite_where=sa.text("state = 'admitted'"),
        postgresql_where=sa.text("state = 'admitted'"),
    )
    op.create_index(
        "one_record_an_attempt",
        "records",
        ["sitting", "candidate", "attempt"],
        unique=True,
        sqlite_where=sa.text("state = 'admitted'"),
        postgresql_where=sa.text("state = 'admitted'"),
    )
    op.create_index("records_by_seat", "records", ["sitting", "candidate"], unique=False)
    op.create_index("records_by_session", "records", ["kiosk", "session"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run", text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("exam", text(), server_default="", nullable=False),
        sa.Column("form", text(), server_default="", nullable=False),
        sa.Column("form_digest", text(), server_default="", nullable=False),
        sa.Column("key_digest", text(), server_default="", nullable=False),
        sa.Column("table_digest", text(), server_default="", nullable=False),
        sa.Column("software", text(), server_default="", nullable=False),
        sa.Column("key_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
    )
    op.create_table(
        "closing_lines",
        sa.Column("bundle", text(64), nullable=False),
        sa.Column("candidate", text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("state", text(), server_default="", nullable=False),
        sa.Column("kiosk", text(), server_default="", nullable=False),
        sa.Column("session", text(), server_default="", nullable=False),
        sa.Column("record", text(), server_default="", nullable=False),
        sa.Column("head", text(), server_default="", nullable=False),
        sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle"],
            ["bundles.digest"],
        ),
        sa.PrimaryKeyConstraint("bundle", "candidate"),
    )
    op.create_table(
        "scores",
        sa.Column("run", text(), nullable=False),
        sa.Column("record", text(64), nullable=False),
        sa.Column("session", text(), server_default="", nullable=False),
        sa.Column("sitting", text(), server_default="", nullable=False),
        sa.Column("candidate", text(), server_default="", nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("raw", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scaled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["records.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["run"],
            ["runs.run"],
        ),
        sa.PrimaryKeyConstraint("run", "record"),
        sa.UniqueConstraint("run", "sitting", "candidate", "attempt"),
    )
    for statement in triggers({"runs": "", "scores": ""}, op.get_bind().dialect.name):
        op.execute(statement)

"""The decisions of persons about files: each is written once; the last one on a file is in force."""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.tables import METADATA, append_only

decisions = sa.Table(
    "decisions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    # `bundle` or `record`, what was decided, and the code for which the file was held then.
    *(sa.Column(name, sa.String, nullable=False) for name in ("kind", "decision", "held_for")),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("decided_at", sa.BigInteger, nullable=False),
)
append_only(decisions)

"""The table of what persons have explained of a sitting's reconciliation; no row is ever changed, and none goes."""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.tables import METADATA, append_only

settlements = append_only(
    sa.Table(
        "settlements",
        METADATA,
        sa.Column("sitting", sa.String, primary_key=True),
        # The whole of what reconciliation said, and its SHA-256: with other words it is another thing.
        sa.Column("thing", sa.String(64), primary_key=True),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
)

"""The table of acts on results. A row is an act of a person; it is never changed and never goes."""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.tables import METADATA, append_only


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False, server_default="")


result_acts = append_only(
    sa.Table(
        "result_acts",
        METADATA,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String, nullable=False),
        # What the act is about; an empty word, or attempt 0, leaves that open.
        *(_word(name) for name in ("run", "form", "sitting", "candidate")),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
)

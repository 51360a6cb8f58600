"""The tables of marking. A row is never changed and never goes: a mark that was given stands."""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.tables import METADATA, append_only


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


marking_rounds = append_only(
    sa.Table(
        "marking_rounds",
        METADATA,
        sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
        *(_word(name) for name in ("form", "form_digest", "actor")),
        # How far two marks may be apart, in thousandths of a point, and when the round was made.
        *(_number(name) for name in ("within", "made_at")),
        # What task numbers and the sharing out are drawn from.
        sa.Column("seed", sa.LargeBinary, nullable=False),
    )
)

marking_tasks = append_only(
    sa.Table(
        "marking_tasks",
        METADATA,
        sa.Column("task", sa.String, primary_key=True),
        sa.Column("round", sa.ForeignKey("marking_rounds.round"), nullable=False),
        # A text is an attempt's answer to an item, by the SHA-256 of its words.
        *(_word(name) for name in ("role", "marker", "sitting", "candidate", "item", "answer", "record")),
        *(_number(name) for name in ("attempt", "most")),
        sa.UniqueConstraint("sitting", "candidate", "attempt", "item", "answer", "marker"),
    )
)

marking_marks = append_only(
    sa.Table(
        "marking_marks",
        METADATA,
        sa.Column("task", sa.ForeignKey("marking_tasks.task"), primary_key=True),
        *(_number(name) for name in ("points", "given_at")),
        _word("actor"),
    )
)

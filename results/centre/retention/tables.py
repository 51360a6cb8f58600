"""The tables of what was erased and of the statistics that stay, and which rows may go once an erasure is entered.

Rules.
1. Every thing that goes has a row in `erasures` first; no row of that table ever goes.
2. Runs and scores, which are never changed, may go where the run has such a row, and only there; marks of long texts
   where the record has one.
"""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.marking.tables import marking_marks, marking_tasks
from results.centre.tables import METADATA, append_only, runs, scores

erasures = append_only(
    sa.Table(
        "erasures",
        METADATA,
        # `thing` is the digest of a record or bundle, a run's name or a certificate's number; no person is named.
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("thing", sa.String, primary_key=True),
        sa.Column("sitting", sa.String, nullable=False, server_default=""),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
    )
)

kept_statistics = append_only(
    sa.Table(
        "kept_statistics",
        METADATA,
        sa.Column("run", sa.String, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("form_digest", sa.String, nullable=False),
        sa.Column("key_digest", sa.String, nullable=False),
        sa.Column("persons", sa.BigInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
)

append_only(runs, unless="EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.run)")
append_only(scores, unless="EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.run)")
append_only(marking_tasks, unless="EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.record)")
append_only(
    marking_marks,
    unless="EXISTS (SELECT 1 FROM erasures, marking_tasks "
    "WHERE marking_tasks.task = OLD.task AND erasures.thing = marking_tasks.record)",
)

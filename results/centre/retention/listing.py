"""What was erased, and the statistics that were kept, as values."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from keys.clock import utc
from keys.encoding import decode
from results.centre.books import Books
from results.centre.retention.statistics import KeptStatistics
from results.centre.retention.tables import erasures, kept_statistics
from results.centre.tables import ERASED, records


def gone(books: Books) -> list[dict[str, object]]:
    """Every thing that was erased, oldest first."""
    query = sa.select(erasures).order_by(erasures.c.at, erasures.c.kind, erasures.c.thing)
    return [
        {
            "kind": row.kind,
            "thing": row.thing,
            "sitting": row.sitting,
            "rule": row.rule,
            "reason": row.reason,
            "by": row.actor,
            "at": utc(row.at),
            "rows": row.rows,
        }
        for row in books.connection.execute(query)
    ]


def erased_records(books: Books, form_digest: str) -> int:
    """How many records of a form were erased; no run scores them any more."""
    query = sa.select(sa.func.count()).where(records.c.reason == ERASED, records.c.form_digest == form_digest)
    return int(books.connection.execute(query).scalar_one())


def statistics_kept(books: Books) -> list[dict[str, object]]:
    """The statistics of every erasure, oldest first; `counts` is the count table in base64."""
    query = sa.select(kept_statistics.c.at, kept_statistics.c.document).order_by(
        kept_statistics.c.at, kept_statistics.c.run
    )
    return [
        {
            **msgspec.to_builtins(decode(row.document, KeptStatistics, name="kept statistics")),
            "at": utc(row.at),
        }
        for row in books.connection.execute(query)
    ]

"""The score runs of the ledger, each with how many it scored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from results.centre.books import Books
from results.centre.tables import runs, scores


def listed(books: Books) -> list[sa.Row[Any]]:
    """The runs without their documents, oldest first, each with how many were `scored` and `passed`."""
    passed = sa.func.sum(sa.case((scores.c.passed, 1), else_=0))
    counted = (
        sa.select(scores.c.run, sa.func.count().label("scored"), passed.label("passed"))
        .group_by(scores.c.run)
        .subquery()
    )
    columns = [column for column in runs.c if column.name != "document"]
    query = sa.select(
        *columns,
        sa.func.coalesce(counted.c.scored, 0).label("scored"),
        sa.func.coalesce(counted.c.passed, 0).label("passed"),
    ).select_from(runs.outerjoin(counted, runs.c.run == counted.c.run))
    return list(books.connection.execute(query.order_by(runs.c.made_at, runs.c.run)))

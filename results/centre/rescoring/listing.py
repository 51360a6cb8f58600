"""The score runs of the ledger, each with how many it scored, how many of them pass, and how many are withheld."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from results.centre.books import Books
from results.centre.standing.books import standings
from results.centre.tables import runs, scores


def listed(books: Books) -> list[sa.Row[Any]]:
    """The runs without their documents, oldest first, each with how many were `scored`."""
    counted = sa.select(scores.c.run, sa.func.count().label("scored")).group_by(scores.c.run).subquery()
    columns = [column for column in runs.c if column.name != "document"]
    query = sa.select(*columns, sa.func.coalesce(counted.c.scored, 0).label("scored")).select_from(
        runs.outerjoin(counted, runs.c.run == counted.c.run)
    )
    return list(books.connection.execute(query.order_by(runs.c.made_at, runs.c.run)))


def passed_withheld(books: Books, run: str) -> tuple[int, int]:
    """How many results of a run that may be told pass, and how many are held or invalidated, whatever they are."""
    held = standings(books, run)
    query = sa.select(scores.c.sitting, scores.c.candidate, scores.c.attempt).where(
        scores.c.run == run, scores.c.passed
    )
    passed = sum(tuple(row) not in held for row in books.connection.execute(query))
    return passed, len(held)

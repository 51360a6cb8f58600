"""The acts on results in the ledger: entering one, reading all, and how the results of a run stand."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from results.centre.books import Books
from results.centre.standing.rules import Act, Kind, Scope, Standing, check, standing
from results.centre.standing.tables import result_acts
from results.centre.tables import runs, scores

Result = tuple[str, str, int]
"""A result of a run: sitting, candidate, attempt."""


def acts(books: Books) -> list[Act]:
    """Every act on results, oldest first."""
    rows = books.connection.execute(sa.select(result_acts).order_by(result_acts.c.number))
    return [
        Act(
            Kind(row.act),
            Scope(row.run, row.form, row.sitting, row.candidate, row.attempt),
            row.reason,
            row.actor,
            row.at,
        )
        for row in rows
    ]


def enter(books: Books, act: Act) -> int:
    """Enter an act and return its number. Raises as `check`."""
    check(act, acts(books))
    number = books.connection.execute(sa.select(sa.func.max(result_acts.c.number))).scalar() or 0
    scope = act.scope
    row = {
        "number": number + 1,
        "act": act.kind.value,
        "run": scope.run,
        "form": scope.form,
        "sitting": scope.sitting,
        "candidate": scope.candidate,
        "attempt": scope.attempt,
        "reason": act.reason,
        "actor": act.by,
        "at": act.at,
    }
    books.connection.execute(sa.insert(result_acts).values(**row))
    return int(number) + 1


def standings(books: Books, run: str) -> Mapping[Result, Standing]:
    """How the results of a run stand that are not free, by (sitting, candidate, attempt)."""
    done = acts(books)
    if not done:
        return {}
    form = books.connection.execute(sa.select(runs.c.form).where(runs.c.run == run)).scalar() or ""
    query = sa.select(scores.c.sitting, scores.c.candidate, scores.c.attempt).where(scores.c.run == run)
    found: dict[Result, Standing] = {}
    for row in books.connection.execute(
        query.order_by(scores.c.sitting, scores.c.candidate, scores.c.attempt)
    ):
        stands = standing(Scope(run, form, row.sitting, row.candidate, row.attempt), done)
        if stands is not None:
            found[row.sitting, row.candidate, row.attempt] = stands
    return found

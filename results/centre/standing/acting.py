"""Doing an act on results: what it is about must be something that the centre knows."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from exam_packages.sitting_plan import SittingPlan
from results.centre.books import Books
from results.centre.office import Centre
from results.centre.reconciling.gathering import planned
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, ActScopeError, Scope
from results.centre.tables import records, runs, scores


def act(centre: Centre, one: Act) -> tuple[Act, int, int]:
    """Enter an act: as it was entered, its number, and how many results of the runs there are it is about.

    Raises `ActScopeError`, or as `rules.check`.
    """
    known = centre.plan(one.scope.sitting) if one.scope.sitting else None
    with centre.ledger.transaction() as books:
        scope = _known(books, one.scope, known.plan if known else None)
        entered = dataclasses.replace(one, scope=scope)
        return entered, enter(books, entered), _results(books, scope)


def unknown(centre: Centre, sitting: str, candidate: str) -> str:
    """What of these nobody has heard of, as `sitting X` or `candidate X`; empty where both are known or not named."""
    plans = [centre.plan(sitting)] if sitting else map(centre.plan, planned(centre))
    rosters = [one.plan.roster for one in plans if one is not None]
    with centre.ledger.reading() as books:
        if sitting and not rosters and not _any(books, records.c.sitting == sitting):
            return f"sitting {sitting}"
        named = any(entry.candidate == candidate for roster in rosters for entry in roster)
        if candidate and not named and not _any(books, records.c.candidate == candidate):
            return f"candidate {candidate}"
    return ""


def _known(books: Books, scope: Scope, plan: SittingPlan | None) -> Scope:
    """What an act is about, with the form of its sitting. Raises `ActScopeError` for what nobody has heard of."""
    sitting = records.c.sitting == scope.sitting if scope.sitting else sa.true()
    attempt = records.c.attempt == scope.attempt if scope.attempt else sa.true()
    planned = plan is not None and any(
        one.candidate == scope.candidate and scope.attempt in {0, one.attempt} for one in plan.roster
    )
    of_plan = plan is not None and plan.form == scope.form
    seat = sa.and_(sitting, attempt, records.c.candidate == scope.candidate)
    demands = (
        ("run", scope.run, False, runs.c.run == scope.run),
        ("form", scope.form, of_plan, runs.c.form == scope.form),
        ("sitting", scope.sitting, plan is not None, sitting),
        ("candidate", scope.candidate, planned, seat),
    )
    for name, word, known, condition in demands:
        if word and not known and not _any(books, condition):
            raise ActScopeError(detail=f"the centre knows no {name} {word} of which that could be said")
    return dataclasses.replace(scope, form=scope.form or (plan.form if plan else ""))


def _any(books: Books, condition: sa.ColumnElement[bool]) -> bool:
    return books.connection.execute(sa.select(sa.literal(1)).where(condition).limit(1)).first() is not None


def _results(books: Books, scope: Scope) -> int:
    joined = scores.join(runs, scores.c.run == runs.c.run)
    columns = (scores.c.run, runs.c.form, scores.c.sitting, scores.c.candidate, scores.c.attempt)
    named = [column == word for column, word in zip(columns, scope.words(), strict=True) if word]
    return int(
        books.connection.execute(sa.select(sa.func.count()).select_from(joined).where(*named)).scalar_one()
    )

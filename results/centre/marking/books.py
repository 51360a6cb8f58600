"""Marking in the ledger: rounds, tasks, marks, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from exam_packages.interactions import ItemId, Response, TypedText
from keys.encoding import Digest, digest
from results.centre.books import Books
from results.centre.marking.rules import Role, Task, Text, by_text, stage
from results.centre.marking.tables import marking_marks, marking_rounds, marking_tasks

FinalMarks = dict[Text, int]


def answer_digest(response: TypedText) -> Digest:
    """The digest by which a text is known."""
    return digest(response.text.encode())


def tasks(books: Books, form_digest: Digest | None = None) -> list[Task]:
    """Every task, or those of one form, with the mark that was given for it, by number."""
    query = (
        sa.select(marking_tasks, marking_rounds.c.within, marking_marks.c.points)
        .join(marking_rounds, marking_rounds.c.round == marking_tasks.c.round)
        .join(marking_marks, marking_marks.c.task == marking_tasks.c.task, isouter=True)
        .order_by(marking_tasks.c.task)
    )
    if form_digest is not None:
        query = query.where(marking_rounds.c.form_digest == form_digest)
    return [_task(row) for row in books.connection.execute(query)]


def open_round(books: Books, values: dict[str, object]) -> int:
    """Enter a round and return its number."""
    newest = books.connection.execute(sa.select(sa.func.max(marking_rounds.c.round))).scalar() or 0
    books.connection.execute(sa.insert(marking_rounds).values(round=newest + 1, **values))
    return int(newest) + 1


def add_tasks(books: Books, made: Iterable[Task]) -> None:
    """Enter new tasks."""
    rows = [
        {
            "task": one.task,
            "round": one.round,
            "role": one.role.value,
            "marker": one.marker,
            "record": one.record,
            "most": one.most,
            **one.text._asdict(),
        }
        for one in made
    ]
    if rows:
        books.connection.execute(sa.insert(marking_tasks), rows)


def add_marks(books: Books, marks: Sequence[tuple[str, int]], by: str, at: int) -> None:
    """Enter the marks of tasks that have none, in thousandths."""
    rows = [{"task": task, "points": points, "actor": by, "given_at": at} for task, points in marks]
    if rows:
        books.connection.execute(sa.insert(marking_marks), rows)


def final_marks(books: Books, form_digest: Digest) -> FinalMarks:
    """The final marks of a form's texts, in thousandths."""
    found = {text: stage(given)[1] for text, given in by_text(tasks(books, form_digest)).items()}
    return {text: points for text, points in found.items() if points is not None}


def marks_of(
    final: FinalMarks, seat: tuple[str, str, int], responses: dict[ItemId, Response]
) -> dict[ItemId, int]:
    """The final marks of one attempt's long texts; a mark counts only for the very words that were marked."""
    found: dict[ItemId, int] = {}
    for item, response in responses.items():
        if isinstance(response, TypedText) and final:
            points = final.get(Text(*seat, item, answer_digest(response)))
            if points is not None:
                found[item] = points
    return found


def _task(row: sa.Row[Any]) -> Task:
    return Task(
        row.task,
        row.round,
        Role(row.role),
        row.marker,
        Text(row.sitting, row.candidate, row.attempt, row.item, Digest(row.answer)),
        Digest(row.record),
        row.most,
        row.within,
        row.points,
    )

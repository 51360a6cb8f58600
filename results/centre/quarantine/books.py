"""The books of decisions: what was decided about a file, by whom and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from keys.encoding import Digest, Instant
from results.centre.books import Books, batched
from results.centre.deciding import Word
from results.centre.quarantine.tables import decisions
from results.centre.tables import records


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a file: `kind` is bundle or record, `held_for` the code it was held for then."""

    digest: Digest
    kind: str
    word: Word
    reason: str
    by: str
    at: Instant
    held_for: str = ""


def decide_on(books: Books, one: Decision) -> None:
    """Write a decision down; it takes the place of an earlier one, which stays to be read."""
    row = {
        "digest": one.digest,
        "kind": one.kind,
        "decision": one.word.value,
        "held_for": one.held_for,
        "reason": one.reason,
        "decided_by": one.by,
        "decided_at": one.at,
    }
    books.connection.execute(sa.insert(decisions).values(row))


def decided(books: Books, digests: Collection[Digest]) -> dict[Digest, Decision]:
    """The decision in force on each of these files on which there is one."""
    found: dict[Digest, Decision] = {}
    for some in batched(sorted(digests)):
        query = sa.select(decisions).where(decisions.c.digest.in_(some)).order_by(decisions.c.number)
        found |= {one.digest: one for one in map(_decision, books.connection.execute(query))}
    return found


def words(books: Books, digests: Collection[Digest]) -> Mapping[Digest, Word]:
    """The same, as settling takes it."""
    return {found: one.word for found, one in decided(books, digests).items()}


def watched(books: Books) -> dict[Digest, set[Digest]]:
    """The files on which there is a decision, each by its own digest and by that of the bundle that it came in."""
    found: dict[Digest, set[Digest]] = {}
    inside = decisions.outerjoin(records, records.c.digest == decisions.c.digest)
    query = sa.select(decisions.c.digest, records.c.bundle).select_from(inside).distinct()
    for row in books.connection.execute(query):
        for one in (row.digest, row.bundle):
            if one:
                found.setdefault(one, set()).add(row.digest)
    return found


def history(books: Books, digest: Digest) -> list[Decision]:
    """Every decision on a file, oldest first."""
    query = sa.select(decisions).where(decisions.c.digest == digest).order_by(decisions.c.number)
    return [_decision(row) for row in books.connection.execute(query)]


def every(books: Books) -> tuple[Decision, ...]:
    """Every decision there is, oldest first."""
    query = sa.select(decisions).order_by(decisions.c.number)
    return tuple(_decision(row) for row in books.connection.execute(query))


def _decision(row: sa.Row[Any]) -> Decision:
    word = Word(row.decision)
    return Decision(row.digest, row.kind, word, row.reason, row.decided_by, row.decided_at, row.held_for)

"""The quarantine as pages tell it: each held file, why, what stands beside it, and what persons decided.

What could be admitted is not told here: that needs the file judged again, which `results quarantine show` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from keys.text import sanitise
from results.centre.books import Books
from results.centre.quarantine.books import Decision, every
from results.centre.quarantine.telling import Other, beside
from results.centre.reasons import RejectedError
from results.centre.tables import ERASED, State, bundles, records

_SAID = ("mode", "kiosk", "session", "candidate", "attempt", "outcome", "entries")


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file in quarantine, or one that a person has decided on.

    `said` are facts of its header in words, believed only where the file is sound; `page` is what the closing page says
    of its candidate. `imported_at` is wall ms.
    """

    kind: str
    digest: str
    source: str
    sitting: str
    size: int
    state: str
    reason: str
    sentence: str
    imported_at: int
    said: tuple[tuple[str, str], ...]
    page: str
    others: tuple[Other, ...]
    decisions: tuple[Decision, ...]

    @property
    def waits(self) -> bool:
        """Whether it waits for a person."""
        return self.state == State.QUARANTINED.value and self.reason != RejectedError.code

    @property
    def path(self) -> str:
        """Its page in the folder."""
        return f"quarantine/{self.digest[:16]}.html"


def held_files(books: Books) -> tuple[tuple[HeldFile, ...], tuple[Decision, ...]]:
    """Every file that is held or was decided on, and every decision, oldest first."""
    decisions = every(books)
    by_file: dict[str, list[Decision]] = {}
    for one in decisions:
        by_file.setdefault(one.digest, []).append(one)
    found = {row.digest: (kind, row.size) for kind, row in books.quarantine()}
    wanted = {"bundle": bundles, "record": records}
    files: list[HeldFile] = []
    for kind, table in wanted.items():
        digests = {digest for digest, (said, _) in found.items() if said == kind}
        digests |= {one.digest for one in decisions if one.kind == kind}
        for digest in sorted(digests):
            row = _row(books, table, digest)
            if row is not None:
                size = found.get(digest, ("", 0))[1]
                files.append(_held(books, kind, row, size, tuple(by_file.get(digest, ()))))
    return tuple(files), decisions


def _row(books: Books, table: sa.Table, digest: str) -> sa.Row[Any] | None:
    left_out = {"file", "closing", "journal", "heads", "behind"}
    columns = [column for column in table.c if column.name not in left_out]
    return books.connection.execute(sa.select(*columns).where(table.c.digest == digest)).one_or_none()


def _held(books: Books, kind: str, row: sa.Row[Any], size: int, decisions: tuple[Decision, ...]) -> HeldFile:
    sound = kind == "record" and row.facts is not None and row.reason != ERASED
    others, page = beside(books, row) if sound else ((), "")
    said = tuple(
        (name, sanitise(str(value), limit=100))
        for name in _SAID
        if (value := getattr(row, name, "")) not in {"", 0}
    )
    return HeldFile(
        kind,
        row.digest,
        sanitise(row.source, limit=400),
        row.sitting,
        size,
        row.state,
        row.reason,
        sanitise(row.sentence, limit=600),
        row.imported_at,
        said,
        page,
        others,
        decisions,
    )

"""What the ledger holds of persons, with the time that its days count from, as rules.py takes it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from results.centre.books import Books
from results.centre.certificates.register import Register
from results.centre.deciding import Word
from results.centre.quarantine.tables import decisions
from results.centre.retention.rules import ANSWERS, CERTIFICATES, DESKS, SCORES, Held, Plan, Rules, due
from results.centre.retention.tables import erasures
from results.centre.standing.books import acts
from results.centre.standing.rules import HELD, Scope, appeal, standing
from results.centre.tables import ERASED, State, bundles, closing_lines, records, runs, scores

Seat = tuple[str, str, int]
_WAITS = "waits in quarantine for a person"


def make_plan(books: Books, rules: Rules, now: int) -> Plan:
    """What goes at `now` (wall ms)."""
    gone = {
        (row.kind, row.thing)
        for row in books.connection.execute(sa.select(erasures.c.kind, erasures.c.thing))
    }
    return due(rules, holdings(books), now, gone)


def holdings(books: Books) -> Iterator[Held]:
    """Everything with personal data: records, desks, runs with their scores, and certificates."""
    first, kept = _results(books)
    yield from _records(books, first, kept)
    yield from _desks(books, first, kept)
    by_run: dict[str, list[Seat]] = {}
    query = sa.select(scores.c.run, scores.c.sitting, scores.c.candidate, scores.c.attempt)
    for row in books.connection.execute(query):
        by_run.setdefault(row.run, []).append((row.sitting, row.candidate, row.attempt))
    for one in books.connection.execute(sa.select(runs.c.run, runs.c.made_at).order_by(runs.c.run)):
        mine = by_run.get(one.run, [])
        seat = next((seat for seat in mine if seat in kept), ("", "", 0))
        yield Held(SCORES, one.run, seat[0], one.made_at, 1 + len(mine), kept.get(seat, ""), seat[1])
    for entry in Register(books).entries():
        if not entry.erased:
            rows = 1 + len(entry.acts)
            yield Held(CERTIFICATES, entry.number, "", entry.until, rows, candidate=entry.candidate)


def _results(books: Books) -> tuple[dict[Seat, int], dict[Seat, str]]:
    """When each attempt had its first result, and why an attempt is not to be erased."""
    done = acts(books)
    first: dict[Seat, int] = {}
    kept: dict[Seat, str] = {}
    joined = scores.join(runs, scores.c.run == runs.c.run)
    columns = (
        scores.c.run,
        runs.c.form,
        runs.c.made_at,
        scores.c.sitting,
        scores.c.candidate,
        scores.c.attempt,
    )
    for row in books.connection.execute(sa.select(*columns).select_from(joined)):
        seat = (row.sitting, row.candidate, row.attempt)
        first[seat] = min(row.made_at, first.get(seat, row.made_at))
        result = Scope(row.run, row.form, *seat)
        stands = standing(result, done) if done else None
        if stands and stands.state == HELD:
            kept[seat] = "held"
        elif done and appeal(result, done) == "open":
            kept[seat] = "under appeal"
    return first, kept


def _records(books: Books, first: dict[Seat, int], kept: dict[Seat, str]) -> Iterator[Held]:
    rejected = _rejected(books)
    names = ("digest", "state", "sitting", "candidate", "attempt", "imported_at")
    query = sa.select(*(records.c[name] for name in names)).where(records.c.reason != ERASED)
    for row in books.connection.execute(query.order_by(records.c.digest)):
        seat = (row.sitting, row.candidate, row.attempt)
        waits = row.state == State.QUARANTINED.value and row.digest not in rejected
        why = _WAITS if waits else kept.get(seat, "")
        since = first.get(seat, row.imported_at)
        yield Held(ANSWERS, row.digest, row.sitting, since, 1, why, row.candidate)


def _desks(books: Books, first: dict[Seat, int], kept: dict[Seat, str]) -> Iterator[Held]:
    last: dict[str, int] = {}
    for (sitting, _, _), at in first.items():
        last[sitting] = max(at, last.get(sitting, at))
    why = {sitting: (words, candidate) for (sitting, candidate, _), words in sorted(kept.items())}
    lines = sa.select(closing_lines.c.bundle, sa.func.count()).group_by(closing_lines.c.bundle)
    rejected = _rejected(books)
    counted: dict[str, int] = dict(books.connection.execute(lines).all())
    query = sa.select(bundles.c.digest, bundles.c.state, bundles.c.sitting, bundles.c.imported_at)
    for row in books.connection.execute(query.order_by(bundles.c.digest)):
        waits = row.state == State.QUARANTINED.value and row.digest not in rejected
        stays, candidate = (_WAITS, "") if waits else why.get(row.sitting, ("", ""))
        since = last.get(row.sitting, row.imported_at)
        yield Held(DESKS, row.digest, row.sitting, since, 1 + counted.get(row.digest, 0), stays, candidate)


def _rejected(books: Books) -> set[str]:
    """The files of which a person's last word is that they count for nothing."""
    said = sa.select(decisions.c.digest, decisions.c.decision).order_by(decisions.c.number)
    last: dict[str, str] = dict(books.connection.execute(said).all())
    return {found for found, word in last.items() if word == Word.REJECT.value}

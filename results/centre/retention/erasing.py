"""Erasing what is due, in one transaction, and keeping the statistics of it.

Rules.
1. The row in `erasures` is written before what it names goes.
2. Of a record its row stays, as a repeat with the reason `erased`: digest, session and journal head, by which a receipt
   is confirmed and the same file never enters again. Of a bundle its row stays likewise.
3. Of a run its row stays, without the document and without its scores; of a certificate its number, dates and acts.
4. The statistics of a run's candidates are kept before their answers go; those of fewer than the rules' least are not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from keys.clock import Stamp
from keys.encoding import Digest, Instant, encode
from keys.statement import Keyring
from results.centre.books import Books, batched, facts_of_row
from results.centre.certificates.register import erase
from results.centre.facts import SessionFacts
from results.centre.marking.tables import marking_marks, marking_tasks
from results.centre.office import Centre
from results.centre.retention.planning import make_plan
from results.centre.retention.rules import ANSWERS, CERTIFICATES, DESKS, SCORES, Held, Plan, Rules
from results.centre.retention.statistics import statistics
from results.centre.retention.tables import erasures, kept_statistics
from results.centre.runs import CandidateScore, RunOlderError, ScoreRun, read_run
from results.centre.standing.rules import ActUnsignedError
from results.centre.tables import ERASED, State, bundles, closing_lines, records, runs, scores


@dataclass(frozen=True, slots=True)
class Applied:
    """What was erased, and of how many candidates statistics were kept, by run."""

    plan: Plan
    kept: dict[str, int]


def apply(centre: Centre, rules: Rules, by: str, reason: str, now: Stamp) -> Applied:
    """Erase all that is due. Raises `ActUnsignedError`, or a `VaultError`, and then nothing was erased."""
    if not by or not reason:
        raise ActUnsignedError(missing="a reason" if by else "the name of the person who does it")
    wipe(centre)
    with centre.ledger.transaction() as books:
        plan = make_plan(books, rules, now.wall)
        kept = _keep(books, plan, rules, now.wall, centre.trusted.keyring)
        rows = [
            {
                "kind": one.kind,
                "thing": one.thing,
                "sitting": one.sitting,
                "rule": rules.words(one.kind),
                "reason": reason,
                "actor": by,
                "at": now.wall,
                "rows": one.rows,
            }
            for one in plan.due
        ]
        if rows:
            books.connection.execute(sa.insert(erasures), rows)
        _erase_records(books, [Digest(one.thing) for one in plan.of(ANSWERS)])
        _erase_marks(books, [Digest(one.thing) for one in plan.of(ANSWERS)])
        _erase_desks(books, [Digest(one.thing) for one in plan.of(DESKS)])
        _erase_runs(books, plan.of(SCORES))
        erase(books, [one.thing for one in plan.of(CERTIFICATES)])
    wipe(centre)
    centre.ledger.store.engine.dispose()
    return Applied(plan, kept)


def wipe(centre: Centre) -> None:
    """Have a ledger in a file overwrite what goes, and throw away the rollback journal, which holds the old pages.

    In PostgreSQL old rows go when the database cleans itself up (VACUUM).
    """
    if centre.ledger.store.is_shared:
        return
    with contextlib.closing(centre.ledger.store.engine.raw_connection()) as raw:
        connection: Any = raw.driver_connection
        connection.set_authorizer(None)  # the next lines are what it forbids; `apply` closes this connection
        for pragma in ("journal_mode = DELETE", "journal_mode = PERSIST", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()


def _keep(books: Books, plan: Plan, rules: Rules, now: int, keyring: Keyring) -> dict[str, int]:
    """Keep the statistics of the candidates whose answers, or of the runs whose scores, go now."""
    going = {one.thing for one in plan.of(ANSWERS)}
    runs_going = {one.thing for one in plan.of(SCORES)}
    before = {row.run for row in books.connection.execute(sa.select(kept_statistics.c.run))}
    told: set[str] = set()
    kept: dict[str, int] = {}
    query = sa.select(runs.c.run, runs.c.document).order_by(runs.c.made_at.desc(), runs.c.run)
    for row in books.connection.execute(query).all():
        run = _read(row.document, keyring)
        if run is None:
            continue
        mine = [one for one in run.scores if one.record in going and one.record not in told]
        told |= {one.record for one in mine}
        if row.run in runs_going and row.run not in before and not mine:
            mine = list(run.scores)
        if len(mine) >= rules.least:
            _put(books, run, mine, now)
            kept[row.run] = len(mine)
    return kept


def _read(document: bytes | None, keyring: Keyring) -> ScoreRun | None:
    """The run, or None where it was erased or an earlier program made it, of which no statistics are kept."""
    try:
        return read_run(document, keyring) if document else None
    except RunOlderError:
        return None


def _put(books: Books, run: ScoreRun, found: Sequence[CandidateScore], now: int) -> None:
    rows = books.facts_of([one.record for one in found])
    facts = {record: facts_of_row(row) for record, row in rows.items()}
    row = {
        "run": run.run,
        "at": now,
        "form": run.form,
        "form_digest": run.form_digest,
        "key_digest": run.key_digest,
        "persons": len(found),
        "document": encode(statistics(run, found, facts)),
    }
    books.connection.execute(sa.insert(kept_statistics).values(row))


def _erase_records(books: Books, things: Sequence[Digest]) -> None:
    """Take out of records all but what a receipt needs; a file that is none stays as rejected, without its bytes."""
    facts = books.facts_of(things)
    for digest in things:
        bare: dict[str, object] = {"file": b"", "source": "", "sentence": ""}
        if row := facts.get(digest):
            stub = encode(_stub(facts_of_row(row)))
            bare |= {
                "state": State.REPEAT.value,
                "reason": ERASED,
                "facts": stub,
                "heads": b"",
                "behind": None,
            }
        books.connection.execute(sa.update(records).where(records.c.digest == digest).values(bare))


def _erase_marks(books: Books, things: Sequence[Digest]) -> None:
    """Take out who marked what of these records."""
    for some in batched(things):
        tasks = sa.select(marking_tasks.c.task).where(marking_tasks.c.record.in_(some))
        books.connection.execute(sa.delete(marking_marks).where(marking_marks.c.task.in_(tasks)))
        books.connection.execute(sa.delete(marking_tasks).where(marking_tasks.c.record.in_(some)))


def _stub(told: SessionFacts) -> SessionFacts:
    """Facts that say nothing but what a receipt code is made from, and of which row they are."""
    never = Instant(0)
    last = told.final_head, told.final_count
    return SessionFacts(never, never, never, 0, 0, 0, 0, 0, (), (), "", "", *last, (), (), (), "", of=told.of)


def _erase_desks(books: Books, things: Sequence[Digest]) -> None:
    for some in batched(things):
        books.connection.execute(sa.delete(closing_lines).where(closing_lines.c.bundle.in_(some)))
        gone = {"file": None, "closing": None, "journal": None, "source": "", "sentence": ""}
        books.connection.execute(sa.update(bundles).where(bundles.c.digest.in_(some)).values(gone))


def _erase_runs(books: Books, things: Sequence[Held]) -> None:
    for one in things:
        books.connection.execute(sa.delete(scores).where(scores.c.run == one.thing))
        books.connection.execute(sa.update(runs).where(runs.c.run == one.thing).values(document=b""))

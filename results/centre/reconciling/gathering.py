"""Reading what the ledger holds of each published sitting, and reconciling it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exam_packages.sitting_plan import Mode, SittingPlan
from keys.encoding import Instant
from keys.errors import ExamKioskError
from results.centre.books import Books, facts_of_row
from results.centre.facts import SessionFacts
from results.centre.office import Centre
from results.centre.reasons import RejectedError
from results.centre.reconciling.books import settle, settled
from results.centre.reconciling.reconcile import reconcile
from results.centre.reconciling.values import Arrived, Reconciliation, Record, SettledBy
from results.centre.retention.rules import DESKS
from results.centre.retention.tables import erasures
from results.centre.tables import ERASED, State, records
from results.wire.journal import SittingEntry, lines, read

_BEFORE, _AFTER = "sittings/", "/plan.eks"


class SittingUnknownError(ExamKioskError):
    """There is no published plan of this sitting."""

    code = "sitting-unknown"
    what = "The centre has published no plan of a live sitting {sitting}."
    next_step = "Check the sitting's id; `results reconcile` without it lists every one."


def planned(centre: Centre) -> list[str]:
    """Every sitting of which a plan is published."""
    return sorted(
        name.removeprefix(_BEFORE).removesuffix(_AFTER)
        for name in centre.trusted.targets
        if name.startswith(_BEFORE) and name.endswith(_AFTER)
    )


def reconciliation(centre: Centre, now: int, sitting: str = "") -> Reconciliation:
    """Every published live sitting reconciled at `now` (wall ms), or only this one.

    Raises `SittingUnknownError`, or the errors of `Centre.plan`.
    """
    plans = [
        known.plan
        for name in ([sitting] if sitting else planned(centre))
        if (known := centre.plan(name)) and known.plan.mode is Mode.LIVE
    ]
    if sitting and not plans:
        raise SittingUnknownError(sitting=sitting)
    with centre.ledger.reading() as books:
        states = [reconcile(gather(books, plan), now) for plan in plans]
        held = [] if sitting else [row for _, row in books.quarantine() if _is_stray(row)]
        of_files = [] if sitting else books.sittings()
    ordered = tuple(sorted(states, key=lambda one: (one.site, one.opens_at, one.sitting)))
    without = sorted(set(of_files) - set(planned(centre)))
    return Reconciliation(
        now,
        ordered,
        tuple(without),
        tuple(f"{row.source}: {row.sentence}" for row in held),
        whole=not sitting,
    )


def explain(centre: Centre, sitting: str, what: str, who: tuple[str, str, Instant]) -> SettledBy:
    """Enter that a person explains an open thing of a sitting; `who` is name, reason and wall time.

    Raises `SittingUnknownError`, or as `settle` and `Centre.plan`.
    """
    known = centre.plan(sitting)
    if known is None or known.plan.mode is not Mode.LIVE:
        raise SittingUnknownError(sitting=sitting)
    with centre.ledger.transaction() as books:
        return settle(books, reconcile(gather(books, known.plan), who[2]), what, who)


def _is_stray(row: sa.Row[Any]) -> bool:
    """Whether a held file is of no sitting and waits for a person."""
    return not row.sitting and row.reason != RejectedError.code


def gather(books: Books, plan: SittingPlan) -> Arrived:
    """What the ledger holds of a sitting."""
    left_out = {"file", "heads", "behind"}
    columns = [column for column in records.c if column.name not in left_out]
    query = sa.select(*columns).where(records.c.sitting == plan.sitting).order_by(records.c.digest)
    found = tuple(
        Record(
            row.digest,
            row.state,
            row.reason,
            row.kiosk,
            row.session,
            row.candidate,
            row.attempt,
            row.outcome,
            row.entries,
            _facts(row),
        )
        for row in books.connection.execute(query)
    )
    gone = sa.select(erasures.c.thing).where(erasures.c.sitting == plan.sitting, erasures.c.kind == DESKS)
    bundles = books.bundles(plan.sitting)
    return Arrived(
        plan,
        {candidate: line for (_, candidate), line in books.lines(plan.sitting).items()},
        found,
        tuple(tuple(read(lines(raw), SittingEntry)[0]) for raw in books.desk_journals(plan.sitting)),
        tuple(row.sentence for row in bundles if _waits(row)),
        sum(row.state == State.ADMITTED.value for row in bundles),
        books.connection.execute(gone.limit(1)).first() is not None,
        settled(books, plan.sitting),
    )


def _waits(row: sa.Row[Any]) -> bool:
    """Whether a file in quarantine waits for a person: nobody has rejected it."""
    return bool(row.state == State.QUARANTINED.value and row.reason != RejectedError.code)


def _facts(row: sa.Row[Any]) -> SessionFacts | None:
    """What a sound record says that was not erased."""
    if not row.facts or row.reason == ERASED:
        return None
    return facts_of_row(row)

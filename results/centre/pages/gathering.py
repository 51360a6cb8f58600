"""What the review pages are drawn from: one moment of the ledger, with what is published beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from exam_packages.sitting_plan import Mode, SittingPlan
from keys.encoding import Instant
from results.centre.books import Books
from results.centre.certificates.register import Entry, Register
from results.centre.office import Centre
from results.centre.pages.held import HeldFile, held_files
from results.centre.quarantine.books import Decision
from results.centre.reasons import RejectedError
from results.centre.reconciling.gathering import gather, planned
from results.centre.reconciling.reconcile import reconcile
from results.centre.reconciling.values import Reconciliation
from results.centre.rescoring.listing import listed
from results.centre.retention.tables import erasures, kept_statistics
from results.centre.standing.books import Result, acts, standings
from results.centre.standing.rules import Act, Standing
from results.centre.tables import bundles, records


@dataclass(frozen=True, slots=True)
class File:
    """A bundle, or some records that came with it or alike: all of one sitting, state and import.

    `bundle` is the digest of the bundle, empty for records that came loose; `imported_at` and `made_at` are wall ms.
    """

    sitting: str
    source: str
    bundle: str
    state: str
    reason: str
    imported_at: int
    made_at: int
    count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One moment of the ledger at `at` (wall ms).

    `sites` are the names of sites by sitting. `standings` are those results of each run, by its name, that are not
    free. `erasures` are rows of what was erased with how many things, `kept` of the statistics that were kept.
    """

    at: int
    sites: Mapping[str, str]
    reconciled: Reconciliation
    bundles: tuple[File, ...]
    records: tuple[File, ...]
    held: tuple[HeldFile, ...]
    decisions: tuple[Decision, ...]
    runs: tuple[sa.Row[Any], ...]
    acts: tuple[Act, ...]
    standings: Mapping[str, Mapping[Result, Standing]]
    certificates: tuple[Entry, ...]
    erasures: tuple[sa.Row[Any], ...]
    kept: tuple[sa.Row[Any], ...]


def look(centre: Centre, now: Instant) -> Seen:
    """Read all of it at once. Raises the errors of `Centre.plan`, or a `VaultError`."""
    plans = [known.plan for name in planned(centre) if (known := centre.plan(name))]
    with centre.ledger.reading() as books:
        held, decisions = held_files(books)
        rows = listed(books)
        return Seen(
            now,
            {plan.sitting: plan.site for plan in plans},
            _reconciled(books, plans, held, now),
            _bundles(books),
            _records(books),
            held,
            decisions,
            tuple(rows),
            tuple(acts(books)),
            {row.run: standings(books, row.run) for row in rows},
            tuple(Register(books).entries()),
            _erasures(books),
            tuple(books.connection.execute(_kept())),
        )


def _reconciled(
    books: Books, plans: list[SittingPlan], held: tuple[HeldFile, ...], now: Instant
) -> Reconciliation:
    """As `reconciling.gathering.reconciliation`, of this moment."""
    states = [reconcile(gather(books, plan), now) for plan in plans if plan.mode is Mode.LIVE]
    ordered = sorted(states, key=lambda one: (one.site, one.opens_at, one.sitting))
    without = sorted(set(books.sittings()) - {plan.sitting for plan in plans})
    strays = [
        f"{one.source}: {one.sentence}"
        for one in held
        if not one.sitting and one.reason != RejectedError.code
    ]
    return Reconciliation(now, tuple(ordered), tuple(without), tuple(strays))


def _bundles(books: Books) -> tuple[File, ...]:
    names = ("sitting", "source", "digest", "state", "reason", "imported_at", "made_at")
    query = sa.select(*(bundles.c[name] for name in names)).order_by(bundles.c.sitting, bundles.c.digest)
    return tuple(
        File(
            row.sitting, row.source, row.digest, row.state, row.reason, row.imported_at, row.made_at, count=1
        )
        for row in books.connection.execute(query)
    )


def _records(books: Books) -> tuple[File, ...]:
    """Records counted by what they came with; of those that came loose each file stands for itself."""
    loose = sa.case((records.c.bundle == "", records.c.source), else_="")
    columns = (
        records.c.sitting,
        loose.label("file"),
        records.c.bundle,
        records.c.state,
        records.c.reason,
        records.c.imported_at,
    )
    counted = sa.select(*columns, sa.literal(0), sa.func.count()).group_by(*columns).order_by(*columns)
    return tuple(File(*row) for row in books.connection.execute(counted))


def _erasures(books: Books) -> tuple[sa.Row[Any], ...]:
    names = ("at", "kind", "rule", "reason", "actor")
    columns = [erasures.c[name] for name in names]
    query = sa.select(*columns, sa.func.count().label("things"), sa.func.sum(erasures.c.rows).label("gone"))
    return tuple(books.connection.execute(query.group_by(*columns).order_by(*columns)))


def _kept() -> sa.Select[Any]:
    names = ("run", "at", "form", "persons")
    columns = [kept_statistics.c[name] for name in names]
    return sa.select(*columns).order_by(kept_statistics.c.at, kept_statistics.c.run)

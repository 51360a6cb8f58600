"""A station at an event and the centre it hands on to: one world, two ledgers, two recipients of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import msgspec
import sqlalchemy as sa

from exam_packages.scoring_key import ScoringKey
from exam_packages.sitting_plan import seal_plan
from keys.statement import Role
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from results.centre.runs import ScoreRun
from results.centre.sources import sources
from results.centre.tables import bundles, closing_lines, records
from tests.results import builders as b
from tests.results import centres

STATION = b.someone(Role.CENTRE, "station")


def _world() -> b.World:
    world = b.world(3, 4)
    plan = msgspec.structs.replace(world.plan, recipients=(*world.plan.recipients, STATION.identity))
    return dataclasses.replace(world, plan=plan, plan_file=seal_plan(plan, world.registrar))


W = _world()
RECORDS = {0: b.sitting_record(W, 0, 4), 1: b.sitting_record(W, 1, 3), 2: b.sitting_record(W, 2, 1)}
BUNDLE = b.bundle(W, RECORDS)
NOW = b.stamp(24 * b.HOUR)


def carrier(folder: Path) -> Path:
    """The closing carrier: the bundle, a loose record of it, and a damaged one."""
    (folder / "bundles").mkdir(parents=True)
    (folder / "bundles/west.ekb").write_bytes(BUNDLE)
    (folder / "kiosk-01.ekr").write_bytes(RECORDS[0])
    (folder / "damaged.ekr").write_bytes(RECORDS[1][:-1])
    return folder


def station(folder: Path) -> Centre:
    """The station with an empty ledger, or the one that it has."""
    trusted = centres.publish(W, folder / "published")
    return Centre(STATION, trusted, open_ledger(folder, STATION, make=True))


def centre(folder: Path) -> Centre:
    """The centre likewise."""
    trusted = centres.publish(W, folder / "published")
    return Centre(W.centre, trusted, open_ledger(folder, W.centre, make=True))


def taken(at: Centre, *places: Path) -> None:
    """Import everything in these places."""
    import_files(sources(places), at.ledger, at.office(), NOW.wall, lambda _: None)


def scored(at: Centre, folder: Path, key: ScoringKey | None = None) -> ScoreRun:
    """Score what was admitted."""
    inputs = read_inputs(centres.exam_folder(W, folder, key=key), at.trusted.keyring)
    return score_all(at, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


def ledger(at: Centre) -> dict[str, list[tuple[object, ...]]]:
    """Every row of what was imported, but for the name that a file came under."""
    tables: Iterable[sa.Table] = (bundles, records, closing_lines)
    with at.ledger.transaction() as books:
        return {
            table.name: sorted(
                tuple(row)
                for row in books.connection.execute(
                    sa.select(*(one for one in table.c if one.name != "source"))
                )
            )
            for table in tables
        }

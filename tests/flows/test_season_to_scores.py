"""Two simulated sites from plan to score: what the ledger says is what the candidates chose."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keys.clock import SystemClock
from results.centre.importing import import_files, sources
from results.centre.inputs import read_inputs
from results.centre.office import open_centre, score_all
from results.centre.reconciling.gathering import reconciliation
from tests.demo_centre import season
from tests.demo_centre.office import EXAM, Office

SITES = 2


def test_a_season_is_accounted_for_and_scored_as_it_was_answered(tmp_path: Path) -> None:
    """Every authorised candidate has one final state, and every raw score is what counting the choices gives."""
    office = Office(tmp_path, SITES)
    office.hold_ceremony()
    exam, mastered, _ = office.make_exam()
    jobs, true = office.plan(office.enrol(), exam, mastered)
    held = office.hold(jobs)
    now = SystemClock().now()
    centre = open_centre(tmp_path / "centre", office.keys["centre"], now, make=True)
    report = import_files(
        sources([tmp_path / "drives"]), centre.ledger, centre.office(), now.wall, lambda _: None
    )
    assert (report.records.admitted, report.records.quarantined) == (held, 0)
    found = reconciliation(centre, now.wall)
    assert found.open == 0
    assert sum(len(one.seats) for one in found.sittings) == office.count
    assert all(seat.final for one in found.sittings for seat in one.seats)
    inputs = read_inputs(tmp_path / EXAM, centre.trusted.keyring)
    run, _ = score_all(centre, inputs, office.keys["scoring"].signer(), "test", now)
    counted = (true.chosen == np.array(true.keyed)).sum(axis=1)
    person: dict[str, int] = {
        season.number(site, sitting, seat): (site * season.SITTINGS + sitting) * season.KIOSKS + seat
        for site in range(SITES)
        for sitting in range(season.SITTINGS)
        for seat in range(season.KIOSKS)
    }
    assert len(run.scores) == held
    assert {one.candidate: one.score.raw for one in run.scores} == {
        one.candidate: int(counted[person[one.candidate]]) for one in run.scores
    }

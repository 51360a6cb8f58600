"""What a candidate's report is made of: what to study first, errors as the run has them, nothing of a held result."""

from __future__ import annotations

import pytest

from results.centre.report.candidate import CandidateReport, candidate_report
from results.centre.report.held import Standings
from results.centre.runs import CandidateScore
from results.centre.standing.rules import Standing
from results.scoring.bands import Band
from tests.results import builders as b
from tests.results.report.runs import run_of

PLAN = b.world(1, 12).plan


def report(
    right: int, held: Standings | None = None, attempt: int = 1
) -> tuple[CandidateScore, CandidateReport]:
    run = run_of([right], items=12, attempts=[attempt])
    return run.scores[0], candidate_report(run, PLAN, PLAN.roster[0], run.scores[0], b.START, held or {})


def test_the_area_that_lacks_most_comes_first() -> None:
    """With 2 of 6 and 1 of 6 points both areas lie below, and the second one is to be studied first."""
    _, found = report(3)
    assert [(one.points, one.band) for one in found.areas] == [(2.0, Band.BELOW), (1.0, Band.BELOW)]
    assert [one.title for one in found.study] == ["Strategic Planning", "Leadership and Vision"]
    assert report(12)[1].study == ()


def test_errors_are_those_of_the_run() -> None:
    """Points and standard errors of each category and area, and of the scaled score, are the run's."""
    one, found = report(7)
    for lines, tallies in ((found.categories, one.score.categories), (found.areas, one.score.areas)):
        assert [(line.points * 1_000, line.most * 1_000, line.error * 1_000) for line in lines] == [
            pytest.approx((tally.points, tally.most, tally.error)) for tally in tallies
        ]
    assert found.error == round(one.score.scaled_error / 1_000) > 0


@pytest.mark.parametrize("state", ["held", "invalidated"])
def test_a_result_that_is_not_free_is_not_in_the_report(state: str) -> None:
    """Not a score, a point, a category, an area or an area to study: the report holds nothing to tell."""
    seat = (PLAN.sitting, b.candidate(0), 1)
    one, found = report(7, {seat: Standing(state, "a call", "Okoye", 1)})
    assert (found.categories, found.areas, found.study) == ((), (), ())
    assert (found.scaled, found.error, found.correct, found.omitted, found.passed) == (0, 0, 0, 0, False)
    assert found.withheld
    assert found.result == "Withheld"
    assert str(one.score.scaled) not in str(found.meaning)


def test_the_attempt_is_told() -> None:
    """The first attempt is called so; a later one is its number."""
    assert report(7)[1].tries == "1, the first"
    assert report(7, attempt=3)[1].tries == "3"

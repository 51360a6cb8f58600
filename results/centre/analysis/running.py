"""Running an analysis of files: of a CSV of responses, of a panel's ratings. That of a run is in scored.py."""

from __future__ import annotations

from pathlib import Path

from keys.text import sanitise
from results.centre.analysis.ratings import read_ratings
from results.centre.analysis.reading import read_responses
from results.scoring.analysis import TestAnalysis, analyse
from results.scoring.angoff import AngoffFigures, panel
from results.scoring.classical import alpha, moments
from results.scoring.counts import CountTable, count
from results.scoring.decision import DecisionUnfitError, livingston_lewis
from results.scoring.figures import DecisionFigures
from results.scoring.flags import Thresholds


def analyse_file(responses: Path, key: Path | None, by: Thresholds, software: str) -> TestAnalysis:
    """The analysis of a CSV. Raises a `ResponsesError` or an `OSError`."""
    table = count(read_responses(responses, key))
    return analyse(table, source=sanitise(responses.name, limit=80), software=software, thresholds=by)


def decide(responses: Path, key: Path | None, cut: int) -> DecisionFigures:
    """Decision consistency of a CSV, with alpha as the reliability. Raises a `ResponsesError`, `DecisionUnfitError`."""
    table = count(read_responses(responses, key))
    if not table.totals()[1:].any():
        raise DecisionUnfitError(detail="nobody earned anything")
    return livingston_lewis(table.totals(), cut, _alpha(table))


def rate(ratings: Path, responses: Path | None, key: Path | None) -> AngoffFigures:
    """A panel's figures, with its impact on the candidates of `responses` to the rated items.

    Raises a `ResponsesError`, and as `panel`.
    """
    said = read_ratings(ratings)
    if responses is None:
        return panel(said)
    matrix = read_responses(responses, key)
    rated = {one.item for one in said}
    table = count(matrix, [item.id in rated for item in matrix.items])
    difficulties = dict(zip((item.id for item in matrix.items), matrix.scores.mean(axis=0), strict=True))
    return panel(said, difficulties, table.totals())


def _alpha(table: CountTable) -> float:
    return alpha(moments(table).covariances)

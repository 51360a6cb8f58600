"""The analysis of a run of the ledger: its items and test, first attempts apart, times and changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from results.centre.analysis.gathering import gather
from results.centre.inputs import read_inputs
from results.centre.office import Centre, find_run
from results.scoring.analysis import TestAnalysis, Timing, analyse
from results.scoring.counts import count
from results.scoring.flags import Thresholds
from results.scoring.matrix import Matrix
from results.scoring.speed import speed

FIRST, LATER, ALL = "first attempt", "later attempts", "all"


def analyse_run(centre: Centre, name: str, exam_folder: Path, by: Thresholds, software: str) -> TestAnalysis:
    """The analysis of a run of the ledger. Raises as `find_run`, `read_inputs` and `gather`."""
    run = find_run(centre, name)
    inputs = read_inputs(exam_folder, centre.trusted.keyring, key_version=run.key_version)
    found = gather(centre, run, inputs)
    parts = [count(_part(found.matrix, rows), found.counting) for rows in (found.first, ~found.first)]
    whole = count(found.matrix, found.counting)
    answered = found.matrix.chosen >= 0
    names = [item.id for item in found.matrix.items]
    items, effort = speed(found.matrix.persons, names, found.times, found.matrix.scores, answered)
    return analyse(
        whole,
        source=f"run {run.run}",
        software=software,
        cut=found.cut,
        cut_lacks=found.cut_lacks,
        groups=dict(zip((FIRST, LATER, ALL), (*parts, whole), strict=True)),
        timing=Timing(items, effort, found.changes),
        withheld=found.withheld,
        thresholds=by,
    )


def _part(matrix: Matrix, rows: NDArray[np.bool_]) -> Matrix:
    persons = tuple(name for name, wanted in zip(matrix.persons, rows, strict=True) if wanted)
    return Matrix(persons, matrix.items, matrix.chosen[rows], matrix.scores[rows])

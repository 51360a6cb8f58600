"""The folder of what is written of a score run: nobody but its owner looks into it."""

from __future__ import annotations

from pathlib import Path

from keys.carrier import make_folder
from results.centre.runs import ScoreRun


def folder_of(run: ScoreRun, out: Path) -> Path:
    """The run's folder below `out`, there from now on; what is written into it holds personal data and scores.

    Raises a `StorageError`.
    """
    folder = out / run.run
    make_folder(folder, 0o700)
    return folder

"""`TestAnalysis`: everything that is said of a test, from count tables; pages, tables and JSON are drawn from it.

Rules.
1. It is a function of its inputs and holds no time; the same responses and thresholds make the same bytes.
2. It names no candidate but those whose times show little effort, whom somebody has to look at.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keys.encoding import Document
from keys.errors import ExamKioskError
from results.scoring import classical, distractors
from results.scoring.counts import CountTable
from results.scoring.decision import DecisionUnfitError, livingston_lewis
from results.scoring.figures import (
    AreaFigures,
    ChangeFigures,
    DecisionFigures,
    EffortFigures,
    Figure,
    Flag,
    ItemFigures,
    ScoreFigures,
    SpeedFigures,
    Value,
)
from results.scoring.flags import Thresholds, flags


class NothingToAnalyseError(ExamKioskError):
    """No candidate, or no item that counts."""

    code = "nothing-to-analyse"
    what = "There is nothing to analyse: {lacking}."
    next_step = "Check that the right responses were given, and that the key scores at least one item."


class GroupFigures(Value, frozen=True):
    """Some of the candidates, such as those at their first attempt; `passing` is None where no cut is known."""

    group: str
    n: int
    mean: float
    sd: Figure
    alpha: Figure
    passing: Figure


class TestAnalysis(Document, frozen=True, tag="test-analysis/1"):
    """The whole analysis. `source` says of what, `decision_lacks` why there are no figures of decisions, or nothing.

    `withheld` results, held or invalidated, are in no figure.
    """

    source: str
    software: str
    withheld: int
    test: ScoreFigures
    groups: tuple[GroupFigures, ...]
    areas: tuple[AreaFigures, ...]
    items: tuple[ItemFigures, ...]
    decision: DecisionFigures | None
    decision_lacks: str
    speed: tuple[SpeedFigures, ...]
    effort: EffortFigures | None
    changes: tuple[ChangeFigures, ...]
    thresholds: Thresholds
    flags: tuple[Flag, ...]


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the journals say of times and changes, where they are known."""

    speed: tuple[SpeedFigures, ...] = ()
    effort: EffortFigures | None = None
    changes: tuple[ChangeFigures, ...] = ()


def analyse(
    table: CountTable,
    *,
    source: str,
    software: str,
    cut: int | None = None,
    cut_lacks: str = "no cut was given",
    groups: Mapping[str, CountTable] | None = None,
    timing: Timing | None = None,
    withheld: int = 0,
    thresholds: Thresholds | None = None,
) -> TestAnalysis:
    """The analysis of a count table; `cut` is the least raw score that passes, `cut_lacks` says why there is none.

    Raises `NothingToAnalyseError`.
    """
    if not table.columns or not table.counting().any():
        raise NothingToAnalyseError(lacking="no item counts")
    if not table.totals().any():
        raise NothingToAnalyseError(lacking="there is no candidate")
    by, times = thresholds or Thresholds(), timing or Timing()
    found = classical.moments(table)
    test, items = classical.describe(table, found), distractors.items(table, found)
    decision, lacks = (None, cut_lacks) if cut is None else _decision(table, cut, test.alpha)
    return TestAnalysis(
        source=source,
        software=software,
        withheld=withheld,
        test=test,
        groups=tuple(_group(name, part, cut) for name, part in (groups or {}).items() if part.totals().any()),
        areas=classical.areas(table, found),
        items=items,
        decision=decision,
        decision_lacks=lacks,
        speed=times.speed,
        effort=times.effort,
        changes=times.changes,
        thresholds=by,
        flags=flags(by, test, items, times.speed),
    )


def _decision(table: CountTable, cut: int, alpha: Figure) -> tuple[DecisionFigures | None, str]:
    if alpha is None:
        return None, "the scores have no reliability"
    try:
        return livingston_lewis(table.totals(), cut, alpha), ""
    except DecisionUnfitError as error:
        return None, str(error.values["detail"])


def _group(name: str, table: CountTable, cut: int | None) -> GroupFigures:
    test = classical.describe(table, classical.moments(table))
    passing = None if cut is None else int(table.totals()[cut:].sum()) / test.n
    return GroupFigures(name, test.n, test.mean, test.sd, test.alpha, passing)

"""A form's test report, with what accreditors ask of certification programmes (NCCA's standards for accreditation).

Rules.
1. It holds how many were tested, the passing point, percent passing, mean, standard deviation, reliability and of what
   kind, standard error of measurement, and consistency of the decision.
2. First attempts stand beside later ones and all; groups.py says which groups are not told.
3. Fewer than `least` persons in all: nothing is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from keys.text import sanitise
from results.centre.report.candidate import provenance
from results.centre.report.groups import Figures, told
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.analysis import TestAnalysis
from results.scoring.figures import AreaFigures, Figure, ScoreRow

FIRST, LATER, ALL = "First attempts", "Later attempts", "All results"
SUPPRESSED, UNDETERMINED = "suppressed", "not determined"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of results: its figures in words, or that they are suppressed."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area's figures on the items that count, in words."""

    code: str
    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormReport:
    """The report; without `figures` nothing may be told. `scores` are raw scores, `cut` is the raw one that passes."""

    title: str
    notice: str
    form: str
    least: int
    figures: tuple[tuple[str, str], ...]
    groups: tuple[GroupLine, ...]
    areas: tuple[AreaRow, ...]
    scores: tuple[ScoreRow, ...]
    cut: int | None
    provenance: tuple[tuple[str, str], ...]

    @property
    def rule(self) -> str:
        """How small groups are kept from being told."""
        return (
            f"Figures are told of {self.least} persons or more; a group of fewer, and what would give it away, is "
            "suppressed. Results that are held or invalidated are in no figure."
        )


GROUP_HEADS = ("Results", "Persons", "Percent passing", "Mean scaled score", "Standard deviation")
AREA_HEADS = ("Items", "Mean difficulty", "Mean", "Standard deviation", "Alpha", "Standard error")


def form_report(run: ScoreRun, free: Sequence[CandidateScore], found: TestAnalysis, least: int) -> FormReport:
    """The report of a run from its results that may be told and their analysis."""
    parted = {
        FIRST: [one for one in free if one.attempt == 1],
        LATER: [one for one in free if one.attempt != 1],
    }
    everyone, groups = told(run, parted, least)
    titles = {area.code: sanitise(area.title, limit=200) for area in run.areas}
    lines = [GroupLine(name, _cells(one)) for name, one in groups.items()]
    return FormReport(
        sanitise(run.title, limit=1_000),
        sanitise(run.notice, limit=1_000),
        run.form,
        least,
        _figures(run, everyone, found) if everyone else (),
        (*lines, GroupLine(ALL, _cells(everyone))),
        tuple(_area(one, titles) for one in found.areas) if everyone else (),
        found.test.scores if everyone else (),
        found.decision.cut if found.decision else None,
        (*provenance(run), ("Analysis", f"exam-kiosk {found.software}")),
    )


def _figures(run: ScoreRun, everyone: Figures, found: TestAnalysis) -> tuple[tuple[str, str], ...]:
    test, decision = found.test, found.decision
    scaled_error = None if test.alpha is None else everyone.deviation * math.sqrt(max(1 - test.alpha, 0))
    return (
        ("Candidates tested", f"{everyone.persons} persons, {everyone.count} results"),
        ("Results withheld", str(found.withheld)),
        ("Passing point", f"{run.cut} of {run.top} scaled; {run.raw_cut} of {whole_points(run)} points"),
        ("Percent passing", f"{everyone.percent:.1f} ({everyone.passing} results)"),
        ("Mean scaled score", f"{everyone.mean:.1f}, standard deviation {everyone.deviation:.1f}"),
        ("Items that count", str(test.items)),
        ("Mean of items matched", f"{test.mean:.2f}, standard deviation {number(test.sd)}"),
        ("Median, least, most", f"{test.median:g}, {test.least}, {test.most}"),
        ("Skewness, kurtosis", f"{number(test.skewness)}, {number(test.kurtosis)}"),
        ("Mean difficulty (p)", f"{test.mean_difficulty:.3f}"),
        ("Mean discrimination", f"{number(test.mean_discrimination, 3)} (corrected point-biserial)"),
        ("Reliability", f"{number(test.alpha, 3)}: internal consistency, Cronbach's alpha (KR-20)"),
        ("Split halves", f"{number(test.spearman_brown, 3)}: odd against even items, Spearman-Brown"),
        ("Guttman's lambda-2", number(test.lambda2, 3)),
        (
            "Standard error of measurement",
            f"{number(test.sem)} items matched; {number(scaled_error, 1)} scaled (SD × √(1 − alpha))",
        ),
        *(
            (
                (
                    "Decision consistency",
                    (
                        f"{decision.consistency:.3f}, kappa {number(decision.kappa, 3)} (Livingston and Lewis, 1995): "
                        "the share of candidates who would get the same decision on another form of the test"
                    ),
                ),
                (
                    "Decision accuracy",
                    f"{decision.accuracy:.3f}: the share whose decision agrees with their true score",
                ),
                (
                    "Wrong decisions",
                    f"{decision.false_pass:.3f} pass wrongly, {decision.false_fail:.3f} fail wrongly",
                ),
            )
            if decision
            else (("Decision consistency", f"{UNDETERMINED}: {found.decision_lacks}"),)
        ),
    )


def whole_points(run: ScoreRun) -> int:
    """The whole points that the form gives."""
    return run.scores[0].score.total


def number(value: Figure, places: int = 2) -> str:
    """A figure in words."""
    return UNDETERMINED if value is None else f"{value:.{places}f}"


def _cells(found: Figures | None) -> tuple[str, ...]:
    if found is None:
        return (SUPPRESSED,) * len(GROUP_HEADS)
    return (
        str(found.count),
        str(found.persons),
        f"{found.percent:.1f}",
        f"{found.mean:.1f}",
        f"{found.deviation:.1f}",
    )


def _area(one: AreaFigures, titles: dict[str, str]) -> AreaRow:
    cells = (
        str(one.items),
        f"{one.mean_difficulty:.3f}",
        f"{one.mean:.2f}",
        number(one.sd),
        number(one.alpha, 3),
        number(one.sem),
    )
    return AreaRow(one.area, titles.get(one.area, ""), cells)

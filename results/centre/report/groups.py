"""Figures of groups of candidates, and which of them must not be told because too few persons stand behind them. Pure.

Rules.
1. The groups part all results among them, and the figures of all together are known: they stand beside each group's.
2. A group of fewer than `least` persons is suppressed (primary suppression).
3. What is left when all that is told is taken from the whole is a group too: while it has fewer than `least` persons,
   the smallest group that is told is suppressed as well; so it is never one suppressed group alone (complementary
   suppression: Statistical Policy Working Paper 22, FCSM 2005, chapter 4).
4. All together are told only from `least` persons on.
5. A group is told whole or not at all, so no figure of it can be had from another.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exam_packages.scoring_key import POINT
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.bands import Band

LEAST = 10
"""The fewest persons of whom figures are told, unless somebody sets another number."""


@dataclass(frozen=True, slots=True)
class AreaMean:
    """The mean share (0 to 1) of an area's points, its standard error, and the band of the two."""

    mean: float
    error: float
    band: Band


@dataclass(frozen=True, slots=True)
class Figures:
    """`count` results of `persons`, of which `passing` passed; mean and standard deviation (n - 1) of the scaled score.

    `areas` are by code. Standard deviation and errors are 0 for a single result.
    """

    count: int
    persons: int
    passing: int
    mean: float
    deviation: float
    areas: Mapping[str, AreaMean]

    @property
    def percent(self) -> float:
        """Percent passing."""
        return 100 * self.passing / self.count


def suppressed(groups: Mapping[str, frozenset[str]], least: int) -> frozenset[str]:
    """The groups, by name, that must not be told; `groups` are the persons of each, and none is empty."""
    hidden = {name for name, persons in groups.items() if len(persons) < least}
    told = sorted(groups.keys() - hidden, key=lambda name: (len(groups[name]), name))
    for name in told:
        left = frozenset[str]().union(*(groups[one] for one in hidden))
        if not hidden or len(left) >= least:
            break
        hidden.add(name)
    return frozenset(hidden)


def told(
    run: ScoreRun, groups: Mapping[str, Sequence[CandidateScore]], least: int
) -> tuple[Figures | None, dict[str, Figures | None]]:
    """The figures of all together and of each group that has a result; None where they are suppressed."""
    members = {name: frozenset(one.candidate for one in scores) for name, scores in groups.items() if scores}
    hidden = suppressed(members, least)
    everyone = [one for scores in groups.values() for one in scores]
    persons = frozenset[str]().union(*members.values())
    return (
        figures(run, everyone) if everyone and len(persons) >= least else None,
        {name: None if name in hidden else figures(run, groups[name]) for name in members},
    )


def figures(run: ScoreRun, scores: Sequence[CandidateScore]) -> Figures:
    """The figures of one or more results."""
    scaled = [one.score.scaled for one in scores]
    shares: dict[str, list[float]] = {area.code: [] for area in run.areas}
    for one in scores:
        for tally in one.score.areas:
            if tally.most:
                shares[tally.code].append(tally.points / tally.most)
    passing = run.raw_cut * POINT / scores[0].score.most
    return Figures(
        len(scores),
        len({one.candidate for one in scores}),
        sum(one.score.passed for one in scores),
        statistics.fmean(scaled),
        _deviation(scaled),
        {code: _area(found, passing) for code, found in shares.items() if found},
    )


def _area(shares: Sequence[float], passing: float) -> AreaMean:
    """The band says whether the mean is further than one standard error of the mean from the share that passes."""
    mean, error = statistics.fmean(shares), _deviation(shares) / math.sqrt(len(shares))
    band = Band.BELOW if mean + error < passing else Band.ABOVE if mean - error > passing else Band.ABOUT
    return AreaMean(mean, error, band)


def _deviation(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.stdev(found) if len(found) > 1 else 0.0

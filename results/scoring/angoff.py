"""Modified Angoff panels (Angoff, 1971): judges' ratings of items, round by round, and the cut score.

Rules.
1. A rating is the share of minimally competent candidates who would answer the item right, 0 to 1.
2. A judge's cut is the sum of that judge's ratings; the panel's is the mean of the judges', in raw points, unrounded.
3. Its standard error is the SD of the judges' cuts over the root of their number: the judges are a sample.
4. A judge is far off whose cut is more than `FAR` SDs of the others' cuts from the others' mean.
5. The recommended cut is the panel's of the last round, rounded up: the least whole score that is not below it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keys.encoding import Document
from keys.errors import ExamKioskError
from results.scoring.classical import alpha
from results.scoring.figures import Figure, Value, figure

FAR = 3.0
IMPACT = (-2, -1, 0, 1, 2)
"""Standard errors from the cut at which the share who pass is shown."""

Floats = NDArray[np.float64]


class RatingsIncompleteError(ExamKioskError):
    """A judge who did not rate an item in a round."""

    code = "angoff-incomplete"
    what = "In round {round} judge {judge} did not rate item {item}."
    next_step = "Add the rating, or leave the judge out of that round altogether."


class PanelTooSmallError(ExamKioskError):
    """A panel from which no standard error follows."""

    code = "angoff-panel-small"
    what = "Round {round} has ratings of {judges} judge; a panel needs two or more."
    next_step = "Add the other judges' ratings."


@dataclass(frozen=True, slots=True)
class Rating:
    """What one judge said of one item in one round, 0 to 1."""

    judge: str
    item: str
    round: str
    share: float


class JudgeFigures(Value, frozen=True):
    """One judge in one round. `with_panel` correlates the ratings with the mean of the others', `with_difficulty` with
    the items' p; `off` is the mean distance to the others' mean; `distance` is of the cuts, in SDs of the others'.
    """

    judge: str
    cut: float
    with_panel: Figure
    with_difficulty: Figure
    off: float
    distance: Figure
    far: bool


class RatedItem(Value, frozen=True):
    """One item in one round: the mean rating, the judges' SD and range, and its observed difficulty if known."""

    item: str
    mean: float
    sd: float
    least: float
    most: float
    difficulty: Figure


class ImpactRow(Value, frozen=True):
    """The share who pass at a cut that is so many standard errors from the panel's."""

    errors: int
    cut: float
    least_passing: int
    passing: float


class RoundFigures(Value, frozen=True):
    """One round. `agreement` is alpha over the judges (Cronbach, 1951): how far the mean ratings can be relied on."""

    round: str
    judges: int
    cut: float
    sd: float
    standard_error: float
    agreement: Figure
    each: tuple[JudgeFigures, ...]
    items: tuple[RatedItem, ...]
    impact: tuple[ImpactRow, ...]


class AngoffFigures(Document, frozen=True, tag="angoff-analysis/1"):
    """The panel. `recommended` is the least whole score that passes, of `items` rated items."""

    items: int
    recommended: int
    rounds: tuple[RoundFigures, ...]


def panel(
    ratings: Sequence[Rating],
    difficulties: Mapping[str, float] | None = None,
    totals: NDArray[np.int64] | None = None,
) -> AngoffFigures:
    """The figures of every round, in the order in which rounds, judges and items first come.

    `totals` counts candidates by raw score on the same items. Raises `RatingsIncompleteError`, `PanelTooSmallError`.
    """
    items = tuple(dict.fromkeys(one.item for one in ratings))
    rounds = tuple(dict.fromkeys(one.round for one in ratings))
    found = tuple(_round(name, ratings, items, difficulties or {}, totals) for name in rounds)
    return AngoffFigures(items=len(items), recommended=math.ceil(found[-1].cut - 1e-9), rounds=found)


def _round(
    name: str,
    ratings: Sequence[Rating],
    items: Sequence[str],
    difficulties: Mapping[str, float],
    totals: NDArray[np.int64] | None,
) -> RoundFigures:
    said = {(one.judge, one.item): one.share for one in ratings if one.round == name}
    judges = tuple(dict.fromkeys(one.judge for one in ratings if one.round == name))
    for judge in judges:
        for item in items:
            if (judge, item) not in said:
                raise RatingsIncompleteError(round=name, judge=judge, item=item)
    if len(judges) < 2:
        raise PanelTooSmallError(round=name, judges=len(judges))
    table = np.array([[said[judge, item] for item in items] for judge in judges])
    cuts = table.sum(axis=1)
    cut, sd = float(cuts.mean()), float(cuts.std(ddof=1))
    error = sd / math.sqrt(len(judges))
    observed = np.array([difficulties.get(item, math.nan) for item in items])
    return RoundFigures(
        round=name,
        judges=len(judges),
        cut=cut,
        sd=sd,
        standard_error=error,
        agreement=figure(alpha(np.atleast_2d(np.cov(table)))) if len(items) > 1 else None,
        each=tuple(_judge(place, judge, table, observed) for place, judge in enumerate(judges)),
        items=tuple(
            RatedItem(
                item,
                float(column.mean()),
                float(column.std(ddof=1)),
                float(column.min()),
                float(column.max()),
                figure(observed[place]),
            )
            for place, (item, column) in enumerate(zip(items, table.T, strict=True))
        ),
        impact=()
        if totals is None
        else tuple(_impact(times, cut + times * error, totals) for times in IMPACT),
    )


def _judge(place: int, judge: str, table: Floats, observed: Floats) -> JudgeFigures:
    own, others = table[place], np.delete(table, place, axis=0)
    mean, cuts = others.mean(axis=0), others.sum(axis=1)
    spread = float(cuts.std(ddof=1)) if len(cuts) > 1 else 0.0
    distance = figure((own.sum() - cuts.mean()) / spread) if spread > 1e-9 else None
    known = np.isfinite(observed)
    return JudgeFigures(
        judge=judge,
        cut=float(own.sum()),
        with_panel=_correlated(own, mean),
        with_difficulty=_correlated(own[known], observed[known]),
        off=float(np.abs(own - mean).mean()),
        distance=distance,
        far=distance is not None and abs(distance) > FAR,
    )


def _impact(times: int, cut: float, totals: NDArray[np.int64]) -> ImpactRow:
    least = min(len(totals), max(0, math.ceil(cut - 1e-9)))
    return ImpactRow(times, cut, least, int(totals[least:].sum()) / max(1, int(totals.sum())))


def _correlated(one: Floats, other: Floats) -> Figure:
    if len(one) < 2 or one.std() < 1e-12 or other.std() < 1e-12:
        return None
    return figure(float(np.corrcoef(one, other)[0, 1]))

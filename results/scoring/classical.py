"""Classical test theory from a count table: difficulty, discrimination, reliability and standard errors.

Rules.
1. Variances divide by n - 1, as R's psych does; ratios of them do not depend on that.
2. A correlation with the score is corrected: the score is of the other items that count (Henrysson, 1963).
3. What was omitted or not reached earned 0 and stays in every denominator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.scoring.counts import CountTable
from results.scoring.figures import AreaFigures, ScoreFigures, ScoreRow, figure, ratio

Floats = NDArray[np.float64]

_NOTHING = 1e-12
"""A variance below this is none: what is left of it is rounding."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What the pairs of a table say: `n`, each item's mean, and the items' covariances (n - 1)."""

    n: int
    means: Floats
    covariances: Floats
    counting: NDArray[np.bool_]

    def total(self) -> float:
        """The variance of the total score."""
        return float(self.covariances[np.ix_(self.counting, self.counting)].sum())

    def with_total(self) -> Floats:
        """Each item's covariance with the total score."""
        found: Floats = self.covariances[:, self.counting].sum(axis=1)
        return found


def moments(table: CountTable) -> Moments:
    """The moments of a table with at least one person; covariances are NaN for a single one."""
    n = int(table.totals().sum())
    right = np.diag(table.pairs)
    products = table.pairs * n - np.outer(right, right)  # whole numbers: nothing is lost to cancellation
    covariances = products / float(n * (n - 1)) if n > 1 else np.full(products.shape, np.nan)
    return Moments(n, right / n, covariances, table.counting())


def discrimination(found: Moments) -> Floats:
    """Corrected point-biserials: each item with the total of the others (Henrysson, 1963); NaN where undetermined."""
    variances = np.diag(found.covariances)
    own = np.where(found.counting, variances, 0.0)
    shared = found.with_total() - own
    rest = found.total() - 2 * np.where(found.counting, found.with_total(), 0.0) + own
    return correlation(shared, variances, rest)


def correlation(shared: Floats, one: Floats, other: Floats) -> Floats:
    """`shared` over the root of the product of two variances, NaN where one of them is nothing."""
    product = one * other
    found: Floats = np.full(np.shape(product), np.nan)
    np.divide(shared, np.sqrt(np.maximum(product, 0.0)), out=found, where=product > _NOTHING)
    return found


def alpha(covariances: Floats) -> float:
    """Cronbach's alpha (1951), which is KR-20 (Kuder & Richardson, 1937) for 0 and 1; NaN below two items."""
    k, total = len(covariances), float(covariances.sum())
    if k < 2 or not total > _NOTHING:
        return float("nan")
    return k / (k - 1) * (1 - float(np.trace(covariances)) / total)


def alphas_without(found: Moments) -> Floats:
    """Alpha of the items that count without each of them; NaN for items on trial."""
    counted = int(found.counting.sum())
    result = np.full(len(found.means), np.nan)
    if counted < 3:
        return result
    variances = np.diag(found.covariances)
    single = variances[found.counting].sum() - variances
    rest = found.total() - 2 * found.with_total() + variances
    np.divide(single, rest, out=result, where=found.counting & (rest > _NOTHING))
    without: Floats = (counted - 1) / (counted - 2) * (1 - result)
    return without


def lambda2(covariances: Floats) -> float:
    """Guttman's lambda-2 (1945): a lower bound of the reliability that is never below alpha."""
    k, total = len(covariances), float(covariances.sum())
    if k < 2 or not total > _NOTHING:
        return float("nan")
    between = covariances - np.diag(np.diag(covariances))
    return float(between.sum() + np.sqrt(k / (k - 1) * (between**2).sum())) / total


def halves(covariances: Floats) -> tuple[float, float, float]:
    """Odd items against even ones: correlation, Spearman and Brown's stepped-up one (1910), Guttman's lambda-4."""
    if len(covariances) < 2:
        return (float("nan"),) * 3
    odd, even = covariances[::2, ::2].sum(), covariances[1::2, 1::2].sum()
    between, total = covariances[::2, 1::2].sum(), covariances.sum()
    found = float(correlation(np.array(between), np.array(odd), np.array(even)))
    return (
        found,
        2 * found / (1 + found) if found > -1 else float("nan"),
        float(4 * between / total) if total > _NOTHING else float("nan"),
    )


def kr21(mean: float, variance: float, items: int) -> float:
    """KR-21 (Kuder & Richardson, 1937), from the mean and variance (with n) of the score alone."""
    if items < 2 or not variance > 0:
        return float("nan")
    return items / (items - 1) * (1 - mean * (items - mean) / (items * variance))


def conditional_sem(items: int, reliability: float, other: float) -> tuple[Floats, Floats]:
    """The standard error at each raw score: Lord's binomial (1955) and Keats's (1957).

    `other` is KR-21, with which Lord's agree on average; Keats's are those times the root of (1 - alpha) / (1 - KR-21).
    """
    score = np.arange(items + 1.0)
    lord: Floats = np.sqrt(score * (items - score) / (items - 1)) if items > 1 else np.full(items + 1, np.nan)
    below = (1 - reliability) / (1 - other) if other < 1 else float("nan")
    return lord, lord * np.sqrt(below if below >= 0 else float("nan"))


def settled(variance: float) -> float:
    """A variance, 0 where only the rounding of its parts kept it from being so."""
    return 0.0 if variance <= _NOTHING else variance


def describe(table: CountTable, found: Moments) -> ScoreFigures:
    """The figures of the test."""
    counted = found.counting
    covariances, items = found.covariances[np.ix_(counted, counted)], int(counted.sum())
    counts = table.totals()
    score = np.arange(items + 1.0)
    mean, variance = float(counts @ score) / found.n, settled(found.total())
    off = score - mean
    second, third, fourth = (float(counts @ off**power) / found.n for power in (2, 3, 4))
    sd = np.sqrt(variance)
    reliability, other = alpha(covariances), kr21(mean, variance * (found.n - 1) / found.n, items)
    correlated, stepped, lambda4 = halves(covariances)
    running = counts.cumsum()
    present = np.flatnonzero(counts)
    return ScoreFigures(
        n=found.n,
        items=items,
        mean=mean,
        sd=figure(sd),
        least=int(present[0]),
        median=_median(running),
        most=int(present[-1]),
        # b1 and b2 of Joanes & Gill (1998), type 3 of R's psych.
        skewness=ratio(third, sd**3) if second else None,
        kurtosis=figure(fourth / sd**4 - 3) if second else None,
        mean_difficulty=mean / items,
        mean_discrimination=figure(float(np.nanmean(r)))
        if np.isfinite(r := discrimination(found)[counted]).any()
        else None,
        alpha=figure(reliability),
        kr21=figure(other),
        lambda2=figure(lambda2(covariances)),
        split_half=figure(correlated),
        spearman_brown=figure(stepped),
        lambda4=figure(lambda4),
        sem=figure(sd * np.sqrt(max(0.0, 1 - reliability))),
        scores=_rows(counts, running, *conditional_sem(items, reliability, other)),
    )


def areas(table: CountTable, found: Moments) -> tuple[AreaFigures, ...]:
    """The figures of each area that items which count name, in the order of the items."""
    names = dict.fromkeys(column.area for column in table.columns if column.area and column.counts)
    return tuple(_area(table, found, name) for name in names)


def _area(table: CountTable, found: Moments, name: str) -> AreaFigures:
    own = np.array([column.area == name and column.counts for column in table.columns])
    other = found.counting & ~own
    covariances = found.covariances[np.ix_(own, own)]
    variance, mean = settled(float(covariances.sum())), float(found.means[own].sum())
    reliability, items = alpha(covariances), int(own.sum())
    shared = found.covariances[np.ix_(own, other)].sum()
    rest = found.covariances[np.ix_(other, other)].sum()
    return AreaFigures(
        area=name,
        items=items,
        mean=mean,
        sd=figure(np.sqrt(variance)),
        mean_difficulty=mean / items,
        alpha=figure(reliability),
        sem=figure(np.sqrt(variance * max(0.0, 1 - reliability))),
        correlation=figure(float(correlation(shared, np.array(variance), rest))),
    )


def _median(running: NDArray[np.int64]) -> float:
    n = int(running[-1])
    low, high = (int(np.searchsorted(running, place, side="right")) for place in ((n - 1) // 2, n // 2))
    return (low + high) / 2


def _rows(
    counts: NDArray[np.int64], running: NDArray[np.int64], lord: Floats, keats: Floats
) -> tuple[ScoreRow, ...]:
    n = int(running[-1])
    return tuple(
        ScoreRow(score, int(count), int(below) / n, float(np.nan_to_num(one)), figure(two))
        for score, (count, below, one, two) in enumerate(zip(counts, running, lord, keats, strict=True))
    )

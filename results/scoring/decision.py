"""How far pass and fail can be relied on, from one test: Livingston & Lewis (1995) with Hanson's beta fit (1991).

Rules.
1. True shares of the items follow a four-parameter beta distribution, errors a binomial of `effective_length` items.
2. The effective length is that of a test of equal items with this mean, variance and reliability, rounded half up.
3. Its moments come from the factorial moments of the scores, which are put on the effective length first (Lord, 1965).
4. Bounds outside 0 to 1 are not admissible: then that farther out is fixed and three moments fitted, then both and two.
5. The true cut is the share cut / items. The cut on the effective length is the nearest whole number of items to
   that share, half up; published figures by other rules for it differ in the second decimal.
6. Nothing is adjusted to the observed share who pass: `passing_expected` stands beside `passing`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betainc, betaincinv

from keys.errors import ExamKioskError
from results.scoring.figures import DecisionFigures, figure

_NODES = 400
"""Of Gauss and Legendre, on each side of the true cut."""

Floats = NDArray[np.float64]


class DecisionUnfitError(ExamKioskError):
    """Scores from which no decision consistency follows."""

    code = "decision-unfit"
    what = "Decision consistency cannot be estimated: {detail}."
    next_step = (
        "Check the cut and the data; with few candidates or a reliability near 0 or 1 there is no estimate."
    )


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution between `lower` and `upper`, fitted to so many `moments`."""

    lower: float
    upper: float
    alpha: float
    beta: float
    moments: int

    def below(self, share: float) -> float:
        """The share of candidates below a true share."""
        return float(
            betainc(self.alpha, self.beta, np.clip((share - self.lower) / (self.upper - self.lower), 0, 1))
        )


@dataclass(frozen=True, slots=True)
class Decisions:
    """Shares: truly below and above the cut by failing and passing; and failing and passing on two forms."""

    true_fail: float
    false_pass: float
    false_fail: float
    true_pass: float
    both_fail: float
    differ: float
    both_pass: float


def livingston_lewis(totals: NDArray[np.int64], cut: int, reliability: float) -> DecisionFigures:
    """The figures at a cut, the least raw score that passes; `totals` counts the candidates by raw score from 0.

    Raises `DecisionUnfitError`.
    """
    items, n = len(totals) - 1, int(totals.sum())
    if not 1 <= cut <= items:
        raise DecisionUnfitError(detail=f"the cut {cut} is not between 1 and the {items} items")
    if n < 2 or not 0 < reliability < 1:
        raise DecisionUnfitError(detail="it needs two candidates or more, and a reliability between 0 and 1")
    score = np.arange(items + 1.0)
    mean = float(totals @ score) / n
    variance = float(totals @ (score - mean) ** 2) / (n - 1)
    length = effective_length(mean, variance, items, reliability)
    fitted = fit(true_moments(totals, length))
    whole = int(np.floor(length + 0.5))
    near = int(np.floor(whole * cut / items + 0.5))
    found = decisions(fitted, whole, cut / items, near)
    fails = found.true_fail + found.false_fail
    consistency, chance = found.both_fail + found.both_pass, fails**2 + (1 - fails) ** 2
    return DecisionFigures(
        cut=cut,
        items=items,
        reliability=reliability,
        effective_length=whole,
        effective_cut=near,
        lower=fitted.lower,
        upper=fitted.upper,
        alpha=fitted.alpha,
        beta=fitted.beta,
        moments=fitted.moments,
        accuracy=found.true_fail + found.true_pass,
        false_pass=found.false_pass,
        false_fail=found.false_fail,
        consistency=consistency,
        chance=chance,
        kappa=figure((consistency - chance) / (1 - chance)) if chance < 1 else None,
        passing=int(totals[cut:].sum()) / n,
        passing_expected=1 - fails,
    )


def effective_length(mean: float, variance: float, items: int, reliability: float) -> float:
    """The number of equal items, not rounded (Livingston & Lewis, 1995, eq. 1). Raises `DecisionUnfitError`."""
    if not variance > 0:
        raise DecisionUnfitError(detail="all candidates have the same score")
    found = (mean * (items - mean) - reliability * variance) / (variance * (1 - reliability))
    if not 4 <= found <= 100_000:
        raise DecisionUnfitError(
            detail="the scores are worth fewer than 4 items, or far too many, at this reliability"
        )
    return found


def true_moments(totals: NDArray[np.int64], length: float) -> tuple[float, float, float, float]:
    """The first four raw moments of the true shares (Lord, 1965); scores are put on 0 to `length` first."""
    score = np.arange(len(totals)) / (len(totals) - 1) * length
    falling, divisor, found = np.ones(len(totals)), 1.0, []
    for step in range(4):
        falling *= score - step
        divisor *= length - step
        found.append(float(totals @ falling) / (int(totals.sum()) * divisor))
    return found[0], found[1], found[2], found[3]


def fit(raw: tuple[float, float, float, float]) -> Beta:
    """The beta distribution with these raw moments, as many of them as admissible bounds allow (Hanson, 1991).

    Raises `DecisionUnfitError` where not even two can be had.
    """
    first, second, *_ = raw
    variance = second - first**2
    if not 0 < variance < first * (1 - first):
        raise DecisionUnfitError(detail="the scores differ less, or more, than true shares of items could")
    found = _four(raw)
    for candidate in (found, *(_fixed(found, raw) if found else ())):
        if candidate and _admissible(candidate):
            return candidate
    both = first * (1 - first) / variance - 1
    return Beta(0.0, 1.0, first * both, (1 - first) * both, 2)


def decisions(true: Beta, length: int, true_cut: float, cut: int) -> Decisions:
    """The decisions on forms of `length` equal items where `cut` passes, and the truth where `true_cut` does."""
    split = true.below(true_cut)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    parts: list[tuple[float, float, float]] = []
    for low, high in ((0.0, split), (split, 1.0)):
        rank, weight = low + (high - low) * (nodes + 1) / 2, weights * (high - low) / 2
        share = true.lower + (true.upper - true.lower) * betaincinv(true.alpha, true.beta, rank)
        fails: Floats = bdtr(cut - 1, length, share) if cut > 0 else np.zeros(_NODES)
        parts.append((float(weight @ fails), float(weight @ fails**2), float(weight.sum())))
    (low_fail, low_both, low_all), (high_fail, high_both, high_all) = parts
    fail, both = low_fail + high_fail, low_both + high_both
    return Decisions(
        low_fail,
        low_all - low_fail,
        high_fail,
        high_all - high_fail,
        both,
        2 * (fail - both),
        1 - 2 * fail + both,
    )


def _four(raw: tuple[float, float, float, float]) -> Beta | None:
    """By four moments (Johnson, Kotz & Balakrishnan, 1995, ch. 25; Hanson, 1991); None where no beta has them."""
    m1, m2, m3, m4 = raw
    variance = m2 - m1**2
    skew = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
    kurtosis = (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / variance**2
    if 6 + 3 * skew**2 - 2 * kurtosis == 0:
        return None
    both = 6 * (kurtosis - skew**2 - 1) / (6 + 3 * skew**2 - 2 * kurtosis)
    root = skew**2 * (both + 2) ** 2 + 16 * (both + 1)
    if not (both > 0 and root > 0):
        return None
    off = (both + 2) * skew / np.sqrt(root)
    alpha, beta = both / 2 * (1 - off), both / 2 * (1 + off)
    width = np.sqrt(variance) * np.sqrt(root) / 2
    lower = m1 - width * alpha / both
    return Beta(float(lower), float(lower + width), float(alpha), float(beta), 4)


def _fixed(found: Beta, raw: tuple[float, float, float, float]) -> tuple[Beta | None, ...]:
    """The fits by three moments with a bound at 0 or at 1, the one that was farther out first."""
    m1, m2, m3, _ = raw
    low = _three(m1, m2, m3)
    high = _three(1 - m1, 1 - 2 * m1 + m2, 1 - 3 * m1 + 3 * m2 - m3)
    upper = Beta(1 - high.upper, 1.0, high.beta, high.alpha, 3) if high else None
    return (low, upper) if -found.lower > found.upper - 1 else (upper, low)


def _three(m1: float, m2: float, m3: float) -> Beta | None:
    """By three moments, from 0 to a bound that is fitted; None where no beta has them."""
    a, b, c = m1, m2 / m1, m3 / m2
    if 2 * b - a - c == 0:
        return None
    both = 2 * (c - b) / (2 * b - a - c)
    upper = b * (both + 1) - a * both
    if not (both > 0 and upper > 0):
        return None
    alpha = a * both / upper
    return Beta(0.0, float(upper), float(alpha), float(both - alpha), 3)


def _admissible(one: Beta) -> bool:
    return one.lower >= 0 and one.upper <= 1 and one.lower < one.upper and one.alpha > 0 and one.beta > 0

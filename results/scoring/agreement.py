"""Agreement of two markers over the same texts: how far two people gave the same marks.

Marks are numbers; those of one text are a pair. A figure that a set of pairs cannot have, for want of spread or of
pairs, is None.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `pairs` marks: shares that are equal (`exact`) and at most `within` apart (`adjacent`), and coefficients."""

    pairs: int
    within: float
    exact: float | None
    adjacent: float | None
    kappa: float | None
    weighted_kappa: float | None
    pearson: float | None
    icc: float | None


def agreement(pairs: Sequence[Pair], *, within: float = 1) -> Agreement:
    """Every figure of these pairs."""
    count = len(pairs)
    return Agreement(
        count,
        within,
        sum(one == other for one, other in pairs) / count if count else None,
        sum(abs(one - other) <= within for one, other in pairs) / count if count else None,
        kappa(pairs),
        quadratic_kappa(pairs),
        pearson(pairs),
        icc(pairs),
    )


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa, (p_o - p_e) / (1 - p_e), each mark a category (Cohen, 1960, A coefficient of agreement)."""
    return weighted_kappa(pairs, lambda one, other: float(one != other))


def quadratic_kappa(pairs: Sequence[Pair]) -> float | None:
    """Weighted kappa with the squared difference of marks as disagreement (Fleiss & Cohen, 1973)."""
    return weighted_kappa(pairs, lambda one, other: (one - other) ** 2)


def weighted_kappa(pairs: Sequence[Pair], disagreement: Callable[[float, float], float]) -> float | None:
    """1 - sum(v o) / sum(v e): observed over expected disagreement v (Cohen, 1968, Weighted kappa, formula 8)."""
    firsts, seconds = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = math.fsum(disagreement(one, other) for one, other in pairs) * len(pairs)
    due = math.fsum(
        disagreement(one, other) * count * times
        for one, count in firsts.items()
        for other, times in seconds.items()
    )
    return 1 - seen / due if due else None


def pearson(pairs: Sequence[Pair]) -> float | None:
    """The product-moment correlation (Pearson, 1896)."""
    if not pairs:
        return None
    mean, other_mean = (math.fsum(marks) / len(pairs) for marks in zip(*pairs, strict=True))
    across = math.fsum((one - mean) * (other - other_mean) for one, other in pairs)
    spread = math.fsum((one - mean) ** 2 for one, _ in pairs)
    other_spread = math.fsum((other - other_mean) ** 2 for _, other in pairs)
    return across / math.sqrt(spread * other_spread) if spread and other_spread else None


def icc(rows: Sequence[Sequence[float]]) -> float | None:
    """ICC(1,1), (BMS - WMS) / (BMS + (k - 1) WMS): each text has k markers out of many (Shrout & Fleiss, 1979).

    That one-way model is the one for texts that do not all have the same two markers.
    """
    if len(rows) < 2:
        return None
    count, k = len(rows), len(rows[0])
    means = [math.fsum(row) / k for row in rows]
    grand = math.fsum(means) / count
    between = k * math.fsum((mean - grand) ** 2 for mean in means) / (count - 1)
    within = math.fsum((mark - mean) ** 2 for row, mean in zip(rows, means, strict=True) for mark in row) / (
        count * (k - 1)
    )
    whole = between + (k - 1) * within
    return (between - within) / whole if whole else None

"""Points, exactly: thousandths to percent, and the standard error of measurement of one raw score.

Rules.
1. Points are whole thousandths; every result here is a whole number, rounded half up, the same on every machine.
2. The raw score is in whole points (`response_processing.whole`): it is the row of the conversion table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exam_packages.scoring_key import POINT

WHOLE = 100_000
"""A hundred percent, in thousandths of a percent."""


def percent(points: int, most: int) -> int:
    """The share of `most`, in thousandths of a percent, half up, never below 0."""
    return (2 * max(0, points) * WHOLE + most) // (2 * most) if most > 0 else 0


def standard_error(points: int, most: int) -> int:
    """The standard error of measurement of one raw score x of n points, sqrt(x (n - x) / (n - 1)), in thousandths.

    The binomial error model's unbiased estimate (Lord, 1955, Estimating test reliability; Lord & Novick, 1968, 11.9),
    each whole point taken as one item. 0 where there is no estimate: with one point or less to be had.
    """
    if most <= POINT:
        return 0
    x = min(max(points, 0), most)
    return (math.isqrt(4 * (POINT * x * (most - x) // (most - POINT))) + 1) // 2


def scaled_error(scaled: Sequence[int], points: int, error: int) -> int:
    """An error of the raw score carried to the scale, in thousandths of a scaled point.

    Half of what the table rises from `points - error` to `points + error`, read straight between its rows, and ended
    where it ends.
    """
    return (_between(scaled, points + error) - _between(scaled, points - error) + 1) // 2


def _between(scaled: Sequence[int], points: int) -> int:
    """The table's value at a place between two rows, in thousandths, rounded down to one."""
    at = min(max(points, 0), (len(scaled) - 1) * POINT)
    row, over = divmod(at, POINT)
    return scaled[row] * POINT + (over * (scaled[row + 1] - scaled[row]) if over else 0)

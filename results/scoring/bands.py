"""Bands: what may be said of an area with few items, where a score would promise more than it holds."""

from __future__ import annotations

import enum
import math


class Band(enum.StrEnum):
    """Where an area lies against the performance that just passes."""

    BELOW = "below the passing level"
    ABOUT = "about at the passing level"
    ABOVE = "above the passing level"


def band(correct: float, total: float, raw_cut: int, raw_total: int) -> Band:
    """The band of `correct` out of `total` points on a form of `raw_total` points that passes at `raw_cut`.

    About at the passing level is within one binomial standard error, sqrt(n p (1 - p)), of the n p points that a
    candidate at the cut is expected to earn, with p = raw_cut / raw_total (binomial error model: Lord, 1955).
    """
    share = min(raw_cut / raw_total, 1.0)
    expected, error = total * share, math.sqrt(total * share * (1 - share))
    if correct < expected - error:
        return Band.BELOW
    return Band.ABOVE if correct > expected + error else Band.ABOUT

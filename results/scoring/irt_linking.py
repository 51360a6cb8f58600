"""Rasch anchor equating: two forms' difficulties on one scale by their common items, then true scores.

Sources: Kolen and Brennan (2014), Test Equating, Scaling, and Linking, chapter 6: mean/mean (Loyd and Hoover 1980,
Journal of Educational Measurement 17, 179-193), mean/sigma (Marco 1977, same journal, 14, 139-160), true score equating
6.5; drift of an anchor item by the robust z of Huynh and Meyer (2010), Educational Measurement: Issues and Practice 29.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.scoring.ability import Parameters, maximum_likelihood
from results.scoring.equating import LEAST_PERSONS, Equated
from results.scoring.irt_counts import Floats, Scores, TooFewPersonsError, by_score
from results.scoring.rasch import Rasch, rasch

DRIFTED = 1.645
"""An anchor item whose robust z is beyond this has drifted, as that source has it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Equivalents by Rasch true scores; the scale of X is `slope` theta + `intercept` on that of Y.

    `drift` is the robust z of each common item: how far its difference of difficulties lies from the others'.
    """

    equated: Equated
    slope: float
    intercept: float
    drift: Floats


def rasch_equating(
    x: Scores,
    y: Scores,
    names_x: Sequence[str],
    names_y: Sequence[str],
    common: Sequence[str],
    *,
    sigma: bool,
) -> Linked:
    """Equate form X to form Y by the items in `common`: by mean/mean, or by mean/sigma where `sigma` says so.

    Raises `TooFewPersonsError` and the errors of `rasch`.
    """
    if min(len(x), len(y)) < LEAST_PERSONS:
        raise TooFewPersonsError(
            found=min(len(x), len(y)), analysis="the smaller group of an equating", least=LEAST_PERSONS
        )
    on_x, on_y = rasch(by_score(x), names_x), rasch(by_score(y), names_y)
    at_x = np.array([names_x.index(one) for one in common])
    at_y = np.array([names_y.index(one) for one in common])
    slope, intercept = link(on_x.difficulty[at_x], on_y.difficulty[at_y], sigma=sigma)
    equivalent = true_scores(on_x, on_y, slope, intercept)
    method = "rasch-mean-sigma" if sigma else "rasch"
    unknown = np.full(len(equivalent), np.nan)
    drift = robust_z(on_y.difficulty[at_y] - (slope * on_x.difficulty[at_x] + intercept))
    return Linked(Equated(method, equivalent, unknown, len(x), len(y)), slope, intercept, drift)


def link(x: Floats, y: Floats, *, sigma: bool) -> tuple[float, float]:
    """Slope and intercept that take the common items' difficulties on X to those on Y."""
    slope = float(y.std() / x.std()) if sigma and len(x) > 1 and x.std() > 0 else 1.0
    return slope, float(y.mean() - slope * x.mean())


def true_scores(x: Rasch, y: Rasch, slope: float, intercept: float) -> Floats:
    """The true score on Y at the ability that has each raw score of X as its true score; the ends go with the ends."""
    k = len(x.difficulty)
    # on the scale of Y an item of X has the discrimination 1 / slope
    own = Parameters(np.full(k, 1 / slope), slope * x.difficulty + intercept)
    inner = np.arange(1, k) / slope
    ability = maximum_likelihood(own, inner).estimate
    found = np.empty(k + 1)
    found[0], found[k] = 0.0, len(y.difficulty)
    found[1:k] = Parameters(np.ones(len(y.difficulty)), y.difficulty).right(ability).sum(axis=0)
    return found


def robust_z(apart: Floats) -> Floats:
    """Each difference less their median, over 0.74 times their interquartile range; 0 where that is nothing."""
    low, middle, high = np.percentile(apart, [25, 50, 75])
    found: NDArray[np.float64] = (
        (apart - middle) / (0.74 * (high - low)) if high > low else np.zeros(len(apart))
    )
    return found

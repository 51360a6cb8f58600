"""The two-parameter logistic model by marginal maximum likelihood: EM over a normal population, with standard errors.

Rules.
1. Abilities are standard normal in the population; that fixes the scale. Quadrature over -6 to 6 in equal steps.
2. Persons are read in chunks, all of them in every step; an omitted item is a wrong one, as it is scored.
3. An item without variance is refused. Steps are quickened by squared extrapolation, never at the price of likelihood.

Sources: Bock and Aitkin (1981), Psychometrika 46, 443-459; extrapolation S3 of Varadhan and Roland (2008), Scandinavian
Journal of Statistics 35, 335-353; errors from the cross-product of the persons' scores: McLachlan and Krishnan (2008),
The EM Algorithm, section 4.3; Paek and Cai (2014), Educational and Psychological Measurement 74, 58-76.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from results.scoring.ability import Parameters
from results.scoring.irt_counts import (
    Floats,
    ItemWithoutVarianceError,
    NotConvergedError,
    Scores,
    TooFewItemsError,
    TooFewPersonsError,
)

LEAST_PERSONS, LEAST_ITEMS = 50, 3
MOST_STEPS = 500
NODES = np.linspace(-6, 6, 61)
_CHUNK = 4096
_TOLERANCE = 1e-6
_MOST_SLOPE = 8.0


@dataclass(frozen=True, slots=True)
class TwoPL:
    """The items' `parameters`, standard errors of both, the marginal log-likelihood, and the steps that it took.

    An item of discrimination near 0 has a difficulty with a huge error: the model says little of it.
    """

    parameters: Parameters
    discrimination_error: Floats
    difficulty_error: Floats
    log_likelihood: float
    persons: int
    steps: int


@dataclass(frozen=True, slots=True)
class _Expected:
    """What one pass over the persons yields: persons at each node, those right by item and node, log-likelihood."""

    persons: Floats
    right: Floats
    log_likelihood: float


def two_pl(scores: Scores, names: Sequence[str]) -> TwoPL:
    """Estimate from persons by items of 0 and 1.

    Raises `TooFewItemsError`, `TooFewPersonsError`, `ItemWithoutVarianceError`, `NotConvergedError`.
    """
    n, k = scores.shape
    if k < LEAST_ITEMS:
        raise TooFewItemsError(found=k, model="The 2PL model", least=LEAST_ITEMS)
    if n < LEAST_PERSONS:
        raise TooFewPersonsError(found=n, analysis="a 2PL analysis", least=LEAST_PERSONS)
    totals = scores.sum(axis=0, dtype=np.int64)
    if flat := [name for name, total in zip(names, totals, strict=True) if total in {0, n}]:
        raise ItemWithoutVarianceError(items=", ".join(flat))
    patterns, times = _patterns(scores)
    share = totals / n
    at = np.stack((np.ones(k), np.log(share / (1 - share)) * 1.2))
    at, value, steps = _climb(patterns, times, at)
    cov = np.linalg.pinv(_cross_product(patterns, times, at))
    slope, intercept = at
    var_slope, var_intercept, between = np.diag(cov)[:k], np.diag(cov)[k:], np.diag(cov[:k, k:])
    # difficulty = -intercept / slope, by the delta method
    var_difficulty = (
        var_intercept - 2 * (intercept / slope) * between + (intercept / slope) ** 2 * var_slope
    ) / slope**2
    return TwoPL(
        Parameters(slope, -intercept / slope),
        np.sqrt(np.clip(var_slope, 0, None)),
        np.sqrt(np.clip(var_difficulty, 0, None)),
        value,
        n,
        steps,
    )


def _patterns(scores: Scores) -> tuple[Scores, Floats]:
    """The different rows and how often each occurs, where that is much shorter; else the rows themselves."""
    if scores.shape[1] <= 16:
        found, times = np.unique(scores, axis=0, return_counts=True)
        return found, times.astype(float)
    return scores, np.ones(len(scores))


def _climb(patterns: Scores, times: Floats, at: Floats) -> tuple[Floats, float, int]:
    """EM with squared extrapolation until no parameter moves. Raises `NotConvergedError`."""
    here = _expect(patterns, times, at)
    steps = 0
    while steps < MOST_STEPS:
        once = _maximise(here, at)
        between = _expect(patterns, times, once)
        twice = _maximise(between, once)
        steps += 2
        first, bend = once - at, twice - 2 * once + at
        if np.abs(twice - once).max() < _TOLERANCE:
            return twice, _expect(patterns, times, twice).log_likelihood, steps
        length = -max(1.0, float(np.linalg.norm(first)) / max(float(np.linalg.norm(bend)), 1e-300))
        leap = at - 2 * length * first + length**2 * bend
        there = _expect(patterns, times, leap) if np.abs(leap[0]).max() < _MOST_SLOPE else None
        steps += 1
        if there is None or not there.log_likelihood >= between.log_likelihood:
            leap, there = twice, _expect(patterns, times, twice)
        at, here = leap, there
    raise NotConvergedError(model="the 2PL model", steps=MOST_STEPS)


def _expect(patterns: Scores, times: Floats, at: Floats) -> _Expected:
    persons, right, value = np.zeros(len(NODES)), np.zeros((patterns.shape[1], len(NODES))), 0.0
    for start in range(0, len(patterns), _CHUNK):
        part = patterns[start : start + _CHUNK].astype(np.float64)
        weight = times[start : start + _CHUNK]
        posterior, log = _posterior(part, at)
        posterior *= weight[:, None]
        persons += posterior.sum(axis=0)
        right += part.T @ posterior
        value += float(weight @ log)
    return _Expected(persons, right, value)


def _posterior(part: Floats, at: Floats) -> tuple[Floats, Floats]:
    """The posterior of each person over the nodes, and the log-likelihood of the responses."""
    slope, intercept = at
    logit = slope[:, None] * NODES + intercept[:, None]
    prior = -0.5 * NODES**2
    prior -= np.log(np.exp(prior).sum())
    # sum of x logit - log(1 + exp(logit)): the first part is the sum of slopes times the node, and of intercepts
    log = np.outer(part @ slope, NODES) + (part @ intercept)[:, None]
    log += log_expit(-logit).sum(axis=0) + prior
    top = log.max(axis=1, keepdims=True)
    posterior = np.exp(log - top)
    each = posterior.sum(axis=1, keepdims=True)
    posterior /= each
    return posterior, (top + np.log(each))[:, 0]


def _maximise(expected: _Expected, at: Floats) -> Floats:
    """The items' logistic regressions of those right on the nodes, all at once by Newton's method."""
    slope, intercept = at.copy()
    for _ in range(20):
        right = expit(slope[:, None] * NODES + intercept[:, None])
        over = expected.right - expected.persons * right
        spread = expected.persons * right * (1 - right)
        gradient = np.stack((over @ NODES, over.sum(axis=1)))
        aa, ad, dd = spread @ NODES**2, spread @ NODES, spread.sum(axis=1)
        det = np.maximum(aa * dd - ad**2, 1e-12)
        by_slope = np.clip((dd * gradient[0] - ad * gradient[1]) / det, -1, 1)
        by_intercept = np.clip((aa * gradient[1] - ad * gradient[0]) / det, -2, 2)
        slope, intercept = slope + by_slope, intercept + by_intercept
        if max(np.abs(by_slope).max(), np.abs(by_intercept).max()) < 1e-9:
            break
    return np.stack((slope, intercept))


def _cross_product(patterns: Scores, times: Floats, at: Floats) -> Floats:
    """The sum over persons of the outer product of their score vectors: slopes first, then intercepts."""
    k = patterns.shape[1]
    found = np.zeros((2 * k, 2 * k))
    right = expit(at[0][:, None] * NODES + at[1][:, None])
    for start in range(0, len(patterns), _CHUNK):
        part = patterns[start : start + _CHUNK].astype(np.float64)
        posterior, _ = _posterior(part, at)
        by_slope = part * (posterior @ NODES)[:, None] - posterior @ (right * NODES).T
        both = np.concatenate((by_slope, part - posterior @ right.T), axis=1)
        found += both.T @ (both * times[start : start + _CHUNK, None])
    return found

"""The ability of persons under the Rasch or 2PL model by ML, WLE and EAP, with standard errors; and information.

Under both models the likelihood depends on the responses through the sum of the discriminations of the items right
alone, so each estimate is a function of that sum; under the Rasch model it is the raw score.

Sources: ML and information: Lord (1980), Applications of Item Response Theory, chapters 4 and 5; WLE: Warm (1989),
Psychometrika 54, 427-450, equation 12; EAP: Bock and Mislevy (1982), Applied Psychological Measurement 6, 431-444;
the population: Mislevy (1984), Estimating latent distributions, Psychometrika 49, 359-381.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from results.scoring.irt_counts import Counts, Floats, Scores

LOWEST, HIGHEST = -40.0, 40.0
_STEPS = 80
_TOLERANCE = 1e-9
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Parameters:
    """`discrimination` a and `difficulty` b of each item: P(right) = 1 / (1 + exp(-a (ability - b)))."""

    discrimination: Floats
    difficulty: Floats

    def right(self, ability: Floats) -> Floats:
        """The probability of each item (rows) at each ability (columns)."""
        found: Floats = expit(self.discrimination[:, None] * (ability[None, :] - self.difficulty[:, None]))
        return found


@dataclass(frozen=True, slots=True)
class Ability:
    """Estimates in logits and their standard errors; NaN where there is none (ML of a perfect or zero score)."""

    estimate: Floats
    error: Floats


def rasch_parameters(difficulty: Floats) -> Parameters:
    """The Rasch model as a 2PL with discrimination 1."""
    return Parameters(np.ones(len(difficulty)), difficulty)


def weighted(by: Parameters, scores: Scores) -> Floats:
    """What each person's ability depends on: the sum of the discriminations of the items right."""
    found: Floats = scores @ by.discrimination
    return found


def item_information(by: Parameters, ability: Floats) -> Floats:
    """Fisher's information, items by abilities: a^2 P (1 - P). Test information is its sum over the items."""
    right = by.right(ability)
    found: Floats = by.discrimination[:, None] ** 2 * right * (1 - right)
    return found


def maximum_likelihood(by: Parameters, sums: Floats) -> Ability:
    """ML: where the expected weighted score equals the observed; the error is 1 / sqrt(information)."""
    edge = 1e-9 * by.discrimination.sum()
    none = (sums <= edge) | (sums >= by.discrimination.sum() - edge)
    return _solved(by, sums, ~none, _expected)


def warm(by: Parameters, sums: Floats) -> Ability:
    """WLE: Warm's weighted likelihood, finite for every score; the error is 1 / sqrt(information)."""
    return _solved(by, sums, np.ones(len(sums), dtype=bool), _expected_less_bias)


def expected_posterior(
    by: Parameters, sums: Floats, *, mean: float = 0.0, sd: float = 1.0, points: int = 121
) -> Ability:
    """EAP with a normal prior over mean -/+ 6 sd in `points` steps; the error is the posterior's standard deviation."""
    nodes = mean + sd * np.linspace(-6, 6, points)
    slopes = by.discrimination[:, None]
    base = log_expit(-slopes * (nodes[None, :] - by.difficulty[:, None])).sum(axis=0)
    base -= 0.5 * ((nodes - mean) / sd) ** 2
    estimate, error = np.empty(len(sums)), np.empty(len(sums))
    for start in range(0, len(sums), _CHUNK):
        part = slice(start, start + _CHUNK)
        log = sums[part, None] * nodes[None, :] + base[None, :]
        posterior = np.exp(log - log.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        estimate[part] = posterior @ nodes
        error[part] = np.sqrt(np.maximum(posterior @ nodes**2 - estimate[part] ** 2, 0))
    return Ability(estimate, error)


def population(difficulty: Floats, persons: Counts) -> tuple[float, float]:
    """Mean and SD of normal abilities under the Rasch model, by marginal ML; `persons` are counted by raw score.

    The spread of estimates would say too little or too much of it where the items are few.
    """
    at, score = np.linspace(-8, 8, 161), np.arange(len(persons))
    log = log_expit(difficulty[:, None] - at).sum(axis=0)[:, None] + at[:, None] * score
    chance = np.exp(log - log.max(axis=0))

    def minus_log_likelihood(place: Floats) -> float:
        density = np.exp(-0.5 * ((at - place[0]) / np.exp(place[1])) ** 2)
        return -float(persons @ np.log(density @ chance / density.sum() + 1e-300))

    bounds = ((-6.0, 6.0), (float(np.log(0.1)), float(np.log(4.0))))
    found = minimize(minus_log_likelihood, np.zeros(2), method="Nelder-Mead", bounds=bounds, tol=1e-7).x
    return float(found[0]), float(np.exp(found[1]))


def _expected(by: Parameters, right: Floats) -> Floats:
    found: Floats = by.discrimination @ right
    return found


def _expected_less_bias(by: Parameters, right: Floats) -> Floats:
    """The expected weighted score less J / 2I of Warm's equation 12."""
    spread = right * (1 - right)
    information = by.discrimination**2 @ spread
    found: Floats = by.discrimination @ right - by.discrimination**3 @ (spread * (1 - 2 * right)) / (
        2 * np.maximum(information, 1e-300)
    )
    return found


def _solved(
    by: Parameters, sums: Floats, finite: NDArray[np.bool_], rising: Callable[[Parameters, Floats], Floats]
) -> Ability:
    """Where `rising` equals each sum: Fisher's scoring, kept inside a bracket that only gets narrower."""
    each, place = np.unique(sums[finite], return_inverse=True)
    at, error = np.empty(len(each)), np.empty(len(each))
    for start in range(0, len(each), _CHUNK):
        part = slice(start, start + _CHUNK)
        at[part], error[part] = _scored(by, each[part], rising)
    found = Ability(np.full(len(sums), np.nan), np.full(len(sums), np.nan))
    found.estimate[finite], found.error[finite] = at[place], error[place]
    return found


def _scored(
    by: Parameters, sums: Floats, rising: Callable[[Parameters, Floats], Floats]
) -> tuple[Floats, Floats]:
    low, high = np.full(len(sums), LOWEST), np.full(len(sums), HIGHEST)
    at = np.zeros(len(sums))
    for _ in range(_STEPS):
        right = by.right(at)
        over = rising(by, right) - sums
        information = np.maximum(by.discrimination**2 @ (right * (1 - right)), 1e-300)
        low, high = np.where(over > 0, low, at), np.where(over > 0, at, high)
        further = at - over / information
        inside = (further > low) & (further < high)
        further = np.where(inside, further, (low + high) / 2)
        moved, at = np.abs(further - at).max(), further
        if moved < _TOLERANCE:
            break
    return at, 1 / np.sqrt(information)

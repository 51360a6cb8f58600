"""Abilities by ML, WLE and EAP: R's figures, defining equations, and what they recover."""

from __future__ import annotations

import numpy as np
import pytest

from results.scoring.ability import (
    Parameters,
    expected_posterior,
    item_information,
    maximum_likelihood,
    population,
    rasch_parameters,
    warm,
    weighted,
)
from tests.results.analysis import r_figures as r


def test_maximum_likelihood_is_that_of_r() -> None:
    """eRm's person parameters and their errors at each raw score, as far as it iterates; none at the ends."""
    by = rasch_parameters(np.array(r.RASCH_DIFFICULTY))
    found = maximum_likelihood(by, np.arange(13.0))
    np.testing.assert_allclose(found.estimate[1:12], r.ML, atol=5e-6)
    np.testing.assert_allclose(found.error[1:12], r.ML_ERROR, atol=2e-4)
    assert np.isnan(found.estimate[[0, 12]]).all()


def test_estimates_solve_their_equations() -> None:
    """ML: expected sum equals observed. WLE: the log-likelihood plus half the log-information is at its top (Warm)."""
    g = np.random.Generator(np.random.PCG64(2))
    by = Parameters(np.exp(g.normal(0, 0.4, 25)), g.normal(0, 1, 25))
    scores = (g.random((40, 25)) < 0.6).astype(np.int8)
    sums = weighted(by, scores)
    ml, wle = maximum_likelihood(by, sums), warm(by, sums)
    np.testing.assert_allclose(by.discrimination @ by.right(ml.estimate), sums, atol=1e-7)

    def top(at: np.ndarray) -> np.ndarray:
        right = by.right(at)
        log = (scores.T * np.log(right) + (1 - scores.T) * np.log(1 - right)).sum(axis=0)
        held: np.ndarray = log + 0.5 * np.log(item_information(by, at).sum(axis=0))
        return held

    assert (top(wle.estimate) >= top(wle.estimate + 1e-3)).all()
    assert (top(wle.estimate) >= top(wle.estimate - 1e-3)).all()


def test_every_score_has_a_weighted_likelihood_estimate() -> None:
    """WLE is finite at both ends and rises with the score, symmetric where the items are."""
    found = warm(rasch_parameters(np.linspace(-2, 2, 10)), np.arange(11.0)).estimate
    assert (np.diff(found) > 0).all()
    np.testing.assert_allclose(found, -found[::-1], atol=1e-8)


def test_expected_posterior_of_one_item_is_the_integral() -> None:
    """One item at 0, answered right: E = 2 times the integral of t phi(t) / (1 + exp(-t)), on a fine grid."""
    found = expected_posterior(rasch_parameters(np.zeros(1)), np.ones(1))
    t = np.linspace(-10, 10, 200_001)
    density = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi) / (1 + np.exp(-t))
    assert found.estimate[0] == pytest.approx((t * density).sum() / density.sum(), abs=1e-7)


def test_estimates_and_errors_are_honest() -> None:
    """4,000 simulated persons: WLE without bias, and both errors as large as the misses are."""
    g = np.random.Generator(np.random.PCG64(7))
    by = Parameters(np.exp(g.normal(0, 0.3, 60)), g.normal(0, 1, 60))
    true = g.normal(size=4_000)
    scores = (g.random((4_000, 60)) < by.right(true).T).astype(np.int8)
    sums = weighted(by, scores)
    wle, eap = warm(by, sums), expected_posterior(by, sums)
    for found in (wle, eap):
        z = (found.estimate - true) / found.error
        assert abs(z.mean()) < 4 / np.sqrt(4_000)
        assert abs((z**2).mean() - 1) < 5 * np.sqrt(2 / 4_000)
    assert ((eap.estimate - true) ** 2).mean() < ((wle.estimate - true) ** 2).mean()


@pytest.mark.parametrize(("items", "mean", "sd"), [(5, 1.5, 0.8), (10, 0.0, 1.0), (60, 0.5, 1.3)])
def test_the_population_is_recovered_however_few_the_items(items: int, mean: float, sd: float) -> None:
    """Mean and SD of 6,000 abilities from raw scores alone, within four of their standard errors."""
    g = np.random.Generator(np.random.PCG64(30))
    difficulty = np.linspace(-1.5, 1.5, items)
    right = g.random((6_000, items)) < 1 / (1 + np.exp(difficulty - g.normal(mean, sd, (6_000, 1))))
    found = population(difficulty, np.bincount(right.sum(axis=1), minlength=items + 1))
    # an item's information is 1/4 at most: the variance of one ability's estimate adds to that of the population
    error = np.sqrt((sd**2 + 1 / (0.15 * items)) / 6_000)
    assert found == pytest.approx((mean, sd), abs=4 * error)

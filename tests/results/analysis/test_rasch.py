"""The Rasch model by conditional maximum likelihood agrees with R, with enumeration, and with the truth behind data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from results.scoring.ability import Parameters
from results.scoring.fit import mean_squares, score_fit
from results.scoring.irt_counts import (
    ItemWithoutVarianceError,
    TooFewItemsError,
    TooFewPersonsError,
    by_score,
)
from results.scoring.rasch import andersen, rasch, right_given_score, symmetric, without
from tests.results.analysis import r_figures as r

NAMES = [f"i{n}" for n in range(r.ITEMS)]


def simulated(persons: int, difficulty: np.ndarray, seed: int, *, mean: float = 0.0) -> np.ndarray:
    g = np.random.Generator(np.random.PCG64(seed))
    ability = g.normal(mean, 1.0, (persons, 1))
    return (g.random((persons, len(difficulty))) < 1 / (1 + np.exp(difficulty - ability))).astype(np.int8)


def test_difficulties_errors_and_andersens_test_are_those_of_r() -> None:
    """eRm and psychotools say the same to the digits to which they iterate."""
    counts = by_score(r.responses())
    found, test = rasch(counts, NAMES), andersen(counts, NAMES)
    np.testing.assert_allclose(found.difficulty, r.RASCH_DIFFICULTY, atol=2e-6)
    np.testing.assert_allclose(found.error, r.RASCH_ERROR, atol=1e-5)
    assert found.log_likelihood == pytest.approx(r.RASCH_LOG_LIKELIHOOD, abs=1e-6)
    assert test.statistic == pytest.approx(r.ANDERSEN, abs=1e-4)
    assert test.df == r.ANDERSEN_DF


def test_infit_and_outfit_are_those_of_r() -> None:
    """Mean squares and their standardised values agree with eRm's itemfit, from counts by raw score alone."""
    counts = by_score(r.responses())
    found = mean_squares(counts, rasch(counts, NAMES).difficulty)
    for ours, theirs in (
        (found.infit, r.INFIT),
        (found.outfit, r.OUTFIT),
        (found.infit_t, r.INFIT_T),
        (found.outfit_t, r.OUTFIT_T),
    ):
        np.testing.assert_allclose(ours, theirs, atol=5e-5)


def test_symmetric_functions_are_the_sums_over_all_patterns() -> None:
    """For six items, what 64 patterns add up to; with an item taken out, what 32 do."""
    weights = np.exp(np.array([-3.0, -0.5, 0.0, 0.0, 1.2, 4.0]))
    for item in range(6):
        rest = np.delete(weights, item)
        sums = np.zeros(6)
        for pattern in itertools.product((0, 1), repeat=5):
            sums[sum(pattern)] += np.prod(rest ** np.array(pattern))
        np.testing.assert_allclose(symmetric(rest) * np.prod(1 + rest), sums, rtol=1e-13)
        np.testing.assert_allclose(without(symmetric(weights), weights[item]), symmetric(rest), rtol=1e-12)


def test_symmetric_functions_stay_exact_for_many_and_extreme_items() -> None:
    """For 300 items from -6 to 6 the chances given a raw score still add up to that score."""
    right = right_given_score(np.linspace(-6, 6, 300))
    np.testing.assert_allclose(right.sum(axis=0), np.arange(301), atol=1e-8)
    assert right.min() >= 0
    assert right.max() <= 1 + 1e-12


def test_the_truth_is_recovered() -> None:
    """115 items, 5,000 persons: bias within three of its own errors, squared error as the standard errors promise."""
    true = np.linspace(-2.5, 2.5, 115)
    found = rasch(by_score(simulated(5_000, true, 3, mean=0.4)), [f"{n}" for n in range(115)])
    z = (found.difficulty - true) / found.error
    # the mean of 115 squared standard normal values has a standard deviation of sqrt(2 / 115) = 0.13
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(2 / 115)
    slope = np.polyfit(true, found.difficulty, 1)[0]
    assert abs(slope - 1) < 3 * found.error.mean() / (true.std() * np.sqrt(115))
    assert np.sqrt(((found.difficulty - true) ** 2).mean()) < 1.3 * found.error.mean()


def test_counts_of_parts_add_up_to_the_counts_of_all() -> None:
    """The sufficient statistic is additive to the bit, so the estimates are the same however persons were read."""
    scores = r.responses()
    parts = by_score(scores[:150]) + by_score(scores[150:])
    whole = by_score(scores)
    assert (parts.persons == whole.persons).all()
    assert (parts.right == whole.right).all()


def test_perfect_and_zero_scores_change_nothing() -> None:
    """A hundred more who have all or nothing right leave every difficulty where it was, and are counted apart."""
    scores = r.responses()
    more = np.concatenate((scores, np.ones((60, r.ITEMS), np.int8), np.zeros((40, r.ITEMS), np.int8)))
    plain, padded = rasch(by_score(scores), NAMES), rasch(by_score(more), NAMES)
    assert (plain.difficulty == padded.difficulty).all()
    assert padded.left_out == plain.left_out + 100


def test_items_that_fit_and_one_that_does_not_are_told_apart() -> None:
    """S-X2 keeps its level over items of the model and rejects an item whose answers are guesses."""
    scores = simulated(3_000, np.linspace(-1.5, 1.5, 30), 8)
    scores[:, 7] = np.random.Generator(np.random.PCG64(9)).random(3_000) < 0.5
    counts = by_score(scores)
    found = rasch(counts, [f"{n}" for n in range(30)])
    fit = score_fit(counts, Parameters(np.ones(30), found.difficulty), estimated=1)
    others = np.delete(fit.p, 7)
    assert fit.p[7] < 1e-12
    assert fit.rmsd[7] > 2 * np.delete(fit.rmsd, 7).max()
    assert (others < 0.01).sum() <= 3  # of 29 at a level of 1 %: more than 3 by chance once in 4,000
    assert mean_squares(counts, found.difficulty).outfit[7] > 1.3


@pytest.mark.parametrize(("persons", "items"), [(2_000, 40), (2_000, 115), (8_000, 40)])
def test_the_distance_of_an_item_that_fits_is_small(persons: int, items: int) -> None:
    """RMSD is no chance of small raw score groups: below 0.03 where the model holds, and what is wrong where it is not.

    An item that everybody guesses is off by the root of the mean of (P - 1/2)^2, which the posterior's spread blurs.
    """
    difficulty = np.linspace(-2, 2, items)
    scores = simulated(persons, difficulty, 18)
    scores[:, 3] = np.random.Generator(np.random.PCG64(9)).random(persons) < 0.5
    found = score_fit(by_score(scores), Parameters(np.ones(items), difficulty), estimated=1).rmsd
    assert np.delete(found, 3).mean() < 0.035 * np.sqrt(2_000 / persons)
    at = np.linspace(-5, 5, 201)
    off = (1 / (1 + np.exp(difficulty[3] - at)) - 0.5) ** 2 @ np.exp(-(at**2) / 2)
    assert found[3] == pytest.approx(np.sqrt(off / np.exp(-(at**2) / 2).sum()), rel=0.2)


def test_an_item_that_everybody_got_right_is_named() -> None:
    """It has no finite difficulty: it is refused by name, never given a large number."""
    scores = r.responses()
    scores[:, 3] = 1
    with pytest.raises(ItemWithoutVarianceError, match="i3"):
        rasch(by_score(scores), NAMES)


def test_nobody_to_count_is_said() -> None:
    """With perfect scores alone there is nothing to estimate from, nor with a single item."""
    with pytest.raises(TooFewPersonsError):
        rasch(by_score(np.ones((50, 5), np.int8)), NAMES[:5])
    with pytest.raises(TooFewItemsError, match="2 items at least; these responses have 1"):
        rasch(by_score(r.responses()[:, :1]), NAMES[:1])

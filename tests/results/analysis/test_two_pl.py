"""The 2PL by marginal maximum likelihood agrees with R, with a published table, and with the truth behind data."""

from __future__ import annotations

import numpy as np
import pytest

from results.scoring.irt_counts import ItemWithoutVarianceError, TooFewItemsError, TooFewPersonsError
from results.scoring.two_pl import two_pl
from tests.results.analysis import r_figures as r
from tests.results.analysis.samples import lsat6

NAMES = [f"i{n}" for n in range(r.ITEMS)]


def simulated(persons: int, slope: np.ndarray, difficulty: np.ndarray, seed: int) -> np.ndarray:
    g = np.random.Generator(np.random.PCG64(seed))
    chance = 1 / (1 + np.exp(-slope * (g.normal(size=(persons, 1)) - difficulty)))
    found: np.ndarray = (g.random((persons, len(slope))) < chance).astype(np.int8)
    return found


def test_the_law_school_admission_test_is_as_published() -> None:
    """Section 6 of the LSAT: the 2PL estimates in Rizopoulos (2006), Journal of Statistical Software 17(5).

    They stand there with three decimals and a coarser quadrature, hence the tolerance.
    """
    found = two_pl(lsat6().scores, ["1", "2", "3", "4", "5"])
    published_discrimination = (0.825, 0.723, 0.890, 0.689, 0.657)
    published_difficulty = (-3.360, -1.370, -0.280, -1.866, -3.124)
    np.testing.assert_allclose(found.parameters.discrimination, published_discrimination, atol=0.002)
    np.testing.assert_allclose(found.parameters.difficulty, published_difficulty, atol=0.003)
    assert found.log_likelihood == pytest.approx(-2466.65, abs=0.01)
    # theirs are of the Hessian and ours of the scores' cross-product: the same but for the sample's chance
    published_errors = (0.258, 0.187, 0.233, 0.185, 0.210), (0.867, 0.307, 0.100, 0.434, 0.870)
    np.testing.assert_allclose(found.discrimination_error, published_errors[0], rtol=0.05)
    np.testing.assert_allclose(found.difficulty_error, published_errors[1], rtol=0.05)


def test_estimates_are_where_r_finds_the_maximum() -> None:
    """R's own optimiser, on the marginal likelihood written out, ends at the same parameters."""
    found = two_pl(r.responses(), NAMES)
    assert found.log_likelihood == pytest.approx(r.TWO_PL_LOG_LIKELIHOOD, abs=1e-5)
    np.testing.assert_allclose(found.parameters.discrimination, r.TWO_PL_DISCRIMINATION, atol=5e-4)
    np.testing.assert_allclose(found.parameters.difficulty, r.TWO_PL_DIFFICULTY, atol=5e-4)


def test_the_truth_is_recovered() -> None:
    """60 items, 8,000 persons: no bias beyond three of its errors, squared errors as the standard errors promise."""
    g = np.random.Generator(np.random.PCG64(1))
    slope, difficulty = np.exp(g.normal(0, 0.3, 60)), g.uniform(-2, 2, 60)
    found = two_pl(simulated(8_000, slope, difficulty, 2), [f"{n}" for n in range(60)])
    for ours, error, true in (
        (found.parameters.discrimination, found.discrimination_error, slope),
        (found.parameters.difficulty, found.difficulty_error, difficulty),
    ):
        z = (ours - true) / error
        # the errors of items are linked by the scale they share, so the bound is twice that of independent ones
        assert abs((z**2).mean() - 1) < 8 * np.sqrt(2 / 60)
        assert abs((ours - true).mean()) < 0.03  # the scale itself is known to 1 / sqrt(8,000) = 0.011
        assert np.sqrt(((ours - true) ** 2).mean()) < 1.4 * np.sqrt((error**2).mean())


def test_likelihood_does_not_depend_on_the_order_of_persons() -> None:
    """The same persons in another order, over chunk borders too, give the same estimates."""
    scores = simulated(5_000, np.ones(20), np.linspace(-1, 1, 20), 5)
    names = [f"{n}" for n in range(20)]
    one, other = two_pl(scores, names), two_pl(scores[::-1], names)
    np.testing.assert_allclose(one.parameters.difficulty, other.parameters.difficulty, atol=1e-6)


def test_what_cannot_be_estimated_is_refused() -> None:
    """An item without variance by its name, too few persons and too few items by their number."""
    scores = r.responses()
    scores[:, 2] = 0
    with pytest.raises(ItemWithoutVarianceError, match="i2"):
        two_pl(scores, NAMES)
    with pytest.raises(TooFewPersonsError, match="40"):
        two_pl(r.responses()[:40], NAMES)
    with pytest.raises(TooFewItemsError, match="3 items at least; these responses have 2"):
        two_pl(r.responses()[:, :2], NAMES[:2])

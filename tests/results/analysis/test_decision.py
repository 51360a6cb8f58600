"""Decision consistency: against R's betafunctions, against enumeration, and what must hold of any cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from results.scoring.classical import kr21
from results.scoring.decision import (
    Beta,
    DecisionUnfitError,
    decisions,
    effective_length,
    fit,
    livingston_lewis,
    true_moments,
)

BETAFUNCTIONS = [
    (
        *(Beta(0.1, 0.95, 5, 3, 4), 50, 30),
        *(0.54824221704, 0.05720566435, 0.07240587998, 0.32214623862),
        *(0.53132285210, 0.29002671095, 0.620609518327),
    ),
    (
        *(Beta(0.25, 0.75, 5, 3, 4), 100, 50),
        *(0.70549025235, 0.06794724765, 0.05455863975, 0.17200386025),
        *(0.67450369104, 0.15440613480, 0.530937332853),
    ),
]
"""R: betafunctions 1.9.0, `LL.CA(list(l, u, alpha, beta, etl), cut = cut, min = 0, max = etl)`.

Its confusion and consistency matrices, with passing as it names it, and kappa.
"""


@pytest.mark.parametrize(
    (
        "true",
        "length",
        "cut",
        "pass_pass",
        "fail_pass",
        "pass_fail",
        "fail_fail",
        "both_pass",
        "both_fail",
        "kappa",
    ),
    BETAFUNCTIONS,
)
def test_known_true_scores_give_the_decisions_of_betafunctions(
    true: Beta,
    length: int,
    cut: int,
    pass_pass: float,
    fail_pass: float,
    pass_fail: float,
    fail_fail: float,
    both_pass: float,
    both_fail: float,
    kappa: float,
) -> None:
    """The four shares of accuracy and both of consistency, by another way of integrating, to seven places."""
    found = decisions(true, length, cut / length, cut)
    assert (found.true_pass, found.false_fail, found.false_pass, found.true_fail) == pytest.approx(
        (pass_pass, fail_pass, pass_fail, fail_fail), abs=2e-7
    )
    assert (found.both_pass, found.both_fail) == pytest.approx((both_pass, both_fail), abs=2e-7)
    fails = found.both_fail + found.differ / 2
    chance = fails**2 + (1 - fails) ** 2
    assert (found.both_pass + found.both_fail - chance) / (1 - chance) == pytest.approx(kappa, abs=1e-6)


SCORES = np.array([40, 38, 36, 34, 33, 32, 31, 30, 30, 29, 28, 29, 30, 30, 31, 32, 33, 34, 36, 38, 30])


def test_scores_give_the_fit_and_the_decisions_of_betafunctions() -> None:
    """From a distribution of scores, with KR-21 as the reliability, so that both put them on 20 whole items.

    R: betafunctions 1.9.0, `LL.CA(Beta.tp.fit(rep(0:20, counts), 0, 20, etl = 20), cut = 12, min = 0, max = 20)`.
    """
    score = np.arange(21)
    n = SCORES.sum()
    mean = SCORES @ score / n
    variance = SCORES @ (score - mean) ** 2 / (n - 1)
    reliability = kr21(mean, variance, 20)
    assert reliability == pytest.approx(0.918964093164, abs=1e-11)
    found = livingston_lewis(SCORES, 12, reliability)
    assert (found.effective_length, found.effective_cut, found.moments) == (20, 12, 4)
    assert (found.lower, found.upper) == pytest.approx((0.0119137004633, 0.9764952917558), abs=1e-9)
    assert (found.alpha, found.beta) == pytest.approx((0.7856124370258, 0.7905617695685), abs=1e-9)
    assert found.accuracy == pytest.approx(0.92081524781, abs=2e-5)
    assert (found.false_pass, found.false_fail) == pytest.approx((0.05209495114, 0.02708980105), abs=2e-5)
    assert found.kappa == pytest.approx(0.778780430997, abs=1e-4)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.6, 8), st.floats(0.6, 8), st.integers(5, 60), st.data())
def test_the_marginal_is_the_beta_binomial(
    alpha: float, beta: float, length: int, data: st.DataObject
) -> None:
    """Who fails is what scipy's beta-binomial distribution says, and every share is one."""
    cut = data.draw(st.integers(1, length))
    found = decisions(Beta(0, 1, alpha, beta, 4), length, cut / length, cut)
    fails = betabinom.cdf(cut - 1, length, alpha, beta)
    assert found.true_fail + found.false_fail == pytest.approx(fails, abs=1e-6)
    assert found.both_fail + found.differ / 2 == pytest.approx(fails, abs=1e-6)
    shares = (found.true_fail, found.false_pass, found.false_fail, found.true_pass)
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 0.3), st.floats(0.7, 1), st.floats(1, 9), st.floats(1, 9), st.integers(20, 80))
def test_the_beta_that_made_the_scores_is_found_again(
    lower: float, upper: float, alpha: float, beta: float, length: int
) -> None:
    """Scores in exactly the shares that a four-parameter beta-binomial gives have these four moments again."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    share = (nodes + 1) / 2
    density = weights * share ** (alpha - 1) * (1 - share) ** (beta - 1)
    true = lower + (upper - lower) * share
    moments = [float(density @ true**power / density.sum()) for power in (1, 2, 3, 4)]
    found = fit((moments[0], moments[1], moments[2], moments[3]))
    assert found.moments < 4 or (found.lower, found.upper) == pytest.approx((lower, upper), abs=2e-2)
    assert found.lower + (found.upper - found.lower) * found.alpha / (
        found.alpha + found.beta
    ) == pytest.approx(moments[0], abs=1e-6)


def test_bounds_that_cannot_be_are_fixed() -> None:
    """Moments that want a bound above 1 or below 0 are fitted by three with that bound, the mean and variance kept."""
    counts = np.array([0, 1, 2, 4, 9, 15, 24, 33, 45, 58, 66, 75, 80, 78, 72, 60, 47, 32, 18, 8, 3])
    for totals in (counts, counts[::-1]):
        found = livingston_lewis(totals, 12, 0.8)
        assert found.moments < 4
        assert 0 <= found.lower < found.upper <= 1
    low, high = livingston_lewis(counts, 12, 0.8), livingston_lewis(counts[::-1], 9, 0.8)
    assert (high.lower, high.upper) == pytest.approx((1 - low.upper, 1 - low.lower))
    assert (high.alpha, high.beta) == pytest.approx((low.beta, low.alpha))


def test_a_test_with_kr21_as_its_reliability_is_worth_its_own_items() -> None:
    """Livingston and Lewis's effective length undoes KR-21's formula; twice as reliable a spread is worth more."""
    assert effective_length(12.0, 16.0, 20, kr21(12.0, 16.0, 20)) == pytest.approx(20)
    assert effective_length(12.0, 16.0, 20, 0.85) > 20
    assert true_moments(np.array([1, 2, 1]), 5.0)[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("totals", "cut", "reliability"),
    [([5, 5, 5], 0, 0.8), ([5, 5, 5], 3, 0.8), ([0, 9, 0], 1, 0.8), ([1, 0, 0], 1, 0.8), ([5, 5, 5], 1, 1.0)],
)
def test_what_has_no_estimate_says_so(totals: list[int], cut: int, reliability: float) -> None:
    """A cut outside the test, no variance, one candidate, no error: refused with one code."""
    with pytest.raises(DecisionUnfitError):
        livingston_lewis(np.array(totals), cut, reliability)

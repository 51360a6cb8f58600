"""Equating: Kolen and Brennan's tables, the identity, the truth behind simulated forms, and the signed table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exam_packages.equating import equating_table, scaled_scores, thousandths
from exam_packages.scoring_key import ConversionTable
from keys.encoding import Digest
from results.scoring.equating import (
    AnchorWithoutSpreadError,
    FormWithoutSpreadError,
    Moments,
    SmoothingError,
    anchored,
    equipercentile,
    levine,
    percentile_points,
    percentile_ranks,
    random_groups,
    smooth,
    spread,
    tucker,
)
from results.scoring.irt_counts import TooFewPersonsError
from results.scoring.irt_linking import link, rasch_equating, robust_z

# Kolen and Brennan (2014), table 2.5: ACT mathematics, forms X and Y, raw scores 0 to 40, random groups. The counts are
# those of ACTmath in R's equate 2.0.9.
ACT_X = np.array(
    [
        0,
        1,
        1,
        3,
        9,
        18,
        59,
        67,
        91,
        144,
        149,
        192,
        192,
        192,
        201,
        204,
        217,
        181,
        184,
        170,
        201,
        147,
        163,
        147,
        140,
        147,
        126,
        113,
        100,
        106,
        107,
        91,
        83,
        73,
        72,
        75,
        50,
        37,
        38,
        23,
        15,
    ]
)
ACT_Y = np.array(
    [
        0,
        1,
        3,
        13,
        42,
        59,
        95,
        131,
        158,
        161,
        194,
        164,
        166,
        197,
        177,
        158,
        169,
        132,
        158,
        151,
        134,
        137,
        122,
        110,
        116,
        132,
        104,
        104,
        114,
        97,
        107,
        88,
        80,
        79,
        70,
        61,
        48,
        47,
        29,
        32,
        12,
    ]
)
# the same, table 2.7: unsmoothed equipercentile equivalents, which equate(x, y, type = "equipercentile") of R's equate
# 2.0.9 prints too, but for raw score 0, which nobody has and to which it gives -0.5
EQUIPERCENTILE = (
    *(0.0000, 0.9796, 1.6462, 2.2856, 2.8932, 3.6205, 4.4997, 5.5148, 6.3124, 7.2242, 8.1607, 9.1827),
    *(10.1859, 11.2513, 12.3896, 13.3929, 14.5240, 15.7169, 16.8234, 18.0092, 19.1647, 20.3676, 21.4556),
    *(22.6871, 23.9157, 25.0292, 26.1612, 27.2633, 28.1801, 29.1424, 30.1305, 31.1297, 32.1357, 33.0781),
    *(34.0172, 35.1016, 36.2426, 37.1248, 38.1321, 39.0807, 39.9006),
)
# the same, chapter 4: 36 items with 12 in common; groups of 1,655 and 1,638. The moments are those of KBneat in
# R's equate 2.0.9
KB_X = Moments(15.8205, 6.5278, 5.1063, 2.3760, 13.4088)
KB_Y = Moments(18.6728, 6.8784, 5.8626, 2.4515, 14.7603)


def test_the_published_distributions_are_the_ones_below() -> None:
    """Sizes, means and standard deviations of both forms as the book prints them."""
    for counts, size, mean, sd in ((ACT_X, 4329, 19.8524, 8.2116), (ACT_Y, 4152, 18.9798, 8.9393)):
        assert counts.sum() == size
        assert spread(counts.astype(float)) == pytest.approx((mean, sd), abs=5e-5)


def test_equipercentile_equivalents_are_the_published_ones() -> None:
    """All 41 equivalents, to the four decimals of the book."""
    found = equipercentile(ACT_X.astype(float), ACT_Y.astype(float))
    np.testing.assert_allclose(found, EQUIPERCENTILE, atol=5.1e-5)


def test_linear_equating_matches_mean_and_deviation() -> None:
    """The published slope and intercept of the ACT forms, 1.0886 and -2.6319."""
    found = random_groups("linear", ACT_X, ACT_Y).equivalent
    assert found[0] == pytest.approx(-2.6319, abs=1e-4)
    np.testing.assert_allclose(np.diff(found), 1.0886, atol=1e-4)


def test_tucker_and_levine_are_as_published() -> None:
    """The book's common-item example with w1 = 1: intercepts .5370 and .2517."""
    assert tucker(KB_X, KB_Y, 1.0) == pytest.approx((1.0289, 0.5370), abs=1e-4)
    assert levine(KB_X, KB_Y, 1.0) == pytest.approx((1.0111, 0.2517), abs=1e-4)


@pytest.mark.parametrize("line", [tucker, levine])
def test_equating_back_undoes_it(line: Callable[[Moments, Moments, float], tuple[float, float]]) -> None:
    """Y to X in the same synthetic population, a third of it of one group, is the inverse of X to Y."""
    slope, intercept = line(KB_X, KB_Y, 1 / 3)
    back, shift = line(KB_Y, KB_X, 2 / 3)
    assert slope * back == pytest.approx(1, abs=1e-12)
    assert back * intercept + shift == pytest.approx(0, abs=1e-12)


def test_tuckers_population_is_the_two_groups_together() -> None:
    """Where the total is a straight line of the anchor in both, the pooled persons have the synthetic moments."""
    g = np.random.Generator(np.random.PCG64(4))
    anchors = g.normal(5, 2, 40_000), g.normal(6, 2.2, 20_000)

    def both(slope: float, shift: float) -> list[np.ndarray]:
        return [slope * one + shift + g.normal(0, 1, len(one)) for one in anchors]

    x, y = both(2.0, 1.0), both(2.5, 0.0)
    told = []
    for total, anchor in ((x[0], anchors[0]), (y[1], anchors[1])):
        cov = float(np.cov(total, anchor, bias=True)[0, 1])
        told.append(Moments(total.mean(), total.std(), anchor.mean(), anchor.std(), cov))
    pooled_x, pooled_y = np.concatenate(x), np.concatenate(y)
    slope = pooled_y.std() / pooled_x.std()
    found = tucker(told[0], told[1], 2 / 3)
    assert found == pytest.approx((slope, pooled_y.mean() - slope * pooled_x.mean()), abs=0.03)


@pytest.mark.parametrize("degree", [2, 4, 6])
def test_presmoothing_keeps_the_moments(degree: int) -> None:
    """A loglinear model of degree C has the first C moments of the counts, and their total."""
    found, score = smooth(ACT_X.astype(float), degree), np.linspace(-1, 1, 41)
    assert (found > 0).all()
    for power in range(degree + 1):
        assert found @ score**power == pytest.approx(ACT_X @ score**power, rel=1e-9, abs=1e-7)


def test_presmoothed_equivalents_are_those_of_r() -> None:
    """R's equate 2.0.9: `presmoothing(x, "loglinear", degrees = list(6))` of both, then equipercentile."""
    found = random_groups("equipercentile", ACT_X, ACT_Y, degree=6).equivalent
    assert found[[0, 10, 20, 30, 40]] == pytest.approx(
        (-0.438423, 8.214279, 19.246907, 30.172905, 40.020232), abs=2e-6
    )


def test_a_smoothing_that_does_not_fit_is_refused() -> None:
    """More moments than scores that anyone has cannot be kept."""
    with pytest.raises(SmoothingError):
        smooth(np.array([0.0, 0.0, 50.0, 50.0, 0.0, 0.0]), 5)


@pytest.mark.parametrize("method", ["linear", "equipercentile"])
def test_a_form_equated_to_itself_stays_as_it_is(method: str) -> None:
    """The same distribution gives back every raw score between the lowest and the highest that anyone has."""
    found = random_groups(method, ACT_Y, ACT_Y).equivalent
    np.testing.assert_allclose(found[1:], np.arange(1, 41), atol=1e-9)


def test_ranks_and_points_undo_each_other() -> None:
    """Where the distribution has no gap, the point of a score's percentile rank is that score."""
    counts = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    at = np.linspace(-0.5, 4.5, 21)
    np.testing.assert_allclose(percentile_points(counts, percentile_ranks(counts, at)), at, atol=1e-9)


def test_an_empty_score_is_passed_over_in_its_middle() -> None:
    """Half below and half above a score that nobody has: the median is in the middle of the gap."""
    assert percentile_points(np.array([0.0, 5.0, 0.0, 5.0]), np.array([50.0]))[0] == pytest.approx(2.0)


def linear_error(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The delta-method standard error of `linear` (Braun and Holland 1982; Kolen and Brennan 2014, table 7.2)."""
    (mean, sd), (_, sd_y) = spread(x), spread(y)
    z = (np.arange(len(x)) - mean) / sd
    n_x, n_y = x.sum(), y.sum()
    skew_x, kurt_x = _higher(x)
    skew_y, kurt_y = _higher(y)
    inside = 1 / n_x + 1 / n_y + (skew_x / n_x + skew_y / n_y) * z
    inside = inside + ((kurt_x - 1) / (4 * n_x) + (kurt_y - 1) / (4 * n_y)) * z**2
    found: np.ndarray = sd_y * np.sqrt(np.maximum(inside, 0))
    return found


def _higher(counts: np.ndarray) -> tuple[float, float]:
    """Skewness and kurtosis."""
    mean, sd = spread(counts)
    z = (np.arange(len(counts)) - mean) / sd
    return float(counts @ z**3 / counts.sum()), float(counts @ z**4 / counts.sum())


def test_resampled_errors_are_those_of_the_formula() -> None:
    """For linear equating the resampled standard errors agree with the delta method within their own noise.

    A standard deviation from 200 replications is known to 1 / sqrt(400) = 5 %; 41 of them at once stay within 4 of it.
    """
    found = random_groups("linear", ACT_X, ACT_Y).error
    np.testing.assert_allclose(found, linear_error(ACT_X.astype(float), ACT_Y.astype(float)), rtol=0.2)


def forms(seed: int, *, apart: float, persons: int = 4_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Responses to X and Y of 60 items, the first 20 the same, the group of X `apart` abler; the true equivalents."""
    g = np.random.Generator(np.random.PCG64(seed))
    on_x = np.concatenate((np.linspace(-2, 2, 20), g.normal(0.3, 1, 40)))
    on_y = np.concatenate((on_x[:20], g.normal(0, 1, 40)))

    def take(difficulty: np.ndarray, mean: float) -> np.ndarray:
        ability = g.normal(mean, 1, (persons, 1))
        return (g.random((persons, 60)) < 1 / (1 + np.exp(difficulty - ability))).astype(np.int8)

    ability = np.linspace(-6, 6, 601)
    true_x, true_y = ((1 / (1 + np.exp(one[:, None] - ability))).sum(axis=0) for one in (on_x, on_y))
    return take(on_x, apart), take(on_y, 0.0), np.interp(np.arange(61), true_x, true_y)


def joint(scores: np.ndarray) -> np.ndarray:
    found = np.zeros((61, 21), np.int64)
    np.add.at(found, (scores.sum(axis=1), scores[:, :20].sum(axis=1)), 1)
    return found


INNER = slice(10, 52)
NAMES_X = [f"c{n}" if n < 20 else f"x{n}" for n in range(60)]
NAMES_Y = [f"c{n}" if n < 20 else f"y{n}" for n in range(60)]


@pytest.mark.parametrize(
    ("method", "within"), [("tucker", 1.3), ("levine", 1.3), ("chained", 0.9), ("frequency", 1.0)]
)
def test_an_anchor_finds_the_true_equivalents(method: str, within: float) -> None:
    """Groups a quarter of a deviation apart: no equivalent is further off than the method's own model is.

    The two straight lines miss the bend between the forms, frequency estimation a part of the difference of the groups.
    """
    x, y, true = forms(3, apart=0.25)
    found = anchored(method, joint(x), joint(y))
    assert np.abs(found.equivalent - true)[INNER].max() < within
    assert 0 < found.error[INNER].mean() < 0.5


@pytest.mark.parametrize("sigma", [False, True])
def test_the_rasch_anchor_finds_the_true_equivalents(sigma: bool) -> None:
    """Where the Rasch model holds, groups half a deviation apart are no obstacle: within a third of a point."""
    x, y, true = forms(4, apart=0.5)
    found = rasch_equating(x, y, NAMES_X, NAMES_Y, NAMES_X[:20], sigma=sigma)
    assert np.abs(found.equated.equivalent - true)[INNER].max() < 0.35
    assert found.slope == pytest.approx(1, abs=0.05)
    assert (np.diff(found.equated.equivalent) > 0).all()


def test_without_the_anchor_the_groups_would_pass_for_the_forms() -> None:
    """Equipercentile as if the groups were random is off by whole points: the test above can fail."""
    x, y, true = forms(4, apart=0.5)
    counts = [np.bincount(one.sum(axis=1), minlength=61) for one in (x, y)]
    assert np.abs(random_groups("equipercentile", *counts).equivalent - true)[INNER].max() > 2


def test_an_anchor_item_that_drifted_stands_out() -> None:
    """One common item that became a logit harder has the largest robust z, far beyond the limit."""
    x, y, _ = forms(5, apart=0.0)
    g = np.random.Generator(np.random.PCG64(1))
    y[:, 6] &= g.random(len(y)) < 0.6
    drift = rasch_equating(x, y, NAMES_X, NAMES_Y, NAMES_X[:20], sigma=False).drift
    assert np.abs(drift).argmax() == 6
    assert drift[6] > 4
    assert robust_z(np.ones(4)).tolist() == [0, 0, 0, 0]


def test_linking_takes_one_scale_to_the_other() -> None:
    """Difficulties stretched and moved are moved back: by sigma exactly, by the mean in the mean."""
    x = np.array([-1.0, 0.0, 0.5, 2.0])
    assert link(x, 1.5 * x + 0.3, sigma=True) == pytest.approx((1.5, 0.3))
    assert link(x, x - 0.2, sigma=False) == pytest.approx((1.0, -0.2))


def test_what_cannot_be_equated_is_refused() -> None:
    """Too few persons, an anchor that says nothing of the total, and a form on which all have one score."""
    with pytest.raises(TooFewPersonsError, match="20"):
        random_groups("linear", np.array([10, 10]), ACT_Y)
    flat = np.zeros((61, 21), np.int64)
    flat[:, 10] = 5
    with pytest.raises(AnchorWithoutSpreadError, match="form X"):
        anchored("tucker", flat, joint(forms(3, apart=0)[1]))
    same = np.array([0, 0, 60, 0])
    for method, x, y, form in (("linear", same, ACT_Y, "X"), ("equipercentile", ACT_X, same, "Y")):
        with pytest.raises(FormWithoutSpreadError, match=f"form {form}"):
            random_groups(method, x, y)


def base(scaled: tuple[int, ...]) -> ConversionTable:
    return ConversionTable("e", "old", Digest("d" * 64), 3, scaled, 600)


def test_equivalents_are_kept_in_thousandths_half_up_and_never_fall() -> None:
    """1.0005 is 1.001; an equivalent below the one before is that one."""
    assert thousandths([-0.2004, 1.0005, 0.9, 2.0]) == (-200, 1001, 1001, 2000)


def test_scaled_scores_lie_between_those_of_the_base_form() -> None:
    """Interpolated in whole numbers with a half up; beyond both ends the end's own."""
    table = base((0, 10, 25, 600, 800))
    assert scaled_scores((-300, 0, 500, 1000, 1500, 1566, 2999, 4000, 4700), table) == (
        *(0, 0, 5, 10, 18, 18, 599, 800, 800),
    )


def test_an_equating_table_names_both_forms_and_keeps_the_cut() -> None:
    """It is of the new form, the version after its table, with the base form's cut; so is its conversion table."""
    old = base((0, 300, 600, 800))
    new = ConversionTable("e", "new", Digest("a" * 64), 1, (0, 200, 600, 800), 600)
    table = equating_table(new, old, Digest("c" * 64), "tucker", [0.1, 1.25, 2.0, 3.1])
    assert (table.form, table.form_digest, table.version) == ("new", new.form_digest, 2)
    assert (table.base, table.base_digest, table.conversion_digest) == ("old", old.form_digest, "c" * 64)
    assert table.equivalents == (100, 1250, 2000, 3100)
    assert table.scaled == (30, 375, 600, 800)
    assert table.conversion() == ConversionTable("e", "new", new.form_digest, 2, table.scaled, 600)

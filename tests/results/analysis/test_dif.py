"""DIF: R's figures, the classes' rules, level without DIF and power with it, and what purification mends."""

from __future__ import annotations

import numpy as np
import pytest

from results.scoring.dif import Groups, dif, logistic, mantel_haenszel, matched
from results.scoring.irt_counts import TooFewPersonsError
from tests.results.analysis import r_figures as r

ITEMS = 40


def simulated(
    persons: int, seed: int, *, harder: int = 0, by: float = 0.0, apart: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Rasch items, the first `harder` of them harder for the focal group, which is `apart` weaker."""
    g = np.random.Generator(np.random.PCG64(seed))
    focal = g.random(persons) < 0.5
    ability = g.normal(size=persons) - apart * focal
    difficulty = np.tile(np.linspace(-1.5, 1.5, ITEMS), (persons, 1))
    difficulty[:, :harder] += by * focal[:, None]
    return (g.random((persons, ITEMS)) < 1 / (1 + np.exp(difficulty - ability[:, None]))).astype(
        np.int8
    ), focal


def test_mantel_haenszel_is_that_of_r() -> None:
    """mantelhaen.test with continuity correction: statistic, odds ratio, and its limits from our standard error."""
    found = dif(r.responses(), r.focal()).mantel_haenszel
    for item, (chi_square, odds, low, high) in zip(r.STUDIED, r.MANTEL_HAENSZEL, strict=True):
        assert found.chi_square[item] == pytest.approx(chi_square, rel=1e-8)
        assert found.odds_ratio[item] == pytest.approx(1 / odds, rel=1e-8)
        assert found.delta[item] == pytest.approx(2.35 * np.log(odds), rel=1e-8)
        limits = np.exp(np.log(odds) + np.array([-1, 1]) * 1.9599639845 * found.error[item] / 2.35)
        np.testing.assert_allclose(limits, (low, high), rtol=1e-8)


def test_logistic_regression_is_that_of_r() -> None:
    """glm's deviances, coefficients and Nagelkerke's R2 for the three nested models."""
    found = dif(r.responses(), r.focal()).logistic
    for item, (uniform, non_uniform, plain, full, group, product) in zip(r.STUDIED, r.LOGISTIC, strict=True):
        assert found.uniform[item] == pytest.approx(uniform, abs=1e-7)
        assert found.non_uniform[item] == pytest.approx(non_uniform, abs=1e-7)
        assert found.effect[item] == pytest.approx(full - plain, abs=1e-8)
        assert found.group[item] == pytest.approx(group, abs=1e-5)
        assert found.interaction[item] == pytest.approx(product, abs=1e-5)


def test_without_dif_the_level_is_held() -> None:
    """Groups that differ in ability but in no item: each test rejects about one item in twenty, and no class is C."""
    rates = []
    for seed in range(10):
        found = dif(*simulated(2_000, seed, apart=0.5))
        tests = (found.mantel_haenszel.p, found.logistic.uniform_p, found.logistic.non_uniform_p)
        rates.append([(p < 0.05).mean() for p in tests])
        assert "C" not in found.mantel_haenszel.classes
        assert set(found.logistic.classes) == {"A"}
    # 400 tests each at 5 %: standard error 0.011; the continuity correction makes the first one lower
    assert (np.mean(rates, axis=0) < 0.05 + 4 * 0.011).all()
    assert (np.mean(rates, axis=0) > 0.01).all()


def test_an_item_that_is_harder_for_one_group_is_found() -> None:
    """Three items 0.9 logits harder are of class C with a delta near -2.35 x 0.9; every other item is A."""
    found = dif(*simulated(8_000, 4, harder=3, by=0.9, apart=0.5), purified=True)
    assert found.mantel_haenszel.classes[:3] == ("C", "C", "C")
    assert found.left_out[:3].all()
    assert found.left_out.sum() == 3
    np.testing.assert_allclose(found.mantel_haenszel.delta[:3], -2.35 * 0.9, atol=4 * 0.15)
    assert set(found.mantel_haenszel.classes[3:]) == {"A"}
    assert (found.logistic.uniform_p[:3] < 1e-6).all()


def test_purification_takes_the_bias_out_of_the_other_items() -> None:
    """A fifth of the items being harder makes the rest look easier; matched without them the rest is level again."""
    scores, focal = simulated(8_000, 5, harder=8, by=1.0)
    plain, purified = dif(scores, focal), dif(scores, focal, purified=True)
    assert plain.mantel_haenszel.delta[8:].mean() > 0.3
    assert abs(purified.mantel_haenszel.delta[8:].mean()) < 0.1


def test_non_uniform_dif_is_seen_by_the_product_alone() -> None:
    """An item that separates one group less crosses over: Mantel-Haenszel sees little of what the product shows."""
    scores, focal = simulated(8_000, 6)
    g = np.random.Generator(np.random.PCG64(60))
    rest = scores[:, 1:].sum(axis=1)
    middle = np.median(rest)
    scores[:, 0] = g.random(8_000) < 1 / (1 + np.exp(-np.where(focal, 0.02, 0.25) * (rest - middle)))
    found = dif(scores, focal)
    assert found.logistic.non_uniform_p[0] < 1e-12
    assert found.logistic.non_uniform[0] > 10 * found.mantel_haenszel.chi_square[0]


def test_an_items_own_point_counts_in_its_matching_score() -> None:
    """For an item that is left out of the others' score, its own strata are those of the score with it."""
    scores, focal = simulated(300, 1)
    left_out = np.zeros(ITEMS, dtype=bool)
    left_out[2] = True
    counts = matched(scores, focal, left_out)
    own = np.delete(scores, 2, axis=1).sum(axis=1) + scores[:, 2]
    for group, members in enumerate((~focal, focal)):
        held = np.bincount(own[members], minlength=ITEMS + 1)
        right = np.bincount(own[members], scores[members, 2], minlength=ITEMS + 1)
        assert (counts.persons_for[group, 2] == held).all()
        assert (counts.right[group, 2] == right).all()


def test_classes_follow_size_and_significance() -> None:
    """A large delta from few persons is A; 1.5 and more, and surely above 1, is C; in between B."""

    def table(persons: int, focal_right: float) -> Groups:
        held = np.full((2, 1, 3), persons)
        held[:, :, 0] = 0
        right = np.stack((held[0] // 2, (held[1] * focal_right).astype(int)))
        return Groups(held, right)

    assert mantel_haenszel(table(12, 0.3)).classes == ("A",)  # delta 2 from 48 persons
    assert mantel_haenszel(table(5_000, 0.46)).classes == ("A",)  # significant, but 0.4
    assert mantel_haenszel(table(5_000, 0.38)).classes == ("B",)  # 1.15
    assert mantel_haenszel(table(5_000, 0.30)).classes == ("C",)  # 2.0
    assert mantel_haenszel(table(90, 1 / 3)).classes == ("B",)  # 1.63 from 360 persons: not surely above 1


def test_a_flat_item_has_no_figure() -> None:
    """An item that everybody got right has no odds ratio and no class, and stops no other item's analysis."""
    scores, focal = simulated(500, 2)
    scores[:, 5] = 1
    found = dif(scores, focal)
    assert np.isnan(found.mantel_haenszel.delta[5])
    assert not found.mantel_haenszel.classes[5]
    assert found.logistic.effect[5] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(np.delete(found.mantel_haenszel.delta, 5)).all()
    assert np.isfinite(logistic(matched(scores, focal, np.zeros(ITEMS, dtype=bool))).p).all()


def test_a_group_of_a_few_is_refused() -> None:
    """Below twenty persons in a group nothing is said."""
    scores, focal = simulated(100, 2)
    focal[:] = False
    focal[:19] = True
    with pytest.raises(TooFewPersonsError, match="19"):
        dif(scores, focal)

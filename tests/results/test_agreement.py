"""Agreement figures against the worked examples that their authors printed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.scoring.agreement import Pair, agreement, icc, kappa, pearson, quadratic_kappa, weighted_kappa

COHEN_1968 = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
"""Cohen (1968), Psychological Bulletin 70, table 1, as counts of 200."""
WEIGHTS = ((0, 1, 3), (1, 0, 6), (3, 6, 0))
FLEISS = ((75, 1, 4), (5, 4, 1), (0, 0, 10))
"""Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, table 18.1, of 100."""
SHROUT_FLEISS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""Shrout & Fleiss (1979), Psychological Bulletin 86, table 2: six targets, four judges."""


def pairs(table: tuple[tuple[int, ...], ...]) -> list[Pair]:
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def test_kappa_is_as_printed() -> None:
    """Cohen's example has kappa .492 and, with his weights, .348; that of Fleiss has .68."""
    found = kappa(pairs(COHEN_1968))
    weighted = weighted_kappa(pairs(COHEN_1968), lambda i, j: WEIGHTS[int(i)][int(j)])
    assert found is not None
    assert weighted is not None
    assert (round(found, 3), round(weighted, 3)) == (0.492, 0.348)
    assert kappa(pairs(FLEISS)) == pytest.approx(0.68, abs=0.005)


def test_icc_is_as_printed() -> None:
    """ICC(1,1) of the six targets is .17."""
    assert icc(SHROUT_FLEISS) == pytest.approx(0.17, abs=0.005)


def test_shares_are_counted() -> None:
    """Exact and adjacent agreement are shares of the pairs, and the border counts."""
    found = agreement([(1, 1), (2, 3), (0, 2), (2.5, 1.5)])
    assert (found.pairs, found.exact, found.adjacent) == (4, 0.25, 0.75)


def test_what_cannot_be_said_is_not() -> None:
    """Without pairs, or without any spread, there is no coefficient, and nothing divides by zero."""
    nothing = agreement([])
    assert (nothing.exact, nothing.kappa, nothing.pearson, nothing.icc) == (None,) * 4
    same = agreement([(3, 3), (3, 3)])
    assert (same.exact, same.kappa, same.weighted_kappa, same.pearson, same.icc) == (
        1,
        None,
        None,
        None,
        None,
    )


_marks = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=40)


@given(_marks)
def test_quadratic_kappa_is_the_concordance_of_moments(marks: list[tuple[int, int]]) -> None:
    """It equals 2 cov / (var + var + (difference of means)^2), by moments alone (Krippendorff, 1970)."""
    count = len(marks)
    one, other = (sum(side) / count for side in zip(*marks, strict=True))
    cov = sum((a - one) * (b - other) for a, b in marks) / count
    spread = sum((a - one) ** 2 + (b - other) ** 2 for a, b in marks) / count + (one - other) ** 2
    found = quadratic_kappa(marks)
    if spread:
        assert found == pytest.approx(2 * cov / spread, abs=1e-9)
    else:
        assert found is None


@given(_marks)
def test_a_correlation_does_not_mind_a_strict_marker(marks: list[tuple[int, int]]) -> None:
    """Who always gives two points less agrees less, and correlates the same."""
    shifted = [(a, b - 2) for a, b in marks]
    one, other = pearson(marks), pearson(shifted)
    assert (one is None) == (other is None)
    assert one is None or other is None or math.isclose(one, other, abs_tol=1e-9)

"""Similarity of answers: the exact tail, nominal level without copying, power with it, and speed for a sitting."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from results.scoring.irt_counts import TooFewPersonsError
from results.scoring.matrix import Item, Matrix
from results.scoring.similarity import (
    MOST_IN_SITTING,
    Curves,
    SittingTooLargeError,
    benjamini_hochberg,
    similarity,
    upper_tail,
)

ITEMS = 100


def sat(
    persons: int, seed: int, *, rooms: int = 1, copied: float = 0.0, copiers: int = 0
) -> tuple[Matrix, list[str], set[tuple[int, int]]]:
    """2PL items with four options, wrong ones unlike attractive; each copier copies from one in the same room."""
    g = np.random.Generator(np.random.PCG64(seed))
    slope, difficulty = np.exp(g.normal(0, 0.3, ITEMS)), np.linspace(-2, 2, ITEMS)
    right = g.random((persons, ITEMS)) < 1 / (1 + np.exp(-slope * (g.normal(size=(persons, 1)) - difficulty)))
    pull = g.dirichlet([1.5] * 3, ITEMS).cumsum(axis=1)
    wrong = 1 + (g.random((persons, ITEMS))[:, :, None] > pull[None]).sum(axis=2).clip(0, 2)
    chosen = np.where(right, 0, wrong).astype(np.int8)
    chosen[g.random((persons, ITEMS)) < 0.01] = -1
    pairs = {(one, one + 7 * rooms) for one in range(copiers)}
    for copier, source in pairs:
        taken = g.random(ITEMS) < copied
        chosen[copier, taken] = chosen[source, taken]
    items = tuple(Item(f"i{n}", ("A", "B", "C", "D"), 0) for n in range(ITEMS))
    matrix = Matrix(tuple(map(str, range(persons))), items, chosen, (chosen == 0).astype(np.int8))
    return matrix, [f"room {n % rooms}" for n in range(persons)], pairs


def test_the_tail_is_exact() -> None:
    """It is the binomial's where the chances are alike, and what convolution gives where they are not."""
    alike = upper_tail(np.full((1, 40), 0.3), np.array([25]))
    assert alike[0] == pytest.approx(stats.binom.sf(24, 40, 0.3), rel=1e-10)
    g = np.random.Generator(np.random.PCG64(3))
    chances, least = g.random((5, 30)), np.array([0, 3, 20, 28, 30])
    for row, found, want in zip(chances, upper_tail(chances, least), least, strict=True):
        every = np.ones(1)
        for chance in row:
            every = np.convolve(every, [1 - chance, chance])
        assert found == pytest.approx(every[want:].sum(), rel=1e-9)


def test_without_copying_the_level_is_held() -> None:
    """Of 100,000 honest pairs fewer than the nominal share fall below each level, and none is flagged."""
    matrix, rooms, _ = sat(2_000, 5, rooms=20)
    found = similarity(matrix, rooms, named=10**6)
    p = np.array([one.p for one in found.most_alike])
    assert found.pairs == len(p) == 20 * 100 * 99 // 2
    for level in (0.05, 0.01, 0.001):
        assert (p < level).mean() <= level
    assert (p < 0.05).mean() > 0.005  # it is a test, not a constant
    assert not found.flagged


def test_copying_is_found_and_honest_pairs_are_not() -> None:
    """Half of the answers copied: nearly every copying pair is flagged, and one honest in ten flags at most."""
    matrix, rooms, pairs = sat(1_000, 6, rooms=10, copied=0.5, copiers=30)
    found = similarity(matrix, rooms)
    flagged = {(one.first, one.second) for one in found.flagged}
    assert len(flagged & pairs) >= 27
    assert len(flagged - pairs) <= len(flagged) / 10
    assert all(one.bonferroni <= one.flagged for one in found.most_alike)


def test_power_rises_with_what_is_copied() -> None:
    """A tenth copied is hardly ever seen, three tenths often, six tenths always."""
    seen = []
    for copied in (0.1, 0.3, 0.6):
        matrix, rooms, pairs = sat(1_000, 7, rooms=10, copied=copied, copiers=30)
        seen.append(len({(one.first, one.second) for one in similarity(matrix, rooms).flagged} & pairs))
    assert seen[0] < seen[1] < seen[2]
    assert seen[0] <= 6
    assert seen[2] == 30


def test_only_those_who_sat_together_are_compared() -> None:
    """A copy across two rooms is no pair."""
    matrix, _, pairs = sat(200, 8, copied=0.9, copiers=1)
    apart = ["room 0"] * 200
    apart[0] = "room 1"
    assert not {(one.first, one.second) for one in similarity(matrix, apart).most_alike} & pairs
    together = similarity(matrix, ["room"] * 200).most_alike[0]
    assert (together.first, together.second) in pairs
    assert together.flagged
    assert together.identical_wrong > 10


def test_a_pairs_figures_are_its_answers_counted() -> None:
    """Identical answers, wrong ones among them, and omega as the source defines it, of the ten pairs most alike."""
    matrix, rooms, _ = sat(200, 11)
    curves = Curves.of(matrix)
    for pair in similarity(matrix, rooms).most_alike:
        source = pair.second if pair.copier == pair.first else pair.first
        same = (matrix.chosen[pair.first] == matrix.chosen[pair.second]) & (matrix.chosen[pair.first] >= 0)
        assert pair.identical == same.sum()
        assert pair.identical_wrong == (same & (matrix.scores[pair.first] == 0)).sum()
        answers = curves.chosen[source]
        chances = curves.chance[curves.level[pair.copier], answers[answers >= 0]]
        assert pair.expected == pytest.approx(chances.sum(), rel=1e-5)
        spread = np.sqrt((chances * (1 - chances)).sum())
        assert pair.omega == pytest.approx((same.sum() - chances.sum()) / spread, rel=1e-4)


def test_two_who_left_everything_out_share_nothing() -> None:
    """An omitted item is no identical answer."""
    matrix, rooms, _ = sat(200, 9)
    matrix.chosen[:2], matrix.scores[:2] = -1, 0
    found = similarity(matrix, rooms, named=10**6)
    pair = next(one for one in found.most_alike if (one.first, one.second) == (0, 1))
    assert (pair.identical, pair.flagged) == (0, False)


def test_a_sitting_of_200_takes_less_than_a_second() -> None:
    """19,900 pairs of 100 items, in processor time, for machines are shared; the best of three."""
    matrix, rooms, _ = sat(200, 10)
    taken = []
    for _ in range(3):
        began = time.process_time()
        similarity(matrix, rooms)
        taken.append(time.process_time() - began)
    assert min(taken) < 1


def test_flags_are_those_of_benjamini_and_hochberg() -> None:
    """The 15 p-values of their own example (1995), four rejected at 5 %, where Bonferroni rejects three."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.324,
            0.4262,
            0.5719,
            0.6528,
            0.759,
            1.0,
        ]
    )
    assert benjamini_hochberg(p[::-1], 0.05)[::-1].tolist() == [True] * 4 + [False] * 11
    assert (p <= 0.05 / 15).sum() == 3


def test_what_cannot_be_compared_is_refused() -> None:
    """Too few persons to know what is usual; too many in one sitting."""
    matrix, rooms, _ = sat(40, 1)
    with pytest.raises(TooFewPersonsError, match="40"):
        similarity(matrix, rooms)
    matrix, rooms, _ = sat(MOST_IN_SITTING + 1, 1)
    with pytest.raises(SittingTooLargeError, match="2001 persons"):
        similarity(matrix, rooms)

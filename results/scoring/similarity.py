"""Similarity of answers: pairs of persons of one sitting with more identical answers than their scores explain.

Rules.
1. The chance of each option of an item at each raw score is estimated from all persons, by a kernel over their raw
   scores: no model of the items is assumed. An omitted item is an answer like another in that, but never a match.
2. Omega asks of each ordered pair how many answers one shares with the other, given the other's answers. Its p is the
   exact upper tail of the sum of unlike chances (generalised binomial) wherever omega exceeds `LOOKED_AT`.
3. A pair's p is twice the smaller of its two directions, 1 at most; pairs are flagged by Benjamini and Hochberg's
   procedure over all pairs of all sittings together, and marked where Bonferroni's agrees.
4. A flag is a reason to look at the room, the clock and the journals. It is no finding by itself.

Sources: omega: Wollack (1997), Applied Psychological Measurement 21, 307-320; generalised binomial test: van der
Linden and Sotaridona (2006), Journal of Educational and Behavioral Statistics 31, 283-304; option curves by a kernel:
Ramsay (1991), Psychometrika 56, 611-630; false discovery rate: Benjamini and Hochberg (1995), Journal of the Royal
Statistical Society B 57, 289-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from keys.errors import ExamKioskError
from results.scoring.irt_counts import Counts, Floats, TooFewPersonsError
from results.scoring.matrix import Matrix

LEAST_PERSONS = 50
MOST_IN_SITTING = 2_000
LEVEL = 0.05
LOOKED_AT = 1.0
_BANDWIDTH = 1.1
_BLOCK = 256


class SittingTooLargeError(ExamKioskError):
    """One sitting has more persons than pairs of them can be compared."""

    code = "sitting-too-large"
    what = "{found} persons are in one sitting; pairs are compared up to {most}."
    next_step = "Say who sat together, with --within and the column of the sitting or room."


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons (places in the matrix), what they share, and how likely that is at their scores.

    `identical` answers in all, `identical_wrong` of them wrong and `expected` by chance in the likelier direction;
    `omega` of that direction, in standard deviations, in which `copier` is the first of the pair or the second.
    """

    first: int
    second: int
    copier: int
    identical: int
    identical_wrong: int
    expected: float
    omega: float
    p: float
    flagged: bool
    bonferroni: bool


@dataclass(frozen=True, slots=True)
class Similarity:
    """All `pairs` that were compared, and those to look at: flagged, or at least the `named` most alike, by p."""

    persons: int
    pairs: int
    most_alike: tuple[Pair, ...]

    @property
    def flagged(self) -> tuple[Pair, ...]:
        """The pairs that are flagged."""
        return tuple(one for one in self.most_alike if one.flagged)


def similarity(
    matrix: Matrix, sittings: Sequence[str], *, named: int = 10, level: float = LEVEL
) -> Similarity:
    """Compare all pairs within each of `sittings` (one a person); `level` is the false discovery rate of the flags.

    Raises `TooFewPersonsError` or `SittingTooLargeError`.
    """
    n = len(matrix.persons)
    if n < LEAST_PERSONS:
        raise TooFewPersonsError(found=n, analysis="the similarity of answers", least=LEAST_PERSONS)
    curves = Curves.of(matrix)
    rooms = np.unique(np.asarray(sittings), return_inverse=True)[1]
    order = np.argsort(rooms, kind="stable")
    found = [
        _within(curves, members)
        for members in np.split(order, np.cumsum(np.bincount(rooms))[:-1])
        if len(members) > 1
    ]
    if not found:
        return Similarity(n, 0, ())
    columns = [np.concatenate(one) for one in zip(*found, strict=True)]
    first, second, forwards, identical, wrong, expected, omega, p = columns
    flags = benjamini_hochberg(p, level)
    told = np.lexsort((-omega, p))[: max(named, int(flags.sum()))]
    pairs = tuple(
        Pair(
            int(first[at]),
            int(second[at]),
            int(first[at] if forwards[at] else second[at]),
            int(identical[at]),
            int(wrong[at]),
            float(expected[at]),
            float(omega[at]),
            float(p[at]),
            bool(flags[at]),
            bool(p[at] <= level / len(p)),
        )
        for at in told
    )
    return Similarity(n, len(p), pairs)


def benjamini_hochberg(p: Floats, level: float) -> NDArray[np.bool_]:
    """Which hypotheses are rejected with a false discovery rate of `level`."""
    order = np.argsort(p, kind="stable")
    held = np.flatnonzero(p[order] <= level * np.arange(1, len(p) + 1) / len(p))
    found = np.zeros(len(p), dtype=bool)
    if len(held):
        found[order[: held[-1] + 1]] = True
    return found


@dataclass(frozen=True, slots=True)
class Curves:
    """The chance of each option at each raw score: `chance[r, o]`, o running over all options of all items.

    `chosen[p, i]` is where a person's answer stands among these o, -1 for none; `key[i]` where the key stands.
    """

    chance: Floats
    chosen: NDArray[np.int32]
    key: Counts
    level: Counts

    @classmethod
    def of(cls, matrix: Matrix) -> Curves:
        """Estimate from all persons of a matrix; the bandwidth is Ramsay's 1.1 sd n^(-1/5) raw points."""
        sizes = np.array([len(item.options) for item in matrix.items])
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        chosen = np.where(matrix.chosen >= 0, matrix.chosen + starts, -1).astype(np.int32)
        level = matrix.totals()
        levels = len(sizes) + 1
        taken = np.zeros((levels, int(sizes.sum())))
        for item, (start, size) in enumerate(zip(starts, sizes, strict=True)):
            answered = matrix.chosen[:, item] >= 0
            cells = level[answered] * size + matrix.chosen[answered, item]
            taken[:, start : start + size] = np.bincount(cells, minlength=levels * size).reshape(levels, size)
        persons = np.bincount(level, minlength=levels).astype(float)
        width = max(_BANDWIDTH * float(level.std()) * len(level) ** -0.2, 0.5)
        score = np.arange(levels)
        kernel = np.exp(-0.5 * ((score[:, None] - score[None, :]) / width) ** 2)
        near = kernel @ persons
        # half an answer a level keeps an option that nobody near chose possible
        each = np.repeat(sizes, sizes)
        chance = (kernel @ taken + 0.5 / each) / (near + 0.5)[:, None]
        keys = np.array([item.key for item in matrix.items])
        return cls(chance, chosen, np.where(keys >= 0, keys + starts, -2), level)


def _within(curves: Curves, members: NDArray[np.intp]) -> tuple[NDArray[np.generic], ...]:
    """Every unordered pair of these persons, a column each: see `Pair`."""
    if len(members) > MOST_IN_SITTING:
        raise SittingTooLargeError(found=len(members), most=MOST_IN_SITTING)
    chosen, chance = curves.chosen[members], curves.chance[curves.level[members]]
    one_hot = np.zeros(chance.shape, dtype=np.float32)
    rows, columns = np.nonzero(chosen >= 0)
    one_hot[rows, chosen[rows, columns]] = 1
    wrong = one_hot.copy()
    wrong[:, curves.key[curves.key >= 0]] = 0
    identical = np.rint(one_hot @ one_hot.T)
    identical_wrong = np.rint(wrong @ wrong.T)
    expected = chance @ one_hot.T
    variance = np.maximum(expected - chance**2 @ one_hot.T, 1e-9)
    omega = (identical - expected) / np.sqrt(variance)
    p = stats.norm.sf(omega)
    np.fill_diagonal(omega, -np.inf)
    copiers, sources = np.nonzero(omega > LOOKED_AT)
    for start in range(0, len(copiers), _BLOCK * 16):
        part = slice(start, start + _BLOCK * 16)
        copier, source = copiers[part], sources[part]
        answers = chosen[source]
        chances = np.where(answers >= 0, chance[copier[:, None], np.maximum(answers, 0)], 0.0)
        p[copier, source] = upper_tail(chances, identical[copier, source].astype(np.int64))
    upper = np.triu_indices(len(members), 1)
    forwards = p[upper] <= p.T[upper]
    both = np.minimum(2 * np.minimum(p[upper], p.T[upper]), 1.0)
    return (
        members[upper[0]],
        members[upper[1]],
        forwards,
        identical[upper],
        identical_wrong[upper],
        np.where(forwards, expected[upper], expected.T[upper]),
        np.where(forwards, omega[upper], omega.T[upper]),
        both,
    )


def upper_tail(chances: Floats, least: Counts) -> Floats:
    """P(at least `least` successes) of independent trials with these `chances` (rows by trials), exactly.

    The recursion over the trials of Lord and Wingersky (1984), all rows at once; the numbers of successes from `least`
    on are one state, so nothing is lost by subtraction in the tail.
    """
    rows, trials = chances.shape
    most = int(least.max(initial=0))
    found = np.zeros((most + 1, rows))
    found[0] = 1.0
    top = np.arange(rows)
    for trial in range(trials):
        chance = chances[:, trial]
        held = found[least, top].copy()
        found[1:] += (found[:-1] - found[1:]) * chance
        found[0] *= 1 - chance
        # the last state is never left: what was there stays, and what comes from one below joins it
        found[least, top] += held * chance
    tail: Floats = np.where(least > 0, found[least, top], 1.0)
    return tail

"""The Rasch model by conditional maximum likelihood: item difficulties, standard errors and Andersen's test.

Rules.
1. Only persons with some items right and some wrong count; perfect and zero scores say nothing of the difficulties.
2. Difficulties sum to zero. An item that all of those persons, or none, got right is refused, never guessed.
3. Only counts by raw score are read (`ByScore`): the cost does not depend on the number of persons.

Sources: Andersen (1972), J. R. Statist. Soc. B 34, 42-54, and (1973), Psychometrika 38, 123-140; elementary symmetric
functions by summation, and by difference from whichever end is stable: Verhelst, Glas and van der Sluis (1984),
Computational Statistics Quarterly 1, 245-262; Fischer (1995) in Fischer and Molenaar (eds), Rasch Models, chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from results.scoring.irt_counts import (
    ByScore,
    Floats,
    ItemWithoutVarianceError,
    NotConvergedError,
    TooFewItemsError,
    TooFewPersonsError,
)

MOST_STEPS = 60
_TOLERANCE = 1e-9
_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Rasch:
    """`difficulty` and its standard error of each item, in logits with mean 0; the conditional log-likelihood.

    `persons` are those who counted, `left_out` those with a perfect or a zero score.
    """

    difficulty: Floats
    error: Floats
    log_likelihood: float
    persons: int
    left_out: int
    steps: int


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """Andersen's test: chi-square with `df` degrees of freedom, p, and the item difficulties of each group."""

    statistic: float
    df: int
    p: float
    groups: tuple[Rasch, ...]


def rasch(counts: ByScore, names: Sequence[str]) -> Rasch:
    """Estimate by Newton's method.

    Raises `TooFewItemsError`, `TooFewPersonsError`, `ItemWithoutVarianceError`, `NotConvergedError`.
    """
    scored, totals = _usable(counts, names)
    n, k = int(scored.sum()), counts.items
    share = totals / n
    difficulty = np.log((1 - share) / share)
    difficulty -= difficulty.mean()
    value, gradient, hessian = _likelihood(difficulty, scored, totals)
    for step in range(1, MOST_STEPS + 1):
        move: Floats = np.linalg.solve(hessian + 1.0 / k, gradient).astype(np.float64)
        move -= move.mean()
        value, difficulty, gradient, hessian = _forward(difficulty, move, value, scored, totals)
        if np.abs(gradient).max() < _TOLERANCE * n or np.abs(move).max() < _TOLERANCE:
            cov = np.linalg.inv(hessian + 1.0 / k) - 1.0 / k
            error = np.sqrt(np.clip(np.diag(cov), 0, None))
            return Rasch(difficulty, error, value, n, int(counts.persons.sum()) - n, step)
    raise NotConvergedError(model="the Rasch model", steps=MOST_STEPS)


def andersen(counts: ByScore, names: Sequence[str], *, split: int | None = None) -> LikelihoodRatio:
    """Andersen's likelihood ratio test, persons with a raw score up to `split` against those above (1973).

    `split` is the median raw score of those who counted if not given. Raises as `rasch`, also where one of the groups
    is too small or has an item without variance.
    """
    inner = _inner(counts)
    if split is None:
        split = int(np.floor(_median(inner.persons)))
    low = np.arange(counts.items + 1) <= split
    whole = rasch(inner, names)
    groups = tuple(rasch(inner.only(part), names) for part in (low, ~low))
    statistic = 2 * (sum(one.log_likelihood for one in groups) - whole.log_likelihood)
    df = (len(groups) - 1) * (counts.items - 1)
    return LikelihoodRatio(statistic, df, float(stats.chi2.sf(statistic, df)), groups)


def symmetric(weights: Floats) -> Floats:
    """The elementary symmetric functions of `weights`, orders 0 to their number, over prod(1 + weight).

    Divided so, they are the probabilities of each raw score where each item is right with weight / (1 + weight): they
    neither overflow nor lose digits, being sums of positive terms.
    """
    found = np.ones(1)
    for weight in weights:
        chance = weight / (1 + weight)
        found = np.concatenate((found * (1 - chance), [0.0])) + np.concatenate(([0.0], found * chance))
    return found


def without(found: Floats, weights: Floats) -> Floats:
    """The functions of `found` with one weight taken out again, along the last axis, one order fewer.

    The difference runs from order 0 up while the weight's item is the rarer right, and from the top down beyond: in
    both parts an error never grows. `weights` goes with the axes of `found` before the last.
    """
    chance = weights / (1 + weights)
    k = found.shape[-1] - 1
    shape = np.broadcast_shapes(found.shape[:-1], chance.shape)
    up, down = np.empty((k, *shape)), np.empty((k, *shape))
    with np.errstate(over="ignore", invalid="ignore"):
        up[0] = found[..., 0] / (1 - chance)
        down[k - 1] = found[..., k] / chance
        for r in range(1, k):
            up[r] = (found[..., r] - chance * up[r - 1]) / (1 - chance)
            down[k - 1 - r] = (found[..., k - r] - (1 - chance) * down[k - r]) / chance
        rises = np.moveaxis(np.broadcast_to(found, (*shape, k + 1)), -1, 0)[:k]
        stable = np.logical_and.accumulate((1 - chance) * up >= rises / 2, axis=0)
        chosen: Floats = np.moveaxis(np.where(stable, up, down), 0, -1)
    return chosen


def right_given_score(difficulty: Floats) -> Floats:
    """The probability of each item being right given the raw score: items by raw scores 0 to their number."""
    weights = np.exp(-difficulty)
    every = symmetric(weights)
    return _right(weights, every, without(every[None, :], weights))


def _right(weights: Floats, every: Floats, less_one: Floats) -> Floats:
    chance = (weights / (1 + weights))[:, None]
    found = np.zeros((len(weights), len(every)))
    found[:, 1:] = chance * less_one / every[1:]
    return found


def _likelihood(difficulty: Floats, scored: Floats, totals: Floats) -> tuple[float, Floats, Floats]:
    """The conditional log-likelihood; its gradient, and minus its Hessian, over the difficulties."""
    weights = np.exp(-difficulty)
    every = symmetric(weights)
    less_one = without(every[None, :], weights)
    right = _right(weights, every, less_one)
    log_gamma = np.log(np.clip(every, 1e-300, None)) + np.log1p(weights).sum()
    value = float(-(totals * difficulty).sum() - (scored * log_gamma).sum())
    both = _both(weights, every, less_one, scored)
    np.fill_diagonal(both, right @ scored)
    return value, right @ scored - totals, both - (right * scored) @ right.T


def _both(weights: Floats, every: Floats, less_one: Floats, scored: Floats) -> Floats:
    """How many persons are expected to have both of two items right: items by items; the diagonal means nothing."""
    k = len(weights)
    chance = weights / (1 + weights)
    share = scored[2:] / every[2:]
    found = np.empty((k, k))
    block = max(1, _CELLS // (k * k))
    for start in range(0, k, block):
        part = slice(start, start + block)
        less_two = without(less_one[:, None, :], weights[None, part])
        found[:, part] = chance[:, None] * chance[None, part] * (less_two @ share)
    return (found + found.T) / 2


def _forward(
    at: Floats, move: Floats, value: float, scored: Floats, totals: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """Newton's step, halved until the likelihood does not fall."""
    length = min(1.0, 3.0 / max(float(np.abs(move).max()), 1e-12))
    for _ in range(30):
        further = at + length * move
        new, gradient, hessian = _likelihood(further, scored, totals)
        if new >= value - 1e-9 * abs(value):
            break
        length /= 2
    return new, further, gradient, hessian


def _inner(counts: ByScore) -> ByScore:
    scores = np.arange(counts.items + 1)
    return counts.only((scores > 0) & (scores < counts.items))


def _usable(counts: ByScore, names: Sequence[str]) -> tuple[Floats, Floats]:
    inner = _inner(counts)
    n = int(inner.persons.sum())
    if counts.items < 2:
        raise TooFewItemsError(found=counts.items, model="The Rasch model", least=2)
    if n < 2:
        raise TooFewPersonsError(
            found=n, analysis="the Rasch model with some items right and some wrong", least=2
        )
    totals = inner.right.sum(axis=1)
    flat = [name for name, total in zip(names, totals, strict=True) if total in {0, n}]
    if flat:
        raise ItemWithoutVarianceError(items=", ".join(flat))
    return inner.persons.astype(float), totals.astype(float)


def _median(persons: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    places = np.cumsum(persons)
    n = places[-1]
    low = int(np.searchsorted(places, (n + 1) // 2))
    high = int(np.searchsorted(places, n // 2 + 1))
    return (low + high) / 2

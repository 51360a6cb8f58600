"""Rasch, 2PL, DIF and similarity of answers: against the barest pass over the same responses, and as persons grow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.measure import Ratio, milliseconds, paired
from results.scoring.ability import Parameters, expected_posterior, weighted
from results.scoring.dif import dif
from results.scoring.fit import mean_squares, score_fit
from results.scoring.irt_counts import Scores, by_score
from results.scoring.matrix import Item, Matrix
from results.scoring.rasch import rasch
from results.scoring.similarity import similarity
from results.scoring.two_pl import two_pl

ITEMS = 115
NAMES = [f"i{n}" for n in range(ITEMS)]
SIZES = (1_000, 10_000, 100_000)


def ratios() -> list[Ratio]:
    """The rows of the table."""
    scores = {size: _responses(size) for size in SIZES}
    focal = {size: np.arange(size) % 2 == 0 for size in SIZES}
    works: tuple[tuple[str, Callable[[int], object], int], ...] = (
        ("Rasch by CML with infit and outfit", lambda size: _rasch(scores[size]), 3),
        ("2PL by MML with fit and EAP", lambda size: _two_pl(scores[size]), 1),
        ("DIF by Mantel-Haenszel and logistic regression", lambda size: dif(scores[size], focal[size]), 3),
    )
    found = [_whole(name, act, scores, rounds) for name, act, rounds in works if rounds > 1]
    found += [_growth(name, act, less, rounds) for name, act, rounds in works for less in SIZES[:-1]]
    return [*found, _sitting()]


def _whole(name: str, act: Callable[[int], object], scores: dict[int, Scores], rounds: int) -> Ratio:
    most = SIZES[-1]
    return paired(
        f"{name}, {most:,} x {ITEMS}",
        lambda: milliseconds(lambda: act(most)),
        "counting them by raw score and item in one numpy pass",
        lambda: milliseconds(lambda: by_score(scores[most])),
        rounds=rounds,
    )


def _growth(name: str, act: Callable[[int], object], less: int, rounds: int) -> Ratio:
    """A person's cost among ten times as many, against the same among fewer: above 1 it grows faster than they do."""
    more = less * 10
    return paired(
        f"{name}, a person of {more:,}",
        lambda: milliseconds(lambda: act(more)) / more,
        f"a person of {less:,}",
        lambda: milliseconds(lambda: act(less)) / less,
        rounds=rounds,
        target="1.2",
    )


def _sitting() -> Ratio:
    """All pairs of a sitting of 200 among 2,000 persons, against one product of its answers with themselves."""
    scores = _responses(2_000)
    g = np.random.Generator(np.random.PCG64(2))
    chosen = np.where(scores == 1, 0, g.integers(1, 4, scores.shape)).astype(np.int8)
    items = tuple(Item(name, ("A", "B", "C", "D"), 0) for name in NAMES)
    matrix = Matrix(tuple(map(str, range(2_000))), items, chosen, scores)
    rooms = ["this" if n < 200 else f"alone {n}" for n in range(2_000)]
    one_hot = (chosen[:200, :, None] == np.arange(4)).reshape(200, -1).astype(np.float32)
    return paired(
        "similarity of answers, a sitting of 200 with its option curves",
        lambda: milliseconds(lambda: similarity(matrix, rooms)),
        "counting the identical answers of its pairs",
        lambda: milliseconds(lambda: one_hot @ one_hot.T),
        rounds=5,
    )


def _rasch(scores: Scores) -> None:
    counts = by_score(scores)
    mean_squares(counts, rasch(counts, NAMES).difficulty)


def _two_pl(scores: Scores) -> None:
    found = two_pl(scores, NAMES)
    score_fit(by_score(scores), found.parameters, estimated=2)
    expected_posterior(found.parameters, weighted(found.parameters, scores))


def _responses(persons: int) -> Scores:
    g = np.random.Generator(np.random.PCG64(persons))
    by = Parameters(np.exp(g.normal(0, 0.2, ITEMS)), np.linspace(-2, 2, ITEMS))
    found: Scores = (g.random((persons, ITEMS)) < by.right(g.normal(size=persons)).T).astype(np.int8)
    return found

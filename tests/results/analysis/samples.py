"""Responses for the tests of the analysis: published ones, and made ones."""

from __future__ import annotations

import numpy as np

from results.scoring.matrix import Item, Matrix, from_scores

LSAT6 = (
    *(3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15),
    *(10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298),
)
"""Section 6 of the Law School Admission Test, 1,000 candidates: how many have each pattern of five items.

From 00000 to 11111 in binary order (Bock & Lieberman, 1970, Psychometrika 35, table 1).
"""


def lsat6() -> Matrix:
    patterns = [[(n >> place) & 1 for place in (4, 3, 2, 1, 0)] for n in range(32)]
    scores = np.repeat(np.array(patterns, np.int8), LSAT6, axis=0)
    return from_scores([f"{n}" for n in range(len(scores))], [f"Item {n}" for n in range(1, 6)], scores)


def made(persons: int, items: int, *, seed: int, options: int = 4) -> Matrix:
    """Choices among `options`, the first of them right, of persons who differ; some omitted and not reached."""
    rng = np.random.default_rng(seed)
    able, hard = rng.normal(size=(persons, 1)), rng.normal(size=(1, items))
    right = rng.random((persons, items)) < 1 / (1 + np.exp(hard - able))
    chosen = np.where(right, 0, rng.integers(1, options, (persons, items))).astype(np.int8)
    chosen[rng.random((persons, items)) < 0.03] = -1
    stopped = rng.integers(items - 1, items + 4, (persons, 1))
    chosen[np.arange(items)[None, :] > stopped] = -2
    letters = tuple("ABCDEFGH"[:options])
    columns = tuple(Item(f"q{n}", letters, 0, f"area-{n % 3}") for n in range(items))
    return Matrix(tuple(f"P{n}" for n in range(persons)), columns, chosen, (chosen == 0).astype(np.int8))


def part(matrix: Matrix, rows: slice | np.ndarray) -> Matrix:
    """Some of its persons."""
    places = np.arange(len(matrix.persons))[rows]
    return Matrix(
        tuple(matrix.persons[n] for n in places), matrix.items, matrix.chosen[rows], matrix.scores[rows]
    )

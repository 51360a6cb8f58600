"""`Matrix`: who chose what on which item, and what it earned; the one shape that every analysis here takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OMITTED, NOT_REACHED = -1, -2
"""What stands in `chosen` where nothing was: an item passed over, and one behind the last that was answered."""


@dataclass(frozen=True, slots=True)
class Item:
    """A column: the item's identifier, its options in the form's order, and the correct one's place, or -1.

    An item that is not a single choice has the options "0" and "1" (missed, matched). `area` may be empty.
    """

    id: str
    options: tuple[str, ...]
    key: int
    area: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """`n` persons by `k` items. `chosen[p, i]` is a place in `items[i].options`, OMITTED or NOT_REACHED (int8).

    `scores[p, i]` is what it earned, 0 or 1 (int8); an omitted or not reached item earned 0.
    """

    persons: tuple[str, ...]
    items: tuple[Item, ...]
    chosen: NDArray[np.int8]
    scores: NDArray[np.int8]

    def totals(self) -> NDArray[np.int64]:
        """The raw score of each person."""
        found: NDArray[np.int64] = self.scores.sum(axis=1, dtype=np.int64)
        return found


def not_reached(chosen: NDArray[np.int8]) -> NDArray[np.int8]:
    """`chosen` with the items behind the last answered one as NOT_REACHED, but for the first of them (Lord, 1980).

    A candidate is taken to have seen, and passed over, the first item without an answer behind the last answered one.
    """
    answered = chosen >= 0
    last = np.where(answered.any(axis=1), chosen.shape[1] - 1 - answered[:, ::-1].argmax(axis=1), -1)
    behind = np.arange(chosen.shape[1])[None, :] > (last + 1)[:, None]
    return np.where(behind, np.int8(NOT_REACHED), chosen).astype(np.int8)


def from_scores(persons: Sequence[str], items: Sequence[str], scores: NDArray[np.int8]) -> Matrix:
    """A matrix of 0 and 1 alone, OMITTED where a score is below 0."""
    columns = tuple(Item(item, ("0", "1"), 1) for item in items)
    return Matrix(tuple(persons), columns, scores, np.where(scores == 1, 1, 0).astype(np.int8))

"""`ByScore`: how many persons earned each raw score, and how many of those got each item right; and what is refused.

It is the sufficient statistic of the Rasch model, of item fit by score group and of DIF; two of them add up to that of
all persons, so its size does not grow with the number of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keys.errors import ExamKioskError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Scores = NDArray[np.int8]


class TooFewPersonsError(ExamKioskError):
    """There are fewer persons than an analysis can say anything about."""

    code = "too-few-persons"
    what = "There are {found} persons for {analysis}, which needs {least} at least."
    next_step = "Wait for more results, or put several sittings together."


class TooFewItemsError(ExamKioskError):
    """There are fewer items than a model can be estimated from."""

    code = "too-few-items"
    what = "{model} needs {least} items at least; these responses have {found}."
    next_step = "Give responses to more items."


class ItemWithoutVarianceError(ExamKioskError):
    """Everybody, or nobody, got an item right."""

    code = "item-without-variance"
    what = "Everybody, or nobody, with some items right and some wrong got these items right: {items}."
    next_step = (
        "Leave these items out and run the analysis again; they have no finite difficulty in this group."
    )


class NotConvergedError(ExamKioskError):
    """An estimation went on and on."""

    code = "estimation-not-converged"
    what = "The estimation of {model} did not converge in {steps} steps."
    next_step = (
        "Check for items that hardly anybody answers, or take more persons; do not use half-way figures."
    )


@dataclass(frozen=True, slots=True)
class ByScore:
    """`persons[r]` with raw score r, and `right[i, r]` of those with item i right; r from 0 to the number of items."""

    persons: Counts
    right: Counts

    @property
    def items(self) -> int:
        """The number of items."""
        return len(self.right)

    def __add__(self, other: ByScore) -> ByScore:
        """The counts of both groups of persons, of the same items, together."""
        return ByScore(self.persons + other.persons, self.right + other.right)

    def only(self, chosen: NDArray[np.bool_]) -> ByScore:
        """The persons whose raw score is `chosen`, a truth value a score."""
        return ByScore(self.persons * chosen, self.right * chosen)


def by_score(scores: Scores) -> ByScore:
    """Count persons by items of 0 and 1."""
    totals = scores.sum(axis=1, dtype=np.int64)
    return ByScore(*by_level(scores, totals, scores.shape[1] + 1))


def by_level(scores: Scores, level: Counts, levels: int) -> tuple[Counts, Counts]:
    """How many persons are on each level (levels), and how many of them have each item right (items by levels)."""
    order = np.argsort(level, kind="stable")
    persons = np.bincount(level, minlength=levels).astype(np.int64)
    right = np.zeros((scores.shape[1], levels), dtype=np.int64)
    held = np.flatnonzero(persons)
    if len(held):
        starts = np.concatenate(([0], np.cumsum(persons)[:-1]))[held]
        right[:, held] = np.add.reduceat(scores[order], starts, axis=0, dtype=np.int64).T
    return persons, right

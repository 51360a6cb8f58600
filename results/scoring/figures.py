"""What an analysis says, as frozen values: of the test, its items, their options, its areas. Nothing is computed here.

A figure that its data do not determine (the correlation with an item that everyone earned) is None, never NaN.
"""

from __future__ import annotations

import math

import msgspec

Figure = float | None
"""A figure, or None where the data do not determine it."""


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the frozen values inside an analysis."""


class OptionFigures(Value, frozen=True):
    """One option, or what stands for none. `fifths` are shares of the candidates of each fifth, the lowest first.

    `point_biserial` correlates choosing it with the score on the other items.
    """

    option: str
    key: bool
    chosen: int
    share: float
    mean: Figure
    point_biserial: Figure
    fifths: tuple[Figure, ...]


class ItemFigures(Value, frozen=True):
    """One item. `difficulty` is the share who earned it (p), `discrimination` the corrected point-biserial.

    `omitted` and `not_reached` are shares; `alpha_without` is the test's alpha without the item, None for one on trial.
    """

    item: str
    area: str
    counts: bool
    n: int
    difficulty: float
    sd: float
    discrimination: Figure
    biserial: Figure
    upper_lower: Figure
    omitted: float
    not_reached: float
    alpha_without: Figure
    options: tuple[OptionFigures, ...]


class ScoreRow(Value, frozen=True):
    """One raw score: how many have it, the share at or below it, and its standard errors (Lord, and Keats)."""

    score: int
    count: int
    at_or_below: float
    sem_lord: float
    sem_keats: Figure


class ScoreFigures(Value, frozen=True):
    """The raw score on the `items` that count. `sd` and `sem` are in raw points, the SD with n - 1."""

    n: int
    items: int
    mean: float
    sd: Figure
    least: int
    median: float
    most: int
    skewness: Figure
    kurtosis: Figure
    mean_difficulty: float
    mean_discrimination: Figure
    alpha: Figure
    kr21: Figure
    lambda2: Figure
    split_half: Figure
    spearman_brown: Figure
    lambda4: Figure
    sem: Figure
    scores: tuple[ScoreRow, ...]


class AreaFigures(Value, frozen=True):
    """The raw score on one area's items; `correlation` is with the score on all other items."""

    area: str
    items: int
    mean: float
    sd: Figure
    mean_difficulty: float
    alpha: Figure
    sem: Figure
    correlation: Figure


class DecisionFigures(Value, frozen=True):
    """How far pass and fail can be relied on at a cut (Livingston & Lewis, 1995); decision.py says how.

    `cut` is the least raw score that passes, of `items`. `lower`, `upper`, `alpha` and `beta` are of the beta
    distribution of true shares, whose first `moments` moments were fitted. `accuracy`, `false_pass` and `false_fail`
    add up to 1; `consistency` is the share who get the same decision on another form, `kappa` that beyond `chance`.
    """

    cut: int
    items: int
    reliability: float
    effective_length: int
    effective_cut: int
    lower: float
    upper: float
    alpha: float
    beta: float
    moments: int
    accuracy: float
    false_pass: float
    false_fail: float
    consistency: float
    chance: float
    kappa: Figure
    passing: float
    passing_expected: float


class SpeedFigures(Value, frozen=True):
    """One item's times on screen in ms and its changes; `rapid` is the share of those who saw it that guessed rapidly.

    `threshold` is in ms; `difficulty_rapid` is the share of rapid answers that were right.
    """

    item: str
    seen: int
    median: Figure
    mean: Figure
    threshold: Figure
    rapid: Figure
    difficulty_rapid: Figure
    changes: float
    changed: Figure


class EffortFigures(Value, frozen=True):
    """Response time effort (Wise & Kong, 2005): its mean, and how many candidates stay below `least`."""

    mean: Figure
    least: float
    below: int
    persons: tuple[str, ...]


class ChangeFigures(Value, frozen=True):
    """Of those who changed an item's answer: from the first to the last one, by what they were worth."""

    item: str
    changed: int
    wrong_to_right: int
    right_to_wrong: int
    wrong_to_wrong: int


class Flag(Value, frozen=True):
    """Something to look at: whose figure crossed which threshold of the config. `subject` is an item, or empty."""

    code: str
    subject: str
    option: str
    figure: Figure
    threshold: str
    limit: float
    words: str


def figure(value: float) -> Figure:
    """`value` as a figure: None unless it is finite."""
    found = float(value)
    return found if math.isfinite(found) else None


def ratio(part: float, whole: float) -> Figure:
    """`part` over `whole`, or None where there is no whole."""
    return figure(part / whole) if whole else None

"""Items and their options from a count table: who chose what, by fifths of the candidates, and what that says.

Rules.
1. A fifth is of the candidates by total score. All who have one score are in one fifth: that in which the middle of
   their ranks falls.
2. An option's point-biserial is with the score on the other items: the item's own point is taken out (Henrysson, 1963).
3. Options are told by their identifier, in the form's order, never by the letter that a screen gave them.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from results.scoring.classical import Floats, Moments, alphas_without, correlation, discrimination
from results.scoring.counts import BESIDE, CountTable
from results.scoring.figures import Figure, ItemFigures, OptionFigures, figure, ratio

FIFTHS = 5
OMITTED_OPTION, NOT_REACHED_OPTION = "(omitted)", "(not reached)"


def fifths(totals: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fifth, 0 to 4, of each total score; `totals` counts the candidates by score."""
    below = totals.cumsum() - totals
    middle = (below + totals / 2) / max(1, int(totals.sum()))
    found: NDArray[np.int64] = np.minimum(FIFTHS - 1, (middle * FIFTHS).astype(np.int64))
    return found


def items(table: CountTable, found: Moments) -> tuple[ItemFigures, ...]:
    """The figures of every item, those on trial too, in the form's order."""
    totals = table.totals()
    group = np.eye(FIFTHS, dtype=np.int64)[fifths(totals)]
    single, without = discrimination(found), alphas_without(found)
    return tuple(
        _item(table, found, place, group, float(single[place]), float(without[place]))
        for place in range(len(table.columns))
    )


def biserial(point: float, share: float) -> Figure:
    """The biserial of a point-biserial (Lord & Novick, 1968, p. 340): of the normal trait behind a split at `share`."""
    if not 0 < share < 1:
        return None
    normal = NormalDist()
    return figure(point * np.sqrt(share * (1 - share)) / normal.pdf(normal.inv_cdf(share)))


def _item(
    table: CountTable, found: Moments, place: int, group: NDArray[np.int64], single: float, without: float
) -> ItemFigures:
    column, n = table.columns[place], found.n
    starts = table.starts
    rows = table.chosen[starts[place] : starts[place + 1]]
    counts = rows.sum(axis=1) @ group
    sizes = counts.sum(axis=0)
    right = rows[:, 1].sum(axis=0) @ group
    difficulty = float(found.means[place])
    points = _point_biserials(rows, counts=column.counts)
    names = (NOT_REACHED_OPTION, OMITTED_OPTION, *column.options)
    score = np.arange(rows.shape[2])
    options = tuple(
        OptionFigures(
            option=names[at],
            key=at - BESIDE == column.key,
            chosen=int(counts[at].sum()),
            share=int(counts[at].sum()) / n,
            mean=ratio(float(rows[at].sum(axis=0) @ score), int(counts[at].sum())),
            point_biserial=figure(points[at]),
            fifths=tuple(ratio(int(part), int(size)) for part, size in zip(counts[at], sizes, strict=True)),
        )
        for at in (*range(BESIDE, len(names)), 1, 0)
        if at >= BESIDE or counts[at].any()
    )
    shares = [ratio(int(part), int(size)) for part, size in zip(right, sizes, strict=True)]
    return ItemFigures(
        item=column.id,
        area=column.area,
        counts=column.counts,
        n=n,
        difficulty=difficulty,
        sd=float(np.sqrt(difficulty * (1 - difficulty))),
        discrimination=figure(single),
        biserial=biserial(single, difficulty),
        upper_lower=None if shares[0] is None or shares[-1] is None else shares[-1] - shares[0],
        omitted=int(counts[1].sum()) / n,
        not_reached=int(counts[0].sum()) / n,
        alpha_without=figure(without),
        options=options,
    )


def _point_biserials(rows: NDArray[np.int64], *, counts: bool) -> Floats:
    """Choosing each row of an item against the score on the other items; NaN where undetermined."""
    n = int(rows.sum())
    score = np.arange(rows.shape[2], dtype=np.float64)
    own = np.array([0.0, 1.0 if counts else 0.0])
    rest = (
        score[None, :] - own[:, None]
    )  # the score on the others, of those who missed and who earned the item
    weights = rows.sum(axis=0)
    mean = float((weights * rest).sum()) / n
    variance = float((weights * (rest - mean) ** 2).sum()) / n
    chosen = rows.sum(axis=(1, 2)) / n
    shared = (rows * (rest - mean)[None]).sum(axis=(1, 2)) / n
    return correlation(shared, chosen * (1 - chosen), np.full(len(chosen), variance))

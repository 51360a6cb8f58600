"""How well items fit a model: infit and outfit, S-X2, and observed against expected by raw score.

All of it is found from the counts by raw score (`ByScore`), whatever the number of persons.

Sources: infit and outfit: Wright and Masters (1982), Rating Scale Analysis, chapter 5, with abilities by maximum
likelihood as in R's eRm; S-X2: Orlando and Thissen (2000), Applied Psychological Measurement 24, 50-64, with cells put
together until each expects one person at least (2003, same journal, 27, 289-298); RMSD: Koehler, Robitzsch and Hartig
(2020), Journal of Educational and Behavioral Statistics 45, 251-273, with the posteriors of the raw scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from results.scoring.ability import Parameters, maximum_likelihood
from results.scoring.irt_counts import ByScore, Floats

_NODES = np.linspace(-6, 6, 61)
_LEAST_EXPECTED = 1.0


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Infit and outfit mean squares of each item (1 is as expected), and their standardised values."""

    infit: Floats
    outfit: Floats
    infit_t: Floats
    outfit_t: Floats


@dataclass(frozen=True, slots=True)
class ScoreFit:
    """S-X2 of each item, its degrees of freedom and p; and the root mean squared distance of the proportions right.

    `df` is 0 and p NaN where too few raw scores are held to test anything. `rmsd` is the distance between observed and
    expected over ability, the persons of each raw score spread by their posterior: a distance raw score by raw score
    would be mostly their own chance, and grow with the number of items. 0.1 and more is worth a look.
    """

    s_x2: Floats
    df: Floats
    p: Floats
    rmsd: Floats


def mean_squares(counts: ByScore, difficulty: Floats) -> MeanSquares:
    """Infit and outfit under the Rasch model, of the persons without a perfect or zero score.

    The standardised values are Wilson and Hilferty's cube root, with the variances of Wright and Masters.
    """
    k = counts.items
    inner = np.arange(1, k)
    by = Parameters(np.ones(k), difficulty)
    right = by.right(maximum_likelihood(by, inner.astype(float)).estimate)
    persons, hits = counts.persons[inner], counts.right[:, inner]
    n = persons.sum()
    spread = right * (1 - right)
    squared = hits * (1 - right) ** 2 + (persons - hits) * right**2
    fourth = spread * ((1 - right) ** 3 + right**3)
    outfit = (squared / spread).sum(axis=1) / n
    infit = squared.sum(axis=1) / (persons * spread).sum(axis=1)
    outfit_sd = np.sqrt((persons * fourth / spread**2).sum(axis=1) / n**2 - 1 / n)
    infit_sd = np.sqrt((persons * (fourth - spread**2)).sum(axis=1)) / (persons * spread).sum(axis=1)
    return MeanSquares(infit, outfit, _cube_root(infit, infit_sd), _cube_root(outfit, outfit_sd))


def score_fit(counts: ByScore, by: Parameters, *, estimated: int) -> ScoreFit:
    """S-X2 in a normal population of abilities; `estimated` parameters of each item are taken off its df."""
    k = counts.items
    expected, posterior = _given_score(by)
    found = np.zeros((4, k))
    there = posterior @ counts.persons
    apart = (counts.right - counts.persons * expected) @ posterior.T
    found[3] = np.sqrt((apart**2 / np.maximum(there, 1e-300)).sum(axis=1) / max(int(counts.persons.sum()), 1))
    inner = np.arange(1, k)
    persons = counts.persons[inner].astype(float)
    for item in range(k):
        hits, share = counts.right[item, inner].astype(float), expected[item, inner]
        observed, wanted, held = _cells(hits, persons * share, persons)
        proportion = wanted / held
        statistic = ((observed - wanted) ** 2 / (held * proportion * (1 - proportion))).sum()
        df = max(len(held) - estimated, 0)
        found[:3, item] = statistic, df, stats.chi2.sf(statistic, df) if df else np.nan
    return ScoreFit(*found)


def _given_score(by: Parameters) -> tuple[Floats, Floats]:
    """Each item's chance given the raw score in a standard normal population, and the posterior (nodes by scores).

    Lord and Wingersky's recursion over the items at each node; an item is taken out again as in `rasch.without`.
    """
    from results.scoring.rasch import without

    k = len(by.difficulty)
    right = by.right(_NODES)
    density = np.exp(-0.5 * _NODES**2)
    every = np.zeros((len(_NODES), k + 1))
    every[:, 0] = 1.0
    for chance in right:
        every[:, 1:] = every[:, 1:] * (1 - chance)[:, None] + every[:, :-1] * chance[:, None]
        every[:, 0] *= 1 - chance
    weights = (right / (1 - right)).T
    less_one = without(every[:, None, :], weights)
    joint = np.einsum("q,iq,qir->ir", density, right, less_one)
    found = np.zeros((k, k + 1))
    scored = density @ every
    found[:, 1:] = joint / scored[1:]
    return found, density[:, None] * every / scored


def _cells(observed: Floats, wanted: Floats, held: Floats) -> tuple[Floats, Floats, Floats]:
    """Neighbouring raw scores put together until each cell expects one person right and one wrong at least."""
    cells: list[list[float]] = []
    running = np.zeros(3)
    for one in zip(observed, wanted, held, strict=True):
        running = running + one
        if running[1] >= _LEAST_EXPECTED and running[2] - running[1] >= _LEAST_EXPECTED:
            cells.append(running.tolist())
            running = np.zeros(3)
    if cells:
        cells[-1] = (np.array(cells[-1]) + running).tolist()
    elif running[2] > 0:
        cells.append(running.tolist())
    table = np.array(cells).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _cube_root(square: Floats, sd: Floats) -> Floats:
    found: Floats = (np.cbrt(square) - 1) * (3 / sd) + sd / 3
    return found

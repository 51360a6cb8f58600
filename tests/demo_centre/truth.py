"""What is true in the simulated season: abilities, item parameters, and the faults that the analysis has to find.

Rules.
1. A candidate of ability t answers item i rightly with probability 1 / (1 + exp(-a_i (t - b_i))) (two-parameter
   logistic model; Birnbaum, 1968); else one of the other options, each with the item's own pull.
2. Of one item the key is wrong: the able choose another option. One is harder for the group of the east by SHIFT.
3. One candidate copies a part of a neighbour's answers.
4. A few answers are left out, at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20_260_401
OMITS = 0.002
MISKEYED, SHIFTED = 17, 61
"""Places, in the key, of the item with the wrong key and of the one that is harder for one group."""
SHIFT = 0.9
COPIED = 0.7
"""The share of answers that the copier takes over."""


@dataclass(frozen=True)
class Truth:
    """`ability` of n persons, `a` and `b` of k items; `chosen[p, i]` is the place of the option chosen, -1 for none.

    `options` are how many options each item has, `right` the place of the truly correct one, and `keyed` what the key
    says, which differs in MISKEYED alone.
    """

    ability: NDArray[np.float64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    options: tuple[int, ...]
    keyed: tuple[int, ...]
    right: tuple[int, ...]
    east: NDArray[np.bool_]
    chosen: NDArray[np.int8]


def make(options: tuple[int, ...], keyed: tuple[int, ...], east: NDArray[np.bool_], copier: int) -> Truth:
    """A season of `len(east)` persons; person `copier` copies from the one before. Always the same for one SEED."""
    rng = np.random.default_rng(SEED)
    n, k = len(east), len(options)
    ability, b = rng.normal(0.0, 1.0, n), rng.normal(-0.4, 0.9, k).clip(-2.2, 1.6)
    a = rng.lognormal(0.0, 0.25, k).clip(0.55, 1.7)
    right = tuple(
        (key + 1) % count if i == MISKEYED else key
        for i, (key, count) in enumerate(zip(keyed, options, strict=True))
    )
    b[SHIFTED], a[SHIFTED] = 0.0, 1.2
    b[MISKEYED], a[MISKEYED] = -0.3, 1.2
    hard = np.where(east[:, None] & (np.arange(k) == SHIFTED)[None, :], SHIFT, 0.0)
    known = rng.random((n, k)) < 1 / (1 + np.exp(-a * (ability[:, None] - b - hard)))
    chosen = np.empty((n, k), np.int8)
    for i, (count, correct) in enumerate(zip(options, right, strict=True)):
        others = [place for place in range(count) if place != correct]
        pull = rng.dirichlet(np.full(len(others), 3.0))
        chosen[:, i] = np.where(known[:, i], correct, rng.choice(others, n, p=pull))
    chosen[rng.random((n, k)) < OMITS] = -1
    taken = rng.random(k) < COPIED
    chosen[copier, taken] = chosen[copier - 1, taken]
    return Truth(ability, a, b, options, keyed, right, east, chosen)

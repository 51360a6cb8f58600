"""Differential item functioning between a reference and a focal group: Mantel-Haenszel and logistic regression.

Rules.
1. Persons are matched on the raw score of the items that match (all, at first), with the studied item in it.
2. Purified: items of class C are left out of the matching score and all items are studied again, until the same items
   are left out, five times at most. Each item's own score always counts in its own matching score.
3. Everything is found from counts by group, matching score and item.

Sources: Holland and Thayer (1988) in Wainer and Braun (eds), Test Validity, 129-145; variance of the log odds ratio:
Robins, Breslow and Greenland (1986), Biometrics 42, 311-323, as in Phillips and Holland (1987); classes A, B, C: Zieky
(1993) in Holland and Wainer (eds), Differential Item Functioning, 337-347, and Zwick (2012), ETS RR-12-08. Logistic
regression: Swaminathan and Rogers (1990), Journal of Educational Measurement 27, 361-370; R2: Nagelkerke (1991),
Biometrika 78, 691-692; classes: Zumbo and Thomas (1997); Jodoin and Gierl (2001), Appl. Meas. in Education 14, 329-349.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, log_expit

from results.scoring.irt_counts import Counts, Floats, Scores, TooFewPersonsError, by_level

LEAST_PERSONS = 20
"""Of each group; below it no figure is given."""

JODOIN_GIERL = (0.035, 0.070)
ZUMBO_THOMAS = (0.13, 0.26)
_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of delta from which DIF is `moderate` (B) and may be `large` (C), and the `level` of every test."""

    moderate: float = 1.0
    large: float = 1.5
    level: float = 0.05


ETS = Limits()
"""The limits of the ETS classes."""


@dataclass(frozen=True, slots=True)
class Groups:
    """`persons[g, r]` and `right[g, i, r]`, g being 0 (reference) or 1 (focal), r the matching score.

    `persons_for[g, i, r]` is `persons`, but of each item's own matching score.
    """

    persons_for: Counts
    right: Counts


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Of each item: chi-square with continuity correction, p, common odds ratio, ETS delta, its error and class.

    A delta below 0 says that the item is harder for the focal group. NaN and no class where no stratum holds both
    groups, and both right and wrong.
    """

    chi_square: Floats
    p: Floats
    odds_ratio: Floats
    delta: Floats
    error: Floats
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Of each item: likelihood ratio tests of the uniform (1 df) and the non-uniform part (1 df) and both (2 df).

    `effect` is what group and interaction add to Nagelkerke's R2; classes after Jodoin and Gierl (`classes`), and after
    Zumbo and Thomas (`broad`), where the test of both is significant. `group` and `interaction` are the coefficients.
    """

    uniform: Floats
    uniform_p: Floats
    non_uniform: Floats
    non_uniform_p: Floats
    p: Floats
    effect: Floats
    group: Floats
    interaction: Floats
    classes: tuple[str, ...]
    broad: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dif:
    """Both analyses, how many persons of each group, and which items the matching score leaves out."""

    reference: int
    focal: int
    mantel_haenszel: MantelHaenszel
    logistic: Logistic
    left_out: NDArray[np.bool_]


def dif(scores: Scores, focal: NDArray[np.bool_], *, purified: bool = False, limits: Limits = ETS) -> Dif:
    """Study every item, of persons by items of 0 and 1; `focal` says who is in the focal group.

    Raises `TooFewPersonsError` where either group is smaller than `LEAST_PERSONS`.
    """
    sizes = int((~focal).sum()), int(focal.sum())
    if min(sizes) < LEAST_PERSONS:
        raise TooFewPersonsError(
            found=min(sizes), analysis="the smaller group of a DIF analysis", least=LEAST_PERSONS
        )
    left_out = np.zeros(scores.shape[1], dtype=bool)
    tried: set[bytes] = set()
    for _ in range(_MOST_ROUNDS if purified else 1):
        tried.add(left_out.tobytes())
        found = mantel_haenszel(matched(scores, focal, left_out), limits)
        again = np.array([one == "C" for one in found.classes])
        if not purified or again.tobytes() in tried or again.sum() > len(again) - 2:
            break
        left_out = again
    counts = matched(scores, focal, left_out)
    return Dif(*sizes, mantel_haenszel(counts, limits), logistic(counts, limits.level), left_out)


def matched(scores: Scores, focal: NDArray[np.bool_], left_out: NDArray[np.bool_]) -> Groups:
    """Count persons by group, matching score and item; the score of an item that is left out counts only for itself."""
    k = scores.shape[1]
    level = scores[:, ~left_out].sum(axis=1, dtype=np.int64)
    persons_for, right = np.zeros((2, k, k + 1), np.int64), np.zeros((2, k, k + 1), np.int64)
    for group, members in enumerate((~focal, focal)):
        persons, hits = by_level(scores[members], level[members], k + 1)
        persons_for[group], right[group] = persons, hits
        out = np.flatnonzero(left_out)
        misses = persons - hits[out]
        # with its own point an item's hits move one score up
        right[group, out, 1:], right[group, out, 0] = hits[out, :-1], 0
        persons_for[group, out] = misses + right[group, out]
    return Groups(persons_for, right)


def mantel_haenszel(counts: Groups, limits: Limits = ETS) -> MantelHaenszel:
    """The Mantel-Haenszel statistics of each item over the matching scores."""
    a, c = counts.right.astype(float)
    b, d = counts.persons_for - counts.right.astype(float)
    total = a + b + c + d
    held = total > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(held, 1 / total, 0.0)
        expected = (a + b) * (a + c) * over
        spread = (a + b) * (c + d) * (a + c) * (b + d) * over**2 / np.maximum(total - 1, 1)
        apart = np.maximum(np.abs((np.where(held, a, 0.0) - expected).sum(axis=1)) - 0.5, 0)
        chi_square = apart**2 / spread.sum(axis=1)
        for_reference, for_focal = a * d * over, b * c * over
        r, s = for_reference.sum(axis=1), for_focal.sum(axis=1)
        odds = r / s
        p, q = (a + d) * over, (b + c) * over
        variance = (
            (p * for_reference).sum(axis=1) / (2 * r**2)
            + (p * for_focal + q * for_reference).sum(axis=1) / (2 * r * s)
            + (q * for_focal).sum(axis=1) / (2 * s**2)
        )
        delta = -2.35 * np.log(odds)
        error = 2.35 * np.sqrt(variance)
    known = np.isfinite(delta) & np.isfinite(error)
    delta, error, odds = (np.where(known, one, np.nan) for one in (delta, error, odds))
    tail = stats.chi2.sf(chi_square, 1)
    return MantelHaenszel(chi_square, tail, odds, delta, error, _ets(delta, error, tail, limits))


def _ets(delta: Floats, error: Floats, p: Floats, limits: Limits) -> tuple[str, ...]:
    """A: below moderate or not different from 0; C: large, and above moderate by a one-sided test; B: the rest."""
    size = np.abs(delta)
    surely = size - limits.moderate > stats.norm.isf(limits.level) * error
    small = (size < limits.moderate) | ~(p < limits.level)
    found = np.where(small, "A", np.where((size >= limits.large) & surely, "C", "B"))
    return tuple(np.where(np.isnan(delta), "", found).tolist())


def logistic(counts: Groups, level: float = ETS.level) -> Logistic:
    """Nested logistic regressions of each item on the matching score, the group, and their product."""
    levels = counts.right.shape[2]
    right = np.concatenate((counts.right[0], counts.right[1]), axis=1).astype(float)
    persons = np.concatenate((counts.persons_for[0], counts.persons_for[1]), axis=1).astype(float)
    score = np.tile(np.arange(levels) / (levels - 1), 2)
    group = np.repeat([0.0, 1.0], levels)
    columns = np.stack((np.ones(2 * levels), score, group, score * group), axis=1)
    fits = [_regressions(columns[:, :width], right, persons) for width in (1, 2, 3, 4)]
    empty, plain, uniform, both = (value for _, value in fits)
    n = persons.sum(axis=1)
    first, second = np.maximum(2 * (uniform - plain), 0), np.maximum(2 * (both - uniform), 0)
    p = stats.chi2.sf(first + second, 2)
    flat = (right.sum(axis=1) == 0) | (right.sum(axis=1) == n)
    effect = np.where(flat, 0.0, _nagelkerke(empty, both, n) - _nagelkerke(empty, plain, n))
    coefficients = fits[3][0]
    return Logistic(
        first,
        stats.chi2.sf(first, 1),
        second,
        stats.chi2.sf(second, 1),
        p,
        effect,
        coefficients[:, 2],
        coefficients[:, 3] / (levels - 1),
        _effect_classes(effect, p, JODOIN_GIERL, level),
        _effect_classes(effect, p, ZUMBO_THOMAS, level),
    )


def _regressions(columns: Floats, right: Floats, persons: Floats) -> tuple[Floats, Floats]:
    """The coefficients and the log-likelihood of each item, all items at once by Newton's method with halved steps."""
    width = columns.shape[1]
    at = np.zeros((len(right), width))
    value = _log_likelihood(at @ columns.T, right, persons)
    for _ in range(50):
        chance = expit(at @ columns.T)
        gradient = (right - persons * chance) @ columns
        weight = persons * chance * (1 - chance)
        hessian = np.einsum("ic,ca,cb->iab", weight, columns, columns) + 1e-9 * np.eye(width)
        move = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        size = np.ones(len(right))
        for _ in range(12):
            further = _log_likelihood((at + size[:, None] * move) @ columns.T, right, persons)
            worse = further < value - 1e-10 * np.abs(value)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        at = at + size[:, None] * move
        gained, value = np.abs(further - value).max(), further
        if gained < 1e-9:
            break
    return at, value


def _log_likelihood(logit: Floats, right: Floats, persons: Floats) -> Floats:
    found: Floats = (right * log_expit(logit) + (persons - right) * log_expit(-logit)).sum(axis=1)
    return found


def _nagelkerke(empty: Floats, model: Floats, n: Floats) -> Floats:
    """Nagelkerke's R2 from the log-likelihoods of the empty model and this one, of n persons."""
    found: Floats = np.expm1(2 * (empty - model) / n) / np.minimum(np.expm1(2 * empty / n), -1e-300)
    return found


def _effect_classes(effect: Floats, p: Floats, limits: tuple[float, float], level: float) -> tuple[str, ...]:
    low, high = limits
    found = np.where((effect < low) | (p >= level), "A", np.where(effect < high, "B", "C"))
    return tuple(found.tolist())

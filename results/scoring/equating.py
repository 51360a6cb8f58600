"""Equating: which score on form Y stands for a raw score on form X; from counts of scores, every method the same shape.

Rules.
1. Random groups took one form each; anchor groups one form each and the same anchor items, which both totals count.
2. An equivalent is a real number for every raw score of X from 0 to its highest, in points of Y; nothing is rounded or
   cut off here.
3. A standard error is the spread of the equivalents over resampled persons of both groups, from a given seed.

Source: Kolen and Brennan (2014), Test Equating, Scaling, and Linking, 3rd ed.: percentile ranks and equipercentile,
equations 2.14 to 2.18; linear 2.10; loglinear presmoothing, chapter 3 (Holland and Thayer 1987, ETS RR-87-31); Tucker
and Levine, chapter 4; frequency estimation and chained equipercentile, chapter 5; bootstrap, chapter 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keys.errors import ExamKioskError
from results.scoring.irt_counts import Counts, Floats, TooFewPersonsError

LEAST_PERSONS = 30
REPLICATIONS = 200
_SEED = 20
_NEAR = 1e-12


class AnchorWithoutSpreadError(ExamKioskError):
    """The anchor's score is the same for everybody of a group, or says nothing of the total."""

    code = "anchor-without-spread"
    what = "The anchor score does not go up with the total score in the group that took form {form}."
    next_step = "Check that the anchor items are the same, and scored alike, on both forms."


class FormWithoutSpreadError(ExamKioskError):
    """Everybody of a group has the same score, so that no other score stands for it."""

    code = "form-without-spread"
    what = "Everybody who took form {form} has the same raw score; nothing can be equated by it."
    next_step = "Check that the file holds answers and that its key is the right one."


class SmoothingError(ExamKioskError):
    """A loglinear model of this degree cannot be fitted."""

    code = "smoothing-failed"
    what = "A loglinear model of degree {degree} does not fit these scores."
    next_step = "Take a lower degree."


@dataclass(frozen=True, slots=True)
class Equated:
    """`equivalent[raw]` on form Y of each raw score on form X, its standard error, and how it was found."""

    method: str
    equivalent: Floats
    error: Floats
    persons_x: int
    persons_y: int


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and standard deviation of a total and an anchor score, and their covariance (divided by n)."""

    mean: float
    sd: float
    anchor_mean: float
    anchor_sd: float
    covariance: float


def percentile_ranks(counts: Floats, at: Floats) -> Floats:
    """The percentile rank, 0 to 100, of each score of `at`, each person being spread evenly over score -/+ 0.5."""
    edges = np.arange(len(counts) + 1) - 0.5
    reached = np.concatenate(([0.0], np.cumsum(counts))) / counts.sum()
    found: Floats = 100 * np.interp(at, edges, reached)
    return found


def percentile_points(counts: Floats, ranks: Floats) -> Floats:
    """The score of each percentile rank; the middle of the scores that share it, where no one has a score between."""
    reached = np.concatenate(([0.0], np.cumsum(counts))) / counts.sum()
    share, edge = np.clip(ranks / 100, 0, 1), len(counts)
    first = np.searchsorted(reached, share - _NEAR, side="left")
    last = np.searchsorted(reached, share + _NEAR, side="right") - 1
    low = np.where(first == 0, -0.5, _inside(reached, np.maximum(first - 1, 0), share))
    high = np.where(last == edge, edge - 0.5, _inside(reached, np.minimum(last, edge - 1), share))
    found: Floats = (low + high) / 2
    return found


def _inside(reached: Floats, cell: Counts, share: Floats) -> Floats:
    """The points, from `cell` - 0.5 to `cell` + 0.5, at which the shares are reached."""
    step = reached[cell + 1] - reached[cell]
    found: Floats = (
        np.float64(-0.5) + cell + np.clip((share - reached[cell]) / np.where(step > 0, step, 1.0), 0.0, 1.0)
    )
    return found


def equipercentile(x: Floats, y: Floats) -> Floats:
    """The score on Y of the same percentile rank, for random groups; `x` and `y` count persons by raw score."""
    return percentile_points(y, percentile_ranks(x, np.arange(len(x), dtype=float)))


def linear(x: Floats, y: Floats) -> Floats:
    """The score on Y as many standard deviations from its mean, for random groups."""
    (mean_x, sd_x), (mean_y, sd_y) = spread(x), spread(y)
    return _line(len(x), sd_y / sd_x, mean_y - sd_y / sd_x * mean_x)


def tucker(x: Moments, y: Moments, share: float) -> tuple[float, float]:
    """Slope and intercept by Tucker's method; `share` of the synthetic population is of the group that took X."""
    return _synthetic(x, y, share, x.covariance / x.anchor_sd**2, y.covariance / y.anchor_sd**2)


def levine(x: Moments, y: Moments, share: float) -> tuple[float, float]:
    """Slope and intercept by Levine's observed score method with an anchor inside the totals."""
    return _synthetic(x, y, share, x.sd**2 / x.covariance, y.sd**2 / y.covariance)


def _synthetic(x: Moments, y: Moments, share: float, gamma_x: float, gamma_y: float) -> tuple[float, float]:
    """Means and variances of the synthetic population, and the linear function that matches them."""
    apart = x.anchor_mean - y.anchor_mean
    apart_squared = x.anchor_sd**2 - y.anchor_sd**2
    rest = 1 - share
    mean_x = x.mean - rest * gamma_x * apart
    mean_y = y.mean + share * gamma_y * apart
    var_x = x.sd**2 - rest * gamma_x**2 * apart_squared + share * rest * (gamma_x * apart) ** 2
    var_y = y.sd**2 + share * gamma_y**2 * apart_squared + share * rest * (gamma_y * apart) ** 2
    slope = float(np.sqrt(var_y / var_x))
    return slope, mean_y - slope * mean_x


def chained(x: Floats, y: Floats) -> Floats:
    """Equipercentile from X to the anchor in one group, and from the anchor to Y in the other.

    `x` and `y` count persons by total (rows) and anchor score (columns).
    """
    on_anchor = percentile_points(
        x.sum(axis=0), percentile_ranks(x.sum(axis=1), np.arange(len(x), dtype=float))
    )
    return percentile_points(y.sum(axis=1), percentile_ranks(y.sum(axis=0), on_anchor))


def frequency_estimation(x: Floats, y: Floats) -> Floats:
    """Equipercentile in the synthetic population, each group weighted by its size; counts as in `chained`.

    It holds that the total given the anchor score is distributed alike in both groups.
    """
    share = x.sum() / (x.sum() + y.sum())
    anchor_x, anchor_y = x.sum(axis=0) / x.sum(), y.sum(axis=0) / y.sum()
    mixed = share * anchor_x + (1 - share) * anchor_y
    synthetic_x = _given(x) @ mixed
    synthetic_y = _given(y) @ mixed
    return equipercentile(synthetic_x, synthetic_y)


def _given(joint: Floats) -> Floats:
    """The distribution of the total given each anchor score; the nearest anchor score's where nobody has that one."""
    held = joint.sum(axis=0)
    known = np.flatnonzero(held)
    nearest = known[np.abs(np.arange(len(held))[:, None] - known[None, :]).argmin(axis=1)]
    found: Floats = joint[:, nearest] / held[nearest]
    return found


def smooth(counts: Floats, degree: int) -> Floats:
    """The loglinear model that keeps the first `degree` moments of the scores. Raises `SmoothingError`."""
    score = np.linspace(-1, 1, len(counts))
    columns = np.polynomial.legendre.legvander(score, degree)
    fitted = counts + 0.5
    at = np.linalg.lstsq(columns * np.sqrt(fitted)[:, None], np.log(fitted) * np.sqrt(fitted), rcond=None)[0]
    for _ in range(100):
        with np.errstate(over="ignore"):
            fitted = np.exp(columns @ at)
        if not np.isfinite(fitted).all():
            break
        try:
            move = np.linalg.solve((columns * fitted[:, None]).T @ columns, columns.T @ (counts - fitted))
        except np.linalg.LinAlgError:
            break
        at = at + move * min(1.0, 2.0 / max(float(np.abs(move).max()), 1e-12))
        if np.abs(move).max() < 1e-10:
            found: Floats = np.exp(columns @ at)
            return found
    raise SmoothingError(degree=degree)


def spread(counts: Floats) -> tuple[float, float]:
    """Mean and standard deviation (divided by n) of scores counted from 0."""
    score = np.arange(len(counts))
    mean = float(counts @ score / counts.sum())
    return mean, float(np.sqrt(counts @ (score - mean) ** 2 / counts.sum()))


def moments(joint: Floats) -> Moments:
    """The moments of persons counted by total (rows) and anchor score (columns)."""
    mean, sd = spread(joint.sum(axis=1))
    anchor_mean, anchor_sd = spread(joint.sum(axis=0))
    total, anchor = np.arange(joint.shape[0]) - mean, np.arange(joint.shape[1]) - anchor_mean
    return Moments(mean, sd, anchor_mean, anchor_sd, float(total @ joint @ anchor / joint.sum()))


def random_groups(method: str, x: Counts, y: Counts, *, degree: int | None = None) -> Equated:
    """`linear` or `equipercentile` for persons counted by raw score; presmoothed by `degree` if given.

    Raises `TooFewPersonsError`, `FormWithoutSpreadError`, `SmoothingError`.
    """
    _check(x, y)
    rule = {"linear": linear, "equipercentile": equipercentile}[method]

    def act(one: Floats, other: Floats) -> Floats:
        return rule(one, other) if degree is None else rule(smooth(one, degree), smooth(other, degree))

    return _with_error(method, act, x, y)


def anchored(method: str, x: Counts, y: Counts) -> Equated:
    """`tucker`, `levine`, `chained` or `frequency`, for persons counted by total (rows) and anchor score (columns).

    Raises `TooFewPersonsError`, `FormWithoutSpreadError`, `AnchorWithoutSpreadError`.
    """
    _check(x.sum(axis=1), y.sum(axis=1))
    for form, joint in (("X", x), ("Y", y)):
        if not moments(joint.astype(float)).covariance > 0:
            raise AnchorWithoutSpreadError(form=form)

    def by_moments(one: Floats, other: Floats) -> Floats:
        lines = {"tucker": tucker, "levine": levine}[method]
        share = one.sum() / (one.sum() + other.sum())
        return _line(len(one), *lines(moments(one), moments(other), share))

    rule = {"chained": chained, "frequency": frequency_estimation}.get(method, by_moments)
    return _with_error(method, rule, x, y)


def _with_error(method: str, act: Callable[[Floats, Floats], Floats], x: Counts, y: Counts) -> Equated:
    equivalent = act(x.astype(float), y.astype(float))
    generator = np.random.Generator(np.random.PCG64(_SEED))
    again = np.full((REPLICATIONS, len(equivalent)), np.nan)
    for one in again:
        try:
            one[:] = act(_resampled(generator, x), _resampled(generator, y))
        except SmoothingError:
            continue
    return Equated(method, equivalent, np.nanstd(again, axis=0), int(x.sum()), int(y.sum()))


def _check(x: Counts, y: Counts) -> None:
    """Whether there are persons enough, and scores that differ, on both forms."""
    least = min(int(x.sum()), int(y.sum()))
    if least < LEAST_PERSONS:
        raise TooFewPersonsError(
            found=least, analysis="the smaller group of an equating", least=LEAST_PERSONS
        )
    for form, counts in (("X", x), ("Y", y)):
        if np.count_nonzero(counts) < 2:
            raise FormWithoutSpreadError(form=form)


def _resampled(generator: np.random.Generator, counts: Counts) -> Floats:
    drawn = generator.multinomial(int(counts.sum()), (counts / counts.sum()).ravel())
    return drawn.reshape(counts.shape).astype(float)


def _line(length: int, slope: float, intercept: float) -> Floats:
    found: Floats = slope * np.arange(length, dtype=np.float64) + intercept
    return found

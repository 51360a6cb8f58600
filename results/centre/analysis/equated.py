"""`results equate`: two matrices and a method, to a table from raw scores on X to equivalents on Y."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keys.errors import ExamKioskError
from results.centre.analysis.choices import Method
from results.centre.analysis.listing import columns, known
from results.scoring.equating import Equated, anchored, random_groups, spread
from results.scoring.irt_counts import Counts
from results.scoring.irt_linking import DRIFTED, Linked, rasch_equating
from results.scoring.matrix import Matrix

LEAST_ANCHOR = 2


RANDOM = frozenset({Method.LINEAR, Method.EQUIPERCENTILE})
_RASCH = frozenset({Method.RASCH, Method.RASCH_MEAN_SIGMA})


class AnchorItemError(ExamKioskError):
    """An item that is to be in the anchor is not on both forms."""

    code = "anchor-item-missing"
    what = "The anchor item {item} is not an item of form {form}."
    next_step = "Name items that are columns of both files; the forms have these in common: {common}."


class AnchorTooShortError(ExamKioskError):
    """A method by an anchor, and hardly an item in common."""

    code = "anchor-too-short"
    what = "The forms have {found} anchor items; equating by {method} needs {least} at least."
    next_step = "Name the anchor with --anchor, or use linear or equipercentile if the groups are random."


class SmoothedMethodError(ExamKioskError):
    """Presmoothing with a method that does not use the distributions of random groups."""

    code = "smoothing-without-use"
    what = "Equating by {method} does not smooth."
    next_step = "Use --smooth with equipercentile only."


@dataclass(frozen=True, slots=True)
class EquatedForms:
    """What was equated and how: the anchor's items, mean and standard deviation of both forms' raw scores."""

    equated: Equated
    anchor: tuple[str, ...]
    x: tuple[float, float]
    y: tuple[float, float]
    linked: Linked | None


def equate(
    x: Matrix, y: Matrix, method: Method, anchor: Sequence[str] | None, degree: int | None
) -> EquatedForms:
    """Equate form X to form Y; the anchor is all the items that both have if None.

    Raises `AnchorItemError`, `AnchorTooShortError`, `SmoothedMethodError` and the errors of the method.
    """
    if degree is not None and method is not Method.EQUIPERCENTILE:
        raise SmoothedMethodError(method=method.value)
    counts = [np.bincount(one.totals(), minlength=len(one.items) + 1) for one in (x, y)]
    told = [spread(one.astype(float)) for one in counts]
    if method in RANDOM:
        found = random_groups(method.value, *counts, degree=degree)
        return EquatedForms(found, (), told[0], told[1], None)
    names_x, names_y = _names(x), _names(y)
    common = _common(names_x, names_y, anchor)
    if len(common) < LEAST_ANCHOR:
        raise AnchorTooShortError(found=len(common), method=method.value, least=LEAST_ANCHOR)
    if method in _RASCH:
        sigma = method is Method.RASCH_MEAN_SIGMA
        linked = rasch_equating(x.scores, y.scores, names_x, names_y, common, sigma=sigma)
        return EquatedForms(linked.equated, common, told[0], told[1], linked)
    found = anchored(method.value, _joint(x, names_x, common), _joint(y, names_y, common))
    return EquatedForms(found, common, told[0], told[1], None)


def equated_values(found: EquatedForms) -> dict[str, object]:
    """As JSON."""
    one = found.equated
    values: dict[str, object] = {
        "method": one.method,
        "x": {"persons": one.persons_x, "mean": known(found.x[0]), "sd": known(found.x[1])},
        "y": {"persons": one.persons_y, "mean": known(found.y[0]), "sd": known(found.y[1])},
        "anchor": list(found.anchor),
        "equivalents": [known(value) for value in one.equivalent],
        "errors": [known(value) for value in one.error],
    }
    if found.linked:
        values["link"] = {"slope": known(found.linked.slope), "intercept": known(found.linked.intercept)}
        values["drift"] = {item: known(z) for item, z in zip(found.anchor, found.linked.drift, strict=True)}
    return values


def equated_text(found: EquatedForms) -> str:
    """As people read it."""
    one = found.equated
    lines = [
        f"Form X equated to form Y by {one.method}.",
        f"  X: {one.persons_x} persons, mean {found.x[0]:.3f}, SD {found.x[1]:.3f}",
        f"  Y: {one.persons_y} persons, mean {found.y[0]:.3f}, SD {found.y[1]:.3f}",
    ]
    if found.anchor:
        lines.append(f"  anchor: {len(found.anchor)} items")
    if found.linked:
        lines.append(f"  link: {found.linked.slope:.4f} x ability + {found.linked.intercept:.4f}")
        lines += [
            f"  anchor item {item} has drifted: robust z {z:.2f}"
            for item, z in zip(found.anchor, found.linked.drift, strict=True)
            if abs(z) > DRIFTED
        ]
    rows = (
        (raw, known(value), known(error))
        for raw, (value, error) in enumerate(zip(one.equivalent, one.error, strict=True))
    )
    return "\n".join([*lines, "", *columns(("raw X", "equivalent Y", "standard error"), rows)])


def _names(matrix: Matrix) -> list[str]:
    return [item.id for item in matrix.items]


def _common(x: Sequence[str], y: Sequence[str], anchor: Sequence[str] | None) -> tuple[str, ...]:
    both = tuple(one for one in x if one in set(y))
    if anchor is None:
        return both
    for item in anchor:
        for form, names in (("X", x), ("Y", y)):
            if item not in names:
                raise AnchorItemError(item=item, form=form, common=", ".join(both) or "none")
    return tuple(dict.fromkeys(anchor))


def _joint(matrix: Matrix, names: Sequence[str], common: Sequence[str]) -> Counts:
    """Persons by raw score (rows) and anchor score (columns)."""
    at = [names.index(one) for one in common]
    anchor = matrix.scores[:, at].sum(axis=1, dtype=np.int64)
    found: Counts = np.zeros((len(names) + 1, len(at) + 1), dtype=np.int64)
    np.add.at(found, (matrix.totals(), anchor), 1)
    return found

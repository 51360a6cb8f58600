"""`results dif`: a matrix and a group a person, to the items that work differently for one of the groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.analysis.listing import columns, known, tail
from results.centre.analysis.sheets import read_sheet
from results.scoring.dif import Dif, Limits, dif
from results.scoring.flags import Thresholds
from results.scoring.matrix import Matrix


class OneGroupError(ExamKioskError):
    """Everybody is in one group."""

    code = "groups-too-few"
    what = "DIF compares groups; the groups here are: {found}."
    next_step = "Name a column that tells two groups or more apart, with --group or a file with --groups."


class ReferenceUnknownError(ExamKioskError):
    """The reference group is none of the groups."""

    code = "reference-group-unknown"
    what = "There is no group {reference}; the groups are: {found}."
    next_step = "Name one of these with --reference, or leave it away: the largest group is taken."


class GroupsWantedError(ExamKioskError):
    """DIF of a run, and nothing that says who is in which group."""

    code = "groups-wanted"
    what = "A run does not say which group each candidate is in."
    next_step = "Give a CSV of candidate and group with --groups."


class GroupLackingError(ExamKioskError):
    """A file of groups that does not say of every candidate which group."""

    code = "group-lacking"
    what = "{name} does not name the group of candidate {candidate}."
    next_step = "Give it two columns, the candidate and the group, and a line for each candidate."


@dataclass(frozen=True, slots=True)
class Compared:
    """One focal group against the reference group."""

    reference: str
    focal: str
    found: Dif


def read_group_file(path: Path, persons: Sequence[str]) -> tuple[str, ...]:
    """The group of each person, from a CSV with the candidate in its first and the group in its last column.

    Raises `GroupLackingError` or a `ResponsesError`.
    """
    sheet = read_sheet(path)
    said = dict(zip(sheet.column(0), sheet.column(len(sheet.columns) - 1), strict=True))
    for person in persons:
        if person not in said:
            raise GroupLackingError(name=sheet.name, candidate=sanitise(person, limit=40))
    return tuple(said[person] for person in persons)


def compare_groups(
    matrix: Matrix, groups: Sequence[str], reference: str | None, by: Thresholds, *, purified: bool
) -> tuple[Compared, ...]:
    """Each other group against the reference group, the largest if None; who has no group is left out.

    Raises `OneGroupError`, `ReferenceUnknownError` and as `dif`.
    """
    sizes = Counter(one for one in groups if one)
    told = ", ".join(sanitise(one, limit=40) for one in sorted(sizes)) or "none"
    if len(sizes) < 2:
        raise OneGroupError(found=told)
    if reference is None:
        reference = min(sizes, key=lambda one: (-sizes[one], one))
    if reference not in sizes:
        raise ReferenceUnknownError(reference=sanitise(reference, limit=40), found=told)
    member = np.asarray(groups)
    limits = Limits(by.dif_moderate, by.dif_large, by.dif_level)
    found = []
    for focal in sorted(set(sizes) - {reference}):
        held = (member == reference) | (member == focal)
        study = dif(matrix.scores[held], member[held] == focal, purified=purified, limits=limits)
        found.append(Compared(reference, focal, study))
    return tuple(found)


def dif_values(matrix: Matrix, compared: Sequence[Compared]) -> dict[str, object]:
    """As JSON."""
    return {"comparisons": [_values(matrix, one) for one in compared]}


def _values(matrix: Matrix, one: Compared) -> dict[str, object]:
    mh, lr = one.found.mantel_haenszel, one.found.logistic
    return {
        "reference": one.reference,
        "focal": one.focal,
        "persons": {"reference": one.found.reference, "focal": one.found.focal},
        "purified_of": [item.id for item, out in zip(matrix.items, one.found.left_out, strict=True) if out],
        "items": [
            {
                "item": item.id,
                "mantel_haenszel": {
                    "chi_square": known(mh.chi_square[n]),
                    "p": tail(mh.p[n]),
                    "odds_ratio": known(mh.odds_ratio[n]),
                    "delta": known(mh.delta[n]),
                    "delta_error": known(mh.error[n]),
                    "class": mh.classes[n] or None,
                },
                "logistic": {
                    "uniform": known(lr.uniform[n]),
                    "uniform_p": tail(lr.uniform_p[n]),
                    "non_uniform": known(lr.non_uniform[n]),
                    "non_uniform_p": tail(lr.non_uniform_p[n]),
                    "p": tail(lr.p[n]),
                    "r2_change": known(lr.effect[n]),
                    "class_jodoin_gierl": lr.classes[n],
                    "class_zumbo_thomas": lr.broad[n],
                },
            }
            for n, item in enumerate(matrix.items)
        ],
    }


def dif_text(matrix: Matrix, compared: Sequence[Compared]) -> str:
    """As people read it: every item, B and C marked."""
    lines: list[str] = []
    for one in compared:
        mh, lr = one.found.mantel_haenszel, one.found.logistic
        out = [item.id for item, left in zip(matrix.items, one.found.left_out, strict=True) if left]
        lines += [
            f"Focal group {one.focal} against reference group {one.reference}:",
            f"  {one.found.focal} against {one.found.reference} persons.",
            "  A negative delta: harder for the focal group at the same score. A negligible, B moderate, C large.",
        ]
        if out:
            lines.append(f"  Not in the matching score: {', '.join(out)}")
        heads = ("item", "MH chi2", "p", "delta", "MH class", "LR p", "R2 change", "LR class")
        rows = (
            (
                item.id,
                known(mh.chi_square[n]),
                known(mh.p[n]),
                known(mh.delta[n]),
                mh.classes[n] or None,
                known(lr.p[n]),
                known(lr.effect[n]),
                lr.classes[n],
            )
            for n, item in enumerate(matrix.items)
        )
        lines += ["", *columns(heads, rows), ""]
    return "\n".join(lines).rstrip()

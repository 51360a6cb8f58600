"""`results similarity`: a matrix and who sat together, to the pairs whose answers are more alike than chance has it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from results.centre.analysis.listing import columns, known, tail
from results.scoring.flags import Thresholds
from results.scoring.matrix import Matrix
from results.scoring.similarity import Pair, Similarity, similarity

_NUMBER = re.compile(r"(\d+)\D*$")


def compare_answers(matrix: Matrix, sittings: Sequence[str] | None, by: Thresholds) -> Similarity:
    """All pairs within each sitting, or of everybody if None. Raises as `similarity`."""
    return similarity(matrix, sittings or [""] * len(matrix.persons), level=by.similarity_level)


def neighbours(seats: Sequence[str] | None, pair: Pair) -> bool | None:
    """Whether the last numbers in the names of both seats are next to one another; None if either has none."""
    if seats is None:
        return None
    found = [_NUMBER.search(seats[at]) for at in (pair.first, pair.second)]
    numbers = [int(one[1]) for one in found if one]
    return abs(numbers[0] - numbers[1]) == 1 if len(numbers) == 2 else None


def similarity_values(
    matrix: Matrix, found: Similarity, sittings: Sequence[str] | None, seats: Sequence[str] | None
) -> dict[str, object]:
    """As JSON."""
    return {
        "persons": found.persons,
        "pairs": found.pairs,
        "flagged": len(found.flagged),
        "most_alike": [
            {
                "first": matrix.persons[one.first],
                "second": matrix.persons[one.second],
                "copier": matrix.persons[one.copier],
                "sitting": sittings[one.first] if sittings else None,
                "neighbours": neighbours(seats, one),
                "identical": one.identical,
                "identical_wrong": one.identical_wrong,
                "expected": known(one.expected),
                "omega": known(one.omega),
                "p": tail(one.p),
                "flagged": one.flagged,
                "bonferroni": one.bonferroni,
            }
            for one in found.most_alike
        ],
    }


def similarity_text(
    matrix: Matrix, found: Similarity, sittings: Sequence[str] | None, seats: Sequence[str] | None
) -> str:
    """As people read it: the pairs most alike, the flagged ones marked."""
    beside = {True: "yes", False: "no", None: None}
    rows = (
        (
            matrix.persons[one.first],
            matrix.persons[one.second],
            sittings[one.first] if sittings else None,
            beside[neighbours(seats, one)],
            one.identical,
            known(one.expected),
            one.identical_wrong,
            known(one.omega),
            f"{one.p:.2g}",
            "FLAG" if one.flagged else "",
        )
        for one in found.most_alike
    )
    heads = ("first", "second", "sitting", "neighbours", "identical", "expected", "wrong", "omega", "p", "")
    return "\n".join(
        [
            f"{found.persons} persons, {found.pairs} pairs compared, {len(found.flagged)} flagged.",
            "A flag is a reason to look at the room, the clock and the journals; it is no finding by itself.",
            "",
            *columns(heads, rows),
        ]
    )

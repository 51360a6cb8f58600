"""Times and changes of an item: medians, rapid guessing, effort, and what changed answers were worth.

Rules.
1. A time is all that an item was on the screen, over all visits, in ms; 0 says that it never was.
2. Rapid is an answer in less than 10 % of the item's mean time, at most 10 s (NT10: Wise & Ma, 2012).
3. A candidate's effort is the share of seen items that were not rapid (response time effort: Wise & Kong, 2005).
4. A change is from the first answer to the last one; what lay between does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.scoring.figures import ChangeFigures, EffortFigures, SpeedFigures, figure, ratio

NORMATIVE, LONGEST = 0.10, 10_000.0
LEAST_EFFORT = 0.90
"""Below this a candidate's score says little (Wise & Kong, 2005)."""


@dataclass(frozen=True, slots=True)
class Times:
    """Person by item: ms on the screen (0 for never) and how often the answer was changed (int64 each)."""

    spent: NDArray[np.int64]
    changes: NDArray[np.int64]


def speed(
    persons: Sequence[str],
    names: Sequence[str],
    times: Times,
    scores: NDArray[np.int8],
    answered: NDArray[np.bool_],
) -> tuple[tuple[SpeedFigures, ...], EffortFigures]:
    """The figures of each item and the candidates' effort; `answered` says who answered what."""
    found: list[SpeedFigures] = []
    rapid = np.zeros(times.spent.shape, bool)
    for place, name in enumerate(names):
        spent, seen = times.spent[:, place], times.spent[:, place] > 0
        on = spent[seen]
        mean = float(on.mean()) if len(on) else float("nan")
        threshold = min(LONGEST, NORMATIVE * mean)
        rapid[:, place] = quick = seen & answered[:, place] & (spent < threshold)
        changed = times.changes[:, place][seen]
        found.append(
            SpeedFigures(
                item=name,
                seen=len(on),
                median=figure(float(np.median(on))) if len(on) else None,
                mean=figure(mean),
                threshold=figure(threshold) if len(on) else None,
                rapid=ratio(int(quick.sum()), len(on)),
                difficulty_rapid=ratio(int(scores[:, place][quick].sum()), int(quick.sum())),
                changes=ratio(int(changed.sum()), len(on)) or 0.0,
                changed=ratio(int((changed > 0).sum()), len(on)),
            )
        )
    saw = (times.spent > 0).sum(axis=1)
    effort = 1 - rapid.sum(axis=1) / np.maximum(saw, 1)
    low = np.flatnonzero((effort < LEAST_EFFORT) & (saw > 0))
    mean_effort = figure(float(effort[saw > 0].mean())) if (saw > 0).any() else None
    return tuple(found), EffortFigures(
        mean_effort, LEAST_EFFORT, len(low), tuple(persons[int(n)] for n in low)
    )


def changes(item: str, first: Sequence[bool], last: Sequence[bool]) -> ChangeFigures:
    """What changed answers were worth: of those who changed the item, whether the first and the last were right."""
    pairs = list(zip(first, last, strict=True))
    return ChangeFigures(
        item=item,
        changed=len(pairs),
        wrong_to_right=sum(not one and other for one, other in pairs),
        right_to_wrong=sum(one and not other for one, other in pairs),
        wrong_to_wrong=sum(not one and not other for one, other in pairs),
    )

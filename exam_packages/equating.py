"""From equivalents on a base form to an `EquatingTable`: through the base form's conversion table, in whole numbers.

Rules.
1. An equivalent is kept in thousandths of a raw point of the base form, a half rounded up; all else follows from that.
2. Between two raw scores of the base form a scaled score lies on the straight line; below the lowest and above the
   highest it is theirs. A half is rounded up.
3. A higher raw score never has a lower scaled score: where equivalents fall, the one before stands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exam_packages.scoring_key import ConversionTable, EquatingTable
from keys.encoding import Digest

THOUSAND = 1000


def thousandths(equivalents: Sequence[float]) -> tuple[int, ...]:
    """Equivalents as whole thousandths, a half rounded up, never falling."""
    found: list[int] = []
    for one in equivalents:
        value = math.floor(one * THOUSAND + 0.5)
        found.append(max(value, found[-1]) if found else value)
    return tuple(found)


def scaled_scores(equivalents: Sequence[int], base: ConversionTable) -> tuple[int, ...]:
    """The scaled score of each equivalent, in thousandths, by the base form's table."""
    return tuple(_scaled(one, base.scaled) for one in equivalents)


def equating_table(
    form: ConversionTable,
    base: ConversionTable,
    conversion_digest: Digest,
    method: str,
    equivalents: Sequence[float],
) -> EquatingTable:
    """The table of the form that `form` is a conversion table of, equated to the form of `base`.

    `conversion_digest` is of the file of `base`. `equivalents` has a number for every row of `form`; the cut is the
    scaled cut of `base`, and the version the one after `form`.
    """
    rounded = thousandths(equivalents)
    return EquatingTable(
        form.exam,
        form.form,
        form.form_digest,
        form.version + 1,
        base.form,
        base.form_digest,
        conversion_digest,
        method,
        rounded,
        scaled_scores(rounded, base),
        base.cut,
    )


def _scaled(at: int, scaled: Sequence[int]) -> int:
    top = len(scaled) - 1
    inside = min(max(at, 0), top * THOUSAND)
    raw, over = divmod(inside, THOUSAND)
    if not over:
        return scaled[raw]
    numerator = scaled[raw] * THOUSAND + over * (scaled[raw + 1] - scaled[raw])
    return (2 * numerator + THOUSAND) // (2 * THOUSAND)

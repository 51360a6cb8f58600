"""From raw to scaled scores: two straight segments that meet at the cut, rounded half up.

Rules.
1. Raw 0 is scaled 0, the raw cut is the scaled cut, and a full raw score is the highest scaled one.
2. Between them a raw score lies on the straight line, in exact fractions, and a half is rounded up.
3. Every raw score has a row, so a candidate's score can be looked up by hand.
"""

from __future__ import annotations

from keys.errors import ExamKioskError


class ConversionShapeError(ExamKioskError):
    """A scale that does not rise."""

    code = "conversion-impossible"
    what = "A raw cut of {raw_cut} out of {raw_max} and a scaled cut of {scaled_cut} out of {scaled_max} make no scale."
    next_step = "Set the cuts in programme.toml above 0 and below the highest score, then master again."


def two_segments(raw_max: int, raw_cut: int, scaled_cut: int, scaled_max: int) -> tuple[int, ...]:
    """The scaled score of each raw score from 0 to `raw_max`. Raises `ConversionShapeError`."""
    if not (0 < raw_cut < raw_max and 0 < scaled_cut < scaled_max):
        raise ConversionShapeError(
            raw_max=raw_max, raw_cut=raw_cut, scaled_cut=scaled_cut, scaled_max=scaled_max
        )
    below = (_half_up(raw * scaled_cut, raw_cut) for raw in range(raw_cut))
    above = (
        scaled_cut + _half_up(over * (scaled_max - scaled_cut), raw_max - raw_cut)
        for over in range(raw_max - raw_cut + 1)
    )
    return (*below, *above)


def _half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction that is not below 0; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)

"""Raw to scaled: two straight segments through the cut, a half rounded up, a row for every raw score."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.conversion import ConversionShapeError, two_segments
from exam_packages.form import FormId
from exam_packages.scoring_key import ConversionRangeError, ConversionTable
from keys.encoding import Digest


def test_the_sample_s_scale() -> None:
    """70 of 100 is 600, 0 is 0, 100 is 800; the rows between are the ones worked out by hand."""
    scaled = two_segments(100, 70, 600, 800)
    assert len(scaled) == 101
    worked = {0: 0, 1: 9, 7: 60, 35: 300, 69: 591, 70: 600, 71: 607, 85: 700, 99: 793, 100: 800}
    assert {raw: scaled[raw] for raw in worked} == worked


def test_a_half_goes_up() -> None:
    """1 of a cut of 2 at 5 is 2.5, which is 3; and half of the way from 5 to 10 is 7.5, which is 8."""
    assert two_segments(4, 2, 5, 10) == (0, 3, 5, 8, 10)


SHAPES = st.tuples(st.integers(1, 200), st.integers(1, 200), st.integers(1, 900), st.integers(1, 900))


@given(SHAPES)
def test_every_row_is_the_exact_line_rounded_half_up(shape: tuple[int, int, int, int]) -> None:
    """Against exact fractions no row differs, the table never falls, and cut and ends are met."""
    raw_cut, above, scaled_cut, over = shape
    raw_max, scaled_max = raw_cut + above, scaled_cut + over
    scaled = two_segments(raw_max, raw_cut, scaled_cut, scaled_max)
    for raw, row in enumerate(scaled):
        low = Fraction(raw * scaled_cut, raw_cut)
        high = scaled_cut + Fraction((raw - raw_cut) * over, above)
        assert row == floor((low if raw < raw_cut else high) + Fraction(1, 2))
    assert list(scaled) == sorted(scaled)
    assert (scaled[0], scaled[raw_cut], scaled[raw_max]) == (0, scaled_cut, scaled_max)


@pytest.mark.parametrize(
    "shape", [(100, 0, 600, 800), (100, 100, 600, 800), (100, 70, 0, 800), (100, 70, 800, 800)]
)
def test_a_scale_that_does_not_rise_is_refused(shape: tuple[int, int, int, int]) -> None:
    """A cut at an end makes no scale."""
    with pytest.raises(ConversionShapeError):
        two_segments(*shape)


@pytest.mark.parametrize("raw", [-1, 3])
def test_a_raw_score_without_a_row_is_refused(raw: int) -> None:
    """A table is not read outside its rows, least of all from its end."""
    table = ConversionTable("e", FormId("f"), Digest("0" * 64), 1, (0, 600, 800), 600)
    with pytest.raises(ConversionRangeError):
        table.look_up(raw)

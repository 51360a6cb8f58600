"""A form holds only characters that every terminal shows in the same number of cells, left to right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.glyphs import unfit
from keys.text import is_clean

FIT = [
    "plain",
    "café, Zürich, naïve",
    "“quoted” – it’s 5 × 3 ≤ 20 …",
    "20 °C, ½, ², ®",
    "Ελλάδα",
    "Привет",
    "",
]
UNFIT = {
    "שלום": "right to left",
    "مرحبا": "right to left",
    "a\u0301\u0323b\u0300": "joins its neighbour",
    "❤\ufe0f": "joins its neighbour",
    "\u1100\u1161\u1175": "joins its neighbour",
    "😀": "one cell wide on some terminals",
    "\U0001f1eb\U0001f1ee": "one cell wide on some terminals",
    "⌚": "one cell wide on some terminals",
    "─": "one cell wide on some terminals",
    "tab\there": "a tab",
    "bell\x07": "U+0007, which no screen may show",
    "esc\x1b[31m": "U+001B, which no screen may show",
    "\x9b31m": "U+009B, which no screen may show",
    "zero\u200bwidth": "U+200B, which no screen may show",
    "\u202eoverride": "U+202E, which no screen may show",
    "\ufeffmark": "U+FEFF, which no screen may show",
    "private\ue000": "U+E000, which no screen may show",
    "Å\u212b": "not in form NFC",
    "two\nlines": "U+000A, which no screen may show",
}


@pytest.mark.parametrize("text", FIT)
def test_ordinary_text_is_fit(text: str) -> None:
    """Letters of several scripts, accents, typographic punctuation and Latin-1 signs pass."""
    assert unfit(text) is None


@pytest.mark.parametrize("text", UNFIT)
def test_contested_text_is_refused_with_the_reason(text: str) -> None:
    """What terminals show differently, or what acts on one, is refused and says why, by number and never as itself."""
    reason = unfit(text)
    assert reason is not None
    assert UNFIT[text] in reason
    assert is_clean(reason)


def test_newlines_are_fit_only_where_they_are_asked_for() -> None:
    """A page may have lines; a cell may not."""
    assert unfit("two\nlines", newlines=True) is None


@given(st.text(max_size=40))
def test_what_is_fit_is_what_the_sanitiser_leaves(text: str) -> None:
    """No fit text would be changed on its way to a screen."""
    if unfit(text) is None:
        assert is_clean(text)

"""Nothing that acts on a terminal passes the sanitiser."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.text import MAX_COMBINING, is_clean, sanitise

HOSTILE = {
    "an escape sequence": ("a\x1b[31mb", "a[31mb"),
    "the title of the window": ("\x1b]0;x\x07", "]0;x"),
    "C1 controls": ("a\x9b31mb\x85", "a31mb"),
    "DEL and NUL": ("a\x7f\x00b", "ab"),
    "a bidi override": ("a\u202eb\u2066c", "abc"),
    "zero-width characters": ("a\u200b\u200d\ufeffb", "ab"),
    "a line separator": ("a\u2028b", "ab"),
    "a private use character": ("a\ue000b", "ab"),
    "a tab": ("a\tb", "a b"),
    "a carriage return": ("a\rb", "ab"),
    "tag characters": ("a\U000e0041b", "ab"),
}


@pytest.mark.parametrize(("hostile", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_acts_on_a_terminal_is_removed(hostile: str, shown: str) -> None:
    """Controls and invisible characters go; what can be read stays."""
    assert sanitise(hostile, limit=80) == shown
    assert not is_clean(hostile)


def test_newlines_stay_only_where_asked_for() -> None:
    """A text of one line has one line."""
    assert sanitise("a\nb", limit=80) == "a b"
    assert sanitise("a\nb", limit=80, newlines=True) == "a\nb"


def test_a_flood_of_combining_marks_is_cut() -> None:
    """At most four marks stay on one letter, however many are sent, of whatever class."""
    for mark in "\u0316\u0489\ufe0f\u0e31":
        flood = "x" + mark * 500 + "y"
        assert sanitise(flood, limit=1000) == "x" + mark * MAX_COMBINING + "y"


def test_honest_text_in_any_script_stays() -> None:
    """Letters, accents, digits and punctuation of many scripts are left as they are."""
    for honest in ("Zoë O’Brien", "Владимир", "日本語", "עברית", "5 × 7 − 2 ≤ 40 %"):
        assert is_clean(honest)


@given(st.text(st.characters(codec=None), max_size=200), st.integers(0, 100), st.booleans())
def test_any_text_comes_out_harmless(text: str, limit: int, newlines: bool) -> None:
    """Whatever goes in, nothing that comes out acts, it is short enough, and doing it again changes nothing."""
    shown = sanitise(text, limit=limit, newlines=newlines)
    assert len(shown) <= limit
    for character in shown:
        acts = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        assert not acts or (newlines and character == "\n")
    assert sanitise(shown, limit=limit, newlines=newlines) == shown

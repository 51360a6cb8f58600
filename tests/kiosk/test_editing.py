"""Typed text of several lines: rows, clusters and edits, whatever is typed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from keys.text import is_clean
from kiosk.editing import after, before, column, offset, replaced, row_of, rows
from terminal.wrapping import clean

LETTERS = "ab \nx\u00e9\u0301\u0308e漢字\u1100\u1161👍🏽\ufe0f\u202e\x1b\u200d"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=120).map(lambda text: clean(text, newlines=True))


@given(TEXTS, st.integers(4, 30))
def test_rows_hold_every_character_and_none_is_too_wide(text: str, width: int) -> None:
    """Rows and the newlines between them make the text again; only spaces at a row's end may hang over."""
    laid = rows(text, width)
    at = 0
    for start, end in laid:
        assert text[at:start] in {"", "\n"}
        assert cell_len(text[start:end].rstrip(" ")) <= width
        at = end
    assert laid[0][0] == 0
    assert at == len(text)
    assert text.count("\n") == sum(text[one[1] : two[0]] == "\n" for one, two in pairwise(laid))


@given(TEXTS, st.data())
def test_a_cluster_is_passed_whole_in_both_directions(text: str, data: st.DataObject) -> None:
    """From any boundary, a step on and a step back end where they began; the boundaries reach both ends."""
    places = [0]
    while places[-1] < len(text):
        places.append(after(text, places[-1]))
    assert places[-1] == len(text)
    at = data.draw(st.sampled_from(places))
    assert before(text, after(text, at)) == at or after(text, at) == at


@given(TEXTS, st.lists(st.sampled_from([*LETTERS, "<", ">", "del"]), max_size=30))
def test_what_is_typed_stays_clean(text: str, keys: list[str]) -> None:
    """After any keys the text is as the sanitiser would leave it, and the caret is inside it."""
    caret = len(text)
    for key in keys:
        if key == "<":
            caret = before(text, caret)
        elif key == ">":
            text, caret = replaced(text, before(text, caret), caret, "")
        elif key == "del":
            text, caret = replaced(text, caret, after(text, caret), "")
        else:
            text, caret = replaced(text, caret, caret, key)
        assert is_clean(text, newlines=True)
        assert 0 <= caret <= len(text)


@given(TEXTS, st.integers(4, 30), st.integers(0, 40), st.data())
def test_a_caret_lands_on_the_row_it_was_sent_to(
    text: str, width: int, wanted: int, data: st.DataObject
) -> None:
    """Up and Down reach the row above or below, never past the cell that was wanted."""
    laid = rows(text, width)
    place = data.draw(st.integers(0, len(laid) - 1))
    caret = offset(text, laid, place, wanted)
    assert row_of(laid, caret) == place
    assert column(text, laid[place], caret) <= wanted


@pytest.mark.parametrize(
    ("text", "at", "left"),
    [
        ("ae\u0308\u0302", 4, "a"),
        ("a👍🏽", 3, "a"),
        ("한국", 2, "한"),
        ("one\n", 4, "one"),
    ],
)
def test_backspace_takes_a_character_with_its_marks(text: str, at: int, left: str) -> None:
    """What is drawn as one is deleted as one."""
    assert replaced(text, before(text, at), at, "")[0] == left


@pytest.mark.parametrize(
    ("text", "typed", "then"),
    [
        ("e", "\u0301", "\u00e9"),
        ("", "\u0301", ""),
        ("a\n", "\u0301", "a\n"),
        ("a", "\x1b", "a"),
        ("a", "\u202e", "a"),
        ("a" + "\u0308" * 4, "\u0302", "\u00e4" + "\u0308" * 3 + "\u0302"),
    ],
)
def test_what_would_act_on_a_terminal_is_not_taken(text: str, typed: str, then: str) -> None:
    """A mark joins its letter or is dropped; controls and direction marks never arrive."""
    assert replaced(text, len(text), len(text), typed)[0] == then

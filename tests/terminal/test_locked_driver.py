"""The pieces of the driver that need no tty: what is a paste, however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser

from terminal.driver import PASTE_END, PASTE_START, Keyboard, Unpasted

PIECES = st.lists(
    st.sampled_from(["a", "n", "\x1b", "\x1b[A", "[200~", PASTE_START, PASTE_END, "é"]), max_size=30
)


def whole(text: str) -> str:
    """What is typed in `text`, by looking at all of it at once."""
    typed = ""
    while text:
        before, found, text = text.partition(PASTE_START)
        typed += before
        if found:
            text = text.partition(PASTE_END)[2]
    return typed


@given(PIECES, st.data())
def test_a_paste_is_taken_out_wherever_the_reads_cut_it(pieces: list[str], data: st.DataObject) -> None:
    """Any cutting of the same input leaves the same typed text."""
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    unpasted = Unpasted()
    typed = "".join(
        unpasted.feed(text[start:stop]) for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True)
    )
    assert typed + unpasted.pause() == whole(text)


def test_a_lone_escape_is_typed_after_a_pause() -> None:
    """The first byte of a mark is held, and given back when no more comes."""
    unpasted = Unpasted()
    assert unpasted.feed("a\x1b") == "a"
    assert unpasted.pause() == "\x1b"
    assert unpasted.feed("[200~x") == "[200~x"


def test_a_paste_without_an_end_is_over_after_silence() -> None:
    """What follows the silence is typed."""
    unpasted = Unpasted()
    assert unpasted.feed(PASTE_START + "secret") == ""
    assert unpasted.pause() == ""
    unpasted.silence()
    assert unpasted.feed("n") == "n"


@pytest.mark.parametrize("hostile", ["\x1b[1114112u", "\x1b[" + "9" * 5000 + "u", "\x1b[1;1;1114112u"])
def test_a_parser_that_fails_is_replaced(hostile: str) -> None:
    """Kitty key numbers that end Textual's parser cost nothing but themselves."""
    with pytest.raises((ValueError, OverflowError)):
        list(XTermParser().feed("\x1b[1114112u"))
    keyboard = Keyboard()
    keyboard.feed(hostile)
    assert [key.key for key in keyboard.feed("n")] == ["n"]


def test_only_keys_come_in() -> None:
    """Mouse, focus and reports are no keys; a function key and a letter are."""
    keyboard = Keyboard()
    found = keyboard.feed("\x1b[<0;1;1M\x1b[I\x1b[?2026;1$y\x1b[24;80R\x1b[48;9;9;9;9t\x1b[21~n")
    assert [key.key for key in found] == ["f10", "n"]

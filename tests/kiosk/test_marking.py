"""Marks: what an edit, a highlight, a note, a comment or a calculation writes down, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.interactions import TypedText
from keys.errors import ExamKioskError
from kiosk import session
from kiosk.asked import MAX_COMMENT, MAX_NOTE, MAX_SCRATCHPAD
from kiosk.marking import (
    MOST_SPANS,
    HighlightRefusedError,
    InstrumentNotGivenError,
    edit,
    joined,
)
from kiosk.navigation import NoSuchItemError
from kiosk.protocol import Answer, Go, Highlight, WriteComment, WriteNote
from kiosk.session import Calculated
from results.wire import events as e
from tests.kiosk.rules_alone import ALL_TOOLS, PLAIN, TOOLS, Rules

TEXT = st.text("ab\n", max_size=12)
SPANS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 9)).map(
        lambda t: (t[0], t[1], t[1] + t[2])
    ),
    max_size=12,
)


def tools() -> Rules:
    """The first question takes a long text and has a text and an exhibit with it; every instrument is given."""
    return Rules(TOOLS).begin()


@given(before=TEXT, after=TEXT)
def test_an_edit_makes_the_one_text_of_the_other(before: str, after: str) -> None:
    """Its parts lie inside the texts, and what both begin and end with is not repeated."""
    start, removed, inserted = edit(before, after)
    assert before[:start] + inserted + before[start + removed :] == after
    assert start >= 0
    assert removed >= 0
    gone = before[start : start + removed]
    if gone and inserted:
        assert gone[0] != inserted[0]
        assert gone[-1] != inserted[-1]


@given(SPANS)
def test_joined_highlights_cover_the_same_and_never_meet(spans: list[tuple[int, int, int]]) -> None:
    """The same characters, sorted, with a gap between any two of a block."""
    kept = joined(spans)
    covered = {(block, at) for block, start, end in spans for at in range(start, end)}
    assert {(block, at) for block, start, end in kept for at in range(start, end)} == covered
    assert list(kept) == sorted(kept)
    assert all(one[0] < two[0] or one[2] < two[1] for one, two in itertools.pairwise(kept))


def test_a_long_text_is_recorded_by_its_changes() -> None:
    """Each event holds what came in; the record holds the whole text, and an empty one takes the answer back."""
    rules = tools()
    item = rules.item(0)
    script = [
        ("The cat sat.", e.ResponseEdited(item, 0, 0, "The cat sat.", 0)),
        ("The cat sat.\nIt slept.", e.ResponseEdited(item, 12, 0, "\nIt slept.", 0)),
        ("The dog sat.\nIt slept.", e.ResponseEdited(item, 4, 3, "dog", 0)),
        ("The dog sat.\x1b[2J\nIt slept.", e.ResponseEdited(item, 12, 0, "[2J", 0)),
        ("", e.ResponseEdited(item, 0, 25, "", 0)),
    ]
    for text, event in script:
        assert rules.do(Answer(item, TypedText(text))) == (event,)
        assert rules.do(Answer(item, TypedText(text))) == ()
    assert rules.state.record.answer(item).response is None
    rules.do(Answer(item, TypedText("x" * 500)))
    assert rules.state.record.answer(item).response == TypedText("x" * 200)


@given(st.lists(TEXT, max_size=6))
def test_any_run_of_edits_leaves_the_last_text(texts: list[str]) -> None:
    """Also through texts that are blank, which answer nothing."""
    rules = tools()
    for text in texts:
        rules.do(Answer(rules.item(0), TypedText(text)))
        kept = rules.state.record.answer(rules.item(0)).response
        assert kept == (TypedText(text) if text.strip() else None)


def test_highlights_are_of_the_texts_on_the_screen() -> None:
    """The stem, the shared text and the exhibits of this question, joined and sorted; the same again is no event."""
    rules = tools()
    for place in ("item:a", "stimulus:t", "exhibit:x"):
        (event,) = rules.do(Highlight(place, ((0, 3, 5), (0, 0, 2), (0, 5, 7))))
        assert event == e.TextHighlighted(place, ((0, 0, 2), (0, 3, 7)), 0)
        assert rules.do(Highlight(place, ((0, 0, 2), (0, 3, 7)))) == ()
    assert rules.do(Highlight("item:a", ())) == (e.TextHighlighted("item:a", (), 0),)
    assert rules.do(Highlight("item:a", ())) == ()


@pytest.mark.parametrize(
    ("place", "span"),
    [
        ("item:b", (0, 0, 1)),
        ("stimulus:u", (0, 0, 1)),
        ("nonsense", (0, 0, 1)),
        ("item:a", (1, 0, 1)),
        ("item:a", (-1, 0, 1)),
        ("item:a", (0, 0, len("stem of a") + 1)),
        ("item:a", (0, 3, 3)),
        ("item:a", (0, 3, 2)),
        ("item:a", (0, -1, 2)),
    ],
)
def test_a_highlight_outside_is_refused(place: str, span: tuple[int, int, int]) -> None:
    """Another question's text, no text at all, another block, beyond the end, nothing, backwards."""
    with pytest.raises(HighlightRefusedError):
        tools().do(Highlight(place, (span,)))


def test_a_table_takes_no_highlight_and_a_text_a_bounded_number() -> None:
    """Cells have no characters of a block; beyond the bound it is refused, joined ones count once."""
    rules = tools()
    rules.do(Go(1))
    with pytest.raises(HighlightRefusedError):
        rules.do(Highlight("item:b", ((0, 0, 1),)))
    (stimulus,) = TOOLS.stimuli
    (block,) = stimulus.blocks
    long = msgspec.structs.replace(stimulus, blocks=(msgspec.structs.replace(block, text="x" * 1_000),))
    rules = Rules(msgspec.structs.replace(TOOLS, stimuli=(long,))).begin()
    apart = tuple((0, 3 * n, 3 * n + 1) for n in range(MOST_SPANS + 1))
    with pytest.raises(HighlightRefusedError):
        rules.do(Highlight("stimulus:t", apart))
    assert rules.do(Highlight("stimulus:t", apart[:-1]))
    assert rules.do(Highlight("stimulus:t", tuple((0, n, n + 1) for n in range(900))))


@pytest.mark.parametrize(("item", "most"), [("a", MAX_NOTE), ("", MAX_SCRATCHPAD)])
def test_the_text_of_a_note_is_recorded_only_if_the_form_says_so(item: str, most: int) -> None:
    """Its length always is; without the word of the form the text stays in memory, and the same again is no event."""
    command = WriteNote(item, "\x1b" + "n" * 9_000)
    rules = tools()
    assert rules.do(command) == (e.NoteWritten(item, most, "", 0),)
    rules.state = session.jot(rules.state, command)
    assert session.note(rules.state, item) == "n" * most
    assert rules.do(command) == ()
    assert "nnn" not in repr(rules.state)
    kept = Rules(
        msgspec.structs.replace(TOOLS, instruments=msgspec.structs.replace(ALL_TOOLS, keep_notes=True))
    )
    assert kept.begin().do(command) == (e.NoteWritten(item, most, "n" * most, 0),)
    assert session.note(kept.state, item) == "n" * most
    assert kept.do(command) == ()
    assert kept.do(WriteNote(item, "")) == (e.NoteWritten(item, 0, "", 0),)


def test_comments_and_calculations() -> None:
    """Cut, sanitised, for the question on the screen; the same again leaves no event."""
    rules = tools()
    (event,) = rules.do(WriteComment(rules.item(0), "c" * 2_000))
    assert event == e.CommentWritten(rules.item(0), "c" * MAX_COMMENT, 0)
    assert rules.do(WriteComment(rules.item(0), "c" * 2_000)) == ()
    assert rules.do(Calculated("1+\x071", "2")) == (e.CalculationMade(rules.item(0), "1+1", "2", 0),)
    assert rules.do(Calculated("1+1", "2")) == ()
    assert rules.do(Calculated("1+2", "3"))
    assert rules.state.record.calculations == (("1+1", "2"), ("1+2", "3"))


@pytest.mark.parametrize("command", [WriteNote("b", "x"), WriteComment(TOOLS.items[1].id, "x")])
def test_a_mark_is_for_the_item_on_the_screen(command: session.Command) -> None:
    """A note or comment to another question is refused."""
    with pytest.raises(NoSuchItemError):
        tools().do(command)


@pytest.mark.parametrize(
    "command",
    [
        Highlight("item:a", ((0, 0, 1),)),
        WriteNote("a", "x"),
        WriteNote("", "x"),
        WriteComment(PLAIN.items[0].id, "x"),
        Calculated("1+1", "2"),
    ],
)
def test_an_instrument_that_is_not_given_takes_no_mark(command: session.Command) -> None:
    """Each is refused in a form without instruments."""
    with pytest.raises(InstrumentNotGivenError):
        Rules(PLAIN).begin().do(command)


@pytest.mark.parametrize(
    "command",
    [
        Highlight("item:a", ((0, 0, 1),)),
        WriteNote("", "x"),
        WriteComment(TOOLS.items[0].id, "x"),
        Calculated("1+1", "2"),
        Answer(TOOLS.items[0].id, TypedText("x")),
    ],
)
def test_a_record_that_weighs_as_much_as_it_may_takes_no_mark(command: session.Command) -> None:
    """The weight is that of the events' bytes; below it the same mark is taken, at three quarters only an answer."""
    rules = tools()
    assert rules.state.weight > 0
    rules.state = replace(rules.state, weight=session.MOST_WEIGHT)
    with pytest.raises(session.JournalFullError):
        rules.do(command)
    rules.state = replace(rules.state, weight=session.MOST_WEIGHT * 3 // 4)
    if isinstance(command, Answer):
        assert rules.do(command)
        return
    with pytest.raises(session.JournalFullError):
        rules.do(command)
    rules.state = replace(rules.state, weight=session.MOST_WEIGHT * 3 // 4 - 1)
    assert rules.do(command)


def test_no_refusal_repeats_a_text() -> None:
    """What a candidate typed is in no error."""
    with pytest.raises(ExamKioskError) as refusal:
        Rules(PLAIN).begin().do(WriteNote("", "planted-sentinel"))
    assert "planted" not in str(refusal.value)

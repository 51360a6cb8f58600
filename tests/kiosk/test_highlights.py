"""Spans of highlighted words, and how they are drawn: whole words, sorted, never touching, whatever is marked."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from exam_packages.interactions import Block, Code, Paragraph, Table
from kiosk.highlights import Span, added, inside, joined, removed, texts, words
from kiosk.widgets.blocks import laid_out
from kiosk.widgets.highlights import marked
from terminal.theme import Role

TEXT = st.text("ab c\u6f22\u00e9.", max_size=60)
BLOCKS = st.lists(
    TEXT.map(Paragraph) | TEXT.map(lambda text: Code(text + "\n  x = 1")) | st.just(Table("", (("a", "b"),))),
    max_size=4,
).map(tuple)


def marking(data: st.DataObject, known: tuple[Span, ...]) -> tuple[Span, ...]:
    """Highlights as a candidate makes them: some begun and ended, some removed."""
    spans: tuple[Span, ...] = ()
    places = st.integers(0, len(known) - 1)
    for one, other in data.draw(st.lists(st.tuples(places, places), max_size=4)) if known else []:
        spans = added(known, spans, one, other)
        if data.draw(st.booleans()):
            spans = removed(known, spans, data.draw(places))
    return spans


@given(BLOCKS, st.data())
def test_spans_are_sorted_whole_words_and_never_touch(blocks: tuple[Block, ...], data: st.DataObject) -> None:
    """After any marking and removing, spans lie inside their block, in order, with a space between two."""
    shown = texts(blocks)
    known = words(shown)
    spans = marking(data, known)
    assert list(spans) == sorted(spans)
    for block, start, end in spans:
        assert 0 <= start < end <= len(shown[block])
        assert not shown[block][start - 1 : start].strip() or start == 0
        assert not shown[block][end : end + 1].strip()
    for one, two in pairwise(spans):
        assert one[0] < two[0] or one[2] < two[1]
    assert joined(known, inside(known, spans)) == spans


@given(BLOCKS, st.data())
def test_adding_marks_all_between_and_removing_one_leaves_the_others(
    blocks: tuple[Block, ...], data: st.DataObject
) -> None:
    """Both ends and all between them are marked, nothing is lost; removing takes the run at the word and no other."""
    known = words(texts(blocks))
    if not known:
        return
    places = st.integers(0, len(known) - 1)
    before, one, other = marking(data, known), data.draw(places), data.draw(places)
    after = added(known, before, one, other)
    assert added(known, before, other, one) == after
    assert inside(known, after) == inside(known, before) | set(range(min(one, other), max(one, other) + 1))
    left = removed(known, after, one)
    assert one not in inside(known, left)
    assert set(left) == {span for span in after if one not in inside(known, (span,))}


@given(BLOCKS, st.integers(8, 40), st.data())
def test_marks_take_the_place_of_spaces(blocks: tuple[Block, ...], width: int, data: st.DataObject) -> None:
    """Drawn with marks, each row is as wide as before but for a cell on each side, with every letter where it was."""
    known = words(texts(blocks))
    spans = marking(data, known)
    cursor = data.draw(st.sampled_from(known)) if known else None
    for row in laid_out(blocks, width):
        line = marked(row, spans, cursor)
        drawn = "".join(text for text, _ in line)
        assert cell_len(drawn) == cell_len(row.text) + 2
        for mark in "«»<>":
            drawn = drawn.replace(mark, " ")
        assert drawn == f" {row.text} "


def test_a_highlight_is_told_by_marks_not_colour() -> None:
    """The words stand between « and » in each row they are in, the word at the cursor between > and <."""
    blocks: tuple[Block, ...] = (Paragraph("one two three four five six"),)
    known = words(texts(blocks))
    spans = added(known, (), 1, 4)
    rows = [marked(row, spans, known[0]) for row in laid_out(blocks, 15)]
    assert ["".join(text for text, _ in row) for row in rows] == [">one<two three»", "«four five»six "]
    assert ("«four five»", Role.HIGHLIGHT) in rows[1]


def test_only_text_and_code_have_words() -> None:
    """A table has no word to highlight, and the blocks behind it keep their numbers."""
    blocks: tuple[Block, ...] = (Table("t", (("a", "b"),)), Paragraph("c d"))
    assert words(texts(blocks)) == ((1, 0, 1), (1, 2, 3))

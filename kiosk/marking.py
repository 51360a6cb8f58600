"""Marks on the item on the screen: answers, flags, strike-outs, highlights, notes, comments, calculations. Pure.

Rules.
1. A mark that would change nothing leaves no event. All text is sanitised and cut to its length.
2. An answer to an extended text is recorded as the change to the text before it: its first character, how many gave
   way, and what came in. The whole text is never repeated.
3. An item that may not be answered any more takes no answer and no strike-out.
4. Highlights lie inside one block of a text that comes with the item on the screen; they are kept sorted, and those
   that meet are joined. At most `MOST_SPANS` in a text.
5. The text of a note or of the scratchpad is in the event only where the form keeps notes in the record.
6. An instrument that the form does not give takes no mark.
"""

from __future__ import annotations

from collections.abc import Sequence

from exam_packages.form import Item
from exam_packages.interactions import (
    Block,
    Code,
    ExtendedTextInteraction,
    ItemId,
    Paragraph,
    TypedText,
    is_empty,
)
from keys.errors import ExamKioskError
from keys.text import sanitise
from kiosk.limits import Batch
from kiosk.navigation import Layout, NoSuchItemError, may_mark
from kiosk.protocol import (
    MAX_COMMENT,
    MAX_EXPRESSION,
    MAX_NOTE,
    MAX_SCRATCHPAD,
    Answer,
    Flag,
    Highlight,
    Strike,
    WriteComment,
    WriteNote,
)
from kiosk.responses import ResponseRefusedError, fitted, option_ids
from kiosk.state import State, is_closed, note, place
from results.wire import events as e
from results.wire.record import Spans
from terminal.language import _

MOST_SPANS = 200
MOST_RESULT = 64

Mark = Answer | Flag | Strike | Highlight | WriteNote | WriteComment


class ItemClosedError(ExamKioskError):
    """An answer to an item that may be read but not answered any more."""

    code = "item-closed"
    what = "This question may be read, but its answer cannot be changed any more."
    next_step = "Go on with another question."


class InstrumentNotGivenError(ExamKioskError):
    """A mark by an instrument that the form does not give."""

    code = "instrument-not-given"
    what = "This exam does not have that tool."
    next_step = "Go on without it."


class HighlightRefusedError(ExamKioskError):
    """A highlight that no text on the screen can have."""

    code = "highlight-refused"
    what = "That cannot be highlighted: {detail}."
    next_step = "Mark another part of the text; what was highlighted before is unchanged."


def mark(state: State, command: Mark, at: int) -> Batch:
    """The events of a mark at a reading of the test clock, possibly none. Raises what refuses it."""
    layout, here = state.layout, place(state)
    if layout is None:
        raise NoSuchItemError
    match command:
        case Flag():
            return _flag(state, layout, command, at)
        case Answer() | Strike():
            item = _on_screen(state, layout, command.item)
            if is_closed(state, here):
                raise ItemClosedError
            return (
                _answer(state, item, command, at)
                if isinstance(command, Answer)
                else _strike(state, item, command, at)
            )
        case Highlight():
            return _highlight(state, layout, command, at)
        case WriteNote():
            return _note(state, layout, command, at)
        case WriteComment():
            return _comment(state, layout, command, at)


def calculated(state: State, expression: str, result: str, at: int) -> Batch:
    """What the calculator worked out; the same again right after it leaves no event."""
    layout, item = state.layout, state.record.current
    if layout is None or item is None:
        raise NoSuchItemError
    _given(layout.instruments.calculator)
    line = sanitise(expression, limit=MAX_EXPRESSION), sanitise(result, limit=MOST_RESULT)
    return () if state.record.calculations[-1:] == (line,) else (e.CalculationMade(item, *line, at),)


def edit(before: str, after: str) -> tuple[int, int, str]:
    """The change that makes `after` of `before`: first character, how many give way, what comes in."""
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    return start, len(before) - start - end, after[start : len(after) - end]


def joined(spans: Sequence[tuple[int, int, int]]) -> Spans:
    """The spans sorted, those of a block that overlap or meet made one."""
    kept: list[tuple[int, int, int]] = []
    for block, start, end in sorted(spans):
        if kept and kept[-1][0] == block and start <= kept[-1][2]:
            kept[-1] = (block, kept[-1][1], max(end, kept[-1][2]))
        else:
            kept.append((block, start, end))
    return tuple(kept)


def _flag(state: State, layout: Layout, command: Flag, at: int) -> Batch:
    if not may_mark(layout, place(state), command.item, state.record.closed):
        raise NoSuchItemError
    same = state.record.answer(command.item).flagged == command.on
    return () if same else (e.ItemFlagged(command.item, command.on, at),)


def _answer(state: State, item: Item, command: Answer, at: int) -> Batch:
    known = state.record.answer(item.id).response
    response = fitted(item.interaction, command.response)
    if response == known or (known is None and is_empty(response)):
        return ()
    if isinstance(item.interaction, ExtendedTextInteraction) and isinstance(response, TypedText):
        before = known.text if isinstance(known, TypedText) else ""
        return (e.ResponseEdited(item.id, *edit(before, response.text), at),)
    return (e.ResponseRecorded(item.id, response, at),)


def _strike(state: State, item: Item, command: Strike, at: int) -> Batch:
    if command.option not in option_ids(item.interaction):
        raise ResponseRefusedError(detail=_("it has no such option"))
    same = (command.option in state.record.answer(item.id).struck) == command.on
    return () if same else (e.OptionStruck(item.id, command.option, command.on, at),)


def _highlight(state: State, layout: Layout, command: Highlight, at: int) -> Batch:
    _given(layout.instruments.highlighter)
    blocks = _texts(layout, layout.places[place(state)].item).get(command.place)
    if blocks is None:
        raise HighlightRefusedError(detail=_("the text is not on the screen"))
    for block, start, end in command.spans:
        length = _length(blocks[block]) if 0 <= block < len(blocks) else 0
        if not 0 <= start < end <= length:
            raise HighlightRefusedError(detail=_("it lies outside the text"))
    spans = joined(command.spans)
    if len(spans) > MOST_SPANS:
        raise HighlightRefusedError(detail=_("this text has as many highlights as it can hold"))
    same = spans == state.record.highlights.get(command.place, ())
    return () if same else (e.TextHighlighted(command.place, spans, at),)


def _note(state: State, layout: Layout, command: WriteNote, at: int) -> Batch:
    given = layout.instruments
    _given(given.notes if command.item else given.scratchpad)
    if command.item:
        _on_screen(state, layout, ItemId(command.item))
    text = note_text(command)
    if text == note(state, command.item):
        return ()
    return (e.NoteWritten(command.item, len(text), text if given.keep_notes else "", at),)


def note_text(command: WriteNote) -> str:
    """The text of a note as it is kept."""
    return sanitise(command.text, limit=MAX_NOTE if command.item else MAX_SCRATCHPAD, newlines=True)


def _comment(state: State, layout: Layout, command: WriteComment, at: int) -> Batch:
    _given(layout.instruments.comments)
    item = _on_screen(state, layout, command.item)
    text = sanitise(command.text, limit=MAX_COMMENT, newlines=True)
    same = text == state.record.answer(item.id).comment
    return () if same else (e.CommentWritten(item.id, text, at),)


def _given(instrument: bool) -> None:
    if not instrument:
        raise InstrumentNotGivenError


def _on_screen(state: State, layout: Layout, item: ItemId) -> Item:
    if item != state.record.current:
        raise NoSuchItemError
    return layout.find(item).item


def _texts(layout: Layout, item: Item) -> dict[str, tuple[Block, ...]]:
    """The texts that come with an item, by the place that a highlight names."""
    texts = {f"item:{item.id}": item.stem}
    if item.stimulus in layout.stimuli:
        texts[f"stimulus:{item.stimulus}"] = layout.stimuli[item.stimulus].blocks
    shown = (layout.exhibits[name] for name in item.exhibits if name in layout.exhibits)
    return texts | {f"exhibit:{exhibit.id}": exhibit.blocks for exhibit in shown}


def _length(block: Block) -> int:
    return len(block.text) if isinstance(block, Paragraph | Code) else 0


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))

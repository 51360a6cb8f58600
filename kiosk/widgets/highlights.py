"""Highlights drawn: the rows of a text with their marks, and the pane in which words are chosen.

Rules.
1. A highlight is told by `«` and `»` in the cells beside its words, in every row it is in; its colour only helps.
2. The word at the cursor stands between `>` and `<`.
3. Marks take the place of spaces: a text is wrapped the same with and without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Unpack

from rich.cells import cell_len

from exam_packages.interactions import Block
from kiosk.highlights import Span, added, texts, words
from kiosk.widgets.blocks import MARGIN, MEASURE, TextRow, laid_out
from terminal.theme import Role
from terminal.widgets import Line, Lines, Where

_MARKS = {Role.HIGHLIGHT: ("«", "»"), Role.CURSOR: (">", "<")}


def marked(row: TextRow, spans: Sequence[Span], cursor: Span | None = None) -> Line:
    """One row with its marks. It begins one cell left of the row's text, and may end one cell right of it."""
    cells = list(f" {row.text} ")
    roles = [Role.TEXT] * len(cells)
    parts = [(span, Role.HIGHLIGHT) for span in spans] + ([(cursor, Role.CURSOR)] if cursor else [])
    for (block, start, end), role in parts:
        first, last = max(start, row.start), min(end, _end(row))
        if row.start < 0 or block != row.block or first >= last:
            continue
        left, right = first - row.start + row.indent, last - row.start + row.indent + 1
        for cell, mark in zip((left, right), _MARKS[role], strict=True):
            cells[cell] = mark if cells[cell] in " «»" else cells[cell]
        roles[left : right + 1] = [role] * (right + 1 - left)
    runs = groupby(zip(cells, roles, strict=True), key=lambda pair: pair[1])
    return tuple(("".join(cell for cell, _role in run), role) for role, run in runs)


def _end(row: TextRow) -> int:
    """The character of the block after the row's last."""
    return row.start + len(row.text) - row.indent


class HighlightPane(Lines):
    """A text with a cursor on one of its words."""

    DEFAULT_CSS = "HighlightPane { height: 1fr; width: 1fr; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._blocks: tuple[Block, ...] = ()
        self._words: tuple[Span, ...] = ()
        self._spans: tuple[Span, ...] = ()
        self._cursor = self._first = 0
        self._anchor: int | None = None

    def show(self, blocks: tuple[Block, ...], spans: tuple[Span, ...]) -> None:
        """Draw this text with these highlights; another text starts at its first word."""
        if blocks != self._blocks:
            self._blocks, self._words = blocks, words(texts(blocks))
            self._cursor, self._first, self._anchor = 0, 0, None
        self._spans = spans
        self.redraw()

    @property
    def words(self) -> tuple[Span, ...]:
        """The words that can be highlighted."""
        return self._words

    @property
    def cursor(self) -> int:
        """The number of the word at the cursor."""
        return self._cursor

    @property
    def begun(self) -> int | None:
        """The number of the word at which a highlight was begun."""
        return self._anchor

    def begin(self, *, here: bool) -> None:
        """Begin a highlight at the cursor, or forget the one that was begun."""
        self._anchor = self._cursor if here else None
        self.redraw()

    def move_words(self, by: int) -> None:
        """Move the cursor by so many words."""
        self._point(self._cursor + by)

    def move_rows(self, by: int) -> None:
        """Move the cursor by so many rows that have words, to the word nearest in column."""
        rows = self._rows_of_words()
        if not rows:
            return
        mine = next(place for place, row in enumerate(rows) if any(word == self._cursor for word, _ in row))
        column = next(column for word, column in rows[mine] if word == self._cursor)
        wanted = rows[max(0, min(len(rows) - 1, mine + by))]
        self._point(min(wanted, key=lambda found: abs(found[1] - column))[0])

    def move_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.move_rows(by * max(1, self.size.height - 2))

    def line(self, y: int, width: int) -> Line:
        rows = laid_out(self._blocks, self._measure())
        at = self._first + y
        if at >= len(rows):
            return ()
        spans, cursor = self._spans, self._words[self._cursor] if self._words else None
        if self._anchor is not None:
            spans = added(self._words, spans, self._anchor, self._cursor)
        return ((" " * (MARGIN - 1), Role.TEXT), *marked(rows[at], spans, cursor))

    @property
    def position(self) -> tuple[int, int, int]:
        """First and last row in sight, counted from 1, and how many there are."""
        total = len(laid_out(self._blocks, self._measure()))
        return self._first + 1, min(self._first + self.size.height, total), total

    def _measure(self) -> int:
        return max(1, min(MEASURE, self.size.width - 2 * MARGIN))

    def _point(self, word: int) -> None:
        self._cursor = max(0, min(word, len(self._words) - 1))
        self._follow()
        self.redraw()

    def _follow(self) -> None:
        """Scroll so that the word at the cursor is in sight."""
        if not self._words:
            return
        rows, height = laid_out(self._blocks, self._measure()), max(1, self.size.height)
        place = next((place for place, row in enumerate(rows) if self._begins(row, self._cursor)), 0)
        self._first = max(0, place - height + 1, min(self._first, place, len(rows) - height))

    def _begins(self, row: TextRow, word: int) -> bool:
        block, start, _ = self._words[word]
        return block == row.block and 0 <= row.start <= start < _end(row)

    def _rows_of_words(self) -> list[list[tuple[int, int]]]:
        """For each row in which a word begins: the numbers of its words and their columns."""
        out: list[list[tuple[int, int]]] = []
        word = 0
        for row in laid_out(self._blocks, self._measure()):
            found: list[tuple[int, int]] = []
            while word < len(self._words) and self._begins(row, word):
                reach = self._words[word][1] - row.start + row.indent
                found.append((word, cell_len(row.text[:reach])))
                word += 1
            if found:
                out.append(found)
        return out

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._follow()
        self.redraw()

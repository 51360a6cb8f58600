"""The question on the screen: its text above, the answer below, drawn as lines; no layout between two questions.

Rules.
1. The answer stays in sight: where the room is short the text scrolls, and a rule under it says which lines are shown.
2. Only where the answer alone is too long for the room does it scroll too, with its cursor.
3. What an answer always shows (a gap's list, a count of words) stands below it and does not scroll.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from textual.geometry import Size

from exam_packages.interactions import Block
from kiosk.highlights import Span
from kiosk.widgets.answering import Answering, Rows
from kiosk.widgets.blocks import MARGIN, MEASURE, TextRow, laid_out
from kiosk.widgets.highlights import marked
from terminal.language import _
from terminal.theme import Role
from terminal.widgets import Line, Lines, Where

LEAST_TEXT = 4
"""Rows of the text that stay in sight when the answer is long."""
LEAST_FILLED = 6
"""Rows of an answer that fills the room."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the rows go: `top` and `gap` blank ones, `text` of the question, `body` and `foot` of the answer."""

    top: int
    text: int
    body: int
    gap: int
    foot: int


class QuestionPane(Lines):
    """A question and what the candidate has answered."""

    DEFAULT_CSS = "QuestionPane { height: 1fr; width: 1fr; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._blocks: tuple[Block, ...] = ()
        self._highlights: Sequence[Span] = ()
        self._banner: tuple[Line, ...] = ()
        self._answering: Answering | None = None
        self._first = 0
        self._every: tuple[Size, list[Line]] | None = None
        self._hidden = 0
        self._room = 1

    def show(
        self,
        blocks: tuple[Block, ...],
        answering: Answering,
        *,
        highlights: Sequence[Span] = (),
        banner: Sequence[Line] = (),
    ) -> None:
        """Draw this; another question starts at the first line of its text. `banner` stands above the text."""
        if answering is not self._answering and blocks != self._blocks:
            self._first = 0
        self._blocks, self._answering = blocks, answering
        self._highlights, self._banner = highlights, tuple(banner)
        self.changed()

    def changed(self) -> None:
        """Draw what the answering holds now."""
        self._every = None
        self.redraw()

    def scroll_text(self, lines: int) -> None:
        """Scroll the question's text by so many lines."""
        self._lines()
        self._first = max(0, min(self._hidden, self._first + lines))
        self.changed()

    @property
    def page(self) -> int:
        """Lines of the text in sight, but one."""
        self._lines()
        return max(1, self._room - 1)

    @property
    def scrolls(self) -> bool:
        """Whether some of the question's text is out of sight."""
        self._lines()
        return self._hidden > 0

    def line(self, y: int, width: int) -> Line:
        """One row: of the text, of the rule below it, or of the answer."""
        lines = self._lines()
        return lines[y] if y < len(lines) else ()

    def _lines(self) -> list[Line]:
        size = self.size
        if self._every is None or self._every[0] != size:
            self._every = (size, self._draw(*size))
        return self._every[1]

    def _draw(self, width: int, height: int) -> list[Line]:
        if self._answering is None or width < 1:
            return []
        measure = max(10, min(MEASURE, width - 2 * MARGIN))
        text, room = laid_out(self._blocks, measure), height - len(self._banner)
        rows = self._answering.rows(measure, airy=True)
        plan = _roomy(len(text), rows, room)
        if plan is None:
            rows = self._answering.rows(measure)
            plan = _roomy(len(text), rows, room) or _tight(len(text), rows, room)
        self._hidden, self._room = max(0, len(text) - plan.text), plan.text
        self._first = min(self._first, self._hidden)
        shown = text[self._first : self._first + plan.text]
        self._answering.page = max(1, plan.body - 1)
        return [
            *self._banner,
            *[()] * plan.top,
            *(text_line(row, self._highlights) for row in shown),
            self._rule(len(text), plan, width),
            *(line if rows.hanging else _inset(line) for line in _window(rows, plan.body)),
            *[()] * plan.gap,
            *map(_inset, rows.foot[: plan.foot]),
        ]

    def _rule(self, total: int, plan: _Plan, width: int) -> Line:
        if plan.text >= total:
            return ()
        words = _(" lines {first}-{last} of {total} - PgUp/PgDn ").format(
            first=self._first + 1, last=self._first + plan.text, total=total
        )
        return (
            ("─" * MARGIN, Role.RULE),
            (words, Role.STRONG),
            ("─" * (width - len(words) - MARGIN), Role.RULE),
        )


def text_line(row: TextRow, highlights: Sequence[Span]) -> Line:
    """A row of a text behind the margin, with its highlights."""
    if not highlights:
        return ((" " * MARGIN + row.text, Role.TEXT),)
    return ((" " * (MARGIN - 1), Role.TEXT), *marked(row, highlights))


def _inset(line: Line) -> Line:
    return ((" " * MARGIN, Role.TEXT), *line) if line else ()


def _window(rows: Rows, room: int) -> list[Line]:
    """As much of the body as fits, with the rows of the cursor whole if they can be."""
    start = 0
    if room < len(rows.body):
        start = max(0, min(rows.first, rows.last - room + 1))
        start = max(start, min(rows.first, rows.last - room + 1))
        start = min(start, len(rows.body) - room)
    shown = list(rows.body[start : start + room])
    if rows.filler is not None:
        shown += [rows.filler] * (room - len(shown))
    return shown


def _roomy(text: int, rows: Rows, height: int) -> _Plan | None:
    """Where everything fits: with a blank row above, below, and before the foot, as far as there is room."""
    body, foot = len(rows.body), len(rows.foot)
    spare = height - text - 1 - body - foot
    if rows.filler is not None or spare < 0:
        return None
    gap = 1 if foot and spare else 0
    top = 1 if spare - gap > 1 else 0
    return _Plan(top, text, body, gap, foot)


def _tight(text: int, rows: Rows, height: int) -> _Plan:
    """Where it does not: the text scrolls first, then the answer."""
    foot = min(len(rows.foot), max(1, height // 2)) if rows.foot else 0
    if rows.filler is not None:
        room = min(text, max(LEAST_TEXT, height - 1 - foot - max(LEAST_FILLED, height // 2)))
    else:
        room = max(min(LEAST_TEXT, text), min(text, height - 1 - len(rows.body) - foot))
    return _Plan(0, room, max(1, height - 1 - room - foot), 0, foot)

"""The question on the screen: its text above, its options below, drawn as lines; no layout between two questions.

Rules.
1. Options stay in sight: where the room is short the text scrolls, and a rule under it says which lines are shown.
2. Only where the options alone are too long for the room do they scroll too, with the cursor.
3. Every state has a mark: `>` cursor, `(o)` or `[x]` chosen, `~` struck out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Unpack

from exam_packages.interactions import Block, OptionId, Paragraph
from kiosk.widgets.blocks import block_rows
from terminal.theme import Role
from terminal.widgets import Line, Lines, Where, clean, wrap

LETTERS = "ABCDEFGH"
MEASURE = 84
"""Cells of the longest line of text: longer ones read badly."""
MARGIN = 2
LEAST_TEXT = 4
"""Rows of the text that stay in sight when the options are long."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option as shown; its letter is its place."""

    id: OptionId
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the pane draws: the question's blocks and options, and the candidate's marks on them."""

    blocks: tuple[Block, ...] = ()
    options: tuple[Option, ...] = ()
    many: bool = False
    chosen: frozenset[OptionId] = frozenset()
    struck: frozenset[OptionId] = frozenset()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the rows go at one size: `top` blank rows, `text` rows of the question's text, then the options."""

    top: int
    text: int
    options: int
    gap: int


class QuestionPane(Lines):
    """A question with a cursor on one of its options."""

    DEFAULT_CSS = "QuestionPane { height: 1fr; width: 1fr; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._shown = Shown()
        self._cursor = 0
        self._first = 0

    @property
    def cursor(self) -> int:
        """The place of the option that the cursor is on."""
        return self._cursor

    def show(self, shown: Shown, *, cursor: int | None = None) -> None:
        """Draw this; another text starts at its first line, with the cursor where `cursor` says or where it was."""
        if shown.blocks != self._shown.blocks:
            self._first = 0
        self._shown = shown
        self._cursor = self._cursor if cursor is None else cursor
        self._cursor = max(0, min(self._cursor, len(shown.options) - 1))
        self.redraw()

    def move(self, by: int) -> None:
        """Move the cursor by so many options, round the ends."""
        if self._shown.options:
            self._cursor = (self._cursor + by) % len(self._shown.options)
            self.redraw()

    def point(self, place: int) -> None:
        """Put the cursor on the option at this place."""
        self._cursor = place
        self.redraw()

    def scroll_text(self, pages: int) -> None:
        """Scroll the question's text by pages, one line of the last page staying in sight."""
        rows, plan = self._layout()
        last = max(0, len(rows) - plan.text)
        self._first = max(0, min(last, self._first + pages * max(1, plan.text - 1)))
        self.redraw()

    @property
    def scrolls(self) -> bool:
        """Whether some of the question's text is out of sight."""
        rows, plan = self._layout()
        return plan.text < len(rows)

    def line(self, y: int, width: int) -> Line:
        """One row: of the text, of the rule below it, or of an option."""
        rows, plan = self._layout()
        at = y - plan.top
        if at < plan.text:
            first = min(self._first, max(0, len(rows) - plan.text))
            return ((" " * MARGIN, Role.TEXT), (rows[first + at], Role.TEXT)) if at >= 0 else ()
        if at == plan.text:
            return self._rule(len(rows), plan, width)
        return self._option_row(at - plan.text - 1, plan)

    def _layout(self) -> tuple[tuple[str, ...], _Plan]:
        width, height = self.size
        measure = _measure(width)
        rows = text_rows(self._shown.blocks, measure)
        sizes = [len(option) for option in self._wrapped(measure)]
        return rows, _plan(len(rows), tuple(sizes), height)

    def _wrapped(self, measure: int) -> tuple[tuple[str, ...], ...]:
        return tuple(_option_rows(option.text, measure) for option in self._shown.options)

    def _rule(self, total: int, plan: _Plan, width: int) -> Line:
        if plan.text >= total:
            return ()
        first = min(self._first, total - plan.text)
        words = f" lines {first + 1}-{first + plan.text} of {total} - PgUp/PgDn "
        return (
            ("─" * MARGIN, Role.RULE),
            (words, Role.STRONG),
            ("─" * (width - len(words) - MARGIN), Role.RULE),
        )

    def _option_row(self, at: int, plan: _Plan) -> Line:
        wrapped = self._wrapped(_measure(self.size.width))
        every = [
            (place, row)
            for place, rows in enumerate(wrapped)
            for row in (*range(len(rows)), *[-1] * plan.gap)
        ]
        start = 0
        if plan.options < len(every) - plan.gap:
            mine = [index for index, (place, row) in enumerate(every) if place == self._cursor and row >= 0]
            start = max(0, min(mine[0], max(mine[-1] - plan.options + 1, 0)))
            start = max(start, min(mine[0], mine[-1] - plan.options + 1))
        if at >= plan.options or start + at >= len(every):
            return ()
        place, row = every[start + at]
        return self._spans(place, row, wrapped[place][row]) if row >= 0 else ()

    def _spans(self, place: int, row: int, text: str) -> Line:
        option = self._shown.options[place]
        chosen, struck = option.id in self._shown.chosen, option.id in self._shown.struck
        role = Role.STRONG if chosen else Role.MUTED if struck else Role.TEXT
        if row:
            return ((" " * len(_mark(place, many=False)), Role.TEXT), (text, role))
        mark = _mark(place, many=self._shown.many, cursor=place == self._cursor, chosen=chosen, struck=struck)
        if place == self._cursor:
            return ((" ", Role.TEXT), (mark[1:-1], Role.CURSOR), (" ", Role.TEXT), (text, role))
        return ((mark, role), (text, role))


def _mark(place: int, *, many: bool, cursor: bool = False, chosen: bool = False, struck: bool = False) -> str:
    inside = ("[x]" if chosen else "[ ]") if many else ("(o)" if chosen else "( )")
    return f" {'>' if cursor else ' '}{'~' if struck else ' '}{inside} {LETTERS[place]}. "


def _measure(width: int) -> int:
    return max(10, min(MEASURE, width - 2 * MARGIN))


@lru_cache(maxsize=64)
def text_rows(blocks: Sequence[Block], measure: int) -> tuple[str, ...]:
    """The question's text in rows of at most `measure` cells, an empty row between two blocks."""
    rows: list[str] = []
    for block in blocks:
        if rows:
            rows.append("")
        rows.extend(
            wrap(clean(block.text), measure) if isinstance(block, Paragraph) else block_rows(block, measure)
        )
    return tuple(rows)


@lru_cache(maxsize=256)
def _option_rows(text: str, measure: int) -> tuple[str, ...]:
    return tuple(wrap(clean(text), measure + MARGIN - len(_mark(0, many=False))))


def _plan(text: int, options: tuple[int, ...], height: int) -> _Plan:
    """Give the room out: blank rows first go, then the text scrolls, then the options."""
    tight = sum(options)
    airy = tight + max(0, len(options) - 1)
    for top, gap, used, below in ((1, 1, airy, 1), (0, 1, airy, 1), (1, 0, tight, 1), (0, 0, tight, 0)):
        if top + text + 1 + used + below <= height:
            return _Plan(top, text, used, gap)
    room = max(min(LEAST_TEXT, text), height - 1 - tight)
    return _Plan(0, room, max(1, height - 1 - room), 0)

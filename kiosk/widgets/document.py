"""A text to read, with tables, code and pictures: scrolled by lines and pages, marked, searched.

Rules.
1. A text shown again stands where it was left, until the screen process ends.
2. Laid out `wide`, code and tables keep their width and are looked at sideways; the heading and the first column of a
   table stay in sight.
3. A hit has its own look, and its row a `>` at the edge; which hit it is, of how many, is said by the screen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from rich.cells import cell_len

from exam_packages.interactions import Block
from kiosk.highlights import Span
from kiosk.widgets.blocks import MARGIN, MEASURE, TextRow, laid_out
from kiosk.widgets.flowing import Mark, painted
from kiosk.widgets.highlights import marked
from terminal.language import _
from terminal.theme import Role
from terminal.widgets import Line, Lines, Where
from terminal.wrapping import clean, fit

AROUND = 4
"""Rows around this pane, as far as it can tell before it was laid out: a key may come first."""
SIDEWAYS = 8
"""Cells of one step to the side."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a searched text was found: row by row, the first character and the one after the last."""

    parts: tuple[tuple[int, int, int], ...]


class DocumentPane(Lines):
    """Blocks, with a rule below them that names them and says which lines are in sight."""

    DEFAULT_CSS = "DocumentPane { height: 1fr; width: 1fr; }"

    def __init__(self, *, wide: bool = False, **where: Unpack[Where]) -> None:
        """`wide` keeps code and tables as wide as they are."""
        super().__init__(**where)
        self._wide = wide
        self._document = self._title = self._hint = ""
        self._blocks: tuple[Block, ...] = ()
        self._highlights: Sequence[Span] = ()
        self._tops: dict[str, int] = {}
        self._left = 0
        self._front = True
        self._shown: tuple[object, ...] = ()
        self._hits: tuple[Hit, ...] = ()
        self._at = 0

    def show(
        self,
        name: str,
        title: str,
        blocks: tuple[Block, ...],
        highlights: Sequence[Span] = (),
        *,
        hint: str = "",
        front: bool = True,
    ) -> None:
        """Draw these blocks; `name` is what the place in them is kept by, `hint` stands in the rule, and `front` says
        that the keys scroll this pane.
        """
        state = (name, title, blocks, tuple(highlights), hint, front)
        if state == self._shown:
            return
        if name != self._document:
            self._left, self._hits, self._at = 0, (), 0
        self._shown = state
        self._document, self._title, self._blocks = name, clean(title), blocks
        self._highlights, self._hint, self._front = highlights, hint, front
        self.redraw()

    @property
    def top(self) -> int:
        """The first line in sight, counted from 0."""
        return max(0, min(self._tops.get(self._document, 0), self._last))

    @property
    def total(self) -> int:
        """How many lines there are."""
        return len(self._rows())

    @property
    def page(self) -> int:
        """Lines of a page, one of the last staying in sight."""
        return max(1, self._room - 1 - len(self._pinned()))

    @property
    def sideways(self) -> bool:
        """Whether some row is wider than the pane."""
        return self._most > 0

    @property
    def scrolls(self) -> bool:
        """Whether there is more than fits."""
        return self._last > 0

    def scroll_lines(self, lines: int) -> None:
        """Scroll by so many lines, down if positive."""
        self._tops[self._document] = max(0, min(self._last, self.top + lines))
        self.redraw()

    def scroll_side(self, steps: int) -> None:
        """Scroll sideways, as far as the widest row goes."""
        self._left = max(0, min(self._most, self._left + steps * SIDEWAYS))
        self.redraw()

    def search(self, words: str) -> int:
        """Mark every place where these words stand, in any case; return how many there are, and show the first."""
        self._hits, self._at = (_hits(self._rows(), self._blocks, words) if words else ()), 0
        self._point()
        return len(self._hits)

    def next_hit(self, by: int = 1) -> int:
        """Show the next hit, round the end; return its number, counted from 1, or 0 where there is none."""
        if not self._hits:
            return 0
        self._at = (self._at + by) % len(self._hits)
        self._point()
        return self._at + 1

    def _point(self) -> None:
        if self._hits:
            row, start, end = self._hits[self._at].parts[0]
            if not self.top + len(self._pinned()) <= row < self.top + self._room:
                self._tops[self._document] = max(0, min(self._last, row - self._room // 3))
            measure = self._measure(self.size.width)
            if self._wide and not self._left <= start <= end <= self._left + measure:
                self._left = max(0, end - measure // 2)
        self.redraw()

    def line(self, y: int, width: int) -> Line:
        if y == self.size.height - 1:
            return self._rule(width)
        rows, pinned = self._rows(), self._pinned()
        at = pinned[y] if y < len(pinned) else self.top + y
        if at >= len(rows):
            return ()
        marks = self._marks(at)
        edge = ">" if any(role is Role.CURSOR for _start, _end, role in marks) else " "
        if marks:
            text = f" {rows[at].text} "
            line = painted(text, 0, len(text), [(start + 1, end + 1, role) for start, end, role in marks])
        else:
            line = (
                marked(rows[at], self._highlights)
                if self._highlights
                else ((f" {rows[at].text}", Role.TEXT),)
            )
        return ((edge, Role.STRONG), *_shifted(line, self._left, rows[at].fixed + 1 if rows[at].fixed else 0))

    def _marks(self, row: int) -> list[Mark]:
        return [
            (start, end, Role.CURSOR if number == self._at else Role.HIGHLIGHT)
            for number, hit in enumerate(self._hits)
            for at, start, end in hit.parts
            if at == row
        ]

    def _pinned(self) -> tuple[int, ...]:
        """The rows of the heading of the table that is cut at the top."""
        rows, top = self._rows(), self.top
        if not self._wide or not rows or not top or rows[top].block < 0:
            return ()
        heads = tuple(
            at for at, row in enumerate(rows) if row.head and row.block == rows[top].block and at < top + 2
        )
        return heads if heads and heads[0] < top else ()

    def _rule(self, width: int) -> Line:
        total = self.total
        where = ""
        if self.scrolls:
            where = _("lines {first}-{last} of {total}").format(
                first=self.top + 1, last=min(total, self.top + self._room), total=total
            )
        keys = _("PgUp/PgDn") if self._front and self.scrolls else ""
        words = fit(" - ".join(filter(None, (where, keys, self._hint))), max(4, width - 8))
        title = fit(self._title, max(4, width - cell_len(words) - 7))
        said = " - ".join(filter(None, (title, words)))
        edge = "─> " if self._front else "── "
        return ((edge, Role.RULE), (said, Role.STRONG), (" " + "─" * width, Role.RULE))

    @property
    def _room(self) -> int:
        return max(1, (self.size.height or self.app.size.height - AROUND) - 1)

    @property
    def _last(self) -> int:
        return max(0, len(self._rows()) - self._room)

    @property
    def _most(self) -> int:
        """Cells by which the widest row is too wide."""
        widest = max((cell_len(row.text) for row in self._rows()), default=0)
        return max(0, widest - self._measure(self.size.width or 80))

    def _measure(self, width: int) -> int:
        return max(10, min(width - 2 * MARGIN, width if self._wide else MEASURE))

    def _rows(self) -> tuple[TextRow, ...]:
        return laid_out(self._blocks, self._measure(self.size.width or 80), wide=self._wide)


def _shifted(line: Line, left: int, fixed: int) -> Line:
    """A line seen from its cell `left` on, behind its first `fixed` cells; a cut character becomes spaces."""
    if not left:
        return line
    spans: list[tuple[str, Role]] = []
    at = 0
    for text, role in line:
        kept = ""
        for character in text:
            size = cell_len(character)
            if at + size <= fixed or at >= fixed + left:
                kept += character
            elif at + size > fixed + left or at < fixed:
                kept += " " * (max(0, at + size - fixed - left) + max(0, fixed - at))
            at += size
        spans.append((kept, role))
    return tuple(span for span in spans if span[0])


def _hits(rows: tuple[TextRow, ...], blocks: tuple[Block, ...], words: str) -> tuple[Hit, ...]:
    """Every place where the words stand: across the rows of a text, and inside each row of anything else."""
    wanted = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    found: list[tuple[int, Hit]] = []
    for number, block in enumerate(blocks):
        mine = [(at, row) for at, row in enumerate(rows) if row.block == number and row.start >= 0]
        for hit in wanted.finditer(clean(getattr(block, "text", ""), newlines=True)):
            parts = tuple(
                (at, first, last)
                for at, row in mine
                for first, last in [_inside(row, hit.start(), hit.end())]
                if first < last
            )
            if parts:
                found.append((parts[0][0], Hit(parts)))
    for at, row in enumerate(rows):
        if row.start < 0 and row.block >= 0:
            found += ((at, Hit(((at, hit.start(), hit.end()),))) for hit in wanted.finditer(row.text))
    found.sort(key=lambda one: (one[0], one[1].parts[0][1]))
    return tuple(hit for _row, hit in found)


def _inside(row: TextRow, start: int, end: int) -> tuple[int, int]:
    shift = row.indent - row.start
    return max(row.indent, start + shift), min(len(row.text), end + shift)

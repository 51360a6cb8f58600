"""The line-drawn widget all others derive from: rows of spans, only changed ones repainted.

A span is `(text, role)`. Text is measured in cells, not characters. No widget here knows markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from terminal.theme import DARK, PALETTES, Role, styles

Span = tuple[str, Role]
Line = Sequence[Span]


def width_of(line: Iterable[Span]) -> int:
    """Return the cells a line of spans takes."""
    return sum(cell_len(text) for text, _ in line)


class Where(TypedDict, total=False):
    """How a widget is found by CSS and queries: every widget here takes these by name."""

    id: str | None
    classes: str | None


class Lines(Widget):
    """Draws what `line` returns for each row. A subclass keeps its state, and calls `redraw` when it changed.

    `redraw` compares row by row and repaints only what differs; there is no layout between two states. The widget
    takes the width and height its CSS gives; with `height: auto`, `row_count(width)` rows.
    """

    ALLOW_SELECT = False
    BASE = Role.TEXT
    """The role that fills the rest of a row."""

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where, markup=False)
        self._drawn: dict[int, Line] = {}

    def line(self, y: int, width: int) -> Line:
        """Return row `y` of the present state as spans, `width` cells wide at most. Subclasses say what."""
        del y, width
        return ()

    def row_count(self, width: int) -> int:
        """Return how many rows the present state needs at `width`: the height under `height: auto`."""
        del width
        return 1

    def redraw(self) -> None:
        """Repaint the rows that changed since they were drawn."""
        width, height = self.size
        regions = [
            Region(0, y, width, 1)
            for y in range(height)
            if y in self._drawn and self._drawn[y] != tuple(self.line(y, width))
        ]
        for region in regions:
            del self._drawn[region.y]
        if regions:
            self.refresh(*regions)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return self.row_count(width)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = tuple(self.line(y, width))
        self._drawn[y] = line
        table = styles(self.app.theme if self.app.theme in PALETTES else DARK)
        spare = width - width_of(line)
        segments = [Segment(text, table[role]) for text, role in line if text]
        if spare > 0:
            segments.append(Segment(" " * spare, table[self.BASE]))
        return Strip(segments).crop(0, width)

    def on_mount(self) -> None:
        """Draw again when the theme changes."""
        self.watch(self.app, "theme", self._theme_changed, init=False)

    def _theme_changed(self) -> None:
        self._drawn.clear()
        self.refresh()


class Row(Lines):
    """A widget of one row, which `row` returns."""

    def row(self, width: int) -> Line:
        """Return the row as spans, `width` cells wide at most. Subclasses say what."""
        del width
        return ()

    def line(self, y: int, width: int) -> Line:
        return self.row(width) if y == 0 else ()


def centred(line: Line, width: int, role: Role = Role.TEXT) -> Line:
    """Return `line` in the middle of `width` cells."""
    return ((" " * max(0, (width - width_of(line)) // 2), role), *line)


def joined(parts: Iterable[Line], between: Span) -> Line:
    """Return the parts in one line, `between` each two."""
    out: list[Span] = []
    for part in parts:
        if out:
            out.append(between)
        out.extend(part)
    return tuple(out)

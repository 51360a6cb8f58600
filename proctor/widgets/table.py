"""A table with a cursor on one row: heads, columns as wide as given, scrolled by row and by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from rich.cells import cell_len

from terminal.theme import Role
from terminal.widgets import Line, Lines, Where, clean, fit

Column = tuple[str, int]
"""A head and its width in cells; of width 0 is the one that takes what the others leave."""


class Table(Lines):
    """Rows of cells under their heads; `>` marks the cursor, which is always in sight."""

    DEFAULT_CSS = "Table { height: 1fr; }"

    def __init__(self, columns: Sequence[Column] = (), **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._columns = tuple(columns)
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._cursor = self._top = 0

    @property
    def cursor(self) -> int:
        """The place of the row that the cursor is on; 0 where there is none."""
        return self._cursor

    @property
    def position(self) -> tuple[int, int, int]:
        """First and last row in sight, counted from 1, and how many there are."""
        total = len(self._rows)
        return min(self._top + 1, total), min(self._top + self._room, total), total

    def show(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], cursor: int | None = None
    ) -> None:
        """Show these rows; the cursor stays at its place unless another is given."""
        self._columns = tuple(columns)
        self._rows = tuple(tuple(clean(cell) for cell in row) for row in rows)
        self.point(self._cursor if cursor is None else cursor)

    def point(self, place: int) -> None:
        """Put the cursor on a row and bring it into sight."""
        self._cursor = max(0, min(place, len(self._rows) - 1))
        self._top = max(self._cursor - self._room + 1, min(self._top, self._cursor))
        self._top = max(0, min(self._top, len(self._rows) - self._room))
        self.redraw()

    def move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.point(self._cursor + by)

    def turn(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self.point(self._cursor + by * self._room)

    def on_resize(self) -> None:
        """Bring the cursor into sight again."""
        self.point(self._cursor)

    def row_count(self, width: int) -> int:
        del width
        return len(self._rows) + 1

    def line(self, y: int, width: int) -> Line:
        if y == 0:
            return (("  " + self._laid(tuple(head for head, _ in self._columns), width), Role.RULE),)
        at = self._top + y - 1
        if at >= len(self._rows):
            return ()
        words = self._laid(self._rows[at], width)
        if at == self._cursor:
            return ((">", Role.CURSOR), (" " + words, Role.STRONG))
        return (("  " + words, Role.TEXT),)

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 1)

    def _laid(self, cells: tuple[str, ...], width: int) -> str:
        fixed = sum(size + 1 for _, size in self._columns if size)
        spare = max(4, width - 2 - fixed)
        parts = []
        for (_, size), cell in zip(self._columns, cells, strict=True):
            room = size or spare
            shown = fit(cell, room)
            parts.append(shown + " " * (room - cell_len(shown)))
        return " ".join(parts).rstrip()

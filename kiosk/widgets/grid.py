"""All questions in one grid, ten a row: each with its number and its marks; also five a row beside a question.

Marks: `*` answered, `.` not answered, `F` flagged, `>` the cursor. `12*F` is answered and flagged.
"""

from __future__ import annotations

from typing import Unpack

from terminal.theme import Role
from terminal.widgets import Line, Lines, Where

ANSWERED = "*F"
FLAGGED = "fF"
CELL = 6
WIDEST_CELL = 11


def is_answered(mark: str) -> bool:
    """Whether this character of `View.marks` stands for an answered question."""
    return mark in ANSWERED


def is_flagged(mark: str) -> bool:
    """Whether this character of `View.marks` stands for a flagged question."""
    return mark in FLAGGED


class Grid(Lines):
    """The questions, `columns` a row, scrolled so that the cursor stays in sight."""

    DEFAULT_CSS = "Grid { height: 1fr; }"

    def __init__(self, columns: int = 10, *, airy: bool = True, **where: Unpack[Where]) -> None:
        """`airy` leaves a row free between two where there is room."""
        super().__init__(**where)
        self._columns = columns
        self._airy = airy
        self._marks = ""
        self._cursor = 0

    @property
    def cursor(self) -> int:
        """The place, counted from 0, that the cursor is on."""
        return self._cursor

    @property
    def columns(self) -> int:
        """Questions in a row."""
        return self._columns

    def show(self, marks: str, cursor: int | None = None) -> None:
        """Draw these marks (one character a question, as in `View`), the cursor where it was unless given."""
        self._marks = marks
        self.point(self._cursor if cursor is None else cursor)

    def point(self, place: int) -> None:
        """Put the cursor on a question; a place past either end stays at that end."""
        self._cursor = max(0, min(place, len(self._marks) - 1))
        self.redraw()

    def next_place(self, wanted: str) -> int | None:
        """The next question after the cursor, round the end, whose mark is in `wanted`; `None` where there is none."""
        total = len(self._marks)
        turn = ((self._cursor + step) % total for step in range(1, total + 1))
        return next((place for place in turn if self._marks[place] in wanted), None)

    def row_count(self, width: int) -> int:
        return -(-len(self._marks) // self._columns)

    def line(self, y: int, width: int) -> Line:
        rows, height = self.row_count(width), self.size.height
        apart = 2 if self._airy and 2 * rows - 1 <= height else 1
        if y % apart:
            return ()
        first = max(0, min(self._cursor // self._columns - height // 2, rows - height))
        start = (first + y // apart) * self._columns
        size = max(CELL, min(WIDEST_CELL, width // self._columns))
        places = range(start, min(start + self._columns, len(self._marks)))
        return tuple(span for place in places for span in self._cell(place, size))

    def _cell(self, place: int, size: int) -> Line:
        mark = self._marks[place]
        here = place == self._cursor
        answered, flagged = is_answered(mark), is_flagged(mark)
        text = f"{'>' if here else ' '}{place + 1:>3}{'*' if answered else '.'}{'F' if flagged else ' '}"
        role = Role.ALERT if flagged else Role.STRONG if answered else Role.MUTED
        return ((text, Role.CURSOR if here else role), (" " * (size - CELL), Role.TEXT))

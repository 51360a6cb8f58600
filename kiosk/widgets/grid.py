"""All questions in one grid, ten a row: each with its number and its marks; also five a row beside a question.

Marks: `*` answered, `.` not answered, `F` flagged, `>` the cursor; `+` answered and `-` not answered where the question
is closed, `#` one that is not open yet. `12*F` is answered and flagged. More questions than there is room for stand on
pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from terminal.theme import Role
from terminal.widgets import Line, Lines, Where
from terminal.wrapping import clean, fit

ANSWERED = "*F+"
FLAGGED = "fF"
OPEN_UNANSWERED = ".f"
CLOSED = "+,"
SHOWN = {"+": "+", ",": "-"}
NOT_OPEN = "#"
CELL = 6
WIDEST_CELL = 11

Heading = tuple[int, str]
"""Where a part or section begins, counted from 0, and its title."""
_Row = tuple[int, ...] | str


def is_answered(mark: str) -> bool:
    """Whether this character of `View.marks` stands for an answered question."""
    return mark in ANSWERED


def is_flagged(mark: str) -> bool:
    """Whether this character of `View.marks` stands for a flagged question."""
    return mark in FLAGGED


class Grid(Lines):
    """The questions, `columns` a row, on as many pages as the room asks for; the one with the cursor is shown."""

    DEFAULT_CSS = "Grid { height: 1fr; }"

    def __init__(self, columns: int = 10, *, airy: bool = True, **where: Unpack[Where]) -> None:
        """`airy` leaves a row free between two where there is room."""
        super().__init__(**where)
        self._columns = columns
        self._airy = airy
        self._marks = ""
        self._cursor = 0
        self._places: tuple[int, ...] = ()
        self._rows: tuple[_Row, ...] = ()
        self._shut: frozenset[int] = frozenset()

    @property
    def cursor(self) -> int:
        """The place, counted from 0, that the cursor is on."""
        return self._cursor

    @property
    def columns(self) -> int:
        """Questions in a row."""
        return self._columns

    @property
    def page(self) -> tuple[int, int]:
        """The page in sight, counted from 1, and how many there are."""
        height = max(1, self.size.height)
        return self._row_of_cursor() // height + 1, max(1, -(-len(self._rows) // height))

    def show(
        self,
        marks: str,
        cursor: int | None = None,
        *,
        only: Iterable[int] | None = None,
        headings: Sequence[Heading] = (),
        shut: frozenset[int] = frozenset(),
    ) -> None:
        """Draw these marks (one character a question, as in `View`), the cursor where it was unless given.

        `only` limits what is drawn to some places; `headings` set parts or sections apart; `shut` are not open
        yet.
        """
        self._shut = shut
        self._marks = marks
        self._places = tuple(range(len(marks)) if only is None else sorted(only))
        self._rows = tuple(_rows(self._places, self._columns, headings))
        self.point(self._cursor if cursor is None else cursor)

    def point(self, place: int) -> None:
        """Put the cursor on a question, or on the nearest one that is drawn."""
        self._cursor = min(self._places, key=lambda known: (abs(known - place), known), default=0)
        self.redraw()

    def next_place(self, wanted: str | Iterable[int]) -> int | None:
        """The next question after the cursor, round the end, with a mark of `wanted` or at one of those places."""
        every = (
            {place for place, mark in enumerate(self._marks) if mark in wanted}
            if isinstance(wanted, str)
            else set(wanted)
        )
        total = len(self._marks)
        turn = ((self._cursor + step) % total for step in range(1, total + 1))
        return next((place for place in turn if place in every), None)

    def step(self, across: int, down: int) -> None:
        """Move the cursor among what is drawn: to a neighbour, or to the same column of another row."""
        if across and self._cursor in self._places:
            at = self._places.index(self._cursor) + across
            if 0 <= at < len(self._places):
                self.point(self._places[at])
        if down:
            self._step_rows(down, 1)

    def turn_page(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self._step_rows(by, max(1, self.size.height))

    def _step_rows(self, way: int, rows: int) -> None:
        at = self._row_of_cursor()
        here = self._rows[at] if at < len(self._rows) else ()
        column = here.index(self._cursor) if isinstance(here, tuple) and self._cursor in here else 0
        found = None
        for row in range(at + way, -1 if way < 0 else len(self._rows), way):
            places = self._rows[row]
            if isinstance(places, tuple):
                found = places
                if abs(row - at) >= rows:
                    break
        if found:
            self.point(found[min(column, len(found) - 1)])

    def _row_of_cursor(self) -> int:
        return next(
            (at for at, row in enumerate(self._rows) if not isinstance(row, str) and self._cursor in row), 0
        )

    def row_count(self, width: int) -> int:
        return len(self._rows)

    def line(self, y: int, width: int) -> Line:
        height = max(1, self.size.height)
        apart = 2 if self._airy and 2 * len(self._rows) - 1 <= height else 1
        if y % apart:
            return ()
        first = self._row_of_cursor() // height * height
        at = first + y // apart
        if at >= len(self._rows) or y >= height:
            return ()
        row = self._rows[at]
        if isinstance(row, str):
            words = fit(clean(row), max(1, width - 8))
            return ((f"── {words} ", Role.RULE), ("─" * max(0, width - len(words) - 4), Role.RULE))
        size = max(CELL, min(WIDEST_CELL, width // self._columns))
        return tuple(span for place in row for span in self._cell(place, size))

    def _cell(self, place: int, size: int) -> Line:
        mark = self._marks[place]
        here = place == self._cursor
        answered, flagged = is_answered(mark), is_flagged(mark)
        done = SHOWN.get(mark) or ("*" if answered else NOT_OPEN if place in self._shut else ".")
        text = f"{'>' if here else ' '}{place + 1:>3}{done}{'F' if flagged else ' '}"
        role = Role.ALERT if flagged else Role.STRONG if answered and mark not in CLOSED else Role.MUTED
        return ((text, Role.CURSOR if here else role), (" " * (size - CELL), Role.TEXT))


def _rows(places: Sequence[int], columns: int, headings: Sequence[Heading]) -> Iterable[_Row]:
    """The rows of a grid: a title where a part or section begins, then its questions."""
    starts = [first for first, _title in headings] or [0]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else float("inf")
        mine = [place for place in places if start <= place < end]
        if mine and headings:
            yield headings[number][1]
        yield from (tuple(mine[at : at + columns]) for at in range(0, len(mine), columns))

"""A list of entries of any length, one under another, with a cursor on one of them; scrolled by entry and by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from terminal.theme import Role
from terminal.widgets import Line, Lines, Where
from terminal.wrapping import clean, hang


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what stands before it on its first row, its text, and how it is drawn."""

    head: str
    text: str
    role: Role = Role.TEXT


class Listing(Lines):
    """Entries with a cursor `>`; the cursor's entry, or as much of it as there is room for, is always in sight."""

    DEFAULT_CSS = "Listing { height: 1fr; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._entries: tuple[Entry, ...] = ()
        self._cursor = 0
        self._top = 0
        self._known: tuple[int, tuple[Entry, ...], tuple[tuple[int, str], ...]] = (-1, (), ())

    @property
    def cursor(self) -> int:
        """The place of the entry that the cursor is on."""
        return self._cursor

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, the cursor where it was."""
        self._entries = tuple(entries)
        self.point(self._cursor)

    def point(self, place: int) -> None:
        """Put the cursor on an entry and bring it into sight."""
        self._cursor = max(0, min(place, len(self._entries) - 1))
        mine = [at for at, (entry, _row) in enumerate(self._laid(self.size.width)) if entry == self._cursor]
        height = max(1, self.size.height)
        if mine and mine[0] < self._top:
            self._top = mine[0]
        elif mine and mine[-1] >= self._top + height:
            self._top = min(mine[0], mine[-1] - height + 1)
        self.redraw()

    def on_resize(self) -> None:
        """Bring the cursor into sight again: another width lays every entry out anew."""
        self._top = 0
        self.point(self._cursor)

    def turn_page(self, by: int) -> None:
        """Scroll by pages, one row staying in sight; the cursor goes to the first entry then in sight."""
        rows = self._laid(self.size.width)
        height = max(1, self.size.height)
        last = max(0, len(rows) - height)
        self._top = max(0, min(last, self._top + by * max(1, height - 1)))
        if rows:
            ahead = self._top if by < 0 or self._top < last else len(rows) - 1
            self._cursor = rows[ahead][0]
        self.redraw()

    def row_count(self, width: int) -> int:
        return len(self._laid(width))

    def line(self, y: int, width: int) -> Line:
        rows = self._laid(width)
        at = self._top + y
        if at >= len(rows):
            return ()
        place, text = rows[at]
        first = at == 0 or rows[at - 1][0] != place
        entry = self._entries[place]
        if place != self._cursor:
            return ((f"  {text}", entry.role),)
        return ((">" if first else " ", Role.CURSOR), (f" {text}", Role.STRONG))

    def _laid(self, width: int) -> tuple[tuple[int, str], ...]:
        if self._known[:2] != (width, self._entries):
            laid = tuple(
                (place, row)
                for place, entry in enumerate(self._entries)
                for row in hang(entry.head, clean(entry.text), max(8, width - 3))
            )
            self._known = (width, self._entries, laid)
        return self._known[2]

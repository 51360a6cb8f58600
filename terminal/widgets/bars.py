"""The bars around a screen: header, status line, key bar; each one row, cut at whole words or whole keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from rich.cells import cell_len

from terminal.keys import Key
from terminal.language import _
from terminal.theme import Role
from terminal.widgets.lines import Line, Row, Span, Where, joined, width_of
from terminal.wrapping import clean, fit


class Header(Row):
    """The top row: who and what at the left, where in the middle, time left at the right.

    The right part is never cut; the middle one goes first when there is no room, then the left one is shortened.
    """

    DEFAULT_CSS = "Header { height: 1; }"
    BASE = Role.BAR

    def __init__(self, left: str = "", middle: str = "", right: str = "", **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._left, self._middle, self._right = clean(left), clean(middle), clean(right)

    def set_left(self, text: str) -> None:
        """Show programme and candidate."""
        self._left = clean(text)
        self.redraw()

    def set_middle(self, text: str) -> None:
        """Show the place in the test."""
        self._middle = clean(text)
        self.redraw()

    def set_right(self, text: str) -> None:
        """Show the time left; empty hides the box."""
        self._right = clean(text)
        self.redraw()

    def row(self, width: int) -> Line:
        right: Line = ((f" {self._right} ", Role.CHIP),) if self._right else ()
        middle = f"{self._middle}  " if self._middle else " "
        room = width - width_of(right) - cell_len(middle) - 1
        if room < min(cell_len(self._left), 20):
            middle, room = " ", width - width_of(right) - 2
        left = fit(self._left, max(0, room))
        gap = width - width_of(right) - width_of(((middle, Role.BAR), (left, Role.BAR))) - 1
        return (
            (" ", Role.BAR),
            (left, Role.BAR_STRONG),
            (" " * max(0, gap), Role.BAR),
            (middle, Role.BAR),
            *right,
        )


class StatusBar(Row):
    """The row above the key bar: short facts, a line between each two, the last dropped when there is no room."""

    DEFAULT_CSS = "StatusBar { height: 1; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._facts: tuple[Span, ...] = ()

    def set_facts(self, facts: Iterable[Span]) -> None:
        """Show these facts, the most important first, each `(text, role)`; empty ones are left out."""
        self._facts = tuple((clean(text), role) for text, role in facts if text)
        self.redraw()

    def row(self, width: int) -> Line:
        facts = [(fact,) for fact in self._facts]
        while facts:
            row = joined(facts, ("  │  ", Role.RULE))
            if width_of(row) < width or len(facts) == 1:
                return ((" ", Role.TEXT), *((fit(text, width - 1), role) for text, role in row))
            facts.pop()
        return ()


KEPT = frozenset({"f1", "f10", "escape"})
"""Keys that the bar names in any room: help, the end, and the way back."""


class KeyBar(Row):
    """The bottom row: the keys of the screen it is on, cut by whole keys; those of `KEPT` go last."""

    DEFAULT_CSS = "KeyBar { height: 1; }"
    BASE = Role.BAR

    def __init__(self, keys: Iterable[Key] = (), **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._keys = tuple(keys)

    def set_keys(self, keys: Iterable[Key]) -> None:
        """Show the rows of this table that have a word for the bar."""
        self._keys = tuple(keys)
        self.redraw()

    def row(self, width: int) -> Line:
        named = [(key, _named(key)) for key in self._keys if key.bar]
        while sum(width_of(spans) for _key, spans in named) - 1 > width:
            spare = [at for at, (key, _spans) in enumerate(named) if KEPT.isdisjoint(key.keys)]
            del named[spare[-1] if spare else -1]
        return ((" ", Role.BAR), *(span for _key, spans in named for span in spans))


def _named(key: Key) -> tuple[Span, Span]:
    return (clean(_(key.label)), Role.CHIP), (f" {clean(_(key.bar))}  ", Role.BAR)

"""One row above a question: its part and section at the left, what else can be opened at the right."""

from __future__ import annotations

from typing import Unpack

from terminal.theme import Role
from terminal.widgets import Line, Row, Where, width_of
from terminal.wrapping import clean, fit


class PlaceRow(Row):
    """Takes no room while there is nothing to say."""

    DEFAULT_CSS = "PlaceRow { height: 1; display: none; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._left = self._right = ""

    def show(self, left: str, right: str) -> None:
        """Say this; the right part is whole, the left one is cut where there is no room."""
        self._left, self._right = clean(left), clean(right)
        if self.display != bool(left or right):
            self.display = bool(left or right)
        self.redraw()

    def row(self, width: int) -> Line:
        right: Line = ((fit(self._right, width - 2) + " ", Role.STRONG),) if self._right else ()
        left = fit(self._left, max(0, width - width_of(right) - 4))
        gap = width - width_of(right) - width_of(((left, Role.RULE),)) - 2
        return (("  ", Role.TEXT), (left, Role.RULE), (" " * max(0, gap), Role.TEXT), *right)

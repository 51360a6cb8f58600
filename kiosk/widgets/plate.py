"""A code in a frame, spaced out to be read aloud and copied."""

from __future__ import annotations

from typing import Unpack

from terminal.theme import Role
from terminal.widgets import Line, Lines, Where, clean, width_of


class Plate(Lines):
    """A receipt code, its characters and groups apart."""

    DEFAULT_CSS = "Plate { height: 5; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._code = ""

    def set_code(self, code: str) -> None:
        """Show this code, already in groups."""
        self._code = clean(code)
        self.redraw()

    def line(self, y: int, width: int) -> Line:
        inside = f"     {'    '.join(' '.join(group) for group in self._code.split())}     "
        edge = "─" * width_of(((inside, Role.TEXT),))
        frame = {0: f"┌{edge}┐", 4: f"└{edge}┘"}
        if y in frame:
            return ((frame[y], Role.RULE),)
        row = inside if y == 2 else " " * len(edge)
        return (("│", Role.RULE), (row, Role.STRONG), ("│", Role.RULE))

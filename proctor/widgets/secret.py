"""A field for a passphrase: what is typed is never drawn."""

from __future__ import annotations

from rich.cells import cell_len

from terminal.theme import Role
from terminal.widgets import Line, LineField

MOST_STARS = 24
LONGEST = 200


class SecretField(LineField):
    """A line of at most 200 characters, each drawn as a star, and no more than 24 of them."""

    DEFAULT_CSS = "SecretField { height: 1; }"

    def row(self, width: int) -> Line:
        label = f"{self.label} " if self.label else ""
        stars = "*" * min(len(self.value), MOST_STARS, max(0, width - cell_len(label) - 4))
        caret = Role.CURSOR if self.has_focus else Role.FIELD
        blank = "_" * max(0, min(MOST_STARS, width - cell_len(label) - 3) - len(stars))
        return ((label, Role.TEXT), (" " + stars, Role.FIELD), (" ", caret), (blank, Role.FIELD))

    def accepted(self, typed: str) -> str:
        """A passphrase is taken as it is typed: nothing is put right in it."""
        return typed if typed.isprintable() else ""

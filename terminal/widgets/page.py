"""A page of words: rows of text with their roles, wrapped to the width it is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from rich.cells import cell_len

from terminal.theme import Role
from terminal.widgets.lines import Line, Lines, Span, Where
from terminal.wrapping import clean, fit, wrap


class Page(Lines):
    """Paragraphs, each `(text, role)`; one of role `RULE` is a line across the page, with its text as a caption."""

    DEFAULT_CSS = "Page { height: auto; }"

    def __init__(self, paragraphs: Iterable[Span] = (), **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._paragraphs: tuple[Span, ...] = ()
        self._rows: tuple[Span, ...] = ()
        self._width = -1
        self.set_paragraphs(paragraphs)

    def set_paragraphs(self, paragraphs: Iterable[Span]) -> None:
        """Show other paragraphs; an empty one is an empty row."""
        before = len(self._wrapped(self._width)) if self._width > 0 else -1
        self._paragraphs = tuple((self.kept(text), role) for text, role in paragraphs)
        width, self._width = self._width, -1
        if before >= 0 and len(self._wrapped(width)) != before and self.styles.is_auto_height:
            self.refresh(layout=True)
        self.redraw()

    def row_count(self, width: int) -> int:
        return len(self._wrapped(width))

    def line(self, y: int, width: int) -> Line:
        rows = self._wrapped(width)
        return (rows[y],) if y < len(rows) else ()

    def _wrapped(self, width: int) -> tuple[Span, ...]:
        if width != self._width:
            self._width = width
            self._rows = tuple(
                (row, role)
                for text, role in self._paragraphs
                for row in ((_rule(text, width),) if role is Role.RULE else self.broken(text, width))
            )
        return self._rows

    def kept(self, text: str) -> str:
        """A paragraph without what acts on a screen."""
        return clean(text)

    def broken(self, text: str, width: int) -> tuple[str, ...]:
        """A paragraph's rows."""
        return wrap(text, max(1, width))


def _rule(caption: str, width: int) -> str:
    words = f"─── {fit(caption, max(0, width - 10))} " if caption else ""
    return words + "─" * max(0, width - cell_len(words))

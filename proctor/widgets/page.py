"""A page of words: paragraphs with their roles, wrapped to the width it is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from rich.cells import cell_len

from keys.errors import Diagnostics
from terminal.theme import Role
from terminal.widgets import Line, Lines, Span, Where, clean, fit, hang, wrap

GAP: Span = ("", Role.TEXT)
MOST_FACT = 20
"""Cells of the longest name of a fact that others are lined up with."""


class Page(Lines):
    """Paragraphs, each `(text, role)`; one of role `RULE` is a line across the page, with its text as a caption."""

    DEFAULT_CSS = "Page { height: auto; }"

    def __init__(self, paragraphs: Iterable[Span] = (), **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._paragraphs = tuple(paragraphs)
        self._laid: tuple[int, tuple[Span, ...]] = (-1, ())

    def set_paragraphs(self, paragraphs: Iterable[Span]) -> None:
        """Show other paragraphs; an empty one is an empty row."""
        self._paragraphs, self._laid = tuple(paragraphs), (-1, ())
        self.refresh(layout=True)
        self.redraw()

    def row_count(self, width: int) -> int:
        return len(self._rows(width))

    def line(self, y: int, width: int) -> Line:
        rows = self._rows(width)
        return (rows[y],) if y < len(rows) else ()

    def _rows(self, width: int) -> tuple[Span, ...]:
        if self._laid[0] != width:
            laid = ((row, role) for text, role in self._paragraphs for row in _wrapped(text, role, width))
            self._laid = width, tuple(laid)
        return self._laid[1]


def _wrapped(text: str, role: Role, width: int) -> tuple[str, ...]:
    if role is Role.RULE:
        words = f"─── {fit(clean(text), max(0, width - 10))} " if text else ""
        return (words + "─" * max(0, width - cell_len(words)),)
    name, tab, fact = text.partition("\t")
    return hang(clean(name), clean(fact), width) if tab else wrap(clean(text), max(1, width))


def facts(pairs: Iterable[tuple[str, str]], role: Role = Role.TEXT) -> list[Span]:
    """Rows of a name and what it is, in two columns; a fact that is empty is left out."""
    known = [(clean(name), fact) for name, fact in pairs if fact]
    column = min(max((cell_len(name) for name, _ in known), default=0), MOST_FACT) + 2
    return [(f"{name}{' ' * (column - cell_len(name))}\t{fact}", role) for name, fact in known]


def columns(words: Sequence[str], count: int, width: int) -> list[Span]:
    """Short words in so many columns of a width, read downwards."""
    height = -(-len(words) // count)
    rows = (words[at::height] for at in range(height))
    return [("".join(f"{one:<{width}}" for one in row).rstrip(), Role.TEXT) for row in rows]


def problem_words(problem: Diagnostics | None, support: str) -> list[Span]:
    """A problem as its sentence, the next step, its code and whom to call."""
    if problem is None:
        return []
    call = f"   Support: {support}" if support else "   Support: as on the centre's letter"
    return [
        GAP,
        (f"! {problem.what}", Role.ALERT),
        (problem.next_step, Role.TEXT),
        (f"Error {problem.code}{call}", Role.MUTED),
    ]

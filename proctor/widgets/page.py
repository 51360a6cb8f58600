"""A page of words: paragraphs with their roles, wrapped to the width it is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from keys.errors import Diagnostics
from terminal.theme import Role
from terminal.widgets import Page, Span, clean, hang

GAP: Span = ("", Role.TEXT)
MOST_FACT = 20
"""Cells of the longest name of a fact that others are lined up with."""


class FactsPage(Page):
    """A page on which a tab divides a fact's name from the fact, whose further rows are indented."""

    def kept(self, text: str) -> str:
        return "\t".join(clean(part) for part in text.split("\t", 1))

    def broken(self, text: str, width: int) -> tuple[str, ...]:
        name, tab, fact = text.partition("\t")
        return hang(name, fact, width) if tab else super().broken(text, width)


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

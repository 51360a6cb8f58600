"""Text in cells: cleaning, wrapping, hanging and fitting it. Pure: drawn screens and plain lines share it."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from keys.text import sanitise

MAX_TEXT = 1_000_000
"""Characters of the longest text that is shown: far above the longest stimulus."""
REMEMBERED = 512
"""Texts whose rows are kept: those of the screen that stands and of a few before it."""

_WRAPPER = Console(width=80, color_system=None, markup=False, emoji=False, highlight=False)


@lru_cache(REMEMBERED)
def clean(text: str, *, newlines: bool = False) -> str:
    """Return `text` as it may be shown: no control, no bidi, no invisible character, at most `MAX_TEXT` long."""
    return sanitise(text, limit=MAX_TEXT, newlines=newlines)


@lru_cache(REMEMBERED)
def wrap(text: str, width: int) -> tuple[str, ...]:
    """Break clean `text` into rows of at most `width` cells, at spaces where there are any; an empty line is a row."""
    rows: list[str] = []
    for paragraph in text.split("\n"):
        if cell_len(paragraph) <= width:
            rows.append(paragraph)
            continue
        rows.extend(row.plain.rstrip() for row in Text(paragraph).wrap(_WRAPPER, max(width, 1)))
    return tuple(rows)


def hang(first: str, text: str, width: int) -> tuple[str, ...]:
    """Wrap `text` behind `first`, later rows indented to stand under its beginning."""
    indent = cell_len(first)
    rows = wrap(text, width - indent)
    return (first + rows[0], *(" " * indent + row for row in rows[1:]))


def fit(text: str, width: int) -> str:
    """Cut `text` to `width` cells, the cut shown by dots."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width) if width < 4 else set_cell_size(text, width - 3).rstrip() + "..."

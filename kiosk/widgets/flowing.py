"""Wrapped text whose rows remember where in the text they stand, so that parts of it can be marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from terminal.theme import Role
from terminal.widgets import Line, Span
from terminal.wrapping import wrap

GLUE = "\ue000"
"""Stands for a space at which no row is broken; no clean text has one, and it is drawn as a space."""
Mark = tuple[int, int, Role]
"""From this character of a text up to that one, drawn in this role."""


@lru_cache(maxsize=1024)
def ranges(text: str, width: int) -> tuple[tuple[int, int], ...]:
    """Each row of the wrapped text as its first character and the one after its last, without the spaces at a break."""
    found: list[tuple[int, int]] = []
    at = 0
    for row in wrap(text, width):
        at = max(at, text.find(row, at))
        found.append((at, at + len(row)))
        at += len(row)
    return tuple(found)


def painted(text: str, start: int, end: int, marks: Iterable[Mark], role: Role = Role.TEXT) -> Line:
    """The characters from `start` to `end` as spans; marks are sorted, and none overlaps another."""
    spans: list[Span] = []
    at = start
    for begin, until, drawn in marks:
        first, last = max(begin, at), min(until, end)
        if first < last:
            spans += ((text[at:first], role), (text[first:last], drawn))
            at = last
    spans.append((text[at:end], role))
    return tuple((piece.replace(GLUE, " "), drawn) for piece, drawn in spans if piece)

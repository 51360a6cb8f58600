"""Typed text of several lines as offsets, rows and clusters. Pure: `widgets/editor.py` draws it and takes keys.

Rules.
1. A caret stands between two clusters: a character with the marks that combine with it is moved over and deleted whole.
2. What is typed is cleaned where it lands, with its neighbours: the text is always as the sanitiser would leave it.
3. A row is at most `width` cells, but for spaces at its end, which hang; rows together hold every character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from rich.cells import cell_len, split_graphemes

from terminal.wrapping import clean

Row = tuple[int, int]
"""First character of a row and the one after its last, in the whole text; the newline is in no row."""

_NEAR = 32
"""Characters that are looked at for one cluster: the sanitiser leaves no longer one."""
_WORD = re.compile(r"[^ ]* *")


def before(text: str, at: int) -> int:
    """Where the cluster before `at` begins; `at` itself at the beginning of the text."""
    near = text[max(0, at - _NEAR) : at]
    line = near.rpartition("\n")[2]
    if not line:
        return max(0, at - 1)
    return at - len(line) + split_graphemes(line)[0][-1][0]


def after(text: str, at: int) -> int:
    """Where the cluster at `at` ends; `at` itself at the end of the text."""
    line = text[at : at + _NEAR].partition("\n")[0]
    if not line:
        return min(len(text), at + 1)
    return at + split_graphemes(line)[0][0][1]


def replaced(text: str, start: int, end: int, typed: str) -> tuple[str, int]:
    """The text with `typed` in place of what stands from `start` to `end`, and where the caret is then."""
    first, last = before(text, start), after(text, end)
    if typed and not cell_len(typed.strip("\n")) and typed != "\n" and text[first:start] in {"", "\n"}:
        return text, start
    tail = text[end:last]
    piece = clean(text[first:start] + typed + tail, newlines=True)
    caret = first + len(piece) - (len(tail) if piece.endswith(tail) else 0)
    return text[:first] + piece + text[last:], caret


@lru_cache(maxsize=512)
def _breaks(paragraph: str, width: int) -> tuple[int, ...]:
    """Where the rows of one paragraph begin."""
    starts, column = [0], 0
    if cell_len(paragraph) <= width:
        return (0,)
    for found in _WORD.finditer(paragraph):
        word = found[0].rstrip(" ")
        size = cell_len(word)
        if column and column + size > width:
            starts.append(found.start())
            column = 0
        if size > width:
            for start, _, cells in split_graphemes(word)[0]:
                if column and column + cells > width:
                    starts.append(found.start() + start)
                    column = 0
                column += cells
        else:
            column += size
        column += len(found[0]) - len(word)
    return tuple(dict.fromkeys(starts))


def rows(text: str, width: int) -> tuple[Row, ...]:
    """Every row of the text, in order; there is always one, and one after a newline at the end."""
    out: list[Row] = []
    at = 0
    for paragraph in text.split("\n"):
        starts = [at + start for start in _breaks(paragraph, max(1, width))]
        at += len(paragraph)
        out += zip(starts, [*starts[1:], at], strict=True)
        at += 1
    return tuple(out)


def row_of(laid: tuple[Row, ...], caret: int) -> int:
    """The place of the row in which the caret is drawn."""
    return bisect_right(laid, caret, key=lambda row: row[0]) - 1


def column(text: str, row: Row, caret: int) -> int:
    """Cells from the beginning of the row to the caret."""
    return cell_len(text[row[0] : caret])


def offset(text: str, laid: tuple[Row, ...], place: int, wanted: int) -> int:
    """The caret on the row at this place, in the cell `wanted` or as near as the row reaches."""
    start, end = laid[place]
    if place + 1 < len(laid) and laid[place + 1][0] == end > start:
        end = before(text, end)
    at = start
    while at < end and cell_len(text[start : (following := after(text, at))]) <= wanted:
        at = following
    return min(at, end)

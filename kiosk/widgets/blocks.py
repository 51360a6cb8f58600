"""Blocks of content as rows: running text, code, tables, pictures; wrapped once a width.

Rules.
1. A row of a text or of code knows which characters of its block it shows, so that highlights and hits can be drawn.
2. A table has columns where they fit, their cells wrapped if need be, else one `heading: cell` a row; laid out `wide`
   it has columns as wide as they are.
3. A picture is drawn as it is where it fits, and its text alternative always stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from exam_packages.interactions import Block, Code, Paragraph, Picture, Table
from kiosk.widgets.flowing import ranges
from terminal.language import _
from terminal.wrapping import clean, hang, wrap

MEASURE = 84
"""Cells of the longest line of text: longer ones read badly."""
MARGIN = 2
"""Cells left of every text."""
BETWEEN = " │ "
LEAST_COLUMN = 12
"""Cells below which a column is not made narrower to fit."""
CODE_INDENT = 2


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row: its text, the block it belongs to (-1 between blocks), and where in the block's text it starts.

    The characters from `indent` on are those of the block's text from `start` on; `start` is -1 where the row is not of
    a text. `head` is set in the heading of a table, whose first column takes `fixed` cells.
    """

    text: str
    block: int = -1
    start: int = -1
    indent: int = 0
    head: bool = False
    fixed: int = 0


def laid_out(blocks: tuple[Block, ...], measure: int, *, wide: bool = False) -> tuple[TextRow, ...]:
    """Rows of at most `measure` cells, an empty one between two blocks; `wide` leaves code and tables as they are."""
    return _laid_out(blocks, measure, wide, _("Picture: "))


def text_rows(blocks: tuple[Block, ...], measure: int) -> tuple[str, ...]:
    """The same rows as plain text."""
    return tuple(row.text for row in laid_out(blocks, measure))


@lru_cache(maxsize=64)
def _laid_out(blocks: tuple[Block, ...], measure: int, wide: bool, picture: str) -> tuple[TextRow, ...]:
    rows: list[TextRow] = []
    for number, block in enumerate(blocks):
        if rows:
            rows.append(TextRow(""))
        match block:
            case Paragraph(text=text):
                rows += _text(clean(text), number, min(measure, MEASURE))
            case Code(text=text):
                room = max(map(cell_len, text.split("\n"))) if wide else measure - CODE_INDENT
                rows += _text(clean(text, newlines=True), number, max(1, room), CODE_INDENT)
            case Table():
                rows += _table(block, number, measure, wide=wide)
            case Picture():
                rows += (TextRow(row, number) for row in _picture(block, measure, picture))
    return tuple(rows)


def _text(text: str, number: int, measure: int, indent: int = 0) -> list[TextRow]:
    space = " " * indent
    return [TextRow(space + text[start:end], number, start, indent) for start, end in ranges(text, measure)]


def _picture(block: Picture, measure: int, word: str) -> list[str]:
    size = max(map(cell_len, block.rows), default=0)
    drawn = [" " * ((measure - size) // 2) + clean(row) for row in block.rows] if size <= measure else []
    return [*drawn, *hang(word, clean(block.alternative), measure)]


def _table(block: Table, number: int, measure: int, *, wide: bool) -> list[TextRow]:
    caption = [TextRow(row, number) for row in wrap(clean(block.caption), measure)] if block.caption else []
    rows = [tuple(clean(cell) for cell in row) for row in block.rows]
    if not rows:
        return caption
    columns = max(len(row) for row in rows)
    rows = [row + ("",) * (columns - len(row)) for row in rows]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(columns)]
    if not wide:
        fitting = _fitting(widths, measure - len(BETWEEN) * (columns - 1))
        if fitting is None:
            return [*caption, *(TextRow(row, number) for row in _listed(rows, measure))]
        widths = fitting
    wrapped = [_wrapped(row, widths) for row in rows]
    line = "─┼─".join("─" * size for size in widths)
    ruled = any(len(drawn) > 1 for drawn in wrapped[1:])
    fixed = widths[0] + len(BETWEEN)
    head = [TextRow(row, number, head=True, fixed=fixed) for row in (*wrapped[0], line)]
    body: list[TextRow] = []
    for drawn in wrapped[1:]:
        if body and ruled:
            body.append(TextRow(line, number, fixed=fixed))
        body += [TextRow(row, number, fixed=fixed) for row in drawn]
    return [*caption, *head, *body]


def _fitting(widths: Sequence[int], room: int) -> list[int] | None:
    """The widths of the columns, the widest made narrower until they fit; None where they would be too narrow."""
    fitting = list(widths)
    while sum(fitting) > room:
        widest = max(range(len(fitting)), key=fitting.__getitem__)
        if fitting[widest] <= LEAST_COLUMN:
            return None
        fitting[widest] -= 1
    return fitting


def _wrapped(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """One row of a table as rows of the screen."""
    wrapped = [wrap(cell, size) or ("",) for cell, size in zip(cells, widths, strict=True)]
    deep = max(map(len, wrapped))
    return [
        BETWEEN.join(
            set_cell_size(rows[at] if at < len(rows) else "", size)
            for rows, size in zip(wrapped, widths, strict=True)
        )
        for at in range(deep)
    ]


def _listed(rows: Sequence[tuple[str, ...]], measure: int) -> list[str]:
    listed: list[str] = []
    for row in rows[1:]:
        if listed:
            listed.append("")
        for heading, cell in zip(rows[0], row, strict=True):
            narrow = cell_len(heading) < measure // 2
            listed.extend(
                hang(f"{heading}: ", cell, measure) if narrow else wrap(f"{heading}: {cell}", measure)
            )
    return listed

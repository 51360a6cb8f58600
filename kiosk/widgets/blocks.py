"""Blocks of content that are not running text, as plain rows: code, tables, the text alternative of a picture."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from exam_packages.interactions import Code, Picture, Table
from terminal.widgets import clean, hang, wrap

BETWEEN = " │ "


def block_rows(block: Code | Table | Picture, measure: int) -> tuple[str, ...]:
    """The rows of one block, at most `measure` cells wide."""
    if isinstance(block, Code):
        return tuple("  " + row for row in wrap(clean(block.text, newlines=True), measure - 2))
    if isinstance(block, Picture):
        return hang("Picture: ", clean(block.alternative), measure)
    return (*(wrap(clean(block.caption), measure) if block.caption else ()), *_table(block, measure))


def _table(block: Table, measure: int) -> tuple[str, ...]:
    """Columns where they fit, else one `heading: cell` a row, an empty row between two rows of the table."""
    rows = [tuple(clean(cell) for cell in row) for row in block.rows]
    if not rows:
        return ()
    columns = max(len(row) for row in rows)
    rows = [row + ("",) * (columns - len(row)) for row in rows]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(columns)]
    if sum(widths) + len(BETWEEN) * (columns - 1) <= measure:
        drawn = [
            BETWEEN.join(set_cell_size(cell, size) for cell, size in zip(row, widths, strict=True))
            for row in rows
        ]
        return (drawn[0], "─┼─".join("─" * size for size in widths), *drawn[1:])
    listed: list[str] = []
    for row in rows[1:]:
        if listed:
            listed.append("")
        for heading, cell in zip(rows[0], row, strict=True):
            narrow = cell_len(heading) < measure // 2
            listed.extend(
                hang(f"{heading}: ", cell, measure) if narrow else wrap(f"{heading}: {cell}", measure)
            )
    return tuple(listed)

"""The closing page as text, for a printer that takes nothing else: 78 columns, a line a candidate."""

from __future__ import annotations

import textwrap

from rich.cells import set_cell_size

from proctor.paper.sheets import GROUPS, Sheet

WIDE = 78
BOXES = " ".join("_" * size for size in GROUPS)
HEADS = ("number", "name", "kiosk", "state", "receipt code")
SIZES = (9, 14, 9, 16, len(BOXES))


def page_text(sheet: Sheet) -> str:
    """The whole page. A checkpoint that was heard stands below its candidate."""
    told = [
        sheet.title,
        f"{sheet.programme}: sitting {sheet.sitting}",
        f"Site {sheet.place}",
        f"Planned {sheet.window}",
        f"Opened {sheet.opened}, closed {sheet.closed or '(not yet)'}",
        "",
        f"{_cells(HEADS)}  initials",
    ]
    for one in sheet.lines:
        told.append(f"{_cells((one.candidate, one.name, one.kiosk, one.state, BOXES))}  ____")
        if one.checkpoint:
            told.append(f"{' ' * (SIZES[0] + 1)}checkpoint {one.checkpoint}")
    told += ["", *textwrap.wrap(sheet.totals, WIDE), f"Incidents written down: {sheet.incidents}"]
    if sheet.digest:
        told.append(f"Signed page: {sheet.short}")
    told += [f"Proctor {name}: ______________________________" for name in sheet.proctors]
    told.append(f"Support: {sheet.support}")
    return "\n".join(told) + "\n"


def _cells(row: tuple[str, ...]) -> str:
    return " ".join(set_cell_size(cell, size) for cell, size in zip(row, SIZES, strict=True)).rstrip()

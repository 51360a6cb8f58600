"""What the console puts into the sitting's folder to be printed, and the look over desk and carrier before the exam."""

from __future__ import annotations

from pathlib import Path

from keys import preflight as told
from keys.carrier import Carrier, write_file
from keys.clock import Clock
from proctor.commands import ShowCodes
from proctor.desk import DeskFolder
from proctor.runner import Desk
from proctor.state import Phase

SLIPS, PAGE, PAGE_TEXT = "slips.pdf", "closing-page.pdf", "closing-page.txt"


def write_slips(desk: Desk) -> tuple[Path, int]:
    """The admission slips of all who are expected; return the file and how many. Raises as `Desk.submit`."""
    from proctor.paper import sheets
    from proctor.paper.slips import slips_pdf

    if desk.state.phase is Phase.OPEN:
        desk.submit(ShowCodes(desk.proctor))
    shown = sheets.slips(desk)
    path = desk.folder / SLIPS
    write_file(path, slips_pdf(shown))
    return path, len(shown.slips)


def write_page(desk: Desk) -> tuple[Path, Path, str]:
    """The closing page as PDF and as text, and its short digest, which is empty before the close."""
    from proctor.paper import sheets
    from proctor.paper.page import page_pdf
    from proctor.paper.plain import page_text

    sheet = sheets.closing_sheet(desk)
    drawn, plain = desk.folder / PAGE, desk.folder / PAGE_TEXT
    write_file(drawn, page_pdf(sheet))
    write_file(plain, page_text(sheet).encode())
    return drawn, plain, sheet.short if sheet.digest else ""


def look_over(folder: DeskFolder, carrier: Carrier, sitting: str, clock: Clock) -> str:
    """Every check of the day before, one below another, with a fix for each that is not green."""
    from proctor.preflight import Look
    from proctor.preflight import look_over as looked
    from terminal.machine import look

    results, support = looked(Look(folder, carrier, sitting, clock, look(), folder.path))
    return "\n".join(told.lines(results, support))

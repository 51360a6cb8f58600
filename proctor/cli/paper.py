"""`exam-kiosk proctor slips | closing-page`: what the desk prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.carrier import write_file
from keys.prompt import emit
from proctor.cli import asking
from proctor.cli.asking import Acting, Chosen, DeskAt, Json, PassphraseFd
from proctor.commands import ShowCodes

app = asking.group()

PdfOut = Annotated[Path, typer.Option("--out", help="The PDF file to make.")]
PageOut = Annotated[Path, typer.Option("--out", help="The file to make: a PDF, or text if it ends in .txt.")]
TEXT = ".txt"


@app.command()
def slips(
    at: DeskAt,
    out: PdfOut,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make the admission slips of all who are expected, eight to a sheet; the file shows every admission code."""
    from proctor.paper import sheets
    from proctor.paper.slips import slips_pdf

    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        opened.submit(ShowCodes(opened.proctor))
        shown = sheets.slips(opened)
        write_file(out, slips_pdf(shown))
        count = len(shown.slips)
        text = (
            f"{out}: {count} slips.\nNext: print it, cut it, and delete the file; it shows admission codes."
        )
        emit(as_json, {"file": str(out), "slips": count}, text)


@app.command()
def closing_page(
    at: DeskAt,
    out: PageOut,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make the closing page, one sheet; before the close it is the sheet on which candidates write receipt codes."""
    from proctor.paper import sheets
    from proctor.paper.page import page_pdf
    from proctor.paper.plain import page_text

    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        sheet = sheets.closing_sheet(opened)
        write_file(out, page_text(sheet).encode() if out.suffix == TEXT else page_pdf(sheet))
        told = f"Signed page: {sheet.short}" if sheet.digest else "The sitting is not closed: no digest yet."
        data = {"file": str(out), "closed": bool(sheet.digest), "digest": sheet.digest}
        emit(as_json, data, f"{out}\n{told}")

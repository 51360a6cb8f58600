"""`exam-kiosk results pages`: the review pages, a folder that a browser opens without a server."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from keys.carrier import read_file
from keys.clock import SystemClock
from keys.prompt import emit
from results.centre.cli.asking import Folder, Json, Key, LedgerAt, PassphraseFd, group, opened_centre

MAX_LIST = 64 * 1024 * 1024

app = group()


@app.command()
def pages(
    centre: Folder,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write; earlier review pages in it are replaced.")
    ],
    exam_folder: Annotated[
        list[Path] | None,
        typer.Option("--exam-folder", help="A folder that `master` made: its runs are analysed; repeat."),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option(
            "--groups", help="A CSV with the columns candidate and group: adds the sponsors' reports."
        ),
    ] = None,
    least: Annotated[
        int, typer.Option("--least", min=2, help="Tell figures of groups only of so many persons or more.")
    ] = 10,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write what came, what stands where and what was scored as pages to click through; they hold personal data."""
    from results.centre.pages.writing import write_pages
    from results.centre.report.sponsor import read_groups

    listed = read_groups(groups.name, read_file(groups, limit=MAX_LIST)) if groups else {}
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    written = write_pages(
        opened,
        out,
        SystemClock().now().wall,
        version("exam-kiosk"),
        folders=exam_folder or (),
        groups=listed,
        least=least,
    )
    unused = [str(folder) for folder in written.unused]
    emit(
        as_json,
        {"index": str(written.index), "pages": written.pages, "open": written.open, "unused": unused},
        "\n".join(
            [
                f"{written.index}: {written.pages} pages; {written.open} things to look at",
                *(f"  No run was made from {folder}." for folder in unused),
            ]
        ),
    )

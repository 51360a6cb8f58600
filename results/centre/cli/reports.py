"""`exam-kiosk results report`: what people read of score runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.prompt import emit
from results.centre.cli.asking import Folder, Json, Key, PassphraseFd, group, opened_centre
from results.centre.office import find_run

app = group()


@app.command()
def report(
    centre: Folder,
    run: Annotated[str, typer.Option("--run", help="The score run's name.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the reports.")],
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the reports of a score run: one for each candidate and one for each sitting, as text and as a page."""
    from results.centre.report.writing import write_reports

    opened = opened_centre(centre, key, passphrase_fd)
    written = write_reports(opened, find_run(opened, run), out)
    emit(
        as_json,
        {
            "run": run,
            "sitting_report": str(written[0].page) if written else "",
            "sitting_reports": [str(one.page) for one in written],
            "candidate_reports": [str(page) for one in written for page in one.candidates],
            "comments": [str(one.comments) for one in written if one.comments],
            "reconciliation": [one.report.reconciliation for one in written],
        },
        "\n".join(
            line
            for one in written
            for line in (
                f"Sitting {one.report.sitting}: {one.report.reconciliation}",
                f"  {one.page} and {len(one.candidates)} candidate reports beside it",
                f"  {one.comments}: what candidates wrote to the authors" if one.comments else "",
            )
            if line
        ),
    )

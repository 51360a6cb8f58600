"""`exam-kiosk results report | sponsor-report | test-report | export | letters`: what people read of score runs."""

from __future__ import annotations

import enum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from keys.carrier import read_file
from keys.clock import SystemClock
from keys.prompt import emit
from keys.text import counted
from results.centre.cli.asking import Folder, Json, Key, LedgerAt, PassphraseFd, group, opened_centre
from results.centre.office import find_run


class ExportFormat(enum.StrEnum):
    """What results are exported as."""

    CSV = "csv"
    PARQUET = "parquet"
    QTI = "qti"


MAX_LIST = 64 * 1024 * 1024

app = group()

RunName = Annotated[str, typer.Option("--run", help="The score run's name.")]
Least = Annotated[int, typer.Option("--least", min=2, help="Tell figures only of so many persons or more.")]
Out = Annotated[Path, typer.Option("--out", help="The folder to write into.")]


@app.command()
def report(
    centre: Folder,
    run: RunName,
    out: Out,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the reports of a score run, a candidate and a sitting each: as a page, on paper (PDF) and as text."""
    from results.centre.report.writing import write_reports

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
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
                f"  {one.page} and {counted(len(one.candidates), 'candidate report')} beside it",
                f"  {one.comments}: what candidates wrote to the authors" if one.comments else "",
            )
            if line
        ),
    )


@app.command()
def sponsor_report(
    centre: Folder,
    run: RunName,
    groups: Annotated[
        Path, typer.Option("--groups", help="A CSV with the columns candidate and group: whose each one is.")
    ],
    out: Out,
    least: Least = 10,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write what each state, district or other group is told of its candidates; small groups are suppressed."""
    from results.centre.report.sponsor import read_groups
    from results.centre.report.sponsoring import write_sponsors

    listed = read_groups(groups.name, read_file(groups, limit=MAX_LIST))
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    written = write_sponsors(opened, find_run(opened, run), listed, least, out)
    suppressed = [report.group for report, _ in written.reports if report.figures is None]
    emit(
        as_json,
        {
            "run": run,
            "table": str(written.table),
            "reports": {report.group: str(page) for report, page in written.reports},
            "suppressed": suppressed,
            "without_result": list(written.without),
        },
        "\n".join(
            [
                f"{counted(len(written.reports), 'group')}, {len(suppressed)} of them suppressed: {written.table}",
                *(f"  {page}" for _, page in written.reports),
                f"  Listed candidates without a result that may be told: {len(written.without)}.",
            ]
        ),
    )


@app.command("test-report")
def form_report(
    centre: Folder,
    run: RunName,
    exam_folder: Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")],
    out: Out,
    config: Annotated[
        Path | None, typer.Option("--config", help="A TOML file of thresholds for what is flagged.")
    ] = None,
    least: Least = 10,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write a form's test report, as accreditors ask for it, and its item analysis with charts and sortable tables."""
    from results.centre.analysis.scored import analyse_run
    from results.centre.analysis.thresholds import read_thresholds
    from results.centre.report.analysed import write_form

    by = read_thresholds(config)
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = analyse_run(opened, run, exam_folder, by, version("exam-kiosk"))
    written = write_form(opened, find_run(opened, run), found, least, out)
    emit(
        as_json,
        {"run": run, "report": str(written.report), "items": str(written.items), "flags": len(found.flags)},
        f"{written.report}\n{written.items}: {counted(len(found.flags), 'flag')} to look at",
    )


@app.command()
def export(
    centre: Folder,
    run: RunName,
    out: Out,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="Tables, or QTI Results Reporting 3.0, a file a result.")
    ] = ExportFormat.CSV,
    exam_folder: Annotated[
        Path | None,
        typer.Option(
            "--exam-folder",
            help="The folder that `master` made: for qti, and for tables of the item analysis.",
        ),
    ] = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write a score run as tables: scores, areas, responses, reconciliation, and what each column means."""
    from results.centre.analysis.scored import analyse_run
    from results.centre.report import exporting
    from results.scoring.flags import Thresholds

    if form is ExportFormat.QTI and exam_folder is None:
        raise typer.BadParameter("QTI needs the form: name the exam's folder.", param_hint="--exam-folder")
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = find_run(opened, run)
    if exam_folder and form is ExportFormat.QTI:
        written = exporting.write_qti(opened, found, exam_folder, out)
    else:
        analysed = (
            analyse_run(opened, run, exam_folder, Thresholds(), version("exam-kiosk"))
            if exam_folder
            else None
        )
        written = exporting.write_tables(opened, found, exporting.Format(form.value), out, analysed)
    emit(
        as_json,
        {"run": run, "folder": str(out / run), "files": [str(path) for path in written]},
        f"{counted(len(written), 'file')}: {out / run}",
    )


@app.command()
def letters(
    centre: Folder,
    run: RunName,
    out: Out,
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates", help="A folder with pass.en.txt, fail.en.txt, withheld.en.txt and other languages."
        ),
    ] = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write a letter to every scored candidate, as text and as PDF, from templates and in the roster's language."""
    from results.centre.report.mailing import write_letters

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    today = SystemClock().now().wall
    written = write_letters(opened, find_run(opened, run), out, today=today, templates=templates)
    emit(
        as_json,
        {"run": run, "letters": [str(path) for path in written]},
        f"{counted(len(written), 'letter')}, each with a PDF beside it: {out / run}",
    )

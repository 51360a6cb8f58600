"""`exam-kiosk results import | salvage`: what comes in from drives, folders and dead kiosks' disks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from keys.carrier import remove_file, write_file
from keys.clock import SystemClock
from keys.errors import ExamKioskError
from keys.prompt import emit
from keys.text import counted
from results.centre.cli.asking import (
    TO_LOOK_AT,
    Folder,
    Json,
    Key,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
)
from results.centre.imported import Problem, Report, Tally, report, waiting
from results.centre.report.cells import table
from results.centre.telling import salvaged_text, salvaged_values

app = group()

NAMED = 3
"""How many files the last line of an import names."""
SHOWN = 20
"""How many files and their reasons an import prints; the answer as JSON and the list of the quarantine have more."""


class ImportStoppedError(ExamKioskError):
    """A person stopped an import."""

    code = "import-stopped"
    what = "The import was stopped: {done} of {files} files are in the ledger, each of them whole."
    next_step = "Import the same places again to go on; what is in is not taken twice."


class ProblemsThereError(ExamKioskError):
    """A list of problems that another import has written, or another file."""

    code = "problems-there"
    what = "Nothing was imported: {path} is there already, and what it says would be lost."
    next_step = "Give --problems a new name; each import lists what it has met itself."


HEADS = ("file", "digest", "code", "what")
"""The columns of the list of problems."""


@app.command("import")
def import_(
    places: Annotated[list[str], typer.Argument(metavar="PLACE...", help="Carriers, folders or files.")],
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="How many files are looked at at once; all cores.")
    ] = None,
    problems: Annotated[
        Path | None,
        typer.Option("--problems", help="Write every file that was not admitted here, as a new CSV."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take bundles and records into the ledger: each is admitted, already present, or quarantined with a reason.

    Ends with status 0 where everything was admitted or present, and with 3 where something went to quarantine or
    could not be read; the rest is in the ledger all the same.
    """
    from results.centre.importing import Done, import_all, sources
    from results.centre.judging.pool import judges

    paths = sources(places)
    opened = opened_centre(centre, key, passphrase_fd, make=True, ledger=ledger)
    if problems:
        _try(problems)  # where that is refused, it is before anything was imported
    office, done, records = opened.office(), 0, 0
    columns = (
        TextColumn("importing {task.fields[counts]}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = progress.add_task("", total=paths.size, counts="")

    def told(one: Done) -> None:
        nonlocal done, records
        done, records = done + 1, records + one.records
        counts = f"{done} of {len(paths)} files, {records} records, {_megabytes(paths.size)}"
        progress.update(task, advance=one.size, counts=counts)

    try:
        with judges(office, jobs or len(os.sched_getaffinity(0))) as pool, progress:
            now = SystemClock().now().wall
            met = import_all(paths, opened.ledger, pool, office.plan, now, told, paths.name)
    except KeyboardInterrupt:
        raise ImportStoppedError(done=done, files=len(paths)) from None
    found = report(opened.ledger, met)
    if problems and found.totals["quarantined"] + found.totals["unread"]:
        _write(
            problems, ((one.source, one.digest, one.code, one.what) for one in met.problems(opened.ledger))
        )
    elif problems:
        remove_file(problems)
    wait = waiting(opened.ledger)
    lines = _report_lines(found) + _earlier(wait - found.totals["quarantined"])
    emit(as_json, {**_report_values(found), "waiting": wait}, "\n".join(lines))
    if _next(found):
        raise typer.Exit(TO_LOOK_AT)


def _try(path: Path) -> None:
    """Write a file without a problem, which an import that is stopped leaves behind. Raises `ProblemsThereError`."""
    empty = table(HEADS, ()).encode()
    if path.is_file() and path.stat().st_size and path.read_bytes() != empty:
        raise ProblemsThereError(path=path)
    _write(path, ())


def _write(path: Path, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """The problems of an import, a row each."""
    write_file(path, table(HEADS, rows).encode())


@app.command()
def salvage(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Salvaged disks (.ekd) from the carrier.")
    ],
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Open what came from dead kiosks' disks and hold it in quarantine; nothing is ever admitted here.

    Ends with status 3, because each file waits for a person.
    """
    from results.centre.judging.pool import judges
    from results.centre.salvaged import salvage_file

    opened = opened_centre(centre, key, passphrase_fd, make=True, ledger=ledger)
    now = SystemClock().now().wall
    with judges(opened.office(), 1) as pool:
        found = [salvage_file(file, opened.ledger, pool, now) for file in files]
    emit(as_json, {"salvaged": [salvaged_values(one) for one in found]}, "\n".join(map(salvaged_text, found)))
    raise typer.Exit(TO_LOOK_AT)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _report_values(report: Report) -> dict[str, object]:
    from results.centre.quarantine.telling import decision_values

    return {
        **_tally(report.records),
        "bundles": _tally(report.bundles),
        "withdrawn": list(report.withdrawn),
        "superseded": list(report.superseded),
        "released": list(report.released),
        "problems": [_problem(one) for one in report.quarantined],
        "unread": [_problem(one) for one in report.unread],
        "decided": [
            {"source": source, "digest": one.digest, **decision_values(one)} for source, one in report.decided
        ],
        "totals": report.totals,
        "next": _next(report),
    }


def _next(report: Report) -> str:
    """What a person does after this import; empty where everything was admitted or present."""
    look = "Look with exam-kiosk results quarantine list; " if report.quarantined or report.withdrawn else ""
    names = list(dict.fromkeys(one.source for one in (*report.quarantined, *report.unread)))
    count = max(len(names), report.totals["quarantined"] + report.totals["unread"])
    more = f" and {count - NAMED} more" if len(names) > NAMED else ""
    if names:
        ask = f"ask the site for another copy of {', '.join(names[:NAMED])}{more}, or what happened there."
        return look + ask if look else ask[0].upper() + ask[1:]
    return f"{look}ask the site which of the records counts." if look else ""


def _tally(tally: Tally) -> dict[str, object]:
    return {
        "found": tally.found,
        "admitted": tally.admitted,
        "already_present": tally.already_present,
        "quarantined": tally.quarantined,
    }


def _problem(one: Problem) -> dict[str, object]:
    return {"source": one.source, "digest": one.digest, "code": one.code, "what": one.what}


def _report_lines(report: Report) -> list[str]:
    from results.centre.quarantine.telling import decision_text

    lines = [
        f"{name}: {tally.found} found = {tally.admitted} admitted + {tally.already_present} already present"
        f" + {tally.quarantined} quarantined"
        for name, tally in (("Bundles", report.bundles), ("Records", report.records))
    ]
    moved = (
        ("withdrawn", "admitted before, in quarantine now: contradicted by what came"),
        ("superseded", "admitted before, continued by others now"),
        ("released", "in quarantine before, admitted now"),
    )
    lines += [
        f"{counted(report.totals[name], 'record')}, {what}." for name, what in moved if report.totals[name]
    ]
    for word, listed, name in (
        ("quarantined", report.quarantined, "quarantined"),
        ("not read", report.unread, "unread"),
    ):
        lines += _some(word, listed, report.totals[name])
    told = [f"  {source}: {decision_text(one)}" for source, one in report.decided[:SHOWN]]
    lines += _with_more(told, report.totals["decided"])
    return [*lines, _next(report)] if _next(report) else lines


def _earlier(count: int) -> list[str]:
    """What is in quarantine from before this import, or from the part of it that was stopped."""
    if count <= 0:
        return []
    files = "1 file is" if count == 1 else f"{count} files are"
    return [f"From earlier imports {files} in quarantine: exam-kiosk results quarantine list."]


def _some(word: str, listed: Iterable[Problem], total: int) -> list[str]:
    """The first of these files with their reasons, and how many more there are."""
    lines = [f"  {word} {one.source}: [{one.code}] {one.what}" for one in listed][:SHOWN]
    return _with_more(lines, total)


def _with_more(lines: list[str], total: int) -> list[str]:
    return [*lines, f"  and {total - SHOWN} more"] if total > SHOWN else lines

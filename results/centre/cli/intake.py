"""`exam-kiosk results import | salvage | quarantine`: what comes in, and what is held for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from keys.clock import SystemClock, utc
from keys.prompt import emit
from keys.text import sanitise
from results.centre.cli.asking import TO_LOOK_AT, Folder, Json, Key, PassphraseFd, group, opened_centre
from results.centre.imported import Problem, Report, Tally
from results.centre.tables import State
from results.centre.telling import salvaged_text, salvaged_values

app = group()

NAMED = 3
"""How many files the last line of an import names."""


@app.command("import")
def import_(
    places: Annotated[list[Path], typer.Argument(metavar="PLACE...", help="Carriers, folders or files.")],
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Take bundles and records into the ledger: each is admitted, already present, or quarantined with a reason.

    Ends with status 0 where everything was admitted or present, and with 3 where something went to quarantine or
    could not be read; the rest is in the ledger all the same.
    """
    from results.centre.importing import import_files, sources

    paths = sources(places)
    opened = opened_centre(centre, key, passphrase_fd, make=True)
    columns = (
        TextColumn("importing {task.fields[name]}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(paths), name="")

        def told(path: Path) -> None:
            progress.update(task, advance=1, name=sanitise(path.name, limit=40))

        report = import_files(paths, opened.ledger, opened.office(), SystemClock().now().wall, told)
    emit(as_json, _report_values(report), "\n".join(_report_lines(report)))
    if _next(report):
        raise typer.Exit(TO_LOOK_AT)


@app.command()
def salvage(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Salvaged disks (.ekd) from the carrier.")
    ],
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Open what came from dead kiosks' disks and hold it in quarantine; nothing is ever admitted here.

    Ends with status 3, because each file waits for a person.
    """
    from results.centre.salvaging import salvage_file

    opened = opened_centre(centre, key, passphrase_fd, make=True)
    office, now = opened.office(), SystemClock().now().wall
    found = [salvage_file(file, opened.ledger, office, now) for file in files]
    emit(as_json, {"salvaged": [salvaged_values(one) for one in found]}, "\n".join(map(salvaged_text, found)))
    raise typer.Exit(TO_LOOK_AT)


@app.command()
def quarantine(
    centre: Folder, key: Key = None, passphrase_fd: PassphraseFd = None, as_json: Json = False
) -> None:
    """List what is in quarantine, each with its reason."""
    with opened_centre(centre, key, passphrase_fd).ledger.transaction() as books:
        held = books.quarantine()
        sound = {
            one.sitting: one.source
            for sitting in {row.sitting for kind, row in held if kind == "bundle" and row.sitting}
            for one in books.bundles(sitting)
            if one.state == State.ADMITTED.value
        }
    values = [
        {
            "kind": kind,
            "source": row.source,
            "digest": row.digest,
            "code": row.reason,
            "what": row.sentence,
            "sitting": row.sitting,
            "candidate": row.candidate if kind == "record" else "",
            "bytes": row.size,
            "replaced_by": sound.get(row.sitting, "") if kind == "bundle" else "",
            "imported_at": utc(row.imported_at),
        }
        for kind, row in held
    ]
    lines = [
        f"{one['kind']} {one['source']} ({str(one['digest'])[:16]}, {one['bytes']} bytes)\n"
        f"  [{one['code']}] {one['what']}"
        + (
            f"\n  replaced: {one['replaced_by']} is a sound bundle of this sitting"
            if one["replaced_by"]
            else ""
        )
        for one in values
    ]
    emit(as_json, {"quarantined": values}, "\n".join(lines) or "Nothing is in quarantine.")


def _report_values(report: Report) -> dict[str, object]:
    return {
        **_tally(report.records),
        "bundles": _tally(report.bundles),
        "withdrawn": list(report.withdrawn),
        "superseded": list(report.superseded),
        "released": list(report.released),
        "problems": [_problem(one) for one in report.quarantined],
        "unread": [_problem(one) for one in report.unread],
        "next": _next(report),
    }


def _next(report: Report) -> str:
    """What a person does after this import; empty where everything was admitted or present."""
    look = "Look with exam-kiosk results quarantine; " if report.quarantined or report.withdrawn else ""
    names = list(dict.fromkeys(one.source for one in (*report.quarantined, *report.unread)))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
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
    lines = [
        f"{name}: {tally.found} found = {tally.admitted} admitted + {tally.already_present} already present"
        f" + {tally.quarantined} quarantined"
        for name, tally in (("Bundles", report.bundles), ("Records", report.records))
    ]
    moved = (
        (report.withdrawn, "admitted before, are in quarantine now: what came contradicts them"),
        (report.superseded, "admitted before, are continued by others now"),
        (report.released, "in quarantine before, are admitted now"),
    )
    lines += [f"{len(digests)} records, {what}." for digests, what in moved if digests]
    lines += [f"  quarantined {one.source}: [{one.code}] {one.what}" for one in report.quarantined]
    lines += [f"  not read {one.source}: [{one.code}] {one.what}" for one in report.unread]
    return [*lines, _next(report)] if _next(report) else lines

"""`exam-kiosk results`: import, score, report, confirm, quarantine. Words and keys here, rules elsewhere."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from keys.clock import SystemClock, utc
from keys.encoding import grouped
from keys.identities import PrivateIdentity
from keys.keystore import load_owner, load_private
from keys.prompt import emit, read_code, read_passphrase
from keys.text import sanitise
from results.centre.imported import Problem, Report, Tally
from results.centre.office import REPOSITORY, Centre, find_run, open_centre, score_all
from results.centre.tables import State
from results.centre.telling import receipt_text, receipt_values, salvaged_text, salvaged_values

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

KEYS = "keys"
TO_LOOK_AT = 3
"""The status of an import after which a person has something to look at."""
NAMED = 3
"""How many files the last line of an import names."""

Folder = Annotated[Path, typer.Option("--centre", help="The centre's folder, with repository and ledger.")]
Key = Annotated[
    Path | None, typer.Option("--key", help="The centre's locked key file; keys/centre.key if not given.")
]
PassphraseFd = Annotated[
    int | None, typer.Option("--passphrase-fd", help="Read its passphrase from this open file descriptor.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


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
    opened = _open(centre, key, passphrase_fd, make=True)
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
def score(
    centre: Folder,
    exam_folder: Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")],
    key: Key = None,
    scoring_key: Annotated[
        Path | None,
        typer.Option("--scoring-key", help="The scorer's locked key file; keys/scoring.key if not given."),
    ] = None,
    passphrase_fd: PassphraseFd = None,
    scoring_passphrase_fd: Annotated[
        int | None,
        typer.Option("--scoring-passphrase-fd", help="Read the scorer's passphrase from this descriptor."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score every admitted record of an exam's form; the run is signed, named and never changed."""
    from results.centre.inputs import read_inputs

    opened = _open(centre, key, passphrase_fd)
    inputs = read_inputs(exam_folder, opened.trusted.keyring)
    scorer = _unlocked(scoring_key or centre / KEYS / "scoring.key", scoring_passphrase_fd)
    run, new = score_all(opened, inputs, scorer.signer(), version("exam-kiosk"), SystemClock().now())
    passed = sum(one.score.passed for one in run.scores)
    left_out = [f"  not scored: {one.candidate}, sitting {one.sitting}: {one.why}" for one in run.left_out]
    emit(
        as_json,
        {
            "run": run.run,
            "new": new,
            "scored": len(run.scores),
            "passed": passed,
            "left_out": [
                {"candidate": one.candidate, "sitting": one.sitting, "why": one.why} for one in run.left_out
            ],
            "form": run.form,
            "key_version": run.key_version,
        },
        "\n".join(
            [
                f"Score run {run.run}{'' if new else ' (the same run as before)'}:",
                f"  {len(run.scores)} scored, {passed} passed, {_counted(len(run.left_out))} not scored.",
                *left_out,
            ]
        ),
    )


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
    from results.centre.reporting import write_reports

    opened = _open(centre, key, passphrase_fd)
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


@app.command()
def confirm(
    centre: Folder,
    code: Annotated[str | None, typer.Argument(help="The receipt code; asked for if not given.")] = None,
    code_fd: Annotated[
        int | None, typer.Option("--code-fd", help="Read the code from this descriptor.")
    ] = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Tell whose finished session a candidate's receipt code confirms."""
    from results.centre.confirm import confirm as find

    typed = code or read_code(code_fd, "receipt code")
    found = find(_open(centre, key, passphrase_fd), typed)
    emit(
        as_json,
        {
            "candidate": found.candidate,
            "sitting": found.sitting,
            "session": found.session,
            "record": found.record,
            "state": found.state,
        },
        f"This code confirms the record of candidate {found.candidate}, sitting {found.sitting}, as it was handed in.\n"
        f"The record is {found.state}: session {grouped(found.session, 8)}.",
    )


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

    opened = _open(centre, key, passphrase_fd, make=True)
    office, now = opened.office(), SystemClock().now().wall
    found = [salvage_file(file, opened.ledger, office, now) for file in files]
    emit(as_json, {"salvaged": [salvaged_values(one) for one in found]}, "\n".join(map(salvaged_text, found)))
    raise typer.Exit(TO_LOOK_AT)


@app.command()
def receipts(
    centre: Folder,
    backup: Annotated[
        Path, typer.Option("--backup", help="The folder for a copy of the ledger, on another drive.")
    ],
    sitting: Annotated[
        list[str] | None, typer.Option("--sitting", help="Only this sitting; repeat. Else every one.")
    ] = None,
    key: Key = None,
    intake: Annotated[
        Path | None, typer.Option("--intake", help="Intake's locked key file; keys/intake.key if not given.")
    ] = None,
    passphrase_fd: PassphraseFd = None,
    intake_passphrase_fd: Annotated[
        int | None,
        typer.Option("--intake-passphrase-fd", help="Read intake's passphrase from this descriptor."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the ledger, then sign and stage what it confirms to the sites; publish to a carrier next.

    Only what counts and was read back from the copy is confirmed: by that, sites may purge. The rest is held.
    """
    from keys.repository import Repository
    from results.centre.ledger import back_up
    from results.centre.receipts import make_receipt, stage_receipt

    opened, now = _open(centre, key, passphrase_fd), SystemClock().now().wall
    signer = _unlocked(intake or centre / KEYS / "intake.key", intake_passphrase_fd)
    copy = back_up(centre, opened.recipient, backup)
    store = Repository(centre / REPOSITORY, now)
    with opened.ledger.transaction() as books:
        chosen = sitting or books.sittings()
    made = [stage_receipt(store, make_receipt(opened, copy, one, now), opened, signer) for one in chosen]
    if any(one.new for one in made):
        store.sign(signer, "receipts")
    lines = [receipt_text(one) for one in made] or ["The ledger holds nothing that could be confirmed."]
    if any(one.new for one in made):
        lines.append("Next: exam-kiosk keys publish --to CARRIER")
    emit(as_json, {"receipts": [receipt_values(one) for one in made]}, "\n".join(lines))


@app.command()
def quarantine(
    centre: Folder, key: Key = None, passphrase_fd: PassphraseFd = None, as_json: Json = False
) -> None:
    """List what is in quarantine, each with its reason."""
    with _open(centre, key, passphrase_fd).ledger.transaction() as books:
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


def _open(folder: Path, key: Path | None, descriptor: int | None, *, make: bool = False) -> Centre:
    recipient = _unlocked(key or folder / KEYS / "centre.key", descriptor)
    return open_centre(folder, recipient, SystemClock().now(), make=make)


def _unlocked(path: Path, descriptor: int | None) -> PrivateIdentity:
    owner = load_owner(path)
    return load_private(path, read_passphrase(descriptor, f"passphrase of {owner.name}"))


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


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


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

"""`exam-kiosk results score | runs | show-run | compare`: score runs, and what a new one changes."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from keys.carrier import write_file
from keys.clock import SystemClock, utc
from keys.prompt import emit
from results.centre.cli.asking import (
    KEYS,
    Folder,
    Json,
    Key,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
    unlocked,
)
from results.centre.office import check_newest, check_same_key, find_run, score_all
from results.centre.rescoring import telling
from results.centre.rescoring.comparison import compare as compare_runs
from results.centre.rescoring.listing import listed, passed_withheld
from results.centre.retention.listing import erased_records
from results.centre.standing.books import standings
from results.centre.standing.rules import Standing

app = group()


@app.command()
def score(
    *,
    centre: Folder,
    exam_folder: Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")],
    equating: Annotated[
        Path | None,
        typer.Option("--equating", help="A signed equating table in place of the form's conversion table."),
    ] = None,
    key_version: Annotated[
        int | None, typer.Option("--key-version", min=1, help="A version of the key other than the newest.")
    ] = None,
    table_version: Annotated[
        int | None,
        typer.Option(
            "--table-version", min=1, help="A version of the conversion table other than the newest."
        ),
    ] = None,
    ledger: LedgerAt = None,
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

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    inputs = read_inputs(
        exam_folder,
        opened.trusted.keyring,
        key_version=key_version,
        table_version=table_version,
        equating=equating,
    )
    check_same_key(opened, inputs)
    if key_version is None:
        check_newest(opened, inputs)
    scorer = unlocked(scoring_key or centre / KEYS / "scoring.key", scoring_passphrase_fd)
    run, new = score_all(opened, inputs, scorer.signer(), version("exam-kiosk"), SystemClock().now())
    left_out = [f"  not scored: {one.candidate}, sitting {one.sitting}: {one.why}" for one in run.left_out]
    with opened.ledger.reading() as books:
        erased = erased_records(books, run.form_digest)
        passed, withheld = passed_withheld(books, run.run)
    missed = _counted(len(run.left_out))
    if erased:
        left_out.append(f"  {_counted(erased)} not in this run: their answers were erased.")
    emit(
        as_json,
        {
            "run": run.run,
            "new": new,
            "scored": len(run.scores),
            "passed": passed,
            "withheld": withheld,
            "left_out": [
                {"candidate": one.candidate, "sitting": one.sitting, "why": one.why} for one in run.left_out
            ],
            "erased": erased,
            "form": run.form,
            "key_version": run.key_version,
        },
        "\n".join(
            [
                f"Score run {run.run}{'' if new else ' (the same run as before)'}:",
                f"  {len(run.scores)} scored, {_passed(passed, withheld)}, {missed} not scored.",
                *left_out,
            ]
        ),
    )


@app.command("runs")
def list_runs(
    centre: Folder,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """List the score runs, oldest first."""
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    with opened.ledger.reading() as books:
        found = [(row, *passed_withheld(books, row.run)) for row in listed(books)]
    emit(
        as_json,
        {
            "runs": [
                {
                    "run": row.run,
                    "made_at": utc(row.made_at),
                    "exam": row.exam,
                    "form": row.form,
                    "key_version": row.key_version,
                    "scored": row.scored,
                    "passed": passed,
                    "withheld": withheld,
                    "software": row.software,
                }
                for row, passed, withheld in found
            ]
        },
        "\n".join(
            f"{row.run}  {utc(row.made_at)}  form {row.form}, key version {row.key_version}: "
            f"{row.scored} scored, {_passed(passed, withheld)}"
            for row, passed, withheld in found
        )
        or "Nothing was scored yet.",
    )


@app.command("show-run")
def show_run(
    run: Annotated[str, typer.Argument(help="The score run's name.")],
    centre: Folder,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show a run: what it was made with, every score with its profile and standard errors, and how each stands."""
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = find_run(opened, run)
    with opened.ledger.reading() as books:
        stand = standings(books, run)
    whole = msgspec.to_builtins(found)
    for values, one in zip(whole["scores"], found.scores, strict=True):
        values["standing"] = _standing(stand.get((one.sitting, one.candidate, one.attempt)))
    lines = [
        f"Score run {found.run}, form {found.form}, exam-kiosk {found.software}",
        f"  scoring key version {found.key_version}, SHA-256 {found.key_digest}",
        (
            f"  {'equating' if found.equating_digest else 'conversion'} table version {found.table_version}, "
            f"SHA-256 {found.equating_digest or found.table_digest}"
        ),
        *(
            f"  item {one.item} {one.adjustment.kind.value} by {one.adjustment.by}: {one.adjustment.reason}"
            for one in found.adjustments
        ),
    ]
    for one in found.scores:
        score, stands = one.score, stand.get((one.sitting, one.candidate, one.attempt))
        lines.append(
            f"  {one.candidate}, attempt {one.attempt}, sitting {one.sitting}: {score.scaled} "
            f"+/- {score.scaled_error / 1000:.0f}, {'passed' if score.passed else 'not passed'}"
            + (f" ({stands.state}: {stands.reason})" if stands else "")
        )
    lines += [
        f"  not scored: {left.candidate}, sitting {left.sitting}: {left.why}" for left in found.left_out
    ]
    emit(as_json, whole, "\n".join(lines))


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="The earlier run's name.")],
    after: Annotated[str, typer.Argument(help="The later run's name.")],
    centre: Folder,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every result to this file, as a table.")
    ] = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Compare two runs of a form candidate by candidate: who changed and why, who passes now, who is new or gone."""
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    runs = find_run(opened, before), find_run(opened, after)
    with opened.ledger.reading() as books:
        stand = {**standings(books, before), **standings(books, after)}
    found = compare_runs(*runs, {result: one.state for result, one in stand.items()})
    if csv:
        write_file(csv, telling.table(found).encode())
    emit(as_json, telling.values(found), telling.text(found))


def _standing(stands: Standing | None) -> dict[str, object] | None:
    return {**msgspec.to_builtins(stands), "at": utc(stands.at)} if stands else None


def _passed(passed: int, withheld: int) -> str:
    """How many pass of those that may be told, and how many may not be."""
    return f"{passed} passed" + (f", {withheld} withheld" if withheld else "")


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"

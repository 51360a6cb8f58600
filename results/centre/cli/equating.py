"""`exam-kiosk results equate | equating-table`: from responses to two forms to a table that is scored with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.prompt import emit
from results.centre.analysis.choices import Method
from results.centre.cli.analysis import AnalyseWhatError
from results.centre.cli.asking import (
    KEYS,
    Folder,
    Json,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
    unlocked,
)
from results.centre.cli.comparing import CentreFolder, CentreKey, ExamFolder, RunName

app = group()


@app.command()
def equate(
    x: Annotated[
        Path | None, typer.Argument(help="A CSV of responses to the form that is equated. None for runs.")
    ] = None,
    y: Annotated[
        Path | None, typer.Argument(help="A CSV of responses to the form that it is equated to.")
    ] = None,
    *,
    method: Annotated[
        Method,
        typer.Option("--method", help="Linear and equipercentile for random groups; else by an anchor."),
    ],
    anchor: Annotated[
        str | None,
        typer.Option(
            "--anchor", help="The anchor's items, with commas between; all that both have if not given."
        ),
    ] = None,
    key_x: Annotated[Path | None, typer.Option("--key-x", help="A CSV of the key of the first form.")] = None,
    key_y: Annotated[
        Path | None, typer.Option("--key-y", help="A CSV of the key of the second form.")
    ] = None,
    smooth: Annotated[
        int | None,
        typer.Option(
            "--smooth",
            min=2,
            max=10,
            help="Presmooth for equipercentile by a loglinear model that keeps this many moments.",
        ),
    ] = None,
    centre: CentreFolder = None,
    run: RunName = None,
    exam_folder: ExamFolder = None,
    base_run: Annotated[
        str | None, typer.Option("--base-run", help="The score run of the form that it is equated to.")
    ] = None,
    base: Annotated[
        Path | None, typer.Option("--base", help="The folder that `master` made, of that form.")
    ] = None,
    centre_key: CentreKey = None,
    ledger: LedgerAt = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Equate one form to another: the score on the second that stands for each raw score on the first."""
    from results.centre.analysis.equated import equate, equated_text, equated_values
    from results.centre.analysis.reading import read_responses

    items = None if anchor is None else [one.strip() for one in anchor.split(",") if one.strip()]
    ours = (centre, run, exam_folder, base_run, base)
    if x and y and not any(ours):
        forms = read_responses(x, key_x), read_responses(y, key_y)
    elif centre and run and exam_folder and base_run and base and not (x or y or key_x or key_y):
        from results.centre.analysis.seated import seated

        opened = opened_centre(centre, centre_key, passphrase_fd, ledger=ledger)
        forms = seated(opened, run, exam_folder).matrix, seated(opened, base_run, base).matrix
    else:
        raise AnalyseWhatError
    found = equate(*forms, method, items, smooth)
    emit(as_json, equated_values(found), equated_text(found))


@app.command()
def equating_table(
    equated: Annotated[Path, typer.Argument(help="What `results equate --json` wrote.")],
    *,
    centre: Folder,
    exam_folder: Annotated[
        Path, typer.Option("--exam-folder", help="The folder that `master` made, of the form.")
    ],
    base: Annotated[Path, typer.Option("--base", help="The same of the form that it was equated to.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, for `results score --equating`.")],
    scorer: Annotated[
        Path | None,
        typer.Option("--key", help="The scorer's locked key file; keys/scoring.key if not given."),
    ] = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Sign an equating: a table from the form's raw scores to scaled scores, by way of the base form."""
    from keys.trusted import local_repository
    from results.centre.equating_tables import make_equating_table, read_equated, write_equating_table
    from results.centre.office import REPOSITORY

    keyring = local_repository(centre / REPOSITORY, SystemClock().now()).keyring
    method, equivalents = read_equated(equated)
    table = make_equating_table(exam_folder, base, keyring, method, equivalents)
    write_equating_table(
        out, table, unlocked(scorer or centre / KEYS / "scoring.key", passphrase_fd).signer(), keyring
    )
    passing = next((raw for raw, scaled in enumerate(table.scaled) if scaled >= table.cut), None)
    emit(
        as_json,
        {
            "form": table.form,
            "base": table.base,
            "method": table.method,
            "version": table.version,
            "scaled": list(table.scaled),
            "cut": table.cut,
            "raw_cut": passing,
        },
        f"{table.form} equated to {table.base} by {table.method}, table version {table.version}.\n"
        f"The raw cut is {passing if passing is not None else 'out of reach'} (scaled {table.cut}).\n"
        "Next: exam-kiosk results score --equating, and compare the run with the one before.",
    )

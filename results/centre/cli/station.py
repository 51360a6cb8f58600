"""`exam-kiosk results station ...`: results on the day at an event, and handing them on to the centre.

The station is this program with a centre's folder of its own: its recipient key (named in the plans), its scoring key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.prompt import emit
from keys.text import sanitise
from results.centre.cli.asking import (
    KEYS,
    TO_LOOK_AT,
    Folder,
    Json,
    Key,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
    unlocked,
)

app = group()
station = group()
app.add_typer(station, name="station", help="A scoring station: results on the day, handed on to the centre.")

Run = Annotated[str, typer.Option("--run", help="The score run's name.")]


@station.command("import")
def import_(
    places: Annotated[list[Path], typer.Argument(metavar="PLACE...", help="Carriers, folders or files.")],
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Keep every file as it came, for the hand-over, then import it; score next with `results score`."""
    from results.centre.cli.intake import import_ as import_places
    from results.centre.importing import sources
    from results.centre.station.received import keep

    kept = keep(centre, sources(places))
    import_places([str(one) for one in kept], centre, key, passphrase_fd, ledger, as_json=as_json)


@station.command()
def slips(
    centre: Folder,
    run: Run,
    out: Annotated[Path, typer.Option("--out", help="The folder for the slips.")],
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Write a provisional slip for each candidate of a run, as text and as a PDF to print."""
    from results.centre.office import find_run
    from results.centre.station.slips import slips as slips_of
    from results.centre.station.slips import write_slips

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = find_run(opened, run)
    written = write_slips(slips_of(opened, found), out)
    left = [f"  no slip: {one.candidate}, sitting {one.sitting}: {one.why}" for one in found.left_out]
    emit(
        as_json,
        {"run": run, "slips": [str(one) for one in written], "without": len(left)},
        "\n".join([f"{len(written)} provisional slips in {out}.", *left]),
    )


@station.command("hand-over")
def hand_over(
    centre: Folder,
    run: Run,
    to: Annotated[Path, typer.Option("--to", help="The folder for the hand-over, on a drive.")],
    scoring_key: Annotated[
        Path | None,
        typer.Option("--scoring-key", help="The scorer's locked key file; keys/scoring.key if not given."),
    ] = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    scoring_passphrase_fd: Annotated[
        int | None,
        typer.Option("--scoring-passphrase-fd", help="Read the scorer's passphrase from this descriptor."),
    ] = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Write every received file and a signed manifest with the provisional results, sealed to the centre."""
    from results.centre.office import find_run
    from results.centre.station.handing import hand_over as hand

    opened, now = opened_centre(centre, key, passphrase_fd, ledger=ledger), SystemClock().now().wall
    signer = unlocked(scoring_key or centre / KEYS / "scoring.key", scoring_passphrase_fd).signer()
    done = hand(opened, centre, find_run(opened, run), signer, now, to)
    emit(
        as_json,
        {"folder": str(to), "files": done.files, "results": done.results, "run": run},
        f"{done.files} files and {done.results} provisional results in {to}.\n"
        f"Next, at the centre: exam-kiosk results import {to}; score; exam-kiosk results station check {to}",
    )


@station.command()
def check(
    handover: Annotated[
        Path, typer.Argument(metavar="HANDOVER", help="The folder that the station handed over.")
    ],
    centre: Folder,
    run: Run,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """At the centre: compare what the station told candidates with a run, and name every difference.

    Ends with status 3 where something differs or was not imported.
    """
    from results.centre.office import find_run
    from results.centre.station.handing import check as check_one

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = check_one(opened, handover, find_run(opened, run))
    header = found.handover.header
    lines = [
        f"Hand-over of {header.station}, run {header.run}, signed by {found.handover.signer}:",
        (
            f"  {len(header.files)} files, {len(found.not_imported)} of them not in the ledger;"
            f" {found.agree} results agree, {len(found.differences)} differ."
        ),
        *(f"  not imported: {sanitise(name, limit=200)}" for name in found.not_imported),
        *(f"  {one}" for one in found.differences),
    ]
    emit(
        as_json,
        {
            "station": header.station,
            "run": header.run,
            "files": len(header.files),
            "not_imported": list(found.not_imported),
            "agree": found.agree,
            "differences": list(found.differences),
        },
        "\n".join(lines),
    )
    if found.differences or found.not_imported:
        raise typer.Exit(TO_LOOK_AT)

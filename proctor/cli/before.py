"""`exam-kiosk proctor preflight`: the look at everything the day before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys import preflight as told
from keys.carrier import Carrier
from keys.clock import SystemClock
from keys.prompt import emit
from proctor.cli import asking
from proctor.cli.asking import Acting, CarrierAt, DeskAt, Json, PassphraseFd, Sitting

app = asking.group()


@app.command()
def preflight(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Sitting,
    paper: Annotated[
        Path | None, typer.Option(help="The folder for slips and closing page; else the desk's own.")
    ] = None,
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Look the desk and the carrier over before the exam: green, amber or red, and what to do.

    The release code is not asked for. Ends with status 1 where anything is red.
    """
    from proctor.preflight import Look, look_over
    from terminal.machine import look

    desk = asking.unlocked(at, passphrase_fd, proctor)
    here = Look(desk, Carrier(carrier), sitting, SystemClock(), look(), paper or at)
    results, support = look_over(here)
    emit(as_json, told.values(results, support), "\n".join(told.lines(results, support)))
    raise typer.Exit(told.status(results))

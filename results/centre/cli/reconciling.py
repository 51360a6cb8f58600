"""`exam-kiosk results reconcile`: what was planned against what came, site by site."""

from __future__ import annotations

from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.prompt import emit
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

app = group()


@app.command()
def reconcile(
    centre: Folder,
    sitting: Annotated[str, typer.Option("--sitting", help="Only this sitting.")] = "",
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show of every published sitting who is in which final state, what is missing, and what happened.

    Ends with status 3 where a person has something to look at.
    """
    from results.centre.reconciling import telling
    from results.centre.reconciling.gathering import reconciliation

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = reconciliation(opened, SystemClock().now().wall, sitting)
    emit(as_json, telling.to_json(found), telling.text(found))
    if found.open:
        raise typer.Exit(TO_LOOK_AT)

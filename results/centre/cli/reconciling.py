"""`exam-kiosk results reconcile | settle`: what was planned against what came, and what persons explain of it."""

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


@app.command()
def settle(
    *,
    centre: Folder,
    sitting: Annotated[str, typer.Option("--sitting", help="The sitting.")],
    what: Annotated[str, typer.Option("--what", help="The open thing, by words of it that no other has.")],
    by: Annotated[str, typer.Option("--by", help="The name of the person who explains it.")],
    reason: Annotated[str, typer.Option("--reason", help="The explanation.")],
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Settle for good what `reconcile` says of a sitting, such as a code that was never typed; it is told as settled.

    Should it come to say something else of it, that is open again. What is in quarantine is decided there.
    """
    from results.centre.reconciling.gathering import explain

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    done = explain(opened, sitting, what, (by, reason, SystemClock().now().wall))
    values = {"sitting": sitting, "words": done.words, "by": done.by, "reason": done.reason}
    emit(as_json, values, f"Settled by {done.by}: {done.words}")

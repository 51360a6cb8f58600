"""`exam-kiosk results receipts | confirm`: what the centre tells sites and candidates that it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.encoding import grouped
from keys.prompt import emit, read_code
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
from results.centre.office import REPOSITORY
from results.centre.telling import receipt_text, receipt_values

app = group()


@app.command()
def confirm(
    centre: Folder,
    code: Annotated[str | None, typer.Argument(help="The receipt code; asked for if not given.")] = None,
    code_fd: Annotated[
        int | None, typer.Option("--code-fd", help="Read the code from this descriptor.")
    ] = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Tell whose finished session a candidate's receipt code confirms."""
    from results.centre.confirm import confirm as find

    typed = code or read_code(code_fd, "receipt code")
    found = find(opened_centre(centre, key, passphrase_fd, ledger=ledger), typed)
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
def receipts(
    centre: Folder,
    backup: Annotated[
        Path, typer.Option("--backup", help="The folder for a copy of the ledger, on another drive.")
    ],
    sitting: Annotated[
        list[str] | None, typer.Option("--sitting", help="Only this sitting; repeat. Else every one.")
    ] = None,
    ledger: LedgerAt = None,
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
    from results.centre.receipts import make_receipt, stage_receipt

    opened, now = opened_centre(centre, key, passphrase_fd, ledger=ledger), SystemClock().now().wall
    signer = unlocked(intake or centre / KEYS / "intake.key", intake_passphrase_fd)
    copy = opened.ledger.back_up(opened.recipient, backup)
    store = Repository(centre / REPOSITORY, now)
    with opened.ledger.reading() as books:
        chosen = sitting or books.sittings()
    made = [stage_receipt(store, make_receipt(opened, copy, one, now), opened, signer) for one in chosen]
    if any(one.new for one in made):
        store.sign(signer, "receipts")
    lines = [receipt_text(one) for one in made] or ["The ledger holds nothing that could be confirmed."]
    if any(one.new for one in made):
        lines.append(
            f"Next: exam-kiosk keys publish {centre / REPOSITORY} --key PUBLISHER.key --carrier CARRIER"
        )
    emit(as_json, {"receipts": [receipt_values(one) for one in made]}, "\n".join(lines))

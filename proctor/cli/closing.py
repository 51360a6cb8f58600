"""`exam-kiosk proctor status | close | bundle | purge`: what comes back on carriers, and the end of the sitting."""

from __future__ import annotations

from pathlib import Path

import typer

from keys.carrier import Carrier
from keys.clock import SystemClock, utc
from keys.prompt import emit
from proctor import board, purging
from proctor.board import Status
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, CarrierAt, Chosen, DeskAt, Json, MaybeCarrier, PassphraseFd
from proctor.collect import collect, write_bundle
from proctor.commands import CloseSitting
from proctor.runner import Desk
from proctor.sitting import Phase

app = asking.group()

SOMETHING_LEFT = 3
"""The status of a purge that removed nothing, because something is not confirmed."""


@app.command()
def status(
    at: DeskAt,
    carrier: MaybeCarrier = None,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Take in the records on the carrier, if one is named, and show where everyone stands."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        shown = _look(opened, carrier, quiet=as_json)
        emit(as_json, telling.plain(shown), telling.status_text(shown))


@app.command()
def close(
    at: DeskAt,
    carrier: MaybeCarrier = None,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Close the sitting, once every candidate has one final state. Records on the carrier are taken in first."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        shown = _look(opened, carrier, quiet=as_json)
        if opened.state.phase is not Phase.CLOSED:
            opened.submit(CloseSitting(opened.proctor))
        outcomes = opened.state.reconciliation().outcomes()
        total = " + ".join(f"{state} {count}" for state, count in outcomes.items() if count)
        lines = [
            f"Closed: {shown.sitting}, {utc(opened.state.closed_at)}.",
            f"Authorised {shown.authorised} = {total}",
            *telling.refused_text(shown),
            "Next: exam-kiosk proctor bundle",
        ]
        data = {
            "sitting": shown.sitting,
            "closed_at": opened.state.closed_at,
            "authorised": shown.authorised,
            "outcomes": outcomes,
            "refused": telling.plain(shown)["refused"],
        }
        emit(as_json, data, "\n".join(lines))


@app.command()
def bundle(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the closed sitting's bundle to the carrier for the centre; run it again for a second carrier."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        name, digest = write_bundle(opened, Carrier(carrier))
        count = len(opened.state.records)
        records = "1 record" if count == 1 else f"{count} records"
        text = f"Written and read back: {name}, {records}.\nNext: do the same on a second carrier."
        emit(as_json, {"bundle": name, "digest": digest, "records": count}, text)


@app.command()
def purge(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Remove a sitting from this desk once the receipt on the carrier confirms all of it; run it again if it stops.

    Ends with status 3, and removes nothing, where anything is not confirmed.
    """
    folder = asking.unlocked(at, passphrase_fd, proctor)
    done = purging.purge(folder, Carrier(carrier), sitting or folder.read().current, SystemClock())
    lines = [f"{name}: [{why.code}] {why.what}" for name, why in done.unconfirmed]
    last = f"Purged: {done.sitting}. {purging.NO_PROMISE}" if done.gone else "Nothing was removed."
    data = {
        "sitting": done.sitting,
        "gone": done.gone,
        "unconfirmed": [{"name": name, "code": why.code, "what": why.what} for name, why in done.unconfirmed],
        "not_promised": purging.NO_PROMISE,
    }
    emit(as_json, data, "\n".join([*lines, last]))
    if not done.gone:
        raise typer.Exit(SOMETHING_LEFT)


def _look(opened: Desk, carrier: Path | None, *, quiet: bool) -> Status:
    def told(done: int, total: int) -> None:
        telling.aside(f"Records looked at: {done} of {total}", quiet=quiet)

    seen = collect(opened, Carrier(carrier), told) if carrier else None
    return board.status(opened.state, seen, opened.time_limit)

"""`exam-kiosk proctor enrol | open | rebuild | codes`: until the first candidate is admitted."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from keys.carrier import Carrier
from keys.clock import SystemClock
from keys.encoding import grouped
from keys.prompt import emit, read_code, read_passphrase
from keys.trusted import first_root
from proctor import board, desk
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, CarrierAt, Chosen, CodeFd, DeskAt, Json, PassphraseFd, Sitting
from proctor.commands import ShowCodes
from proctor.opening import Opening, issue_unlocks, prepare
from proctor.runner import Desk

app = asking.group()

ByFd = Annotated[int | None, typer.Option(help="Read their passphrase from this file descriptor.")]


@app.command()
def enrol(
    at: DeskAt,
    site: Annotated[str, typer.Option(help="The site's short name.")],
    name: Annotated[str, typer.Option(help="Your short name: lower-case letters, digits, dashes.")],
    carrier: CarrierAt,
    root_fingerprint: Annotated[str, typer.Option(help="From the centre's paper; asked for if absent.")] = "",
    by: Annotated[str, typer.Option("--by", help="The proctor of this desk who adds you to it.")] = "",
    passphrase_fd: PassphraseFd = None,
    by_fd: ByFd = None,
    as_json: Json = False,
) -> None:
    """Make your key on this desk and put the request to approve it on the carrier.

    A desk may hold the keys of several proctors; one who is there already adds the next.
    """
    drive = Carrier(carrier)
    first_root(drive)
    held = desk.owners(at)
    new = all(one.name != name for one in held)
    adding = asking.unlocked(at, by_fd, by) if held and (new or by) else None
    typed = root_fingerprint or read_code(None, "root fingerprint, from the centre's paper")
    passphrase = read_passphrase(passphrase_fd, f"passphrase for {name}", confirm=new)
    done = desk.enrol(at, site, name, drive, typed, passphrase, by=adding)
    shown = grouped(done.identity.fingerprint, 4)
    text = f"Request written: {done.request}\nFingerprint to read to the centre: {shown}"
    emit(as_json, {"request": done.request, "fingerprint": done.identity.fingerprint}, text)


@app.command("open")
def open_sitting(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Sitting,
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    code_fd: CodeFd = None,
    as_json: Json = False,
) -> None:
    """Open a sitting: check the carrier, take the release code, write an unlock file for every kiosk."""
    drive = Carrier(carrier)
    found = prepare(asking.unlocked(at, passphrase_fd, proctor), drive, sitting, SystemClock())
    opened_before = found.opened_before
    if opened_before:
        opened = found.reopen()
    else:
        telling.aside(f"{sitting}: carrier, plan and package are in order.", quiet=as_json)
        opened = found.open(read_code(code_fd, "release code"), software=version("exam-kiosk"))
    with opened:
        names = _unlock(opened, found, drive, as_json)
        data = {
            "sitting": sitting,
            "mode": opened.plan.mode.value,
            "candidates": len(opened.plan.roster),
            "kiosks": len(names),
            "unlocks": list(names),
            "opened_before": opened_before,
        }
        text = (
            f"Open: {sitting}, {len(opened.plan.roster)} candidates, {len(names)} kiosks.\n"
            "Next: exam-kiosk proctor codes; then take the carrier to each kiosk."
        )
        emit(as_json, data, text)


@app.command()
def codes(
    at: DeskAt,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show the start code of every kiosk and the admission code of every candidate."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        opened.submit(ShowCodes(opened.proctor))
        shown = board.codes(opened)
        emit(as_json, telling.plain(shown), telling.codes_text(shown))


def _unlock(opened: Desk, found: Opening, drive: Carrier, quiet: bool) -> tuple[str, ...]:
    """The unlock files of every kiosk, told one by one."""
    total = len(opened.plan.kiosks)
    telling.aside(f"Writing {total} unlock files; each takes about a second.", quiet=quiet)
    return issue_unlocks(
        opened, drive, found.floor, told=lambda kiosk: telling.aside(f"  {kiosk}", quiet=quiet)
    )

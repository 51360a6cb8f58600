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
from proctor.refusals import SittingOpenAlreadyError
from proctor.runner import Desk

app = asking.group()

REBUILT = (
    "This desk does not know what the first one did:",
    "- Kiosks that run go on. Admission and start codes are the same as before.",
    "- A kiosk that stopped shows a resume number: proctor resume-code --kiosk NAME --number N.",
    "- Who sits already: note identity and admit again, at the kiosk where they sit; then codes for them can be given.",
    "- Write down again who was refused or is absent, and every incident.",
    "Next: exam-kiosk proctor codes",
)

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
def rebuild(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Sitting,
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    code_fd: CodeFd = None,
    as_json: Json = False,
) -> None:
    """Go on with a sitting on this desk when the desk that opened it is lost: carrier, your key and the release code.

    Shut the first desk down for good before you do this.
    """
    drive = Carrier(carrier)
    found = prepare(asking.unlocked(at, passphrase_fd, proctor), drive, sitting, SystemClock())
    if found.opened_before:
        raise SittingOpenAlreadyError(sitting=sitting)
    code = read_code(code_fd, "release code")
    with found.open(code, software=version("exam-kiosk"), rebuilt=True) as opened:
        names = _unlock(opened, found, drive, as_json)
        data = {"sitting": sitting, "kiosks": len(names), "unlocks": list(names), "rebuilt": True}
        emit(as_json, data, "\n".join((f"Rebuilt: {sitting}, {len(names)} kiosks.", *REBUILT)))


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

"""`exam-kiosk kiosk ...`: enrol this machine, run it for a candidate, export its records, see where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from keys.carrier import Carrier
from keys.encoding import grouped
from keys.errors import ExamKioskError
from keys.identities import request
from keys.prompt import emit, read_code
from keys.trusted import first_root, pin
from kiosk import handover, launch, salvaging, station
from kiosk.seating import asked_for
from kiosk.station import Seat, Station
from terminal.supervisor import REFUSED, SupervisorError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

SOMETHING_LEFT = 3
"""The status of a command that did a part of what was asked, and named the rest."""

StationAt = Annotated[Path, typer.Option("--station", help="This kiosk's folder.")]
CarrierAt = Annotated[Path, typer.Option("--carrier", help="Where the carrier is mounted.")]
Linear = Annotated[
    bool,
    typer.Option(
        "--linear", help="Tell everything line after line, for speech, braille and serial consoles."
    ),
]
MirrorAt = Annotated[
    Path | None,
    typer.Option("--mirror", help="A folder of a second drive, to keep a copy of what is saved."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


class TerminalMissingError(ExamKioskError):
    """`run` without a terminal to lock and draw on."""

    code = SupervisorError.code
    what = SupervisorError.what
    next_step = SupervisorError.next_step


@app.command()
def enrol(
    at: StationAt,
    site: Annotated[str, typer.Option(help="The site's short name.")],
    name: Annotated[str, typer.Option(help="The kiosk's short name, such as kiosk-01.")],
    carrier: CarrierAt,
    root_fingerprint: Annotated[str, typer.Option(help="From the centre's paper; asked for if absent.")] = "",
    as_json: Json = False,
) -> None:
    """Make this kiosk's keys and put the request to approve them on the carrier."""
    drive = Carrier(carrier)
    if (at / station.KEYS).exists():
        enrolled = Station(at).matching(site, name)
    else:
        first_root(drive)
        typed = root_fingerprint or read_code(None, "root fingerprint, from the centre's paper")
        enrolled = station.enrol(at, site, name, pin(drive, typed))
    asked = f"requests/kiosk-{site}-{name}.json"
    drive.write(asked, request(enrolled.private))
    fingerprint = enrolled.identity.fingerprint
    text = f"Request written: {asked}\nFingerprint to read to the centre: {grouped(fingerprint, 4)}"
    emit(as_json, {"request": asked, "fingerprint": fingerprint}, text)


@app.command()
def run(at: StationAt, carrier: CarrierAt, linear: Linear = False, mirror: MirrorAt = None) -> None:
    """Lock this terminal and run the exam on it, from the start code to the last screen."""
    _fit(at)
    with _on_a_terminal():
        status = launch.run(at, carrier, linear=linear, mirror=mirror)
    if status == REFUSED:
        _fit(at)
    raise typer.Exit(status)


@app.command()
def preflight(
    at: StationAt,
    carrier: CarrierAt,
    sitting: Annotated[str, typer.Option(help="The sitting's id; else the next one on the carrier.")] = "",
    mirror: MirrorAt = None,
    as_json: Json = False,
) -> None:
    """Look this kiosk and the carrier over before the exam: green, amber or red, and what to do.

    Run it on the console of the day. Ends with status 1 where anything is red.
    """
    from keys import preflight as told
    from keys.clock import SystemClock
    from kiosk.preflight import look_over
    from terminal.machine import look

    here = look(try_locks=True)
    results, support = look_over(at, Carrier(carrier), SystemClock(), here, sitting=sitting, mirror=mirror)
    text = told.lines(results, support)
    emit(as_json, told.values(results, support), "\n".join(text))
    raise typer.Exit(told.status(results))


@app.command()
def practice(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A practice file (.ekpractice).")],
    linear: Linear = False,
) -> None:
    """Practise by area with the reason after each question, and a profile; nothing here is an exam."""
    from kiosk.practice.launch import practise

    with _on_a_terminal():
        raise typer.Exit(practise(file, linear=linear))


@app.command()
def preview(
    bank: Annotated[Path, typer.Argument(metavar="BANK_DIR", help="A bank's folder.")],
    linear: Linear = False,
) -> None:
    """Show authors a bank on the screens that a candidate will see; nothing is recorded."""
    from kiosk.practice.launch import preview as show

    with _on_a_terminal():
        raise typer.Exit(show(bank, linear=linear))


@app.command()
def export(at: StationAt, carrier: CarrierAt, as_json: Json = False) -> None:
    """Put every sealed record of this kiosk on the carrier again, each read back; nothing is ever deleted here."""
    known = Station(at)
    done = handover.export(known, Carrier(carrier))
    lines = [f"{one.name}  read back" for one in done] or ["There is no sealed record on this kiosk."]
    values = {"exported": [{"name": one.name, "digest": one.digest} for one in done]}
    emit(as_json, values, "\n".join(lines))


@app.command()
def salvage(at: StationAt, carrier: CarrierAt, as_json: Json = False) -> None:
    """Put what the sittings on a kiosk's disk left on the carrier, for the centre; nothing of it is opened.

    The folder may be on a dead machine's disk that is mounted here. Ends with status 3 where something was left.
    """
    done = salvaging.salvage(at, Carrier(carrier))
    lines = [f"{one.source} -> {one.name}  read back" for one in done.taken]
    lines += [f"{one.source} was left: [{one.why.code}] {one.why.what}" for one in done.left]
    values = {
        "taken": [{"source": one.source, "name": one.name, "digest": one.digest} for one in done.taken],
        "left": [{"source": one.source, "code": one.why.code, "what": one.why.what} for one in done.left],
    }
    emit(as_json, values, "\n".join([*lines, "Keep the disk until the centre has confirmed what is on it."]))
    if done.left:
        raise typer.Exit(SOMETHING_LEFT)


@app.command()
def purge(at: StationAt, carrier: CarrierAt, as_json: Json = False) -> None:
    """Remove what the centre's receipts on this carrier confirm, and nothing else; run it again after a power cut.

    Ends with status 3 where something stays, each with its reason.
    """
    from keys.clock import SystemClock
    from kiosk import purging

    done = purging.purge(Station(at), Carrier(carrier), SystemClock())
    lines = [f"{name}  gone" for name in done.gone]
    lines += [f"{name}  stays: [{why.code}] {why.what}" for name, why in done.stayed]
    lines.append(purging.NO_PROMISE if done.gone else "Nothing was removed.")
    values = {
        "gone": list(done.gone),
        "stayed": [{"name": name, "code": why.code, "what": why.what} for name, why in done.stayed],
        "not_promised": purging.NO_PROMISE,
    }
    emit(as_json, values, "\n".join(lines))
    if done.stayed:
        raise typer.Exit(SOMETHING_LEFT)


@app.command()
def status(at: StationAt, as_json: Json = False) -> None:
    """Say who this kiosk is, which sittings it has seen and what waits in its outbox; no item is opened."""
    known = Station(at)
    seats = [_seat(known, seat) for seat in known.file.seats]
    outbox = [f"{path.parent.name}/{path.name}" for path in handover.waiting(known)]
    who = known.identity
    head = f"Kiosk {who.name}, site {who.site}, fingerprint {grouped(who.fingerprint, 4)}"
    lines = [head, *(f"{seat['sitting']}: {seat['state']}" for seat in seats), *outbox]
    values = {
        "kiosk": who.name,
        "site": who.site,
        "fingerprint": who.fingerprint,
        "wrong_codes": known.file.tries,
        "sittings": seats,
        "outbox": outbox,
    }
    emit(as_json, values, "\n".join(lines))


def _seat(known: Station, seat: Seat) -> dict[str, object]:
    if not known.sitting(seat.sitting).exists() and not handover.kept(known, seat).exists():
        state, n = "over, and nothing of it is left here", 0
    elif seat.ending is not None:
        state, n = f"sealed, {seat.ending.outcome}", 0
    else:
        n = asked_for(known, seat)
        state = f"open, resumes with code {n}"
    return {"sitting": seat.sitting, "session": seat.session, "state": state, "resume_n": n}


@contextmanager
def _on_a_terminal() -> Iterator[None]:
    try:
        yield
    except SupervisorError:
        raise TerminalMissingError from None


def _fit(at: Path) -> None:
    """Whether the exam may run in this folder. Raises as `Station` and `Station.alone`."""
    with Station(at).alone():
        pass

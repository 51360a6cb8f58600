"""`exam-kiosk proctor ...`: enrol a desk, open a sitting, give codes, see where it stands, close it, bundle it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.cells import cell_len, set_cell_size

from keys.carrier import Carrier
from keys.clock import SystemClock, utc
from keys.encoding import grouped
from keys.prompt import emit, read_code, read_passphrase
from keys.trusted import first_root
from proctor import board, desk
from proctor.board import CandidateRow, Codes, Status
from proctor.collect import collect, write_bundle
from proctor.commands import Admit, CloseSitting, DeclareAbsence, IssueResumeCode, ShowCodes
from proctor.desk import DeskFolder, unlock_desk
from proctor.opening import issue_unlocks, prepare
from proctor.refusals import SeatMissingError
from proctor.runner import Desk
from proctor.sitting import Phase
from results.wire.closing import FinalState
from results.wire.sitting_events import ResumeCodeIssued

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

DeskAt = Annotated[Path, typer.Option("--desk", help="The desk's folder.")]
CarrierAt = Annotated[Path, typer.Option("--carrier", help="Where the carrier is mounted.")]
MaybeCarrier = Annotated[Path | None, typer.Option("--carrier", help="Where the carrier is mounted.")]
Chosen = Annotated[str, typer.Option("--sitting", help="Another sitting than the one opened last.")]
PassphraseFd = Annotated[int | None, typer.Option(help="Read the passphrase from this file descriptor.")]
CodeFd = Annotated[int | None, typer.Option(help="Read the release code from this file descriptor.")]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
KioskName = Annotated[str, typer.Option("--kiosk", help="The kiosk's name, such as kiosk-01.")]


class Word(enum.StrEnum):
    """What a proctor may say of a candidate."""

    NO_SHOW = "no-show"
    TURNED_AWAY = "turned-away"
    WITHDRAWN = "withdrawn"
    UNFINISHED = "unfinished"
    VOIDED = "voided"


@app.command()
def enrol(
    at: DeskAt,
    site: Annotated[str, typer.Option(help="The site's short name.")],
    name: Annotated[str, typer.Option(help="Your short name: lower-case letters, digits, dashes.")],
    carrier: CarrierAt,
    root_fingerprint: Annotated[str, typer.Option(help="From the centre's paper; asked for if absent.")] = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make this desk's key and put the request to approve it on the carrier."""
    drive = Carrier(carrier)
    first_root(drive)
    typed = root_fingerprint or read_code(None, "root fingerprint, from the centre's paper")
    new = desk.owner(at) is None
    passphrase = read_passphrase(passphrase_fd, f"passphrase for {name}", confirm=new)
    done = desk.enrol(at, site, name, drive, typed, passphrase)
    shown = grouped(done.identity.fingerprint, 4)
    text = f"Request written: {done.request}\nFingerprint to read to the centre: {shown}"
    emit(as_json, {"request": done.request, "fingerprint": done.identity.fingerprint}, text)


@app.command("open")
def open_sitting(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Annotated[str, typer.Option(help="The sitting's id, from the centre's letter.")],
    passphrase_fd: PassphraseFd = None,
    code_fd: CodeFd = None,
    as_json: Json = False,
) -> None:
    """Open a sitting: check the carrier, take the release code, write an unlock file for every kiosk."""
    drive = Carrier(carrier)
    opening = prepare(_unlocked(at, passphrase_fd), drive, sitting, SystemClock())
    opened_before = opening.opened_before
    if opened_before:
        opened = opening.reopen()
    else:
        _aside(f"{sitting}: carrier, plan and package are in order.", quiet=as_json)
        opened = opening.open(read_code(code_fd, "release code"), software=version("exam-kiosk"))
    with opened:
        total = len(opened.plan.kiosks)
        _aside(f"Writing {total} unlock files; each takes about a second.", quiet=as_json)
        names = issue_unlocks(
            opened, drive, opening.floor, told=lambda kiosk: _aside(f"  {kiosk}", quiet=as_json)
        )
        data = {
            "sitting": sitting,
            "mode": opened.plan.mode.value,
            "candidates": len(opened.plan.roster),
            "kiosks": total,
            "unlocks": list(names),
            "opened_before": opened_before,
        }
        text = (
            f"Open: {sitting}, {len(opened.plan.roster)} candidates, {total} kiosks.\n"
            "Next: exam-kiosk proctor codes; then take the carrier to each kiosk."
        )
        emit(as_json, data, text)


@app.command()
def codes(
    at: DeskAt, sitting: Chosen = "", passphrase_fd: PassphraseFd = None, as_json: Json = False
) -> None:
    """Show the start code of every kiosk and the admission code of every candidate."""
    with _opened(at, sitting, passphrase_fd) as opened:
        opened.submit(ShowCodes(opened.proctor))
        shown = board.codes(opened)
        emit(as_json, _plain(shown), _codes_text(shown))


@app.command()
def resume_code(
    at: DeskAt,
    kiosk: KioskName,
    number: Annotated[
        int | None, typer.Option(help="The number on the kiosk's screen, if it asks again.")
    ] = None,
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give a kiosk that stopped its next resume code."""
    with _opened(at, sitting, passphrase_fd) as opened:
        fingerprint = opened.state.kiosk_called(kiosk)
        events = opened.submit(IssueResumeCode(fingerprint, opened.proctor, number))
        fresh = isinstance(events[0], ResumeCodeIssued)
        n = number or opened.state.resumes[fingerprint]
        code = grouped(opened.resume_code(fingerprint, n))
        lines = [f"{kiosk}, resume code {n}:  {code}", "Read it aloud in groups of three."]
        if not fresh:
            lines.append(f"Code {n} was given before. If the kiosk took it then, stop and call support.")
        data = {"kiosk": kiosk, "number": n, "resume_code": code, "given_before": not fresh}
        emit(as_json, data, "\n".join(lines))


@app.command()
def admit(
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    at: DeskAt,
    kiosk: Annotated[str, typer.Option("--kiosk", help="Another kiosk than the planned one.")] = "",
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give a candidate the admission code for their kiosk, or for another one."""
    with _opened(at, sitting, passphrase_fd) as opened:
        entry = opened.state.entry(candidate)
        before = opened.state.seat(entry)
        seat = opened.state.kiosk_called(kiosk) if kiosk else before
        if not seat:
            raise SeatMissingError(candidate=candidate)
        opened.submit(Admit(candidate, seat, opened.proctor))
        shown = board.admission(opened, entry)
        lines = [f"{shown.candidate}  {shown.name}  {shown.kiosk}:  {shown.admission_code}"]
        if before and before != seat:
            old = opened.state.kiosk_name(before)
            lines.append(f"Keep {old} off: {candidate} must not sign in there too.")
        emit(as_json, _plain(shown), "\n".join(lines))


@app.command()
def status(
    at: DeskAt,
    carrier: MaybeCarrier = None,
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Take in the records on the carrier, if one is named, and show where everyone stands."""
    with _opened(at, sitting, passphrase_fd) as opened:
        shown = _look(opened, carrier)
        emit(as_json, _plain(shown), _status_text(shown))


@app.command()
def absent(
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    at: DeskAt,
    word: Annotated[Word, typer.Option("--as", help="What happened.")],
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Say what happened to a candidate who has no record, or void one who has."""
    with _opened(at, sitting, passphrase_fd) as opened:
        opened.submit(DeclareAbsence(candidate, FinalState[word.name], opened.proctor))
        name = board.shown(opened.state.entry(candidate).name)
        emit(
            as_json,
            {"candidate": candidate, "name": name, "state": word.value},
            f"{candidate}  {name}: {word}",
        )


@app.command()
def close(
    at: DeskAt,
    carrier: MaybeCarrier = None,
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Close the sitting, once every candidate has one final state. Records on the carrier are taken in first."""
    with _opened(at, sitting, passphrase_fd) as opened:
        shown = _look(opened, carrier)
        if opened.state.phase is not Phase.CLOSED:
            opened.submit(CloseSitting(opened.proctor))
        outcomes = opened.state.reconciliation().outcomes()
        total = " + ".join(f"{state} {count}" for state, count in outcomes.items() if count)
        closed = utc(opened.state.closed_at)
        lines = [
            f"Closed: {shown.sitting}, {closed}.",
            f"Authorised {shown.authorised} = {total}",
            *_refused_text(shown),
            "Next: exam-kiosk proctor bundle",
        ]
        data = {
            "sitting": shown.sitting,
            "closed_at": opened.state.closed_at,
            "authorised": shown.authorised,
            "outcomes": outcomes,
            "refused": _plain(shown)["refused"],
        }
        emit(as_json, data, "\n".join(lines))


@app.command()
def bundle(
    at: DeskAt,
    carrier: CarrierAt,
    sitting: Chosen = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the closed sitting's bundle to the carrier for the centre; run it again for a second carrier."""
    with _opened(at, sitting, passphrase_fd) as opened:
        name, digest = write_bundle(opened, Carrier(carrier))
        count = len(opened.state.records)
        records = "1 record" if count == 1 else f"{count} records"
        text = f"Written and read back: {name}, {records}.\nNext: do the same on a second carrier."
        emit(as_json, {"bundle": name, "digest": digest, "records": count}, text)


def _unlocked(at: Path, passphrase_fd: int | None) -> DeskFolder:
    held = desk.owner(at)
    label = f"passphrase of {held.name}" if held else "passphrase"
    return unlock_desk(at, read_passphrase(passphrase_fd, label))


def _opened(at: Path, sitting: str, passphrase_fd: int | None) -> Desk:
    return Desk(_unlocked(at, passphrase_fd), sitting, SystemClock())


def _look(opened: Desk, carrier: Path | None) -> Status:
    seen = collect(opened, Carrier(carrier)) if carrier else None
    return board.status(opened.state, seen)


def _aside(line: str, *, quiet: bool) -> None:
    if not quiet:
        typer.echo(line, err=True)


def _plain(row: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    return plain


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [heads, *rows]
    widths = [max(cell_len(row[place]) for row in cells) for place in range(len(heads))]
    return [
        "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _codes_text(shown: Codes) -> str:
    starts = ((row.kiosk, row.start_code, "spare" if row.spare else "") for row in shown.kiosks)
    admissions = ((row.candidate, row.name, row.kiosk, row.admission_code) for row in shown.candidates)
    return "\n".join(
        [
            "Type the start code at each kiosk. Read aloud in groups of three.",
            *_table(("KIOSK", "START CODE", ""), starts),
            "",
            "After checking identity, give each candidate their number and admission code.",
            *_table(("NUMBER", "NAME", "KIOSK", "ADMISSION CODE"), admissions),
        ]
    )


def _status_text(shown: Status) -> str:
    rows = ((row.candidate, row.name, row.kiosk, _told(row)) for row in shown.candidates)
    kiosks = (
        (row.kiosk, row.candidate or ("spare" if row.spare else "free"), str(row.resumes), row.record)
        for row in shown.kiosks
    )
    done = f"{shown.settled} of {shown.authorised} have a final state"
    left = f"; still open: {', '.join(shown.unsettled)}." if shown.unsettled else "; ready to close."
    return "\n".join(
        [
            f"{shown.sitting}, {shown.phase}. Records: {shown.new} new, {shown.known} known.",
            *_table(("NUMBER", "NAME", "KIOSK", "STATE"), rows),
            "",
            *_table(("KIOSK", "SEAT OF", "RESUMES", "RECORD"), kiosks),
            "",
            done + (left if shown.phase != Phase.CLOSED else "."),
            *_refused_text(shown),
        ]
    )


def _told(row: CandidateRow) -> str:
    return f"{row.state}, {row.count} lines" if row.count else row.state


def _refused_text(shown: Status) -> list[str]:
    lines: list[str] = []
    for row in shown.refused:
        lines += [f"Not taken: {row.file} [{row.code}] {row.what}", f"  next: {row.next}"]
    return lines

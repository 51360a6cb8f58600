"""`exam-kiosk proctor break-over | add-time | take-time | end | void | pause-room | resume-room | move | issued`.

Codes that are read aloud and typed at a kiosk. Each is in the journal before it is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.carrier import Carrier
from keys.clock import utc
from keys.codes import Verb
from keys.encoding import grouped
from keys.prompt import emit
from proctor import board
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, Candidate, Chosen, DeskAt, Json, MaybeCarrier, PassphraseFd
from proctor.cli.telling import READ
from proctor.collect import newest_copy
from proctor.commands import IssueAction, IssueRoomCode, MoveCandidate, ShowAgain
from proctor.runner import Desk
from results.wire import acts

app = asking.group()

Minutes = Annotated[int, typer.Option("--minutes", help="How many minutes, 1 to 240.")]
Second = Annotated[
    str, typer.Option("--second", help="The second proctor, who agrees with their passphrase.")
]
SecondFd = Annotated[int | None, typer.Option(help="Read their passphrase from this file descriptor.")]
ForTime = Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.TIME)}.")]


@app.command()
def break_over(
    candidate: Candidate,
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.BREAK_OVER)}.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the code that ends a candidate's break, or lets one go on who was held."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        command = IssueAction(candidate, Verb.BREAK_OVER, 0, reason, opened.proctor)
        _act(opened, command, "break over", as_json)


@app.command()
def add_time(
    candidate: Candidate,
    at: DeskAt,
    minutes: Minutes,
    reason: ForTime,
    second: Second = "",
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    second_fd: SecondFd = None,
    as_json: Json = False,
) -> None:
    """Give the code that adds exam time; beyond what one proctor may add, a second one agrees here."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        command = IssueAction(candidate, Verb.ADD, minutes, reason, opened.proctor)
        if second:
            command = _agreed(at, opened, command, second, second_fd)
        _act(opened, command, f"add {minutes} minutes", as_json)


@app.command()
def take_time(
    candidate: Candidate,
    at: DeskAt,
    minutes: Minutes,
    reason: ForTime,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the code that takes exam time; a minute is always left."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        command = IssueAction(candidate, Verb.TAKE, minutes, reason, opened.proctor)
        _act(opened, command, f"take {minutes} minutes", as_json)


@app.command()
def end(
    candidate: Candidate,
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.END)}.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the code that ends a candidate's test; what was answered counts."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        _act(opened, IssueAction(candidate, Verb.END, 0, reason, opened.proctor), "end the test", as_json)


@app.command()
def void(
    candidate: Candidate,
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.VOID)}.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the code that ends a candidate's test so that nothing of it counts."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        _act(opened, IssueAction(candidate, Verb.VOID, 0, reason, opened.proctor), "void the test", as_json)


@app.command()
def pause_room(
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.ROOM_PAUSE)}.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the one code that pauses every kiosk of the room."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        _room(opened, IssueRoomCode(True, reason, opened.proctor), "pause the room", as_json)


@app.command()
def resume_room(
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.ROOM_RESUME)}.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the one code that lets every kiosk of the room go on."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        _room(opened, IssueRoomCode(False, reason, opened.proctor), "resume the room", as_json)


@app.command()
def move(
    candidate: Candidate,
    at: DeskAt,
    kiosk: Annotated[str, typer.Option("--kiosk", help="The free kiosk where the candidate goes on.")],
    minutes: Annotated[int, typer.Option("--minutes", help="The minutes of exam time that were left.")],
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.MOVE)}.")],
    checkpoint: Annotated[
        str, typer.Option(help="The last checkpoint code of the kiosk that is left; else the carrier's copy.")
    ] = "",
    carrier: MaybeCarrier = None,
    *,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give the code with which a candidate goes on at another kiosk; the one that is left gets no code any more."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        fingerprint = opened.state.kiosk_called(kiosk)
        written = ""
        if not checkpoint:
            copy = newest_copy(opened, candidate, Carrier(carrier) if carrier else None)
            checkpoint, written = copy.checkpoint, utc(copy.at, seconds=True)
        issued = opened.move(
            MoveCandidate(candidate, fingerprint, checkpoint, minutes, reason, opened.proctor)
        )
        code, source = grouped(issued.code), opened.state.kiosk_name(issued.event.source)
        data = {
            "candidate": candidate,
            "source": source,
            "kiosk": kiosk,
            "code": code,
            "checkpoint": grouped(issued.event.checkpoint),
            "copy_written_at": written,
            "minutes": minutes,
            "serial": issued.event.serial,
        }
        lines = (
            *(
                (f"The checkpoint is that of the copy on the carrier, written at {written}.",)
                if written
                else ()
            ),
            f"{candidate} goes on at {kiosk}.",
            f"  code:        {code}",
            f"  checkpoint:  {data['checkpoint']}",
            f"  minutes:     {minutes}",
            f"At {kiosk}: start it, type the candidate's number, then these three. {READ}",
            f"Keep {source} off and do not resume it; its disk goes to the centre.",
        )
        emit(as_json, data, "\n".join(lines))


@app.command()
def issued(
    at: DeskAt,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show every action, move-in and room code again that was issued here; each still works once."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        opened.submit(ShowAgain(opened.proctor))
        shown = board.issued(opened)
        heads = ("TIME", "FOR", "KIOSK", "WHAT", "CODE", "REASON")
        rows = (
            (row.at, row.candidate or "room", row.kiosk or "all", row.what, row.code, row.reason)
            for row in shown
        )
        emit(as_json, {"codes": [telling.plain(row) for row in shown]}, "\n".join(telling.table(heads, rows)))


def _agreed(at: Path, opened: Desk, command: IssueAction, second: str, second_fd: int | None) -> IssueAction:
    return opened.agree(command, asking.second(at, opened, second, second_fd))


def _act(opened: Desk, command: IssueAction, what: str, as_json: bool) -> None:
    issued = opened.action(command)
    event, code = issued.event, grouped(issued.code)
    kiosk = opened.state.kiosk_name(event.kiosk)
    data = {
        "candidate": event.candidate,
        "kiosk": kiosk,
        "what": what,
        "code": code,
        "serial": event.serial,
        "reason": event.reason,
        "two_person": bool(event.second),
    }
    both = " by two proctors" if event.second else ""
    lines = (f"{event.candidate} at {kiosk}, {what}{both}:  {code}", f"{READ} It works once.")
    emit(as_json, data, "\n".join(lines))


def _room(opened: Desk, command: IssueRoomCode, what: str, as_json: bool) -> None:
    issued = opened.room_code(command)
    code = grouped(issued.code)
    data = {"what": what, "code": code, "serial": issued.event.serial, "reason": command.reason}
    emit(as_json, data, f"Every kiosk, {what}:  {code}\n{READ} Type it at each kiosk.")

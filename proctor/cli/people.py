"""`exam-kiosk proctor admit | absent`: what concerns one candidate at the door."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from keys.prompt import emit
from proctor import board
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, Candidate, Chosen, DeskAt, Json, PassphraseFd
from proctor.commands import Admit, DeclareAbsence
from proctor.refusals import SeatMissingError
from results.wire.closing import FinalState

app = asking.group()


class Word(enum.StrEnum):
    """What a proctor may say of a candidate."""

    NO_SHOW = "no-show"
    TURNED_AWAY = "turned-away"
    WITHDRAWN = "withdrawn"
    UNFINISHED = "unfinished"
    VOIDED = "voided"


@app.command()
def admit(
    candidate: Candidate,
    at: DeskAt,
    kiosk: Annotated[str, typer.Option("--kiosk", help="Another kiosk than the planned one.")] = "",
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give a candidate the admission code for their kiosk, or for another one."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
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
        emit(as_json, telling.plain(shown), "\n".join(lines))


@app.command()
def absent(
    candidate: Candidate,
    at: DeskAt,
    word: Annotated[Word, typer.Option("--as", help="What happened.")],
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Say what happened to a candidate who has no record, or void one who has."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        opened.submit(DeclareAbsence(candidate, FinalState[word.name], opened.proctor))
        name = board.shown(opened.state.entry(candidate).name)
        emit(
            as_json,
            {"candidate": candidate, "name": name, "state": word.value},
            f"{candidate}  {name}: {word}",
        )

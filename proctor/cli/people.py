"""`exam-kiosk proctor identity | admit | refuse | absent`: what concerns one candidate at the door."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from keys.prompt import emit
from proctor import board
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, Candidate, Chosen, DeskAt, Json, PassphraseFd
from proctor.commands import Admit, CheckIdentity, DeclareAbsence, RefuseCandidate
from proctor.refusals import SeatMissingError
from results.wire import acts
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
def identity(
    candidate: Candidate,
    at: DeskAt,
    document: Annotated[str, typer.Option("--document", help=f"One of: {asking.choices(acts.DOCUMENTS)}.")],
    photo: Annotated[bool, typer.Option("--photo/--no-photo", help="Whether you saw a photo.")],
    name_matches: Annotated[bool, typer.Option("--name-matches/--name-differs", help="Against the roster.")],
    note: Annotated[str, typer.Option(help="Why you believe the person, where the names differ.")] = "",
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Note that you compared a candidate with a document; nobody is admitted without it."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        name = board.shown(opened.state.entry(candidate).name)
        opened.submit(CheckIdentity(candidate, document, photo, name_matches, opened.proctor, note))
        data = {
            "candidate": candidate,
            "name": name,
            "document": document,
            "photo_seen": photo,
            "name_matches": name_matches,
        }
        matches = "names match" if name_matches else "names differ"
        text = f"{candidate}  {name}: {document}, {'photo seen' if photo else 'no photo'}, {matches}."
        doubt = not name_matches and not note.strip()
        then = f"refuse {candidate}; or this line again with --note, saying why it is them"
        emit(as_json, data, f"{text}\nNext: exam-kiosk proctor {then if doubt else f'admit {candidate}'}")


@app.command()
def refuse(
    candidate: Candidate,
    at: DeskAt,
    reason: Annotated[str, typer.Option("--reason", help=f"One of: {asking.choices(acts.REFUSE)}.")],
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Turn a candidate away at the door, with the reason."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        opened.submit(RefuseCandidate(candidate, reason, note, opened.proctor))
        name = board.shown(opened.state.entry(candidate).name)
        data = {"candidate": candidate, "name": name, "reason": reason}
        emit(as_json, data, f"{candidate}  {name}: turned away, {reason}.")


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

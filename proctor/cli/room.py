"""`exam-kiosk proctor checkpoint | incident | incidents`: what a proctor hears and sees in the room."""

from __future__ import annotations

from typing import Annotated

import typer

from exam_packages.roster import moment
from keys.clock import utc
from keys.encoding import grouped
from keys.prompt import emit
from proctor import board
from proctor.cli import asking, telling
from proctor.cli.asking import Acting, Chosen, DeskAt, Json, KioskName, PassphraseFd
from proctor.commands import HearCheckpoint, ReportIncident
from results.wire.incidents import CATEGORIES
from results.wire.sitting_events import IncidentReported

app = asking.group()


@app.command()
def checkpoint(
    checkpoint: Annotated[str, typer.Argument(help="The checkpoint code on the kiosk's screen.")],
    at: DeskAt,
    kiosk: KioskName,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Note the checkpoint code that a kiosk shows: with it a candidate can be moved, and the centre sees a rollback."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        fingerprint = opened.state.kiosk_called(kiosk)
        opened.submit(HearCheckpoint(fingerprint, checkpoint, opened.proctor))
        heard = opened.state.heard[fingerprint]
        code = grouped(heard.event.checkpoint)
        emit(as_json, {"kiosk": kiosk, "checkpoint": code}, f"{kiosk}: checkpoint {code} noted.")


@app.command()
def incident(
    category: Annotated[str, typer.Argument(help="Its kind, such as K1; `incidents --kinds` lists them.")],
    at: DeskAt,
    *,
    candidates: Annotated[
        list[str] | None, typer.Option("--candidate", help="Whom it concerns; repeat it; none is the room.")
    ] = None,
    text: Annotated[str, typer.Option(help="What happened, in your own words.")] = "",
    began: Annotated[
        str, typer.Option(help="When it began, such as 2030-06-14T09:05-05:00; now if absent.")
    ] = "",
    witnesses: Annotated[str, typer.Option(help="Who saw it.")] = "",
    follow_up: Annotated[str, typer.Option(help="What was done about it.")] = "",
    number: Annotated[int, typer.Option("--number", help="Write this incident anew.")] = 0,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write down an irregularity, for candidates or the room; it goes to the centre with the journal."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        since = moment(began) if began else opened.clock.now().wall
        who = tuple(candidates or ())
        command = ReportIncident(number, category, who, since, text, witnesses, follow_up, opened.proctor)
        new = [one for one in opened.submit(command) if isinstance(one, IncidentReported)]
        shown = board.incident(opened.state, new[0].incident if new else number)
        emit(as_json, telling.plain(shown), f"Incident {shown.incident} written down: {shown.words}.")


@app.command()
def incidents(
    at: DeskAt,
    kinds: Annotated[bool, typer.Option("--kinds", help="List the kinds of incident instead.")] = False,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show the incidents of the sitting, each in its last wording."""
    if kinds:
        found = [{"code": one.code, "group": one.group, "words": one.words} for one in CATEGORIES]
        rows = ((one["code"], one["group"], one["words"]) for one in found)
        emit(as_json, {"kinds": found}, "\n".join(telling.table(("CODE", "ABOUT", "KIND"), rows)))
        return
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        shown = [board.incident(opened.state, number) for number in sorted(opened.state.incidents)]
        heads = ("NO", "BEGAN", "KIND", "FOR", "WORDS")
        cells = (
            (
                str(one.incident),
                utc(one.began),
                f"{one.category} {one.words}",
                ", ".join(one.candidates) or "room",
                one.text,
            )
            for one in shown
        )
        text = "\n".join(telling.table(heads, cells)) if shown else "No incident was written down."
        emit(as_json, {"incidents": [telling.plain(one) for one in shown]}, text)

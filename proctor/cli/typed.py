"""`exam-kiosk proctor resume-code`: codes that are read aloud and typed at a kiosk."""

from __future__ import annotations

from typing import Annotated

import typer

from keys.encoding import grouped
from keys.prompt import emit
from proctor.cli import asking
from proctor.cli.asking import Acting, Chosen, DeskAt, Json, KioskName, PassphraseFd
from proctor.cli.telling import READ
from proctor.commands import IssueResumeCode
from results.wire.sitting_events import ResumeCodeIssued

app = asking.group()


@app.command()
def resume_code(
    at: DeskAt,
    kiosk: KioskName,
    number: Annotated[
        int | None, typer.Option(help="The number on the kiosk's screen, if it asks again.")
    ] = None,
    sitting: Chosen = "",
    proctor: Acting = "",
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give a kiosk that stopped its next resume code."""
    with asking.opened(at, sitting, passphrase_fd, proctor) as opened:
        fingerprint = opened.state.kiosk_called(kiosk)
        events = opened.submit(IssueResumeCode(fingerprint, opened.proctor, number))
        fresh = isinstance(events[0], ResumeCodeIssued)
        n = number or opened.state.resumes[fingerprint]
        code = grouped(opened.resume_code(fingerprint, n))
        lines = [f"{kiosk}, resume code {n}:  {code}", READ]
        if not fresh:
            lines.append(f"Code {n} was given before. If the kiosk took it then, stop and call support.")
        data = {"kiosk": kiosk, "number": n, "resume_code": code, "given_before": not fresh}
        emit(as_json, data, "\n".join(lines))

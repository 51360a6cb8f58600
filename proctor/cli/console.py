"""`exam-kiosk proctor console`: the desk's full-screen program."""

from __future__ import annotations

import typer

from keys.errors import ExamKioskError
from proctor import desk, launch
from proctor.cli import asking
from proctor.cli.asking import CarrierAt, DeskAt
from proctor.refusals import DeskMissingError
from terminal.supervisor import SupervisorError

app = asking.group()


class ConsoleTerminalError(ExamKioskError):
    """`console` without a terminal to draw on."""

    code = "console-terminal-missing"
    what = "There is no terminal to draw the console on."
    next_step = "Start it on a terminal, or use the other commands of `exam-kiosk proctor`."


@app.command()
def console(at: DeskAt, carrier: CarrierAt) -> None:
    """Run the sitting on the full screen: open, admit, codes, incidents, collect and close, all by keys.

    It asks who acts, and for the passphrase. Start it again after a stop: what was shown as done is done.
    """
    if not desk.owners(at):
        raise DeskMissingError(name=str(at))
    try:
        status = launch.run(at.resolve(), carrier.resolve())
    except SupervisorError:
        raise ConsoleTerminalError from None
    raise typer.Exit(status)

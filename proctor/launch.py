"""What `proctor console` starts: a process that owns the tty, and in a fork of it the program that draws.

Rules.
1. The program that holds keys is the fork; this process imports nothing of it and draws cards.
2. A program that ends well ends all. One that dies leaves its type and place in the log, and a card on the screen that
   says what to do; any key starts it again, and it asks for the passphrase again. What was shown as done is done.
3. A tty that is gone ends all. However this ends, the tty is as it was found.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from terminal import crash
from terminal.child import fork
from terminal.supervisor import SupervisorError
from terminal.tty import Tty
from terminal.zygote import SETTINGS

CONSOLE, LOG = "proctor.app", "console.log"
TTY_LOST = 75
QUIET = 1.0
"""Seconds in which no key counts after a death: what was typed for the program is not for the card."""
WAITING = ("One moment, please.",)
STOPPED = (
    "The console stopped.",
    "",
    "What was shown as done is done; the kiosks go on by themselves.",
    "Press any key to start the console again, or Q to leave it.",
    "",
    "If it stops again, use the commands: exam-kiosk proctor --help",
    "and call the support contact. Error console-stopped",
)


def run(desk: Path, carrier: Path) -> int:
    """Run the console on this terminal until it is left; return an exit status.

    Raises `SupervisorError` without a terminal, or `OSError` where the log cannot be opened.
    """
    if not (os.isatty(0) and os.isatty(1)):
        raise SupervisorError
    log = os.open(desk / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    before = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    before |= {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGQUIT)}
    tty = Tty()
    try:
        while True:
            tty.show(WAITING)
            tty.forget_keys()
            status = _once(desk, carrier, log)
            tty.make_raw()
            if status == 0 or tty.gone():
                return 0 if status == 0 else TTY_LOST
            tty.show(STOPPED)
            if not _again(tty):
                return 1
    finally:
        tty.leave()
        os.close(log)
        for number, handler in before.items():
            signal.signal(number, handler)


def _once(desk: Path, carrier: Path, log: int) -> int:
    child = fork(lambda control: _draw(control, desk, carrier), log)
    select.select([child.pidfd], [], [])
    return child.end(0)


def _draw(control: socket.socket, desk: Path, carrier: Path) -> NoReturn:
    """In the fork: be the console; the exit status is 0 only if it was left."""

    def begin() -> None:
        crash.install(2)
        crash.die_with(os.getppid())
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.environ.update(SETTINGS)
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.closing(control):
            sys.stdout = sys.stderr = nowhere
            import_module(CONSOLE).main(desk, carrier)

    crash.be(begin)


def _again(tty: Tty) -> bool:
    """Wait for a key: whether the console is to start again."""
    calm = time.monotonic() + QUIET
    while True:
        select.select([0], [], [])
        with contextlib.suppress(OSError):
            typed = os.read(0, 4096)
            if not typed:
                return False
            if time.monotonic() >= calm:
                return typed[:1] not in b"qQ"
        if tty.gone():
            return False


def _end(number: int, frame: object) -> NoReturn:
    del frame
    raise SystemExit(128 + number)

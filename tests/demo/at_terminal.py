"""A simulated candidate at the real program: the kiosk on a pseudo-terminal, read as a screen, driven key by key."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

from tests.demo.cast import Player
from tests.demo.commands import PROGRAM, StepFailedError
from tests.demo.texts import Bank

WIDTH, HEIGHT = 80, 24
ENTER, F10 = "\r", "\x1b[21~"


class Terminal:
    """The kiosk program behind a pseudo-terminal of 80x24; `mirror` gets every byte that it draws."""

    def __init__(
        self, arguments: list[str], folder: Path, mirror: Callable[[bytes], None] | None = None
    ) -> None:
        """Start `exam-kiosk` with these arguments."""
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._mirror = mirror
        self.pid, self._tty = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(PROGRAM, [PROGRAM, *arguments], {**os.environ, "TERM": "xterm-256color"})
        fcntl.ioctl(self._tty, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def text(self) -> str:
        """What stands on the screen now."""
        return "\n".join(self._screen.display)

    def read(self, seconds: float) -> bool:
        """Take in what the program draws within `seconds`; False when it has ended."""
        ready, _, _ = select.select([self._tty], [], [], seconds)
        if not ready:
            return True
        try:
            drawn = os.read(self._tty, 65536)
        except OSError:
            return False
        self._stream.feed(drawn)
        if self._mirror and drawn:
            self._mirror(drawn)
        return bool(drawn)

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Wait until `pattern` stands on the screen. Raises `StepFailedError` with the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.text())
            if found:
                return found
            if not self.read(0.2):
                break
        raise StepFailedError(f"the kiosk's screen never showed {pattern!r}:\n{self.text()}")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._tty, keys.encode())

    def end(self, seconds: float = 30) -> int:
        """Wait for the program to end and return its exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.read(0.1):
                break
        _, status = os.waitpid(self.pid, 0)
        os.close(self._tty)
        return os.waitstatus_to_exitcode(status)


def _fresh(terminal: Terminal, stems: Mapping[str, str], last: str) -> str:
    """The item on the screen, once it is no longer the last one: a repaint may arrive in pieces."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        text = terminal.text()
        shown = next((item for line, item in stems.items() if line in text), last)
        if shown != last:
            return shown
        terminal.read(0.1)
    raise StepFailedError(f"no question of the bank stands on the screen:\n{terminal.text()}")


def sit(
    terminal: Terminal,
    player: Player,
    codes: tuple[str, str],
    picked: Mapping[str, str],
    bank: Bank,
) -> str:
    """The whole sitting by keys alone; the receipt code from the last screen.

    `codes` are start and admission code; what stands on the screen is found again in the `bank`.
    """
    start_code, admission_code = codes
    terminal.wait_for("(?i)start code")
    terminal.type(start_code + ENTER)
    terminal.wait_for("(?i)candidate number")
    terminal.type(player.number + ENTER)
    terminal.wait_for(rf"(?i)candidate number +{player.number}")
    terminal.type(admission_code + ENTER)
    terminal.wait_for(re.escape(player.name))
    terminal.type("y")
    for title in ("(?i)non-disclosure", "(?i)code of conduct"):
        terminal.wait_for(title)
        terminal.type("a")
    terminal.wait_for("Instructions")
    terminal.type("b")
    count, answered, shown = int(terminal.wait_for(r"Question 1 of (\d+)").group(1)), 0, ""
    for place in range(1, count + 1):
        terminal.wait_for(rf"Question {place} of {count}\b")
        shown = _fresh(terminal, bank.first_lines, shown)
        if shown in picked:
            text = re.escape(bank.options[shown][picked[shown]])
            terminal.type(terminal.wait_for(rf"([A-H])\. {text}").group(1).lower())
            answered += 1
            terminal.wait_for(rf"(?s)\b{answered}/{count}\b.*saved|saved.*\b{answered}/{count}\b")
        if place < count:
            terminal.type("n")
    terminal.type(F10)
    terminal.wait_for("(?i)not answered")
    terminal.type("y" + ENTER)
    plate = terminal.wait_for(r"│ +((?:[0-9A-Z] +){12}[0-9A-Z]) +│").group(1)
    terminal.type(F10)
    terminal.wait_for("(?i)leave")
    terminal.type("y")
    status = terminal.end()
    if status:
        raise StepFailedError(f"the kiosk program ended with status {status}")
    return "".join(plate.split())

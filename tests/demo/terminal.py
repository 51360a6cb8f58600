"""The real program on a pseudo-terminal: read as a screen, driven key by key, its processes killed by a test."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from tests.demo.commands import PROGRAM, StepFailedError

NAMED = {
    **{f"f{number + 1}": f"\x1bO{letter}" for number, letter in enumerate("PQRS")},
    **{
        f"f{number}": f"\x1b[{code}~"
        for number, code in zip(range(5, 11), (15, 17, 18, 19, 20, 21), strict=True)
    },
    **{name: f"\x1b[{letter}" for name, letter in zip(("up", "down", "right", "left"), "ABCD", strict=True)},
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "escape": "\x1b",
}
"""What a terminal sends for a key with a name; every other key is its own character."""


class Terminal:
    """The program behind a pseudo-terminal of `size` columns and rows; `mirror` gets every byte that it draws."""

    def __init__(
        self,
        arguments: list[str],
        folder: Path,
        mirror: Callable[[bytes], None] | None = None,
        size: tuple[int, int] = (80, 24),
    ) -> None:
        """Start `exam-kiosk` with these arguments."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._mirror = mirror
        self._ended, self._status = False, 0
        self.pid, self._tty = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.chdir(folder)
            os.execve(PROGRAM, [PROGRAM, *arguments], {**os.environ, "TERM": "xterm-256color"})

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

    def wait_without(self, pattern: str, seconds: float = 30) -> None:
        """Wait until `pattern` stands on the screen no more. Raises `StepFailedError` with the screen."""
        end = time.monotonic() + seconds
        while re.search(pattern, self.text()):
            if time.monotonic() > end or not self.read(0.2):
                raise StepFailedError(f"the kiosk's screen kept {pattern!r}:\n{self.text()}")

    def type(self, text: str) -> None:
        """Type these characters."""
        os.write(self._tty, text.encode())

    def press(self, *keys: str, sees: str = "") -> None:
        """Press keys, by name or character, then wait until `sees`, a pattern, stands on the screen."""
        self.type("".join(NAMED.get(key, key) for key in keys))
        if sees:
            self.wait_for(sees)

    def kill(self, what: str) -> None:
        """SIGKILL to the process of the "screen" or of the "session"; what was drawn before it is forgotten."""
        (session,) = (pid for pid in _children(self.pid) if b"kiosk.runner" in _command(pid))
        screens = [pid for zygote in _children(self.pid) if zygote != session for pid in _children(zygote)]
        (victim,) = screens if what == "screen" else (session,)
        self._screen.reset()
        os.kill(victim, signal.SIGKILL)

    def end(self, seconds: float = 30) -> int:
        """Wait for the program to end and return its exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.read(0.1):
                break
        return self.hang_up()

    def hang_up(self) -> int:
        """Take the terminal away, which ends the program if it still runs, and return its exit status."""
        if not self._ended:
            os.close(self._tty)
            _, status = os.waitpid(self.pid, 0)
            self._status, self._ended = os.waitstatus_to_exitcode(status), True
        return self._status


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()

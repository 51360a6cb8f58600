"""A program on a pseudo-terminal of 80x24: started, typed to, and what it draws timed to the last byte of a frame."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import tty
from pathlib import Path

BARE = [sys.executable, "-m", "benchmarks.bare"]
BARE_DRAWN = b"ready 0"
QUIET, SETTLED, PATIENCE = 0.02, 0.06, 60.0
"""Seconds: silence that ends a frame, silence before a key is pressed, and the longest wait."""
HEIGHT, WIDTH = 24, 80


class Program:
    """What it draws is read as bytes."""

    def __init__(self, arguments: list[str]) -> None:
        """Start it; the clock of `until` begins here."""
        self._began = time.perf_counter_ns()
        self.pid, self._tty = pty.fork()
        if self.pid == 0:
            tty.setraw(0)  # as the supervisor does; without it the terminal itself echoes the key
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
            os.execvpe(arguments[0], arguments, {**os.environ, "TERM": "xterm-256color"})

    def until(self, text: bytes) -> float:
        """Milliseconds from the start, or from the last `begin`, until `text` was drawn."""
        drawn = b""
        while text not in drawn:
            drawn += self._read(PATIENCE)
        return (time.perf_counter_ns() - self._began) / 1e6

    def begin(self) -> None:
        """Start the clock of `until` again."""
        self._began = time.perf_counter_ns()

    def press(self, key: bytes) -> float:
        """Press a key; milliseconds until the last byte of the repaint, which silence follows."""
        began = time.perf_counter_ns()
        os.write(self._tty, key)
        self._read(PATIENCE)
        last = time.perf_counter_ns()
        while select.select([self._tty], [], [], QUIET)[0]:
            self._read(PATIENCE)
            last = time.perf_counter_ns()
        return (last - began) / 1e6

    def settle(self) -> None:
        """Wait until nothing is drawn any more."""
        while select.select([self._tty], [], [], SETTLED)[0]:
            self._read(PATIENCE)

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGTERM)
        while True:
            try:
                self._read(5)
            except (OSError, TimeoutError):
                break
        os.close(self._tty)
        os.waitpid(self.pid, 0)

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._tty], [], [], seconds)[0]:
            raise TimeoutError("nothing was drawn")
        return os.read(self._tty, 65536)


def started(arguments: list[str], text: bytes) -> float:
    """Milliseconds from the start of a program until it has drawn `text`; then it is ended."""
    program = Program(arguments)
    try:
        return program.until(text)
    finally:
        program.close()


def children(pid: int) -> list[int]:
    """The children of a process that has one thread."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def memory(pid: int) -> tuple[float, float]:
    """MiB in use by a process: all of it that is resident, and its share of what is shared (RSS, PSS)."""
    found = {"Rss": 0.0, "Pss": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]

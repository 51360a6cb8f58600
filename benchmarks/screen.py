"""Cold start to first paint, and keypress to repaint, on a pty of 80x24, against the barest Textual app."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
import tty
from functools import partial
from pathlib import Path

from benchmarks.measure import Ratio, milliseconds
from kiosk.station import enrol

STARTS, KEYS = 12, 200
DOWN, UP = b"\x1b[B", b"\x1b[A"
BARE = [sys.executable, "-m", "benchmarks.bare"]
ITEM = [sys.executable, "-m", "benchmarks.item_screen"]
QUIET, PATIENCE = 0.05, 30.0


class Program:
    """A program on a pseudo-terminal; what it draws is read as bytes."""

    def __init__(self, arguments: list[str]) -> None:
        """Start it; the clock of `until` begins here."""
        self._began = time.perf_counter_ns()
        self._pid, self._tty = pty.fork()
        if self._pid == 0:
            tty.setraw(0)  # as the supervisor does; without it the terminal itself echoes the key
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execvpe(arguments[0], arguments, {**os.environ, "TERM": "xterm-256color"})

    def until(self, text: bytes) -> float:
        """Milliseconds from the start until `text` was drawn."""
        drawn = b""
        while text not in drawn:
            drawn += self._read(PATIENCE)
        return (time.perf_counter_ns() - self._began) / 1e6

    def press(self, key: bytes) -> None:
        """Press a key and wait for the first byte of the repaint."""
        os.write(self._tty, key)
        self._read(PATIENCE)

    def settle(self) -> None:
        """Wait until nothing is drawn any more."""
        while select.select([self._tty], [], [], QUIET)[0]:
            self._read(PATIENCE)

    def close(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGTERM)
        while True:
            try:
                self._read(5)
            except (OSError, TimeoutError):
                break
        os.close(self._tty)
        os.waitpid(self._pid, 0)

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._tty], [], [], seconds)[0]:
            raise TimeoutError("nothing was drawn")
        return os.read(self._tty, 65536)


def _start(arguments: list[str], text: bytes) -> float:
    program = Program(arguments)
    try:
        return program.until(text)
    finally:
        program.close()


def _cold(folder: Path) -> Ratio:
    """The whole kiosk, supervisor, session and screen, from the shell to its first screen."""
    station = folder / "kiosk-01"
    enrol(station, "west", "kiosk-01", b"{}")
    program = str(Path(sys.executable).with_name("exam-kiosk"))
    kiosk = [program, "kiosk", "run", "--station", str(station), "--carrier", str(folder)]
    _start(kiosk, b"tart code")
    _start(BARE, b"ready 0")
    pairs = [(_start(kiosk, b"tart code"), _start(BARE, b"ready 0")) for _ in range(STARTS)]
    ours, bare = (tuple(pair[side] for pair in pairs) for side in (0, 1))
    return Ratio("cold start to first paint", ours, bare, "a bare Textual app")


def _keys() -> Ratio:
    """The cursor moved among the options of an item, against one line repainted."""
    item, bare = Program(ITEM), Program(BARE)
    item.until(b"Question 1")
    bare.until(b"ready 0")
    pairs: list[tuple[float, float]] = []
    for turn in range(KEYS):
        item.settle()
        bare.settle()
        key = UP if turn % 2 else DOWN
        pairs.append((milliseconds(partial(item.press, key)), milliseconds(partial(bare.press, b"x"))))
    item.close()
    bare.close()
    ours, alone = (tuple(pair[side] for pair in pairs) for side in (0, 1))
    return Ratio("keypress to repaint", ours, alone, "a bare Textual app")


def ratios() -> list[Ratio]:
    """Both rows."""
    with tempfile.TemporaryDirectory() as folder:
        return [_cold(Path(folder)), _keys()]

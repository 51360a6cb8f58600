"""A pty with a program on it, read through a terminal emulator: what the tests of the whole thing look at."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]


class Console:
    """Runs `python -m tests.terminal.locked` on a fresh pty. `written` is every byte it wrote."""

    def __init__(
        self,
        folder: Path,
        ui: str = "tests.terminal.demo:ui",
        *,
        size: tuple[int, int] = (80, 24),
        **environment: str,
    ) -> None:
        self.master, self.slave = os.openpty()
        termios.tcsetwinsize(self.slave, (size[1], size[0]))
        self.before = termios.tcgetattr(self.slave)
        self.folder = folder
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.terminal.locked", str(folder), ui],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - only an ioctl
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": str(folder), **environment},
        )

    def read(self, seconds: float) -> None:
        """Feed the emulator for so long, or until nothing more can come."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                return
            data = os.read(self.master, 65536)
            self.written += data
            self.stream.feed(data)

    def text(self) -> str:
        """The screen now."""
        return "\n".join(self.screen.display)

    def wait(self, until: str | Callable[[str], object], seconds: float = 30.0) -> str:
        """Read until the screen holds this; fail with the screen if it never does."""
        holds = (lambda text: until in text) if isinstance(until, str) else until
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds(self.text()):
                return self.text()
            self.read(0.02)
        raise AssertionError(f"never seen: {until}\n{self.text()}\n{self.crashes()}")

    def send(self, data: str | bytes) -> None:
        """Type, reading meanwhile so that neither side blocks."""
        left = data.encode() if isinstance(data, str) else data
        while left:
            ready = select.select([self.master], [self.master], [], 5)
            if self.master in ready[0]:
                self.read(0.0001)
            if self.master in ready[1]:
                left = left[os.write(self.master, left[:1024]) :]

    def press(self, key: str, shows: str) -> None:
        """Press a key until the screen holds this: behind a flood of keys, one that comes too soon is dropped."""
        deadline = time.monotonic() + 30
        while shows not in self.text() and time.monotonic() < deadline:
            self.send(key)
            self.read(0.2)
        self.wait(shows, 0.1)

    def ui_pid(self) -> int:
        """The UI's process, as its header says."""
        words = self.wait(lambda text: "pid " in text and "count" in text)
        return int(words.split("pid ")[1].split()[0])

    def count(self, number: int) -> None:
        """Wait for the session's count."""
        self.wait(lambda text: f"count {number} " in text and "pid " in text)

    def stored(self) -> int:
        """The session's count as it is stored."""
        file = self.folder / "count"
        return int(file.read_text() or 0) if file.exists() else 0

    def counted(self) -> int:
        """The session's count, once every key that the UI took is counted and drawn."""
        self.wait(lambda text: f"count {self.stored()} " in text and "pid " in text)
        return self.stored()

    def crashes(self) -> str:
        """The crash log."""
        log = self.folder / "crash.log"
        return log.read_text() if log.exists() else ""

    def finish(self, seconds: float = 10.0) -> int:
        """Read until the program has ended; return its status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        self.read(0.05)
        assert self.process.poll() is not None, self.text()
        return self.process.returncode

    def close(self) -> None:
        """Hang up and let nothing live on."""
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

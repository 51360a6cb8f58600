"""The console as a process on a terminal: it starts, outlives its death with a plain card, and gives the tty back."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

from tests.proctor.simulated import Site

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0
COMMAND = str(Path(sys.executable).parent / "exam-kiosk")


class Terminal:
    """`exam-kiosk proctor console` on a fresh pty, read through a terminal emulator."""

    def __init__(self, site: Site) -> None:
        self.master, self.slave = os.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        words = ("proctor", "console", "--desk", str(site.path), "--carrier", str(site.carrier.root))
        self.process = subprocess.Popen(
            [COMMAND, *words],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - only an ioctl
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color"},
        )

    def text(self) -> str:
        """The screen now."""
        return "\n".join(self.screen.display)

    def wait(self, holds: Callable[[], object]) -> str:
        """Read until this holds; fail with the screen."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if holds():
                return self.text()
            if select.select([self.master], [], [], 0.05)[0]:
                data = os.read(self.master, 65536)
                self.written += data
                self.stream.feed(data)
        raise AssertionError(f"never seen\n{self.text()}")

    def sees(self, *words: str) -> str:
        """Read until these words are there."""
        return self.wait(lambda: all(one in self.text() for one in words))

    def send(self, typed: str) -> None:
        """Type."""
        os.write(self.master, typed.encode())

    def child(self) -> int:
        """The process that draws."""
        return int(
            Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()[0]
        )


@pytest.fixture
def terminal(site: Site) -> Iterator[Terminal]:
    """A console that is started and ended."""
    found = Terminal(site)
    yield found
    found.process.kill()
    found.process.wait()
    os.close(found.master)
    os.close(found.slave)


def test_a_console_that_dies_shows_a_card_and_starts_again_on_a_key(terminal: Terminal, site: Site) -> None:
    """Killed, it leaves a card and no traceback; a key starts it, F10 leaves it, and the tty is as it was."""
    terminal.sees("Unlock the desk", "okafor, rivera")
    os.kill(terminal.child(), 9)
    shown = terminal.sees("The console stopped.", "Error console-stopped")
    assert "Traceback" not in shown
    terminal.sees("Press any key")
    time.sleep(1.2)
    terminal.send("x")
    terminal.sees("Unlock the desk")
    terminal.send("rivera\rsecret words\r")
    terminal.sees("lock-too-weak")
    terminal.send("\x1b[21~")
    assert terminal.process.wait(PATIENCE) == 0
    assert termios.tcgetattr(terminal.slave) == terminal.before
    log = (site.path / "console.log").read_text("utf-8")
    assert "secret" not in log
    assert b"Traceback" not in terminal.written
    assert b"secret words" not in terminal.written


def test_the_console_needs_a_terminal_and_a_desk(site: Site, tmp_path: Path) -> None:
    """Without either it says so in words, with a stable code."""
    for desk, code in ((site.path, "console-terminal-missing"), (tmp_path, "desk-missing")):
        words = ("proctor", "console", "--desk", str(desk), "--carrier", str(site.carrier.root))
        done = subprocess.run(
            [COMMAND, *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert code in done.stderr
        assert "Traceback" not in done.stderr

"""The linear reading mode on a pseudo-terminal: whole lines, and never a byte that addresses the cursor."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from exam_packages.interactions import ChosenOptions, OptionId
from kiosk import protocol as p
from kiosk.linear.front import LINK_LOST, Typist, main
from kiosk.protocol import Phase
from kiosk.station import enrol
from tests.kiosk.fake_session import START, FakeSession, choice_item, sample_items

PLAIN = re.compile(r"(?:[^\x00-\x1f\x7f-\x9f]|\r\n|\x08 \x08)*")


class Console:
    """The front end in a process of its own on a pty, with a session answered from here."""

    def __init__(self, session: FakeSession, rows: int = 24) -> None:
        self.session = session
        self.output = b""
        session.send_view()
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            tty.setraw(0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
            session._socket.close()
            status = 1
            try:
                main(session.screen)
                status = 0
            except SystemExit as ended:
                status = int(ended.code or 0)
            finally:
                os._exit(status)
        session.screen.close()

    def until(self, text: str) -> str:
        """Answer commands and read what is told until `text` is there."""
        while text not in self.output.decode("utf-8", "replace"):
            link = self.session._socket.fileno()
            ready, _, _ = select.select([self.tty, link], [], [], 20)
            assert ready, f"{text!r} never came"
            if self.tty in ready:
                self.output += os.read(self.tty, 65536)
            if link in ready:
                self.session._readable()
        return self.output.decode("utf-8", "replace")

    def type(self, line: str) -> None:
        """Type a line and Enter; what was told before is forgotten."""
        self.output = b""
        os.write(self.tty, line.encode() + b"\r")

    def end(self) -> None:
        """Kill it, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        os.close(self.tty)

    def status(self) -> int:
        """How the process ended."""
        with contextlib.suppress(OSError):
            while os.read(self.tty, 65536):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def console() -> Iterator[Console]:
    """A console at a question with hostile text."""
    evil = "Pick \x1b[2J\x1b]52;c;aGk=\x07 one\x9b31m \u202eof these."
    opened = Console(
        FakeSession((choice_item("Q", [evil], ["one\x1b[H", "two"]), *sample_items(2)), Phase.TESTING)
    )
    yield opened
    opened.end()


def test_output_holds_no_cursor_addressing(console: Console) -> None:
    """Whatever is told and echoed, also of hostile text, is printable text, line ends and single corrections."""
    told = console.until("> ")
    console.type("b\x7fa")
    told += console.until("Saved: ")
    console.type("help")
    told += console.until("Press Enter for more.")
    console.type("")
    told += console.until("hear all commands")
    console.type("next")
    told += console.until("Question 2 of 3.")
    assert "\x1b" not in told
    assert PLAIN.fullmatch(told), re.sub(PLAIN, "", told)[:80]
    answered = p.Answer(console.session.items[0].id, ChosenOptions((OptionId("o1"),)))
    assert console.session.commands == [answered, p.Go(1)]


def test_a_session_that_hangs_up_ends_it_for_a_restart(console: Console) -> None:
    """The end of the link before the last screen was left is an end that the supervisor mends."""
    console.until("> ")
    console.session._socket.close()
    assert console.status() == LINK_LOST


def test_controls_and_sequences_are_not_typed() -> None:
    """Arrow keys, controls and invalid bytes leave nothing in the line; a correction takes one character back."""
    typist = Typist()
    lines, echo = typist.feed(b"a\x1b[Ab\x01\xff\x7f\xc3\xa9\r")
    assert lines == ["ab\u00e9"]
    assert "\x1b" not in echo
    assert typist.line == ""


def test_a_line_has_an_end() -> None:
    """A held key or a paste never grows a line without bound."""
    typist = Typist()
    typist.feed(b"x" * 100_000)
    assert len(typist.line) == 2_000


def test_a_long_text_waits_for_enter() -> None:
    """What is longer than the screen is told a screenful at a time, and Enter goes on to its end."""
    console = Console(FakeSession(sample_items(1), Phase.AGREEMENT), rows=8)
    pages = 1
    told = console.until("Press Enter for more.")
    assert len(told.splitlines()) <= 8
    while "Type accept or decline." not in told:
        console.type("")
        told, pages = console.until("\r\n> " if pages > 30 else "."), pages + 1
        while not told.rstrip().endswith((">", "Press Enter for more.")):
            console.output += os.read(console.tty, 65536)
            told = console.output.decode()
    assert pages > 2
    assert console.session.commands == []
    console.end()


def test_start_code_is_sent_as_typed() -> None:
    """A code typed by a proctor reaches the session and leads on."""
    console = Console(FakeSession(sample_items(1), Phase.LOCKED))
    console.until("> ")
    console.type(START)
    assert "candidate number" in console.until("candidate number")
    assert console.session.commands == [p.EnterStartCode(START)]
    console.end()


def test_the_real_program_tells_its_first_stage_in_lines(tmp_path: Path) -> None:
    """Supervisor, session and lines together: the start code is asked for, and no byte addresses the cursor."""
    station = tmp_path / "kiosk-01"
    enrol(station, "west", "kiosk-01", b"{}")
    program = str(Path(sys.executable).with_name("exam-kiosk"))
    words = ("kiosk", "run", "--linear", "--station", str(station), "--carrier", str(tmp_path))
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, (program, *words))
    told = b""
    try:
        while b"start code" not in told:
            assert select.select([terminal], [], [], 30)[0], told
            told += os.read(terminal, 65536)
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while True:
                told += os.read(terminal, 65536)
        os.close(terminal)
        os.waitpid(pid, 0)
    assert b"One moment, please.\r\n" in told
    assert PLAIN.fullmatch(told.decode()), re.sub(PLAIN, "", told.decode())[:80]


def test_the_lines_need_no_drawing_library() -> None:
    """The plain front end imports neither the drawing library nor any key."""
    code = "import sys, kiosk.linear.front; print([m for m in sys.modules if m in {'textual', 'nacl', 'cryptography'}])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("chunks", "lines", "echo"),
    [
        ((b"\x1b", b"[", b"A", b"x\r"), ["x"], "x\r\n"),
        ((b"\x1b[1", b";5Dx", b"\r"), ["x"], "x\r\n"),
        ((b"\x1b", b"\r"), [""], "\r\n"),
        ((b"one\r", b"\ntwo\r\n"), ["one", "two"], "one\r\ntwo\r\n"),
        (("日本\x7f\r".encode(),), ["日"], "日本\b \b\b \b\r\n"),
    ],
)
def test_keys_that_come_in_pieces(chunks: tuple[bytes, ...], lines: list[str], echo: str) -> None:
    """An arrow key is never typed text, Enter ends one line, and a wide letter is rubbed out whole."""
    typist = Typist()
    fed = [typist.feed(chunk) for chunk in chunks]
    assert [line for ended, _echo in fed for line in ended] == lines
    assert "".join(echoed for _ended, echoed in fed) == echo

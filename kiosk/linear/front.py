"""The linear reading mode's terminal: bytes of the tty to lines, lines to the tty, nothing else either way.

Rules.
1. What is written is text, carriage return, line feed, and for a correction backspace, space, backspace: no cursor is
   ever addressed, no colour set, no line changed, so that speech, braille and a serial line can follow.
2. What cannot be typed into a line is dropped: controls, escape sequences, anything the sanitiser takes out.
3. Text longer than the screen waits for Enter after each screenful; a warning of the time never waits.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import selectors
import socket
from collections import deque

from rich.cells import cell_len

from keys.errors import DocumentError
from kiosk.linear.reader import Reader
from kiosk.protocol import Frames, Tick, View, frame, read_message
from terminal.language import _
from terminal.wrapping import clean, wrap

TTY_IN, TTY_OUT = 0, 1
TTY_LOST, LINK_LOST = 75, 70
LONGEST = 2_000
"""Characters of the longest typed line."""
PROMPT = "> "
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~]|[^\[O\r\n])?")
_BEGUN = re.compile(r"\x1b(?:\[[0-?]{0,16}[ -/]?|O)?\Z")
"""An escape sequence whose end is still to come: a serial line brings a key byte by byte."""


class Typist:
    """Typed bytes to whole lines, with what to echo of them (sans I/O)."""

    def __init__(self) -> None:
        """Start with nothing typed."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.line = self._begun = self._last = ""

    def feed(self, data: bytes) -> tuple[list[str], str]:
        """The lines that were ended, and what to write back."""
        lines: list[str] = []
        echo = ""
        text = self._begun + self._decode(data)
        begun = _BEGUN.search(text)
        self._begun = begun[0] if begun else ""
        for character in _ESCAPE.sub("", text.removesuffix(self._begun)):
            before, self._last = self._last, character
            if before == "\r" and character == "\n":
                continue
            if character in "\r\n":
                lines.append(self.line)
                self.line = ""
                echo += "\r\n"
            elif character in "\x7f\b":
                echo += "\b \b" * cell_len(self.line[-1:])
                self.line = self.line[:-1]
            elif len(self.line) < LONGEST and (kept := clean(character)):
                self.line += kept
                echo += kept
        return lines, echo


class Front:
    """The loop between tty, socket and `Reader`."""

    def __init__(self, sock: socket.socket) -> None:
        """`sock` is our end of the socketpair to the session."""
        columns, rows = _size()
        self._socket, self._width, self._rows = sock, max(20, columns - 1), max(4, rows)
        self._reader, self._typist, self._frames = Reader(columns, rows), Typist(), Frames()
        self._waiting: deque[str] = deque()
        self._paged = False

    def run(self) -> int:
        """Until the session hangs up. Return the exit status: 0 only after the last screen was left."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ, self._heard)
            selector.register(TTY_IN, selectors.EVENT_READ, self._typed)
            while True:
                for key, _events in selector.select():
                    status = key.data()
                    if status is not None:
                        return int(status)

    def _heard(self) -> int | None:
        received = self._socket.recv(65536)
        if not received:
            return 0 if self._reader.left else LINK_LOST
        try:
            for raw in self._frames.feed(received):
                self._message(read_message(raw))
        except DocumentError:
            return LINK_LOST
        return None

    def _message(self, message: View | Tick) -> None:
        if isinstance(message, Tick):
            for line in self._reader.tick(message):
                _write(f"\r\n{line}\r\n{PROMPT}{self._typist.line}")
        elif lines := self._reader.hear(message):
            self._tell(lines)

    def _typed(self) -> int | None:
        data = os.read(TTY_IN, 4096)
        if not data:
            return TTY_LOST
        lines, echo = self._typist.feed(data)
        _write(echo)
        for line in lines:
            if self._paged and not line.strip():
                self._more()
                continue
            self._waiting.clear()
            self._paged = False
            said = self._reader.take(line)
            for command in said.commands:
                self._socket.sendall(frame(command))
            if said.lines or not said.commands:
                self._tell(said.lines)
        return None

    def _tell(self, lines: tuple[str, ...]) -> None:
        self._waiting += [row for line in lines for row in wrap(clean(line, newlines=True), self._width)]
        if not self._paged:
            if not self._typist.line:
                _write("\r\n")
            self._more()

    def _more(self) -> None:
        for _row in range(self._rows - 2):
            if self._waiting:
                _write(self._waiting.popleft() + "\r\n")
        self._paged = bool(self._waiting)
        _write(_("Press Enter for more.") + "\r\n" if self._paged else PROMPT + self._typist.line)


def _size() -> tuple[int, int]:
    with contextlib.suppress(OSError):
        columns, rows = os.get_terminal_size(TTY_OUT)
        return columns or 80, rows or 24
    return 80, 24


def _write(text: str) -> None:
    left = memoryview(text.encode("utf-8", "replace"))
    while left:
        left = left[os.write(TTY_OUT, left) :]


def main(sock: socket.socket) -> None:
    """Tell and hear on this process's tty over `sock` until the last screen is left.

    Raises `SystemExit` with a status other than 0 for any other end; the supervisor then starts it again.
    """
    with contextlib.closing(sock):
        try:
            status = Front(sock).run()
        except OSError:
            status = TTY_LOST
    if status:
        raise SystemExit(status)

"""The tty as its owner handles it: raw and back, cards on it, never a write that can wait. Standard library only."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import time
import tty as modes

ENTER = b"\x1b[?1049h"
RESET = b"\x18\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25l\x1b[2J\x1b[H"
"""Ends a sequence cut in the middle, puts every mode back, clears."""
LEAVE = b"\x18\x1b[0m\x1b[?2004l\x1b[?7h\x1b[2J\x1b[H\x1b[?25h\x1b[?1049l"

Card = tuple[str, ...]


class Tty:
    """The terminal on descriptors 0 and 1 of this process."""

    def __init__(self, *, plain: bool = False) -> None:
        """A `plain` one gets lines after lines and no sequence at all, for speech, braille and serial lines.

        Raises `OSError` or `termios.error` where there is none.
        """
        self._plain = plain
        self._before = termios.tcgetattr(0)
        try:
            # An open description of our own, so that not waiting for it changes nothing for others.
            self.out = os.open("/proc/self/fd/1", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            self.out = os.dup(1)
        self._unsent = b"" if plain else ENTER
        self._card: Card = ()
        self.make_raw()

    @property
    def behind(self) -> bool:
        """Whether `flush` has something left, because the tty is stopped."""
        return bool(self._unsent)

    def make_raw(self) -> None:
        """Let no key mean anything to the kernel."""
        with contextlib.suppress(termios.error):  # a tty that is gone, which `gone` tells
            modes.setraw(0, termios.TCSANOW)

    def show(self, card: Card) -> None:
        """Clear the screen, whatever state it is in, and draw centred lines on it; or tell them, where it is plain."""
        self._card = card
        if self._plain:
            self._unsent += "".join(f"{_printable(line)}\r\n" for line in ("", *filter(None, card))).encode()
            self.flush()
            return
        first = ENTER if self._unsent.startswith(ENTER) else b""
        if not first:
            _flush(termios.TCOFLUSH)
        columns, rows = _size()
        top = max(1, (rows - len(card)) // 2)
        lines = [_printable(line)[:columns] for line in card]
        drawn = (f"\x1b[{top + y};{(columns - len(line)) // 2 + 1}H{line}" for y, line in enumerate(lines))
        self._unsent = first + RESET + "".join(drawn).encode()
        self.flush()

    def show_again(self) -> None:
        """Draw the last card for the size of now; what was told is not told again."""
        if not self._plain:
            self.show(self._card)

    def flush(self) -> None:
        """Write what the tty takes at once."""
        with contextlib.suppress(OSError):
            while self._unsent:
                self._unsent = self._unsent[os.write(self.out, self._unsent) :]

    def forget(self) -> None:
        """Stop drawing: what is unsent belongs to a screen that is no more."""
        self._unsent = b""

    def forget_keys(self) -> None:
        """Drop what was typed and not read."""
        _flush(termios.TCIFLUSH)

    @staticmethod
    def gone() -> bool:
        """Whether the line is hung up."""
        poll = select.poll()
        poll.register(0, 0)
        return bool(poll.poll(0))

    def leave(self) -> None:
        """Clear the screen, give the alternate one back, restore every setting; wait half a second at most."""
        deadline = time.monotonic() + 0.5
        self._unsent = b"\r\n" if self._plain else LEAVE
        while self._unsent and time.monotonic() < deadline and not self.gone():
            select.select([], [self.out], [], 0.05)
            self.flush()
        self.forget_keys()
        with contextlib.suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, self._before)
        os.close(self.out)


def _printable(line: str) -> str:
    return "".join(filter(str.isprintable, line))


def _flush(queue: int) -> None:
    with contextlib.suppress(termios.error):
        termios.tcflush(0, queue)


def _size() -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(1)
    except OSError:
        return 80, 24
    return columns or 80, rows or 24

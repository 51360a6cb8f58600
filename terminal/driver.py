"""The hardened Textual driver: bytes of the tty to keys, frames to the tty, and nothing else either way.

Rules.
1. The supervisor keeps the tty raw; this driver never touches its settings and handles no stop signal.
2. Bytes decode with replacement. A parser that fails is thrown away and the next byte starts a new one.
3. Pasted text is dropped between its marks, and a paste without an end is over after a pause.
4. Only keys come in, no more in a burst than a person can mean; no mouse, no focus, no reports, no kitty keys.
5. A stopped tty never stops the program: frames that find it stopped are dropped, and when it drains all is drawn once.
6. A tty that is gone ends the process with `TTY_LOST`.
"""

from __future__ import annotations

import codecs
import os
import select
import signal
import threading
import time
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.geometry import Size

from terminal import crash

TTY_LOST = 75
TTY_IN, TTY_OUT = 0, 1
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
PASTE_PAUSE = 0.5
"""Seconds of silence that end a paste which never said so."""
BURST, RATE = 128, 250.0
"""Keys taken at once, and a second thereafter; what is above is dropped, as no person types it."""
MAX_PENDING = 16
"""Frames that wait for the tty before they are dropped for one full repaint."""
ENTER_MODES = "\x1b[?25l\x1b[?7l\x1b[?2004h"
LEAVE_MODES = "\x1b[?2004l\x1b[?7h\x1b[0m"
CLEAR = "\x1b[0m\x1b[2J\x1b[H"


class Unpasted:
    """Takes pasted text out of what the tty sends, whatever the pieces it arrives in."""

    def __init__(self) -> None:
        self._held = ""
        self._pasting = False

    def feed(self, text: str) -> str:
        """Return the part of `text` that was typed; a piece that may become a mark is held until the next call."""
        text, typed = self._held + text, []
        self._held = ""
        while text:
            mark = PASTE_END if self._pasting else PASTE_START
            before, found, text = text.partition(mark)
            if not self._pasting:
                typed.append(before)
            if found:
                self._pasting = not self._pasting
                continue
            keep = next((size for size in range(len(mark) - 1, 0, -1) if before.endswith(mark[:size])), 0)
            if keep:
                self._held = before[-keep:]
                if not self._pasting:
                    typed[-1] = before[:-keep]
        return "".join(typed)

    def pause(self) -> str:
        """Nothing came for a while: what was held was typed, unless a paste is under way."""
        held, self._held = self._held, ""
        return "" if self._pasting else held

    def silence(self) -> None:
        """Nothing came for `PASTE_PAUSE`: a paste under way is over."""
        self._pasting = False


class Keyboard:
    """Typed text to keys, through Textual's parser, which fails in many ways on hostile bytes: then it is replaced."""

    def __init__(self) -> None:
        self._parser = XTermParser()

    def feed(self, typed: str) -> list[events.Key]:
        """Return the keys in `typed`, and those a pause has decided; everything else the parser finds is left out."""
        try:
            found = [*(self._parser.feed(typed) if typed else ()), *self._parser.tick()]
        except Exception:  # noqa: BLE001 - whichever way it fails, the screen lives on
            self._parser, found = XTermParser(), []
        return [message for message in found if isinstance(message, events.Key)]


class LockedDriver(Driver):
    """See the rules above. `size` is always the tty's own."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        del debug, mouse, size
        super().__init__(app, debug=False, mouse=False, size=None)
        self._stop = threading.Event()
        self._reader = threading.Thread(target=self._guarded, args=(self._read,), name="tty-in", daemon=True)
        self._writer = threading.Thread(
            target=self._guarded, args=(self._write,), name="tty-out", daemon=True
        )
        self._changed = threading.Condition()
        self._frames: list[str] = []
        self._stale = False

    def start_application_mode(self) -> None:
        """Start both threads, set the modes of the screen and send its size."""
        signal.signal(signal.SIGWINCH, lambda *_: self._loop.call_soon_threadsafe(self._send_size))
        self._reader.start()
        self._writer.start()
        self.write(ENTER_MODES + CLEAR)
        self._send_size()

    def stop_application_mode(self) -> None:
        """Put the modes back and clear the screen; the supervisor draws what comes next."""
        self.disable_input()
        self.write(LEAVE_MODES + CLEAR)

    def disable_input(self) -> None:
        """Take no more keys."""
        self._stop.set()

    def close(self) -> None:
        """Let the last frame out, for a moment at most."""
        with self._changed:
            self._frames.append("")
            self._changed.notify()
        self._writer.join(timeout=0.3)

    def write(self, data: str) -> None:
        """Queue a frame. While the tty is stopped it is dropped, and everything is drawn again later."""
        with self._changed:
            if len(self._frames) >= MAX_PENDING:
                self._frames.clear()
                self._stale = True
            if not self._stale:
                self._frames.append(data)
            self._changed.notify()

    def repaint(self) -> None:
        """Draw the whole screen again, on a screen that is cleared first."""
        self.write(ENTER_MODES + CLEAR)
        if self._app.screen_stack:
            self._app.screen.refresh(layout=True)

    @staticmethod
    def tty_size() -> tuple[int, int]:
        """Columns and rows of the tty; 80x24 where it does not know."""
        try:
            columns, rows = os.get_terminal_size(TTY_OUT)
        except OSError:
            return 80, 24
        return columns or 80, rows or 24

    def _send_size(self) -> None:
        size = Size(*self.tty_size())
        self.send_message(events.Resize(size, size))

    def _guarded(self, body: Any) -> None:
        try:
            body()
        except OSError:
            os._exit(TTY_LOST)
        except BaseException as error:  # noqa: BLE001 - a thread that dies silently leaves a dead keyboard or a black screen
            crash.note(error)
            os._exit(1)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._stale)
                frames, self._frames = self._frames, []
                stale, self._stale = self._stale, False
            if "" in frames:
                frames = frames[: frames.index("")]
                self._put("".join(frames))
                return
            self._put("".join(frames))
            if stale:
                self._loop.call_soon_threadsafe(self.repaint)

    @staticmethod
    def _put(data: str) -> None:
        left = memoryview(data.encode("utf-8", "replace"))
        while left:
            left = left[os.write(TTY_OUT, left) :]

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        keyboard, unpasted = Keyboard(), Unpasted()
        allowance, last = float(BURST), time.monotonic()
        heard = last
        while not self._stop.is_set():
            ready, _, _ = select.select([TTY_IN], [], [], 0.02)
            now = time.monotonic()
            allowance, last = min(float(BURST), allowance + (now - last) * RATE), now
            if ready:
                data = os.read(TTY_IN, 4096)
                if not data:
                    os._exit(TTY_LOST)
                heard, typed = now, unpasted.feed(decode(data))
            else:
                typed = unpasted.pause()
                if now - heard > PASTE_PAUSE:
                    unpasted.silence()
            for key in keyboard.feed(typed):
                if allowance >= 1:
                    allowance -= 1
                    key.set_sender(self._app)
                    self.send_message(key)

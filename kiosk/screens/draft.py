"""A long text on its way to the session process: saved in gulps, and said to be saved only when it is.

Rules.
1. A change is sent once nothing was typed for `IDLE` seconds, at the latest `LATEST` after it, and on leaving; near the
   end of a limit (`hurried`) with every key.
2. "Saved" is said of what a view confirms; "not saved" of what the session refused, until something is typed again.
3. Nothing typed is ever taken back by a view: the screen is the only place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

from terminal.language import _

IDLE, LATEST = 1.0, 3.0


class Draft:
    """What is typed, what was sent of it, and what is known to be saved."""

    def __init__(
        self, pump: MessagePump, send: Callable[[str], None], text: str, hurried: Callable[[], bool]
    ) -> None:
        """`pump` keeps the timers, `send` submits the whole text, `text` is what is saved now."""
        self._pump, self._send, self._hurried = pump, send, hurried
        self._typed = self._saved = text
        self._sent: str | None = None
        self._refused = False
        self._idle: Timer | None = None
        self._latest: Timer | None = None

    def type(self, text: str) -> None:
        """The text is this now."""
        self._typed, self._refused = text, False
        if self._hurried():
            self.flush()
            return
        if self._idle:
            self._idle.stop()
        self._idle = self._pump.set_timer(IDLE, self.flush)
        if self._latest is None:
            self._latest = self._pump.set_timer(LATEST, self.flush)

    def tick(self) -> None:
        """A second went by: near the end of a limit nothing waits."""
        if self._hurried():
            self.flush()

    def flush(self) -> None:
        """Send what was not sent yet."""
        for timer in (self._idle, self._latest):
            if timer:
                timer.stop()
        self._idle = self._latest = None
        if self._typed != (self._saved if self._sent is None else self._sent):
            self._sent, self._refused = self._typed, False
            self._send(self._typed)

    def hear(self, saved: str, *, settled: bool, refused: bool) -> None:
        """A view says what is `saved`; `settled` that nothing is under way, `refused` that a command had no effect."""
        self._saved = saved
        if settled:
            self._sent = None
        if refused and self._typed != saved:
            self._sent, self._refused = None, True

    @property
    def typed(self) -> str:
        """The text as it stands."""
        return self._typed

    @property
    def unsaved(self) -> bool:
        """Whether something typed is not saved."""
        return self._typed != self._saved

    def words(self) -> str:
        """How it stands, for the status line."""
        if not self.unsaved:
            return _("saved") if self._saved else ""
        if self._refused:
            return _("NOT SAVED")
        return _("saving ...") if self._sent == self._typed else _("unsaved changes")

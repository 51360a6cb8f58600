"""What all screens of a seat share: the link to the session process, the last view, and the header with the time left.

Rules.
1. A screen draws what the last `View` says. The one thing it may draw ahead is a mark of the candidate's, as "saving".
2. A command that leads elsewhere is answered before the next key acts: keys typed meanwhile wait, in order.
3. The time left comes from the session; no screen counts it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from textual.app import ComposeResult

from kiosk.protocol import (
    Answer,
    Calculate,
    Command,
    Flag,
    Highlight,
    Phase,
    Prefer,
    ShowAnswers,
    Strike,
    Tick,
    View,
    WriteComment,
    WriteNote,
)
from kiosk.screens.wording import place_words
from kiosk.words import time_left
from terminal.app import LockedScreen
from terminal.keys import BACK, SCROLL, Key, help_text
from terminal.widgets import Header, KeyBar, TextPane, fit

MARKS = (Answer, Flag, Strike, Highlight, WriteNote, WriteComment, Calculate, Prefer, ShowAnswers)
"""Commands that leave the candidate where they are."""
NARROW = 76
"""Columns below which the header uses short words."""
LEAST_TITLE = 8
"""Cells of the programme's title that are worth showing."""

TIME = Key(("t", "T", "f2"), "T or F2", "hide the time left, or show it again", "time")


class Link:
    """One screen process's end of the talk with the session process: what was sent, what was said last."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        """`send` puts a command on its way."""
        self._send = send
        self._unanswered: deque[Command] = deque()
        self.view = View(Phase.LOCKED)
        self.remaining = self.lost = self.inner = self.rest = self.stage = 0
        self.time_hidden = False
        self.left = False

    def submit(self, command: Command) -> None:
        """Send a command."""
        self._unanswered.append(command)
        self._send(command)

    def hear(self, view: View) -> None:
        """Take a view; one that says so answers the oldest command that has no answer yet."""
        if view.reply and self._unanswered:
            self._unanswered.popleft()
        self.view, self.remaining, self.lost, self.stage = view, view.remaining, view.lost, view.stage
        self.inner = view.inner.remaining if view.inner else 0
        self.rest = view.rest.remaining if view.rest else 0

    def hear_time(self, tick: Tick) -> None:
        """Take the time that is left now."""
        self.remaining, self.lost, self.stage = tick.remaining, tick.lost, tick.stage
        self.inner, self.rest = tick.inner, tick.rest

    @property
    def settled(self) -> bool:
        """Whether everything sent is answered."""
        return not self._unanswered

    @property
    def moving(self) -> bool:
        """Whether a command is under way that leads elsewhere, so that the next key must wait."""
        return any(not isinstance(command, MARKS) for command in self._unanswered)


class KioskScreen(LockedScreen[None]):
    """A screen of the kiosk: a header, its own middle, a key bar."""

    PLACE = ""
    """What the header says in the middle; empty for the number of the question."""

    def __init__(self, link: Link) -> None:
        """`link` is shared by all screens of this process."""
        super().__init__()
        self.link = link
        self._mounted = False

    @property
    def view(self) -> View:
        """The last view."""
        return self.link.view

    def compose(self) -> ComposeResult:
        yield Header()
        yield from self.middle()
        yield KeyBar()

    def middle(self) -> ComposeResult:
        """The widgets between header and key bar."""
        yield from ()

    def bar(self) -> tuple[Key, ...]:
        """The keys that the key bar names now, the most important first."""
        return self.table()

    def place(self) -> str:
        """What the header says in the middle."""
        return self.PLACE or place_words(self.view, short=self.narrow)

    def on_mount(self) -> None:
        """Draw for the first time; what a subclass does on mount is done before."""
        self._mounted = True
        self.draw()

    def on_resize(self) -> None:
        """Choose the words again that depend on the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw the last view, as soon as there is something to draw on."""
        if self.drawable:
            self.show()

    def draw_time(self) -> None:
        """Draw the time left, as soon as there is something to draw on."""
        if self.drawable:
            self.tick()

    @property
    def drawable(self) -> bool:
        """Whether its widgets are there, and it has not been left."""
        return self._mounted and self in self.app.screen_stack

    def leave(self) -> None:
        """Return to the screen below; a second call does nothing."""
        if self.app.screen_stack[-1] is self:
            self.dismiss()

    def show(self) -> None:
        """Draw the last view. Subclasses draw their middle first."""
        header = self.query_one(Header)
        place = self.place()
        self.tick()
        room = self.app.size.width - len(place) - len(self._time()) - 7
        header.set_middle(place)
        header.set_left(who(self.view, room))
        self.query_one(KeyBar).set_keys(self.bar())

    def tick(self) -> None:
        """Draw the time left."""
        self.query_one(Header).set_right(self._time())

    @property
    def narrow(self) -> bool:
        """Whether to use short words."""
        return self.app.size.width < NARROW

    def _time(self) -> str:
        if self.view.phase is not Phase.TESTING:
            return ""
        return time_left(self.link.remaining, hidden=self.link.time_hidden)

    def action_time(self) -> None:
        """Hide the time left or show it again."""
        self.link.time_hidden = not self.link.time_hidden
        self.show()

    def action_help(self) -> None:
        self.app.push_screen(KeysScreen(self.link, self.table()))


class KeysScreen(KioskScreen):
    """The keys of the screen below it, one a line."""

    KEYS = (BACK, *SCROLL)
    HELPS = False
    PLACE = "Help"

    def __init__(self, link: Link, table: tuple[Key, ...]) -> None:
        """`table` is the key table of the screen below."""
        super().__init__(link)
        self._keys = table

    def middle(self) -> ComposeResult:
        support = (
            f"\n\nIf you need help, raise your hand. Support: {self.view.support}"
            if self.view.support
            else ""
        )
        yield TextPane("\n" + help_text(self._keys) + support, title="Keys")

    def action_back(self) -> None:
        """Return to the screen below."""
        self.leave()

    def action_page_up(self) -> None:
        """Scroll up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll down."""
        self.query_one(TextPane).page_down()


def who(view: View, room: int) -> str:
    """Programme, candidate and number for the header; in little room the programme is cut first."""
    person = (
        f"{view.name}  {view.candidate}" if view.name else ", ".join(filter(None, (view.kiosk, view.site)))
    )
    title = view.title or "Exam Kiosk"
    spare = room - len(person) - 2
    return f"{fit(title, spare)}  {person}" if spare >= min(len(title), LEAST_TITLE) else person

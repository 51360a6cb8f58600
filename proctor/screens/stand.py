"""What all screens of the desk share: header, key bar, one answer each, and the stage that they are asked from.

Rules.
1. A screen asks one thing and answers once; what follows from an answer is said in the flow that asked.
2. A key that arrives while nothing is asked, or while work is done, is dropped: nobody confirms what was not read.
3. Escape, or F7 where a console has none, goes back; nothing that was shown as done is undone by it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast

from textual.app import ComposeResult

from proctor.console import Console
from proctor.state import Phase
from terminal.app import LockedScreen
from terminal.keys import HELP, REDRAW, SCROLL, Key, help_text
from terminal.widgets import Header, KeyBar, TextPane

T = TypeVar("T")

BACK = Key(("escape", "f7"), "Esc or F7", "go back", "back", "back")
GO_ON = Key(("enter",), "Enter", "go on", "go_on", "go on")
LEAVE = Key(("f10",), "F10", "leave the console", "leave", "leave")


class LeftError(Exception):
    """A question was left with Escape: the flow that asked ends, and nothing more is done."""


class Stage(Protocol):
    """What the program offers its screens and flows."""

    presenter: Console

    async def ask(self, screen: DeskScreen) -> object:
        """Show a screen and return what was answered. Raises `LeftError`."""

    async def work(self, what: str, job: Callable[[], T]) -> T:
        """Do long work beside the screen, which says what is done. Raises what the job raises."""

    def begin(self, flow: Callable[[Stage], Awaitable[None]]) -> None:
        """Let a flow ask, unless one does already; an error that it raises is shown."""

    def told(self, words: str) -> None:
        """Say a step of the work that is done now; from any thread."""

    def show_board(self) -> None:
        """Show the board of the sitting that was opened, for as long as the console lives."""

    def leave(self) -> None:
        """End the console."""


Flow = Callable[[Stage], Awaitable[None]]


class DeskScreen(LockedScreen[object]):
    """A screen of the desk: a header, its own middle, a key bar."""

    PLACE = ""
    """What the header says in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.place = self.PLACE
        self._answered = self._drawn = False

    @property
    def stage(self) -> Stage:
        """The program, as its screens see it."""
        return cast("Stage", self.app)

    @property
    def console(self) -> Console:
        """What the program knows."""
        return self.stage.presenter

    def compose(self) -> ComposeResult:
        yield Header()
        yield from self.middle()
        yield KeyBar(self.table())

    def middle(self) -> ComposeResult:
        """The widgets between header and key bar."""
        yield from ()

    def begin(self) -> None:
        """What a subclass does once, when its widgets are there."""

    def on_mount(self) -> None:
        """Draw the header and begin."""
        header = self.query_one(Header)
        header.set_left(where_words(self.console))
        header.set_middle(self.place)
        header.set_right(self.console.proctor)
        self.begin()
        self._drawn = True

    @property
    def stands(self) -> bool:
        """Whether it was drawn and waits for an answer."""
        return self._drawn and not self._answered

    def freshen(self) -> None:
        """Draw again what may have changed while a flow ran."""
        if self._drawn:
            self.query_one(Header).set_left(where_words(self.console))

    def answer(self, result: object) -> None:
        """Answer and make room for what is next; a second answer is none."""
        if not self._answered and self.is_current:
            self._answered = True
            self.dismiss(result)

    def action_go_on(self) -> None:
        """Go on: it was read."""
        self.answer("read")

    def action_back(self) -> None:
        """Leave it unanswered."""
        self.answer(None)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(KeysScreen(self.table()))


class KeysScreen(DeskScreen):
    """The keys of the screen below it, one a line, and whom to call."""

    KEYS = (Key(("escape", "f7", "f1", "q", "Q", "enter"), "Esc or Q", "go back", "back", "back"), *SCROLL)
    HELPS = False
    PLACE = "Help"

    def __init__(self, table: tuple[Key, ...]) -> None:
        """`table` is the key table of the screen below."""
        super().__init__()
        self._keys = table

    def middle(self) -> ComposeResult:
        support = self.console.support
        call = f"\n\nSupport: {support}" if support else ""
        yield TextPane("\n" + help_text(self._keys) + call, title="Keys")

    def action_page_up(self) -> None:
        """Scroll up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll down."""
        self.query_one(TextPane).page_down()


def where_words(console: Console) -> str:
    """Sitting and room for the header; before them, where it is not cut, what is closed, paused or a rehearsal."""
    if not console.is_open:
        return "Exam Kiosk desk"
    plan, state = console.plan, console.state
    marks = (
        plan.mode.value.upper() if plan.mode.value != "live" else "",
        "CLOSED" if state.phase is Phase.CLOSED else "",
        "ROOM PAUSED" if state.room_paused else "",
        plan.sitting,
        f"room {plan.room}",
    )
    return "  ".join(filter(None, marks))


__all__ = [
    "BACK",
    "GO_ON",
    "HELP",
    "LEAVE",
    "REDRAW",
    "DeskScreen",
    "Flow",
    "KeysScreen",
    "LeftError",
    "Stage",
    "where_words",
]

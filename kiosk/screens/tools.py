"""F3 over a question: what the form grants beside flag and strike-out, each opened by one letter.

Rules.
1. Only what this form and this question have is listed; the letter of anything else does nothing.
2. What is opened takes the menu's place: leaving it leads back to the question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import View
from kiosk.screens.calculator import CalculatorScreen
from kiosk.screens.comfort import ComfortScreen
from kiosk.screens.comment import CommentScreen
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.highlight import HighlightScreen
from kiosk.screens.link import Link
from kiosk.screens.notes import NoteScreen, ScratchpadScreen
from kiosk.screens.paused import BreakScreen
from kiosk.screens.seat import TIME, KeysScreen, KioskScreen
from terminal.keys import HELP, Key
from terminal.language import N_, _, plural
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

TOOLS = Key(
    ("f3",), "F3", N_("notes, calculator, highlighter, display: what this exam has"), "tools", N_("tools")
)
OPEN = Key(
    ("enter", "space"), "Enter", N_("open the tool at the cursor >; also Space"), "open_here", N_("open")
)
BACK = Key(("f3", "escape", "q", "Q"), "F3", N_("back to the question; also Esc, Q"), "back", N_("back"))


@dataclass(frozen=True, slots=True)
class Tool:
    """One row: its letter, its name, whether this view grants it, the screen it opens, and what is to be said of it."""

    letter: str
    name: str
    given: Callable[[View], bool]
    screen: Callable[[Link], KioskScreen]
    says: Callable[[View], str] = lambda _view: ""

    def key(self) -> Key:
        """Its row in the table of keys."""
        return Key((self.letter.lower(), self.letter), self.letter, self.name, f"open('{self.letter}')")


def _written(text: str) -> str:
    return plural("{n} character", "{n} characters", len(text)).format(n=len(text)) if text else ""


def _highlights(view: View) -> str:
    count = sum(map(len, view.question.highlights.values())) if view.question else 0
    return plural("{n} highlight", "{n} highlights", count).format(n=count) if count else ""


def _breaks(view: View) -> str:
    return plural("{n} left", "{n} left", view.breaks).format(n=view.breaks)


TABLE = (
    Tool("C", N_("calculator"), lambda view: view.instruments.calculator, CalculatorScreen),
    Tool(
        "N",
        N_("note to this question"),
        lambda view: view.instruments.notes,
        NoteScreen,
        lambda view: _written(view.question.note if view.question else ""),
    ),
    Tool(
        "S",
        N_("scratchpad for the whole test"),
        lambda view: view.instruments.scratchpad,
        ScratchpadScreen,
        lambda view: _written(view.scratchpad),
    ),
    Tool("H", N_("highlight words"), lambda view: view.instruments.highlighter, HighlightScreen, _highlights),
    Tool(
        "M",
        N_("comment to the authors"),
        lambda view: view.instruments.comments,
        CommentScreen,
        lambda view: _written(view.question.comment if view.question else ""),
    ),
    Tool(
        "E",
        N_("exhibits of this question"),
        lambda view: bool(view.question and view.question.exhibits),
        ExhibitScreen,
        lambda view: str(len(view.question.exhibits)) if view.question else "",
    ),
    Tool("D", N_("display: colours, language, time"), lambda _view: True, ComfortScreen),
    Tool("B", N_("break"), lambda view: view.breaks > 0, BreakScreen, _breaks),
)


class ToolsScreen(KioskScreen):
    """The list, with a cursor for those who look before they press."""

    KEYS = (
        *(tool.key() for tool in TABLE),
        OPEN,
        Key(("up",), N_("Up, Down"), N_("move the cursor >"), "move(-1)"),
        Key(("down",), "", "", "move(1)"),
        TIME,
        BACK,
    )
    PLACE = N_("Tools")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._cursor = 0

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
        yield StatusBar()

    @property
    def _given(self) -> tuple[Tool, ...]:
        return tuple(tool for tool in TABLE if tool.given(self.view))

    def show(self) -> None:
        rows: list[Span] = [(_("Tools"), Role.STRONG), ("", Role.RULE), ("", Role.TEXT)]
        rows += [self._row(place, tool) for place, tool in enumerate(self._given)]
        self.query_one(Page).set_paragraphs(rows)
        super().show()

    def _row(self, place: int, tool: Tool) -> Span:
        here = place == self._cursor
        said = tool.says(self.view)
        row = f"{'>' if here else ' '} {tool.letter}   {_(tool.name)}" + (f"   ({said})" if said else "")
        return (row, Role.CURSOR if here else Role.TEXT)

    def bar(self) -> tuple[Key, ...]:
        return (OPEN, BACK, TIME, HELP)

    def tick(self) -> None:
        super().tick()
        self.query_one(StatusBar).set_facts(self.link.warnings())

    def action_open(self, letter: str) -> None:
        """Open the tool of this letter, where it is granted."""
        for tool in self._given:
            if tool.letter == letter:
                self.app.switch_screen(tool.screen(self.link))

    def action_open_here(self) -> None:
        """Open the tool at the cursor."""
        self.action_open(self._given[self._cursor].letter)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._cursor = (self._cursor + by) % len(self._given)
        self.show()

    def action_help(self) -> None:
        """Show the keys, without those of what is not granted."""
        missing = {tool.key() for tool in TABLE} - {tool.key() for tool in self._given}
        self.open(KeysScreen(self.link, tuple(key for key in self.table() if key not in missing)))

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()

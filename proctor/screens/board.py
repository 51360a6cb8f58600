"""The room board: a row a candidate, filters, search and orders; what was done here and what came back, in words."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult

from keys.encoding import grouped
from proctor.roomboard import Order, Row, Show, counts_words, pick
from proctor.screens import acts, incident
from proctor.screens.asking import ConfirmScreen
from proctor.screens.candidate import CardScreen
from proctor.screens.room import RoomScreen
from proctor.screens.stand import LEAVE, DeskScreen, Stage
from proctor.widgets.page import FactsPage
from proctor.widgets.table import Table
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Header, LineField, StatusBar

WIDE, MIDDLING = 110, 72
"""Columns of a screen from which on there is room for more of a row."""
LONGEST_SEARCH = 30


class BoardScreen(DeskScreen):
    """The room. The row at the cursor is told in words below the table."""

    KEYS = (
        Key(("enter",), "Enter", "open the candidate at the cursor", "open", "open"),
        Key(("a", "A"), "A", "admit the candidate at the cursor", "admit", "admit"),
        Key(("i", "I"), "I", "write an incident", "incident", "incident"),
        Key(("r", "R"), "R", "the room: pause, codes, collect, close", "room", "room"),
        Key(("slash",), "/", "search a number, name or seat", "search", "search"),
        Key(("f", "F"), "F", "next filter: all, waiting, seated, done, trouble", "filter", "filter"),
        Key(("s", "S"), "S", "next order: number, name, seat, state", "sort"),
        Key(("escape", "f7"), "Esc or F7", "end the search and the filter", "clear"),
        Key(("up",), "Up", "one up", "move(-1)"),
        Key(("down",), "Down", "one down", "move(1)"),
        Key(("pageup",), "PgUp", "a page up", "turn(-1)"),
        Key(("pagedown",), "PgDn", "a page down", "turn(1)"),
        Key(("home",), "Home", "the first row", "move(-100000)"),
        Key(("end",), "End", "the last row", "move(100000)"),
        LEAVE,
    )
    PLACE = "Room board"

    def __init__(self) -> None:
        super().__init__()
        self._show, self._order, self._search = Show.ALL, Order.NUMBER, ""
        self._rows: tuple[Row, ...] = ()

    def middle(self) -> ComposeResult:
        yield StatusBar()
        yield Table()
        yield FactsPage(id="detail")
        yield LineField(limit=LONGEST_SEARCH, label="Search", id="search")

    def begin(self) -> None:
        self.call_after_refresh(self._fill)

    def freshen(self) -> None:
        super().freshen()
        if self.stands:
            self._fill()

    def on_resize(self) -> None:
        """Choose the columns for the width again."""
        super().on_resize()
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        everyone = self.console.rows()
        chosen = self._at
        self._rows = pick(everyone, self._show, self._search, self._order)
        cursor = next((at for at, row in enumerate(self._rows) if row.candidate == chosen), 0)
        columns = _columns(self.size.width)
        self.query_one(Table).show(
            [one[:2] for one in columns], [_cells(row, columns) for row in self._rows], cursor
        )
        looked = [self._show.value] if self._show is not Show.ALL else []
        looked += [f"search “{self._search}”"] if self._search else []
        place = f"{', '.join(looked)}: {len(self._rows)}" if looked else self.PLACE
        self.query_one(Header).set_middle(place)
        by = f"by {self._order.value}"
        self.query_one(StatusBar).set_facts([(counts_words(everyone), Role.STRONG), (by, Role.MUTED)])
        self._tell()

    def _tell(self) -> None:
        row = self._row
        said = [("Nobody. Esc shows everyone again.", Role.TEXT)]
        if row is not None:
            trouble = f"  Look: {', '.join(row.trouble)}." if row.trouble else ""
            said = [
                ("", Role.RULE),
                (f"Came back  \t{row.came}.{trouble}", Role.TEXT),
                (f"Done here  \t{row.here}.", Role.TEXT),
            ]
        self.query_one("#detail", FactsPage).set_paragraphs(said)

    @property
    def _row(self) -> Row | None:
        at = self.query_one(Table).cursor
        return self._rows[at] if at < len(self._rows) else None

    @property
    def _at(self) -> str:
        row = self._row
        return row.candidate if row else ""

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(Table).move(by)
        self._tell()

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.query_one(Table).turn(by)
        self._tell()

    def action_filter(self) -> None:
        """The next filter."""
        every = tuple(Show)
        self._show = every[(every.index(self._show) + 1) % len(every)]
        self._fill()

    def action_sort(self) -> None:
        """The next order."""
        every = tuple(Order)
        self._order = every[(every.index(self._order) + 1) % len(every)]
        self._fill()

    def action_search(self) -> None:
        """Put the caret into the search."""
        self.add_class("-searching")
        self.set_focus(self.query_one("#search", LineField))

    @on(LineField.Changed)
    def _typed(self, message: LineField.Changed) -> None:
        self._search = message.value
        self._fill()

    @on(LineField.Submitted)
    def _found(self) -> None:
        self.set_focus(None)

    def action_clear(self) -> None:
        """Show everyone again."""
        self.set_focus(None)
        self.remove_class("-searching")
        self.query_one("#search", LineField).set_value("")
        self._search, self._show = "", Show.ALL
        self._fill()

    def action_open(self) -> None:
        """Open the candidate's card."""
        if self._at:
            self.app.push_screen(CardScreen(self._at), self._came_back)

    def _came_back(self, _: object) -> None:
        self.freshen()

    def action_admit(self) -> None:
        """Admit the candidate."""
        who = self._at
        if who:
            self.stage.begin(lambda stage: acts.admit(stage, who))

    def action_incident(self) -> None:
        """Write an incident, first of all about the candidate at the cursor."""
        who = self._at
        self.stage.begin(lambda stage: incident.report(stage, who))

    def action_room(self) -> None:
        """Show what concerns the whole room."""
        self.app.push_screen(RoomScreen(), self._came_back)

    def action_leave(self) -> None:
        """Ask, then end the console."""
        self.stage.begin(_leave)


async def _leave(stage: Stage) -> None:
    words = [
        ("The sitting stays as it is. Unlock the console again to go on.", Role.TEXT),
        ("The kiosks go on by themselves.", Role.TEXT),
    ]
    await stage.ask(ConfirmScreen("Leave the console", words, "leave"))
    stage.leave()


_Cell = tuple[str, int, Callable[[Row], str], int]


def _columns(width: int) -> tuple[_Cell, ...]:
    """Head, cells, what stands there, and from which width of the screen on."""
    return tuple(column for column in _ALL if width >= column[3])


def _cells(row: Row, columns: tuple[_Cell, ...]) -> tuple[str, ...]:
    return tuple(told(row) for _, _, told, _ in columns)


def _codes(row: Row) -> str:
    return f"{row.issued}/{row.redeemed}" if row.issued else "-"


_ALL: tuple[_Cell, ...] = (
    ("NUMBER", 9, lambda row: row.candidate, 0),
    ("NAME", 0, lambda row: row.name, 0),
    ("SEAT", 10, lambda row: row.seat or "none", 0),
    ("DONE HERE", 11, lambda row: row.state, 0),
    ("MIN", 4, lambda row: "?" if row.minutes is None else str(row.minutes), MIDDLING),
    ("CODES", 6, _codes, 0),
    ("CAME BACK", 14, lambda row: row.back or "-", 0),
    ("INC", 3, lambda row: str(row.incidents or "-"), MIDDLING),
    ("CHECKPOINT HEARD", 16, lambda row: grouped(row.heard) or "-", WIDE),
    ("LOOK", 22, lambda row: ", ".join(row.trouble) or "-", WIDE),
)

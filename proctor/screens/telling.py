"""The screens that tell: a code to read aloud, words to read, an error, and work under way."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.errors import Diagnostics
from proctor.screens.stand import BACK, GO_ON, DeskScreen, LeftError, Stage
from proctor.spoken import Spoken
from proctor.widgets.page import GAP, FactsPage, facts, problem_words
from proctor.widgets.plate import Plate
from proctor.widgets.table import Column, Table
from terminal.keys import SCROLL, Key
from terminal.theme import Role
from terminal.widgets import Span, TextPane

_BACK = Key(BACK.keys, BACK.label, "go back", BACK.action)
MOST_STEPS = 12


class CodeScreen(DeskScreen):
    """A code, large: for whom, where it is typed, how to read it aloud, and what the kiosk shows then."""

    KEYS = (GO_ON, _BACK)
    PLACE = "Code"

    def __init__(self, spoken: Spoken) -> None:
        super().__init__()
        self._spoken = spoken

    def middle(self) -> ComposeResult:
        spoken = self._spoken
        with Middle(), Vertical(classes="code"):
            yield FactsPage(
                [
                    (spoken.title, Role.STRONG),
                    ("", Role.RULE),
                    *facts((("For", spoken.who), ("At", spoken.kiosk)), Role.STRONG),
                    GAP,
                ]
            )
            yield Plate(spoken.groups)
            yield FactsPage(
                [
                    GAP,
                    *facts(
                        (
                            ("Read aloud", spoken.aloud),
                            ("Typed", spoken.how),
                            ("Then", spoken.then),
                        )
                    ),
                    *([GAP, (f"! {spoken.note}", Role.ALERT)] if spoken.note else []),
                ]
            )


class ErrorScreen(DeskScreen):
    """What went wrong, what to do next, the code and whom to call."""

    KEYS = (GO_ON, _BACK)
    PLACE = "Not done"

    def __init__(self, problem: Diagnostics) -> None:
        super().__init__()
        self._problem = problem

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield FactsPage(
                [
                    ("This was not done", Role.STRONG),
                    ("", Role.RULE),
                    *problem_words(self._problem, self.console.support),
                ]
            )


class WordsScreen(DeskScreen):
    """Words to read, as long as they are; Enter goes on."""

    KEYS = (GO_ON, _BACK, *SCROLL)

    def __init__(self, title: str, text: str, place: str = "") -> None:
        super().__init__()
        self._title, self._text = title, text
        self.place = place

    def middle(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield FactsPage([(self._title, Role.STRONG), ("", Role.RULE), GAP])
            yield TextPane(self._text, title="Enter goes on")

    def action_page_up(self) -> None:
        """Scroll up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll down."""
        self.query_one(TextPane).page_down()


class ListScreen(DeskScreen):
    """A table to read, page after page; Enter goes on."""

    KEYS = (
        GO_ON,
        _BACK,
        Key(("pagedown", "space", "down"), "PgDn", "the next page", "turn(1)", "next page"),
        Key(("pageup", "up"), "PgUp", "the page before", "turn(-1)", "page before"),
    )

    def __init__(
        self, title: str, words: Sequence[Span], columns: Sequence[Column], rows: Sequence[Sequence[str]]
    ) -> None:
        super().__init__()
        self._title, self._words, self._columns, self._rows = title, tuple(words), columns, tuple(rows)

    def middle(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield FactsPage([(self._title, Role.STRONG), ("", Role.RULE), *self._words, GAP])
            yield Table(id="rows")
            yield FactsPage([GAP], id="place")

    def begin(self) -> None:
        self.query_one(Table).show(self._columns, self._rows)
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        first, last, total = self.query_one(Table).position
        words = (
            f"{first}-{last} of {total}; PgDn shows more" if last - first + 1 < total else f"{total} in all"
        )
        self.query_one("#place", FactsPage).set_paragraphs([(words, Role.MUTED)])

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.query_one(Table).turn(by)
        self._place()


class WorkingScreen(DeskScreen):
    """Work under way: what is done, and its last steps. No key ends it."""

    PLACE = "Working"

    def __init__(self, what: str, steps: Sequence[str]) -> None:
        """`steps` grows while the work is done; each one more is told by `StepTold`."""
        super().__init__()
        self._what, self._steps = what, steps

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield FactsPage()

    def begin(self) -> None:
        steps = [(f"  {step}", Role.MUTED) for step in self._steps[-MOST_STEPS:]]
        count = f"  ({len(self._steps)} done)" if self._steps else ""
        self.query_one(FactsPage).set_paragraphs(
            [
                (f"{self._what}{count}", Role.STRONG),
                ("", Role.RULE),
                ("Leave the carrier in.", Role.TEXT),
                *steps,
            ]
        )

    def on_step_told(self) -> None:
        """Show one more step."""
        self.begin()


async def tell(stage: Stage, screen: DeskScreen) -> None:
    """Show something to read; leaving it is going on."""
    try:
        await stage.ask(screen)
    except LeftError:
        return

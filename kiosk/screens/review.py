"""TESTING: all questions on one screen. Any is reached in three keys: its number, typed, or the arrows.

A number is followed as it is typed; where no longer number could be meant, its question opens at once.
"""

from __future__ import annotations

from textual.app import ComposeResult

from kiosk.protocol import Go
from kiosk.screens.hand_in import FINISH, HandInScreen
from kiosk.screens.seat import TIME, KioskScreen, Link
from kiosk.screens.wording import answered, flagged, problem_words
from kiosk.widgets.grid import ANSWERED, FLAGGED, Grid
from kiosk.widgets.page import Page
from kiosk.words import warning
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Span, StatusBar

NOT_ANSWERED = ".f"


class ReviewScreen(KioskScreen):
    """The grid with its counts."""

    KEYS = (
        Key(("enter", "space"), "Enter", "open the question at the cursor >", "open", "open"),
        Key(("0",), "0-9", "type a number to go to that question", "digit(0)", "number"),
        *(Key((str(digit),), "", "", f"digit({digit})") for digit in range(1, 10)),
        Key(("backspace", "delete"), "Backspace", "forget the number typed so far", "forget"),
        Key(("u", "U"), "U", "to the next question not answered", "unanswered", "unanswered"),
        Key(("f", "F", "f4"), "F", "to the next flagged question", "flagged", "flagged"),
        Key(("left",), "Arrows", "move the cursor", "move(-1, 0)"),
        Key(("right",), "", "", "move(1, 0)"),
        Key(("up",), "", "", "move(0, -1)"),
        Key(("down",), "", "", "move(0, 1)"),
        Key(("home",), "Home, End", "to the first or the last question", "end(0)"),
        Key(("end",), "", "", "end(1)"),
        Key(("r", "R", "f6", "escape"), "R", "back to the question; also F6, Esc", "back", "back"),
        TIME,
        FINISH,
    )
    PLACE = "Review"

    def __init__(self, link: Link, digit: int | None = None) -> None:
        """`digit` begins the number of a question."""
        super().__init__(link)
        self._typed = ""
        self._begun = digit
        self._said = ""
        self._wanted: int | None = None

    def middle(self) -> ComposeResult:
        yield Page(id="counts", classes="inset")
        yield Grid()
        yield StatusBar()

    def bar(self) -> tuple[Key, ...]:
        wanted = ("open", "unanswered", "flagged", "finish", "back", "help", "number")
        return tuple(sorted((key for key in self.table() if key.bar), key=lambda key: wanted.index(key.bar)))

    def on_mount(self) -> None:
        """Start at the question on the screen."""
        question = self.view.question
        self.query_one(Grid).show(self.view.marks, question.index if question else 0)
        if self._begun is not None:
            self.action_digit(self._begun)

    def show(self) -> None:
        view, marks = self.view, self.view.marks
        if self._wanted is not None and view.question and view.question.index == self._wanted:
            self.leave()
            return
        if not self.link.moving:
            self._wanted = None
        grid = self.query_one(Grid)
        grid.show(marks)
        done, marked = answered(marks), flagged(marks)
        words: list[Span] = [
            ("", Role.TEXT),
            (f"{done} answered   {len(marks) - done} not answered   {marked} flagged", Role.STRONG),
            ("* answered   . not answered   F flagged   > cursor", Role.MUTED),
            ("", Role.TEXT),
            *problem_words(view.problem, view.support),
        ]
        self.query_one("#counts", Page).set_paragraphs(words)
        super().show()

    def tick(self) -> None:
        super().tick()
        self._status()

    def _status(self) -> None:
        at = self.query_one(Grid).cursor
        typed = f"Number {self._typed}_" if self._typed else ""
        self.query_one(StatusBar).set_facts(
            [
                (warning(self.link.remaining, self.view.limit), Role.ALERT),
                (self._said, Role.ALERT),
                (typed, Role.STRONG),
                (f"Question {at + 1}: {_said(self.view.marks[at : at + 1])}", Role.TEXT),
            ]
        )

    def action_open(self) -> None:
        """Open the question at the cursor."""
        self._open(self.query_one(Grid).cursor)

    def _open(self, place: int) -> None:
        self._forget()
        if self.view.question and self.view.question.index == place:
            self.leave()
            return
        self._wanted = place
        self.link.submit(Go(place))

    def action_digit(self, digit: int) -> None:
        """Follow a number as it is typed."""
        total, typed = len(self.view.marks), int(f"{self._typed}{digit}")
        if not 1 <= typed <= total:
            self._forget(f"There is no question {typed}")
            self._status()
            return
        self._forget()
        self._typed = str(typed)
        self._point(typed - 1)
        if typed * 10 > total and len(self._typed) > 1:
            self.action_open()

    def _forget(self, said: str = "") -> None:
        self._typed, self._said = "", said

    def action_forget(self) -> None:
        """Forget the number typed so far."""
        self._forget()
        self._status()

    def action_unanswered(self) -> None:
        """Go to the next question without an answer."""
        self._next(NOT_ANSWERED)

    def action_flagged(self) -> None:
        """Go to the next flagged question."""
        self._next(FLAGGED)

    def _next(self, wanted: str) -> None:
        place = self.query_one(Grid).next_place(wanted)
        self._forget()
        if place is not None:
            self._point(place)

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor in the grid."""
        self._forget()
        grid = self.query_one(Grid)
        wanted = grid.cursor + across + down * grid.columns
        if 0 <= wanted < len(self.view.marks):
            self._point(wanted)

    def action_end(self, last: int) -> None:
        """Go to the first or the last question."""
        self._forget()
        self._point((len(self.view.marks) - 1) * last)

    def _point(self, place: int) -> None:
        self.query_one(Grid).point(place)
        self._status()

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()

    def action_finish(self) -> None:
        """Take the first step of handing in."""
        self.app.push_screen(HandInScreen(self.link))


def _said(mark: str) -> str:
    words = "answered" if mark in ANSWERED else "not answered"
    return words + (", flagged" if mark in FLAGGED else "")

"""The screens that a question has: a form, a list to choose from, yes or no, and what takes two steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.errors import Diagnostics, ExamKioskError
from proctor.screens.stand import BACK, DeskScreen, Stage
from proctor.widgets.page import GAP, FactsPage, problem_words
from proctor.widgets.table import Table
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

T = TypeVar("T")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class FormScreen(DeskScreen):
    """Words, fields and what came of the last try; Enter in the last field answers with all values, as a tuple."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key(("enter",), "Enter", "next field; in the last one: go on", "send", "go on"),
        Key(("tab", "down"), "Tab", "go to the next field", "step(1)"),
        Key(("shift+tab", "up"), "Shift+Tab", "go to the field before", "step(-1)"),
        BACK,
    )

    def __init__(
        self,
        title: str,
        words: Sequence[Span],
        fields: Sequence[LineField],
        *,
        problem: Diagnostics | None = None,
        check: Callable[[tuple[str, ...]], str] = lambda _: "",
        place: str = "",
    ) -> None:
        """`check` says what is still missing in the values, in words, or nothing."""
        super().__init__()
        self._title, self._words, self._fields = title, tuple(words), tuple(fields)
        self._problem, self._check = problem, check
        self.place = place or title

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield FactsPage([(self._title, Role.STRONG), ("", Role.RULE), GAP, *self._words, GAP])
            yield from self._fields
            yield FactsPage(problem_words(self._problem, self.console.support), id="problem")

    def begin(self) -> None:
        empty = (field for field in self._fields if not field.value)
        self.set_focus(next(empty, self._fields[0]))

    @on(LineField.Submitted)
    def _entered(self, message: LineField.Submitted) -> None:
        if message.field is self._fields[-1]:
            self.action_send()

    def action_send(self) -> None:
        """Answer, unless something is missing."""
        values = tuple(field.value for field in self._fields)
        missing = self._check(values)
        short = next((one for one in self._fields if isinstance(one, CodeField) and not one.complete), None)
        if not missing and short is not None:
            missing = "Type the whole code."
        if missing:
            self.query_one("#problem", FactsPage).set_paragraphs([GAP, (f"! {missing}", Role.ALERT)])
            return
        self.answer(values)

    def action_step(self, by: int) -> None:
        """Go to another field."""
        at = self._fields.index(self.focused) if self.focused in self._fields else 0
        self.set_focus(self._fields[(at + by) % len(self._fields)])


class ChoiceScreen(DeskScreen):
    """A list; a letter takes its entry at once, Enter the one that the cursor is on. Answers with its place."""

    KEYS = (
        Key(("enter",), "Enter", "take the entry at the cursor", "choose", "take"),
        Key(("a", "A"), "A-Z", "take the entry with this letter", "letter(0)"),
        *(Key((one.lower(), one), one, "", f"letter({at})") for at, one in enumerate(LETTERS) if at),
        Key(("up",), "Up", "one up", "move(-1)"),
        Key(("down",), "Down", "one down", "move(1)", "choose"),
        Key(("pageup",), "PgUp", "a page up", "turn(-1)"),
        Key(("pagedown",), "PgDn", "a page down", "turn(1)"),
        BACK,
    )
    PLACE = "Choose"

    def __init__(
        self,
        title: str,
        entries: Sequence[str],
        *,
        words: Sequence[Span] = (),
        cursor: int = 0,
        problem: Diagnostics | None = None,
    ) -> None:
        super().__init__()
        self._title, self._entries, self._words = title, tuple(entries), tuple(words)
        self._cursor, self._problem = cursor, problem

    def middle(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield FactsPage([(self._title, Role.STRONG), ("", Role.RULE), *self._words, GAP])
            yield Table()
            yield FactsPage(problem_words(self._problem, self.console.support))

    def begin(self) -> None:
        rows = [(LETTERS[at] if at < len(LETTERS) else "", entry) for at, entry in enumerate(self._entries)]
        self.query_one(Table).show((("", 1), ("", 0)), rows, self._cursor)

    def action_letter(self, at: int) -> None:
        """Take the entry at a place, if there is one."""
        if at < len(self._entries):
            self.answer(at)

    def action_choose(self) -> None:
        """Take the entry at the cursor."""
        self.answer(self.query_one(Table).cursor)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(Table).move(by)

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.query_one(Table).turn(by)


class YesNoScreen(DeskScreen):
    """One question that Y or N answers."""

    KEYS = (
        Key(("y", "Y"), "Y", "yes", "yes", "yes"),
        Key(("n", "N"), "N", "no", "no", "no"),
        BACK,
    )
    PLACE = "Question"

    def __init__(self, title: str, words: Sequence[Span], yes: str, no: str) -> None:
        """`yes` and `no` say what each means."""
        super().__init__()
        self._title, self._words, self._yes, self._no = title, tuple(words), yes, no

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield FactsPage(
                [
                    (self._title, Role.STRONG),
                    ("", Role.RULE),
                    GAP,
                    *self._words,
                    GAP,
                    (f"Y  \t{self._yes}", Role.TEXT),
                    (f"N  \t{self._no}", Role.TEXT),
                ]
            )

    def action_yes(self) -> None:
        """Answer yes."""
        self.answer("yes")

    def action_no(self) -> None:
        """Answer no."""
        self.answer("no")


class ConfirmScreen(DeskScreen):
    """What takes two steps: Y, then Enter. Any other key takes the first step back."""

    KEYS = (
        Key(("y", "Y"), "Y", "the first step", "arm", "first step"),
        Key(("enter",), "Enter", "the second step, after Y", "confirm", "then do it"),
        Key(("n", "N"), "N", "take the first step back", "disarm"),
        BACK,
    )
    PLACE = "Are you sure?"

    def __init__(self, title: str, words: Sequence[Span], deed: str) -> None:
        """`deed` is what will be done, as "pause every kiosk"."""
        super().__init__()
        self._title, self._words, self._deed = title, tuple(words), deed
        self._armed = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield FactsPage()

    def begin(self) -> None:
        step = (
            (f"! Press Enter to {self._deed}, or N to think again.", Role.ALERT)
            if self._armed
            else (f"Press Y if you want to {self._deed}.", Role.TEXT)
        )
        said = [(self._title, Role.STRONG), ("", Role.RULE), GAP, *self._words, GAP, step]
        self.query_one(FactsPage).set_paragraphs(said)

    def action_arm(self) -> None:
        """The first step."""
        self._armed = True
        self.begin()

    def action_disarm(self) -> None:
        """Not yet."""
        self._armed = False
        self.begin()

    def action_confirm(self) -> None:
        """The second step, after the first."""
        if self._armed:
            self.answer("done")


async def until_it_fits(
    stage: Stage,
    form: Callable[[tuple[str, ...], Diagnostics | None], DeskScreen],
    what: str,
    job: Callable[[tuple[str, ...]], T],
) -> T:
    """Ask with a form, and do the job with what was typed, until it succeeds; `what` says what is being done.

    The form gets what was typed the last time, nothing at first, and why that did not do. Raises `LeftError`.
    """
    typed: tuple[str, ...] = ()
    problem: Diagnostics | None = None
    while True:
        typed = cast("tuple[str, ...]", await stage.ask(form(typed, problem)))
        try:
            return await stage.work(what, partial(job, typed))
        except ExamKioskError as error:
            problem = error.diagnostics()

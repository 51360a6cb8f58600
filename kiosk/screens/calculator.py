"""The calculator: a line that is typed, the last results, and the question above them where there is room."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from kiosk.protocol import MAX_EXPRESSION, Calculate
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import problem_words
from kiosk.screens.writing import TIME_KEY
from kiosk.widgets.blocks import MEASURE, text_rows
from terminal.keys import HELP, SCROLL, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import LineField, Page, Span, StatusBar, TextPane

WORK = Key(("enter",), "Enter", N_("work it out"), "work", N_("work out"))
EARLIER = Key(
    ("up",),
    "Up",
    N_("take the last result into the line, then earlier ones"),
    "earlier(1)",
    N_("last result"),
)
LATER = Key(("down",), "Down", N_("take a later result into the line"), "earlier(-1)")
LEAVE = Key(("f3", "escape"), "F3", N_("back to the question; also Esc"), "back", N_("back"))
LEAST_TAPE = 4
"""Results in sight at the least."""


class CalculatorScreen(KioskScreen):
    """What is typed is worked out by the session, which keeps it: the results come with the view."""

    KEYS = (WORK, EARLIER, LATER, *SCROLL, TIME_KEY, LEAVE)

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asked = self._held = ""
        self._back = 0
        self._width = 0
        self._item = ""

    def middle(self) -> ComposeResult:
        yield TextPane(title=_("Question"), classes="reading")
        yield Page(id="tape", classes="inset")
        yield LineField(limit=MAX_EXPRESSION, label=_("Calculation"), classes="inset")
        yield Page(id="problem", classes="inset")
        yield StatusBar()

    def begin(self) -> None:
        """Put the caret into the line."""
        self.set_focus(self.query_one(LineField))

    def show(self) -> None:
        self._question()
        if self._asked and self.link.settled:
            field = self.query_one(LineField)
            if self.view.problem is None and field.value == self._asked:
                field.set_value("")
            self._asked, self._back = "", 0
        self.query_one("#tape", Page).set_paragraphs(self._tape())
        self.query_one("#problem", Page).set_paragraphs(self._said())
        super().show()

    def bar(self) -> tuple[Key, ...]:
        return (WORK, EARLIER, LEAVE, TIME_KEY, HELP)

    def tick(self) -> None:
        super().tick()
        self.query_one(StatusBar).set_facts(self.link.warnings())

    def _question(self) -> None:
        question, width = self.view.question, self.app.size.width
        if question is None or (question.item.id, width) == (self._item, self._width):
            return
        self._item, self._width = question.item.id, width
        rows = text_rows(question.item.stem, min(MEASURE, width - 4))
        self.query_one(TextPane).set_text("\n".join(rows), title=self.place())

    def _tape(self) -> list[Span]:
        tape = self.view.tape[-max(LEAST_TAPE, self.app.size.height // 4) :]
        if not tape:
            return [(_("+ - * / and brackets; a point or a comma for decimals."), Role.MUTED)]
        last = len(tape) - 1
        return [
            (f"{expression} = {result}", Role.STRONG if place == last else Role.TEXT)
            for place, (expression, result) in enumerate(tape)
        ]

    def _said(self) -> list[Span]:
        if self._asked:
            return [(_("Working out ..."), Role.MUTED)]
        return problem_words(self.view.problem, self.view.support) or [("", Role.TEXT)]

    @on(LineField.Submitted)
    def _entered(self) -> None:
        self.action_work()

    def action_work(self) -> None:
        """Send what is typed, one at a time."""
        typed = self.query_one(LineField).value.strip()
        if typed and not self._asked:
            self.query_one(LineField).set_value(typed)
            self._asked = typed
            self.link.submit(Calculate(typed))
            self.show()

    def action_earlier(self, by: int) -> None:
        """Put the last result at the end of the line, or an earlier one in its place."""
        results = [result for _expression, result in self.view.tape]
        field = self.query_one(LineField)
        if field.value != self._held:
            self._back = 0
        wanted = self._back + by
        if not 1 <= wanted <= len(results):
            return
        taken = results[-self._back] if self._back else ""
        kept = field.value[: len(field.value) - len(taken)] if field.value.endswith(taken) else field.value
        field.set_value(kept + results[-wanted])
        self._back, self._held = wanted, field.value

    def action_page_up(self) -> None:
        """Scroll the question up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll the question down."""
        self.query_one(TextPane).page_down()

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()

"""INSTRUCTIONS: how to answer, before the clock starts."""

from __future__ import annotations

from textual.app import ComposeResult

from kiosk.protocol import Begin
from kiosk.screens.reading import READING, ReadingScreen, paragraphs
from kiosk.screens.seat import COMFORT, PROCTOR
from kiosk.screens.wording import problem_words
from kiosk.words import spoken
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, TextPane


class InstructionsScreen(ReadingScreen):
    """The text, and B to begin: the clock starts with it."""

    KEYS = (
        Key(("b", "B"), "B", N_("begin: the clock starts"), "begin", N_("begin the exam")),
        *READING,
    )
    OPENS = (PROCTOR, COMFORT)
    PLACE = N_("Instructions")

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield TextPane(title=_("Instructions"), classes="reading")
        yield Page(id="ask", classes="inset")

    def show(self) -> None:
        view, pane = self.view, self.query_one(TextPane)
        text = paragraphs(view.instructions)
        if pane.text != text:
            pane.set_text(text)
        self.query_one("#heading", Page).set_paragraphs(self.heading(_("How to answer")))
        begins = (
            _("You have {time}, from when you press B.").format(time=spoken(view.limit))
            if view.limit
            else _("The clock starts when you press B.")
        )
        self.query_one("#ask", Page).set_paragraphs(
            [
                (begins, Role.STRONG),
                *problem_words(view.problem, view.support),
            ]
        )
        super().show()

    def relabel(self) -> None:
        self.query_one(TextPane).set_text(paragraphs(self.view.instructions), title=_("Instructions"))

    def action_begin(self) -> None:
        """Start the clock."""
        self.link.submit(Begin())

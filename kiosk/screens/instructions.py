"""INSTRUCTIONS: how to answer, before the clock starts."""

from __future__ import annotations

from textual.app import ComposeResult

from kiosk.protocol import Begin
from kiosk.screens.reading import READING, ReadingScreen, paragraphs
from kiosk.screens.wording import problem_words
from kiosk.widgets.page import Page
from kiosk.words import spoken
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import TextPane


class InstructionsScreen(ReadingScreen):
    """The text, and B to begin: the clock starts with it."""

    KEYS = (
        Key(("b", "B"), "B", "begin: the clock starts", "begin", "begin the exam"),
        *READING,
    )
    PLACE = "Instructions"

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield TextPane(title="Instructions", classes="reading")
        yield Page(id="ask", classes="inset")

    def show(self) -> None:
        view, pane = self.view, self.query_one(TextPane)
        text = paragraphs(view.instructions)
        if pane.text != text:
            pane.set_text(text)
        self.query_one("#heading", Page).set_paragraphs(self.heading("How to answer"))
        limit = f"You have {spoken(view.limit)}, " if view.limit else "The clock starts "
        self.query_one("#ask", Page).set_paragraphs(
            [
                (f"{limit}from when you press B.", Role.STRONG),
                *problem_words(view.problem, view.support),
            ]
        )
        super().show()

    def action_begin(self) -> None:
        """Start the clock."""
        self.link.submit(Begin())

"""STOPPED: nothing can go on here; whom to call."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.encoding import grouped
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import problem_words
from kiosk.widgets.page import Page
from terminal.theme import Role


class StoppedScreen(KioskScreen):
    """Call the proctor: what happened, the next step, the code to read out."""

    PLACE = "Stopped"

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        view = self.view
        self.query_one(Page).set_paragraphs(
            [
                ("Call the proctor.", Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                ("This kiosk has stopped. What was saved is kept.", Role.TEXT),
                *(((view.cause, Role.TEXT),) if view.cause else ()),
                ("", Role.TEXT),
                *problem_words(view.problem, view.support),
                ("", Role.TEXT),
                (f"Kiosk        {view.kiosk}   {view.site}", Role.MUTED),
                *(((f"Candidate    {view.candidate}", Role.MUTED),) if view.candidate else ()),
                *(((f"Checkpoint   {grouped(view.checkpoint)}", Role.MUTED),) if view.checkpoint else ()),
            ]
        )
        super().show()

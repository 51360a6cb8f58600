"""CONFIRM: is the name on the screen the candidate's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import ConfirmIdentity
from kiosk.screens.seat import KioskScreen, Link
from kiosk.screens.wording import problem_words
from kiosk.widgets.page import Page
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Span


class ConfirmScreen(KioskScreen):
    """Name and number; Y alone goes on, never an Enter too many; N says to call the proctor."""

    KEYS = (
        Key(("y", "Y"), "Y", "yes, this is me", "yes", "this is me"),
        Key(("n", "N"), "N", "no, this is not me", "no", "not me"),
    )
    PLACE = "Confirm"

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._denied = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        view = self.view
        said: list[Span] = [("Press Y if this is you, or N if it is not.", Role.TEXT)]
        if self._denied:
            said = [
                ("! Do not go on. Raise your hand: the proctor will help you.", Role.ALERT),
                ("If it is you after all, press Y.", Role.TEXT),
            ]
        self.query_one(Page).set_paragraphs(
            [
                ("Is this you?", Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                (f"Name               {view.name}", Role.STRONG),
                (f"Candidate number   {view.candidate}", Role.STRONG),
                *(((f"Exam               {view.title}", Role.TEXT),) if view.title else ()),
                ("", Role.TEXT),
                *said,
                *problem_words(view.problem, view.support),
            ]
        )
        super().show()

    def action_yes(self) -> None:
        """Confirm."""
        self.link.submit(ConfirmIdentity())

    def action_no(self) -> None:
        """Say whom to call; nothing is sent."""
        self._denied = True
        self.show()

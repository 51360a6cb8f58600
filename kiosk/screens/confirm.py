"""CONFIRM: is the name on the screen the candidate's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import ConfirmIdentity
from kiosk.screens.link import Link
from kiosk.screens.seat import COMFORT, PROCTOR, KioskScreen
from kiosk.screens.wording import facts_rows, problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span


class ConfirmScreen(KioskScreen):
    """Name and number; Y alone goes on, never an Enter too many; N says to call the proctor."""

    KEYS = (
        Key(("y", "Y"), "Y", N_("yes, this is me"), "yes", N_("this is me")),
        Key(("n", "N"), "N", N_("no, this is not me"), "no", N_("not me")),
    )
    OPENS = (PROCTOR, COMFORT)
    PLACE = N_("Confirm")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._denied = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        view = self.view
        said: list[Span] = [(_("Press Y if this is you, or N if it is not."), Role.TEXT)]
        if self._denied:
            said = [
                (_("! Do not go on. Raise your hand: the proctor will help you."), Role.ALERT),
                (_("If it is you after all, press Y."), Role.TEXT),
            ]
        facts = (
            (N_("Name"), view.name),
            (N_("Candidate number"), view.candidate),
            (N_("Exam"), view.title),
            (N_("Support"), view.support),
        )
        self.query_one(Page).set_paragraphs(
            [
                (_("Is this you?"), Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                *facts_rows(facts, Role.STRONG),
                ("", Role.TEXT),
                *([(view.moved, Role.TEXT), ("", Role.TEXT)] if view.moved else []),
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

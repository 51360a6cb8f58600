"""AGREEMENT: a text to accept or decline before any question is opened."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult

from kiosk.protocol import Accept, Decline
from kiosk.screens.link import Link
from kiosk.screens.reading import READING, ReadingScreen, paragraphs
from kiosk.screens.seat import COMFORT, PROCTOR
from kiosk.screens.wording import problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, TextPane

YES = Key(
    ("y", "Y"),
    "Y",
    N_("after D: yes, decline and end the sitting"),
    "confirm",
    N_("decline, end the sitting"),
)
NO = Key(("n", "N", "escape"), "N", N_("after D: no, do not decline; also Esc"), "keep", N_("do not decline"))


class AgreementScreen(ReadingScreen):
    """The text, scrolled where it is long. A accepts; D declines, and asks once more."""

    KEYS = (
        Key(("a", "A"), "A", N_("accept"), "accept", N_("accept")),
        Key(("d", "D"), "D", N_("decline; you are asked once more"), "decline", N_("decline")),
        replace(YES, bar=""),
        replace(NO, bar=""),
        *READING,
    )

    OPENS = (PROCTOR, COMFORT)

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._declining = self._read = self._asked = False
        self._shown = ""

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield TextPane(title=_("Terms"), classes="reading")
        yield Page(id="ask", classes="inset")

    def show(self) -> None:
        agreement = self.view.agreement
        if agreement is None:
            return
        if agreement.id != self._shown:
            self._shown, self._declining, self._read, self._asked = agreement.id, False, False, False
            self.query_one(TextPane).set_text(paragraphs(agreement.text), title=agreement.title)
        self.query_one("#heading", Page).set_paragraphs(self.heading(agreement.title))
        self.query_one("#ask", Page).set_paragraphs(
            [*self._ask(), *problem_words(self.view.problem, self.view.support)]
        )
        super().show()

    def place(self) -> str:
        return _("Terms {place}").format(place=self.view.agreement_place).rstrip()

    def bar(self) -> tuple[Key, ...]:
        return (YES, NO) if self._declining else self.table()

    def _ask(self) -> list[Span]:
        if self._declining:
            return [
                (_("! If you decline, the sitting ends now and no question is shown."), Role.ALERT),
                (_("Decline? Y: yes, end the sitting.   N: no, back to the terms."), Role.STRONG),
            ]
        if self._asked and not self._at_end():
            return [
                (_("You have not read to the end."), Role.ALERT),
                (_("Press A again to accept, PgDn to read on."), Role.STRONG),
            ]
        return [
            (_("Read to the end.   A: I accept.   D: I decline."), Role.STRONG),
        ]

    def action_accept(self) -> None:
        """Accept the agreement on the screen; asked once more before its end was seen."""
        if not self.view.agreement or self._declining:
            return
        if not (self._at_end() or self._asked):
            self._asked = True
            self.show()
        else:
            self.link.submit(Accept(self.view.agreement.id))

    def _at_end(self) -> bool:
        """Whether the last line was ever in sight."""
        _first, last, total = self.query_one(TextPane).position
        self._read = self._read or last >= total
        return self._read

    def action_page_down(self) -> None:
        super().action_page_down()
        self._scrolled()

    def action_line_down(self) -> None:
        super().action_line_down()
        self._scrolled()

    def _scrolled(self) -> None:
        """Take note of an end that came in sight, and of the answer to the question whether to accept."""
        self._at_end()
        if self._asked:
            self._asked = False
            self.show()

    def action_decline(self) -> None:
        """Ask once more."""
        self._declining = True
        self.show()

    def action_keep(self) -> None:
        """Do not decline."""
        self._declining = False
        self.show()

    def action_confirm(self) -> None:
        """Decline, asked twice."""
        if self.view.agreement and self._declining:
            self.link.submit(Decline(self.view.agreement.id))

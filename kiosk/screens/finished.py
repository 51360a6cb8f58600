"""FINISHED: how it ended, the counts, the receipt code, and where the sealed record is."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.encoding import grouped
from kiosk.protocol import Ending, Leave
from kiosk.screens.seat import KioskScreen, Link
from kiosk.screens.wording import problem_words
from kiosk.widgets.page import Page
from kiosk.widgets.plate import Plate
from kiosk.words import moment, outcome_words
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Span

YES = Key(("y", "Y"), "Y", "after F10: yes, leave", "leave", "leave")
NO = Key(("n", "N", "escape"), "N", "after F10: stay; also Esc", "stay", "stay")


class FinishedScreen(KioskScreen):
    """The last screen. The proctor leaves it with F10, then Y."""

    KEYS = (
        Key(("f10",), "F10", "proctor: leave this screen; you are asked once more", "ask", "leave (proctor)"),
        replace(YES, bar=""),
        replace(NO, bar=""),
    )
    PLACE = "Finished"

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asking = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
            yield Plate(id="receipt")
            yield Page(id="after")

    def show(self) -> None:
        ending = self.view.ending
        if ending is None:
            return
        self.query_one("#words", Page).set_paragraphs(_before(ending))
        plate = self.query_one(Plate)
        plate.set_code(grouped(ending.receipt))
        plate.display = bool(ending.receipt)
        after: list[Span] = []
        if ending.receipt:
            after += [("Copy this receipt code. The exam centre can confirm it.", Role.TEXT), ("", Role.TEXT)]
        after += [(said, Role.TEXT) for said in (ending.result_notice, ending.exported) if said]
        after += problem_words(self.view.problem, self.view.support)
        if self._asking:
            after += [("", Role.TEXT), ("Proctor: leave this screen? Y leaves, N stays.", Role.ALERT)]
        self.query_one("#after", Page).set_paragraphs(after)
        super().show()

    def bar(self) -> tuple[Key, ...]:
        return (YES, NO) if self._asking else self.table()

    def action_ask(self) -> None:
        """Take the first step of leaving."""
        self._asking = True
        self.show()

    def action_stay(self) -> None:
        """Do not leave."""
        self._asking = False
        self.show()

    def action_leave(self) -> None:
        """Let the session process end, and this one after it."""
        if self._asking:
            self.link.left = True
            self.link.submit(Leave())


def _before(ending: Ending) -> list[Span]:
    how, what = outcome_words(ending)
    words: list[Span] = [(how, Role.STRONG), ("", Role.RULE), (what, Role.TEXT), ("", Role.TEXT)]
    if ending.answered or ending.unanswered:
        words += [
            (f"Answered       {ending.answered}", Role.TEXT),
            (f"Not answered   {ending.unanswered}", Role.TEXT),
            (f"Flagged        {ending.flagged}", Role.TEXT),
        ]
    if ending.handed_in_at:
        words += [(f"Ended          {moment(ending.handed_in_at)}", Role.TEXT)]
    return [*words, ("", Role.TEXT)]

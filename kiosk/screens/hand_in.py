"""TESTING: handing in, in two steps, with both counts on the screen."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import HandIn
from kiosk.screens.seat import TIME, KioskScreen, Link
from kiosk.screens.wording import answered, flagged, numbers, problem_words
from kiosk.widgets.grid import FLAGGED
from kiosk.widgets.page import Page
from kiosk.words import warning
from terminal.keys import HELP, Key
from terminal.theme import Role
from terminal.widgets import Span, StatusBar

FINISH = Key(("f10",), "F10", "finish: see what is not answered, then hand in", "finish", "finish")
ARM = Key(("y", "Y"), "Y", "yes, hand in; Enter then confirms", "arm", "hand in")
CONFIRM = Key(("enter",), "Enter", "after Y: confirm, and end the exam", "confirm", "confirm: hand in")
BACK = Key(
    ("r", "R", "escape", "n", "N", "f10"), "R", "back to the questions; also Esc, N, F10", "back", "back"
)
LISTED = 40
"""Cells for the numbers of the questions behind a count."""


class HandInScreen(KioskScreen):
    """F10 was the first step; here Y, then Enter, hands in."""

    KEYS = (
        ARM,
        replace(CONFIRM, bar=""),
        BACK,
        TIME,
    )
    PLACE = "Hand in"

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._armed = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
        yield StatusBar()

    def show(self) -> None:
        view, marks = self.view, self.view.marks
        if view.problem:
            self._armed = False
        missing, marked = len(marks) - answered(marks), flagged(marks)
        words: list[Span] = [
            ("Hand in your answers?", Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            (f"Answered       {len(marks) - missing:>3} of {len(marks)}", Role.TEXT),
            (
                f"Not answered   {missing:>3}   {numbers(marks, '.f', LISTED)}",
                Role.ALERT if missing else Role.TEXT,
            ),
            (f"Flagged        {marked:>3}   {numbers(marks, FLAGGED, LISTED)}", Role.TEXT),
            ("", Role.TEXT),
            ("After you hand in you cannot go back to any question.", Role.TEXT),
            ("", Role.TEXT),
            (
                "Press Enter to hand in now, or R to go back."
                if self._armed
                else "Press Y to hand in, or R to go back.",
                Role.ALERT if self._armed else Role.STRONG,
            ),
            *problem_words(view.problem, view.support),
        ]
        self.query_one(Page).set_paragraphs(words)
        super().show()

    def bar(self) -> tuple[Key, ...]:
        return (CONFIRM, BACK, HELP) if self._armed else self.table()

    def tick(self) -> None:
        super().tick()
        saving = "" if self.link.settled else "saving ..."
        self.query_one(StatusBar).set_facts(
            [(warning(self.link.remaining, self.view.limit), Role.ALERT), (saving, Role.TEXT)]
        )

    def action_arm(self) -> None:
        """Take the step before the last."""
        self._armed = True
        self.show()

    def action_confirm(self) -> None:
        """Hand in, with the counts that the screen shows, once all that was sent is answered."""
        if self._armed and self.link.settled:
            marks = self.view.marks
            self.link.submit(HandIn(len(marks) - answered(marks), flagged(marks)))

    def action_back(self) -> None:
        """Return to the questions."""
        self.leave()

"""TESTING: handing in, in two steps, with what is not answered, incomplete and flagged on the screen.

Rules.
1. Y arms, Enter confirms; no other way hands in.
2. A confirmed hand-in waits until everything typed before is saved. If that changes a count, it is asked again.
"""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import AnswerLine, HandIn, ShowAnswers
from kiosk.screens.answers import AnswersScreen
from kiosk.screens.link import Link
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.screens.wording import answered, incomplete, marked, numbers, problem_words
from kiosk.widgets.grid import FLAGGED
from kiosk.widgets.page import Page
from terminal.keys import HELP, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Span, StatusBar

FINISH = Key(("f10",), "F10", N_("finish: see what is not answered, then hand in"), "finish", N_("finish"))
ARM = Key(("y", "Y"), "Y", N_("yes, hand in; Enter then confirms"), "arm", N_("hand in"))
CONFIRM = Key(
    ("enter",), "Enter", N_("after Y: confirm, and end the exam"), "confirm", N_("confirm: hand in")
)
ANSWERS = Key(("a", "A"), "A", N_("all your answers in a list"), "answers", N_("answers"))
BACK = Key(
    ("r", "R", "escape", "n", "N", "f10"),
    "R",
    N_("back to the questions; also Esc, N, F10"),
    "back",
    N_("back"),
)
UNANSWERED = ".f,"
LISTED = 40
"""Cells for the numbers of the questions behind a count."""


class HandInScreen(KioskScreen):
    """F10 was the first step; here Y, then Enter, hands in."""

    KEYS = (ARM, replace(CONFIRM, bar=""), BACK, ANSWERS, TIME)
    PLACE = N_("Hand in")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._armed = False
        self._confirmed = ""
        self._answers: tuple[AnswerLine, ...] = ()

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
        yield StatusBar()

    def begin(self) -> None:
        """Ask which answers are incomplete."""
        self.link.submit(ShowAnswers())

    def show(self) -> None:
        view = self.view
        if view.problem or (self._confirmed and self._confirmed != view.marks):
            self._armed, self._confirmed = False, ""
        self._answers = view.answers or self._answers
        ask = (
            _("Press Enter to hand in now, or R to go back.")
            if self._armed
            else _("Press Y to hand in, or R to go back.")
        )
        words: list[Span] = [
            (_("Hand in your answers?"), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            *self._counts(),
            ("", Role.TEXT),
            (_("A shows all your answers as the scorers will see them."), Role.TEXT),
            (_("After you hand in you cannot go back to any question."), Role.TEXT),
            ("", Role.TEXT),
            (ask, Role.ALERT if self._armed else Role.STRONG),
            *problem_words(view.problem, view.support),
        ]
        self.query_one(Page).set_paragraphs(words)
        super().show()
        self._hand_in()

    def _counts(self) -> list[Span]:
        marks = self.view.marks
        done = answered(marks)
        lacking = [place for place in sorted(incomplete(self._answers)) if place < len(marks)]
        rows = (
            (N_("Answered"), done, _("of {total}").format(total=len(marks)), Role.TEXT),
            (N_("Not answered"), len(marks) - done, numbers(marked(marks, UNANSWERED), LISTED), Role.ALERT),
            (N_("Incomplete"), len(lacking), numbers(lacking, LISTED), Role.ALERT),
            (N_("Flagged"), len(marked(marks, FLAGGED)), numbers(marked(marks, FLAGGED), LISTED), Role.TEXT),
        )
        width = max(len(_(name)) for name, *_rest in rows) + 2
        return [
            (f"{_(name):<{width}}{count:>4}   {more}".rstrip(), role if count else Role.TEXT)
            for name, count, more, role in rows
        ]

    def bar(self) -> tuple[Key, ...]:
        return (CONFIRM, BACK, HELP) if self._armed else self.table()

    def tick(self) -> None:
        super().tick()
        saving = "" if self.link.settled else _("saving ...")
        self.query_one(StatusBar).set_facts([*self.link.warnings(), (saving, Role.TEXT)])

    def action_arm(self) -> None:
        """Take the step before the last."""
        self._armed = True
        self.show()

    def action_confirm(self) -> None:
        """Hand in with the counts that the screen shows, as soon as all that was sent before is answered."""
        if self._armed:
            self._confirmed = self.view.marks
            self._hand_in()

    def _hand_in(self) -> None:
        if self._confirmed and self.link.settled:
            marks, self._confirmed = self._confirmed, ""
            self.link.submit(HandIn(len(marks) - answered(marks), len(marked(marks, FLAGGED))))

    def action_answers(self) -> None:
        """Show every answer."""
        self._armed = False
        self.open(AnswersScreen(self.link))

    def action_back(self) -> None:
        """Return to the questions."""
        self.leave()

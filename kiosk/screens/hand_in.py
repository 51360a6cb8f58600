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
from terminal.keys import HELP, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

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
HANDING_IN = (
    N_("Hand in your answers?"),
    N_("A shows all your answers as the scorers will see them."),
    N_("After you hand in you cannot go back to any question."),
    N_("Press Y to hand in, or R to go back."),
    N_("Press Enter to hand in now, or R to go back."),
)
ENDING = (
    N_("End this round of practice?"),
    N_("A shows all your answers."),
    N_("Then you see how you stand in every area; you can practise again at any time."),
    N_("Press Y to end the round, or R to go back."),
    N_("Press Enter to end the round now, or R to go back."),
)
"""What is asked, two lines about it, and what to press first and then; of a test and of practice."""
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

    def place(self) -> str:
        return _("Finish") if self.view.practice is not None else super().place()

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
        practises = view.practice is not None
        asks = ENDING if practises else HANDING_IN
        words: list[Span] = [
            (_(asks[0]), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            *self._counts(),
            ("", Role.TEXT),
            *((_(line), Role.TEXT) for line in asks[1:3]),
            ("", Role.TEXT),
            (_(asks[4] if self._armed else asks[3]), Role.ALERT if self._armed else Role.STRONG),
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
        arm, confirm = ARM, CONFIRM
        if self.view.practice is not None:
            arm, confirm = replace(ARM, bar=N_("end the round")), replace(CONFIRM, bar=N_("confirm: end"))
        return (
            (confirm, BACK, HELP) if self._armed else (arm, *(row for row in self.rows() if row is not ARM))
        )

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

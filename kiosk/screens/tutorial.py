"""TUTORIAL: the keys, taught one by one on practice questions; each step says what to press and recognises it."""

from __future__ import annotations

from typing import Unpack

from textual import events
from textual.app import ComposeResult

from kiosk.protocol import EndTutorial
from kiosk.screens.lessons import LESSONS, Desk, Lesson, long_text, questions
from kiosk.screens.link import Link
from kiosk.screens.seat import COMFORT, PROCTOR, KioskScreen
from kiosk.screens.wording import problem_words
from kiosk.widgets.grid import Grid
from kiosk.widgets.question import QuestionPane
from terminal.keys import HELP, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line, Page, Row, Span, TextPane, Typing, Where

STEPS = {"n": 1, "f8": 1, "right": 1, "p": -1, "f7": -1, "left": -1}
LEAVE = Key(
    ("f10",),
    "F10",
    N_("leave the tutorial; you are asked once more"),
    "leave_lessons",
    N_("leave the tutorial"),
)

YES = Key(("y", "Y"), "Y", N_("yes, leave"), "nothing", N_("leave the tutorial"))
NO = Key(("n", "N", "escape"), "N", N_("no, stay; also Esc"), "nothing", N_("stay"))
"""What the bar names once leaving is asked for; `TutorialScreen.pressed` takes both."""


class Hands(Typing, Row):
    """The line above the key bar: it has the caret, and hands every key to the screen before its bindings."""

    DEFAULT_CSS = "Hands { height: 1; }"

    def __init__(self, **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._said: Line = ()

    def say(self, said: Span) -> None:
        """Show this."""
        self._said = ((" ", Role.TEXT), said)
        self.redraw()

    def row(self, width: int) -> Line:
        return self._said

    def take(self, event: events.Key) -> bool:
        """Let the tutorial look at the key first."""
        screen = self.screen
        return isinstance(screen, TutorialScreen) and screen.pressed(event.key, event.character or "")


class TutorialScreen(KioskScreen):
    """One step at a time; Enter goes on once it is done, F10 leaves at any time."""

    KEYS = (
        Key(("enter",), "Enter", N_("once a step is done: the next step"), "go_on", N_("next step")),
        LEAVE,
        Key(("f7",), N_("A, B, .."), N_("choose that answer; the arrows and Space too"), "nothing"),
        Key(("f8",), "N, P", N_("next and previous question; also F8, F7"), "nothing"),
        Key(("f4",), "F", N_("flag a question; also F4"), "nothing"),
        Key(("f6",), "R", N_("all questions on one screen; also F6"), "nothing"),
        Key(("pageup",), "X", N_("strike out the answer at the cursor"), "nothing"),
        Key(("pagedown",), N_("PgUp, PgDn"), N_("scroll the text"), "nothing"),
    )
    OPENS = (PROCTOR, COMFORT)
    PLACE = N_("Tutorial")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._desk = Desk()
        self._at = 0
        self._done = self._leaving = False
        self._typed = ""

    def middle(self) -> ComposeResult:
        yield Page(id="task", classes="inset")
        yield QuestionPane()
        yield TextPane(title=_("Practice text"), classes="reading")
        yield Grid(classes="inset")
        yield Hands()

    def begin(self) -> None:
        """Listen to every key."""
        self.set_focus(self.query_one(Hands))

    def on_screen_resume(self) -> None:
        """Look again at what was done once the help has gone."""
        self.draw()

    @property
    def _lesson(self) -> Lesson:
        return LESSONS[self._at]

    def show(self) -> None:
        desk, lesson = self._desk, self._lesson
        self._done = self._done or lesson.done(desk)
        self.query_one("#task", Page).set_paragraphs(self._asked())
        pane, text, grid = self.query_one(QuestionPane), self.query_one(TextPane), self.query_one(Grid)
        text.display, grid.display = lesson.text, desk.reviewing
        pane.display = not lesson.text and not desk.reviewing
        if text.text != long_text():
            text.set_text(long_text(), title=_("Practice text"))
        pane.show(questions()[desk.index].item.stem, desk.answers[desk.index], banner=self._banner())
        grid.show(desk.marks)
        self.query_one(Hands).say(self._said())
        super().show()

    def _asked(self) -> list[Span]:
        step = _("Step {n} of {total}: {title}").format(
            n=self._at + 1, total=len(LESSONS), title=_(self._lesson.title)
        )
        return [
            (step, Role.STRONG),
            (_(self._lesson.task), Role.TEXT),
            ("", Role.RULE),
            *problem_words(self.view.problem, self.view.support),
        ]

    def _banner(self) -> list[Line]:
        flag = "   " + _("F FLAGGED") if self._desk.flagged and self._desk.index == 0 else ""
        words = _("Question {n} of {total}").format(n=self._desk.index + 1, total=len(self._desk.answers))
        return [(("  " + words, Role.MUTED), (flag, Role.ALERT))]

    def _said(self) -> Span:
        if self._leaving:
            return _("Leave the tutorial? Y: yes.   N: no."), Role.ALERT
        if not self._done:
            typed = _("Number {typed}_").format(typed=self._typed) + "   " if self._typed else ""
            return typed + _("This is practice: nothing here is an answer."), Role.MUTED
        if self._at == len(LESSONS) - 1:
            return _("[x] Done. That was the last step. Press Enter to end the tutorial."), Role.STRONG
        return _("[x] Done. Press Enter for the next step."), Role.STRONG

    def bar(self) -> tuple[Key, ...]:
        if self._leaving:
            return YES, NO
        return (*((self.KEYS[0],) if self._done else ()), LEAVE, COMFORT, HELP)

    def pressed(self, key: str, character: str) -> bool:
        """Look at a key before the bindings do, so that all keys act in the order of typing; whether it was used."""
        if self.link.moving:
            return True
        if self._leaving:
            return self._answer(key)
        if key in {"f1", "f3", "f5", "f9"}:
            return False
        if key == "f10":
            self.action_leave_lessons()
        elif self._done:
            self._go_on(key)
        elif self._used(key, character):
            self.show()
        else:
            return False
        return True

    def _go_on(self, key: str) -> None:
        if key == "enter":
            self.action_go_on()

    def _used(self, key: str, character: str) -> bool:
        if self._lesson.text:
            return self._read(key)
        return self._look_over(key) if self._desk.reviewing else self._work(key, character)

    def _answer(self, key: str) -> bool:
        if key in {"y", "Y"}:
            self.link.submit(EndTutorial())
        elif key in {"n", "N", "escape"}:
            self._leaving = False
            self.show()
        return key not in {"f5", "f9"}

    def _read(self, key: str) -> bool:
        pane = self.query_one(TextPane)
        if key in {"pageup", "pagedown"}:
            pane.page_down() if key == "pagedown" else pane.page_up()
            _first, last, total = pane.position
            self._desk.read = self._desk.read or last == total
            return True
        return False

    def _look_over(self, key: str) -> bool:
        grid, total = self.query_one(Grid), len(self._desk.answers)
        if key in {"left", "right"}:
            grid.step(1 if key == "right" else -1, 0)
        elif key.isdigit() and 1 <= int(key) <= total:
            self._typed = key
            grid.point(int(key) - 1)
        elif key in {"r", "R", "f6", "escape"}:
            self._desk.reviewing, self._typed = False, ""
        elif key == "enter":
            self._desk.index, self._desk.reviewing, self._typed = grid.cursor, False, ""
        else:
            return False
        return True

    def _work(self, key: str, character: str) -> bool:
        """A key on a practice question: the answer's own first, as in a test."""
        desk = self._desk
        asked = desk.answers[desk.index]
        if asked.press(key, character):
            return True
        plain = key.lower() if len(key) == 1 else key
        step = STEPS.get(plain, 0)
        if step:
            desk.moved_on = desk.moved_on or (desk.index == 1 and step > 0 and bool(desk.typed))
            desk.index = max(0, min(len(desk.answers) - 1, desk.index + step))
        elif plain in {"r", "f6"}:
            desk.reviewing = True
            self.query_one(Grid).point(desk.index)
        elif plain in {"f", "f4"} and desk.index == 0:
            desk.flagged = not desk.flagged
        elif plain == "x" and asked.option_here() is not None:
            here = asked.option_here()
            desk.struck ^= {here} if here else set()
            asked.struck = frozenset(desk.struck)
        else:
            return False
        return True

    def action_go_on(self) -> None:
        """Go to the next step once this one is done; after the last one leave."""
        if not self._done:
            return
        if self._at == len(LESSONS) - 1:
            self.link.submit(EndTutorial())
            return
        self._at += 1
        self._done = False
        self._desk.index = self._lesson.index
        self.show()

    def action_leave_lessons(self) -> None:
        """Ask whether to leave."""
        self._leaving = True
        self.show()

    def action_help(self) -> None:
        self._desk.helped = True
        super().action_help()

    def action_nothing(self) -> None:
        """A key that the present step does not use."""

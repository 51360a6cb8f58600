"""TESTING: one question, answered by letter or arrows.

Rules.
1. A mark is drawn at once and called "saving"; "saved" is said only of what a view confirms.
2. A capital letter chooses like a small one: Caps Lock must not change what a key does.
3. Where a question has an option F, that letter chooses it, and F4 is the flag.
4. A digit begins the number of a question, in the review; it never touches an answer.
"""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from exam_packages.interactions import Choice, ChoiceInteraction, ChosenOptions, ItemId, OptionId
from kiosk.protocol import Answer, Flag, Go, Question, Strike
from kiosk.screens.hand_in import FINISH, HandInScreen
from kiosk.screens.review import ReviewScreen
from kiosk.screens.seat import TIME, KioskScreen, Link
from kiosk.screens.wording import answered, problem_words
from kiosk.screens.tools import TOOLS, ToolsScreen
from kiosk.widgets.grid import Grid
from kiosk.widgets.page import Page
from kiosk.widgets.question import LETTERS, Option, QuestionPane, Shown
from kiosk.words import warning
from terminal.keys import HELP, SCROLL, Key
from terminal.theme import Role
from terminal.widgets import Span, StatusBar

WIDE = 110
"""Columns from which all questions are shown beside the one on the screen."""
COUNT_WORDS = ("no", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT")

CHOOSE = Key(("a", "A"), "A-D", "choose that option", "choose(0)", "choose")
NEXT = Key(("n", "N", "right", "f8"), "N", "next question; also Right, F8", "go(1)", "next")
PREVIOUS = Key(("p", "P", "left", "f7"), "P", "previous question; also Left, F7", "go(-1)", "previous")
FLAG = Key(("f", "F"), "F", "flag this question, or take the flag off; also F4", "letter_f", "flag")
REVIEW = Key(("r", "R", "f6"), "R", "all questions on one screen; also F6", "review", "review")
FLAG_KEY = Key(("f4",), "F4", "flag this question where F is an option", "flag")


class ItemScreen(KioskScreen):
    """The question on the screen and the candidate's marks on it."""

    KEYS = (
        CHOOSE,
        *(
            Key((letter.lower(), letter), "", "", f"choose({place})")
            for place, letter in enumerate(LETTERS)
            if letter not in "AF"
        ),
        Key(("up",), "Up, Down", "move the cursor > to another option", "move(-1)"),
        Key(("down",), "", "", "move(1)"),
        Key(("space",), "Space", "choose the option at the cursor", "choose_here"),
        Key(("backspace", "delete"), "Backspace", "take your answer back; also Delete", "take_back"),
        Key(("x", "X"), "X", "strike out the option at the cursor ~, or not", "strike"),
        NEXT,
        PREVIOUS,
        FLAG,
        FLAG_KEY,
        REVIEW,
        Key(("1",), "1-9", "begin the number of a question to go to", "number(1)"),
        *(Key((str(digit),), "", "", f"number({digit})") for digit in range(2, 10)),
        *SCROLL,
        TIME,
        TOOLS,
        FINISH,
    )

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._item = ItemId("")
        self._chosen: tuple[OptionId, ...] | None = None
        self._flag: bool | None = None
        self._strikes: dict[OptionId, bool] = {}
        self._said = ""

    def middle(self) -> ComposeResult:
        with Horizontal(id="middle"):
            yield QuestionPane()
            with Vertical(id="side"):
                yield Page(
                    (("Questions", Role.STRONG), ("* answered   F flagged", Role.MUTED), ("", Role.TEXT))
                )
                yield Grid(5, airy=False)
        yield Page(id="problem", classes="inset")
        yield StatusBar()

    def show(self) -> None:
        question = self.view.question
        if question is None:
            return
        fresh = question.item.id != self._item
        if fresh or self.view.problem or self.link.settled:
            self._item, self._chosen, self._flag, self._strikes = question.item.id, None, None, {}
            self._said = ""
        elif self._chosen == _confirmed(question):
            self._chosen = None
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.query_one(Grid).show(self.view.marks, question.index)
        self.query_one("#problem", Page).set_paragraphs(self._problem())
        self._draw(fresh=fresh)
        super().show()

    def bar(self) -> tuple[Key, ...]:
        last = LETTERS[max(0, len(self._options) - 1)]
        flag = replace(FLAG, label="F4") if last >= "F" else FLAG
        return (replace(CHOOSE, label=f"A-{last}"), NEXT, PREVIOUS, flag, REVIEW, HELP, FINISH)

    def tick(self) -> None:
        super().tick()
        self._status()

    def _problem(self) -> list[Span]:
        if not isinstance(self._interaction, ChoiceInteraction):
            return [("! This kind of question cannot be shown here. Call the proctor.", Role.ALERT)]
        words = problem_words(self.view.problem, self.view.support)
        return words and [("! Not saved.", Role.ALERT), *words]

    @property
    def _interaction(self) -> object:
        return self.view.question.item.interaction if self.view.question else None

    @property
    def _options(self) -> tuple[Choice, ...]:
        """The options in the order shown."""
        question, interaction = self.view.question, self._interaction
        if question is None or not isinstance(interaction, ChoiceInteraction):
            return ()
        known = {option.id: option for option in interaction.options}
        order = question.order or tuple(known)
        return tuple(known[option] for option in order if option in known)[: len(LETTERS)]

    @property
    def _many(self) -> int:
        """How many options may be chosen."""
        interaction = self._interaction
        if not isinstance(interaction, ChoiceInteraction):
            return 0
        return interaction.max_choices or len(interaction.options)

    def _response(self) -> tuple[OptionId, ...]:
        if self.view.question is None:
            return ()
        return _confirmed(self.view.question) if self._chosen is None else self._chosen

    def _flagged(self) -> bool:
        confirmed = self.view.question is not None and self.view.question.flagged
        return confirmed if self._flag is None else self._flag

    def _struck(self) -> frozenset[OptionId]:
        confirmed = set(self.view.question.struck) if self.view.question else set()
        for option, on in self._strikes.items():
            confirmed = confirmed | {option} if on else confirmed - {option}
        return frozenset(confirmed)

    def _draw(self, *, fresh: bool = False) -> None:
        question, options, chosen = self.view.question, self._options, self._response()
        if question is None:
            return
        places = [place for place, option in enumerate(options) if option.id in chosen]
        self.query_one(QuestionPane).show(
            Shown(
                blocks=question.item.stem,
                options=tuple(Option(option.id, option.text) for option in options),
                many=self._many > 1,
                chosen=frozenset(chosen),
                struck=self._struck(),
            ),
            cursor=(places or [0])[0] if fresh else None,
        )
        self._status()

    def _status(self) -> None:
        marks = self.view.marks
        saving = self._chosen is not None or self._flag is not None or self._strikes
        saved = "saving ..." if saving else "answer saved" if self._response() else "not answered"
        choose = f"Choose {COUNT_WORDS[min(self._many, 8)]}" if self._many > 1 else ""
        self.query_one(StatusBar).set_facts(
            [
                (warning(self.link.remaining, self.view.limit), Role.ALERT),
                (self._disk(), Role.ALERT),
                (self._said, Role.ALERT),
                ("F FLAGGED" if self._flagged() else "", Role.ALERT),
                (choose, Role.STRONG),
                (saved, Role.TEXT),
                (f"{answered(marks)}/{len(marks)} answered", Role.TEXT),
            ]
        )

    def _disk(self) -> str:
        if not self.view.disk_low:
            return ""
        return "Disk low: tell the proctor" if self.narrow else "Disk nearly full: tell the proctor"

    def action_choose(self, place: int) -> None:
        """Choose the option at this place; where several may be chosen, or leave it."""
        if place >= len(self._options):
            return
        pane, option, response = self.query_one(QuestionPane), self._options[place].id, self._response()
        pane.point(place)
        if self._many <= 1:
            wanted: tuple[OptionId, ...] = (option,)
        elif option in response:
            wanted = tuple(other for other in response if other != option)
        elif len(response) >= self._many:
            self._said = f"{COUNT_WORDS[min(self._many, 8)]} are chosen: take one back first"
            self._status()
            return
        else:
            wanted = tuple(other.id for other in self._options if other.id in (*response, option))
        self._answer(wanted)

    def _answer(self, wanted: tuple[OptionId, ...]) -> None:
        self._said = ""
        if wanted != self._response():
            self._chosen = wanted
            self.link.submit(Answer(self._item, ChosenOptions(wanted)))
        self._draw()

    def action_choose_here(self) -> None:
        """Choose the option at the cursor."""
        self.action_choose(self.query_one(QuestionPane).cursor)

    def action_take_back(self) -> None:
        """Take the answer back."""
        self._answer(())

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(QuestionPane).move(by)

    def action_strike(self) -> None:
        """Strike the option at the cursor out, or not."""
        cursor = self.query_one(QuestionPane).cursor
        if cursor < len(self._options):
            option = self._options[cursor].id
            self._strikes[option] = option not in self._struck()
            self.link.submit(Strike(self._item, option, self._strikes[option]))
            self._draw()

    def action_letter_f(self) -> None:
        """Choose option F where there is one; else flag."""
        if len(self._options) > LETTERS.index("F"):
            self.action_choose(LETTERS.index("F"))
        else:
            self.action_flag()

    def action_flag(self) -> None:
        """Flag the question or take the flag off."""
        if self.view.question:
            self._flag = not self._flagged()
            self.link.submit(Flag(self._item, self._flag))
            self._draw()

    def action_go(self, by: int) -> None:
        """Go to the next or the previous question; past the last one comes the review."""
        question = self.view.question
        if question is None:
            return
        wanted = question.index + by
        if wanted >= len(self.view.marks):
            self.action_review()
        elif wanted >= 0:
            self.link.submit(Go(wanted))

    def action_review(self) -> None:
        """Show all questions."""
        self.app.push_screen(ReviewScreen(self.link))

    def action_number(self, digit: int) -> None:
        """Show all questions, with a number begun."""
        self.app.push_screen(ReviewScreen(self.link, digit))

    def action_tools(self) -> None:
        """Show what this exam has beside flag and strike-out."""
        self.open(ToolsScreen(self.link))

    def action_finish(self) -> None:
        """Take the first step of handing in."""
        self.app.push_screen(HandInScreen(self.link))

    def action_page_up(self) -> None:
        """Scroll the question's text up."""
        self.query_one(QuestionPane).scroll_text(-1)

    def action_page_down(self) -> None:
        """Scroll the question's text down."""
        self.query_one(QuestionPane).scroll_text(1)


def _confirmed(question: Question) -> tuple[OptionId, ...]:
    """The response that the session confirmed."""
    return question.response.options if isinstance(question.response, ChosenOptions) else ()

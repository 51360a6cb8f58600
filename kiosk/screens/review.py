"""TESTING: all questions on one screen. Any is reached in three keys: its number, typed, or the arrows.

Rules.
1. A number is followed as it is typed; where no longer number could be meant, its question opens at once.
2. A filter leaves the other questions out of sight, never out of the counts; a number still reaches them.
3. Opening one from where there is no way back asks once.
4. Incomplete is what the session says of each answer, asked for when the screen opens.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs
from textual.app import ComposeResult

from kiosk.protocol import AnswerLine, Go, Problem, ShowAnswers
from kiosk.screens.answers import AnswersScreen
from kiosk.screens.hand_in import ANSWERS, FINISH, HandInScreen
from kiosk.screens.link import Link
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.screens.wording import answered, closing_words, incomplete, marked, problem_words
from kiosk.widgets.grid import ANSWERED, CLOSED, FLAGGED, OPEN_UNANSWERED, Grid
from kiosk.words import closes, not_open
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

FILTERS = (
    N_("All questions"),
    N_("Only not answered"),
    N_("Only flagged"),
    N_("Only incomplete"),
)


class ReviewScreen(KioskScreen):
    """The grid with its counts, its filters and its pages."""

    KEYS = (
        Key(("enter", "space"), "Enter", N_("open the question at the cursor >"), "open", N_("open")),
        Key(("u", "U"), "U", N_("to the next question not answered"), "unanswered", N_("unanswered")),
        Key(("f", "F", "f4"), "F", N_("to the next flagged question"), "flagged", N_("flagged")),
        Key(("i", "I"), "I", N_("to the next incomplete answer"), "incomplete", N_("incomplete")),
        FINISH,
        Key(("r", "R", "f6", "escape"), "R", N_("back to the question; also F6, Esc"), "back", N_("back")),
        Key(
            ("v", "V", "tab"),
            "V",
            N_("show only not answered, flagged or incomplete; also Tab"),
            "filter",
            N_("filter"),
        ),
        ANSWERS,
        Key(("0",), "0-9", N_("type a number to go to that question"), "digit(0)", N_("number")),
        *(Key((str(digit),), "", "", f"digit({digit})") for digit in range(1, 10)),
        Key(("backspace", "delete"), "Backspace", N_("forget the number typed so far"), "forget"),
        Key(("left",), N_("Arrows"), N_("move the cursor"), "move(-1, 0)"),
        Key(("right",), "", "", "move(1, 0)"),
        Key(("up",), "", "", "move(0, -1)"),
        Key(("down",), "", "", "move(0, 1)"),
        Key(("pageup",), N_("PgUp, PgDn"), N_("another page, where there are several"), "turn(-1)"),
        Key(("pagedown",), "", "", "turn(1)"),
        Key(("home",), N_("Home, End"), N_("to the first or the last question"), "end(0)"),
        Key(("end",), "", "", "end(1)"),
        TIME,
    )
    PLACE = N_("Review")

    def __init__(self, link: Link, digit: int | None = None) -> None:
        """`digit` begins the number of a question."""
        super().__init__(link)
        self._typed = ""
        self._begun = digit
        self._said = ""
        self._wanted: int | None = None
        self._asked: int | None = None
        self._filter = 0
        self._answers: tuple[AnswerLine, ...] = ()

    def middle(self) -> ComposeResult:
        yield Page(id="counts", classes="inset")
        yield Grid()
        yield StatusBar()

    def begin(self) -> None:
        """Start at the question on the screen, and ask which answers are incomplete."""
        question = self.view.question
        self.query_one(Grid).show(
            self.view.marks,
            question.index if question else 0,
            headings=self.view.sections,
            shut=not_open(self.view),
        )
        self.link.submit(ShowAnswers())
        if self._begun is not None:
            self.action_digit(self._begun)

    def show(self) -> None:
        view, marks = self.view, self.view.marks
        if self._wanted is not None and view.question and view.question.index == self._wanted:
            self.leave()
            return
        if not self.link.moving:
            self._wanted = None
        self._answers = view.answers or self._answers
        self.query_one(Grid).show(marks, only=self._only(), headings=view.sections, shut=not_open(view))
        words: list[Span] = [
            ("", Role.TEXT),
            (self._counts(), Role.STRONG),
            (self._legend(), Role.MUTED),
            ("", Role.TEXT),
            *problem_words(self._problem(), view.support),
        ]
        self.query_one("#counts", Page).set_paragraphs(words)
        super().show()

    def _problem(self) -> Problem | None:
        """A refused move, in words that fit this screen; what else was refused, as it comes."""
        problem = self.view.problem
        if problem is None or problem.code != "move-refused":
            return problem
        return structs.replace(problem, next_step=_("Choose another question, or press R to go back."))

    def _counts(self) -> str:
        marks = self.view.marks
        done, lacking = answered(marks), len(incomplete(self._answers))
        said = [
            _("{n} answered").format(n=done),
            _("{n} not answered").format(n=len(marks) - done),
            _("{n} flagged").format(n=len(marked(marks, FLAGGED))),
            *([_("{n} incomplete").format(n=lacking)] if lacking else []),
        ]
        return "   ".join(said)

    def _legend(self) -> str:
        closed, shut = any(mark in CLOSED for mark in self.view.marks), not_open(self.view)
        said = [
            _("* answered"),
            _(". not answered"),
            _("F flagged"),
            *([_("+ - closed")] if closed else []),
            *([_("# not open yet")] if shut else []),
            *([] if closed or shut else [_("> cursor")]),
        ]
        return "   ".join(said)

    def _lists(self) -> tuple[frozenset[int] | None, ...]:
        """The places behind each filter; `None` is every one."""
        marks = self.view.marks
        return (
            None,
            frozenset(marked(marks, OPEN_UNANSWERED)),
            frozenset(marked(marks, FLAGGED)),
            incomplete(self._answers),
        )

    def _only(self) -> frozenset[int] | None:
        only = self._lists()[self._filter]
        if only is not None and not only:
            self._filter = 0
            return None
        return only

    def tick(self) -> None:
        super().tick()
        self._status()

    def _status(self) -> None:
        grid = self.query_one(Grid)
        at, (page, pages) = grid.cursor, grid.page
        number = _("Question {n}: {state}").format(n=at + 1, state=self._state(at))
        self.query_one(StatusBar).set_facts(
            [
                *self.link.warnings(),
                (self._said, Role.ALERT),
                (_("Number {typed}_").format(typed=self._typed) if self._typed else "", Role.STRONG),
                (number, Role.TEXT),
                (_(FILTERS[self._filter]) if self._filter else "", Role.STRONG),
                (_("page {n} of {total}").format(n=page, total=pages) if pages > 1 else "", Role.TEXT),
            ]
        )

    def _state(self, place: int) -> str:
        mark = self.view.marks[place : place + 1]
        said = [
            _("answered") if mark in ANSWERED else _("not answered"),
            *([_("incomplete")] if place in incomplete(self._answers) else []),
            *([_("flagged")] if mark in FLAGGED else []),
            *([_("closed")] if mark in CLOSED else []),
            *([_("not open yet")] if place in not_open(self.view) else []),
        ]
        return ", ".join(said)

    def action_open(self) -> None:
        """Open the question at the cursor."""
        self._open(self.query_one(Grid).cursor)

    def _open(self, place: int) -> None:
        asked = self._asked
        self._forget()
        if self.view.question and self.view.question.index == place:
            self.leave()
            return
        if (closed := closes(self.view, place)) and asked != place:
            self._asked, self._said = place, closing_words(closed, "Enter")
            self._status()
            return
        self._wanted = place
        self.link.submit(Go(place))

    def action_digit(self, digit: int) -> None:
        """Follow a number as it is typed."""
        total, typed = len(self.view.marks), int(f"{self._typed}{digit}")
        if not 1 <= typed <= total:
            self._forget(_("There is no question {n}").format(n=typed))
            self._status()
            return
        self._forget()
        self._typed = str(typed)
        self._point(typed - 1)
        if typed * 10 > total and len(self._typed) > 1:
            self.action_open()

    def _forget(self, said: str = "") -> None:
        self._typed, self._said, self._asked = "", said, None

    def action_forget(self) -> None:
        """Forget the number typed so far."""
        self._forget()
        self._status()

    def action_unanswered(self) -> None:
        """Go to the next question without an answer that may still be answered."""
        self._next(marked(self.view.marks, OPEN_UNANSWERED), _("No open question is without an answer"))

    def action_flagged(self) -> None:
        """Go to the next flagged question."""
        self._next(marked(self.view.marks, FLAGGED), _("No question is flagged"))

    def action_incomplete(self) -> None:
        """Go to the next answer that lacks something."""
        self._next(incomplete(self._answers), _("No answer is incomplete"))

    def _next(self, wanted: Iterable[int], none: str) -> None:
        place = self.query_one(Grid).next_place(wanted)
        self._forget("" if place is not None else none)
        self._point(self.query_one(Grid).cursor if place is None else place)

    def action_filter(self) -> None:
        """Show only some of the questions: the next filter that leaves any."""
        self._forget()
        lists = self._lists()
        turn = [*range(self._filter + 1, len(lists)), 0]
        self._filter = next(number for number in turn if lists[number] or not number)
        self.show()

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor in the grid."""
        self._forget()
        self.query_one(Grid).step(across, down)
        self._status()

    def action_turn(self, by: int) -> None:
        """Show another page."""
        self._forget()
        self.query_one(Grid).turn_page(by)
        self._status()

    def action_end(self, last: int) -> None:
        """Go to the first or the last question."""
        self._forget()
        self._point((len(self.view.marks) - 1) * last)

    def _point(self, place: int) -> None:
        only = self._lists()[self._filter]
        if only is not None and place not in only:
            self._filter = 0
        self.query_one(Grid).show(
            self.view.marks,
            place,
            only=self._lists()[self._filter],
            headings=self.view.sections,
            shut=not_open(self.view),
        )
        self._status()

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()

    def action_answers(self) -> None:
        """Show every answer."""
        self.open(AnswersScreen(self.link))

    def action_finish(self) -> None:
        """Take the first step of handing in."""
        self.open(HandInScreen(self.link))

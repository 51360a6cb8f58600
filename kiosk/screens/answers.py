"""Every answer as the scorers will see it, in a list; Enter opens a question, and asks once where no way leads back."""

from __future__ import annotations

from textual.app import ComposeResult

from kiosk.protocol import AnswerLine, Go, ShowAnswers
from kiosk.screens.link import Link
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.screens.wording import closing_words, problem_words
from kiosk.widgets.listing import Entry, Listing
from kiosk.words import closes
from terminal.keys import SCROLL, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar


class AnswersScreen(KioskScreen):
    """Asked for when it opens; it shows what the session had saved then."""

    KEYS = (
        Key(("enter", "space"), "Enter", N_("open the question at the cursor >"), "open", N_("open")),
        Key(("up",), N_("Up, Down"), N_("move the cursor"), "move(-1)"),
        Key(("down",), "", "", "move(1)"),
        *SCROLL,
        Key(("home",), N_("Home, End"), N_("to the first or the last question"), "end(0)"),
        Key(("end",), "", "", "end(1)"),
        Key(("escape", "r", "R", "q", "Q"), "R", N_("back; also Esc, Q"), "back", N_("back")),
        TIME,
    )
    PLACE = N_("Your answers")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._answers: tuple[AnswerLine, ...] = ()
        self._wanted: int | None = None
        self._asked: int | None = None
        self._said = ""

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield Listing(classes="inset")
        yield StatusBar()

    def begin(self) -> None:
        """Ask for the answers."""
        self.link.submit(ShowAnswers())

    def show(self) -> None:
        view = self.view
        if self._wanted is not None and view.question and view.question.index == self._wanted:
            self.to_question()
            return
        if not self.link.moving:
            self._wanted = None
        listing = self.query_one(Listing)
        if view.answers and view.answers != self._answers:
            fresh = not self._answers
            self._answers = view.answers
            listing.show([_entry(line) for line in view.answers])
            if fresh and view.question:
                listing.point(view.question.index)
        words: list[Span] = [
            ("", Role.TEXT),
            (_("Your answers, as they are saved and as the scorers will see them"), Role.STRONG),
            ("", Role.TEXT),
            *problem_words(view.problem, view.support),
        ]
        self.query_one("#heading", Page).set_paragraphs(words)
        super().show()

    def tick(self) -> None:
        super().tick()
        at, total = self.query_one(Listing).cursor + 1, len(self._answers)
        place = (
            _("Question {n} of {total}").format(n=at, total=total) if total else _("Reading your answers ...")
        )
        self.query_one(StatusBar).set_facts(
            [*self.link.warnings(), (self._said, Role.ALERT), (place, Role.TEXT)]
        )

    def action_open(self) -> None:
        """Open the question at the cursor."""
        if not self._answers:
            return
        wanted, asked = self._answers[self.query_one(Listing).cursor].index, self._asked
        self._forget()
        if self.view.question and self.view.question.index == wanted:
            self.to_question()
        elif (closed := closes(self.view, wanted)) and asked != wanted:
            self._asked, self._said = wanted, closing_words(closed, "Enter")
            self.tick()
        else:
            self._wanted = wanted
            self.link.submit(Go(wanted))

    def _forget(self) -> None:
        self._asked, self._said = None, ""

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._point(self.query_one(Listing).cursor + by)

    def action_end(self, last: int) -> None:
        """Go to the first or the last answer."""
        self._point((len(self._answers) - 1) * last)

    def _point(self, place: int) -> None:
        self._forget()
        self.query_one(Listing).point(place)
        self.tick()

    def action_page_up(self) -> None:
        """Scroll up a page."""
        self._forget()
        self.query_one(Listing).turn_page(-1)
        self.tick()

    def action_page_down(self) -> None:
        """Scroll down a page."""
        self._forget()
        self.query_one(Listing).turn_page(1)
        self.tick()

    def action_back(self) -> None:
        """Return to the screen below."""
        self.leave()


def _entry(line: AnswerLine) -> Entry:
    """One answer as it is listed: number, flag, the words of the response, what it still lacks."""
    head = f"{line.index + 1:>3} {'F' if line.flagged else ' '}  "
    words = line.words or _("not answered")
    if line.words and line.short:
        words += "   " + _("INCOMPLETE: {short}").format(short=line.short)
    return Entry(head, words, Role.TEXT if line.words and not line.short else Role.ALERT)

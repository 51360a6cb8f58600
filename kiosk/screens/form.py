"""The screen on which a code or a number is typed: words, fields, and what came of the last try."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Middle, Vertical
from textual.timer import Timer

from kiosk.protocol import Command, Problem
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Page, Span

NEXT_FIELD = Key(("tab", "down"), "Tab", N_("go to the next field"), "next_field")
LAST_FIELD = Key(("shift+tab", "up"), "Shift+Tab", N_("go to the field before"), "last_field")
SECOND = 1_000
CODE_LENGTH = 10
"""Characters of start, resume and admission codes (`keys.codes`, which brings the crypto libraries along)."""


class FormScreen(KioskScreen):
    """Fields in the middle of the screen. Enter goes to the next field and, in the last one, sends.

    A try that failed is shown with its wait counted down; nothing is sent before it is over.
    """

    CHECKING = N_("Checking ...")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._problem: Problem | None = None
        self._wait = 0
        self._clock: Timer | None = None
        self._note = ""
        self._sent = self._forgotten = False

    def words(self) -> list[Span]:
        """What stands above the fields."""
        return []

    def fields(self) -> list[LineField]:
        """The fields, in order."""
        return []

    def relabel(self) -> None:
        for field, named in zip(self.query(LineField), self.fields(), strict=True):
            field.set_label(named.label)

    def command(self) -> Command | None:
        """What to send; `None` where something is still missing."""
        return None

    def missing(self) -> str:
        """What is still to be typed."""
        short = [field for field in self.query(CodeField) if not field.complete]
        return _("Type the whole code: ten characters.") if short else _("Fill in the first field.")

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
            yield from self.fields()
            yield Page(id="problem")

    def begin(self) -> None:
        """Put the caret into the first field."""
        self._focus(0)

    def show(self) -> None:
        problem = self.view.problem
        answered = self._sent and self.link.settled
        if answered or problem != self._problem:
            self._sent = self._sent and not answered
            self._take(problem)
        if answered and problem is None:
            self.done()
        self.draw_words()
        self.say()
        super().show()

    def draw_words(self) -> None:
        """Draw what stands above the fields again."""
        self.query_one("#words", Page).set_paragraphs(self.words())

    def _take(self, problem: Problem | None) -> None:
        self._problem, self._note, self._forgotten = problem, "", False
        self._wait = problem.wait if problem else 0
        if self._clock:
            self._clock.stop()
        self._clock = self.set_interval(1, self._count_down) if self._wait > 0 else None
        codes = list(self.query(CodeField))
        if problem and codes:
            codes[-1].set_value("")
            self.set_focus(codes[-1])

    def _count_down(self) -> None:
        self._wait = max(0, self._wait - SECOND)
        if not self._wait and self._clock:
            self._clock.stop()
        self.say()

    def done(self) -> None:
        """Take note that what was sent had its effect, and this screen is still there."""

    def say(self) -> None:
        """Say below the fields what there is to say."""
        words = self.said()
        self.query_one("#problem", Page).set_paragraphs([("", Role.TEXT), *words] if words else [])

    def said(self) -> list[Span]:
        """What is being done or missing; else the problem with the last try."""
        if self._note:
            return [(self._note, Role.STRONG)]
        if self._forgotten and not self._wait:
            return []
        return problem_words(self._problem, self.view.support, self._wait)

    def forget(self) -> None:
        """Say no more of the last try, unless there is a wait: what is asked now is something else."""
        self._forgotten = True

    def tell(self, note: str) -> None:
        """Say something of our own below the fields, until the next answer."""
        self._note = note
        self.say()

    @on(LineField.Submitted)
    def _entered(self, message: LineField.Submitted) -> None:
        if message.field is self.query(LineField).last():
            self.send()

    def send(self) -> None:
        """Send what is typed, unless a wait is on or something is missing."""
        if self._wait or self.link.moving:
            return
        command = self.command()
        if command is None:
            self.tell(self.missing())
            return
        self.submit(command)

    def submit(self, command: Command) -> None:
        """Send a command, and say so until it is answered."""
        self._sent = True
        self.tell(_(self.CHECKING))
        self.link.submit(command)

    def _focus(self, at: int) -> None:
        fields = list(self.query(LineField))
        if fields:
            self.set_focus(fields[at % len(fields)])

    def _step(self, by: int) -> None:
        fields = list(self.query(LineField))
        if self.focused in fields:
            self._focus(fields.index(self.focused) + by)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self._step(1)

    def action_last_field(self) -> None:
        """Go to the field before."""
        self._step(-1)

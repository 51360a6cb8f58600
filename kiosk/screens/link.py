"""One screen process's end of the talk with the session process: what was sent, what was said last, what is liked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from kiosk.protocol import (
    Answer,
    Calculate,
    Command,
    Flag,
    Highlight,
    Phase,
    Prefer,
    Problem,
    ShowAnswers,
    Strike,
    Tick,
    View,
    WriteComment,
    WriteNote,
)
from kiosk.screens.warning import Warnings
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Span

MARKS = (Answer, Flag, Strike, Highlight, WriteNote, WriteComment, Calculate, Prefer, ShowAnswers)
"""Commands that leave the candidate where they are."""
LAST_MOMENTS = 15_000
"""Milliseconds before the end of a limit from which what is typed is sent with every key."""
UNKEPT = frozenset({Phase.LOCKED, Phase.SIGN_IN, Phase.SUSPENDED, Phase.STOPPED, Phase.FINISHED})
"""Phases in which the session keeps no preference."""
TIMER, HIDDEN, SHOWN = "timer", "hidden", "shown"
SCOPES = {"part": N_("Part: {warning}"), "section": N_("Section: {warning}")}


class Link:
    """One screen process's end of the talk with the session process: what was sent, what was said last."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        """`send` puts a command on its way."""
        self._send = send
        self._unanswered: deque[Command] = deque()
        self._answered: Command | None = None
        self.view = View(Phase.LOCKED)
        self.remaining = self.lost = self.inner = self.rest = self.stage = 0
        self.left = False
        self.turning = False
        self._chosen: dict[str, str] = {}
        self._early: set[str] = set()
        self._warned = Warnings()
        self._warned_inside: dict[tuple[str, str], Warnings] = {}

    def submit(self, command: Command) -> None:
        """Send a command."""
        self._unanswered.append(command)
        self._send(command)

    def hear(self, view: View) -> None:
        """Take a view; one that says so answers the oldest command that has no answer yet."""
        if view.reply and self._unanswered:
            self._answered = self._unanswered.popleft()
        self.view, self.remaining, self.lost, self.stage = view, view.remaining, view.lost, view.stage
        self.inner = view.inner.remaining if view.inner else 0
        self.rest = view.rest.remaining if view.rest else 0
        if self.settled:
            self._hand_over()

    def problem_with(self, *kinds: type[Command]) -> Problem | None:
        """The problem of the last view, if it is with a command of one of these kinds."""
        return self.view.problem if isinstance(self._answered, kinds) else None

    def _hand_over(self) -> None:
        """Let the session keep what was chosen before it could, unless the plan chose; then its word counts."""
        if self.view.phase in UNKEPT:
            return
        early = {name: self._chosen[name] for name in self._early if name not in self.view.preferences}
        self._early.clear()
        self._chosen = early
        for name, value in early.items():
            self.submit(Prefer(name, value))

    def prefer(self, name: str, value: str) -> None:
        """Choose how the screen is: drawn at once, and kept where the session can keep it."""
        self._chosen[name] = value
        if self.view.phase in UNKEPT:
            self._early.add(name)
        else:
            self.submit(Prefer(name, value))

    def preference(self, name: str) -> str:
        """What is chosen of theme, language or timer; empty where nothing is."""
        return self._chosen.get(name) or self.view.preferences.get(name, "")

    @property
    def time_hidden(self) -> bool:
        """Whether the time left is to be hidden, except in the last minutes."""
        return self.preference(TIMER) == HIDDEN

    def warnings(self) -> list[Span]:
        """The lines about the time that are due, of the test and of the limit inside it."""
        if self.view.phase is not Phase.TESTING:
            return []
        lines, inner = [self._warned.line(self.remaining, self.view.limit)], self.view.inner
        if inner is not None:
            inside = self._warned_inside.setdefault((inner.scope, inner.title), Warnings())
            line = inside.line(self.inner, inner.limit)
            lines.append(_(SCOPES[inner.scope]).format(warning=line) if line else "")
        return [(line, Role.ALERT) for line in lines if line]

    def touched(self) -> None:
        """A key was pressed."""
        for warned in (self._warned, *self._warned_inside.values()):
            warned.touched()

    def hear_time(self, tick: Tick) -> None:
        """Take the time that is left now."""
        self.remaining, self.lost, self.stage = tick.remaining, tick.lost, tick.stage
        self.inner, self.rest = tick.inner, tick.rest

    def is_hurried(self) -> bool:
        """Whether a limit is so near its end that nothing typed may wait."""
        ends = ((self.view.limit, self.remaining), (self.view.inner is not None, self.inner))
        return any(limited and left <= LAST_MOMENTS for limited, left in ends)

    @property
    def settled(self) -> bool:
        """Whether everything sent is answered."""
        return not self._unanswered

    @property
    def moving(self) -> bool:
        """Whether a command or a screen that leads elsewhere is under way, so that the next key must wait."""
        return self.turning or any(not isinstance(command, MARKS) for command in self._unanswered)

"""What all screens of a seat share: the link to the session process, the last view, and the header with the time left.

Rules.
1. A screen draws what the last `View` says. The one thing it may draw ahead is a mark of the candidate's, as "saving".
2. A command that leads elsewhere is answered before the next key acts: keys typed meanwhile wait, in order.
3. The time left comes from the session; no screen counts it.
4. What a candidate prefers is drawn at once, and from then on as the session keeps it.
5. F9 opens the proctor's screen from every screen of an open session, F3 the choices about the screen before the test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult

from kiosk.protocol import (
    Answer,
    Calculate,
    Command,
    Flag,
    Highlight,
    Phase,
    Prefer,
    ShowAnswers,
    Strike,
    Tick,
    View,
    WriteComment,
    WriteNote,
)
from kiosk.screens.warning import Warnings
from kiosk.screens.wording import place_words, stage_words
from kiosk.words import times_left
from terminal.app import LockedScreen
from terminal.keys import BACK, HELP, REDRAW, SCROLL, Key, help_text
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Header, KeyBar, Span, TextPane, fit

MARKS = (Answer, Flag, Strike, Highlight, WriteNote, WriteComment, Calculate, Prefer, ShowAnswers)
"""Commands that leave the candidate where they are."""
NARROW = 76
"""Columns below which the header uses short words."""
LEAST_TITLE = 8
"""Cells of the programme's title that are worth showing."""

TIME = Key(("t", "T", "f2"), N_("T or F2"), N_("hide the time left, or show it again"), "time")
PROCTOR = Key(("f9",), "F9", N_("proctor: type a code"), "proctor")
COMFORT = Key(("f3",), "F3", N_("colours, language and time on the screen"), "comfort", N_("display"))
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
            self._unanswered.popleft()
        self.view, self.remaining, self.lost, self.stage = view, view.remaining, view.lost, view.stage
        self.inner = view.inner.remaining if view.inner else 0
        self.rest = view.rest.remaining if view.rest else 0
        if self.settled:
            self._hand_over()

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

    @property
    def settled(self) -> bool:
        """Whether everything sent is answered."""
        return not self._unanswered

    @property
    def moving(self) -> bool:
        """Whether a command or a screen that leads elsewhere is under way, so that the next key must wait."""
        return self.turning or any(not isinstance(command, MARKS) for command in self._unanswered)


class KioskScreen(LockedScreen[None]):
    """A screen of the kiosk: a header, its own middle, a key bar."""

    PLACE = ""
    """What the header says in the middle; empty for the number of the question."""
    OPENS: ClassVar[tuple[Key, ...]] = (PROCTOR,)
    """What is opened from here beside the screen's own keys: of F9 for the proctor and F3 for the display."""

    @classmethod
    def table(cls) -> tuple[Key, ...]:
        """Its own keys, those of `OPENS` that it does not have itself, help and redraw."""
        own = {key for row in cls.KEYS for key in row.keys}
        opens = tuple(row for row in cls.OPENS if own.isdisjoint(row.keys))
        return (*cls.KEYS, *opens, *((HELP,) if cls.HELPS and HELP not in cls.KEYS else ()), REDRAW)

    def __init__(self, link: Link) -> None:
        """`link` is shared by all screens of this process."""
        super().__init__()
        self.link = link
        self._mounted = False

    @property
    def view(self) -> View:
        """The last view."""
        return self.link.view

    def compose(self) -> ComposeResult:
        yield Header()
        yield from self.middle()
        yield KeyBar()

    def middle(self) -> ComposeResult:
        """The widgets between header and key bar."""
        yield from ()

    def bar(self) -> tuple[Key, ...]:
        """The keys that the key bar names now, the most important first."""
        return self.table()

    def place(self) -> str:
        """What the header says in the middle."""
        return _(self.PLACE) or place_words(self.view, short=self.narrow)

    def relabel(self) -> None:
        """Put words in their place that are not drawn by `show`, in the language in use now."""

    def flush(self) -> None:
        """Send what is typed and not sent yet, because another screen comes over this one."""

    def on_mount(self) -> None:
        """Draw for the first time; what a subclass does on mount is done before."""
        self._mounted = True
        self.draw()

    def on_resize(self) -> None:
        """Choose the words again that depend on the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw the last view, as soon as there is something to draw on."""
        if self.drawable:
            self.show()

    def draw_time(self) -> None:
        """Draw the time left, as soon as there is something to draw on."""
        if self.drawable:
            self.tick()

    @property
    def drawable(self) -> bool:
        """Whether its widgets are there, and it has not been left."""
        return self._mounted and self in self.app.screen_stack

    def leave(self) -> None:
        """Return to the screen below; a second call does nothing."""
        if self.app.screen_stack[-1] is self:
            self.dismiss()

    def to_question(self) -> None:
        """Return to the question under all other screens."""
        for _above in self.app.screen_stack[2:]:
            self.app.pop_screen()

    def show(self) -> None:
        """Draw the last view. Subclasses draw their middle first."""
        header = self.query_one(Header)
        place = self.place()
        self.tick()
        room = self.app.size.width - len(place) - len(self._time()) - 7
        header.set_middle(place)
        header.set_left(who(self.view, room))
        self.query_one(KeyBar).set_keys(self.bar())

    def tick(self) -> None:
        """Draw the time left."""
        self.query_one(Header).set_right(self._time())

    @property
    def narrow(self) -> bool:
        """Whether to use short words."""
        return self.app.size.width < NARROW

    def _time(self) -> str:
        link, view = self.link, self.view
        if view.phase is not Phase.TESTING:
            return stage_words(view, link.stage)
        return times_left(link.remaining, view.inner, link.inner, hidden=link.time_hidden)

    def open(self, screen: KioskScreen) -> None:
        """Show another screen over this one, after `flush`."""
        self.flush()
        self.app.push_screen(screen)

    def action_time(self) -> None:
        """Hide the time left or show it again."""
        self.link.prefer(TIMER, SHOWN if self.link.time_hidden else HIDDEN)
        self.show()

    def action_help(self) -> None:
        self.open(KeysScreen(self.link, self.table()))

    def action_proctor(self) -> None:
        """Show the proctor's screen."""
        from kiosk.screens.proctor import ProctorScreen

        self.open(ProctorScreen(self.link))

    def action_comfort(self) -> None:
        """Show the choices about the screen."""
        from kiosk.screens.comfort import ComfortScreen

        self.open(ComfortScreen(self.link))


class KeysScreen(KioskScreen):
    """The keys of the screen below it, one a line."""

    KEYS = (BACK, *SCROLL)
    HELPS = False
    OPENS = ()
    PLACE = N_("Help")

    def __init__(self, link: Link, table: tuple[Key, ...]) -> None:
        """`table` is the key table of the screen below."""
        super().__init__(link)
        self._keys = table

    def middle(self) -> ComposeResult:
        yield TextPane(self._words(), title=_("Keys"))

    def relabel(self) -> None:
        self.query_one(TextPane).set_text(self._words(), title=_("Keys"))

    def _words(self) -> str:
        call = _("If you need help, raise your hand.")
        if self.view.support:
            call += " " + _("Support: {contact}").format(contact=self.view.support)
        return "\n" + help_text(self._keys) + "\n\n" + call

    def action_back(self) -> None:
        """Return to the screen below."""
        self.leave()

    def action_page_up(self) -> None:
        """Scroll up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll down."""
        self.query_one(TextPane).page_down()


def who(view: View, room: int) -> str:
    """Programme, candidate and number for the header; in little room the programme is cut first."""
    person = (
        f"{view.name}  {view.candidate}" if view.name else ", ".join(filter(None, (view.kiosk, view.site)))
    )
    title = view.title or "Exam Kiosk"
    spare = room - len(person) - 2
    return f"{fit(title, spare)}  {person}" if spare >= min(len(title), LEAST_TITLE) else person

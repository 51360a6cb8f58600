"""What all screens of a seat share: the last view, the header with the time left, the keys to open what lies beside.

Rules.
1. A screen draws what the last `View` says. The one thing it may draw ahead is a mark of the candidate's, as "saving".
2. A command that leads elsewhere is answered before the next key acts: keys typed meanwhile wait, in order.
3. The time left comes from the session; no screen counts it.
4. What a candidate prefers is drawn at once, and from then on as the session keeps it.
5. F9 opens the proctor's screen from every screen of an open session, F3 the choices about the screen before the test.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from kiosk.messages import ScreenStood
from kiosk.protocol import Phase, View
from kiosk.screens.link import HIDDEN, SHOWN, TIMER, Link
from kiosk.screens.wording import place_words, stage_words
from kiosk.words import times_left
from terminal.app import LockedScreen
from terminal.keys import BACK, HELP, REDRAW, SCROLL, Key, help_text
from terminal.language import N_, _
from terminal.widgets import Header, KeyBar, TextPane, fit

NARROW = 76
"""Columns below which the header uses short words."""
LEAST_TITLE = 8
"""Cells of the programme's title that are worth showing."""

TIME = Key(("t", "T", "f2"), N_("T or F2"), N_("hide the time left, or show it again"), "time")
PROCTOR = Key(("f9",), "F9", N_("proctor: type a code"), "proctor")
COMFORT = Key(("f3",), "F3", N_("colours, language and time on the screen"), "comfort", N_("display"))


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
        self._drawn = False

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
        return self.rows()

    def rows(self) -> tuple[Key, ...]:
        """Its keys, without the proctor's where there is none: a sitting that has no checkpoint is practice or preview.

        A pause, which nothing else ends, and the sign-in keep it.
        """
        view = self.view
        watched = view.practice is None and (view.checkpoint or view.phase in {Phase.SIGN_IN, Phase.PAUSED})
        return tuple(row for row in self.table() if watched or row is not PROCTOR)

    def place(self) -> str:
        """What the header says in the middle."""
        return _(self.PLACE) or place_words(self.view, short=self.narrow)

    def relabel(self) -> None:
        """Put words in their place that are not drawn by `show`, in the language in use now."""

    def flush(self) -> None:
        """Send what is typed and not sent yet, because another screen comes over this one."""

    def on_mount(self) -> None:
        """Begin, and draw for the first time; a screen that was left before it stood does neither."""
        if self._there:
            self.begin()
            self._drawn = True
            self.draw()
            self.app.post_message(ScreenStood())

    def begin(self) -> None:
        """What a subclass does once, when its widgets are there: the caret, a question to the session."""

    async def press(self, key: str, character: str) -> None:
        """Do what the table says of a key that no field took. `character` is empty where the key has none."""
        del character
        row = next((row for row in self.rows() if key in row.keys), None)
        if row is not None:
            await self.app.run_action(row.action, self)

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
        return self._drawn and self._there

    @property
    def _there(self) -> bool:
        """Whether the program still goes on, with this screen in it: of one that ends, widgets may be missing."""
        return self.app.is_running and self.is_attached and self in self.app.screen_stack

    @property
    def stands(self) -> bool:
        """Whether keys may act on it."""
        return self._drawn

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
        if not view.limit and view.practice is not None:
            return ""
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
        self.open(KeysScreen(self.link, self.rows()))

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

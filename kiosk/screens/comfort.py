"""F3: how the screen is. Colours, language and whether the time is shown; each choice is drawn at once."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.messages import PreferenceChosen
from kiosk.protocol import Prefer
from kiosk.screens.link import HIDDEN, SHOWN, TIMER, Link
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import ANSI, DARK, HIGH_CONTRAST, LIGHT, MONO, Role
from terminal.widgets import Page, Span, StatusBar

THEME, LANGUAGE = "theme", "language"
THEMES = (
    (DARK, N_("Light on dark")),
    (LIGHT, N_("Dark on light")),
    (HIGH_CONTRAST, N_("High contrast")),
    (MONO, N_("No colours")),
)
LANGUAGES = (("en", "English"), ("es", "Español"), ("fr", "Français"))


@dataclass(frozen=True, slots=True)
class Offer:
    """One row: a value of a preference and its words, which are a language's own name where `translated` is not."""

    name: str
    value: str
    words: str
    translated: bool = True


OFFERS = (
    *(Offer(THEME, value, words) for value, words in THEMES),
    *(Offer(LANGUAGE, value, words, translated=False) for value, words in LANGUAGES),
    Offer(TIMER, SHOWN, N_("Shown")),
    Offer(TIMER, HIDDEN, N_("Hidden until the last 5 minutes")),
)
GROUPS = {THEME: N_("Colours"), LANGUAGE: N_("Language"), TIMER: N_("Time left")}


class ComfortScreen(KioskScreen):
    """Three choices in one list; the cursor goes through all of them."""

    KEYS = (
        Key(("up",), N_("Up, Down"), N_("move the cursor >"), "move(-1)"),
        Key(("down",), "", "", "move(1)"),
        Key(
            ("enter", "space"),
            "Enter",
            N_("choose what the cursor is on; also Space"),
            "choose",
            N_("choose"),
        ),
        Key(("escape", "f3", "q", "Q"), "F3", N_("back; also Esc, Q"), "back", N_("back")),
    )
    PLACE = N_("Display")

    def __init__(self, link: Link, cursor: int = 0) -> None:
        """`cursor` is the row to start at."""
        super().__init__(link)
        self.cursor = cursor

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
        yield StatusBar()

    def show(self) -> None:
        rows: list[Span] = []
        for place, offer in enumerate(OFFERS):
            if not place or offer.name != OFFERS[place - 1].name:
                rows += [("", Role.TEXT), (_(GROUPS[offer.name]), Role.STRONG)]
            rows.append(self._row(place, offer))
        sample = _("Marks: > cursor   (o) chosen   ~ struck out   F FLAGGED")
        rows += [("", Role.TEXT), (sample, Role.ALERT)]
        self.query_one(Page).set_paragraphs(
            [*rows, *problem_words(self.link.problem_with(Prefer), self.view.support)]
        )
        super().show()

    def _row(self, place: int, offer: Offer) -> Span:
        here = place == self.cursor
        chosen = offer.value == self._now(offer.name)
        words = _(offer.words) if offer.translated else offer.words
        text = f"{'>' if here else ' '} ({'o' if chosen else ' '}) {words}"
        return text, Role.CURSOR if here else Role.STRONG if chosen else Role.TEXT

    def _now(self, name: str) -> str:
        if name == THEME:
            return DARK if self.app.theme == ANSI else self.app.theme
        return self.link.preference(name) or {LANGUAGE: LANGUAGES[0][0], TIMER: SHOWN}[name]

    def tick(self) -> None:
        super().tick()
        self.query_one(StatusBar).set_facts(self.link.warnings())

    def action_move(self, by: int) -> None:
        """Move the cursor, round the ends."""
        self.cursor = (self.cursor + by) % len(OFFERS)
        self.show()

    def action_choose(self) -> None:
        """Choose what the cursor is on."""
        offer = OFFERS[self.cursor]
        self.link.prefer(offer.name, offer.value)
        self.app.post_message(PreferenceChosen())
        self.show()

    def action_back(self) -> None:
        """Return to the screen below."""
        self.leave()

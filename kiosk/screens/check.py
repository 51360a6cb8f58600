"""CHECK: can the screen be read, and does every key that a candidate needs arrive."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.messages import PreferenceChosen
from kiosk.protocol import ConfirmEquipment
from kiosk.screens.comfort import THEME, THEMES
from kiosk.screens.link import Link
from kiosk.screens.seat import COMFORT, PROCTOR, KioskScreen
from kiosk.screens.wording import problem_words
from terminal.app import MIN_HEIGHT, MIN_WIDTH
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span

PER_ROW = 4
CELL = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """A key that is asked for: its name here, how it is written, and what a keyboard sends for it."""

    name: str
    label: str
    keys: tuple[str, ...]


ASKED = (
    Asked("up", N_("Up"), ("up",)),
    Asked("down", N_("Down"), ("down",)),
    Asked("left", N_("Left"), ("left",)),
    Asked("right", N_("Right"), ("right",)),
    Asked("space", N_("Space"), ("space",)),
    Asked("a", "A", ("a", "A")),
    Asked("tab", "Tab", ("tab",)),
    Asked("backspace", "Backspace", ("backspace",)),
    Asked("pageup", N_("PgUp"), ("pageup",)),
    Asked("pagedown", N_("PgDn"), ("pagedown",)),
    Asked("f1", "F1", ("f1",)),
    Asked("f4", "F4", ("f4",)),
    Asked("f6", "F6", ("f6",)),
    Asked("f10", "F10", ("f10",)),
    Asked("enter", "Enter", ("enter",)),
)
SAMPLES = (
    (N_("Text"), "abcdefghijklm NOPQRSTUVWXYZ 0123456789 (1/2) 50%"),
    (N_("Accents"), "á à ä ã å é è ê í î ñ ó ò ö õ ú ü ç ß Æ Ø ¿ ¡"),
    (N_("Lines"), "┌──┬──┐ │ ├──┼──┤ └──┴──┘"),
    (N_("Marks"), "> (o) [x] ~ * F +"),
)


class CheckScreen(KioskScreen):
    """Samples to read, and keys to press until each has arrived; N says that something does not work."""

    KEYS = (
        *(Key(asked.keys, "", "", f"pressed('{asked.name}')") for asked in ASKED),
        *(Key((str(place + 1),), "", "", f"theme({place})") for place in range(len(THEMES))),
        Key(
            ("n", "N"),
            "N",
            N_("something does not work, or cannot be read"),
            "fault",
            N_("something is wrong"),
        ),
        Key(("y", "Y"), "Y", N_("after N: go on all the same"), "all_the_same"),
    )
    OPENS = (PROCTOR, COMFORT)
    HELPS = False
    PLACE = N_("Check")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._arrived: set[str] = set()
        self._fault = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        self.query_one(Page).set_paragraphs(
            [*self._screen(), *self._keys(), *problem_words(self.view.problem, self.view.support)]
        )
        super().show()

    def _screen(self) -> list[Span]:
        size = self.app.size
        fits = _("Screen: {columns} columns, {rows} rows (at least {width} by {height}).").format(
            columns=size.width, rows=size.height, width=MIN_WIDTH, height=MIN_HEIGHT
        )
        width = max(len(_(name)) for name, _sample in SAMPLES) + 2
        return [
            (_("Check the screen and the keyboard"), Role.STRONG),
            ("", Role.RULE),
            (fits, Role.TEXT),
            *((f"{_(name):<{width}}{sample}", Role.TEXT) for name, sample in SAMPLES),
            (_("Press 1, 2, 3 or 4 for the colours that you read best."), Role.TEXT),
            ("", Role.RULE),
        ]

    def _missing(self) -> list[str]:
        return [_(asked.label) for asked in ASKED if asked.name not in self._arrived]

    def _keys(self) -> list[Span]:
        cells = [
            f"[{'x' if asked.name in self._arrived else ' '}] {_(asked.label)}".ljust(CELL) for asked in ASKED
        ]
        rows = [("".join(cells[at : at + PER_ROW]), Role.TEXT) for at in range(0, len(cells), PER_ROW)]
        return [
            *([] if self._fault else [(_("Press each of these keys once:"), Role.TEXT)]),
            *rows,
            *([] if self._fault else [("", Role.TEXT)]),
            *self._next(),
        ]

    def _next(self) -> list[Span]:
        missing = self._missing()
        if self._fault:
            not_seen = (
                [(_("Not arrived: {keys}.").format(keys=", ".join(missing)), Role.TEXT)] if missing else []
            )
            return [
                (_("! Raise your hand: the proctor will look at this kiosk."), Role.ALERT),
                *not_seen,
                (_("Proctor: Y goes on all the same."), Role.TEXT),
            ]
        if missing:
            return [(_("Now press: {key}").format(key=missing[0]), Role.STRONG)]
        return [(_("Every key works. Press Enter to go on."), Role.STRONG)]

    def action_pressed(self, name: str) -> None:
        """A key that is asked for arrived; Enter goes on once all have."""
        if name == ASKED[-1].name and not self._missing():
            self._confirm()
            return
        self._arrived.add(name)
        self._fault = False
        self.show()

    def action_theme(self, place: int) -> None:
        """Try other colours."""
        self.link.prefer(THEME, THEMES[place][0])
        self.app.post_message(PreferenceChosen())

    def action_fault(self) -> None:
        """Say whom to call."""
        self._fault = True
        self.show()

    def action_all_the_same(self) -> None:
        """Go on although something does not work."""
        if self._fault:
            self._confirm()

    def _confirm(self) -> None:
        self.link.submit(ConfirmEquipment(self.app.size.width, self.app.size.height))

"""The candidate's screens on a real terminal with hostile text in every field, or failing one after another.

Run by `tests.terminal.console.Console` as a UI; the session they draw is a fake in their own process. The number of
the start, which says what fails, is counted by the demo session of the supervisor's tests.
"""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec

from exam_packages.form import Exhibit, Instruments, Stimulus
from exam_packages.interactions import Code, ItemId, Paragraph, Picture, Table
from kiosk import app
from kiosk.app import KioskApp
from kiosk.protocol import Phase, Question, View
from kiosk.screens.answers import AnswersScreen
from kiosk.screens.calculator import CalculatorScreen
from kiosk.screens.comfort import ComfortScreen
from kiosk.screens.comment import CommentScreen
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.hand_in import HandInScreen
from kiosk.screens.highlight import HighlightScreen
from kiosk.screens.item import ItemScreen
from kiosk.screens.notes import NoteScreen, ScratchpadScreen
from kiosk.screens.paused import BreakScreen
from kiosk.screens.proctor import ProctorScreen
from kiosk.screens.review import ReviewScreen
from kiosk.screens.seat import KioskScreen
from kiosk.screens.tools import ToolsScreen
from tests.kiosk.fake_session import FakeSession, choice_item

SECRET = "secretstem"
HOSTILE = (
    "\x1b]52;c;cm0=\x07\x1b]8;;http://x.example\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x1b[31mred\x1b[0m"
    " \x9b2J\x9d0;t\x9c \x90q\x9c"
    " [@click=app.quit]quit[/] [bold]b[/bold] [/] \x07\x08\x0e\x7f\x00 \u202eabc\u2066d\u2069\u200f \u200b\ufeff\u2028"
    " z"
    + "\u0301" * 60
    + " y"
    + "\u0489" * 60
    + " x"
    + "\ufe0f" * 60
    + " \U000e0041 \ue000 $(reboot) `id` %s {0} "
)
FAILING: tuple[type[KioskScreen], ...] = (
    *(ItemScreen, ToolsScreen, CalculatorScreen, NoteScreen, ScratchpadScreen),
    *(CommentScreen, HighlightScreen, ExhibitScreen, ComfortScreen, BreakScreen),
    *(ProctorScreen, ReviewScreen, HandInScreen, AnswersScreen, ToolsScreen),
)


class HostileSession(FakeSession):
    """A session whose every text is hostile."""

    def __init__(self) -> None:
        options = [HOSTILE + letter for letter in "wxyz"]
        items = tuple(choice_item(f"Q{n}", [SECRET, HOSTILE * 3], options) for n in range(3))
        super().__init__(items, Phase.TESTING)
        self.instruments = Instruments(
            calculator=True, highlighter=True, notes=True, scratchpad=True, comments=True, keep_notes=True
        )
        self.breaks = 1
        self.notes = {"Q0": HOSTILE}
        self.comments = {ItemId("Q0"): HOSTILE}
        self.scratchpad = HOSTILE
        self.tape = ((HOSTILE, HOSTILE),)
        self.highlights = {"item:Q0": ((0, 0, 400), (1, 3, 200), (7, 0, 3))}
        self.exported = HOSTILE

    def view(self, *, reply: bool = False, answers: bool = False) -> View:
        named = dict.fromkeys(("name", "title", "support", "candidate", "kiosk", "site"), HOSTILE)
        return msgspec.structs.replace(super().view(reply=reply, answers=answers), **named)

    def _question(self) -> Question:
        blocks = (
            Paragraph(HOSTILE),
            Code(HOSTILE + "\n\t" + HOSTILE),
            Table(HOSTILE, ((HOSTILE, "b"), ("c", HOSTILE))),
            Picture((HOSTILE, HOSTILE), HOSTILE),
        )
        return msgspec.structs.replace(
            super()._question(),
            stimulus=Stimulus("s", HOSTILE, blocks),
            exhibits=(Exhibit("e", HOSTILE, blocks),),
        )


class HostileApp(KioskApp):
    """The kiosk's program with its session beside it; `fails` is the number of the screen that does not stand."""

    CSS_PATH = str(Path(app.__file__).with_name("kiosk.tcss"))

    def __init__(self, session: FakeSession, fails: int | None = None) -> None:
        super().__init__(session.screen)
        self._session = session
        self._fails = fails

    async def on_mount(self) -> None:
        self._session.attach()
        if self._fails is not None:
            self.set_timer(0.05, self._fail)

    def _fail(self) -> None:
        screen = FAILING[(self._fails or 0) % len(FAILING)]

        def tick(self: KioskScreen) -> None:
            question = self.view.question
            raise ValueError(f"{SECRET} {question}")

        screen.tick = tick  # type: ignore[method-assign]  # it is this screen that must fail
        if screen is ItemScreen:
            self.screen.tick()  # type: ignore[attr-defined]  # the question is on the screen
        else:
            self.push_screen(screen(self.link))


def ui(stream: socket.socket) -> None:
    """A whole test among hostile texts."""
    with stream:
        HostileApp(HostileSession()).run_locked()


def fails(stream: socket.socket) -> None:
    """Another screen fails at each start."""
    stream.sendall(b"count\n")
    started = int(stream.recv(100).split()[-1])
    with stream:
        HostileApp(HostileSession(), started - 1).run_locked()

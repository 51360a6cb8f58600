"""Terminal safety of every screen: nothing of Textual's own works, no text acts on the terminal, no crash tells.

Screens are found, not listed: a new one is held to this as soon as there is a class.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.containers import Horizontal, Middle, Vertical
from textual.screen import Screen
from textual.widget import Widget

import kiosk.screens
import kiosk.widgets
from keys.text import MAX_COMBINING
from kiosk.app import KioskApp
from kiosk.screens.seat import KioskScreen
from terminal.app import LockedApp, LockedScreen, SizeCard
from terminal.keys import reviewed
from terminal.supervisor import FEW
from terminal.widgets import Lines, Typing
from tests.kiosk.driving import driving
from tests.kiosk.hostile import FAILING, SECRET
from tests.kiosk.scenes import SCENES
from tests.terminal.console import Console
from tests.terminal.test_supervisor import in_grammar

F = {1: "\x1bOP", 3: "\x1bOR", 9: "\x1b[20~", 10: "\x1b[21~"}
PGDN = "\x1b[6~"
DANGEROUS = (
    *(
        "ctrl+q",
        "ctrl+c",
        "ctrl+p",
        "ctrl+z",
        "ctrl+backslash",
        "ctrl+s",
        "ctrl+a",
        "ctrl+x",
        "ctrl+v",
        "ctrl+o",
    ),
    *("ctrl+l", "ctrl+d", "f8", "f11", "f12", "alt+f", "ctrl+left", "shift+f10", "super+c"),
)
GONE = {"Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
PRACTICE = "kiosk.screens.practice"
"""No screen of a sitting; it is held to its class by the tests above."""
ONE_EACH = {
    *(
        "locked",
        "sign-in",
        "confirm",
        "agreement",
        "instructions",
        "item",
        "review",
        "hand-in",
        "help",
        "suspended",
    ),
    *("stopped", "finished", "tools", "calculator", "note", "scratchpad", "comment", "highlight", "proctor"),
    *("break-ask", "paused-room", "answers", "comfort", "check", "tutorial", "exhibit"),
}
PLAIN = (Horizontal, Middle, Vertical)
"""Textual's own widgets that may stand on a screen: they place others, and take and draw nothing."""


def _modules() -> None:
    for package in (kiosk.screens, kiosk.widgets):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)


def _under(base: type[Widget]) -> list[type[Widget]]:
    kinds = [kind for kind in base.__subclasses__() if kind.__module__.startswith(("kiosk.", "terminal."))]
    return sorted(
        {*kinds, *(under for kind in kinds for under in _under(kind))}, key=lambda kind: kind.__name__
    )


_modules()
SCREENS = [kind for kind in _under(LockedScreen) if issubclass(kind, LockedScreen)]
WIDGETS = _under(Lines)


def _ours(name: str, kind: type[object]) -> bool:
    """Whether this attribute of the class is defined in our own code."""
    owner = next((one for one in kind.__mro__ if name in vars(one)), object)
    return owner.__module__.startswith(("kiosk.", "terminal."))


def test_the_screens_are_found() -> None:
    """The search reaches the question, its tools and the proctor's screen: what follows is not held of nothing."""
    names = {kind.__name__ for kind in SCREENS}
    assert {"ItemScreen", "ToolsScreen", "HighlightScreen", "ProctorScreen", "KeysScreen"} <= names
    assert {"Editor", "QuestionPane", "LineField"} <= {kind.__name__ for kind in WIDGETS}


@pytest.mark.parametrize("screen", SCREENS, ids=lambda kind: kind.__name__)
def test_a_screen_has_its_own_keys_alone_and_none_of_textuals_doors(screen: type[LockedScreen[None]]) -> None:
    """Bindings are the table's, every action is ours, and selection, focus by itself, commands and links are off."""
    bound = sorted(
        (key, one.action) for key, many in screen._merge_bindings().key_to_bindings.items() for one in many
    )
    assert tuple(bound) == reviewed(screen.table())
    for _key, action in bound:
        name = action.partition("(")[0]
        kind: type[object] = KioskApp if name.startswith("app.") else screen
        assert _ours("action_" + name.removeprefix("app."), kind), action
    assert (screen.ALLOW_SELECT, screen.AUTO_FOCUS, screen.ESCAPE_TO_MINIMIZE) == (False, "", False)
    assert (set(), "", None) == (screen.COMMANDS, screen.CSS, screen.CSS_PATH)
    assert screen.HORIZONTAL_BREAKPOINTS in ([], None)


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda kind: kind.__name__)
def test_a_widget_binds_no_key_and_draws_no_markup(widget: type[Widget]) -> None:
    """What is on a screen has no key of its own, cannot be selected, and draws only by lines of plain text."""
    assert widget._merge_bindings().key_to_bindings == {}
    assert not widget.ALLOW_SELECT
    assert _ours("render_line", widget)
    assert issubclass(widget, Typing) or not widget.can_focus


def test_the_app_shuts_what_textual_opens() -> None:
    """Each method by which a Textual app quits, saves, opens, copies, suspends, rings or tells is replaced by ours."""
    shut = (
        *(
            "action_quit",
            "action_help_quit",
            "action_suspend_process",
            "action_screenshot",
            "action_command_palette",
        ),
        *(
            "action_change_theme",
            "action_show_help_panel",
            "action_simulate_key",
            "suspend",
            "save_screenshot",
        ),
        *(
            "deliver_screenshot",
            "deliver_text",
            "deliver_binary",
            "open_url",
            "copy_to_clipboard",
            "bell",
            "notify",
        ),
        *(
            "panic",
            "_print_error_renderables",
            "_fatal_error",
            "_ready",
            "get_driver_class",
            "_set_pointer_shape",
        ),
    )
    assert [name for name in shut if not hasattr(App, name)] == []
    assert [name for name in shut if not _ours(name, KioskApp)] == []
    assert (set(), False, []) == (KioskApp.COMMANDS, KioskApp.ENABLE_COMMAND_PALETTE, KioskApp.BINDINGS)
    assert KioskApp._merge_bindings().key_to_bindings == {}
    assert issubclass(KioskApp, LockedApp)


def test_a_stock_screen_would_be_refused() -> None:
    """The same questions asked of Textual's own classes are answered otherwise: the tests above can fail."""
    assert Screen._merge_bindings().key_to_bindings
    assert Screen.ALLOW_SELECT
    assert not _ours("action_copy_text", Screen)
    assert App._merge_bindings().key_to_bindings


async def _prod(name: str) -> str:
    """Show a scene and try every door; the name of the screen that stood firm."""
    scene = SCENES[name]
    async with driving(scene.make()) as driver:
        await scene.drive(driver)
        await driver.sees(scene.shows)
        await driver.settled()
        app, screen = driver.app, driver.app.screen
        assert isinstance(screen, LockedScreen)
        active = sorted((key, one.binding.action) for key, one in app.active_bindings.items())
        assert tuple(active) == reviewed(screen.table())
        for widget in screen.walk_children(Widget):
            assert isinstance(widget, Lines | SizeCard) or type(widget) in PLAIN, widget
            assert isinstance(widget, Typing) or not widget.can_focus
            assert type(widget) in PLAIN or not widget.allow_select
            assert (widget.show_vertical_scrollbar, widget.show_horizontal_scrollbar) == (False, False), (
                widget
            )
        bound = {key for key, _action in active}
        before, sent, stack = driver.text(), list(driver.session.commands), list(app.screen_stack)
        for key in DANGEROUS:
            if key not in bound:
                app.post_message(events.Key(key, None))
        app.post_message(events.Paste("y\n"))
        for kind in (events.MouseDown, events.MouseUp, events.MouseScrollDown):
            app.post_message(kind(None, 10, 10, 0, 0, 1, False, False, False, 10, 10))
        await asyncio.sleep(0.05)
        assert app.is_running
        assert list(app.screen_stack) == stack
        assert driver.session.commands == sent
        assert driver.text() == before
        return type(screen).__name__


@pytest.mark.snapshot
def test_on_every_screen_that_runs_no_door_opens() -> None:
    """As it runs, a screen's keys are its table's, no widget is Textual's; control keys, paste and mouse do nothing."""
    stood: set[str] = set()
    for name in SCENES:
        if name in ONE_EACH:
            stood.add(asyncio.run(_prod(name)))
    kinds = [kind for kind in SCREENS if issubclass(kind, KioskScreen) and kind.__module__ != PRACTICE]
    running = {kind.__name__ for kind in kinds if not _under(kind)}
    assert stood >= running, running - stood


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """The kiosk's screens on a terminal, every text hostile."""
    made = Console(tmp_path, "tests.kiosk.hostile:ui")
    try:
        made.wait("1 of 3")
        yield made
    finally:
        made.close()


def test_hostile_text_writes_nothing_but_text(console: Console) -> None:
    """A test from its question to its last screen, with escape sequences, links, bidi and floods of marks in all texts.

    Of all bytes written each is text, a colour, a cursor move or one of four modes; no direction mark and no flood of
    combining marks is among them, and markup is shown as it is written.
    """
    console.wait("[@click=app.quit]quit[/]")
    steps: tuple[tuple[str, str], ...] = (
        ("a", "(o) A."),
        ("bxf" + PGDN, "FLAGGED"),
        ("\t", "- Tab: "),
        ("\t", "(o) B."),
        ("e", "Exhibit"),
        ("/", "Search:"),
        ("link\r", "next hit"),
        ("q", "(o) B."),
        (F[3], "Tools"),
        ("c", "Calculation"),
        ("\u202e1\u0301+[/]1\r", "+[/]1 ="),
        (F[3], "(o) B."),
        (F[3] + "n", "Your note"),
        ("\u202e\u2066" + "\u0301" * 9 + "\u0489" * 9 + "[@click=app.quit]typed", "]typed"),
        (F[3], "(o) B."),
        (F[3] + "m", "Your comment"),
        (F[1], "raise your hand"),
        ("q", "Your comment"),
        (F[3], "(o) B."),
        (F[3] + "s", "scratchpad"),
        (F[3], "(o) B."),
        (F[3] + "h", "highlights:"),
        (" \x1b[B ", "highlights:"),
        (F[3], "(o) B."),
        (F[9], "For the proctor"),
        (F[9], "(o) B."),
        ("r", "flagged"),
        ("2", "Number"),
        ("r", "(o) B."),
        (F[10], "Hand in"),
        ("y", "Enter"),
        ("\r", "receipt"),
    )
    for keys, seen in steps:
        console.send(keys)
        console.wait(seen)
    console.send(F[10])
    console.read(0.3)
    console.send("y")
    console.finish()
    assert in_grammar(console.written) == ""
    text = console.written.decode()
    assert {
        unicodedata.name(one, hex(ord(one))) for one in text if unicodedata.category(one) in GONE
    } == set()
    marks = "".join("m" if unicodedata.category(one) in {"Mn", "Me"} else "." for one in text)
    assert max(map(len, re.findall("m+", marks)), default=0) <= MAX_COMBINING
    assert console.crashes() == ""


@pytest.mark.parametrize("first", range(0, len(FAILING), FEW))
def test_a_screen_that_fails_leaves_a_plain_card(tmp_path: Path, first: int) -> None:
    """Five screens fail in turn over a question: a card calls the proctor, and nothing of the text is told."""
    (tmp_path / "count").write_text(str(first))
    console = Console(tmp_path, "tests.kiosk.hostile:fails")
    try:
        console.wait("Call the proctor.")
        assert (
            len(set(re.findall(r"^pid (\d+): builtins.ValueError", console.crashes(), re.MULTILINE))) == FEW
        )
        assert SECRET not in console.crashes() + console.text()
        assert "Traceback" not in console.written.decode()
        assert "ValueError" not in console.written.decode()
        assert "question" not in console.text().lower()
        assert in_grammar(console.written) == ""
    finally:
        console.close()

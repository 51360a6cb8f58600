"""The doors that are shut: the reviewed list of keys, and everything of Textual's own that must not work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual import constants, events
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from terminal.app import HelpScreen, LockedApp, LockedScreen
from terminal.driver import LockedDriver
from terminal.keys import BACK, HELP, REDRAW, SCROLL, Key, bindings, help_text, reviewed
from terminal.widgets import Header, LineField, TextPane

REVIEWED = {
    "FirstScreen": [
        ("N", "next"),
        ("f1", "help"),
        ("f5", "app.redraw"),
        ("n", "next"),
        ("pagedown", "page_down"),
        ("pageup", "page_up"),
    ],
    "HelpScreen": [
        ("Q", "back"),
        ("enter", "back"),
        ("escape", "back"),
        ("f1", "back"),
        ("f5", "app.redraw"),
        ("pagedown", "page_down"),
        ("pageup", "page_up"),
        ("q", "back"),
    ],
}


class FirstScreen(LockedScreen[None]):
    KEYS = (Key(("n", "N"), "N", "next question", "next", "next"), *SCROLL)

    def __init__(self) -> None:
        super().__init__()
        self.pressed = 0

    def compose(self) -> ComposeResult:
        yield Header("Demo")
        yield TextPane("[@click=app.quit]press[/]")
        yield LineField(limit=5)

    def action_next(self) -> None:
        self.pressed += 1


def run(
    check: Callable[[Pilot[None], FirstScreen], Awaitable[None]], app: LockedApp | None = None
) -> LockedApp:
    """Run a check against an app with the first screen."""
    made = app or LockedApp(theme="dark")

    async def inside() -> None:
        async with made.run_test(size=(80, 24)) as pilot:
            screen = FirstScreen()
            await made.push_screen(screen)
            await check(pilot, screen)

    asyncio.run(inside())
    return made


def active(app: LockedApp) -> list[tuple[str, str]]:
    """Every binding that works now, on whatever is focused."""
    return sorted((key, found.binding.action) for key, found in app.active_bindings.items())


def test_the_active_bindings_are_the_reviewed_ones() -> None:
    """On every screen, focused or not, exactly the reviewed keys are bound: none is Textual's."""

    async def check(pilot: Pilot[None], screen: FirstScreen) -> None:
        app = screen.app
        assert isinstance(app, LockedApp)
        assert active(app) == REVIEWED["FirstScreen"]
        assert list(reviewed(screen.table())) == REVIEWED["FirstScreen"]
        screen.query_one(LineField).focus()
        assert active(app) == REVIEWED["FirstScreen"]
        screen.set_focus(None)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        assert active(app) == REVIEWED["HelpScreen"]
        await pilot.press("q")
        assert app.screen_stack[-1] is screen

    run(check)


def test_a_stock_app_would_be_seen() -> None:
    """The same list of a stock Textual app and screen is not empty: the test above can fail."""

    async def inside() -> list[str]:
        app = App[None]()
        async with app.run_test():
            await app.push_screen(Screen())
            return sorted(app.active_bindings)

    assert {"ctrl+q", "ctrl+p", "ctrl+c", "tab"} <= set(asyncio.run(inside()))


def test_dangerous_keys_do_nothing() -> None:
    """Quit, palette, suspend, copy and maximise keys change neither screen nor state."""

    async def check(pilot: Pilot[None], screen: FirstScreen) -> None:
        await pilot.press(
            "ctrl+q", "ctrl+p", "ctrl+z", "ctrl+c", "ctrl+backslash", "ctrl+s", "escape", "tab", "f2"
        )
        assert screen.app.screen is screen
        assert len(screen.app.screen_stack) == 2
        assert screen.app.is_running
        assert screen.focused is None
        await pilot.press("n")
        assert screen.pressed == 1

    run(check)


def test_actions_that_leave_do_nothing() -> None:
    """Run by name, no action of Textual's quits, saves, opens, copies or suspends."""

    async def check(pilot: Pilot[None], screen: FirstScreen) -> None:
        app = screen.app
        names = ("quit", "help_quit", "suspend_process", "screenshot", "command_palette", "change_theme")
        for name in (*names, "show_help_panel", "simulate_key('n')", "bell", "notify('x')"):
            await app.run_action(f"app.{name}" if "app." not in name else name)
        await pilot.pause()
        assert app.screen is screen
        assert screen.pressed == 0
        app.copy_to_clipboard("text")
        assert app.clipboard == ""
        assert app.save_screenshot() == ""
        with pytest.raises(SuspendNotSupported):
            app.suspend()

    run(check)


class Probe(Widget, can_focus=True):
    """Takes everything that reaches it."""

    DEFAULT_CSS = "Probe { width: 20; height: 5; }"

    def __init__(self) -> None:
        super().__init__()
        self.reached: list[str] = []

    def on_event_seen(self, event: events.Event) -> None:
        self.reached.append(type(event).__name__)

    on_paste = on_click = on_mouse_down = on_mouse_move = on_mouse_scroll_down = on_key = on_event_seen


@pytest.mark.parametrize(
    ("base", "reached"), [(LockedApp, ["Key"]), (App, ["Paste", "MouseDown", "Click", "Key"])]
)
def test_paste_and_mouse_end_in_the_app(base: type[App[None]], reached: list[str]) -> None:
    """Of a paste, a click and a key only the key reaches what is focused; in a stock app all three do."""

    async def inside() -> list[str]:
        app = base()
        async with app.run_test(size=(80, 24)) as pilot:
            probe = Probe()
            await app.screen.mount(probe)
            probe.focus()
            await pilot.pause()
            app.post_message(events.Paste("12345"))
            for kind in (events.MouseDown, events.MouseUp):
                app.post_message(kind(None, 2, 0, 0, 0, 1, False, False, False, 2, 0))
            await pilot.press("z")
            return [name for name in dict.fromkeys(probe.reached) if name != "MouseMove"]

    assert asyncio.run(inside()) == reached


def test_only_finish_is_an_end_that_is_not_a_failure() -> None:
    """`exit` by any other way leaves `finished` false."""

    async def finish(pilot: Pilot[None], screen: FirstScreen) -> None:
        assert isinstance(screen.app, LockedApp)
        screen.app.finish()

    async def leave(pilot: Pilot[None], screen: FirstScreen) -> None:
        screen.app.exit()

    assert run(finish).finished
    assert not run(leave).finished


def test_the_environment_chooses_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where Textual has read a driver's name, ours is used, and no developer feature is on."""
    monkeypatch.setattr(constants, "DRIVER", "no.such.module:Driver")
    monkeypatch.setenv("TEXTUAL", "devtools,debug")
    app = LockedApp(theme="dark")
    assert app.driver_class is LockedDriver
    assert app.get_driver_class() is LockedDriver
    assert app.features == frozenset()
    assert app.devtools is None


def test_a_table_makes_bindings_help_and_the_reviewed_list() -> None:
    """One row gives one line of help and a binding a key, each hidden and of no priority."""
    table = (Key(("n", "N", "n"), "N", "next question", "next"), HELP, REDRAW)
    assert [(b.key, b.action, b.show, b.priority) for b in bindings(table)] == [
        ("n", "next", False, False),
        ("N", "next", False, False),
        ("f1", "help", False, False),
        ("f5", "app.redraw", False, False),
    ]
    assert help_text(table).splitlines()[0] == "N    next question"
    assert reviewed((BACK,))[0] == ("Q", "back")

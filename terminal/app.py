"""The base of both full-screen programs: a Textual app and screen with every door but their own keys shut.

Rules.
1. Only rows of `terminal.keys` bind a key; nothing is inherited from Textual, and there is no palette.
2. Nothing leaves: no quit, suspend, screenshot file, link, download, clipboard or bell.
3. Paste and mouse end in `LockedApp.on_event`, and a key that a field takes is taken there, in the order of typing.
4. A failure ends the process; the crash log learns its type and file:line, the screen nothing.
5. The app has finished only if `finish` was called; any other end is a failure, and the supervisor starts it again.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from textual import events
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.driver import Driver
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from terminal import crash
from terminal.driver import LockedDriver
from terminal.keys import BACK, HELP, REDRAW, SCROLL, Key, bindings, help_text
from terminal.language import _
from terminal.theme import PALETTES, textual_theme, theme_for
from terminal.widgets import Card, Header, KeyBar, TextPane, Typing

MIN_WIDTH, MIN_HEIGHT = 60, 20
COLLECT_EVERY = 3.0
"""Seconds; what the zygote imported is frozen out of it, so a look takes a few milliseconds."""

BASE_CSS = """
LockedScreen { layout: vertical; overflow: hidden hidden; background: $background; color: $foreground; }
LockedScreen > SizeCard { display: none; }
LockedScreen.-too-small > * { display: none; }
LockedScreen.-too-small > SizeCard { display: block; }
"""


class SizeCard(Card):
    """What a screen below 60x20 shows instead of everything else."""

    def __init__(self) -> None:
        super().__init__(
            _("The screen is too small."),
            (
                _("It needs {columns} columns and {rows} rows.").format(columns=MIN_WIDTH, rows=MIN_HEIGHT),
                _("Call the proctor."),
            ),
        )


class LockedScreen(Screen[ScreenResultType], inherit_bindings=False):
    """A screen whose only keys are the rows of its `KEYS`, with help on F1 made from the same table.

    A subclass sets `KEYS` and `TITLE`, composes its widgets, and names an `action_...` method a row. Below 60x20 it is
    hidden behind a card and takes no key.
    """

    KEYS: ClassVar[tuple[Key, ...]] = ()
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False
    HELPS: ClassVar[bool] = True

    def __init_subclass__(cls, **options: Any) -> None:
        cls.BINDINGS = list(bindings(cls.table()))
        super().__init_subclass__(**{**options, "inherit_bindings": False})

    @classmethod
    def table(cls) -> tuple[Key, ...]:
        """Return every key that works on this screen, F1 and F5 too."""
        return (*cls.KEYS, *((HELP,) if cls.HELPS and HELP not in cls.KEYS else ()), REDRAW)

    @property
    def too_small(self) -> bool:
        """Whether only the card about the size is shown."""
        return self.app.size.width < MIN_WIDTH or self.app.size.height < MIN_HEIGHT

    def _extend_compose(self, widgets: list[Widget]) -> None:
        widgets.append(SizeCard())

    def on_resize(self) -> None:
        """Hide behind the card, or come back."""
        self.set_class(self.too_small, "-too-small")

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.table()))


class HelpScreen(LockedScreen[None]):
    """The keys of the screen below it, one a line."""

    KEYS = (BACK, *SCROLL)
    HELPS = False

    def __init__(self, table: Iterable[Key]) -> None:
        super().__init__()
        self._keys = tuple(table)

    def compose(self) -> ComposeResult:
        """A header, the list, the key bar."""
        yield Header(_("Keys"))
        yield TextPane("\n" + help_text(self._keys), title=_("Keys"))
        yield KeyBar(self.table())

    def action_back(self) -> None:
        """Return to the screen below."""
        self.dismiss()

    def action_page_up(self) -> None:
        """Scroll the list up."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll the list down."""
        self.query_one(TextPane).page_down()


class LockedApp(App[None], inherit_bindings=False):
    """A full-screen program with nothing of Textual's own left open. `run_locked` runs it in a UI process.

    A subclass pushes its first screen in `on_mount`, may set `CSS_PATH`, and calls `finish` when the work is done.
    """

    BINDINGS = []
    DEFAULT_CSS = BASE_CSS
    SCOPED_CSS = False
    COMMANDS = set()
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False
    ENABLE_SELECT_AUTO_SCROLL = False

    def __init__(self, *, theme: str = "") -> None:
        """`theme` is a name of `terminal.theme`; empty chooses by TERM and NO_COLOR."""
        super().__init__(driver_class=LockedDriver)
        self.features = frozenset()
        self.animation_level = "none"
        self.finished = False
        for name in PALETTES:
            self.register_theme(textual_theme(name))
        self.theme = theme or theme_for(os.environ)

    def run_locked(self) -> None:
        """Run on this process's tty until `finish`. Raises `SystemExit`, status not 0, for any other end."""
        self.run(mouse=False)
        if not self.finished:
            raise SystemExit(self.return_code or 1)

    def finish(self) -> None:
        """End the program for good: the one end that is not a failure."""
        self.finished = True
        self.exit()

    def get_default_screen(self) -> Screen[None]:
        """An empty locked screen, below the first one that is pushed."""
        return LockedScreen[None]()

    def get_driver_class(self) -> type[Driver]:
        """Ours, whatever the environment says."""
        return LockedDriver

    async def on_event(self, event: events.Event) -> None:
        """Let keys and Textual's own events through; paste, mouse and focus reports end here."""
        if isinstance(event, events.Paste | events.MouseEvent | events.AppFocus | events.AppBlur):
            return
        if isinstance(event, events.Key) and event.key != "f5" and self._hidden():
            return
        if isinstance(event, events.Key) and not event.is_forwarded and self._typed(event):
            return
        await super().on_event(event)

    def on_load(self) -> None:
        """Make a task that fails unseen end the program."""
        asyncio.get_running_loop().set_exception_handler(self._task_failed)
        asyncio.get_running_loop().call_later(COLLECT_EVERY, self._collect)

    def _collect(self) -> None:
        """Find forgotten tasks: one that failed is told of when it is collected, which may need a look for cycles."""
        gc.collect()
        asyncio.get_running_loop().call_later(COLLECT_EVERY, self._collect)

    def action_redraw(self) -> None:
        """Draw the whole screen again."""
        if isinstance(self._driver, LockedDriver):
            self._driver.repaint()
        else:
            self.screen.refresh(layout=True)

    def _typed(self, event: events.Key) -> bool:
        """Whether the field with the caret took the key: now, before the next key is looked at."""
        return isinstance(self.focused, Typing) and self.focused.take(event)

    def _hidden(self) -> bool:
        screen = self.screen_stack[-1] if self.screen_stack else None
        return isinstance(screen, LockedScreen) and screen.too_small

    def _task_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        crash.note(error)
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self._return_code = 1
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End without a word on the screen."""
        del renderables
        self._fatal_error()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    def _set_pointer_shape(self, shape: str) -> None:
        del shape

    async def _ready(self) -> None:
        """Textual would take a screenshot here if the environment asked for one."""

    def bell(self) -> None:
        """A testing room is quiet."""

    def notify(self, *_: object, **__: object) -> None:
        """No message floats over a screen."""

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing is copied out."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """No link is followed."""

    def deliver_text(self, *_: object, **__: object) -> None:
        """No file is written."""

    def deliver_binary(self, *_: object, **__: object) -> None:
        """No file is written."""

    def deliver_screenshot(self, *_: object, **__: object) -> None:
        """No file is written."""

    def save_screenshot(self, *_: object, **__: object) -> str:
        """No file is written."""
        return ""

    def suspend(self) -> NoReturn:
        """The screen is never given away. Raises `SuspendNotSupported`."""
        raise SuspendNotSupported("this program keeps its screen")

    async def action_quit(self) -> None:
        """No key ends the program."""

    def action_help_quit(self) -> None:
        """No key ends the program."""

    def action_suspend_process(self) -> None:
        """The screen is never given away."""

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """No file is written."""

    def action_command_palette(self) -> None:
        """There is no palette."""

    def action_change_theme(self) -> None:
        """There is no palette."""

    def action_show_help_panel(self) -> None:
        """Help is a screen of ours."""

    async def action_simulate_key(self, key: str) -> None:
        """No action types."""

"""The expendable screen process of the kiosk: draws what the session process says, and sends what the candidate does.

It holds no truth: it may die at any moment and be started again on the same socket. Keys act one after another, in the
order of typing, each on the screen to which the one before it led.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from importlib import import_module
from typing import ClassVar

from textual import events

from keys.errors import DocumentError
from kiosk.messages import LinkClosed, TimeTicked, ViewArrived
from kiosk.protocol import Command, Frames, Tick, View, frame, read_message
from kiosk.screens.due import MODULES, due
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from terminal import language
from terminal.app import LockedApp
from terminal.keys import REDRAW
from terminal.theme import ANSI, DARK, PALETTES
from terminal.widgets import Lines

LATER = (*MODULES, "kiosk.screens.proctor", "kiosk.screens.comfort")
"""What is imported when the first screen stands, a module at a time."""
THEME, LANGUAGE = "theme", "language"
"""Preferences that are the program's and not a screen's; `kiosk.screens.comfort` offers them."""
CALM = 0.3
"""Seconds from a screen that stands to the first of them, and from each to the next."""
LINK_LOST = 70
"""Exit status when the session process hung up before the last screen was left."""
MOST_AHEAD = 32
"""Keys that wait for a screen to stand or a command to be answered; more are dropped."""


class _Stream(asyncio.Protocol):
    """The socket to the session process; it hands whole messages to the app."""

    def __init__(self, app: KioskApp) -> None:
        self._app = app
        self._frames = Frames()

    def data_received(self, data: bytes) -> None:
        """Take bytes; of several ticks only the last one matters. What is not a message ends the link."""
        ticked: Tick | None = None
        try:
            for raw in self._frames.feed(data):
                message = read_message(raw)
                if isinstance(message, View):
                    self._app.post_message(ViewArrived(message))
                    ticked = None
                else:
                    ticked = message
        except DocumentError:
            self._app.post_message(LinkClosed())
            return
        if ticked is not None:
            self._app.post_message(TimeTicked(ticked))

    def connection_lost(self, exc: Exception | None) -> None:
        """The session process is gone."""
        self._app.post_message(LinkClosed())


class KioskApp(LockedApp):
    """The candidate's program on the screen. Wiring only: messages to screens, commands to the socket."""

    CSS_PATH: ClassVar[str] = "kiosk.tcss"

    def __init__(self, sock: socket.socket, *, theme: str = "") -> None:
        """`sock` is our end of the socketpair; `theme` a name of `terminal.theme`, empty to choose by the terminal."""
        super().__init__(theme=theme)
        self._socket = sock
        self._transport: asyncio.WriteTransport | None = None
        self._ahead: deque[events.Key] = deque()
        self._own_theme = self.theme
        self._language = ""
        self._later = iter(LATER)
        language.use("")
        self.link = Link(self._send)

    async def on_mount(self) -> None:
        """Listen. The session sends the first view when it learns of us."""
        self._socket.setblocking(False)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_unix_connection(lambda: _Stream(self), sock=self._socket)

    def on_unmount(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def _send(self, command: Command) -> None:
        if self._transport:
            self._transport.write(frame(command))

    async def on_event(self, event: events.Event) -> None:
        """Put a key behind those that wait; every other event has its way."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self.link.touched()
        if event.key in REDRAW.keys:
            self.action_redraw()
        elif len(self._ahead) < MOST_AHEAD:
            self._ahead.append(event)
            await self._act()

    async def on_screen_stood(self) -> None:
        """Let the keys that waited for the screen act on it."""
        await self._act()

    async def _act(self) -> None:
        """Let keys act, one after another, while the screen stands and nothing that leads elsewhere is under way."""
        while self._ahead and self._shown and self._screens[-1].stands and not self.link.moving:
            event, screen = self._ahead.popleft(), self._screens[-1]
            if screen.too_small or self._typed(event):
                continue
            character = event.character if event.is_printable and event.character else ""
            await screen.press(event.key, character)

    async def on_view_arrived(self, message: ViewArrived) -> None:
        """Show the screen that is due, then let the keys that waited act on it."""
        wanted = due(message.view.phase)
        self.link.turning = wanted is not type(self._shown)
        self.link.hear(message.view)
        self._look()
        if self.link.turning:
            self._ahead.clear()
            await self._turn_to(wanted)
            self.link.turning = False
        else:
            for screen in self._screens:
                screen.draw()
        await self._act()

    async def on_preference_chosen(self) -> None:
        """Draw as was chosen, before it is kept."""
        self._look()

    def _look(self) -> None:
        """Draw in the colours and the language that are preferred."""
        wanted = self.link.preference(THEME)
        if wanted == DARK and self._own_theme == ANSI:
            wanted = ANSI
        theme = wanted if wanted in PALETTES else self._own_theme
        if theme != self.theme:
            self.theme = theme
        spoken = self.link.preference(LANGUAGE)
        if spoken != self._language:
            self._language = spoken
            language.use(spoken)
            self._speak()

    def _speak(self) -> None:
        """Say everything that is on the screens again, in the language in use now."""
        for screen in self._screens:
            screen.relabel()
            screen.draw()
            for widget in screen.query(Lines):
                widget.redraw()

    def on_time_ticked(self, message: TimeTicked) -> None:
        """Move the clock on the screen."""
        self.link.hear_time(message.tick)
        for screen in self._screens[-1:]:
            screen.draw_time()

    def on_link_closed(self) -> None:
        """End: for good where the last screen was left, else so that the supervisor starts us again."""
        if self.link.left:
            self.finish()
        else:
            self.exit(return_code=LINK_LOST)

    @property
    def _screens(self) -> list[KioskScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, KioskScreen)]

    @property
    def _shown(self) -> KioskScreen | None:
        return self._screens[0] if self._screens else None

    async def _turn_to(self, wanted: type[KioskScreen]) -> None:
        with self.batch_update():
            while len(self._screens) > 1:
                await self.pop_screen()
            if self._shown is None:
                await self.push_screen(wanted(self.link))
                asyncio.get_running_loop().call_later(CALM, self._import_next)
            else:
                await self.switch_screen(wanted(self.link))

    def _import_next(self) -> None:
        module = next(self._later, None)
        if module:
            import_module(module)
            asyncio.get_running_loop().call_later(CALM, self._import_next)


def main(sock: socket.socket) -> None:
    """Run the kiosk's screen on this process's tty over `sock` until the last screen is left.

    Raises `SystemExit` with a status other than 0 for any other end; the supervisor then starts it again.
    """
    with contextlib.closing(sock):
        KioskApp(sock).run_locked()

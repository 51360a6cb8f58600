"""Drives the kiosk's screens in a test: a key is sent and the screen awaited; no fixed sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.message_pump import MessagePump
from textual.widget import Widget

from kiosk.app import KioskApp
from tests.kiosk.fake_session import FakeSession

PATIENCE = 20.0
LOOKS, TURNS = 4, 10
"""How often in a row nothing may be under way for rest, and the turns of the loop between two looks."""


class Driver:
    """The app, its session, and hands on the keyboard."""

    def __init__(self, app: KioskApp, session: FakeSession) -> None:
        self.app = app
        self.session = session

    def rows(self) -> list[str]:
        """The characters on the screen, row by row."""
        screen = self.app.screen
        return [strip.text for strip in screen._compositor.render_strips(screen.size)]

    def text(self) -> str:
        """The screen as text, spaces at the ends of rows cut."""
        return "\n".join(row.rstrip() for row in self.rows()).rstrip("\n") + "\n"

    def key(self, key: str) -> None:
        """Press a key and do not wait. `key` is a character or a name such as `f10`."""
        name = _character_to_key(key) if len(key) == 1 else key
        self.app.post_message(events.Key(name, key if len(key) == 1 else key_to_character(name)))

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until something is true. Raises `AssertionError` with the screen."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end or self.app._exception is not None:
                raise AssertionError(
                    f"never came: {what!r}; {self.app._exception!r}; the screen was\n{self.text()}"
                )
            await asyncio.sleep(0.001)

    async def sees(self, *words: str) -> str:
        """Wait until all these words are on the screen; return the screen."""

        def shown() -> bool:
            text = self.text()
            return all(word in text for word in words)

        await self.until(shown, " + ".join(words))
        return self.text()

    async def lacks(self, words: str) -> str:
        """Wait until these words are gone from the screen; return the screen."""
        await self.until(lambda: words not in self.text(), f"without {words}")
        return self.text()

    async def settled(self) -> None:
        """Wait until every key has acted, everything sent is answered, and the last of it is drawn."""
        calm = 0
        while calm < LOOKS:
            await self.until(self._rests, "rest")
            for _turn in range(TURNS):
                await asyncio.sleep(0)
            calm = calm + 1 if self._rests() else 0

    def _rests(self) -> bool:
        """Whether nothing is under way now: no key, no command, no message of a widget, nothing to draw."""
        app, screen = self.app, self.app.screen
        if app._ahead or app.link.moving or not app.link.settled or not getattr(screen, "stands", True):
            return False
        if screen._layout_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks:
            return False
        pumps: list[MessagePump] = [app, *screen.walk_children(with_self=True)]
        return not any(pump.message_queue_size or pump._next_callbacks for pump in pumps)

    async def press(self, *keys: str, sees: str = "") -> str:
        """Press keys, one after another without a pause, then wait for words."""
        for key in keys:
            self.key(key)
        return await self.sees(sees) if sees else self.text()

    async def enter(self, *texts: str) -> None:
        """Type into one field after another, with Enter after each."""
        for text in texts:
            await self.until(lambda: self.app.focused, "a field with the caret")
            field = self.app.focused
            for character in text:
                self.key(character)
            self.key("enter")
            if text is not texts[-1]:
                await self.until(partial(_moved, self.app, field), "the next field")


def _moved(app: KioskApp, field: Widget | None) -> bool:
    return app.focused is not field


@asynccontextmanager
async def driving(
    session: FakeSession, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[Driver]:
    """The app on a screen of this size, with its session attached and the first view drawn."""
    app = KioskApp(session.screen, theme=theme)
    async with app.run_test(size=size) as pilot:
        session.attach()
        driver = Driver(app, session)
        await driver.until(lambda: app._shown is not None and app._shown.is_current, "first view")
        await pilot.pause()
        yield driver
        session.hang_up()


Act = Callable[[Driver, FakeSession], Awaitable[None]]


def drive(session: FakeSession, act: Act, size: tuple[int, int] = (80, 24), theme: str = "dark") -> None:
    """Run `act` on a screen with this session."""

    async def run() -> None:
        async with driving(session, size, theme) as driver:
            await act(driver, session)

    asyncio.run(run())

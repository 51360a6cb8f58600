"""Drives the console's screens in a test: a key is sent and the screen awaited; no fixed sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from textual import events
from textual.keys import _character_to_key, key_to_character

from proctor.app import DeskApp
from proctor.console import Console
from proctor.screens.stand import DeskScreen
from proctor.screens.telling import WorkingScreen

PATIENCE = 20.0


class Driver:
    """The app and hands on the keyboard. `asked` are the screens that were asked, by name, in order."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self.asked: list[str] = []
        self.pressed = 0

    def text(self) -> str:
        """The screen as text, spaces at the ends of rows cut."""
        screen = self.app.screen
        rows = [strip.text.rstrip() for strip in screen._compositor.render_strips(screen.size)]
        return "\n".join(rows).rstrip("\n") + "\n"

    def key(self, key: str) -> None:
        """Press a key and do not wait. `key` is a character or a name such as `f10`."""
        self.pressed += 1
        name = _character_to_key(key) if len(key) == 1 else key
        self.app.post_message(events.Key(name, key if len(key) == 1 else key_to_character(name)))

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until something is true. Raises `AssertionError` with the screen."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end or self.app._exception is not None:
                raise AssertionError(
                    f"never: {what!r}; {self.app._exception!r}; the screen was\n{self.text()}"
                )
            await asyncio.sleep(0.002)

    def stands(self) -> bool:
        """Whether a screen waits for a key."""
        return isinstance(self.app.screen, DeskScreen) and self.app._hears()

    async def sees(self, *words: str) -> str:
        """Wait until all these words are on a screen that waits for a key; return the screen."""
        await self.until(
            lambda: self.stands() and all(one in self.text() for one in words), " + ".join(words)
        )
        return self.text()

    async def press(self, *keys: str, sees: str = "") -> str:
        """Press keys, each when a screen stands for it, then wait for words."""
        for key in keys:
            await self.until(self.stands, f"a screen for {key}")
            await self.settled()
            self.key(key)
            await self.settled()
        return await self.sees(sees) if sees else self.text()

    async def type(self, *texts: str, sees: str = "") -> str:
        """Type into one field after another, Enter after each, then wait for words."""
        await self.until(self.stands, "a screen to type on")
        for text in texts:
            await self.until(lambda: self.app.focused, "a field with the caret")
            for character in text:
                self.key(character)
            self.key("enter")
            await self.settled()
        return await self.sees(sees) if sees else self.text()

    async def settled(self) -> None:
        """Let what was sent be acted on."""
        for _ in range(4):
            await asyncio.sleep(0.005)
        await self.until(
            lambda: not isinstance(self.app.screen, WorkingScreen) or self._held(), "work to end"
        )

        await self.until(self._drawn, "what was sent to be drawn")

    def _drawn(self) -> bool:
        screen = self.app.screen
        waits = (
            screen._layout_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks
        )
        return not waits and not any(pump.message_queue_size for pump in (self.app, *screen.walk_children()))

    def _held(self) -> bool:
        return getattr(self.app.presenter, "hold", None) is not None


@asynccontextmanager
async def driving(
    console: Console, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[Driver]:
    """The console's app on a screen of this size, its first screen drawn."""
    app = DeskApp(console, theme=theme)
    driver = Driver(app)
    ask = app.ask

    async def counted(screen: DeskScreen) -> object:
        driver.asked.append(type(screen).__name__)
        return await ask(screen)

    app.ask = counted  # type: ignore[method-assign]  # counts what is asked
    async with app.run_test(size=size) as pilot:
        await driver.until(driver.stands, "the first screen")
        await pilot.pause()
        yield driver


def drive(
    console: Console, act: Callable[[Driver], Awaitable[None]], size: tuple[int, int] = (80, 24)
) -> None:
    """Run `act` on a screen with this console."""

    async def run() -> None:
        async with driving(console, size) as driver:
            await act(driver)

    asyncio.run(run())

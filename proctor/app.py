"""The full-screen console of the desk: one process that draws, with one thread beside it that holds keys and files.

Rules.
1. All that may take time or touches a key, a vault or a carrier is a job of the one worker thread, in order.
2. A flow asks one screen after another; an error of ours that ends it is shown as a sentence and a next step.
3. A key acts only on the screen that is asked, when it stands: nothing is confirmed by a key typed before.
4. Any other failure ends the process, which leaves its type and place in the log; whoever started it shows a card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events

from keys.clock import SystemClock
from keys.errors import ExamKioskError
from proctor.console import Console
from proctor.messages import StepTold
from proctor.screens.board import BoardScreen
from proctor.screens.stand import DeskScreen, Flow, KeysScreen, LeftError
from proctor.screens.telling import ErrorScreen, WorkingScreen
from proctor.screens.way_in import way_in
from terminal.app import HelpScreen, LockedApp
from terminal.keys import REDRAW

T = TypeVar("T")

PATIENCE = 0.15
"""Seconds of work after which the screen says what is done."""


class DeskApp(LockedApp):
    """The proctor's program on the screen. Wiring only: screens to flows, jobs to the worker."""

    CSS_PATH: ClassVar[str] = "proctor.tcss"

    def __init__(self, console: Console, *, theme: str = "") -> None:
        """`theme` is a name of `terminal.theme`, empty to choose by the terminal."""
        super().__init__(theme=theme)
        self.presenter = console
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._flowing = False
        self._asked: DeskScreen | None = None
        self._working: WorkingScreen | None = None
        self._steps: list[str] = []

    def on_mount(self) -> None:
        """Begin at the door, or at the board of a sitting that is open."""
        if self.presenter.is_open:
            self.show_board()
        else:
            self.begin(way_in)

    async def on_unmount(self) -> None:
        """Close the vault, in its own thread."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self.presenter.close_desk)
        self._worker.shutdown(wait=False)

    async def on_event(self, event: events.Event) -> None:
        """Rule 3; every other event has its way."""
        key = isinstance(event, events.Key) and event.key not in REDRAW.keys
        if key and not self._hears():
            return
        await super().on_event(event)

    def _hears(self) -> bool:
        screen = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(screen, KeysScreen | HelpScreen):
            return True
        if not isinstance(screen, DeskScreen) or not screen.stands:
            return False
        return screen is self._asked or not self._flowing

    def begin(self, flow: Flow) -> None:
        """Run a flow, unless one runs."""
        if not self._flowing:
            self._flowing = True
            self.run_worker(self._run(flow), exit_on_error=False)

    async def ask(self, screen: DeskScreen) -> object:
        """Show a screen and return its answer. Raises `LeftError`."""
        await self._rest()
        self._asked = screen
        try:
            answer = await self.push_screen_wait(screen)
        finally:
            self._asked = None
        if answer is None:
            raise LeftError
        return answer

    async def work(self, what: str, job: Callable[[], T]) -> T:
        """Do a job in the worker; the screen says so if it takes a while. Raises what the job raises."""
        self._steps = []
        future = asyncio.get_running_loop().run_in_executor(self._worker, job)
        done, _ = await asyncio.wait({future}, timeout=PATIENCE)
        if not done and self._working is None:
            self._working = WorkingScreen(what, self._steps)
            await self.push_screen(self._working)
        try:
            return await future
        finally:
            await self._rest()

    def told(self, words: str) -> None:
        """Say a step of the work under way; from any thread."""
        self._steps.append(words)
        if self._working is not None:
            self._working.post_message(StepTold())

    def show_board(self) -> None:
        """Show the room."""
        self.push_screen(BoardScreen())

    def leave(self) -> None:
        """End the console for good."""
        self.finish()

    async def _rest(self) -> None:
        """Take the screen about work away."""
        working, self._working = self._working, None
        if working is not None and working in self.screen_stack:
            await working.dismiss(None)

    async def _run(self, flow: Flow) -> None:
        try:
            await self._tell(flow)
        except Exception as error:  # noqa: BLE001 - rule 4: a worker's failure would else pass unseen
            self._handle_exception(error)
        finally:
            self._flowing = False
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.freshen()

    async def _tell(self, flow: Flow) -> None:
        try:
            await flow(self)
        except LeftError:
            return
        except ExamKioskError as error:
            try:
                await self.ask(ErrorScreen(error.diagnostics()))
            except LeftError:
                return


def main(desk: Path, carrier: Path) -> None:
    """Run the console on this process's tty until it is left. Raises `SystemExit`, status not 0, for any other end."""
    DeskApp(Console(desk, carrier, SystemClock(), software=version("exam-kiosk"))).run_locked()

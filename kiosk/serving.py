"""The session process's sockets: the supervisor's control socket, the screen's stream, and one tick a second.

Rules.
1. A new screen replaces the old one and is told how things stand at once.
2. A screen that does not read is not waited for: ticks are dropped, views wait in turn.
3. A screen that sends what is no command, or far more commands than it reads answers, is hung up on; the supervisor
   starts another.
4. The supervisor is told whom to call, for its card: at the start, and when the plan says more.
5. The end of the control socket suspends the session and ends the process; so does starting again from STOPPED, which
   the supervisor answers with a fresh process. Leaving the last screen ends it with 0, for good. A station that cannot
   be held ends it with `REFUSED` before it has begun.
"""

from __future__ import annotations

import argparse
import contextlib
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from keys.carrier import Carrier
from keys.clock import SystemClock
from keys.errors import DocumentError, ExamKioskError
from keys.primitives import MODERATE, KdfCost
from kiosk import lockdown
from kiosk.protocol import Command, Frames, Message, View, frame, read_command
from kiosk.runner import Runner
from kiosk.station import Station
from terminal import crash
from terminal.child import LONGEST_WORD, REFUSED, SUPPORT, receive

FINISHED, SUSPENDED, AGAIN = 0, 3, 4
"""Exit statuses: the last screen was left; the supervisor hung up before; the proctor asked for a fresh process."""
RECEIVE = 64 * 1024
BEHIND = 64
LOG = "session.log"


class Talker(Protocol):
    """What a screen is served by: commands in, views out. `kiosk.runner.Runner` is one, practice another."""

    @property
    def finished(self) -> bool:
        """Whether the last screen was left."""

    @property
    def again(self) -> bool:
        """Whether a fresh process is wanted."""

    def submit(self, command: Command) -> View:
        """Do what the screen asks, and say how things stand."""

    def tick(self) -> Message | None:
        """A second went by."""

    def view(self) -> View:
        """How things stand."""


class Screen:
    """One connected screen: what it sent, and what is still to be sent to it."""

    def __init__(self, stream: socket.socket) -> None:
        """Take over a stream to a screen."""
        stream.setblocking(False)
        self.stream = stream
        self._frames = Frames()
        self._sending: deque[bytes] = deque()

    def receive(self) -> list[bytes] | None:
        """Whole frames that have arrived; None when the screen is gone. Raises `DocumentError` for a huge one."""
        try:
            received = self.stream.recv(RECEIVE)
        except BlockingIOError:
            return []
        except OSError:
            return None
        return self._frames.feed(received) if received else None

    def tell(self, message: Message) -> None:
        """Send a message as soon as the screen reads; a tick waits for nothing."""
        if isinstance(message, View) or not self._sending:
            self._sending.append(frame(message))

    def flush(self) -> bool:
        """Send what the screen takes now; return whether something is left. A gone screen is seen by `receive`."""
        with contextlib.suppress(OSError):
            while self._sending:
                sent = self.stream.send(self._sending[0])
                self._sending[0] = self._sending[0][sent:]
                if not self._sending[0]:
                    self._sending.popleft()
        return bool(self._sending)

    def behind(self) -> bool:
        """Whether more answers wait than a screen in order ever leaves."""
        return len(self._sending) > BEHIND


class Server:
    """The loop round one `Runner`."""

    def __init__(self, runner: Talker, control: socket.socket) -> None:
        """Serve `runner` until `control` ends or the last screen was left."""
        self._runner = runner
        self._control = control
        self._screen: Screen | None = None
        self._support: str | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._say_support(runner.view())

    def serve(self) -> int:
        """Run; return the exit status."""
        due = time.monotonic() + 1
        while not (self._runner.finished or self._runner.again):
            ready = self._selector.select(max(0.0, due - time.monotonic()))
            for key, events in ready:
                if key.fileobj is self._control:
                    if not self._accept():
                        return SUSPENDED
                elif self._screen is not None and key.fileobj is self._screen.stream:
                    self._exchange(self._screen, events)
            if time.monotonic() >= due:
                due = max(due + 1, time.monotonic())
                self._tick()
        return FINISHED if self._runner.finished else AGAIN

    def _accept(self) -> bool:
        word, stream = receive(self._control)
        if not word:
            return False
        if stream is not None:
            self._drop()
            self._screen = Screen(stream)
            self._selector.register(self._screen.stream, selectors.EVENT_READ)
            self._tell(self._runner.view())
        return True

    def _exchange(self, screen: Screen, events: int) -> None:
        if events & selectors.EVENT_READ:
            try:
                frames = screen.receive()
                commands = None if frames is None else [read_command(raw) for raw in frames]
            except DocumentError:
                commands = None
            if commands is None:
                self._drop()
                return
            for command in commands:
                view = self._runner.submit(command)
                self._say_support(view)
                screen.tell(view)
        self._watch(screen)

    def _tick(self) -> None:
        message = self._runner.tick()
        if message is not None:
            self._tell(message)

    def _say_support(self, view: View) -> None:
        if view.support != self._support:
            self._support = view.support
            lines = (f"Kiosk {view.kiosk}, site {view.site}", *filter(None, (view.support,)))
            with contextlib.suppress(OSError):  # a supervisor that hung up has no use for it
                self._control.send(
                    SUPPORT + "\n".join(lines).encode()[: LONGEST_WORD - len(SUPPORT)], socket.MSG_DONTWAIT
                )

    def _tell(self, message: Message) -> None:
        if self._screen is not None:
            self._screen.tell(message)
            self._watch(self._screen)

    def _watch(self, screen: Screen) -> None:
        left = screen.flush()
        if screen.behind():
            self._drop()
        else:
            self._selector.modify(
                screen.stream, selectors.EVENT_READ | (selectors.EVENT_WRITE if left else 0)
            )

    def _drop(self) -> None:
        if self._screen is not None:
            self._selector.unregister(self._screen.stream)
            self._screen.stream.close()
            self._screen = None


def software() -> str:
    """This program's name and version, as every record says it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"exam-kiosk {version('exam-kiosk')}"
    except PackageNotFoundError:
        return "exam-kiosk, not installed"


def run(arguments: Sequence[str], *, cost: KdfCost = MODERATE) -> int:
    """The whole session process: locked down, alone on its station, served to its end; the exit status."""
    parser = argparse.ArgumentParser(prog="kiosk.runner")
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--carrier", type=Path, required=True)
    parser.add_argument("--control-fd", type=int, required=True)
    parser.add_argument("--mirror", type=Path, help="a second medium for a copy of the journal")
    parser.add_argument("--not-locked", action="append", default=[], help="what the console did not lock")
    options = parser.parse_args(arguments)
    lockdown.quiet(options.station / LOG)
    not_locked = (*options.not_locked, *lockdown.harden())
    with contextlib.ExitStack() as held:
        try:
            station = Station(options.station)
            held.enter_context(station.alone())
        except ExamKioskError as error:
            crash.note(error)
            return REFUSED
        control = held.enter_context(socket.socket(fileno=options.control_fd))
        carrier = Carrier(options.carrier)
        clock = SystemClock()
        runner = Runner(
            station,
            carrier,
            clock,
            software=software,
            cost=cost,
            not_locked=not_locked,
            read_later=True,
            mirror=options.mirror,
        )
        held.callback(runner.close)
        return Server(runner, control).serve()

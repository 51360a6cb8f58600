"""The real session process in a test: started as the supervisor starts it, spoken to as the screen does, killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from kiosk import protocol as p
from tests.kiosk.world import World

LAUNCH = (
    "import sys; from keys.primitives import MINIMUM; from kiosk.serving import run; "
    "sys.exit(run(sys.argv[1:], cost=MINIMUM))"
)
PATIENCE = 30.0


class Process:
    """One session process with the least Argon2 work, and one screen's socket to it."""

    def __init__(self, world: World, *more: str) -> None:
        """`more` is added to its command line."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = ["--station", str(world.station), "--carrier", str(world.carrier.root), *more]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *options, "--control-fd", str(theirs.fileno())],
            cwd=Path(__file__).resolve().parents[2],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self.ticks = 0
        self.screen = self.connect()
        self.view = self.hear()

    def connect(self) -> socket.socket:
        """Give the process a new screen."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self.control, [b"screen"], [theirs.fileno()])
        theirs.close()
        ours.settimeout(PATIENCE)
        self._frames, self._waiting = p.Frames(), list[bytes]()
        self.screen = ours
        return ours

    def hear(self) -> p.View:
        """The next view; ticks are counted."""
        while True:
            while self._waiting:
                message = p.read_message(self._waiting.pop(0))
                if isinstance(message, p.View):
                    self.view = message
                    return message
                self.ticks += 1
            received = self.screen.recv(65536)
            if not received:
                raise ConnectionResetError
            self._waiting += self._frames.feed(received)

    def hear_tick(self) -> None:
        """Wait for another second to go by in the process."""
        before = self.ticks
        while self.ticks == before:
            received = self.screen.recv(65536)
            if not received:
                raise ConnectionResetError
            for raw in self._frames.feed(received):
                message = p.read_message(raw)
                self.ticks += isinstance(message, p.Tick)
                self.view = message if isinstance(message, p.View) else self.view

    def say(self, command: p.Command) -> p.View:
        """Send a command and return the view that answers it."""
        self.screen.sendall(p.frame(command))
        while not (view := self.hear()).reply:
            pass
        return view

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.screen.close()
        self.control.close()

    def end(self) -> int:
        """Hang up and return the exit status."""
        self.control.close()
        status = self.process.wait(PATIENCE)
        self.screen.close()
        return status

"""A process with a control socket, as the supervisor starts, watches and ends it. Standard library only."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Mapping

SCREEN, KILL, RESIZED, ENDED = b"screen", b"kill", b"resized", b"ended "
"""Words on a control socket. `SCREEN` carries one descriptor: the stream between a session and its new UI."""


def receive_screen(control: socket.socket) -> socket.socket | None:
    """Return the stream to the next UI, or `None` when the supervisor hung up and the session is to stop. Blocks."""
    message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
    return socket.socket(fileno=descriptors[0]) if message == SCREEN and descriptors else None


class Child:
    """One running process, `argv` with `--control-fd N` appended. Its errors go to descriptor `log`."""

    def __init__(
        self, argv: tuple[str, ...], *, log: int, draws: bool, environment: Mapping[str, str] | None = None
    ) -> None:
        """`draws` leaves it the tty and our process group; else it has neither. Raises `OSError`."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, contextlib.ExitStack() as undo:
            undo.callback(self.control.close)
            self._process = subprocess.Popen(  # noqa: S603 - argv is the plan's, no shell and no data in it
                (*argv, "--control-fd", str(theirs.fileno())),
                stdin=None if draws else subprocess.DEVNULL,
                stdout=None if draws else log,
                stderr=log,
                env=environment,
                pass_fds=(theirs.fileno(),),
                start_new_session=not draws,
            )
            undo.callback(self._process.kill)
            self.pidfd = os.pidfd_open(self._process.pid)
            undo.pop_all()

    def send(self, word: bytes, descriptor: socket.socket | None = None) -> None:
        """Send a word. One to a process that is ending is lost; its end is what we hear next."""
        with contextlib.suppress(OSError):
            socket.send_fds(self.control, [word], [descriptor.fileno()] if descriptor else [])

    def hear(self) -> bytes:
        """Return the next word, empty when it hung up."""
        try:
            return self.control.recv(64)
        except OSError:
            return b""

    def end(self, within: float) -> int:
        """Hang up, wait so many seconds, then kill. Return its exit status, 128 + n for signal n."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        self._process.kill()
        status = self._process.wait()
        os.close(self.pidfd)
        return status if status >= 0 else 128 - status

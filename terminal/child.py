"""A process with a control socket, as the supervisor starts, watches and ends it. Standard library only.

Rules.
1. A program is executed anew, with memory and random addresses of its own; it gets no tty and a group of its own.
2. A fork goes on in this interpreter, keeps the tty and our group, and inherits no descriptor but 0, 1, the log as 2
   and its control socket; signals that are handled here have their default action there.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

SCREEN, KILL, RESIZED, ENDED, SUPPORT = b"screen", b"kill", b"resized", b"ended ", b"support "
"""Words on a control socket. `SCREEN` carries one descriptor: the stream between a session and its new UI. `SUPPORT`
is followed by whom to call, which a session says when it is ready and whenever it knows better."""
LONGEST_WORD = 512
REFUSED = 78
"""The exit status of a session that must not run here, and that another says why (EX_CONFIG of sysexits.h)."""
CONTROL = 3
"""The descriptor of its control socket in every child."""
HANDLED = (signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH, signal.SIGCONT)
"""What the supervisor has handlers for, and a fork of it has not."""


def receive(control: socket.socket) -> tuple[bytes, socket.socket | None]:
    """Return the supervisor's next word and the stream that came with it; no word when it hung up. Blocks."""
    try:
        word, descriptors, _, _ = socket.recv_fds(control, LONGEST_WORD, 1)
    except ConnectionResetError:  # it hung up before it had read all
        return b"", None
    return word, socket.socket(fileno=descriptors[0]) if descriptors else None


class Child:
    """One running process and our end of its control socket."""

    def __init__(self, start: Callable[[socket.socket], int]) -> None:
        """`start` gets the child's end of the control socket and returns the process's number. Raises `OSError`."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, contextlib.ExitStack() as undo:
            undo.callback(self.control.close)
            self._pid = start(theirs)
            self.pidfd = os.pidfd_open(self._pid)
            undo.pop_all()

    def send(self, word: bytes, descriptor: socket.socket | None = None) -> None:
        """Send a word. One to a process that is ending is lost; its end is what we hear next."""
        with contextlib.suppress(OSError):
            socket.send_fds(self.control, [word], [descriptor.fileno()] if descriptor else [])

    def hear(self) -> bytes:
        """Return the next word, empty when it hung up."""
        try:
            return self.control.recv(LONGEST_WORD)
        except OSError:
            return b""

    def end(self, within: float) -> int:
        """Hang up, wait so many seconds, then kill. Return its exit status, 128 + n for signal n."""
        self.control.close()
        select.select([self.pidfd], [], [], within)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        _, ended = os.waitpid(self._pid, 0)
        os.close(self.pidfd)
        status = os.waitstatus_to_exitcode(ended)
        return status if status >= 0 else 128 - status


def program(argv: tuple[str, ...], log: int) -> Child:
    """Execute `argv` with `--control-fd N` appended; its output and errors go to descriptor `log`. Raises `OSError`."""

    def start(control: socket.socket) -> int:
        return os.posix_spawn(
            argv[0],
            (*argv, "--control-fd", str(CONTROL)),
            os.environ,
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
                (os.POSIX_SPAWN_DUP2, control.fileno(), CONTROL),
            ),
            setsid=True,
            setsigdef=(signal.SIGPIPE,),
        )

    return Child(start)


def fork(body: Callable[[socket.socket], NoReturn], log: int) -> Child:
    """Run `body` in a fork, which ends with 1 if `body` returns or fails. Raises `OSError`."""

    def start(control: socket.socket) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                _only(control, log)
                body(socket.socket(fileno=CONTROL))
            finally:
                os._exit(1)
        return pid

    return Child(start)


def _only(control: socket.socket, log: int) -> None:
    """In a fork: keep these two descriptors and the tty, and no handler of ours."""
    signal.set_wakeup_fd(-1)
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    os.dup2(log, 2)
    os.dup2(control.fileno(), CONTROL, inheritable=False)
    os.closerange(CONTROL + 1, os.sysconf("SC_OPEN_MAX"))

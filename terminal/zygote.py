"""`python -m terminal.zygote`: imports what a UI needs once, and forks a UI in milliseconds when the supervisor asks.

It has one thread and at most one child, reads nothing but its control socket, and dies with the supervisor; the child
dies with it. Descriptors 0 and 1 are the tty, 2 is the crash log.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn, TextIO

from terminal import crash
from terminal.child import ENDED, KILL, RESIZED, SCREEN

Ui = Callable[[socket.socket], None]

SETTINGS = {"TEXTUAL_FPS": "240", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
"""What Textual reads from the environment when it is imported; whatever else it would read is taken out."""


def main(arguments: list[str]) -> NoReturn:
    """Import the UI, then fork and watch until the supervisor hangs up."""
    parser = argparse.ArgumentParser(prog="terminal.zygote", allow_abbrev=False)
    parser.add_argument("--ui", required=True)
    parser.add_argument("--control-fd", type=int, required=True)
    options = parser.parse_args(arguments)
    crash.install(2)
    crash.die_with(os.getppid())
    _silence()
    for name in [name for name in os.environ if name.startswith("TEXTUAL") or name == "ESCDELAY"]:
        del os.environ[name]
    os.environ.update(SETTINGS)
    module, _, function = options.ui.partition(":")
    ui: Ui = getattr(importlib.import_module(module), function)
    gc.collect()
    gc.freeze()
    _Zygote(socket.socket(fileno=options.control_fd), ui).serve()


class _Zygote:
    def __init__(self, control: socket.socket, ui: Ui) -> None:
        self._control, self._ui = control, ui
        self._child = 0
        self._pidfd = -1
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._hear)

    def serve(self) -> NoReturn:
        """Answer for ever."""
        while True:
            for key, _ in self._selector.select()[:1]:
                key.data()

    def _hear(self) -> None:
        word, descriptors, _, _ = socket.recv_fds(self._control, 64, 1)
        if word == SCREEN and descriptors:
            self._kill()
            self._fork(descriptors[0])
        elif word == KILL:
            self._kill()
        elif word == RESIZED and self._child:
            os.kill(self._child, signal.SIGWINCH)
        elif not word:
            self._kill()
            os._exit(0)

    def _kill(self) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            self._reap()

    def _reap(self) -> None:
        _, status = os.waitpid(self._child, 0)
        self._selector.unregister(self._pidfd)
        os.close(self._pidfd)
        self._child = 0
        with contextlib.suppress(OSError):  # a supervisor that hung up has no use for it
            self._control.send(ENDED + str(status).encode())

    def _fork(self, stream: int) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._selector.close()
            self._control.close()
            _become(self._ui, stream, parent)
        os.close(stream)
        self._child, self._pidfd = pid, os.pidfd_open(pid)
        self._selector.register(self._pidfd, selectors.EVENT_READ, self._reap)


def _become(ui: Ui, stream: int, parent: int) -> NoReturn:
    """Be a UI: its exit status is 0 only if the function returned."""
    status = 1
    try:
        crash.die_with(parent)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        ui(socket.socket(fileno=stream))
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - whatever it is, only its type and place are told
        crash.note(error)
    finally:
        os._exit(status)


def _silence() -> None:
    """What is printed goes nowhere: the tty is the driver's, the log is for notes."""
    nowhere: TextIO = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stderr = nowhere


if __name__ == "__main__":
    main(sys.argv[1:])

"""The zygote: a fork of the supervisor that imports what a UI needs once, and forks a UI in milliseconds when asked.

It has one thread and at most one child, reads nothing but its control socket, and dies with the supervisor; the child
dies with it. Descriptors 0 and 1 are the tty, 2 is the crash log.

Rules.
1. What is imported comes from this program, its libraries and Python's own, wherever the program was started and
   whatever the environment says; that is then taken out of the environment, but for what the plan lets through.
2. Nothing imported here is collected or looked through for cycles again, so that UIs share its memory.
3. A UI is forked as soon as it can be. What its module names in `LATER` is imported when nothing was asked for a while.
4. There is no TLS in this process: no screen speaks to a network, and the import takes its time.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NoReturn, TextIO

from terminal import crash
from terminal.child import ENDED, KILL, RESIZED, SCREEN, receive

Ui = Callable[[socket.socket], None]

SETTINGS = {"TEXTUAL_FPS": "240", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
"""What Textual reads from the environment when it is imported; whatever else it would read is taken out."""

COLLECT_AFTER = 50_000
"""New objects before a UI looks for cycles unasked: more than a start makes, as a look would delay the first screen."""
CALM = 3.0
"""Seconds without a word after which there is time for the rest of the imports."""


def main(control: socket.socket, ui: str, environment: Mapping[str, str]) -> NoReturn:
    """In a fork of the supervisor: import `ui`, "package.module:function", then fork and watch until it hangs up."""
    try:
        crash.install(2)
        crash.die_with(os.getppid())
        _silence()
        sys.path[:] = _path()
        os.environ.clear()
        os.environ.update({name: value for name, value in environment.items() if _harmless(name)} | SETTINGS)
        module, _, function = ui.partition(":")
        _Zygote(control, _load(module), function).serve()
    except BaseException as error:  # noqa: BLE001 - whatever it is, only its type and place are told
        crash.note(error)
    finally:
        os._exit(1)


def _load(name: str) -> ModuleType:
    gc.disable()
    # Documented in importlib: None in sys.modules makes the import fail, which asyncio takes as a Python without TLS.
    sys.modules.update({"ssl": None})  # type: ignore[dict-item]  # typeshed has no word for it
    module = importlib.import_module(name)
    gc.freeze()
    return module


def _path() -> list[str]:
    """Rule 1: `sys.path` without the folder of the script that was started and without PYTHONPATH."""
    own = str(Path(__file__).resolve().parents[1])
    foreign = set(os.environ.get("PYTHONPATH", "").split(os.pathsep))
    kept = [entry for entry in sys.path[not sys.flags.safe_path :] if entry not in foreign]
    return kept if own in kept else [own, *kept]


def _harmless(name: str) -> bool:
    return not name.startswith("TEXTUAL") and name != "ESCDELAY"


class _Zygote:
    def __init__(self, control: socket.socket, module: ModuleType, function: str) -> None:
        self._control, self._module = control, module
        self._ui: Ui = getattr(module, function)
        self._child = 0
        self._pidfd = -1
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._hear)

    def serve(self) -> NoReturn:
        """Answer for ever."""
        while not self._answered(CALM):
            pass
        for name in getattr(self._module, "LATER", ()):
            importlib.import_module(name)
        gc.freeze()
        while True:
            self._answered(None)

    def _answered(self, within: float | None) -> bool:
        """Answer one word or end; return whether nothing came within so many seconds."""
        ready = self._selector.select(within)
        for key, _ in ready[:1]:
            key.data()
        return not ready

    def _hear(self) -> None:
        word, stream = receive(self._control)
        if word == SCREEN and stream is not None:
            self._kill()
            self._fork(stream)
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

    def _fork(self, stream: socket.socket) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._selector.close()
            self._control.close()
            _become(self._ui, stream, parent)
        stream.close()
        self._child, self._pidfd = pid, os.pidfd_open(pid)
        self._selector.register(self._pidfd, selectors.EVENT_READ, self._reap)


def _become(ui: Ui, stream: socket.socket, parent: int) -> NoReturn:
    """Be a UI: its exit status is 0 only if the function returned."""

    def begin() -> None:
        crash.die_with(parent)
        gc.set_threshold(COLLECT_AFTER)
        gc.enable()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        ui(stream)

    crash.be(begin)


def _silence() -> None:
    """What is printed goes nowhere: the tty is the driver's, the log is for notes."""
    nowhere: TextIO = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stderr = nowhere

"""A session and a UI as small as they can be, which the tests of the supervisor run: it counts, and dies on request.

The UI sends each key's action to the session; the session keeps the count and sends it to every new UI.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import sys
from pathlib import Path

from textual.app import ComposeResult

from terminal import crash
from terminal.app import LockedApp, LockedScreen
from terminal.child import REFUSED, SUPPORT, receive
from terminal.keys import Key
from terminal.widgets import Header, KeyBar, LineField, TextPane

SECRET = "the-secret-item-text"


class DemoScreen(LockedScreen[None]):
    KEYS = (
        Key(("n", "N"), "N", "count one more", "count", "count"),
        Key(("c",), "C", "crash", "crash"),
        Key(("k",), "K", "be killed", "killed"),
        Key(("h",), "H", "hang the task", "task"),
        Key(("s",), "S", "kill the session", "session"),
        Key(("x",), "X", "end the session", "end"),
        Key(("e",), "E", "type", "type"),
        Key(("f10",), "F10", "finish", "finish", "finish"),
    )

    def __init__(self, stream: socket.socket) -> None:
        super().__init__()
        self._stream = stream
        self._cut = b""
        self._asked = 0

    def compose(self) -> ComposeResult:
        yield Header("Demo", "count ?", f"pid {os.getpid()}")
        yield TextPane("Some text of the item.\n" + SECRET, title="Passage")
        yield LineField(limit=20, label="Typed")
        yield KeyBar(self.table())

    def on_mount(self) -> None:
        asyncio.get_running_loop().add_reader(self._stream.fileno(), self._hear)
        self._ask(b"hello\n")

    def _ask(self, word: bytes) -> None:
        self._asked += 1
        self._stream.send(word)

    def _hear(self) -> None:
        heard = self._stream.recv(4096)
        if not heard:
            asyncio.get_running_loop().remove_reader(self._stream.fileno())
            return
        *words, self._cut = (self._cut + heard).split(b"\n")
        self._asked -= len(words)
        if words:
            self.query_one(Header).set_middle("counting" if self._asked else f"count {words[-1].decode()}")

    def action_count(self) -> None:
        self._ask(b"count\n")

    def action_crash(self) -> None:
        local = SECRET
        raise ValueError(f"{local} in the message")

    def action_killed(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def action_task(self) -> None:
        async def fail() -> None:
            raise KeyError(SECRET)

        self._task = asyncio.get_running_loop().create_task(fail())
        del self._task

    def action_session(self) -> None:
        self._stream.send(b"die\n")

    def action_end(self) -> None:
        self._stream.send(b"end\n")

    def action_type(self) -> None:
        self.query_one(LineField).focus()

    def on_line_field_submitted(self) -> None:
        self.set_focus(None)

    def action_finish(self) -> None:
        assert isinstance(self.app, LockedApp)
        self.app.finish()


class DemoApp(LockedApp):
    def __init__(self, stream: socket.socket) -> None:
        super().__init__(theme=os.environ.get("DEMO_THEME", ""))
        self._stream = stream

    def on_mount(self) -> None:
        self.push_screen(DemoScreen(self._stream))


def ui(stream: socket.socket) -> None:
    DemoApp(stream).run_locked()


def dies(stream: socket.socket) -> None:
    raise RuntimeError(SECRET)


def session(control: socket.socket, count_file: Path) -> int:
    """Serve until told to stop; the count outlives every UI, and in its file the session too."""
    crash.install(2)
    if count_file.exists() and count_file.read_text() == "refused":
        return REFUSED
    count = int(count_file.read_text()) if count_file.exists() else 0
    streams: list[socket.socket] = []
    cut = b""
    control.send(SUPPORT + b"Support: extension 4")
    while True:
        ready, _, _ = select.select([control, *streams], [], [])
        if control in ready:
            _, stream = receive(control)
            if stream is None:
                return 3
            streams, cut = [stream], b""
            continue
        try:
            heard = streams[0].recv(4096)
        except OSError:
            heard = b""
        if not heard:
            streams = []
            continue
        *words, cut = (cut + heard).split(b"\n")
        for word in words:
            if word == b"die":
                os.kill(os.getpid(), signal.SIGKILL)
            if word == b"end":
                return 0
            if word == b"count":
                count += 1
                count_file.write_text(str(count))
            streams[0].send(f"{count}\n".encode())


if __name__ == "__main__":
    sys.exit(session(socket.socket(fileno=int(sys.argv[-1])), Path(sys.argv[1])))

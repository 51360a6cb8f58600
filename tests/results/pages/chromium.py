"""A headless Chromium for tests, driven over its own pipe (`--remote-debugging-pipe`): pages, clicks, and what it says.

The Chrome DevTools Protocol, a JSON message and a zero byte each; nothing but the browser is needed.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
    *("--no-default-browser-check", "--disable-extensions", "--remote-debugging-pipe"),
)
PATIENCE = 60.0
"""Seconds after which a browser that does not answer has failed."""


@dataclass
class Browser:
    """One tab of a browser. `requests` are the addresses it asked for, `complaints` what it refused or failed at."""

    reading: int
    writing: int
    session: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    loaded: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _rest: bytes = b""
    _answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def ask(self, method: str, **values: object) -> dict[str, Any]:
        """The answer to a command of the protocol."""
        number = next(self._numbers)
        message: dict[str, object] = {"id": number, "method": method, "params": values}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while number not in self._answers:
            self._take()
        answer = self._answers.pop(number)
        assert "error" not in answer, (method, answer["error"])
        found: dict[str, Any] = answer["result"]
        return found

    def open(self, address: str) -> None:
        """Open a page and wait until it is there."""
        before = self.loaded
        answer = self.ask("Page.navigate", url=address)
        assert not answer.get("errorText"), (address, answer["errorText"])
        if answer.get("loaderId"):
            self._wait(before)

    def value(self, script: str) -> Any:
        """What an expression is on the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click with the mouse in the middle of the first element that a selector finds."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        x, y = self.value(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getClientRects()[0];"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def follow(self, selector: str) -> str:
        """Click on a link and wait for its page; where that is."""
        before = self.loaded
        self.click(selector)
        self._wait(before)
        return str(self.value("location.href"))

    def size(self, width: int, height: int) -> None:
        """Set the window's size."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def _wait(self, before: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.loaded == before:
            assert time.monotonic() < end, "the page did not load"
            self._take()

    def _take(self) -> None:
        """Take in some messages."""
        ready, _, _ = select.select([self.reading], [], [], PATIENCE)
        assert ready, "the browser does not answer"
        got = os.read(self.reading, 1 << 20)
        assert got, "the browser has ended"
        *whole, self._rest = (self._rest + got).split(b"\0")
        for raw in whole:
            self._heard(json.loads(raw))

    def _heard(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
            return
        said = message.get("params", {})
        match message["method"]:
            case "Page.loadEventFired":
                self.loaded += 1
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Network.loadingFailed":
                self.complaints.append(f"failed: {said['errorText']}")
            case "Log.entryAdded":
                self.complaints.append(f"{said['entry']['source']}: {said['entry']['text']}")
            case "Runtime.exceptionThrown":
                self.complaints.append(f"threw: {said['exceptionDetails']['text']}")
            case "Runtime.consoleAPICalled":
                self.complaints.append(f"console: {said['type']}")


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser that keeps what it writes in `profile`, and ends with the block."""
    near_in, far_out = os.pipe()
    far_in, near_out = os.pipe()
    high = [fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (far_in, far_out)]
    quiet = os.open(os.devnull, os.O_WRONLY)
    actions = [
        (os.POSIX_SPAWN_DUP2, high[0], 3),
        (os.POSIX_SPAWN_DUP2, high[1], 4),
        (os.POSIX_SPAWN_DUP2, quiet, 1),
        (os.POSIX_SPAWN_DUP2, quiet, 2),
    ]
    words = [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = os.posix_spawn(
        PROGRAM, words, {**os.environ, "HOME": str(profile)}, file_actions=actions, setpgroup=0
    )
    for one in (far_in, far_out, quiet, *high):
        os.close(one)
    try:
        made = Browser(near_in, near_out)
        target = made.ask("Target.createTarget", url="about:blank")["targetId"]
        made.session = made.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            made.ask(f"{domain}.enable")
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(near_in)
        os.close(near_out)

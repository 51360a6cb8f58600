"""The process that owns the tty: keeps it raw, runs session and zygote, restarts what dies, draws the last card.

It imports the standard library and two files that do the same, holds no exam text and no key, and has one thread.

Rules.
1. A UI that ends with 0 has finished: the session is told to stop, and its status is ours.
2. Any other end of the UI or the zygote starts a new UI on the same session; the card says no more than that.
3. A session that ends with 0 ends all, as does the first one if it ends with `REFUSED`; with anything else it is
   started again, and the UI with it.
4. Five such ends in ten seconds are trouble: the card calls the proctor, and the next try waits, longer each time, or
   for a key, until something has lived for ten seconds.
5. A tty that is gone ends all with 75. However this ends, the tty is as it was found and shows nothing of the exam.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from terminal.child import (
    ENDED,
    HANDLED,
    KILL,
    REFUSED,
    RESIZED,
    SCREEN,
    SUPPORT,
    Child,
    fork,
    program,
)
from terminal.tty import Card, Tty

__all__ = ["REFUSED", "Plan", "SupervisorError", "run"]

TTY_LOST = 75
FEW, WINDOW = 5, 10.0
FIRST_WAIT, LONGEST_WAIT, KEY_WAIT = 5.0, 60.0, 1.0
STOP_WITHIN, ZYGOTE_WITHIN = 60.0, 2.0
WAITING = ("One moment, please.",)
RESTARTING = (*WAITING, "", "The screen is coming back.")
TROUBLE = (
    "Call the proctor.",
    "",
    "The screen stopped several times.",
    "It is tried again by itself; any key tries now.",
    "",
)
IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


class SupervisorError(Exception):
    """The program cannot run here. `code` is stable; `what` and `next_step` are a sentence each."""

    code = "terminal-missing"
    what = "There is no terminal to draw on."
    next_step = "Start the program on a console."
    exit_status = 2

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    `session` gets `--control-fd N` appended. `ui` is "package.module:function", called as `function(socket)` in a fork
    of the zygote, whose whole environment is `environment`. Failures are noted in `crash_log`, mode 0600. A `plain` one
    draws no card, but tells it in lines.
    """

    session: tuple[str, ...]
    ui: str
    crash_log: Path
    environment: Mapping[str, str]
    plain: bool = False


def run(plan: Plan) -> int:
    """Run until the UI has finished or the session ended; return the session's exit status, or 75, or 143 for TERM.

    Raises `SupervisorError` without a terminal, `OSError` where the log cannot be opened or the session not started.
    """
    if not (os.isatty(0) and os.isatty(1)):
        raise SupervisorError
    log = os.open(
        plan.crash_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        os.fchmod(log, 0o600)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with _signals() as wakeup, contextlib.closing(_Supervisor(plan, log, wakeup)) as supervisor:
            return supervisor.run()
    finally:
        os.close(log)


class Trouble:
    """Counts ends that should not be, and says how long the next start waits."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=FEW)
        self._since = 0.0
        self._level = 0

    def started(self, now: float) -> None:
        """Something was started at `now`, in seconds."""
        self._since = now

    def ended(self, now: float) -> float:
        """It ended at `now`: return the seconds to wait, 0 while such ends are few."""
        if now - self._since >= WINDOW:
            self._level = 0
        self._ends.append(now)
        if not self._level and (len(self._ends) < FEW or now - self._ends[0] > WINDOW):
            return 0.0
        self._level += 1
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (self._level - 1))


class _Supervisor:
    """The loop. What is `None` or `False` is not running, and `_start_missing` starts it when it is due."""

    def __init__(self, plan: Plan, log: int, wakeup: socket.socket) -> None:
        self._plan, self._log, self._wakeup = plan, log, wakeup
        self._session: Child | None = None
        self._zygote: Child | None = None
        self._screen = False
        self._sessions, self._talking = 0, False
        self._support: Card = ()
        self._begun = False
        self._killing = False
        self._status: int | None = None
        self._trouble = Trouble()
        self._ended = self._due = time.monotonic()
        self._card: Card = WAITING
        self._tty = Tty(plain=plan.plain)

    def run(self) -> int:
        """Show the waiting card and serve until there is a status."""
        self._tty.show(WAITING)
        while self._status is None:
            self._start_due(time.monotonic())
            self._serve()
        return self._status

    def close(self) -> None:
        """End what still runs and give the tty back."""
        self._stop(None)
        self._tty.leave()

    def _start_due(self, now: float) -> None:
        """Start what is missing. Once the room has begun, a machine that cannot start a process now is asked again."""
        if now < self._due or (self._session and self._zygote and self._screen):
            return
        try:
            self._start_missing(now)
        except OSError:
            if not self._begun:
                raise
            self._failed()
        else:
            self._begun = True

    def _start_missing(self, now: float) -> None:
        if not self._zygote:
            self._zygote = fork(self._be_zygote, self._log)
        if not self._session:
            self._session = program(self._plan.session, self._log)
            self._sessions, self._talking = self._sessions + 1, True
        if not self._screen:
            self._tty.forget_keys()
            self._tty.forget()
            to_session, to_ui = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            with to_session, to_ui:
                self._session.send(SCREEN, to_session)
                self._zygote.send(SCREEN, to_ui)
            self._screen = True
        self._trouble.started(now)

    def _be_zygote(self, control: socket.socket) -> NoReturn:
        from terminal import zygote

        zygote.main(control, self._plan.ui, self._plan.environment)

    def _serve(self) -> None:
        wait = self._due - time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._wakeup, selectors.EVENT_READ, self._signalled)
            if self._zygote:
                selector.register(self._zygote.control, selectors.EVENT_READ, self._zygote_said)
                selector.register(self._zygote.pidfd, selectors.EVENT_READ, self._zygote_ended)
            if self._session:
                if self._talking:
                    selector.register(self._session.control, selectors.EVENT_READ, self._session_said)
                selector.register(self._session.pidfd, selectors.EVENT_READ, self._session_ended)
            if not self._screen and wait > 0:
                selector.register(0, selectors.EVENT_READ, self._key_pressed)
            if not self._screen and self._tty.behind:
                selector.register(self._tty.out, selectors.EVENT_WRITE, self._tty.flush)
            ready = selector.select(wait if wait > 0 else None)
        for key, _ in ready[:1]:  # one at a time: each may end what the next one is about
            key.data()

    def _signalled(self) -> None:
        for number in self._wakeup.recv(64):
            if number == signal.SIGTERM:
                self._stop(128 + number)
            elif number == signal.SIGHUP and self._tty.gone():
                self._stop(TTY_LOST)
            elif number == signal.SIGCONT:
                self._tty.make_raw()
            elif number == signal.SIGWINCH and not self._screen:
                self._tty.show_again()
            elif number == signal.SIGWINCH and self._zygote:
                self._zygote.send(RESIZED)

    def _zygote_said(self) -> None:
        word = self._zygote.hear() if self._zygote else b""
        if word.startswith(ENDED):
            self._screen_ended(os.waitstatus_to_exitcode(int(word.removeprefix(ENDED))))
        elif not word:
            self._zygote_ended()

    def _zygote_ended(self) -> None:
        if self._zygote:
            self._zygote.end(ZYGOTE_WITHIN)
        self._zygote, self._screen, self._killing = None, False, False
        self._failed()

    def _screen_ended(self, status: int) -> None:
        self._screen = False
        if self._killing:
            self._killing = False
            self._tty.show(self._card)
        elif status == 0:
            self._stop(None)
        else:
            self._failed()

    def _session_said(self) -> None:
        word = self._session.hear() if self._session else b""
        if word.startswith(SUPPORT):
            self._support = tuple(word.removeprefix(SUPPORT).decode("utf-8", "replace").splitlines())
            if self._card[: len(TROUBLE)] == TROUBLE and not self._screen:
                self._card = (*TROUBLE, *self._support)
                self._tty.show(self._card)
        self._talking = bool(word)

    def _session_ended(self) -> None:
        status = self._session.end(0) if self._session else 0
        self._session = None
        if status == 0 or (status == REFUSED and self._sessions == 1):
            self._stop(status)
            return
        if self._screen and self._zygote:
            self._killing = True
            self._zygote.send(KILL)
        self._failed()

    def _failed(self) -> None:
        if self._tty.gone():
            self._stop(TTY_LOST)
            return
        self._ended = time.monotonic()
        wait = self._trouble.ended(self._ended)
        self._due = self._ended + wait
        self._card = (*TROUBLE, *self._support) if wait else RESTARTING
        if not self._screen:
            self._tty.show(self._card)

    def _key_pressed(self) -> None:
        try:
            lost = not os.read(0, 4096)
        except OSError:
            lost = True
        if lost:
            self._stop(TTY_LOST)
        elif time.monotonic() - self._ended >= KEY_WAIT:
            self._due = time.monotonic()

    def _stop(self, verdict: int | None) -> None:
        """End UI, zygote and session; our status is `verdict`, or the session's where that is `None`."""
        if self._zygote:
            self._zygote.end(ZYGOTE_WITHIN)
        self._zygote, self._screen = None, False
        session, self._session = self._session, None
        if session:
            self._tty.show(WAITING)
            ended = session.end(STOP_WITHIN)
            verdict = ended if verdict is None else verdict
        if self._status is None:
            self._status = verdict or 0


@contextlib.contextmanager
def _signals() -> Iterator[socket.socket]:
    """Ignore what would stop or end us from a keyboard; the numbers of the others are read from the socket."""
    ours, theirs = socket.socketpair()
    before = {number: signal.getsignal(number) for number in (*IGNORED, *HANDLED)}
    with ours, theirs:
        theirs.setblocking(False)
        wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        for number in HANDLED:
            signal.signal(number, lambda *_: None)
        try:
            yield ours
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)

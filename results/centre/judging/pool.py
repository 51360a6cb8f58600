"""Judging in several processes at once, from the side that hands out the files and waits for the verdicts.

Rules.
1. Verdicts are asked for by ticket, in any order. Which process judged a file makes no difference to its verdict.
2. A process that dies, answers what is no verdict, or takes longer than its file may, costs only that file: the verdict
   is then `judging-stopped`. What else had been given to it goes to another one.
3. Each process has the next file waiting when it ends one; no more is sent ahead.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from keys.errors import ExamKioskError
from results.centre.intake import Office
from results.centre.judging.limits import Limits
from results.centre.judging.verdicts import Kind, Refused, Verdict, check_verdict, verdict
from results.centre.judging.worker import NEW, is_stopped, make_workers
from results.centre.reasons import JudgingStoppedError

AHEAD = 2
_CHUNK = 1 << 20
_decoder: msgspec.msgpack.Decoder[Verdict] = msgspec.msgpack.Decoder(Verdict)


class JudgingUnavailableError(ExamKioskError):
    """No process can be made to judge in."""

    code = "judging-unavailable"
    what = "This machine cannot start another process to look at the files in."
    next_step = "Close other programs, then import again; what was imported so far stays."


class Here:
    """Judging in this process, one file after another, each when its verdict is asked for."""

    def __init__(self, office: Office) -> None:
        """Judge with this office."""
        self._office = office
        self._waiting: dict[int, tuple[Kind, bytes]] = {}
        self._given = 0

    def submit(self, kind: Kind, raw: bytes) -> int:
        """A ticket for the verdict on a file."""
        self._given += 1
        self._waiting[self._given] = kind, raw
        return self._given

    def verdict(self, ticket: int) -> Verdict:
        """The verdict, once."""
        return verdict(*self._waiting.pop(ticket), self._office)


@dataclass(frozen=True, slots=True)
class _Job:
    """A file on its way: its ticket, kind and bytes."""

    ticket: int
    kind: Kind
    raw: bytes


class _Child:
    """A judging process: what it has been given, the bytes on their way to and from it, since when it has its file."""

    def __init__(self, pid: int, files: socket.socket) -> None:
        self.pid, self.socket = pid, files
        self.jobs: deque[_Job] = deque()
        self.out: deque[memoryview] = deque()
        self.read = bytearray()
        self.since = 0.0
        self.leaves = False


class Pool:
    """Processes that judge; at most `jobs` of them, made when there is something for them."""

    def __init__(self, control: socket.socket, jobs: int, limits: Limits) -> None:
        """Use the maker at the other end of `control`."""
        self._control, self._jobs, self._limits = control, jobs, limits
        self._children: list[_Child] = []
        self._queue: deque[_Job] = deque()
        self._found: dict[int, Verdict] = {}
        self._selector = selectors.DefaultSelector()
        self._given = 0

    def submit(self, kind: Kind, raw: bytes) -> int:
        """A ticket for the verdict on a file."""
        self._given += 1
        self._queue.append(_Job(self._given, kind, raw))
        self._pump(0)
        return self._given

    def verdict(self, ticket: int) -> Verdict:
        """The verdict, once; waits for it. Raises `JudgingUnavailableError`."""
        while ticket not in self._found:
            self._pump(1)
        return self._found.pop(ticket)

    def close(self) -> None:
        """End all of them."""
        for child in self._children:
            os.kill(child.pid, signal.SIGKILL)
            child.socket.close()
        self._children.clear()
        self._control.close()
        self._selector.close()

    def _pump(self, seconds: float) -> None:
        """Hand out what can be handed out, and take in what is there; wait up to so many seconds for it."""
        self._hand_out()
        for key, events in self._selector.select(seconds):
            child: _Child = key.data
            if events & selectors.EVENT_READ:
                self._receive(child)
            if events & selectors.EVENT_WRITE and child in self._children:
                self._send(child)
        now = time.monotonic()
        for child in [one for one in self._children if one.jobs]:
            if now - child.since > self._limits.wait_for(len(child.jobs[0].raw)):
                self._give_up(child, "it took longer than a file may")

    def _hand_out(self) -> None:
        while self._queue:
            free = [child for child in self._children if len(child.jobs) < AHEAD]
            child = min(free, key=lambda one: len(one.jobs), default=None)
            if (child is None or child.jobs) and len(self._children) < self._jobs:
                child = self._made()
            if child is None:
                return
            job = self._queue.popleft()
            if not child.jobs:
                child.since = time.monotonic()
            child.jobs.append(job)
            frame = bytes([job.kind]) + len(job.raw).to_bytes(8, "big")
            child.out += (memoryview(frame), memoryview(job.raw))
            self._send(child)

    def _made(self) -> _Child:
        try:
            self._control.sendall(NEW)
            message, (file,), _, _ = socket.recv_fds(self._control, 8, 1)
        except (OSError, ValueError):
            raise JudgingUnavailableError from None
        child = _Child(int.from_bytes(message, "big"), socket.socket(fileno=file))
        child.socket.setblocking(False)
        self._children.append(child)
        self._selector.register(child.socket, selectors.EVENT_READ, child)
        return child

    def _send(self, child: _Child) -> None:
        try:
            while child.out:
                child.out[0] = child.out[0][child.socket.send(child.out[0]) :]
                if not child.out[0]:
                    child.out.popleft()
        except BlockingIOError:
            pass
        except OSError:
            child.out.clear()  # it has died: reading from it says so
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if child.out else 0)
        self._selector.modify(child.socket, events, child)

    def _receive(self, child: _Child) -> None:
        try:
            chunk = child.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._give_up(child, "")
            return
        child.read += chunk
        while len(child.read) >= 8:
            size = int.from_bytes(child.read[:8], "big")
            if not child.jobs or size > self._limits.answer_for(len(child.jobs[0].raw)):
                self._give_up(child, "its answer is none")
                return
            if len(child.read) < 8 + size:
                return
            try:
                answer = _decoder.decode(memoryview(child.read)[8 : 8 + size].tobytes())
                check_verdict(answer, len(child.jobs[0].raw))
            except msgspec.MsgspecError:
                self._give_up(child, "its answer is none")
                return
            del child.read[: 8 + size]
            self._found[child.jobs.popleft().ticket] = answer
            child.leaves = is_stopped(answer)
            child.since = time.monotonic()

    def _give_up(self, child: _Child, limit: str) -> None:
        """End a process; the file that it was at is answered for, the others wait for another process."""
        self._selector.unregister(child.socket)
        self._children.remove(child)
        child.socket.close()
        os.kill(child.pid, signal.SIGKILL)  # how one that ended by itself did so stays as it was
        ended, jobs = self._ended(child.pid), list(child.jobs)
        if jobs and not child.leaves:
            reason = JudgingStoppedError(limit=limit or _why(ended)).diagnostics()
            self._found[jobs.pop(0).ticket] = Refused(reason.code, reason.what, reason.next_step)
        self._queue.extendleft(reversed(jobs))

    def _ended(self, pid: int) -> int:
        """How a process ended, waiting for it."""
        try:
            self._control.sendall(pid.to_bytes(8, "big"))
            return int.from_bytes(self._control.recv(8), "big")
        except OSError:
            raise JudgingUnavailableError from None


def _why(status: int) -> str:
    """What ended a process, in words."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return "it took longer than a file may"
    return "the process that looked at it ended without an answer"


@contextlib.contextmanager
def judges(office: Office, jobs: int, limits: Limits | None = None) -> Iterator[Pool]:
    """Processes that judge with this office. To be opened before the store is: they are copies of this process."""
    limits = limits or Limits()
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    maker = os.fork()
    if not maker:
        mine.close()
        try:
            make_workers(theirs, office, limits)
        finally:
            os._exit(0)
    theirs.close()
    pool = Pool(mine, jobs, limits)
    try:
        yield pool
    finally:
        pool.close()
        os.waitpid(maker, 0)

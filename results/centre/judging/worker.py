"""The processes that judge: one that makes the others, and the others, each of which answers file after file.

Rules.
1. The maker is forked before the store is opened, so no judging process ever holds a connection to it.
2. A judging process reads a file from its socket and answers with the verdict, encoded; it writes nothing else.
3. All of them end when the other end of their socket is closed; an interrupt from the keyboard is not theirs.
4. One that ran out of memory answers so and ends: the next file gets a new one.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from contextlib import closing

import msgspec

from results.centre import reasons
from results.centre.intake import Office
from results.centre.judging.limits import Limits, hold_to, in_use, no_core
from results.centre.judging.verdicts import Kind, Refused, Verdict, verdict

NEW = b"new"
FRAME = 9
"""A file is sent behind one byte of its kind and eight of its length; a verdict behind eight of its length."""
_NUMBER = 8


def make_workers(control: socket.socket, office: Office, limits: Limits) -> None:
    """Answer `NEW` with a new judging process and its socket, and a process id with how that one ended; till closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    no_core()
    while message := control.recv(16):
        if message == NEW:
            theirs, mine = socket.socketpair()
            child = os.fork()
            if not child:
                theirs.close()
                control.close()
                try:
                    with closing(mine):
                        work(mine, office, limits)
                finally:
                    os._exit(0)
            mine.close()
            socket.send_fds(control, [child.to_bytes(_NUMBER, "big")], [theirs.fileno()])
            theirs.close()
        else:
            _, status = os.waitpid(int.from_bytes(message, "big"), 0)
            control.send(status.to_bytes(_NUMBER, "big"))


def work(files: socket.socket, office: Office, limits: Limits) -> None:
    """Judge what comes, until no more comes or memory has run out."""
    gc.freeze()
    at_start = in_use()
    stopped = False
    while not stopped and (head := _exactly(files, FRAME)):
        kind, size = Kind(head[0]), int.from_bytes(head[1:], "big")
        raw = _exactly(files, size)
        if len(raw) != size:
            return
        hold_to(limits, size, at_start)
        try:
            found = verdict(kind, raw, office)
            answer = msgspec.msgpack.encode(found)
        except MemoryError as error:
            found = _told(error)
            answer = msgspec.msgpack.encode(found)
        stopped = is_stopped(found)
        files.sendall(len(answer).to_bytes(_NUMBER, "big") + answer)


def is_stopped(found: Verdict) -> bool:
    """Whether this verdict is the last one of its process."""
    return isinstance(found, Refused) and found.code == reasons.JudgingStoppedError.code


def _told(error: MemoryError) -> Refused:
    reason = reasons.told(error)
    return Refused(reason.code, reason.what, reason.next_step)


def _exactly(files: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer where the other end was closed."""
    found = files.recv(size, socket.MSG_WAITALL)
    while len(found) < size:  # a process that was paused is given what came until then
        more = files.recv(size - len(found), socket.MSG_WAITALL)
        if not more:
            return b""
        found += more
    return found

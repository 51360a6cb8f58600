"""What a disk may hold after a power cut: every state that a recorded trace of system calls allows, as files.

The model, of one disk with 512-byte sectors and a file system that keeps no promise it did not make:
1. What was written before a file's last fsync is there. Of what came after, any sectors may be there and any not, in
   any order; a sector is whole. A length follows the last sector that is there; a hole reads as zeros.
2. A truncation since the last fsync may have happened or not, and counts as one more thing in that order.
3. A file that was made or removed since the folder's last fsync may be there or not.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.vectors.generate_append_trace import Call

SECTOR = 512


@dataclass(frozen=True)
class Piece:
    """One thing that may or may not have reached the disk: a sector's bytes at an offset, or a truncation."""

    file: str
    at: int
    data: bytes | None


@dataclass
class Disk:
    """What is durable, and what is on its way."""

    durable: dict[str, bytearray] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    pending: list[Piece] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def do(self, call: Call) -> None:
        """One system call."""
        file = str(call.get("file", ""))
        match call["call"]:
            case "write":
                self.pending += _sectors(file, int(str(call["at"])), base64.b64decode(str(call["data"])))
            case "cut":
                self.pending.append(Piece(file, int(str(call["at"])), None))
            case "make" if file not in self.named | self.made:
                self.made.add(file)
                self.durable[file] = bytearray()
            case "gone":
                self.gone.add(file)
            case "sync":
                self._keep([piece for piece in self.pending if piece.file == file])
                self.pending = [piece for piece in self.pending if piece.file != file]
            case "settle":
                self.named = (self.named | self.made) - self.gone
                self.made, self.gone = set(), set()

    def _keep(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            _put(self.durable.setdefault(piece.file, bytearray()), piece)

    def files(self, pieces: Sequence[Piece], names: set[str]) -> dict[str, bytes]:
        """The files, with these of the pending pieces and these names on the disk."""
        held = {name: bytearray(self.durable.get(name, b"")) for name in names}
        for piece in pieces:
            if piece.file in held:
                _put(held[piece.file], piece)
        return {name: bytes(content) for name, content in held.items()}

    def settle_all(self) -> None:
        """Everything reached the disk."""
        self._keep(self.pending)
        self.pending = []
        self.do({"call": "settle"})


@dataclass(frozen=True)
class Crash:
    """One state: after which call, how many entries had been acknowledged by then, and the files."""

    call: int
    acknowledged: int
    files: Mapping[str, bytes]


def crashes(calls: Sequence[Call], wanted: int, seed: int = 1) -> Iterator[Crash]:
    """`wanted` different states after power cuts at every call since `begin`, or fewer if there are no more."""
    draw = random.Random(seed)
    seen: set[bytes] = set()
    points = sum(1 for call in calls[_begin(calls) :])
    each = max(2, wanted // points + 2)
    number = 0
    while len(seen) < wanted and number < 40:
        for crash in _round(calls, each, draw):
            print_of = hashlib.sha256(repr(sorted(crash.files.items())).encode()).digest()
            if print_of not in seen and len(seen) < wanted:
                seen.add(print_of)
                yield crash
        number += 1


def last(calls: Sequence[Call]) -> Mapping[str, bytes]:
    """The files when everything has reached the disk."""
    disk = Disk()
    for call in calls:
        disk.do(call)
    disk.settle_all()
    return disk.files([], disk.named)


def _begin(calls: Sequence[Call]) -> int:
    return next(number for number, call in enumerate(calls) if call["call"] == "begin")


def _round(calls: Sequence[Call], each: int, draw: random.Random) -> Iterator[Crash]:
    disk, begin, acknowledged = Disk(), _begin(calls), 1
    for call in calls[:begin]:
        disk.do(call)
    disk.settle_all()
    for number, call in enumerate(calls[begin:], begin):
        disk.do(call)
        if call["call"] == "ack":
            acknowledged = int(str(call["count"]))
        for pieces in _choices(disk.pending, each, draw):
            names = set(disk.named)
            names |= {name for name in sorted(disk.made) if draw.random() < 0.5}
            names -= {name for name in sorted(disk.gone) if draw.random() < 0.5}
            yield Crash(number, acknowledged, disk.files(pieces, names))


def _choices(pending: Sequence[Piece], each: int, draw: random.Random) -> Iterator[Sequence[Piece]]:
    """None, all, a prefix, all but one, one alone, and random subsets of what is on its way, in random order."""
    yield ()
    if not pending:
        return
    yield pending
    yield pending[: draw.randrange(len(pending))]
    left_out = draw.randrange(len(pending))
    yield [piece for number, piece in enumerate(pending) if number != left_out]
    yield [pending[draw.randrange(len(pending))]]
    for _ in range(each):
        share = draw.random()
        yield [piece for piece in pending if draw.random() < share]


def _sectors(file: str, at: int, data: bytes) -> list[Piece]:
    pieces, start = [], 0
    while start < len(data):
        room = SECTOR - (at + start) % SECTOR
        pieces.append(Piece(file, at + start, data[start : start + room]))
        start += room
    return pieces


def _put(content: bytearray, piece: Piece) -> None:
    if piece.data is None:
        del content[piece.at :]
        content.extend(bytes(piece.at - len(content)))
        return
    if len(content) < piece.at:
        content.extend(bytes(piece.at - len(content)))
    content[piece.at : piece.at + len(piece.data)] = piece.data

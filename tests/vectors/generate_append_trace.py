"""The system calls of real appends, recorded once: by the store as it is, and by a twin on WAL with little syncing.

A trace is a line of JSON a call, compressed: `write` with file, offset and bytes, `cut` (ftruncate), `make`, `gone`,
`sync` of a file, `settle` of the folder, `begin` before the first append, and `ack` with the number of entries that
the store has acknowledged. What came before `begin` is one write a file. tests/kiosk/test_crash_states.py makes from
it what a disk may hold after a power cut. The twin runs `journal_mode=WAL` with `synchronous=NORMAL`.

The traces are frozen, because pages are encrypted under fresh random nonces: delete one to have it recorded anew,
which needs `strace`.
"""

from __future__ import annotations

import base64
import json
import lzma
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAME = "append_trace"
FOLDER = Path(__file__).parent / NAME
KEY = bytes(range(32))
KINDS = ("store", "twin")
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink"
APPENDS = 6

Call = dict[str, object]

_LINE = re.compile(r"^\d+ +(?P<name>\w+)\((?P<rest>.*)\) = (?P<result>-?\d+)(<(?P<opened>[^>]*)>)?")
_DESCRIPTOR = re.compile(r"^\d+<(?P<path>[^>]*)>")


def files() -> dict[str, bytes]:
    """Both traces, by their path below tests/vectors/; recorded where they are not there yet."""
    return {f"{NAME}/{kind}.jsonl.xz": _frozen(kind) for kind in KINDS}


def load(kind: str) -> list[Call]:
    """The calls of a trace in their order."""
    raw = lzma.decompress((FOLDER / f"{kind}.jsonl.xz").read_bytes())
    return [json.loads(line) for line in raw.splitlines()]


def _frozen(kind: str) -> bytes:
    path = FOLDER / f"{kind}.jsonl.xz"
    return path.read_bytes() if path.exists() else _record(kind)


def _record(kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("r") as out:
        command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-o", out.name, "-e", f"trace={CALLS}"]
        program = [sys.executable, "-m", "tests.vectors.generate_append_trace", kind, folder]
        subprocess.run(command + program, check=True, stdout=subprocess.PIPE)
        calls = _begun(list(_calls(out.read().splitlines(), folder)))
    return lzma.compress("".join(json.dumps(call) + "\n" for call in calls).encode(), preset=9)


def _calls(lines: list[str], folder: str) -> Iterator[Call]:
    for line in lines:
        match = _LINE.match(line)
        if match is None or match["result"].startswith("-"):
            continue
        call = _call(match, folder)
        if call is not None:
            yield call


def _begun(calls: list[Call]) -> list[Call]:
    """The same trace with everything before `begin` as one durable write a file."""
    begin = next(number for number, call in enumerate(calls) if call["call"] == "begin")
    held: dict[str, bytearray] = {}
    for call in calls[:begin]:
        content = held.setdefault(str(call["file"]), bytearray()) if "file" in call else bytearray()
        if call["call"] == "write":
            at, data = int(str(call["at"])), base64.b64decode(str(call["data"]))
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(data)] = data
        elif call["call"] == "cut":
            del content[int(str(call["at"])) :]
        elif call["call"] == "gone":
            held.pop(str(call["file"]))
    made: list[Call] = []
    for file, content in held.items():
        if file.startswith("vault.db"):
            made += [
                {"call": "make", "file": file},
                _written(file, 0, bytes(content)),
                {"call": "sync", "file": file},
            ]
    return [*made, {"call": "settle"}, *calls[begin:]]


def _written(file: str, at: int, data: bytes) -> Call:
    return {"call": "write", "file": file, "at": at, "data": base64.b64encode(data).decode()}


def _call(match: re.Match[str], folder: str) -> Call | None:
    name, rest = match["name"], match["rest"]
    strings = [
        bytes.fromhex(found.replace("\\x", "")) for found in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', rest)
    ]
    if name == "write" and strings and strings[0].startswith((b"BEGIN", b"ACK ")):
        words = strings[0].split()
        return {"call": "ack", "count": int(words[1])} if words[1:] else {"call": "begin"}
    held = _DESCRIPTOR.match(rest)
    path = _plain(held["path"] if held else match["opened"] or "")
    if name == "unlink":
        path = strings[0].decode()
    if not path.startswith(folder) or path.endswith("-shm"):
        return None
    file, numbers = path[len(folder) :].lstrip("/"), re.findall(r", (-?\d+)", rest)
    if name in {"fsync", "fdatasync"}:
        return {"call": "sync", "file": file} if file else {"call": "settle"}
    if not file.startswith("vault.db"):
        return None
    if name == "pwrite64":
        return {
            "call": "write",
            "file": file,
            "at": int(numbers[-1]),
            "data": base64.b64encode(strings[0]).decode(),
        }
    if name == "openat":
        return {"call": "make", "file": file} if "O_CREAT" in rest else None
    return (
        {"call": "cut", "file": file, "at": int(numbers[-1])}
        if name == "ftruncate"
        else {"call": "gone", "file": file}
    )


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


def _append(kind: str, folder: Path) -> None:
    """What is recorded: a store made, then appends of one and of several events, small and large."""
    import os

    from exam_packages.interactions import ItemId, TypedText
    from keys.clock import Stamp
    from keys.encoding import Digest, Instant
    from kiosk.store import Beat, create_store
    from results.wire import events as e

    zero = Digest("0" * 64)
    opened = e.SessionOpened(bytes(32), "s", "west-1", "live", "K", zero, zero, zero, "u", "trace")
    store = create_store(folder, KEY, {"content key": bytes(32)}, Stamp(Instant(1), 1, "boot"), opened)
    if kind == "twin":
        connection = store._vault._connection
        assert connection is not None
        connection.set_authorizer(None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    os.write(1, b"BEGIN\n")
    for number in range(APPENDS):
        at = Stamp(Instant(number), number, "boot")
        item = ItemId(f"i{number}")
        events: list[e.SessionEvent] = [e.ItemPresented(item, (), number)]
        if number == 2:
            events.append(e.ResponseRecorded(item, TypedText("w" * 3_000), number))
        store.append(at, events)
        os.write(1, f"ACK {store.head.count}\n".encode())
        if number == 3:
            store.beat(Beat(at, number, store.head.count))


if __name__ == "__main__":
    _append(sys.argv[1], Path(sys.argv[2]))

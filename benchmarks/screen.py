"""Start, keys, memory and a crash of the whole kiosk, against the barest Textual app."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import sitting
from benchmarks.measure import Ratio, paired
from benchmarks.terminal import BARE, BARE_DRAWN, Program, children, memory, started
from kiosk.station import enrol
from tests.kiosk.world import World

STARTS, KEYS, CRASHES = 15, 200, 12
A_BARE_APP = "a bare Textual app"
UP, DOWN, NEXT = b"\x1b[A", b"\x1b[B", b"\x1b[19~"
LOCKED, SUSPENDED, QUESTION = b"tart code", b"esume code", b"Question "


def ratios() -> list[Ratio]:
    """Every row."""
    with tempfile.TemporaryDirectory() as folder:
        world = sitting.prepare(Path(folder) / "world")
        return [*_starts(Path(folder), world), *_sitting(world)]


def _starts(folder: Path, world: World) -> list[Ratio]:
    """The command itself, from the shell to its first screen."""
    empty = folder / "kiosk-01"
    enrol(empty, "west", "kiosk-01", b"{}")
    rows = []
    for name, station, carrier in (
        ("cold start to first paint, an empty carrier", empty, folder / "nothing"),
        ("cold start to first paint, a sitting on the carrier", world.station, world.carrier.root),
    ):
        program = str(Path(sys.executable).with_name("exam-kiosk"))
        kiosk = [program, "kiosk", "run", "--station", str(station), "--carrier", str(carrier)]
        rows.append(
            paired(
                name,
                lambda kiosk=kiosk: started(kiosk, LOCKED),  # type: ignore[misc]  # a default binds the loop's value
                A_BARE_APP,
                lambda: started(BARE, BARE_DRAWN),
                rounds=STARTS,
                target="1.3",
            )
        )
    return rows


def _sitting(world: World) -> list[Ratio]:
    code = sitting.begin(world)
    kiosk = Program([sys.executable, "-m", "benchmarks.sitting", str(world.folder)])
    bare = Program(BARE)
    try:
        bare.until(BARE_DRAWN)
        kiosk.until(SUSPENDED)
        time.sleep(1)  # the supervisor drops what is typed before a screen reads
        for key in (code.encode(), b"\r", b"n"):
            kiosk.press(key)
            kiosk.settle()
        return [*_keys(kiosk, bare), *_memory(kiosk, bare), _crash(kiosk)]
    finally:
        kiosk.close()
        bare.close()


def _keys(kiosk: Program, bare: Program) -> list[Ratio]:
    """The cursor moved among the options, and the next question asked for, each against one line repainted."""

    def pressed(program: Program, *keys: bytes) -> float:
        program.settle()
        return program.press(next(turns[program, keys]))

    turns: dict[tuple[Program, tuple[bytes, ...]], Iterator[bytes]] = {
        (program, keys): itertools.cycle(keys)
        for program, keys in ((kiosk, (DOWN, UP)), (kiosk, (NEXT,)), (bare, (b"x",)))
    }
    return [
        paired(
            name,
            lambda keys=keys: pressed(kiosk, *keys),  # type: ignore[misc]  # a default binds the loop's value
            A_BARE_APP,
            lambda: pressed(bare, b"x"),
            rounds=rounds,
            target="2 at p50 and p95",
        )
        for name, keys, rounds in (
            ("key to repaint, the cursor", (DOWN, UP), KEYS),
            ("key to repaint, the next question", (NEXT,), sitting.ITEMS - 10),
        )
    ]


def _memory(kiosk: Program, bare: Program) -> list[Ratio]:
    """Resident memory with the form open, and what it is once shared pages are counted once."""
    processes = [kiosk.pid, *children(kiosk.pid), _screen(kiosk)]
    ours, alone = [memory(pid) for pid in processes], memory(bare.pid)
    rows = (
        ("memory of the screen's process, resident", ours[-1][0], alone[0], "1.5"),
        ("memory of the screen's process, its share", ours[-1][1], alone[1], "1.5"),
        ("memory of all four processes, their shares", sum(share for _, share in ours), alone[1], ""),
    )
    return [
        Ratio(name, (mine,), (base,), A_BARE_APP, target, unit="MiB") for name, mine, base, target in rows
    ]


def _crash(kiosk: Program) -> Ratio:
    """The screen's process killed; the same question drawn by the next one."""

    def killed() -> float:
        time.sleep(2.5)  # fewer than five crashes in ten seconds are no trouble
        kiosk.settle()
        kiosk.begin()
        os.kill(_screen(kiosk), signal.SIGKILL)
        return kiosk.until(QUESTION)

    return paired(
        "the same question after a crash of the screen",
        killed,
        A_BARE_APP + " started",
        lambda: started(BARE, BARE_DRAWN),
        rounds=CRASHES,
        target="under 500 ms",
    )


def _screen(kiosk: Program) -> int:
    """The screen's process: the one child of a child of the supervisor."""
    return next(one for child in children(kiosk.pid) for one in children(child))

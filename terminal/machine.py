"""What this machine is like before an exam, as one value: screen, console, memory, swap, cores, people, networks.

Nothing is kept changed. Whether the console can be locked is tried only where that is asked for: it is locked and given
back at once, which would also give back a lock that another process holds on it.
"""

from __future__ import annotations

import contextlib
import curses
import fcntl
import locale
import os
import pwd
import resource
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from terminal import vt

PROC, NETWORKS = Path("/proc"), Path("/sys/class/net")
KDGKBMODE, K_UNICODE = 0x4B44, 3
"""linux/kd.h: the keyboard's mode on a virtual console, and the one that speaks UTF-8."""

FIRST_PERSON, NOBODY = 1000, 65_533
"""The user numbers that people have."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`columns` and `rows` are 0 without a terminal; `memory` is what is free of it, in bytes.

    `cores` is the kernel's pattern for core files; `others` are users with programs of their own, `networks` the
    interfaces that are up. `lockable`: whether a process may keep its memory out of the swap.
    """

    columns: int
    rows: int
    colours: int
    utf8: bool
    locks: vt.Locks
    memory: int
    swap: bool
    lockable: bool
    cores: str
    others: tuple[str, ...]
    networks: tuple[str, ...]


def look(fd: int = 0, *, try_locks: bool = False) -> Machine:
    """This machine, with the terminal on `fd`; without `try_locks`, nothing is said of what its console allows."""
    locks = vt.Locks(vt.console_number(fd), (), ())
    if try_locks:
        locks = vt.lock(fd)
        vt.unlock(fd, locks)
    columns, rows = _size(fd)
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    return Machine(
        columns=columns,
        rows=rows,
        colours=_colours(fd),
        utf8=_speaks_utf8(fd, locks.console),
        locks=locks,
        memory=_memory(),
        swap=len(_lines(PROC / "swaps")) > 1,
        lockable=soft == resource.RLIM_INFINITY or os.geteuid() == 0,
        cores="".join(_lines(PROC / "sys/kernel/core_pattern")),
        others=tuple(sorted(set(_others()))),
        networks=tuple(sorted(_networks())),
    )


def _size(fd: int) -> tuple[int, int]:
    try:
        found = os.get_terminal_size(fd)
    except OSError:
        return 0, 0
    return found.columns, found.lines


def _colours(fd: int) -> int:
    try:
        curses.setupterm(fd=fd)
        return max(curses.tigetnum("colors"), 0)
    except curses.error:
        return 0


def _speaks_utf8(fd: int, console: int) -> bool:
    if not console:
        return locale.nl_langinfo(locale.CODESET).upper() == "UTF-8"
    try:
        mode: int = struct.unpack("i", fcntl.ioctl(fd, KDGKBMODE, struct.pack("i", 0)))[0]
    except OSError:
        return False
    return mode == K_UNICODE


def _memory() -> int:
    named = (line.split() for line in _lines(PROC / "meminfo"))
    return next((int(words[1]) * 1024 for words in named if words[0] == "MemAvailable:"), 0)


def _others() -> Iterator[str]:
    for folder in PROC.iterdir():
        with contextlib.suppress(OSError, KeyError):
            user = folder.stat().st_uid if folder.name.isdecimal() else 0
            if FIRST_PERSON <= user <= NOBODY and user != os.geteuid():
                yield pwd.getpwuid(user).pw_name


def _networks() -> Iterator[str]:
    for folder in NETWORKS.iterdir() if NETWORKS.is_dir() else ():
        if folder.name != "lo" and _lines(folder / "operstate") == ["up"]:
            yield folder.name


def _lines(path: Path) -> list[str]:
    """The lines of a small file of the kernel's; none where it does not answer."""
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []

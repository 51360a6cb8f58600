"""Is this a real virtual console, and what of it could be locked: switching consoles, the console's own keys, SysRq.

The result is a value for the record: what is locked and what is not. Everything done here is undone by `unlock`.
Locking needs CAP_SYS_TTY_CONFIG; without it, or on a pty or a serial line, nothing is locked and the value says so.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# linux/vt.h and linux/kd.h
VT_LOCKSWITCH, VT_UNLOCKSWITCH = 0x560B, 0x560C
KDGKBENT, KDSKBENT = 0x4B46, 0x4B47
TTY_MAJOR, MAX_CONSOLE = 4, 63
TABLES = KEYS = 256
# linux/keyboard.h: the upper byte of an entry is its type, the lower its value.
KT_SPEC, KT_CONS = 2, 5
HOLE, NO_SUCH_MAP = 0x200, 0x27F
DANGEROUS = frozenset({2, 3, 4, 6, 9, 10, 11, 12, 15, 16, 17, 18})
"""Values under KT_SPEC: show registers, memory, state; last console; Scroll Lock; scroll back and forth; boot
(Ctrl+Alt+Del); SAK; previous, next and new console."""
SYSRQ = Path("/proc/sys/kernel/sysrq")

SWITCHING, CONSOLE_KEYS, SYSTEM_REQUEST = "console-switching", "console-keys", "system-request"

Ioctl = Callable[[int, int, bytes], bytes]
Entry = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Locks:
    """What holds on this console: its number, 0 if it is none; what is locked and what is not, by name.

    `voided` are the keymap entries (table, key, value) as they were.
    """

    console: int
    locked: tuple[str, ...]
    unlocked: tuple[str, ...]
    voided: tuple[Entry, ...] = ()


def console_number(fd: int) -> int:
    """Return the number of the virtual console on `fd`, 0 where it is another kind of terminal."""
    device = os.fstat(fd).st_rdev
    minor = os.minor(device)
    return minor if os.major(device) == TTY_MAJOR and 1 <= minor <= MAX_CONSOLE else 0


def lock(fd: int) -> Locks:
    """Lock what can be locked on the console on `fd`."""
    console = console_number(fd)
    held: list[str] = []
    voided: tuple[Entry, ...] = ()
    if console and _granted(fd, VT_LOCKSWITCH):
        held.append(SWITCHING)
        voided, whole = void_keys(fd)
        if whole:
            held.append(CONSOLE_KEYS)
    if _sysrq_off():
        held.append(SYSTEM_REQUEST)
    every = (SWITCHING, CONSOLE_KEYS, SYSTEM_REQUEST)
    return Locks(console, tuple(held), tuple(name for name in every if name not in held), voided)


def unlock(fd: int, locks: Locks) -> None:
    """Undo what `lock` did."""
    restore_keys(fd, locks.voided)
    if SWITCHING in locks.locked:
        _granted(fd, VT_UNLOCKSWITCH)


def void_keys(fd: int, ioctl: Ioctl = fcntl.ioctl) -> tuple[tuple[Entry, ...], bool]:
    """Make every dangerous entry of the keymap do nothing; return what they were, and whether none is left."""
    voided: list[Entry] = []
    try:
        for table, key, value in _dangerous(fd, ioctl):
            ioctl(fd, KDSKBENT, struct.pack("BBH", table, key, HOLE))
            voided.append((table, key, value))
    except OSError:
        return tuple(voided), False
    return tuple(voided), True


def restore_keys(fd: int, voided: tuple[Entry, ...], ioctl: Ioctl = fcntl.ioctl) -> None:
    """Put keymap entries back."""
    for entry in voided:
        try:
            ioctl(fd, KDSKBENT, struct.pack("BBH", *entry))
        except OSError:
            return


def _dangerous(fd: int, ioctl: Ioctl) -> Iterator[Entry]:
    for table in range(TABLES):
        if _entry(fd, table, 0, ioctl) == NO_SUCH_MAP:
            continue
        for key in range(KEYS):
            value = _entry(fd, table, key, ioctl)
            kind, number = value >> 8, value & 0xFF
            if kind == KT_CONS or (kind == KT_SPEC and number in DANGEROUS):
                yield table, key, value


def _entry(fd: int, table: int, key: int, ioctl: Ioctl) -> int:
    answer = ioctl(fd, KDGKBENT, struct.pack("BBH", table, key, 0))
    value: int = struct.unpack("BBH", answer)[2]
    return value


def _granted(fd: int, request: int) -> bool:
    try:
        fcntl.ioctl(fd, request)
    except OSError:
        return False
    return True


def _sysrq_off() -> bool:
    try:
        return SYSRQ.read_text("ascii").strip() == "0"
    except FileNotFoundError:
        return True  # a kernel built without it
    except OSError:
        return False

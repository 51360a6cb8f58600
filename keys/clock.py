"""The one place that asks the time: wall clock, boottime and boot id, never earlier than the newest signed
time seen.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from keys.encoding import Instant
from keys.errors import ExamKioskError

_CALENDAR_ENDS = 253_402_300_800_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ClockBehindError(ExamKioskError):
    """The machine's clock is earlier than something that is known to have happened."""

    code = "clock-behind"
    what = "This machine's clock says {clock}, which is before {floor}, the newest date it has seen."
    next_step = "Set the clock to the right date and time, then try again."


class Stamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A moment: `wall` in ms since 1970 UTC, `boot` in ms since boot (CLOCK_BOOTTIME), `boot_id` of the kernel."""

    wall: Instant
    boot: int
    boot_id: str


class Clock(Protocol):
    """Anything that can say what time it is; tests bring their own."""

    def now(self) -> Stamp:
        """The present moment."""


class SystemClock:
    """The kernel's clocks."""

    def __init__(self) -> None:
        """Read the boot id once."""
        self._boot_id = _BOOT_ID.read_text("ascii").strip()

    def now(self) -> Stamp:
        """The present moment."""
        wall = Instant(time.time_ns() // 1_000_000)
        return Stamp(wall, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000, self._boot_id)


def check_floor(now: Stamp, floor: Instant) -> None:
    """Refuse to go on with a clock that is before `floor`. Raises `ClockBehindError`."""
    if now.wall < floor:
        raise ClockBehindError(clock=utc(now.wall), floor=utc(floor))


def utc(instant: int) -> str:
    """An instant as a person reads it, in UTC; one that no calendar holds is given as its number."""
    if not 0 <= instant < _CALENDAR_ENDS:
        return f"{instant} ms"
    return datetime.fromtimestamp(instant / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

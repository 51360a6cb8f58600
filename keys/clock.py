"""The one place that asks the time: wall clock, boottime and boot id, and how early a clock may be.

A clock is never before the newest signed time seen or before this release, less a tolerance of five minutes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from keys.encoding import Instant
from keys.errors import ExamKioskError

RELEASED = Instant(1_793_491_200_000)
"""2026-11-01 00:00 UTC, the month of this release; it is raised with each release."""

TOLERANCE = 5 * 60 * 1000
"""How far in ms a clock may be behind a signed time: the clocks of people who never meet differ."""

_CALENDAR_ENDS = 253_402_300_800_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ClockBehindError(ExamKioskError):
    """The machine's clock is earlier than something that is known to have happened."""

    code = "clock-behind"
    what = "This machine's clock says {clock}, which is before {floor}, a time that has already passed."
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
    """Refuse to go on with a clock that is more than `TOLERANCE` before `floor`, the newest signed time seen, or before
    `RELEASED`. Raises `ClockBehindError`.
    """
    earliest = max(floor, RELEASED)
    if now.wall < earliest - TOLERANCE:
        raise behind(now.wall, earliest)


def behind(clock: Instant, floor: Instant) -> ClockBehindError:
    """The refusal of a clock, with both times; to the second where they fall in one minute."""
    told = utc(clock), utc(floor)
    if told[0] == told[1]:
        told = utc(clock, seconds=True), utc(floor, seconds=True)
    return ClockBehindError(clock=told[0], floor=told[1])


def utc(instant: int, *, seconds: bool = False) -> str:
    """An instant as a person reads it, in UTC; one that no calendar holds is given as its number."""
    if not 0 <= instant < _CALENDAR_ENDS:
        return f"{instant} ms"
    return datetime.fromtimestamp(instant / 1000, UTC).strftime(
        f"%Y-%m-%d %H:%M{':%S' if seconds else ''} UTC"
    )

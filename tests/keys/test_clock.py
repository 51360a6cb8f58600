"""The clock never goes below the newest time that is known to have been."""

from __future__ import annotations

import pytest

from keys.clock import RELEASED, TOLERANCE, ClockBehindError, Stamp, SystemClock, behind, check_floor, utc
from keys.encoding import Instant


def test_a_clock_that_is_behind_is_refused_with_both_dates() -> None:
    """The words give the clock's date and the date it must not be before."""
    now = Stamp(Instant(1_800_000_000_000), 5, "boot")
    check_floor(now, Instant(now.wall))
    with pytest.raises(ClockBehindError) as caught:
        check_floor(now, Instant(now.wall + 86_400_000))
    assert "2027-01-15 08:00 UTC" in caught.value.diagnostics().what
    assert "2027-01-16 08:00 UTC" in caught.value.diagnostics().what
    assert utc(0) == "1970-01-01 00:00 UTC"


def test_a_clock_a_little_behind_a_signed_time_is_right_enough() -> None:
    """Five minutes before the newest signed time is near enough, and a millisecond more is not."""
    signed = Instant(RELEASED + 86_400_000)
    check_floor(Stamp(Instant(signed - 5 * 60_000), 5, "boot"), signed)
    with pytest.raises(ClockBehindError):
        check_floor(Stamp(Instant(signed - 5 * 60_000 - 1), 5, "boot"), signed)


def test_no_clock_is_before_the_release_that_runs() -> None:
    """A machine that has seen no signed time yet still knows that it is not 1970."""
    check_floor(Stamp(Instant(RELEASED - TOLERANCE), 5, "boot"), Instant(0))
    for wall in (0, RELEASED - TOLERANCE - 1):
        with pytest.raises(ClockBehindError) as caught:
            check_floor(Stamp(Instant(wall), 5, "boot"), Instant(0))
        assert "before 2026-11-01 00:00 UTC" in caught.value.diagnostics().what


def test_two_times_in_one_minute_are_told_to_the_second() -> None:
    """The words never say that a time is before itself."""
    told = behind(Instant(1_800_000_001_000), Instant(1_800_000_059_999)).diagnostics().what
    assert "2027-01-15 08:00:01 UTC, which is before 2027-01-15 08:00:59 UTC" in told


def test_the_system_clock_runs() -> None:
    """Wall and boot time go on together within one boot."""
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert second.boot >= first.boot > 0
    assert second.wall >= first.wall > 1_700_000_000_000
    assert first.boot_id == second.boot_id != ""

"""The clock never goes below the newest time that is known to have been."""

from __future__ import annotations

import pytest

from keys.clock import ClockBehindError, Stamp, SystemClock, check_floor, utc
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


def test_the_system_clock_runs() -> None:
    """Wall and boot time go on together within one boot."""
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert second.boot >= first.boot > 0
    assert second.wall >= first.wall > 1_700_000_000_000
    assert first.boot_id == second.boot_id != ""

"""Days as certificates name them, in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from keys.encoding import Instant

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(at: Instant) -> str:
    """Such as 2027-03-01."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def long_day(at: Instant) -> str:
    """Such as 1 March 2027."""
    found = datetime.fromtimestamp(at / 1000, UTC)
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"

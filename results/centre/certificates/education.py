"""Continuing education: hours from a CSV file, and whether they are enough to renew. Pure.

Rules.
1. The first line names the columns; a line is one activity of one holder in one area on one day, and is known by that.
2. A file is taken as a whole or not at all; a line that is there already is not taken twice.
3. Hours count that lie in the certificate's term, its first and last day included. Hours beyond an area's least count
   for the whole; nothing is carried into the next term.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

from exam_packages.complaint import Complaint, ComplaintsError
from keys.encoding import Instant
from keys.text import is_clean
from results.centre.certificates.rules import MINUTES, CertificateRules

COLUMNS = ("candidate", "area", "hours", "date", "activity")
MAX_ACTIVITY = 200
MOST = 24 * MINUTES


@dataclass(frozen=True, slots=True, order=True)
class Activity:
    """What somebody did: `day` as YYYY-MM-DD, `minutes` of it."""

    candidate: str
    area: str
    day: str
    activity: str
    minutes: int

    @property
    def known_by(self) -> tuple[str, str, str, str]:
        """What makes it this activity and no other."""
        return self.candidate, self.area, self.day, self.activity


@dataclass(frozen=True, slots=True)
class Balance:
    """Minutes of a term: all that count, those of each area, and what is missing in words; empty where enough."""

    minutes: int
    areas: Mapping[str, int]
    missing: tuple[str, ...]


def read_activities(file: str, text: str, rules: CertificateRules, now: Instant) -> tuple[Activity, ...]:
    """The activities of a CSV text. Raises `ComplaintsError`."""
    found: dict[tuple[str, ...], Activity] = {}
    faults: list[Complaint] = []
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if sorted(header) != sorted(COLUMNS):
            faults.append(Complaint(file, 1, f"The columns are: {', '.join(COLUMNS)}."))
        for row in rows if not faults else ():
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            read = _activity(dict(zip(header, cells, strict=False)), rules, now) if len(cells) == 5 else ""
            if isinstance(read, Activity) and found.setdefault(read.known_by, read) != read:
                read = "This activity stands twice, with different hours."
            if not isinstance(read, Activity):
                faults.append(Complaint(file, rows.line_num, read or "This line does not have five cells."))
    except csv.Error as error:
        faults.append(Complaint(file, max(rows.line_num, 1), f"This line is not CSV: {error}."))
    if not found and not faults:
        faults.append(Complaint(file, 1, "The file has no activity."))
    if faults:
        raise ComplaintsError("The file of continuing education", sorted(faults))
    return tuple(found.values())


def _activity(cells: Mapping[str, str], rules: CertificateRules, now: Instant) -> Activity | str:
    """A line's activity, or what is wrong with it."""
    if cells["area"] not in rules.renewal.areas:
        return f"There is no area “{cells['area'][:20]}” in [renewal.areas]."
    try:
        minutes = Fraction(cells["hours"]) * MINUTES
    except (ValueError, ZeroDivisionError):
        minutes = Fraction(0)
    if not 0 < minutes <= MOST or minutes.denominator != 1:
        return "“hours” is a number such as 1.5, more than 0 and no more than 24, in whole minutes."
    try:
        day = date.fromisoformat(cells["date"])
    except ValueError:
        return "“date” is a day such as 2027-03-01."
    if day > datetime.fromtimestamp(now / 1000, UTC).date():
        return "“date” lies in the future."
    activity = cells["activity"]
    if not cells["candidate"] or not activity or len(activity) > MAX_ACTIVITY or not is_clean(activity):
        return f"“candidate” and “activity” are text, the latter at most {MAX_ACTIVITY} characters."
    return Activity(cells["candidate"], cells["area"], day.isoformat(), activity, int(minutes))


def balance(rules: CertificateRules, done: Iterable[Activity], since: Instant, until: Instant) -> Balance:
    """What these activities come to in a term."""
    first, last = (datetime.fromtimestamp(at / 1000, UTC).date().isoformat() for at in (since, until))
    areas = dict.fromkeys(rules.renewal.areas, 0)
    for one in done:
        if first <= one.day <= last and one.area in areas:
            areas[one.area] += one.minutes
    total = sum(areas.values())
    missing = [
        f"area {area} needs {hours(least * MINUTES)} hours and has {hours(areas[area])}"
        for area, least in rules.renewal.areas.items()
        if areas[area] < least * MINUTES
    ]
    short = rules.renewal.hours * MINUTES - total
    if short > 0:
        need = f"{rules.renewal.hours} hours are needed and {hours(total)} are recorded"
        missing.insert(0, f"{need}: {hours(short)} are missing")
    return Balance(total, areas, tuple(missing))


def hours(minutes: int) -> str:
    """Minutes as hours in decimals, such as 41.5."""
    return f"{minutes / MINUTES:.2f}".rstrip("0").rstrip(".")

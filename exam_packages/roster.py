"""The roster of a sitting as a CSV file: who may sit, where, until when, with how much more time, and how it looks.

Rules.
1. The first line names the columns, in any order; `NEEDED` are there, the others may be.
2. A candidate number stands once, and a kiosk has one planned candidate and is no spare.
3. An eligibility holds until the sitting closes. A date without a time ends with that day, in the sitting's own zone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from exam_packages.complaint import Complaint, nearest
from exam_packages.glyphs import unfit
from exam_packages.sitting_plan import Accommodations, CandidateId, RosterEntry
from keys.encoding import Instant
from keys.errors import ExamKioskError

NEEDED = ("candidate", "name", "attempt", "eligibility", "eligible_until")
OPTIONAL = ("kiosk", "extra_percent", "extra_minutes", "extra_breaks", "note", "theme", "language")
THEMES = ("dark", "light", "high-contrast", "mono")
LANGUAGES = ("en", "es", "fr")
"""The themes and the languages of screens that a roster may ask for; an empty cell leaves both to the kiosk."""

CANDIDATE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,23}")
MAX_ATTEMPT, MAX_PERCENT, MAX_MINUTES, MAX_BREAKS = 99, 300, 480, 20
MAX_NAME, MAX_NOTE = 80, 400
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Room:
    """What the plan says: the kiosks by name and whether each is a spare, when the sitting closes, and its zone."""

    kiosks: Mapping[str, bool]
    closes_at: Instant
    zone: tzinfo


class MomentError(ExamKioskError):
    """A date or time that cannot be read; where the line is known it becomes a complaint."""

    code = "date-unreadable"
    what = "“{text}” {fault}."
    next_step = "Write it as 2030-06-14T08:30:00-05:00."


def moment(text: str, zone: tzinfo | None = None) -> Instant:
    """An ISO 8601 date and time with its zone; with `zone`, also a date alone, which then ends that day there.

    Raises `MomentError`.
    """
    try:
        if zone and _DATE_ONLY.fullmatch(text):
            read = datetime.combine(date.fromisoformat(text), time.max, zone)
        else:
            read = datetime.fromisoformat(text)
    except ValueError:
        raise MomentError(text=text, fault="is no date and time such as 2030-06-14T08:30:00-05:00") from None
    if read.tzinfo is None:
        raise MomentError(text=text, fault="has no time zone; add one, such as -05:00, at its end")
    return Instant(int(read.timestamp() * 1000))


def read_roster(file: str, text: str, room: Room) -> tuple[tuple[RosterEntry, ...], tuple[Complaint, ...]]:
    """The roster that a CSV text describes, and everything that is wrong with it."""
    reader = _Reader(file, room)
    if _of_another_kind(text):
        reader.complain(1, "Save the roster as CSV UTF-8, with commas between the cells.")
        return (), tuple(reader.complaints)
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        columns = reader.columns([cell.strip() for cell in next(rows, [])])
        for cells in rows if columns else ():
            if any(cell.strip() for cell in cells):
                reader.take(rows.line_num, columns, [cell.strip() for cell in cells])
    except csv.Error as error:
        reader.complain(rows.line_num, f"This line is not CSV: {error}.")
    if not reader.entries and not reader.complaints:
        reader.complain(1, "The roster has no candidate.")
    return tuple(reader.entries), tuple(sorted(reader.complaints))


def _of_another_kind(text: str) -> bool:
    """Whether a spreadsheet saved this as UTF-16 (every other byte is none), or with other marks than commas."""
    header = text.partition("\n")[0]
    return "\0" in text or ("," not in header and any(mark in header for mark in ";\t"))


class _Reader:
    """Takes row by row; every complaint is kept."""

    def __init__(self, file: str, room: Room) -> None:
        self.entries: list[RosterEntry] = []
        self.complaints: list[Complaint] = []
        self._file, self._room = file, room
        self._numbers: dict[str, int] = {}
        self._seats: dict[str, int] = {}

    def complain(self, line: int, sentence: str) -> None:
        self.complaints.append(Complaint(self._file, max(line, 1), sentence))

    def columns(self, header: list[str]) -> list[str]:
        """The names of the columns; none where the header is not in order."""
        before = len(self.complaints)
        for place, name in enumerate(header):
            if name not in NEEDED + OPTIONAL:
                told = nearest(name, [known for known in NEEDED + OPTIONAL if known not in header])
                self.complain(1, f"There is no column “{name}”{told}")
            elif name in header[:place]:
                self.complain(1, f"The column “{name}” stands twice.")
        for name in NEEDED:
            if name not in header:
                self.complain(1, f"The column “{name}” is missing.")
        return header if len(self.complaints) == before else []

    def take(self, line: int, columns: list[str], cells: list[str]) -> None:
        """One candidate."""
        if len(cells) != len(columns):
            self.complain(line, f"This line has {len(cells)} cells and the header {len(columns)}.")
            return
        before = len(self.complaints)
        row = dict(zip(columns, cells, strict=True))
        for name, cell in row.items():
            if reason := unfit(cell):
                self.complain(line, f"“{name}” {reason}.")
        entry = RosterEntry(
            CandidateId(self._number(line, row["candidate"])),
            self._text(line, "name", row["name"], MAX_NAME),
            self._whole(line, "attempt", row["attempt"], 1, MAX_ATTEMPT),
            self._text(line, "eligibility", row["eligibility"], MAX_NAME),
            self._until(line, row["eligible_until"], row["eligibility"]),
            self._seat(line, row.get("kiosk", "")),
            Accommodations(
                self._whole(line, "extra_percent", row.get("extra_percent", "") or "0", 0, MAX_PERCENT),
                self._whole(line, "extra_minutes", row.get("extra_minutes", "") or "0", 0, MAX_MINUTES),
                self._whole(line, "extra_breaks", row.get("extra_breaks", "") or "0", 0, MAX_BREAKS),
                self._text(line, "note", row.get("note", ""), MAX_NOTE, least=0),
                self._known(line, "theme", row.get("theme", ""), THEMES),
            ),
            self._known(line, "language", row.get("language", ""), LANGUAGES),
        )
        if len(self.complaints) == before:
            self.entries.append(entry)

    def _number(self, line: int, text: str) -> str:
        if not CANDIDATE.fullmatch(text):
            told = "is no candidate number: capital letters, digits and dashes, at most 24"
            self.complain(line, f"“{text}” {told}.")
        elif text in self._numbers:
            self.complain(
                line, f"Candidate {text} stands twice; the first time in line {self._numbers[text]}."
            )
        self._numbers.setdefault(text, line)
        return text

    def _seat(self, line: int, kiosk: str) -> str:
        if not kiosk:
            return kiosk
        if kiosk not in self._room.kiosks:
            self.complain(line, f"The plan has no kiosk “{kiosk}”{nearest(kiosk, self._room.kiosks)}")
        elif self._room.kiosks[kiosk]:
            self.complain(line, f"Kiosk {kiosk} is a spare, and no candidate is planned for a spare.")
        elif kiosk in self._seats:
            self.complain(line, f"Kiosk {kiosk} already has the candidate of line {self._seats[kiosk]}.")
        self._seats.setdefault(kiosk, line)
        return kiosk

    def _until(self, line: int, text: str, eligibility: str) -> Instant:
        try:
            until = moment(text, self._room.zone)
        except MomentError as error:
            self.complain(line, f"“eligible_until”: {error}")
            return Instant(0)
        if until < self._room.closes_at:
            self.complain(line, f"Eligibility {eligibility} ends on {text}, before the sitting closes.")
        return until

    def _known(self, line: int, name: str, text: str, known: tuple[str, ...]) -> str:
        if text and text not in known:
            told = f"“{name}” is “{text}”; it is one of {', '.join(known)}, or empty"
            self.complain(line, f"{told}.")
        return text

    def _text(self, line: int, name: str, text: str, limit: int, *, least: int = 1) -> str:
        if not least <= len(text) <= limit:
            self.complain(line, f"“{name}” has {len(text)} characters; it has from {least} to {limit}.")
        return text

    def _whole(self, line: int, name: str, text: str, least: int, most: int) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most):
            self.complain(line, f"“{name}” is “{text}”; it is a whole number from {least} to {most}.")
            return least
        return int(text)

"""A marker's sheet, a CSV file: a task's number, its item, the most that may be given, the text, and room for the mark.

Rules.
1. Nothing in it tells the candidate, the site, the other marker or the other mark; lines stand by their drawn number.
2. A text that a spreadsheet would take for a formula has an apostrophe before it, and controls are taken out.
3. A sheet comes back with its heading and its numbers as they were; an empty mark is one that is not given yet. A
   spreadsheet may have parted the cells by semicolons.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from exam_packages.item_points import read_points, write_points
from keys.errors import ExamKioskError
from keys.text import sanitise

HEADING = ("task", "item", "most", "response", "mark")
MAX_SHEET = 256 * 1024 * 1024
MAX_TEXT = 40_000
_FORMULA = ("=", "+", "-", "@")


class SheetError(ExamKioskError):
    """A marker's sheet that cannot be read, or holds a mark that cannot be."""

    code = "marking-sheet-refused"
    what = "Line {line} of {name} {detail}. Nothing of the sheet was taken."
    next_step = "Mend that line, keep heading and task numbers as they were, and import the sheet again."


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One task of a sheet; `most` in thousandths."""

    task: str
    item: str
    most: int
    response: str


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark as it came back, in thousandths, or None; `line` is where it stands."""

    line: int
    task: str
    points: int | None


def write_sheet(lines: Iterable[SheetLine]) -> bytes:
    """The sheet of these tasks."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(HEADING)
    for one in sorted(lines, key=lambda line: line.task):
        text = sanitise(one.response, limit=MAX_TEXT, newlines=True)
        guarded = f"'{text}" if text.lstrip().startswith(_FORMULA) else text
        writer.writerow((one.task, one.item, write_points(one.most), guarded, ""))
    return out.getvalue().encode()


def read_sheet(raw: bytes, name: str) -> list[GivenMark]:
    """The marks of a sheet that came back. Raises `SheetError`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetError(line=1, name=name, detail="is not UTF-8, as a sheet is saved") from None
    parted = ";" if text.startswith((f"{HEADING[0]};", f'"{HEADING[0]}";')) else ","
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=parted)
    found: list[GivenMark] = []
    try:
        for at, row in enumerate(reader):
            if at == 0 and tuple(row) != HEADING:
                raise SheetError(line=1, name=name, detail=f"is not the heading {','.join(HEADING)}")
            if at and row:
                found.append(_mark(row, reader.line_num, name))
    except csv.Error:
        raise SheetError(line=reader.line_num, name=name, detail="is no line of a CSV file") from None
    if not text.strip():
        raise SheetError(line=1, name=name, detail=f"is not the heading {','.join(HEADING)}")
    return found


def _mark(row: list[str], line: int, name: str) -> GivenMark:
    if len(row) != len(HEADING):
        raise SheetError(line=line, name=name, detail=f"has {len(row)} fields where {len(HEADING)} are due")
    written = row[4].strip().replace(",", ".")
    points = read_points(written) if written else None
    if written and points is None:
        detail = "has a mark that is no number of points such as 4 or 2.5"
        raise SheetError(line=line, name=name, detail=detail)
    return GivenMark(line, row[0].strip(), points)

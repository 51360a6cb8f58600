"""A CSV as it stands, checked to be a table: a line of names, then a line a candidate."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.text import sanitise
from results.centre.analysis.opening import first_bytes
from results.centre.analysis.unreadable import (
    LongCellError,
    RaggedRowError,
    RepeatedColumnError,
    ResponsesEmptyError,
    ResponsesError,
    ResponsesTooLargeError,
)

MAX_FILE = 1024**3
MAX_COLUMNS = 2_000
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV as it stands: column names, and the bytes of each line of cells with its number in the file."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[bytes, ...]
    numbers: Sequence[int]
    separator: str

    def cells(self, line: int) -> list[str]:
        """The cells of one line of the table, counted from 0."""
        return split(self.lines[line].decode(), self.separator)

    def column(self, place: int) -> tuple[str, ...]:
        """A column as text, without the blanks around its cells."""
        between = self.separator.encode()
        return tuple(
            self.cells(n)[place] if b'"' in line else line.split(between, place + 1)[place].decode().strip()
            for n, line in enumerate(self.lines)
        )


def read_sheet(path: Path) -> Sheet:
    """The lines of a CSV with commas, semicolons or tabs, checked to be a table. Raises as `read_responses`."""
    name = sanitise(path.name, limit=80)
    raw = first_bytes(path, MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise ResponsesTooLargeError(name=name, limit=f"{MAX_FILE // 1024**2} MiB")
    if not raw.isascii():
        try:
            raw = raw.decode("utf-8-sig").encode()
        except UnicodeDecodeError:
            raise ResponsesError(name=name, detail="it is not UTF-8 text") from None
    rows = [(n + 1, line) for n, line in enumerate(raw.splitlines()) if line.strip()]
    if not rows:
        raise ResponsesEmptyError(name=name, lacking="line")
    head = rows[0][1].decode()
    between = separator(head)
    columns = tuple(sanitise(cell, limit=80) for cell in split(head, between))
    if len(columns) > MAX_COLUMNS:
        raise ResponsesTooLargeError(name=name, limit=f"{MAX_COLUMNS} columns")
    lines = tuple(line for _, line in rows[1:])
    sheet = Sheet(name, columns, lines, [number for number, _ in rows[1:]], between)
    _check(sheet)
    return sheet


def _check(sheet: Sheet) -> None:
    seen: set[str] = set()
    for column in sheet.columns:
        if column in seen:
            raise RepeatedColumnError(name=sheet.name, item=column or "a column without a name")
        seen.add(column)
    if not sheet.lines:
        raise ResponsesEmptyError(name=sheet.name, lacking="candidate")
    between, width = sheet.separator.encode(), len(sheet.columns)
    for n, line in enumerate(sheet.lines):
        found = len(sheet.cells(n)) if b'"' in line else line.count(between) + 1
        if found != width:
            raise RaggedRowError(name=sheet.name, line=sheet.numbers[n], found=found, columns=width)


def separator(line: str) -> str:
    """What stands between the cells of a line: the one of comma, semicolon and tab that is there most often."""
    return max(_SEPARATORS, key=line.count)


def split(line: str, separator: str) -> list[str]:
    """The cells of one line of text, without the blanks around them. Raises `LongCellError`."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [""])]
    except csv.Error:
        raise LongCellError from None


def at(sheet: Sheet, line: int, place: int) -> dict[str, object]:
    """Where a cell is and what it holds, for an error; a cell is foreign text."""
    found = sanitise(sheet.cells(line)[place], limit=20)
    return {
        "name": sheet.name,
        "line": sheet.numbers[line],
        "item": sheet.columns[place],
        "found": f"“{found}”" if found else "nothing",
    }

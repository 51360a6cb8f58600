"""The ratings of an Angoff panel as a CSV with the columns judge, item, round and rating."""

from __future__ import annotations

from pathlib import Path

from keys.text import sanitise
from results.centre.analysis.sheets import Sheet, at, read_sheet
from results.centre.analysis.unreadable import RepeatedColumnError, ResponsesError
from results.scoring.angoff import Rating

COLUMNS = ("judge", "item", "round", "rating")


class RatingError(ResponsesError):
    """A rating that is no share."""

    code = "rating-no-share"
    what = "Line {line} of {name} holds the rating {found}, which is not between 0 and {most}."
    next_step = "Write shares from 0 to 1 throughout, or percentages from 0 to 100 throughout."


def read_ratings(path: Path) -> list[Rating]:
    """The ratings in the file's order: shares from 0 to 1, or percentages throughout if any is above 1.

    Without a column `round` there is one round. Raises a `ResponsesError` or an `OSError`.
    """
    sheet = read_sheet(path)
    heads = [head.lower() for head in sheet.columns]
    for column in ("judge", "item", "rating"):
        if column not in heads:
            raise ResponsesError(name=sheet.name, detail=f"it has no column named {column}")
    place = heads.index("rating")
    numbers = [_number(sheet, line, place) for line in range(len(sheet.lines))]
    most = 100.0 if max(numbers) > 1 else 1.0
    seen: set[tuple[str, str, str]] = set()
    found: list[Rating] = []
    for line, number in enumerate(numbers):
        cells = dict(zip(heads, sheet.cells(line), strict=True))
        judge, item, turn = (sanitise(cells.get(name, "1"), limit=80) for name in COLUMNS[:3])
        if number > most:
            raise RatingError(most=f"{most:.0f}", **at(sheet, line, place))
        if (judge, item, turn) in seen:
            raise RepeatedColumnError(name=sheet.name, item=f"judge {judge}, item {item}, round {turn}")
        seen.add((judge, item, turn))
        found.append(Rating(judge, item, turn, number / most))
    return found


def _number(sheet: Sheet, line: int, place: int) -> float:
    try:
        number = float(sheet.cells(line)[place].replace(",", "."))
    except ValueError:
        number = -1.0
    if not number >= 0:
        raise RatingError(most="1, or between 0 and 100", **at(sheet, line, place))
    return number

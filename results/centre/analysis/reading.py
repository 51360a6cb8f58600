"""Anyone's data as a CSV: responses with or without a key, groups, and total scores (docs/formats/responses.md).

Rules.
1. The first line names the columns, each once; every line behind it is one candidate and has as many cells.
2. The first column holds identifiers if it is headed `id`, `candidate`, `person`, or nothing, or if no cell of it is
   blank or one character long. A column named `group` is set aside. All others are items.
3. With a key a cell is one letter or digit; without one it is 0 or 1. A blank cell, or R's `NA`, is an omitted item.
4. An item's options are A (or 1) to the highest that was chosen or is the key, unless the key's file lists them.
5. Nothing is guessed: what does not fit these rules is refused with its line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keys.text import sanitise
from results.centre.analysis.keyfile import DIGITS, LETTERS, AnswerKey, read_key
from results.centre.analysis.sheets import Sheet, at, read_sheet
from results.centre.analysis.unreadable import (
    NotANumberError,
    NotBinaryError,
    ResponsesEmptyError,
    ResponsesError,
    UnknownAnswerError,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from results.scoring.matrix import Item, Matrix

GROUP = "group"
_IDS = frozenset({"", "id", "candidate", "person"})
_LINES = 8_192
"""Lines that are taken at a time, so that the text of a large file is never all in memory as cells."""

_CELLS = ("", "NA", *DIGITS, *LETTERS, *LETTERS.lower())
_FOREIGN = 255
_PLACES = (-1, -1, *range(36), *range(10, 36))
"""What each of `_CELLS` stands for: -1 nothing, 0 to 9 a digit, 10 to 35 a letter."""


def read_responses(responses: Path, key: Path | None = None, *, aside: Sequence[str] = (GROUP,)) -> Matrix:
    """The matrix of a CSV; the columns named in `aside` are no items. Raises a `ResponsesError` or an `OSError`."""
    from results.scoring.matrix import Matrix, not_reached

    sheet = read_sheet(responses)
    first = 1 if _identifies(sheet) else 0
    places = [n for n, name in enumerate(sheet.columns) if n >= first and name.lower() not in aside]
    if not places:
        raise ResponsesEmptyError(name=sheet.name, lacking="item")
    names = [sheet.columns[n] for n in places]
    by = None if key is None else read_key(key, names)
    chosen = _chosen(sheet, places, by)
    persons = sheet.column(0) if first else tuple(str(n + 1) for n in range(len(sheet.lines)))
    items, scores = _keyed(sheet, places, chosen, by) if by else _binary(sheet, places, chosen)
    return Matrix(persons, items, not_reached(chosen), scores)


def read_groups(responses: Path, column: str = GROUP) -> tuple[str, ...]:
    """The column of that name, a cell a candidate. Raises a `ResponsesError` or an `OSError`."""
    sheet = read_sheet(responses)
    places = [n for n, name in enumerate(sheet.columns) if name.lower() == column.lower()]
    if not places:
        raise ResponsesError(name=sheet.name, detail=f"it has no column named {sanitise(column, limit=40)}")
    return sheet.column(places[0])


def read_scores(path: Path, column: str = "score") -> NDArray[np.int64]:
    """The whole numbers of the column of that name, or of the only one beside the identifiers.

    Raises a `ResponsesError` or an `OSError`.
    """
    import numpy as np

    sheet = read_sheet(path)
    places = [n for n, name in enumerate(sheet.columns) if name.lower() == column]
    if not places and len(sheet.columns) - (sheet.columns[0].lower() in _IDS) == 1:
        places = [len(sheet.columns) - 1]
    if not places:
        raise ResponsesError(name=sheet.name, detail=f"it has no column named {column}")
    found = sheet.column(places[0])
    for line, cell in enumerate(found):
        if not cell.removeprefix("-").isdecimal() or len(cell) > 9:
            raise NotANumberError(**at(sheet, line, places[0]))
    return np.array([int(cell) for cell in found], np.int64)


def _identifies(sheet: Sheet) -> bool:
    if sheet.columns[0].lower() in _IDS:
        return True
    return all(len(cell) > 1 for cell in sheet.column(0))


def _chosen(sheet: Sheet, places: Sequence[int], key: AnswerKey | None) -> NDArray[np.int8]:
    """-1 for nothing, 0 to 9 for a digit, 10 to 35 for a letter. Raises for a cell that is none of these."""
    import numpy as np

    table = np.full(256, -9, np.int8)
    table[: len(_PLACES)] = _PLACES
    chosen = np.empty((len(sheet.lines), len(places)), np.int8)
    done = 0
    for codes in _codes(sheet, places):
        strange = np.argwhere(codes == _FOREIGN)
        if len(strange):
            line, place = (int(n) for n in strange[0])
            fault = UnknownAnswerError if key else NotBinaryError
            raise fault(**at(sheet, done + line, places[place]))
        chosen[done : done + len(codes)] = table[codes]
        done += len(codes)
    return chosen


def _codes(sheet: Sheet, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    """The places of the cells in `_CELLS`, or `_FOREIGN`, some lines at a time."""
    import polars as pl

    kind = pl.Enum(_CELLS)
    names = [f"{n}" for n in range(len(sheet.columns))]
    for start in range(0, len(sheet.lines), _LINES):
        frame = pl.read_csv(
            b"\n".join(sheet.lines[start : start + _LINES]) + b"\n",
            has_header=False,
            new_columns=names,
            separator=sheet.separator,
            infer_schema=False,
        )
        cells = pl.col([names[n] for n in places]).fill_null("").str.strip_chars()
        yield frame.select(
            cells.cast(kind, strict=False).to_physical().cast(pl.UInt8).fill_null(_FOREIGN)
        ).to_numpy()


def _binary(
    sheet: Sheet, places: Sequence[int], chosen: NDArray[np.int8]
) -> tuple[tuple[Item, ...], NDArray[np.int8]]:
    import numpy as np

    from results.scoring.matrix import Item

    strange = np.argwhere(chosen > 1)
    if len(strange):
        line, place = (int(n) for n in strange[0])
        raise NotBinaryError(**at(sheet, line, places[place]))
    items = tuple(Item(sheet.columns[n], ("0", "1"), 1) for n in places)
    return items, (chosen == 1).astype(np.int8)


def _keyed(
    sheet: Sheet, places: Sequence[int], chosen: NDArray[np.int8], key: AnswerKey
) -> tuple[tuple[Item, ...], NDArray[np.int8]]:
    """The items and their scores; `chosen` is turned into places among the options, in the same memory."""
    import numpy as np

    from results.scoring.matrix import Item

    items: list[Item] = []
    scores = np.empty_like(chosen)
    for column, place in enumerate(places):
        name = sheet.columns[place]
        answer, listed = key.answers[name], key.options[name]
        kind = DIGITS if answer in DIGITS else LETTERS
        first = 10 if kind is LETTERS else 0
        cells = chosen[:, column]
        codes = [_code(option) for option in listed] or _options(first, len(kind), cells, _code(answer))
        known = np.isin(cells, [-1, *codes])
        if not known.all():
            raise UnknownAnswerError(**at(sheet, int(known.argmin()), place))
        table = np.full(38, -1, np.int8)
        table[codes] = np.arange(len(codes))
        options = tuple((DIGITS + LETTERS)[code] for code in codes)
        items.append(Item(name, options, codes.index(_code(answer)), key.areas[name]))
        scores[:, column] = cells == _code(answer)
        chosen[:, column] = table[cells]
    return tuple(items), scores


def _options(first: int, count: int, cells: NDArray[np.int8], answer: int) -> list[int]:
    own = cells[(cells >= first) & (cells < first + count)]
    lowest = 1 if not first and answer and not (own == 0).any() else first
    return list(range(lowest, max(int(own.max(initial=0)), answer) + 1))


def _code(option: str) -> int:
    return (DIGITS + LETTERS).index(option)

"""`CountTable`: how often each option was chosen at each total score, and each pair of items earned together.

Every classical figure follows from it, so that the matrix itself is needed only once, a slab of persons at a time.

Rules.
1. Everything in it is a whole number: tables of parts, merged in any order, equal the table of the whole, bit for bit.
2. An item's rows are: not reached, omitted, then its options in the form's order, each missed (0) and earned (1).
3. The total score is of the items that count. Items on trial have rows and pairs too, and are in no total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from keys.encoding import Document, decode, encode
from keys.errors import DocumentError, ExamKioskError
from results.scoring.matrix import Item, Matrix

BESIDE = 2
"""An item's rows before its options: not reached, and omitted."""

MAX_TABLE = 1024**3
_SLAB = 4_096
"""Persons at a time, so that the working memory does not grow with their number."""

_INT = np.dtype("<i8")


class TablesDifferError(ExamKioskError):
    """Two count tables that are not of the same items."""

    code = "count-tables-differ"
    what = "The two count tables are not of the same items and options."
    next_step = "Merge only tables of one form, made with one version of its key."


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item as `Matrix` has it; `counts` says whether it is in the total score."""

    id: str
    options: tuple[str, ...]
    key: int
    area: str
    counts: bool


@dataclass(frozen=True, slots=True)
class CountTable:
    """`chosen[row, missed or earned, total score]` and `pairs[item, item]`: the number who earned both (int64)."""

    columns: tuple[Column, ...]
    chosen: NDArray[np.int64]
    pairs: NDArray[np.int64]

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each item, and behind them the number of rows."""
        return _starts(self.columns)

    def rows(self, item: int) -> NDArray[np.int64]:
        """The rows of one item: row by total score, missed and earned together."""
        starts = self.starts
        found: NDArray[np.int64] = self.chosen[starts[item] : starts[item + 1]].sum(axis=1)
        return found

    def earned(self) -> NDArray[np.int64]:
        """Item by total score: how many earned the item."""
        found: NDArray[np.int64] = np.add.reduceat(self.chosen[:, 1], self.starts[:-1], axis=0)
        return found

    def totals(self) -> NDArray[np.int64]:
        """How many have each total score, from 0 to the number of items that count."""
        found: NDArray[np.int64] = self.rows(0).sum(axis=0)  # every person is in one row of each item
        return found

    def counting(self) -> NDArray[np.bool_]:
        """Which items are in the total score."""
        return np.array([column.counts for column in self.columns])


class CountTableDocument(Document, frozen=True, tag="count-table/1"):
    """The same as a document: whole numbers of 8 bytes, little end first, in the order of the arrays."""

    columns: tuple[Column, ...]
    chosen: bytes
    pairs: bytes


def count(matrix: Matrix, counting: Sequence[bool] | None = None) -> CountTable:
    """The table of a matrix in one pass; `counting` says which items are in the total, all if not given."""
    asked = [True] * len(matrix.items) if counting is None else list(counting)
    columns = tuple(_column(item, counts) for item, counts in zip(matrix.items, asked, strict=True))
    starts, counted = _starts(columns), np.array(asked)
    length = int(counted.sum()) + 1
    pairs = np.zeros((len(columns), len(columns)), np.int64)
    chosen = np.zeros(int(starts[-1]) * 2 * length, np.int64)
    places = ((starts[:-1] + BESIDE) * 2 * length)[None, :]
    for begin in range(0, len(matrix.scores), _SLAB):
        scores = matrix.scores[begin : begin + _SLAB]
        cells = matrix.chosen[begin : begin + _SLAB].astype(np.int64)
        cells *= 2
        cells += scores
        cells *= length
        cells += places
        cells += scores[:, counted].sum(axis=1, dtype=np.int64)[:, None]
        chosen += np.bincount(cells.ravel(), minlength=len(chosen))
        single = scores.astype(np.float32)  # sums of up to 4,096 ones are exact in 24 bits
        pairs += (single.T @ single).astype(np.int64)
    return CountTable(columns, chosen.reshape(-1, 2, length), pairs)


def merge(one: CountTable, other: CountTable) -> CountTable:
    """The table of both's persons together. Raises `TablesDifferError`."""
    if one.columns != other.columns:
        raise TablesDifferError
    return CountTable(one.columns, one.chosen + other.chosen, one.pairs + other.pairs)


def to_bytes(table: CountTable) -> bytes:
    """The one byte string of a table."""
    return encode(
        CountTableDocument(
            table.columns, table.chosen.astype(_INT).tobytes(), table.pairs.astype(_INT).tobytes()
        )
    )


def from_bytes(raw: bytes) -> CountTable:
    """The table of these bytes. Raises `DocumentError` for any that no table makes."""
    found = decode(raw, CountTableDocument, name="count table", limit=MAX_TABLE)
    items, length = len(found.columns), sum(column.counts for column in found.columns) + 1
    rows = int(_starts(found.columns)[-1])
    if not items or len(found.pairs) != 8 * items**2 or len(found.chosen) != 16 * rows * length:
        raise DocumentError(kind="count table", detail="its counts are not as many as its items need")
    chosen = np.frombuffer(found.chosen, _INT).astype(np.int64).reshape(rows, 2, length)
    pairs = np.frombuffer(found.pairs, _INT).astype(np.int64).reshape(items, items)
    table = CountTable(found.columns, chosen, pairs)
    persons = np.add.reduceat(chosen.sum(axis=1), table.starts[:-1], axis=0)
    sound = (
        (chosen >= 0).all()
        and (persons == persons[0]).all()
        and (pairs == pairs.T).all()
        and (np.diag(pairs) == table.earned().sum(axis=1)).all()
    )
    if not sound:
        raise DocumentError(kind="count table", detail="its counts do not agree with each other")
    return table


def _column(item: Item, counts: bool) -> Column:
    return Column(item.id, item.options, item.key, item.area, counts)


def _starts(columns: Sequence[Column]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(column.options) + BESIDE for column in columns)])

"""The count table: one pass says what the matrix says, and parts merge to the whole bit for bit."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import decode, encode
from keys.errors import DocumentError
from results.scoring.counts import (
    CountTable,
    CountTableDocument,
    TablesDifferError,
    count,
    from_bytes,
    merge,
    to_bytes,
)
from results.scoring.matrix import Item, Matrix
from tests.results.analysis.samples import made, part


def test_a_table_counts_what_stands_in_the_matrix() -> None:
    """Three candidates and two items, counted by hand."""
    items = (Item("q1", ("A", "B"), 0), Item("q2", ("A", "B", "C"), 2))
    chosen = np.array([[0, 2], [0, -1], [1, -2]], np.int8)
    scores = np.array([[1, 1], [1, 0], [0, 0]], np.int8)
    table = count(Matrix(("x", "y", "z"), items, chosen, scores))
    assert table.rows(0).tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert table.rows(1).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert table.earned().tolist() == [[0, 1, 1], [0, 0, 1]]
    assert table.pairs.tolist() == [[2, 1], [1, 1]]
    assert table.totals().tolist() == [1, 1, 1]


def test_items_on_trial_are_counted_but_are_in_no_total() -> None:
    """The total runs over the items that count; one on trial still has its rows and pairs."""
    matrix = made(50, 4, seed=1)
    table = count(matrix, [True, False, True, True])
    totals = matrix.scores[:, [0, 2, 3]].sum(axis=1)
    assert table.totals().tolist() == np.bincount(totals, minlength=4).tolist()
    assert table.earned()[1].tolist() == np.bincount(totals[matrix.scores[:, 1] == 1], minlength=4).tolist()
    assert table.pairs[1, 1] == matrix.scores[:, 1].sum()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_parts_in_any_order_are_the_whole_bit_for_bit(data: st.DataObject) -> None:
    """However the candidates are cut into parts, and in whatever order and shape these are merged."""
    matrix = made(
        data.draw(st.integers(2, 60)), data.draw(st.integers(1, 7)), seed=data.draw(st.integers(0, 99))
    )
    counting = data.draw(st.lists(st.booleans(), min_size=len(matrix.items), max_size=len(matrix.items)))
    order = np.array(data.draw(st.permutations(range(len(matrix.persons)))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=4)))
    tables = [count(part(matrix, rows), counting) for rows in np.split(order, cuts)]
    while len(tables) > 1:
        tables.append(merge(tables.pop(data.draw(st.integers(0, len(tables) - 1))), tables.pop()))
    assert to_bytes(tables[0]) == to_bytes(count(matrix, counting))


def test_more_candidates_than_one_slab_are_counted_alike() -> None:
    """Ten thousand at once are the same as two halves of them."""
    matrix = made(10_000, 5, seed=3)
    halves = merge(count(part(matrix, slice(0, 5_001))), count(part(matrix, slice(5_001, None))))
    assert to_bytes(halves) == to_bytes(count(matrix))


def test_tables_of_different_items_are_not_merged() -> None:
    """Another option makes it another item."""
    with pytest.raises(TablesDifferError):
        merge(count(made(5, 3, seed=1)), count(made(5, 3, seed=1, options=5)))


def test_a_table_comes_back_from_its_bytes() -> None:
    """To bytes and back changes nothing."""
    table = count(made(30, 4, seed=5), [True, True, False, True])
    assert to_bytes(from_bytes(to_bytes(table))) == to_bytes(table)


def _altered(table: CountTable, **parts: object) -> bytes:
    document = decode(to_bytes(table), CountTableDocument, name="table")
    return encode(msgspec.structs.replace(document, **parts))


def test_bytes_that_no_matrix_makes_are_refused() -> None:
    """Counts that are too few, negative, or at odds with each other."""
    table = count(made(30, 4, seed=5))
    more, pairs = table.chosen.copy(), table.pairs.copy()
    more[0, 0, 0] += 1
    pairs[0, 0] += 1
    for raw in (
        _altered(table, chosen=b""),
        _altered(table, pairs=table.pairs.tobytes()[8:]),
        _altered(table, chosen=more.tobytes()),
        _altered(table, chosen=(-table.chosen).tobytes()),
        _altered(table, pairs=pairs.tobytes()),
        _altered(table, columns=()),
    ):
        with pytest.raises(DocumentError):
            from_bytes(raw)

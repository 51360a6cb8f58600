"""The rules of marking: how texts are shared out, and what two or three marks come to."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import Digest, digest
from results.centre.marking.rules import (
    Role,
    Stage,
    Task,
    Text,
    share_out,
    stage,
    task_number,
    third_markers,
)

TEXTS = [Text("west", f"C-{n}", 1, f"i{n % 2}", digest(str(n).encode())) for n in range(30)]
MARKERS = ("alice", "bob", "carol")
SEED = bytes(range(32))


def task(marker: str, points: int | None, role: Role = Role.MARKER, within: int = 1_000) -> Task:
    return Task(marker, 1, role, marker, TEXTS[0], Digest("r"), 6_000, within, points)


@pytest.mark.parametrize(
    ("marks", "third", "expected"),
    [
        ((None, None), [], (Stage.WAITING, None)),
        ((4_000, None), [], (Stage.WAITING, None)),
        ((4_000, 4_000), [], (Stage.FINAL, 4_000)),
        ((4_000, 5_000), [], (Stage.FINAL, 4_500)),
        ((0, 333), [], (Stage.FINAL, 167)),
        ((4_000, 5_001), [], (Stage.DIFFERING, None)),
        ((1_000, 5_000), [None], (Stage.ADJUDICATING, None)),
        ((1_000, 5_000), [2_000], (Stage.FINAL, 2_000)),
        ((4_000, 5_000), [6_000], (Stage.FINAL, 4_500)),
    ],
)
def test_marks_come_to_one(
    marks: tuple[int | None, int | None], third: list[int | None], expected: tuple[Stage, int | None]
) -> None:
    """Near marks count as their mean, half up; far ones only as the adjudicator's; the border is near."""
    tasks = [task("alice", marks[0]), task("bob", marks[1])]
    tasks += [task("carol", points, Role.ADJUDICATOR) for points in third]
    assert stage(tasks) == stage(tasks[::-1]) == expected


@given(st.binary(min_size=32, max_size=32), st.integers(2, 5), st.integers(0, 30))
def test_each_text_has_two_markers_and_each_pair_its_share(seed: bytes, people: int, count: int) -> None:
    """Two different markers a text, all pairs within one text of each other, whatever the seed."""
    markers = [f"m{n}" for n in range(people)]
    given_out = share_out(TEXTS[:count], markers, seed)
    found: dict[Text, set[str]] = {}
    for text, marker in given_out:
        found.setdefault(text, set()).add(marker)
    assert set(found) == set(TEXTS[:count])
    assert all(len(pair) == 2 for pair in found.values())
    load = Counter(frozenset(pair) for pair in found.values())
    shares = [load[frozenset(pair)] for pair in combinations(markers, 2)]
    assert max(shares) - min(shares) <= 1


def test_the_same_seed_shares_out_alike() -> None:
    """Order of texts and names makes no difference, another seed does, and numbers are all different."""
    first = share_out(TEXTS, MARKERS, SEED)
    assert share_out(TEXTS[::-1], MARKERS[::-1], SEED) == first
    assert share_out(TEXTS, MARKERS, bytes(32)) != first
    numbers = {task_number(text, marker, SEED) for text, marker in first}
    assert len(numbers) == len(first)
    assert all(len(number) == 12 for number in numbers)


def test_an_adjudicator_is_a_third_person() -> None:
    """Who marked a text does not decide about it, in whatever case the name is written; texts for nobody are told."""
    had = {text: [task("alice", 0), task("bob", 6_000)] for text in TEXTS[:3]}
    found, nobody = third_markers(had, ("Alice", "bob", "carol", "dora"), SEED)
    assert ({marker for _, marker in found}, nobody) == ({"carol", "dora"}, [])
    found, nobody = third_markers(had, ("ALICE", "bob"), SEED)
    assert (found, set(nobody)) == ([], set(TEXTS[:3]))

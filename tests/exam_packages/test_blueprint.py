"""A form is made only if every area holds exactly its share; a blueprint out of order is complained about by line."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.blueprint import (
    Blueprint,
    BlueprintUnmetError,
    Category,
    CoreValue,
    SkillArea,
    Task,
    read_blueprint,
)
from exam_packages.items import AuthoredTest
from exam_packages.mastering import master
from tests.exam_packages.workshop import SAMPLES, sample_bank, without

DUE = {1: 15, 2: 15, 3: 10, 4: 12, 5: 9, 6: 9, 7: 9, 8: 7, 9: 7, 10: 7}
OFF_BY_ONE = "The areas of category I weigh 39 percent, and it weighs 40."
RIGHT_TO_LEFT = (
    "This line holds U+05D0, which is written from right to left: "
    "terminals differ in how they order such a line."
)
TEXT = (SAMPLES / "cetl-practice/blueprint.toml").read_text("utf-8")


def test_the_sample_blueprint_is_the_programme_s() -> None:
    """Three categories of 40, 30 and 30, ten areas, 81 tasks with titles, five values; 100 items fill it exactly."""
    blueprint, told = read_blueprint("blueprint.toml", TEXT)
    assert told == ()
    assert [category.weight for category in blueprint.categories] == [40, 30, 30]
    assert blueprint.counts(100) == DUE
    assert (len(blueprint.tasks), len(blueprint.values)) == (81, 5)


def _first(bank: AuthoredTest, area: int) -> int:
    return next(at for at, item in enumerate(bank.items) if Task(item.task, "").area == area)


@pytest.mark.parametrize("area", DUE)
def test_one_item_too_few_is_refused_with_the_area_s_name(area: int) -> None:
    """Without one item of an area there is no form, and that area, no other, is named."""
    bank = sample_bank()
    place = _first(bank, area)
    with pytest.raises(BlueprintUnmetError) as refused:
        master(without(bank, place))
    title = next(one.title for one in bank.blueprint.areas if one.code == area)
    told = f"area {area} ({title}) needs {DUE[area]} items and has {DUE[area] - 1}"
    assert refused.value.diagnostics().what == f"These items make no form of 100: {told}."


@pytest.mark.parametrize("area", DUE)
def test_one_item_of_another_area_is_refused_with_both_names(area: int) -> None:
    """An item recoded to another area leaves one area short and one too full; both are named."""
    bank, other = sample_bank(), area % 10 + 1
    place = _first(bank, area)
    items = list(bank.items)
    items[place] = msgspec.structs.replace(items[place], task=f"{other}A")
    with pytest.raises(BlueprintUnmetError) as refused:
        master(msgspec.structs.replace(bank, items=tuple(items)))
    what = refused.value.diagnostics().what
    assert f"needs {DUE[area]} items and has {DUE[area] - 1}" in what
    assert f"needs {DUE[other]} items and has {DUE[other] + 1}" in what
    assert what.count("needs") == 2


def test_an_item_that_is_not_scored_does_not_fill_an_area() -> None:
    """A pretest item counts for nothing."""
    bank = sample_bank()
    items = (msgspec.structs.replace(bank.items[0], scored=False), *bank.items[1:])
    with pytest.raises(BlueprintUnmetError):
        master(msgspec.structs.replace(bank, items=items))


def _to_hundred(drawn: list[int]) -> list[int]:
    cut = [0, *sorted(min(value * 100 // 40, 100) for value in drawn), 100]
    return [high - low for low, high in pairwise(cut)]


WEIGHTS = st.lists(st.integers(0, 40), min_size=2, max_size=9).map(_to_hundred)


def _weighing(weights: list[int]) -> Blueprint:
    areas = tuple(SkillArea(code, "I", f"Area {code}", weight) for code, weight in enumerate(weights, 1))
    return Blueprint((Category("I", "All", 100),), areas, (), ())


@given(WEIGHTS, st.integers(1, 500))
def test_counts_add_up_and_are_off_by_less_than_one(weights: list[int], total: int) -> None:
    """For any total the areas' counts add up to it, and each is its exact share rounded down or up."""
    counts = _weighing(weights).counts(total)
    assert sum(counts.values()) == total
    for code, weight in enumerate(weights, 1):
        assert abs(counts[code] - total * weight / 100) < 1


def test_the_largest_remainders_are_rounded_up() -> None:
    """Of 7 items at 50, 30 and 20 percent, 3.5, 2.1 and 1.4, the missing one goes to the half."""
    assert _weighing([50, 30, 20]).counts(7) == {1: 4, 2: 2, 3: 1}
    assert _weighing([25, 25, 25, 25]).counts(2) == {1: 1, 2: 1, 3: 0, 4: 0}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (
            "weight = 15\n",
            "weight = 14\n",
            "weight = 40",
            "The areas of category I weigh 39 percent, and it weighs 40.",
        ),
        ("weight = 40\n", "weight = 41\n", "[[category]]", "The categories weigh 101 percent, not 100."),
        ('y = "III"', 'y = "IV"', 'category = "IV"', "Area 7 is in category IV, which is not listed."),
        ('code = "1B"', 'code = "1A"', 'code = "1A"', "The task 1A stands twice."),
        ('code = "1B"', 'code = "11B"', 'code = "11B"', "Task 11B belongs to no listed area."),
        ('code = "courage"', 'code = "results"', 'code = "results"', "The value results stands twice."),
        ("code = 3\n", 'code = "3"\n', 'code = "3"', "“code” is not right: Expected int, got str."),
        ("code = 3\n", "", "[[area]]", "“code” is missing."),
        (
            "code = 3\n",
            "code = 3\nwieght = 3\n",
            "wieght = 3",
            "“wieght” is not known here; is “weight” meant?",
        ),
        ("[[area]]", "[[aera]]", "[[aera]]", "“aera” is not known here."),
        (
            "[[area]]",
            "[[area]",
            "[[area]",
            "This is not TOML: Expected ']]' at the end of an array declaration.",
        ),
        ("weight = 10", "weight = 10 # \u05d0", "weight = 10 # \u05d0", RIGHT_TO_LEFT),
    ],
)
def test_a_fault_is_told_by_line(old: str, new: str, line: str, told: str) -> None:
    """Each fault is told in a sentence, at the line that an author has to mend."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    _, complaints = read_blueprint("blueprint.toml", text)
    assert (line, told) in [(text.splitlines()[one.line - 1], one.sentence) for one in complaints]


def test_every_fault_is_told_at_once() -> None:
    """Two faults in two tables and one in a third are three complaints."""
    text = TEXT.replace("code = 3\n", "").replace('code = "1B"\n', "").replace('code = "courage"\n', "")
    _, complaints = read_blueprint("blueprint.toml", text)
    assert [one.sentence for one in complaints] == ["“code” is missing."] * 3


def test_a_task_without_a_number_belongs_to_no_area() -> None:
    """A code that does not begin with a number is of area 0, which no blueprint lists."""
    assert Task("AB", "").area == 0
    assert Task("10E", "").area == 10
    assert Blueprint((), (), (Task("1A", ""),), (CoreValue("x", ""),)).area_of("1A") is None

"""The sample programme is what it says: 100 original practice items with no pattern in their keys."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from exam_packages.interactions import ChoiceInteraction, ChosenOptions, Paragraph
from tests.exam_packages.workshop import SAMPLES, sample_bank


def _keys() -> str:
    correct = (item.correct for item in sample_bank().items)
    return "".join(one.options[0] for one in correct if isinstance(one, ChosenOptions))


def test_every_item_has_four_options_and_a_task_of_its_area_s_file() -> None:
    """The file of area n holds items of tasks nA, nB .. alone, each with four options."""
    for item in sample_bank().items:
        area = int(re.findall(r"items/(\d\d)-", item.place.file)[0])
        assert re.fullmatch(rf"{area}[A-Z]", item.task)
        assert isinstance(item.interaction, ChoiceInteraction)
        assert [option.id for option in item.interaction.options] == list("abcd")


def test_the_key_stands_in_each_place_equally_often() -> None:
    """Each letter is the key about 25 times."""
    assert all(20 <= count <= 30 for count in Counter(_keys()).values())


@pytest.mark.parametrize("period", range(1, 13))
def test_the_keys_repeat_with_no_period(period: int) -> None:
    """At no distance do keys agree much more or less often than one time in four."""
    keys = _keys()
    agree = sum(left == right for left, right in zip(keys, keys[period:], strict=False))
    due = (len(keys) - period) / 4
    assert abs(agree - due) < 3.5 * (due * 3 / 4) ** 0.5


def test_no_letter_is_the_key_five_times_running() -> None:
    """There is no long run of one letter in the authors' order."""
    assert not re.search(r"(.)\1{4}", _keys())


def test_the_key_is_not_told_by_its_length() -> None:
    """The longest of four options is the key about as often as chance has it, not in half of the items."""
    longest = 0
    for item, key in zip(sample_bank().items, _keys(), strict=True):
        assert isinstance(item.interaction, ChoiceInteraction)
        lengths = {option.id: len(option.text) for option in item.interaction.options}
        longest += max(lengths, key=lambda option: lengths[option]) == key
    assert longest < 50


def test_no_stem_restates_a_task() -> None:
    """No stem holds a task's title."""
    titles = [task.title.casefold() for task in sample_bank().blueprint.tasks]
    for item in sample_bank().items:
        stem = " ".join(block.text for block in item.stem if isinstance(block, Paragraph)).casefold()
        assert not [title for title in titles if title in stem]


def test_it_says_that_it_is_practice_material() -> None:
    """The notice says that there is no affiliation, and that results certify nothing."""
    notice = sample_bank().programme.notice
    assert "not affiliated" in notice
    assert "certify nothing" in notice


def test_no_line_of_the_bank_is_wider_than_a_screen() -> None:
    """Everything an author reads is wrapped at 78 columns."""
    files = [*(SAMPLES / "cetl-practice/items").glob("*.txt"), *(SAMPLES / "cetl-practice").glob("**/*.txt")]
    assert files
    assert max(len(line) for file in files for line in file.read_text("utf-8").splitlines()) <= 78

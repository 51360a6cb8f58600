"""Every kind of question from its author to its score: what the key names is an answer that a kiosk takes and earns."""

from __future__ import annotations

import msgspec
import pytest

from exam_packages.interactions import ChosenOptions, ItemId, Response, TypedText
from exam_packages.scoring_key import ItemKey
from keys.encoding import digest, encode
from kiosk.responses import fitted
from results.scoring.scores import Ruler, ruler, score
from tests.exam_packages.workshop import showcase


def _ruler() -> Ruler:
    made = showcase()
    return ruler(made.form, digest(encode(made.form)), made.scoring_key, made.conversion)


def _answers(**others: Response) -> dict[ItemId, Response]:
    """The correct response to every scored item, as a kiosk records it, but for `others`."""
    made = showcase()
    given = {key.item: key.correct for key in made.scoring_key.keys if key.scored}
    given |= {ItemId(name.replace("_", "-")): response for name, response in others.items()}
    return {item: fitted(made.form.item(item).interaction, one) for item, one in given.items()}


def test_the_key_earns_every_point() -> None:
    """13 of 13, without the essay; and the essay may be written without a word of it counting."""
    written = _answers(SC_3B_02=TypedText("Four years, not one price."))
    for answers in (_answers(), written):
        earned = score(_ruler(), answers, session="s")
        assert (earned.raw, earned.total, earned.scaled, earned.passed) == (13, 13, 800, True)


ACCEPTED = [key for key in showcase().scoring_key.keys if key.accepted]


@pytest.mark.parametrize("key", ACCEPTED, ids=[key.item for key in ACCEPTED])
def test_what_is_accepted_besides_earns_its_point(key: ItemKey) -> None:
    """Each further answer is one that a kiosk takes, and is worth as much as the key."""
    for response in key.accepted:
        answers = _answers() | {key.item: fitted(showcase().form.item(key.item).interaction, response)}
        assert score(_ruler(), answers, session="s").raw == 13


WRONG: list[tuple[str, Response, int]] = [
    ("SC_3A_01", TypedText("390.5"), 13),
    ("SC_3A_01", TypedText("390.6"), 12),
    ("SC_3A_02", TypedText("1648 GB"), 13),
    ("SC_3A_02", TypedText("1648 TB"), 12),
    ("SC_3A_03", TypedText("CORE SWITCH"), 13),
    ("SC_2A_03", TypedText("65"), 13),
    ("SC_2A_03", TypedText("70"), 12),
]


@pytest.mark.parametrize(("item", "response", "raw"), WRONG)
def test_tolerance_unit_and_case_decide(item: str, response: Response, raw: int) -> None:
    """A number within its tolerance and a text in any case earn the point; the other unit does not."""
    assert score(_ruler(), _answers(**{item: response}), session="s").raw == raw


def test_half_of_a_multiple_choice_earns_nothing() -> None:
    """One of two options is kept as an answer and is not the correct one."""
    correct = next(key.correct for key in showcase().scoring_key.keys if key.item == "SC-1B-01")
    assert isinstance(correct, ChosenOptions)
    half = msgspec.structs.replace(correct, options=correct.options[:1])
    assert score(_ruler(), _answers(SC_1B_01=half), session="s").raw == 12

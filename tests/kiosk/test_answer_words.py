"""Every kind of response in words: by the letters and texts that the candidate has on the screen."""

from __future__ import annotations

import pytest

from exam_packages import interactions as i
from exam_packages.interactions import Choice, ChosenOptions, ChosenPairs, OptionId, TypedText
from kiosk.answer_words import MOST, words

LISTED = tuple(Choice(OptionId(name), text) for name, text in (("a", "Ant"), ("b", "Bee"), ("c", "Cat")))
SHOWN = (OptionId("c"), OptionId("a"), OptionId("b"))


def ids(*names: str) -> ChosenOptions:
    """Chosen options."""
    return ChosenOptions(tuple(OptionId(name) for name in names))


def pairs(*both: str) -> ChosenPairs:
    """Pairs from "a-b"."""
    return ChosenPairs(tuple((one, other) for one, _, other in (pair.partition("-") for pair in both)))


CASES: dict[str, tuple[i.Interaction, i.Response, str]] = {
    "choice": (i.ChoiceInteraction(LISTED, 0, 0), ids("a", "c"), "A. Cat; B. Ant"),
    "order": (i.OrderInteraction(LISTED), ids("b", "a", "c"), "1. C. Bee; 2. B. Ant; 3. A. Cat"),
    "hottext": (i.HotTextInteraction("{a} and {b}", LISTED, 2), ids("b"), "C. Bee"),
    "match": (i.MatchInteraction(LISTED[:2], LISTED[2:]), pairs("b-c", "a-c"), "Bee = Cat; Ant = Cat"),
    "associate": (i.AssociateInteraction(LISTED), pairs("a-c"), "Ant = Cat"),
    "inline choice": (
        i.InlineChoiceInteraction("An {g2} or a {g1}.", {"g1": LISTED, "g2": LISTED}),
        pairs("g1-b", "g2-a"),
        "gap 1: Ant; gap 2: Bee",
    ),
    "gap match": (i.GapMatchInteraction("A {x}, a {y}.", ("x", "y"), LISTED), pairs("y-b"), "gap 2: Bee"),
    "text": (i.TextEntryInteraction(20), TypedText("six of them"), "six of them"),
    "number": (i.NumericInteraction(("km", "m")), TypedText("3.5 km"), "3.5 km"),
    "slider": (i.SliderInteraction(0, 10), TypedText("7"), "7"),
    "essay": (i.ExtendedTextInteraction(500), TypedText("One\n\n two"), "One two"),
}


@pytest.mark.parametrize(("interaction", "response", "told"), CASES.values(), ids=CASES)
def test_a_response_is_told_by_what_is_on_the_screen(
    interaction: i.Interaction, response: i.Response, told: str
) -> None:
    """Letters go by the order shown, pairs by their texts, gaps by their place in the text."""
    assert words(interaction, SHOWN, response) == told


NAMED = {
    "match": "2. Bee = A. Cat; 1. Ant = A. Cat",
    "associate": "B. Ant = A. Cat",
    "inline choice": "gap 1: A. Ant; gap 2: B. Bee",
    "gap match": "gap 2: C. Bee",
}


@pytest.mark.parametrize("kind", NAMED)
def test_pairs_are_heard_by_what_they_are_typed_by(kind: str) -> None:
    """Where pairs are heard, each text has the number or letter before it that its question gave it."""
    interaction, response, _told = CASES[kind]
    assert words(interaction, SHOWN, response, named=True) == NAMED[kind]


def test_no_answer_is_no_word() -> None:
    """Never answered and taken back are the same."""
    interaction = i.ChoiceInteraction(LISTED)
    assert words(interaction, SHOWN, None) == words(interaction, SHOWN, ids()) == ""


def test_a_long_text_is_cut_and_says_so() -> None:
    """An essay is one short line in the list."""
    told = words(i.ExtendedTextInteraction(5000), (), TypedText("word " * 500))
    assert len(told) == MOST
    assert told.endswith(" ...")

"""Matching a response with its key, for every interaction, as tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages import interactions as q
from results.scoring.response_processing import can_match, match_correct

ABC = tuple(q.Choice(q.OptionId(letter), letter) for letter in "ABC")
CHOICE = q.ChoiceInteraction(ABC)
ORDER = q.OrderInteraction(ABC)
HOT = q.HotTextInteraction("{A}{B}{C}", ABC, 0)
MATCH = q.MatchInteraction(ABC, ABC)
ASSOCIATE = q.AssociateInteraction(ABC)
INLINE = q.InlineChoiceInteraction("{g1}{g2}", {"g1": ABC, "g2": ABC})
GAP = q.GapMatchInteraction("{g1}{g2}", ("g1", "g2"), ABC)
TEXT = q.TextEntryInteraction(20)
NUMBER = q.NumericInteraction()
SLIDER = q.SliderInteraction(0, 10)
LONG = q.ExtendedTextInteraction(1000)


def chosen(text: str) -> q.ChosenOptions:
    return q.ChosenOptions(tuple(q.OptionId(letter) for letter in text))


def pairs(*found: str) -> q.ChosenPairs:
    return q.ChosenPairs(tuple((left, right) for left, right in (one.split("-") for one in found)))


def typed(text: str) -> q.TypedText:
    return q.TypedText(text)


@pytest.mark.parametrize(
    ("interaction", "response", "correct", "matches"),
    [
        (CHOICE, chosen("A"), chosen("A"), True),
        (CHOICE, chosen("B"), chosen("A"), False),
        (CHOICE, chosen("BA"), chosen("AB"), True),
        (CHOICE, chosen("A"), chosen("AB"), False),
        (CHOICE, chosen("AA"), chosen("A"), False),
        (HOT, chosen("CA"), chosen("AC"), True),
        (ORDER, chosen("ABC"), chosen("ABC"), True),
        (ORDER, chosen("ACB"), chosen("ABC"), False),
        (MATCH, pairs("A-B", "C-A"), pairs("C-A", "A-B"), True),
        (MATCH, pairs("B-A"), pairs("A-B"), False),
        (ASSOCIATE, pairs("B-A"), pairs("A-B"), True),
        (ASSOCIATE, pairs("C-A"), pairs("A-B"), False),
        (INLINE, pairs("g2-B", "g1-A"), pairs("g1-A", "g2-B"), True),
        (INLINE, pairs("g1-B", "g2-A"), pairs("g1-A", "g2-B"), False),
        (GAP, pairs("g1-A"), pairs("g1-A", "g2-B"), False),
        (TEXT, typed(" router "), typed("router"), True),
        (TEXT, typed("Router"), typed("router"), False),
        (NUMBER, typed("2.50"), typed("2.5"), True),
        (NUMBER, typed("2,5"), typed("2.5"), True),
        (NUMBER, typed("two"), typed("2"), False),
        (NUMBER, typed("NaN"), typed("2"), False),
        (SLIDER, typed("07"), typed("7"), True),
    ],
)
def test_a_response_matches_by_cardinality_and_base_type(
    interaction: q.Interaction, response: q.Response, correct: q.Response, matches: bool
) -> None:
    """Multiple ignores order, ordered keeps it, pairs have a direction except in associate, numbers equal by value."""
    assert match_correct(interaction, response, correct) is matches


@pytest.mark.parametrize(
    "interaction", [CHOICE, ORDER, HOT, MATCH, ASSOCIATE, INLINE, GAP, TEXT, NUMBER, SLIDER]
)
@pytest.mark.parametrize("empty", [None, chosen(""), pairs(), typed(""), typed("  ")])
def test_an_empty_response_never_matches(interaction: q.Interaction, empty: q.Response | None) -> None:
    """Nothing answered is never correct, not even against an empty key."""
    for correct in (chosen(""), pairs(), typed("")):
        assert not match_correct(interaction, empty, correct)


@pytest.mark.parametrize(
    ("interaction", "other"), [(CHOICE, typed("A")), (TEXT, chosen("A")), (MATCH, chosen("AB"))]
)
def test_a_response_of_another_kind_never_matches(interaction: q.Interaction, other: q.Response) -> None:
    """A response that this interaction does not take scores nothing, whatever the key says."""
    assert not match_correct(interaction, other, other)


def test_long_text_is_for_people() -> None:
    """An extended text cannot be scored by matching; everything else can."""
    everything: list[Any] = [CHOICE, ORDER, HOT, MATCH, ASSOCIATE, INLINE, GAP, TEXT, NUMBER, SLIDER]
    assert not can_match(LONG)
    assert all(can_match(one) for one in everything)


@given(st.permutations("ABC"), st.permutations("ABC"))
def test_only_order_interactions_see_order(left: list[str], right: list[str]) -> None:
    """The same options in any order are one answer to a choice, and many to an order interaction."""
    one, other = chosen("".join(left)), chosen("".join(right))
    assert match_correct(CHOICE, one, other)
    assert match_correct(ORDER, one, other) is (left == right)

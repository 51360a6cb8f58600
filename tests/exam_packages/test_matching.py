"""Matching a response with its key, for every interaction, as tables."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages import interactions as q
from exam_packages.matching import can_match, match_correct, unfit
from exam_packages.scoring_key import ItemKey

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
METRES = q.NumericInteraction(("m",))
LENGTH = q.NumericInteraction(("m", "km", "sea mile"))
LONG = q.ExtendedTextInteraction(1000)


def chosen(text: str) -> q.ChosenOptions:
    return q.ChosenOptions(tuple(q.OptionId(letter) for letter in text))


def pairs(*found: str) -> q.ChosenPairs:
    return q.ChosenPairs(tuple((left, right) for left, right in (one.split("-") for one in found)))


def typed(text: str) -> q.TypedText:
    return q.TypedText(text)


def key(correct: q.Response, *accepted: q.Response, tolerance: str = "", fold_case: bool = False) -> ItemKey:
    return ItemKey(q.ItemId("i"), correct, "I", "1", "1A", True, accepted, tolerance, fold_case)


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
        (TEXT, typed("a\u00a0 \tb"), typed("a b"), True),
        (TEXT, typed("ab"), typed("a b"), False),
        (TEXT, typed("caf\u00e9"), typed("cafe\u0301"), True),
        (TEXT, typed("cafe"), typed("caf\u00e9"), False),
        (TEXT, typed("Router"), typed("router"), False),
        (NUMBER, typed("2.50"), typed("2.5"), True),
        (NUMBER, typed("2,5"), typed("2.5"), True),
        (NUMBER, typed("two"), typed("2"), False),
        (NUMBER, typed("NaN"), typed("2"), False),
        (NUMBER, typed("\u22122,5"), typed("-2.5"), True),
        (NUMBER, typed("+.5"), typed("0.5"), True),
        (NUMBER, typed("2.5e3"), typed("2500"), True),
        (NUMBER, typed("1e400"), typed("1e400"), True),
        (NUMBER, typed("1e999999999"), typed("1e999999999"), False),
        (NUMBER, typed("1_000"), typed("1000"), False),
        (NUMBER, typed("1 000"), typed("1000"), False),
        (NUMBER, typed("\u0662"), typed("2"), False),
        (NUMBER, typed("Infinity"), typed("Infinity"), False),
        (NUMBER, typed("2" * 101), typed("2" * 101), False),
        (NUMBER, typed("1." + "0" * 60 + "1"), typed("1"), False),
        (NUMBER, typed("5 m"), typed("5"), False),
        (METRES, typed("5"), typed("5"), True),
        (METRES, typed("5"), typed("5 m"), True),
        (METRES, typed("5 m"), typed("5"), True),
        (METRES, typed("5 km"), typed("5"), False),
        (LENGTH, typed("5 km"), typed("5 km"), True),
        (LENGTH, typed("5 m"), typed("5 km"), False),
        (LENGTH, typed("5000 m"), typed("5 km"), False),
        (LENGTH, typed("5"), typed("5 km"), False),
        (LENGTH, typed("5"), typed("5"), False),
        (LENGTH, typed("5  sea  mile"), typed("5 sea mile"), True),
        (LENGTH, typed("5 KM"), typed("5 km"), False),
        (SLIDER, typed("07"), typed("7"), True),
        (SLIDER, typed("6"), typed("7"), False),
        (LONG, typed("An essay."), typed("An essay."), False),
    ],
)
def test_a_response_matches_by_cardinality_and_base_type(
    interaction: q.Interaction, response: q.Response, correct: q.Response, matches: bool
) -> None:
    """Multiple ignores order, ordered keeps it, pairs have a direction except in associate, numbers equal by value."""
    assert match_correct(interaction, response, key(correct)) is matches


@pytest.mark.parametrize(
    "interaction", [CHOICE, ORDER, HOT, MATCH, ASSOCIATE, INLINE, GAP, TEXT, NUMBER, SLIDER]
)
@pytest.mark.parametrize("empty", [None, chosen(""), pairs(), typed(""), typed("  ")])
def test_an_empty_response_never_matches(interaction: q.Interaction, empty: q.Response | None) -> None:
    """Nothing answered is never correct, not even against an empty key."""
    for correct in (chosen(""), pairs(), typed("")):
        assert not match_correct(interaction, empty, key(correct, correct))


@pytest.mark.parametrize(
    ("interaction", "other"), [(CHOICE, typed("A")), (TEXT, chosen("A")), (MATCH, chosen("AB"))]
)
def test_a_response_of_another_kind_never_matches(interaction: q.Interaction, other: q.Response) -> None:
    """A response that this interaction does not take scores nothing, whatever the key says."""
    assert not match_correct(interaction, other, key(other, other))
    assert unfit(interaction, key(other)) is not None


def test_long_text_is_for_people() -> None:
    """An extended text cannot be scored by matching; everything else can."""
    everything: list[Any] = [CHOICE, ORDER, HOT, MATCH, ASSOCIATE, INLINE, GAP, TEXT, NUMBER, SLIDER]
    assert not can_match(LONG)
    assert all(can_match(one) for one in everything)


@given(st.permutations("ABC"), st.permutations("ABC"))
def test_only_order_interactions_see_order(left: list[str], right: list[str]) -> None:
    """The same options in any order are one answer to a choice, and many to an order interaction."""
    one, other = chosen("".join(left)), chosen("".join(right))
    assert match_correct(CHOICE, one, key(other))
    assert match_correct(ORDER, one, key(other)) is (left == right)


@pytest.mark.parametrize(
    ("interaction", "accepted"),
    [
        (CHOICE, [chosen("A"), chosen("C")]),
        (ORDER, [chosen("ABC"), chosen("ACB")]),
        (HOT, [chosen("AB"), chosen("C")]),
        (MATCH, [pairs("A-B"), pairs("B-A")]),
        (ASSOCIATE, [pairs("A-B"), pairs("A-C")]),
        (INLINE, [pairs("g1-A", "g2-B"), pairs("g1-B", "g2-B")]),
        (GAP, [pairs("g1-A"), pairs("g2-A")]),
        (TEXT, [typed("colour"), typed("color")]),
        (LENGTH, [typed("5 km"), typed("5000 m")]),
        (SLIDER, [typed("7"), typed("3")]),
    ],
)
def test_each_accepted_response_is_as_good_as_the_correct_one(
    interaction: q.Interaction, accepted: list[q.Response]
) -> None:
    """The first is the correct one, the second accepted beside it; without that it does not match."""
    correct, also = accepted
    assert match_correct(interaction, correct, key(correct, also))
    assert match_correct(interaction, also, key(correct, also))
    assert not match_correct(interaction, also, key(correct))


@pytest.mark.parametrize(
    ("tolerance", "response", "matches"),
    [
        ("0.5", "10.5", True),
        ("0.5", "9.5", True),
        ("0,5", "9,5", True),
        ("0.5", "10.50000000000000000000000000000000000001", False),
        ("0.5", "9.4", False),
        ("2%", "10.2", True),
        ("2 %", "9.8", True),
        ("2%", "10.21", False),
        ("0", "10", True),
        ("0", "10.0000001", False),
        ("", "10.0000001", False),
        ("1e-3", "10.001", True),
        ("0.5", "ten", False),
    ],
)
def test_a_number_matches_within_its_tolerance(tolerance: str, response: str, matches: bool) -> None:
    """Absolute or percent of the correct value, both ends included, never rounded."""
    assert match_correct(NUMBER, typed(response), key(typed("10"), tolerance=tolerance)) is matches


def test_a_tolerance_is_of_the_value_that_is_accepted() -> None:
    """Percent of a negative value is an amount too; in another unit it is of the value there; of 0 it is nothing."""
    assert match_correct(NUMBER, typed("-10.2"), key(typed("-10"), tolerance="2%"))
    both = key(typed("5 km"), typed("5000 m"), tolerance="2%")
    assert match_correct(LENGTH, typed("5100 m"), both)
    assert not match_correct(LENGTH, typed("5101 m"), both)
    assert not match_correct(LENGTH, typed("5100 km"), both)
    assert not match_correct(NUMBER, typed("0.001"), key(typed("0"), tolerance="50%"))
    assert match_correct(SLIDER, typed("6"), key(typed("7"), tolerance="1"))


@pytest.mark.parametrize(
    ("response", "correct"), [("ROUTER", "router"), ("STRASSE", "Stra\u00dfe"), ("I\u0307", "i\u0307")]
)
def test_case_is_folded_only_where_the_key_says_so(response: str, correct: str) -> None:
    """Full folding in both directions, and none by itself."""
    for one, other in ((response, correct), (correct, response)):
        assert match_correct(TEXT, typed(one), key(typed(other), fold_case=True))
        assert not match_correct(TEXT, typed(one), key(typed(other)))


@pytest.mark.parametrize(
    ("interaction", "fault"),
    [
        (CHOICE, key(chosen(""))),
        (CHOICE, key(chosen("A"), chosen(""))),
        (CHOICE, key(typed("A"))),
        (CHOICE, key(chosen("A"), fold_case=True)),
        (CHOICE, key(chosen("A"), tolerance="1")),
        (TEXT, key(typed("ten"), tolerance="1")),
        (NUMBER, key(typed("ten"))),
        (NUMBER, key(typed("10 m"))),
        (NUMBER, key(typed("10"), typed("ten"))),
        (NUMBER, key(typed("10"), tolerance="some")),
        (NUMBER, key(typed("10"), tolerance="-1")),
        (NUMBER, key(typed("10"), fold_case=True)),
        (LENGTH, key(typed("10"))),
        (LENGTH, key(typed("10 inches"))),
        (SLIDER, key(typed("high"))),
    ],
)
def test_a_key_that_could_match_nothing_is_told(interaction: q.Interaction, fault: ItemKey) -> None:
    """Empty or strange responses, numbers that are none, tolerances and folding where they mean nothing."""
    assert unfit(interaction, fault) is not None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000, max_value=10_000),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000, max_value=10_000),
    st.integers(0, 200),
    st.booleans(),
)
def test_tolerance_by_another_way(found: Decimal, correct: Decimal, amount: int, percent: bool) -> None:
    """Held against exact fractions, for any numbers."""
    allowed = abs(Fraction(correct)) * amount / 100 if percent else Fraction(amount)
    near = abs(Fraction(found) - Fraction(correct)) <= allowed
    made = key(typed(f"{correct:f}"), tolerance=f"{amount}{'%' if percent else ''}")
    assert match_correct(NUMBER, typed(f"{found:f}"), made) is near


@given(st.text(max_size=120), st.text(max_size=20))
def test_whatever_is_typed_is_judged(text: str, tolerance: str) -> None:
    """No text that a person can type and no key that a person can write makes the program fail."""
    for interaction in (TEXT, NUMBER, METRES, LENGTH, SLIDER, LONG):
        made = key(typed(text), tolerance=tolerance, fold_case=True)
        match_correct(interaction, typed(text), made)
        unfit(interaction, made)

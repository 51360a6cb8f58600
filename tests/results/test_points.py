"""Points: what each interaction earns by each kind of key, row by row, and the arithmetic of thousandths."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from exam_packages import interactions as q
from exam_packages.response_processing import earned, unfit_key, whole, worth
from exam_packages.scoring_key import Adjustment, AdjustmentKind, ItemKey, MapEntry, ResponseProcessing
from keys.encoding import Instant, decode, digest, encode
from results.scoring.points import percent, scaled_error, standard_error
from results.scoring.scores import AwaitingMarkingError, Ruler, ScoringInputsError, ruler, score
from tests.results import builders as b

ABCD = tuple(q.Choice(q.OptionId(letter), letter) for letter in "abcd")
W = b.world(1, 4)


def chosen(*options: str) -> q.ChosenOptions:
    return q.ChosenOptions(tuple(map(q.OptionId, options)))


def pairs(*found: str) -> q.ChosenPairs:
    return q.ChosenPairs(tuple((one[:-1], one[-1]) for one in found))


def typed(text: str) -> q.TypedText:
    return q.TypedText(text)


def key(correct: q.Response, *mapping: tuple[q.Response, int], **rules: Any) -> ItemKey:
    entries = tuple(MapEntry(value, points) for value, points in mapping)
    return ItemKey(
        q.ItemId("i"), correct, "I", "1", "1A", processing=ResponseProcessing(mapping=entries, **rules)
    )


SEVERAL = q.ChoiceInteraction(ABCD, 0, 0)
HALVES = key(chosen("a", "c"), (chosen("a"), 500), (chosen("c"), 500), (chosen("b"), -250), default=-500)
BOUND = structs.replace(HALVES, processing=structs.replace(HALVES.rules, lower=0, upper=800))
PLACES = key(chosen("c", "a", "b", "d"), (pairs("1c"), 400), (pairs("2a"), 300), (pairs("3b"), 300))
TABLE: list[tuple[q.Interaction, ItemKey, q.Response | None, int]] = [
    (SEVERAL, HALVES, chosen("a", "c"), 1_000),
    (SEVERAL, HALVES, chosen("c"), 500),
    (SEVERAL, HALVES, chosen("a", "b"), 250),
    (SEVERAL, HALVES, chosen("b", "d"), -750),
    (SEVERAL, HALVES, chosen("a", "a"), 500),
    (SEVERAL, HALVES, chosen(), 0),
    (SEVERAL, HALVES, None, 0),
    (SEVERAL, BOUND, chosen("a", "c"), 800),
    (SEVERAL, BOUND, chosen("b", "d"), 0),
    (q.OrderInteraction(ABCD), PLACES, chosen("c", "a", "b", "d"), 1_000),
    (q.OrderInteraction(ABCD), PLACES, chosen("c", "b", "a", "d"), 400),
    (
        q.MatchInteraction(ABCD, ABCD),
        key(pairs("ab", "cd"), (pairs("ab"), 600), (pairs("cd"), 400)),
        pairs("cd", "ba"),
        400,
    ),
    (
        q.AssociateInteraction(ABCD),
        key(pairs("ab", "cd"), (pairs("ab"), 600), (pairs("cd"), 400)),
        pairs("ba"),
        600,
    ),
    (
        q.GapMatchInteraction("{g1}{g2}", ("g1", "g2"), ABCD),
        key(pairs("g1a", "g2b"), (pairs("g1a"), 750), (pairs("g2b"), 250)),
        pairs("g1b", "g2b"),
        250,
    ),
    (
        q.TextEntryInteraction(9),
        key(typed("wan"), (typed("wan"), 1_000), (typed("lan"), 250)),
        typed(" lan"),
        250,
    ),
    (q.TextEntryInteraction(9), key(typed("wan"), (typed("wan"), 1_000), default=-100), typed("WAN"), -100),
    (q.NumericInteraction(), key(typed("7"), (typed("7"), 1_000), (typed("8"), 500)), typed("8.0"), 500),
    (q.ChoiceInteraction(ABCD), key(chosen("b"), points=2_000, penalty=667), chosen("b"), 2_000),
    (q.ChoiceInteraction(ABCD), key(chosen("b"), points=2_000, penalty=667), chosen("a"), -667),
    (q.ChoiceInteraction(ABCD), key(chosen("b"), points=2_000, penalty=667), chosen(), 0),
]


@pytest.mark.parametrize(("asked", "by", "response", "points"), TABLE)
def test_a_response_earns_what_its_key_says(
    asked: q.Interaction, by: ItemKey, response: q.Response | None, points: int
) -> None:
    """Each value once, defaults, bounds, places, undirected pairs, penalties; an empty response is no wrong one."""
    assert unfit_key(asked, by) is None
    assert earned(asked, by, response) == points


def test_case_is_each_entry_s_own() -> None:
    """One entry takes any case and the next does not."""
    entries = (MapEntry(typed("WAN"), 1_000), MapEntry(typed("wan"), 500, fold_case=True))
    by = structs.replace(key(typed("WAN")), processing=ResponseProcessing(mapping=entries))
    found = [earned(q.TextEntryInteraction(9), by, typed(text)) for text in ("WAN", "wan", "Wan", "lan")]
    assert found == [1_000, 500, 500, 0]


def test_nothing_earns_more_than_the_correct_response() -> None:
    """A mapping by which some other answer would get more is capped at what the key earns."""
    by = key(chosen("a"), (chosen("a"), 1_000), (chosen("b"), 700))
    assert worth(SEVERAL, by) == earned(SEVERAL, by, chosen("a", "b")) == 1_000


def test_a_key_without_points_is_written_as_ever() -> None:
    """What is not said is not in the document, so that keys that were signed before stay as they are."""
    raw = encode(W.key.keys[0])
    assert b"processing" not in raw
    assert b"adjustment" not in raw
    said = structs.replace(W.key.keys[0], processing=ResponseProcessing(500))
    assert decode(encode(said), ItemKey, name="key") == said


def measure(changes: dict[int, ItemKey]) -> Ruler:
    """The world's form, item 0 an essay, with these keys in place of the world's."""
    essay = structs.replace(W.form.items[0], interaction=q.ExtendedTextInteraction(900))
    form = structs.replace(W.form, items=(essay, *W.form.items[1:]))
    keys = tuple(changes.get(n, one) for n, one in enumerate(W.key.keys))
    scoring = structs.replace(W.key, form_digest=digest(encode(form)), keys=keys)
    worths = [worth(item.interaction, one) for item, one in zip(form.items, keys, strict=True) if one.scored]
    scaled = tuple(range(0, 100 * (whole(sum(worths)) + 1), 100))
    table = structs.replace(W.table, form_digest=digest(encode(form)), scaled=scaled)
    return ruler(form, digest(encode(form)), scoring, table)


ESSAY = structs.replace(W.key.keys[0], correct=typed(""), processing=ResponseProcessing(6_000))
WROTE: dict[q.ItemId, q.Response] = {q.ItemId("i0"): typed("All I know."), q.ItemId("i1"): chosen("B")}


def test_an_essay_earns_what_people_gave() -> None:
    """Its mark counts in raw, area and category; an empty one earns nothing without anybody; no mark, no score."""
    by = measure({0: ESSAY})
    found = score(by, WROTE, session="s", marks={q.ItemId("i0"): 4_500})
    assert (found.raw, found.total, found.points, found.most) == (6, 9, 5_500, 9_000)
    assert (found.marks, found.earned) == ("p1--", (4_500, 1_000, 0, 0))
    assert [(one.points, one.most, one.correct, one.total) for one in found.areas] == [
        (4_500, 7_000, 0, 2),
        (1_000, 2_000, 1, 2),
    ]
    assert score(by, {q.ItemId("i0"): typed(" ")}, session="s").raw == 0
    with pytest.raises(AwaitingMarkingError):
        score(by, WROTE, session="s")
    with pytest.raises(ScoringInputsError):
        score(by, WROTE, session="s", marks={q.ItemId("i0"): 6_001})


def test_penalties_never_bring_the_raw_score_below_nothing() -> None:
    """Points may be below 0; the raw score, a row of the table, is not, and neither is the percentage."""
    costly = [structs.replace(one, processing=ResponseProcessing(1_000, 1_000)) for one in W.key.keys[1:]]
    by = measure({0: ESSAY, 1: costly[0], 2: costly[1], 3: costly[2]})
    wrong: dict[q.ItemId, q.Response] = {q.ItemId(f"i{n}"): chosen("A") for n in (1, 2, 3)}
    found = score(by, wrong, session="s")
    assert (found.points, found.raw, found.percent, found.marks) == (-3_000, 0, 0, "-ppp")


@pytest.mark.parametrize("kind", [AdjustmentKind.DROPPED, AdjustmentKind.FULL_CREDIT])
def test_a_credited_item_is_everyone_s_and_a_dropped_one_nobody_s(kind: AdjustmentKind) -> None:
    """Full credit is given where the item was left out too; a dropped item leaves the scored set."""
    said = Adjustment(kind, 2, "A. Person", Instant(0), "Two options are right.")
    one = structs.replace(W.key.keys[2], adjustment=said, scored=kind is not AdjustmentKind.DROPPED)
    found = score(measure({0: structs.replace(ESSAY, scored=False), 2: one}), {}, session="s")
    assert (found.marks, found.raw) == (("--", 0) if kind is AdjustmentKind.DROPPED else ("-1-", 1))
    still = structs.replace(one, scored=True)
    if kind is AdjustmentKind.DROPPED:
        with pytest.raises(ScoringInputsError):
            measure({0: structs.replace(ESSAY, scored=False), 2: still})


@pytest.mark.parametrize(("points", "raw"), [(-900, 0), (0, 0), (499, 0), (500, 1), (1_499, 1), (1_500, 2)])
def test_halves_go_up(points: int, raw: int) -> None:
    """Whole points, half up, never below 0."""
    assert whole(points) == raw


def test_the_error_is_lord_s() -> None:
    """70 of 100 right: sqrt(70 x 30 / 99) = 4.606 points; none or all right has none; one point has no estimate."""
    assert standard_error(70_000, 100_000) == round(1_000 * math.sqrt(70 * 30 / 99)) == 4_606
    assert [standard_error(points, 100_000) for points in (-1, 0, 100_000)] == [0, 0, 0]
    assert standard_error(500, 1_000) == 0


def test_the_error_is_carried_by_the_table() -> None:
    """On a line of 8 a point it is 8 times as wide; where the table ends, so does it; a bend counts on its side."""
    straight = tuple(8 * raw for raw in range(101))
    assert scaled_error(straight, 70_000, 4_606) == 8 * 4_606
    assert scaled_error(straight, 100_000, 1_000) == 4_000
    bent = (*range(0, 710, 10), *range(720, 1_320, 20))
    assert scaled_error(bent, 70_000, 2_000) == (20_000 + 40_000) // 2


@given(st.integers(-50_000, 120_000), st.integers(1_001, 120_000))
def test_shares_and_errors_stay_in_bounds(points: int, most: int) -> None:
    """A percentage is 0 to 100 for points up to the most; an error is at most half of sqrt(n) and a bit."""
    points = min(points, most)
    assert 0 <= percent(points, most) <= 100_000
    assert 0 <= standard_error(points, most) <= 500 * math.sqrt(most**2 / (1_000 * (most - 1_000))) + 1


def test_an_unset_field_is_no_field() -> None:
    """A key that says nothing of points is one point for the correct response."""
    assert W.key.keys[0].processing is UNSET
    assert W.key.keys[0].rules == ResponseProcessing()

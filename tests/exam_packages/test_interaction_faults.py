"""Mastering refuses an interaction that cannot be delivered, and a key that no candidate could enter, and says why."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from exam_packages.bank_faults import faults
from exam_packages.interaction_faults import interaction_faults, key_faults
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    Code,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    NumericInteraction,
    OptionId,
    OrderInteraction,
    Paragraph,
    Response,
    SliderInteraction,
    Table,
    TextEntryInteraction,
    TypedText,
)
from exam_packages.items import AuthoredBlock, AuthoredItem, AuthoredTest, PictureFile
from exam_packages.key_places import key_warnings
from exam_packages.mastering import MasteringError, master
from exam_packages.scoring_key import MapEntry, ResponseProcessing
from tests.exam_packages.workshop import showcase_bank

SHOWN = {
    "choice": "SC-1A-01",
    "choices": "SC-1B-01",
    "hottext": "SC-2A-01",
    "order": "SC-1A-02",
    "match": "SC-2A-02",
    "associate": "SC-2B-01",
    "essay": "SC-3B-02",
    "dollars": "SC-3A-01",
    "number": "SC-3A-02",
    "text": "SC-3A-03",
    "slider": "SC-2A-03",
    "inline": "SC-3B-01",
    "gap-match": "SC-2B-02",
}


def _item(kind: str) -> AuthoredItem:
    return next(item for item in showcase_bank().items if item.id == SHOWN[kind])


def _chosen(text: str) -> ChosenOptions:
    return ChosenOptions(tuple(map(OptionId, text.split())))


def _paired(text: str) -> ChosenPairs:
    return ChosenPairs(tuple((left, right) for left, right in (pair.split("-") for pair in text.split())))


def _list(texts: str, ids: str = "abcdefghijk") -> tuple[Choice, ...]:
    return tuple(Choice(OptionId(ids[at]), text) for at, text in enumerate(texts.split("/")))


def _told(item: AuthoredItem) -> list[str]:
    return [*interaction_faults(item), *key_faults(item)]


@pytest.mark.parametrize("kind", SHOWN)
def test_what_the_showcase_asks_is_in_order(kind: str) -> None:
    """Each of its items has neither a fault of its interaction nor one of its key."""
    assert _told(_item(kind)) == []


KEYS: list[tuple[str, Response, str]] = [
    ("choice", _chosen(""), "names no answer of the kind that is asked for"),
    ("choice", TypedText("a"), "names no answer of the kind that is asked for"),
    ("choice", _chosen("x"), "is “x”, which is none of its options"),
    ("choices", _chosen("a"), "names 1 options; a candidate chooses 2 to 2"),
    ("choices", _chosen("a a"), "names an option twice"),
    ("hottext", _chosen("h1 h2 h3"), "names 3 options; a candidate chooses 0 to 2"),
    ("order", _chosen("b e c d"), "does not put all options in order"),
    (
        "order",
        _chosen("a b c d e"),
        "is the order in which the options are first shown; write them in another",
    ),
    ("match", _paired("1-a 2-b"), "does not match every source"),
    ("match", _paired("1-a 2-b 3-c 3-c"), "names a pair twice"),
    ("match", _paired("1-a 2-b 3-x"), "names a pair that is not there"),
    ("associate", _paired("a-b b-a"), "names a pair twice"),
    ("associate", _paired("a-b b-c c-d d-e"), "has 4 pairs; a candidate makes at most 3"),
    ("inline", _paired("g1-b"), "does not fill every gap once"),
    ("gap-match", _paired("g1-b g2-a"), "does not fill every gap once"),
    ("dollars", TypedText("390 dollars"), "has a unit, and there are not several to pick from"),
    ("dollars", TypedText("1,5"), "is no number such as 12 or -0.5"),
    ("dollars", TypedText("NaN"), "is no number such as 12 or -0.5"),
    ("number", TypedText("1650"), "ends in none of its units (GB, TB)"),
    ("number", TypedText("1650 MB"), "ends in none of its units (GB, TB)"),
    ("text", TypedText("x" * 41), "has 41 characters; a candidate can type 40"),
    ("text", TypedText("core  switch"), "has blanks at an end or two together"),
    ("text", TypedText("a\u05d0"), "holds U+05D0, which is written from right to left: terminals differ"),
    ("slider", TypedText("61"), "cannot be reached from 0 to 100 by 5"),
    ("slider", TypedText("105"), "cannot be reached from 0 to 100 by 5"),
    ("slider", TypedText("sixty"), "is no whole number as a slider gives it, such as -5"),
    ("slider", TypedText("060"), "is no whole number as a slider gives it, such as -5"),
]


@pytest.mark.parametrize(("kind", "response", "told"), KEYS)
def test_a_key_that_cannot_be_entered_is_refused(kind: str, response: Response, told: str) -> None:
    """As the key and as a further answer that is accepted, it is told with the reason."""
    item = _item(kind)
    bad = msgspec.structs.replace(item, correct=response, accepted=())
    assert any(one.startswith(f"The key of item {item.id} {told}") for one in key_faults(bad))
    more = msgspec.structs.replace(item, accepted=(response,))
    assert any(one.startswith(f"What item {item.id} also accepts {told}") for one in key_faults(more))


OTHERS: list[tuple[str, Interaction, str]] = [
    ("choice", ChoiceInteraction(_list("One/Two"), 3, 2), "asks for 3 to 2 of 2 options, which cannot be"),
    ("choice", ChoiceInteraction(_list("One/Two"), 0, 3), "asks for 0 to 3 of 2 options, which cannot be"),
    ("order", OrderInteraction(_list("One")), "has 1 options; it has 2 to 8"),
    ("order", OrderInteraction(_list("1/2/3/4/5/6/7/8/9")), "has 9 options; it has 2 to 8"),
    ("match", MatchInteraction(_list("One/ONE", "12"), _list("A/B")), "Two sources of item"),
    ("match", MatchInteraction(_list("One/Two", "12"), _list("A")), "has 1 targets; it has 2 to 8"),
    (
        "match",
        MatchInteraction(_list("1/2/3", "123"), _list("A/B/C/D"), 2),
        "has 3 pairs; a candidate makes at most 2",
    ),
    ("hottext", HotTextInteraction("{h1} {h3}", _list("a/b", "hk")), "which is no span of it"),
    ("hottext", HotTextInteraction("{a} {b}", _list("x/y"), 3), "lets 3 spans be chosen and has 2"),
    (
        "inline",
        InlineChoiceInteraction("{g1} {g1}", {"g1": _list("a/b")}),
        "has {g1} 2 times; every gap stands in it once",
    ),
    ("inline", InlineChoiceInteraction("No gap", {}), "has 0 gaps; it has 1 to 8"),
    ("inline", InlineChoiceInteraction("{g1}", {"g1": _list("a")}), "Gap g1 of item SC-3B-01 has 1 options"),
    ("inline", InlineChoiceInteraction("{g1", {"g1": _list("a/b")}), "has a brace that is not closed"),
    ("gap-match", GapMatchInteraction("{g1}", ("g1", "g2"), _list("a/b")), "has {g2} 0 times"),
    ("gap-match", GapMatchInteraction("{g1}" * 9, ("g1",) * 9, _list("a/b")), "has 9 gaps; it has 1 to 8"),
    ("text", TextEntryInteraction(0), "takes 0 characters; a short text has 1 to 200"),
    ("text", TextEntryInteraction(201), "takes 201 characters; a short text has 1 to 200"),
    ("number", NumericInteraction(("km", "km")), "names a unit twice"),
    ("number", NumericInteraction(("square km",)), "has a blank in it"),
    ("number", NumericInteraction(("",)), "A unit of item SC-3A-02 is empty"),
    ("essay", ExtendedTextInteraction(20_001), "takes 20001 characters; an essay has 1 to 20000"),
    ("essay", ExtendedTextInteraction(100, 51), "asks for 51 words, which 100 characters do not hold"),
    ("slider", SliderInteraction(5, 5), "goes from 5 to 5 by 1"),
    ("slider", SliderInteraction(0, 10, 3), "goes from 0 to 10 by 3"),
    ("slider", SliderInteraction(0, 10, 0), "goes from 0 to 10 by 0"),
]


@pytest.mark.parametrize(("kind", "interaction", "told"), OTHERS)
def test_an_interaction_that_cannot_be_delivered_is_refused(
    kind: str, interaction: Interaction, told: str
) -> None:
    """Counts, bounds, texts and placeholders that do not fit each have a sentence."""
    item = msgspec.structs.replace(_item(kind), interaction=interaction)
    assert any(told in sentence for sentence in _told(item)), _told(item)


def _points(**settings: Any) -> dict[str, object]:
    return {"processing": ResponseProcessing(**settings)}


SWITCH = MapEntry(TypedText("Core switch 1"), 1_000, True)
SETTINGS = [
    (
        "number",
        {"tolerance": "a bit"},
        "The tolerance of item SC-3A-02 is “a bit”; it is written as 0.5 or as 2%.",
    ),
    ("number", {"tolerance": "-1"}, "The tolerance of item SC-3A-02 is “-1”; it is written as 0.5 or as 2%."),
    ("text", {"tolerance": "1"}, "Item SC-3A-03 has a tolerance and asks for no number."),
    ("number", {"fold_case": True}, "Item SC-3A-02 ignores case and asks for no text."),
    ("number", {"accepted": (TypedText("1650.0 GB"),)}, "Item SC-3A-02 accepts the same answer twice."),
    ("text", {"accepted": (TypedText("Core Switch 1"),)}, "Item SC-3A-03 accepts the same answer twice."),
    ("associate", {"accepted": (_paired("d-a f-b e-c"),)}, "Item SC-2B-01 accepts the same answer twice."),
    (
        "essay",
        {"scored": True},
        (
            "Item SC-3B-02 is an essay, which a person marks and no key can match: "
            "write “points:” and how many may be given, or “scored: no”."
        ),
    ),
    ("essay", {"correct": TypedText("x")}, "Item SC-3B-02 is an essay and has a key."),
    ("essay", _points(points=0), "Item SC-3B-02 has points that are not above 0, or a penalty below it."),
    ("essay", _points(penalty=1), "Item SC-3B-02 is a long text and has a mapping or a penalty."),
    ("number", _points(points=100_001), "Item SC-3A-02 has points beyond 100."),
    ("number", _points(lower=0), "Item SC-3A-02 has a default or bounds and no mapping."),
    (
        "text",
        _points(mapping=(SWITCH,), points=2_000),
        "Item SC-3A-03 has a mapping and also points or a penalty.",
    ),
    ("text", _points(mapping=(SWITCH, SWITCH)), "Item SC-3A-03 maps the same answer twice."),
    (
        "text",
        _points(mapping=(SWITCH,), lower=2, upper=1),
        "Item SC-3A-03 has a lower bound above the upper one.",
    ),
    (
        "text",
        _points(mapping=(MapEntry(TypedText("x"), 1),)),
        "Item SC-3A-03 has a mapping by which the correct response earns nothing.",
    ),
    (
        "number",
        _points(mapping=(MapEntry(TypedText("x"), 1),)),
        "Item SC-3A-02 has a mapping of what no candidate can answer.",
    ),
    (
        "text",
        _points(mapping=(SWITCH,)),
        "Item SC-3A-03 has a mapping by which an accepted response earns something else than the correct one.",
    ),
]


@pytest.mark.parametrize(("kind", "changes", "told"), SETTINGS)
def test_settings_of_a_key_fit_the_item(kind: str, changes: dict[str, object], told: str) -> None:
    """Tolerance, case and further answers stand where they mean something, and an essay has none of them."""
    assert told in _told(msgspec.structs.replace(_item(kind), **changes))


def _test(kind: str, **changes: object) -> AuthoredTest:
    bank = showcase_bank()
    items = tuple(
        msgspec.structs.replace(item, **changes) if item.id == SHOWN[kind] else item for item in bank.items
    )
    return msgspec.structs.replace(bank, items=items)


BLOCKS: list[tuple[AuthoredBlock, str]] = [
    (Paragraph("tab\there"), "A paragraph of the stem of item SC-1A-01 holds a tab."),
    (Code("x" * 77), "The code of the stem of item SC-1A-01 is 77 cells wide; it is at most 76."),
    (
        Code("\u05d0"),
        "The code of the stem of item SC-1A-01 holds U+05D0, which is written from right to left:",
    ),
    (Code("x\n" * 200), "The code of the stem of item SC-1A-01 has more than 200 lines."),
    (
        Table("T", (("a", "b"), ("x" * 40, "y" * 34))),
        "A table of the stem of item SC-1A-01 is 77 cells wide;",
    ),
    (Table("", (("a",), ("b",))), "The caption of a table of the stem of item SC-1A-01 is empty."),
    (Table("T", (("a",),)), "A table of the stem of item SC-1A-01 has a heading and rows of as many cells"),
    (
        Table("T", (("a",), ("b", "c"))),
        "A table of the stem of item SC-1A-01 has a heading and rows of as many",
    ),
    (Table("T", (("a", ""), ("b", "c"))), "A column of a table of the stem of item SC-1A-01 has no heading."),
    (
        Table("T", (("a",), ("\x1b",))),
        "A table of the stem of item SC-1A-01 holds U+001B, which no screen may show.",
    ),
    (
        PictureFile("none.png", "Words"),
        "The stem of item SC-1A-01 has the picture none.png, which was not drawn.",
    ),
    (
        PictureFile("pictures/network.txt", ""),
        "The text alternative of a picture of the stem of item SC-1A-01 is empty.",
    ),
]


@pytest.mark.parametrize(("block", "told"), BLOCKS)
def test_a_block_that_would_not_be_shown_whole_is_refused(block: AuthoredBlock, told: str) -> None:
    """Width, shape, words and glyphs of each kind of block are checked, in a stem and in an exhibit alike."""
    test = _test("choice", stem=(block,))
    assert any(one.sentence.startswith(told) for one in faults(test))
    exhibit = msgspec.structs.replace(test.exhibits[0], blocks=(block,))
    shown = msgspec.structs.replace(showcase_bank(), exhibits=(exhibit, *test.exhibits[1:]))
    there = told.replace("The stem of item SC-1A-01", f"Exhibit {exhibit.id}")
    there = there.replace("the stem of item SC-1A-01", f"exhibit {exhibit.id}")
    found = [one for one in faults(shown) if one.sentence.startswith(there)]
    assert [one.file for one in found] == [f"exhibits/{exhibit.id}.txt"]


def test_a_text_that_no_item_names_is_refused_and_one_that_is_not_there_too() -> None:
    """A stimulus or exhibit belongs to an item, and an item names only what is there."""
    bank = showcase_bank()
    alone = msgspec.structs.replace(
        bank, items=tuple(msgspec.structs.replace(item, stimulus="", exhibits=()) for item in bank.items)
    )
    told = {(one.file, one.sentence) for one in faults(alone)}
    assert ("stimuli/outage.txt", "No item names the stimulus outage.") in told
    assert ("exhibits/device-costs.txt", "No item names the exhibit device-costs.") in told
    strange = {one.sentence for one in faults(_test("choice", stimulus="flood", exhibits=("map", "map")))}
    assert "Item SC-1A-01 has the stimulus “flood”, and there is no stimuli/flood.txt." in strange
    assert "Item SC-1A-01 has the exhibit “map”, and there is no exhibits/map.txt." in strange
    assert "Item SC-1A-01 names the exhibit “map” twice." in strange


def test_a_fault_keeps_the_whole_bank_from_being_mastered() -> None:
    """A key out of reach is told with the file and line of its item."""
    with pytest.raises(MasteringError) as refused:
        master(_test("slider", correct=TypedText("61")))
    (told,) = refused.value.complaints
    assert (told.file, told.line) == (_item("slider").place.file, _item("slider").place.line)


def test_a_key_that_follows_its_lists_is_warned_of() -> None:
    """A match, associate, gap-match or shuffled order with a key as written is named; the showcase has none."""
    assert list(key_warnings(showcase_bank().items)) == []
    order = _item("order")
    assert isinstance(order.interaction, OrderInteraction)
    followed = [
        msgspec.structs.replace(_item("match"), correct=_paired("1-a 2-b 3-c")),
        msgspec.structs.replace(_item("associate"), correct=_paired("b-a c-d e-f")),
        msgspec.structs.replace(_item("gap-match"), correct=_paired("g1-a g2-b g3-c")),
        msgspec.structs.replace(
            order,
            correct=_chosen("a b c d e"),
            interaction=msgspec.structs.replace(order.interaction, shuffle=True),
        ),
    ]
    for item in followed:
        assert list(key_faults(item)) == []
        told = f"The key of item {item.id} follows the order in which its lists are written."
        assert list(key_warnings([item])) == [told]


@pytest.mark.parametrize(
    ("text", "pinned", "refused"),
    [
        ("None of the above", True, False),
        ("None of the above", False, True),
        ("Both A and C", True, True),
        ("Something else", False, False),
    ],
)
def test_only_an_option_pinned_to_the_end_may_speak_of_the_others(
    text: str, pinned: bool, refused: bool
) -> None:
    """It stays below the others whatever their order; their letters still change."""
    options = (*_list("One/Two"), Choice(OptionId("c"), text, pinned))
    item = msgspec.structs.replace(
        _item("choice"), interaction=ChoiceInteraction(options, shuffle=True), correct=_chosen("a")
    )
    told = "Option c) of item SC-1A-01 speaks of other options, and options are shuffled."
    assert _told(item) == ([told] if refused else [])

"""Mastering takes a bank apart: what goes to a site cannot say what is right; a bank that makes no form says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from exam_packages.conversion import ConversionShapeError
from exam_packages.form import DeliveryForm, Front, Item
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    Code,
    ItemId,
    NumericInteraction,
    OptionId,
    Paragraph,
    Response,
)
from exam_packages.items import AuthoredItem, AuthoredTest
from exam_packages.mastering import Mastered, MasteringError, master, warnings
from exam_packages.package import FORM, FRONT, pack, unpack
from exam_packages.route import new_seed, options, order
from keys.encoding import decode, digest, encode
from keys.statement import Role
from tests.exam_packages.workshop import CONTENT_KEY, MADE_AT, keyring, person, sample_bank

TELLING = (
    "key",
    "correct",
    "right",
    "answer",
    "rationale",
    "why",
    "score",
    "solution",
    "feedback",
    "mapping",
)


@pytest.fixture(scope="module")
def mastered() -> Mastered:
    """The sample programme, mastered."""
    return master(sample_bank())


def _fields(value: Any) -> Iterator[str]:
    """Every name of a field at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)


def _delivered(mastered: Mastered) -> bytes:
    """Everything of a package that a site decrypts."""
    signer = person(Role.PACKAGER, "packager").signer()
    raw = pack(
        "p",
        "cetl-practice",
        mastered.front,
        mastered.form,
        {},
        content_key=CONTENT_KEY,
        made_at=MADE_AT,
        signer=signer,
    )
    package = unpack(raw, keyring())
    return b"".join(package.open_part(name, CONTENT_KEY) for name in (FRONT, FORM))


def test_no_field_that_is_delivered_could_hold_an_answer(mastered: Mastered) -> None:
    """In everything a site decrypts, no field is named for a key, a score, a rationale or feedback."""
    names = {name for part in (mastered.front, mastered.form) for name in _fields(json.loads(encode(part)))}
    assert names
    assert [name for name in names if any(word in name.lower() for word in TELLING)] == []


def test_no_rationale_task_or_value_is_delivered(mastered: Mastered) -> None:
    """No item's rationale, task field or core values, and not the scoring key's bytes, are in what a site decrypts."""
    raw = _delivered(mastered)
    for item in sample_bank().items:
        assert encode(item.stem[0]) in raw
        assert item.rationale.encode() not in raw
        assert item.rationale[:40].encode() not in raw
    assert b"communicator" not in raw
    assert all(encode(key.correct) not in raw for key in mastered.scoring_key.keys)


def test_two_banks_that_differ_in_the_key_alone_deliver_the_same_bytes(mastered: Mastered) -> None:
    """The form does not depend on any key, rationale or value: changed for every item, it is the same form."""
    bank = sample_bank()
    other = {"a": "b", "b": "c", "c": "d", "d": "a"}

    def rekeyed(item: AuthoredItem) -> AuthoredItem:
        assert isinstance(item.correct, ChosenOptions)
        correct = ChosenOptions((OptionId(other[item.correct.options[0]]),))
        return msgspec.structs.replace(item, correct=correct, rationale="Otherwise.", values=("courage",))

    changed = master(msgspec.structs.replace(bank, items=tuple(map(rekeyed, bank.items))))
    assert encode(changed.form) == encode(mastered.form)
    assert encode(changed.front) == encode(mastered.front)
    assert encode(changed.scoring_key) != encode(mastered.scoring_key)


def test_the_delivered_types_have_no_place_for_an_answer() -> None:
    """No type that a form is built of has a field whose type is a response or an authored item."""
    seen: set[Any] = set()

    def walk(kind: Any) -> None:
        for inner in getattr(kind, "__args__", ()):
            walk(inner)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
            seen.add(kind)
            for field in msgspec.structs.fields(kind):
                walk(field.type)

    walk(DeliveryForm)
    walk(Front)
    assert Item in seen
    assert seen.isdisjoint({AuthoredItem, AuthoredTest, *Response.__args__})


def test_the_form_holds_every_item_once_in_a_mixed_order(mastered: Mastered) -> None:
    """One section refers to each of the 100 items once; the areas are mixed, and no two mastered forms differ."""
    (part,) = mastered.form.parts
    (section,) = part.sections
    listed = [ref.item for ref in section.refs]
    assert sorted(listed) == sorted(item.id for item in mastered.form.items)
    assert len(set(listed)) == 100
    assert listed != sorted(listed)
    areas = [item.split("-")[1].rstrip("ABCDEFGHIJKL") for item in listed]
    assert max(len(run) for run in _runs(areas)) < 6
    assert encode(master(sample_bank()).form) == encode(mastered.form)
    assert order(new_seed(bytes(16)), mastered.form) == order(new_seed(bytes(range(16))), mastered.form)


def _runs(values: list[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for value in values:
        if run and run[-1] != value:
            yield run
            run = []
        run.append(value)
    yield run


def test_options_move_with_the_seed(mastered: Mastered) -> None:
    """Two candidates meet an item's options in different orders, and each of four places is the key's for somebody."""
    places: set[int] = set()
    keys = {key.item: key.correct for key in mastered.scoring_key.keys}
    for number in range(8):
        seed = new_seed(bytes([number] * 16))
        for item in mastered.form.items:
            correct = keys[item.id]
            assert isinstance(correct, ChosenOptions)
            places.add(options(seed, item).index(correct.options[0]))
    assert places == {0, 1, 2, 3}


def test_key_and_table_belong_to_the_form(mastered: Mastered) -> None:
    """Key and table carry the digest of the form's very bytes, every area and task, and a row for each raw score."""
    form_digest = digest(encode(mastered.form))
    key, table = mastered.scoring_key, mastered.conversion
    assert {key.form_digest, table.form_digest} == {form_digest}
    assert (len(key.keys), len(key.areas), len(key.categories), len(table.scaled)) == (100, 10, 3, 101)
    assert all(one.task.startswith(one.area) for one in key.keys)
    assert {one.area: one.category for one in key.keys} == {area.code: area.category for area in key.areas}
    assert (table.look_up(70), table.cut, table.look_up(100)) == (600, 600, 800)
    assert decode(encode(key), type(key), name="key") == key


def test_the_front_tells_of_the_test_and_nothing_of_its_items(mastered: Mastered) -> None:
    """Notice, agreements, instructions, 100 items and 150 minutes are there; no stem is."""
    front = mastered.front
    assert (front.item_count, front.time_limit) == (100, 150 * 60_000)
    assert [agreement.id for agreement in front.agreements] == ["non-disclosure", "code-of-conduct"]
    assert "not affiliated" in front.notice
    raw = encode(front)
    stems = [
        block.text for item in mastered.form.items for block in item.stem if isinstance(block, Paragraph)
    ]
    assert not any(text.encode() in raw for text in stems)


def _with(**changes: Any) -> AuthoredTest:
    """The sample with its first item changed."""
    bank = sample_bank()
    return msgspec.structs.replace(
        bank, items=(msgspec.structs.replace(bank.items[0], **changes), *bank.items[1:])
    )


def _choice(*texts: str, ids: str = "abcdefghi") -> ChoiceInteraction:
    return ChoiceInteraction(
        tuple(Choice(OptionId(ids[at]), text) for at, text in enumerate(texts)), shuffle=True
    )


NAME = "item CP-1A-01"
REFUSED = [
    (
        {"correct": ChosenOptions((OptionId("e"),))},
        f"The key of {NAME} is “e”, which is none of its options.",
    ),
    (
        {"correct": ChosenOptions((OptionId("a"), OptionId("b")))},
        f"The key of {NAME} names 2 options; a candidate chooses 0 to 1.",
    ),
    ({"interaction": _choice("One")}, "Item CP-1A-01 has 1 options; it has 2 to 8."),
    ({"interaction": _choice(*"123456789")}, "Item CP-1A-01 has 9 options; it has 2 to 8."),
    ({"interaction": _choice("One", "Two", ids="bb")}, f"Two options of {NAME} have one id."),
    ({"interaction": _choice("One", "ONE ")}, f"Two options of {NAME} have one text, or one has none."),
    ({"interaction": _choice("One", "")}, f"Two options of {NAME} have one text, or one has none."),
    ({"interaction": _choice("One", "All of the above")}, f"Option b) of {NAME} speaks of other options,"),
    ({"interaction": _choice("One", "Both A and C")}, f"Option b) of {NAME} speaks of other options,"),
    ({"interaction": _choice("One", "x" * 601)}, f"Option b) of {NAME} is longer than 600 characters."),
    (
        {"interaction": _choice("One", "\u05d0")},
        f"Option b) of {NAME} holds U+05D0, which is written from right",
    ),
    (
        {"interaction": NumericInteraction()},
        f"The key of {NAME} names no answer of the kind that is asked for.",
    ),
    ({"stem": ()}, f"The stem of {NAME} has no content."),
    ({"stem": (Code(" \n "),)}, f"The code of the stem of {NAME} is empty."),
    (
        {"stem": (Paragraph("\x1b[2J"),)},
        f"A paragraph of the stem of {NAME} holds U+001B, which no screen may show.",
    ),
    ({"stem": (Paragraph("x" * 4_001),)}, f"The stem of {NAME} is longer than 4000 characters."),
    ({"rationale": " "}, "Item CP-1A-01 has no rationale."),
    ({"id": ItemId("CP-1A-02")}, "Item CP-1A-02 stands twice."),
    ({"task": "1Z"}, "Item CP-1A-01 is coded to task 1Z, which the blueprint does not list."),
    ({"values": ("thrift",)}, "Item CP-1A-01 has the value “thrift”, which the blueprint does not list."),
    ({"values": ()}, "Item CP-1A-01 has 0 core values; it has one, or two that differ."),
    ({"values": ("results", "results")}, "Item CP-1A-01 has 2 core values; it has one, or two that differ."),
]


@pytest.mark.parametrize(("changes", "told"), REFUSED)
def test_an_item_that_makes_no_form_is_refused(changes: dict[str, Any], told: str) -> None:
    """Each fault of an item has its own sentence and the place where the author finds it."""
    with pytest.raises(MasteringError) as refused:
        master(_with(**changes))
    assert [one for one in refused.value.complaints if one.sentence.startswith(told)]
    assert refused.value.complaints[0].file == "items/01-leadership-and-vision.txt"


def test_faults_of_several_items_are_told_together() -> None:
    """Two bad items are two complaints."""
    bank = sample_bank()
    bad = tuple(msgspec.structs.replace(item, rationale="") for item in bank.items[:2])
    with pytest.raises(MasteringError) as refused:
        master(msgspec.structs.replace(bank, items=(*bad, *bank.items[2:])))
    assert len(refused.value.complaints) == 2


def test_an_option_may_use_the_words_of_ordinary_english() -> None:
    """“Answers” to parents or “both schools” speak of no other option."""
    texts = ("Send answers to all parents of the pupils", "Ask both schools for the options they have")
    master(_with(interaction=_choice(*texts, "Third", "Fourth")))


def test_a_cut_that_makes_no_scale_is_refused() -> None:
    """A programme whose cut is its full score has no conversion table."""
    bank = sample_bank()
    programme = msgspec.structs.replace(bank.programme, raw_cut=100)
    with pytest.raises(ConversionShapeError):
        master(msgspec.structs.replace(bank, programme=programme))


def test_a_key_that_favours_a_place_is_warned_of() -> None:
    """With every key at a) all four places are named; the sample bank has no such pattern."""
    bank = sample_bank()
    same = tuple(
        msgspec.structs.replace(item, correct=ChosenOptions((OptionId("a"),))) for item in bank.items
    )
    told = warnings(msgspec.structs.replace(bank, items=same))
    assert told[0] == "The key of items with 4 options is a in 100 of 100; about 25 are due."
    assert len(told) == 4
    assert warnings(bank) == ()

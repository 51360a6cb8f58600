"""Every type of item is read as it is meant, written as it is read, and complained about by the line to mend."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_packages.glyphs import unfit
from exam_packages.interactions import (
    AssociateInteraction,
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
    ItemId,
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
from exam_packages.item_reader import read_items
from exam_packages.item_writer import TYPES, write_items
from exam_packages.items import AuthoredItem, PictureFile
from exam_packages.place import Place
from tests.exam_packages.pointed import processing
from tests.exam_packages.workshop import showcase_bank

LETTERS = "abcdefgh"
SIGNS = "abc kmz ÄÖß’–,.?:#@|`()!12-"
MARKS = [
    "key:",
    "why:",
    "text:",
    "accept:",
    "map:",
    "a)",
    "b)!",
    "1)",
    "@",
    "#",
    "|",
    "```",
    "table:",
    "alt:",
    "{g1}",
]
WORD = st.one_of(st.text(SIGNS, min_size=1, max_size=12), st.sampled_from(MARKS))
WORDS = st.lists(WORD, min_size=1, max_size=25).map(lambda words: " ".join(" ".join(words).split()))
TEXT = WORDS.filter(bool)
CELL = st.text("abc 12.", max_size=8).map(str.strip)
NAME = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
CODE_LINE = st.text("abc #|@:`{}()  ", max_size=30).map(str.rstrip).filter(lambda line: line != "```")


def _choices(ids: str, *, fixed: bool = False) -> st.SearchStrategy[tuple[Choice, ...]]:
    pins = st.booleans() if fixed else st.just(False)
    return st.lists(st.tuples(TEXT, pins), min_size=2, max_size=len(ids)).map(
        lambda rows: tuple(Choice(OptionId(ids[at]), text, pin) for at, (text, pin) in enumerate(rows))
    )


def _some(options: tuple[Choice, ...]) -> st.SearchStrategy[ChosenOptions]:
    ids = [option.id for option in options]
    return st.lists(st.sampled_from(ids), min_size=1, unique=True).map(lambda one: ChosenOptions(tuple(one)))


def _passage(draw: st.DrawFn, places: list[str]) -> str:
    words = [draw(st.text("abc kmz,.", min_size=1, max_size=20)) for _ in range(len(places) + 1)]
    joined = "".join(f"{word} {{{place}}} " for word, place in zip(words, places, strict=False))
    return " ".join(f"{joined}{words[-1]}.".split())


def _pairs(draw: st.DrawFn, lefts: list[str], rights: tuple[Choice, ...]) -> ChosenPairs:
    return ChosenPairs(tuple((left, draw(st.sampled_from(rights)).id) for left in lefts))


Keyed = tuple[Interaction, tuple[Response, ...]]


@st.composite
def _keyed(draw: st.DrawFn, kind: str) -> Keyed:
    """An interaction with one to three responses that its key may name."""
    count = draw(st.integers(1, 3))
    if kind in {"text", "essay", "slider", "number"}:
        return _typed(draw, kind, count)
    options = draw(_choices(LETTERS, fixed=kind in {"choice", "order"}))
    if kind == "choice":
        bounds = draw(st.sampled_from([(0, 1), (1, 1), (2, 2), (1, 3), (0, 0), (2, 0)]))
        made: Interaction = ChoiceInteraction(options, *bounds, shuffle=draw(st.booleans()))
        return made, tuple(draw(_some(options)) for _ in range(count))
    if kind == "order":
        orders = st.permutations([option.id for option in options])
        made = OrderInteraction(options, draw(st.booleans()))
        return made, tuple(ChosenOptions(tuple(draw(orders))) for _ in range(count))
    if kind == "match":
        sources = draw(_choices("12345678"))
        ids = [source.id for source in sources]
        made = MatchInteraction(sources, options, draw(st.integers(0, 9)))
        return made, tuple(_pairs(draw, list(ids), options) for _ in range(count))
    if kind == "associate":
        pair = ChosenPairs(((options[0].id, options[1].id),))
        return AssociateInteraction(options, draw(st.integers(0, 4))), (pair,) * count
    if kind == "hottext":
        spans = tuple(
            Choice(OptionId(f"h{at + 1}"), draw(st.text("abc kmz.,", min_size=1).map(str.strip).filter(bool)))
            for at in range(len(options))
        )
        spans = tuple(msgspec.structs.replace(one, text=" ".join(one.text.split())) for one in spans)
        passage = _passage(draw, [span.id for span in spans])
        return HotTextInteraction(passage, spans, draw(st.integers(0, 4))), (draw(_some(spans)),)
    gaps = [f"g{at + 1}" for at in range(draw(st.integers(1, 4)))]
    passage = _passage(draw, gaps)
    if kind == "gap-match":
        return GapMatchInteraction(passage, tuple(gaps), options), (_pairs(draw, gaps, options),)
    return InlineChoiceInteraction(passage, dict.fromkeys(gaps, options)), (_pairs(draw, gaps, options),)


def _typed(draw: st.DrawFn, kind: str, count: int) -> Keyed:
    if kind == "text":
        return (
            TextEntryInteraction(draw(st.integers(1, 200))),
            tuple(TypedText(draw(TEXT)) for _ in range(count)),
        )
    if kind == "essay":
        words = draw(st.integers(0, 900))
        return ExtendedTextInteraction(draw(st.integers(1, 9_000)), words), (TypedText(""),)
    if kind == "slider":
        lower = draw(st.integers(-99, 99))
        made = SliderInteraction(lower, lower + draw(st.integers(1, 99)), draw(st.integers(1, 9)))
        return made, (TypedText(str(lower)),)
    units = draw(st.lists(NAME, max_size=3, unique=True))
    numbers = draw(st.lists(st.integers(-9_999, 9_999).map(str), min_size=count, max_size=count))
    unit = f" {units[0]}" if len(units) > 1 else ""
    return NumericInteraction(tuple(units)), tuple(TypedText(f"{number}{unit}") for number in numbers)


@st.composite
def _blocks(draw: st.DrawFn) -> tuple[Paragraph | Code | Table | PictureFile, ...]:
    columns = draw(st.integers(1, 4))
    rows = st.lists(
        st.lists(CELL, min_size=columns, max_size=columns).map(tuple), min_size=2, max_size=4
    ).map(tuple)
    block = st.one_of(
        TEXT.map(Paragraph),
        st.lists(CODE_LINE, min_size=1, max_size=5).map(lambda code: Code("\n".join(code))),
        st.builds(Table, TEXT, rows),
        st.builds(PictureFile, NAME.map(lambda name: f"pictures/{name}.png"), TEXT),
    )
    return tuple(draw(st.lists(block, min_size=1, max_size=4)))


@st.composite
def _items(draw: st.DrawFn, kind: str) -> AuthoredItem:
    interaction, responses = draw(_keyed(kind))
    return AuthoredItem(
        ItemId("CP-1A-01"),
        "1A",
        ("communicator",),
        draw(_blocks()),
        interaction,
        responses[0],
        draw(TEXT),
        Place("x.txt", 0),
        scored=draw(st.booleans()),
        accepted=responses[1:],
        tolerance=draw(st.sampled_from(["", "0.5", "2%"])) if kind in {"number", "slider"} else "",
        fold_case=draw(st.booleans()) if kind == "text" else False,
        stimulus=draw(st.sampled_from(["", "a-text"])),
        exhibits=draw(st.sampled_from([(), ("one",), ("one", "two")])),
        processing=draw(processing(interaction, responses[0])),
    )


def _nowhere(items: tuple[AuthoredItem, ...]) -> list[AuthoredItem]:
    return [msgspec.structs.replace(item, place=Place("x.txt", 0)) for item in items]


@pytest.mark.parametrize("kind", list(TYPES.values()))
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_an_item_of_any_type_survives_writing(kind: str, data: st.DataObject) -> None:
    """Written and read, an item of each type is what it was: blocks, lists, pins, keys and all fields of its head."""
    item = data.draw(_items(kind))
    text = write_items([item])
    read, told = read_items("x.txt", text)
    assert told == ()
    assert _nowhere(read) == [item]


def test_the_showcase_survives_writing() -> None:
    """All its items are read again from what is written of them, and no line is wider than an author's screen."""
    items = showcase_bank().items
    text = write_items(items)
    read, told = read_items("x.txt", text)
    assert told == ()
    assert _nowhere(read) == _nowhere(items)
    assert max(map(len, text.splitlines())) <= 78
    assert not any(unfit(line) for line in text.splitlines())


def _item(head: str, body: str, tail: str) -> str:
    return f"@ CP-1A-01\ntask: 1A\nvalues: results\n{head}\n\nStem.\n\n{body}\n\n{tail}\nwhy: So.\n"


def _read(head: str, body: str, tail: str) -> AuthoredItem:
    (item,), told = read_items("x.txt", _item(head, body, tail))
    assert told == ()
    return item


def _ids(options: tuple[Choice, ...]) -> str:
    return "".join(option.id for option in options)


def test_a_choice_says_how_many() -> None:
    """Without `choose:` one may be chosen; a number is exact, a span has both ends, and `any` has no end."""
    body = "a) One\nb) Two\nc)! Three"
    for text, bounds in {"": (0, 1), "2": (2, 2), "1-3": (1, 3), "any": (0, 0), "2-any": (2, 0)}.items():
        asked = _read(f"choose: {text}" if text else "scored: yes", body, "key: a, b").interaction
        assert isinstance(asked, ChoiceInteraction)
        assert (asked.min_choices, asked.max_choices, asked.shuffle) == (*bounds, True)
        assert [option.fixed for option in asked.options] == [False, False, True]


def test_keys_are_read_by_their_type() -> None:
    """Order, match, associate, gaps, spans, numbers with units and sliders: each key is what the author wrote."""
    order = _read("type: order", "a) One\nb) Two\nc) Three", "key: c a b")
    assert order.correct == ChosenOptions((OptionId("c"), OptionId("a"), OptionId("b")))
    match = _read("type: match", "1) One\n2) Two\na) Left\nb) Right", "key: 1b 2-a\naccept: 1a, 2b")
    assert match.correct == ChosenPairs((("1", "b"), ("2", "a")))
    assert match.accepted == (ChosenPairs((("1", "a"), ("2", "b"))),)
    gaps = _read("type: inline", "text: So {g1}.\n{g1}\na) long\nb) short", "key: g1-b")
    assert isinstance(gaps.interaction, InlineChoiceInteraction)
    assert _ids(gaps.interaction.gaps["g1"]) == "ab"
    hot = _read("type: hottext", "text: It {h1: is so} and {h2: was\n  so}.", "key: h2")
    assert isinstance(hot.interaction, HotTextInteraction)
    assert hot.interaction.text == "It {h1} and {h2}."
    assert [span.text for span in hot.interaction.spans] == ["is so", "was so"]
    number = _read("type: number\nunits: km, m\ntolerance: 2%", "", "key: 1.5 km\naccept: 1500 m")
    assert (number.correct, number.tolerance) == (TypedText("1.5 km"), "2%")
    slider = _read("type: slider\nrange: -10 to 10 by 5", "", "key: -5")
    assert slider.interaction == SliderInteraction(-10, 10, 5)
    essay = _read("type: essay\nwords: 90\nscored: no", "", "")
    assert (essay.correct, essay.scored) == (TypedText(""), False)


def test_blocks_of_a_stem_are_read() -> None:
    """Code keeps its blanks and its # and @ lines; a table has caption and rows; an indented line is running text."""
    code = "```\n# kept\n@ kept\n  x = 1\n\n```\n\n"
    stem = f"{code}table: Two\n  lines\n| a | b |\n| 1 |  |\n\npicture: p.png\nalt: Words\n\n key: no key"
    (item,), told = read_items(
        "x.txt", _item("", "", "").replace("Stem.\n\n\n", stem + "\n\na) A\nb) B\nkey: a")
    )
    assert told == ()
    assert item.stem == (
        Code("# kept\n@ kept\n  x = 1\n"),
        Table("Two lines", (("a", "b"), ("1", ""))),
        PictureFile("p.png", "Words"),
        Paragraph("key: no key"),
    )


TWO = "a) One\nb) Two"
GAP = "text: So {g1}.\n{g1}\na) long\nb) short"
FAULTS = [
    ("type: chioce", TWO, "key: a", 4, "There is no type “chioce”; is “choice” meant?"),
    ("type: order\nunits: km", TWO, "key: a b", 5, "“units:” does not belong to an item of type order."),
    ("choose: two", TWO, "key: a", 4, "“choose:” is a number, a span such as 1-3 or 2-any, or any."),
    ("shuffle: maybe", TWO, "key: a", 4, "“shuffle:” is yes or no."),
    ("scored: maybe", TWO, "key: a", 4, "“scored:” is yes or no."),
    ("type: text\ncase: upper", "", "key: a", 5, "“case:” is any or same."),
    ("type: text\nmax: many", "", "key: a", 5, "“max:” is a whole number."),
    ("type: slider\nrange: 0-9", "", "key: 1", 5, "A slider has a “range:” such as 0 to 100 by 5."),
    (
        "type: hottext\nchoose: 1-2",
        "text: {h1: a} {h2: b}",
        "key: h1",
        5,
        "“choose:” of a hottext is the most",
    ),
    ("type: text", TWO, "key: a", 8, "An item of type text has no such list here."),
    (
        "type: match",
        "1) One\n2) Two\na) A\nb) B",
        "key: 3a",
        13,
        "The key of item CP-1A-01 is “3a”, which is no pair",
    ),
    (
        "type: match",
        "1) One\n3) Two\na) A\nb) B",
        "key: 1a",
        9,
        "Option 3) stands here and option 2) is due.",
    ),
    ("type: associate", "a)! One\nb) Two", "key: a-b", 8, "Option a) need not be pinned: nothing here is"),
    ("type: associate", TWO, "key: a-a", 11, "The key of item CP-1A-01 is “a-a”, which is no pair of it;"),
    ("type: inline", GAP, "key: b", 13, "The key of item CP-1A-01 is “b”, which is no pair of it;"),
    ("type: inline", f"{GAP}\n{{g1}}", "key: g1-a", 12, "Gap g1 stands twice."),
    ("type: inline", GAP.partition("\n")[2], "key: g1-a", 1, "Item CP-1A-01 has no “text:”."),
    (
        "type: hottext",
        "text: {h1: a} {h2: b}",
        "key: h3",
        10,
        "The key of item CP-1A-01 is “h3”, which is none of its",
    ),
    ("type: essay", "", "key: a", 10, "“key:” is not known here"),
    ("type: number", "", "key: 1\naccept:", 11, "“accept:” is empty."),
    ("", f"```\nx = 1\n\n{TWO}", "key: a", 8, "This code is not closed; it ends with a line ```."),
    ("", f"```py\n```\n\n{TWO}", "key: a", 8, "Nothing stands behind ``` on its line."),
    ("", f"| a | b |\n\n{TWO}", "key: a", 8, "A table begins with a line “table: ” and its caption."),
    ("", f"table: T\n| a | b |\n| a |\n\n{TWO}", "key: a", 10, "This row has 1 cells and the heading 2."),
    ("", f"table: T\n| a | b\n| a | b |\n\n{TWO}", "key: a", 9, "A row of a table begins and ends with “|”."),
    (
        "",
        f"table: T\n| a | b |\n\n{TWO}",
        "key: a",
        8,
        "A table has a heading row and one row or more below it.",
    ),
    ("", f"picture: p.png\n\n{TWO}", "key: a", 8, "A picture needs “alt:” below it"),
    ("", f"alt: Words\n\n{TWO}", "key: a", 8, "“alt:” stands once, below the “picture:” that it speaks for."),
]


@pytest.mark.parametrize(("head", "body", "tail", "line", "told"), FAULTS)
def test_a_fault_of_any_type_is_told_by_line(head: str, body: str, tail: str, line: int, told: str) -> None:
    """Each thing an author can get wrong has its sentence and the line to mend."""
    _, complaints = read_items("x.txt", _item(head or "type: choice", body, tail))
    assert [one for one in complaints if one.line == line and one.sentence.startswith(told)], complaints


def test_code_that_is_not_closed_takes_one_item_with_it() -> None:
    """The item behind it is read."""
    bad = _item("type: text", "```\nx", "key: a")
    items, told = read_items("x.txt", f"{bad}\n{_item('type: text', '', 'key: a').replace('-01', '-02')}")
    assert [item.id for item in items] == ["CP-1A-02"]
    assert (8, "This code is not closed; it ends with a line ```.") in [
        (one.line, one.sentence) for one in told
    ]


@given(st.text("@`|{}:abg1-h) \n#!", max_size=200), st.sampled_from(list(TYPES.values())))
def test_no_text_breaks_the_reader_of_any_type(text: str, kind: str) -> None:
    """Whatever stands below the head, the answer is items and complaints."""
    items, told = read_items("x.txt", f"@ CP-1A-01\ntask: 1A\nvalues: v\ntype: {kind}\n\n{text}")
    assert items or told

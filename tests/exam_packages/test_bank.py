"""Authors' text becomes items and back, and whatever is wrong with it is told by file and line, all at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.bank import BankError, load
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ItemId,
    OptionId,
    Paragraph,
)
from exam_packages.item_reader import read_items
from exam_packages.item_writer import write_items
from exam_packages.items import AuthoredItem
from exam_packages.place import Place
from keys.carrier import FileMissingError
from tests.exam_packages.workshop import SAMPLES, sample_bank

RIGHT_TO_LEFT = (
    "This line holds U+05D0, which is written from right to left: "
    "terminals differ in how they order such a line."
)
GOOD = """\
# A comment.

@ CP-1A-01
task: 1A
values: communicator, results

A situation that is told
in two lines.

What comes first?

a) One thing, which goes on
   in a second line.
b) Another.
c) A third.

key: b
why: Because it is so,
     and stays so.
"""

WORD = st.text("abcdefghijklmnopqrstuvwxyz ÄÖÜéß’–,.?", min_size=1, max_size=30)
TEXT = st.lists(WORD, min_size=1, max_size=30).map(
    lambda words: " ".join(("It is", *" ".join(words).split()))
)
LETTERS = "abcdefgh"


@st.composite
def _items(draw: st.DrawFn) -> tuple[AuthoredItem, ...]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        texts = draw(st.lists(TEXT, min_size=2, max_size=8))
        options = tuple(Choice(OptionId(LETTERS[at]), text) for at, text in enumerate(texts))
        item = AuthoredItem(
            ItemId(f"CP-1A-{number:02}"),
            "1A",
            ("communicator",),
            tuple(map(Paragraph, draw(st.lists(TEXT, min_size=1, max_size=3)))),
            ChoiceInteraction(options, shuffle=True),
            ChosenOptions((draw(st.sampled_from(options)).id,)),
            draw(TEXT),
            Place("x.txt", 0),
        )
        made.append(item)
    return tuple(made)


def _nowhere(items: tuple[AuthoredItem, ...]) -> list[AuthoredItem]:
    return [msgspec.structs.replace(item, place=Place("x.txt", 0)) for item in items]


@given(_items())
def test_items_that_are_written_are_read_again(items: tuple[AuthoredItem, ...]) -> None:
    """Written and read, every item is what it was, and the text has no line over 78 columns that could be wrapped."""
    text = write_items(items)
    read, told = read_items("x.txt", text)
    assert told == ()
    assert _nowhere(read) == list(items)
    assert all(len(line) <= 78 for line in text.splitlines() if len(line.split()) > 3)


def test_the_sample_bank_survives_writing() -> None:
    """All 100 items of the sample are read again from what is written of them."""
    items = sample_bank().items
    read, told = read_items("x.txt", write_items(items))
    assert (len(read), told) == (100, ())
    assert _nowhere(read) == _nowhere(items)


def test_an_item_is_read_as_it_is_meant() -> None:
    """Wrapped lines are joined, comments dropped, and the place is the line of the item's id."""
    (item,), told = read_items("x.txt", GOOD)
    assert told == ()
    assert (item.id, item.task, item.values) == ("CP-1A-01", "1A", ("communicator", "results"))
    assert item.stem == (Paragraph("A situation that is told in two lines."), Paragraph("What comes first?"))
    assert isinstance(item.interaction, ChoiceInteraction)
    assert item.interaction.options[0].text == "One thing, which goes on in a second line."
    assert (item.correct, item.rationale) == (
        ChosenOptions((OptionId("b"),)),
        "Because it is so, and stays so.",
    )
    assert item.place == Place("x.txt", 3)


LOST = "This line stands before the first item; an item begins with “@ ” and its id."
FAULTS = [
    (
        "@ CP-1A-01",
        "@ CP-1A-1",
        3,
        "“CP-1A-1” is no item id; it is written as CP-1A-01: bank, task, two digits.",
    ),
    ("@ CP-1A-01", "@ CP-2A-01", 3, "Item CP-2A-01 is coded to task 1A; its id says 2A."),
    ("task: 1A\n", "", 3, "Item CP-1A-01 has no “task:”."),
    ("task: 1A\n", "task:\n", 4, "“task:” is empty."),
    ("task: 1A\n", "tsak: 1A\n", 4, "“tsak:” is not known here; is “task” meant?"),
    ("values: ", "task: ", 5, "“task:” stands twice in item CP-1A-01."),
    ("lts\n\n", "lts\n", 6, "A field such as “task: 1A” is due here; leave an empty line before the stem."),
    ("c) A third.", "d) A fourth.", 15, "Option d) stands here and option c) is due."),
    ("b) Another.", "b)", 14, "Option b) is empty."),
    ("   in a", "\nin a", 14, "This line belongs to nothing; indent it if it goes on from the line above."),
    ("key: b", "key: e", 17, "The key of item CP-1A-01 is “e”, which is none of its options."),
    ("key: b\n", "", 3, "Item CP-1A-01 has no “key:”."),
    ("key: b\n", "key: b\nkey: c\n", 18, "“key:” stands twice in item CP-1A-01."),
    ("why: Because it is so,\n     and stays so.\n", "", 3, "Item CP-1A-01 has no “why:”."),
    ("# A comment.\n", "Lost words.\n", 1, LOST),
    ("Another.", "Anot\ther.", 14, "This line holds a tab."),
    ("Another.", "Anot\x0cher.", 14, "This line holds U+000C, which no screen may show."),
    ("Another.", "An\x1b[2Jother.", 14, "This line holds U+001B, which no screen may show."),
    ("Another.", "An\u05d0ther.", 14, RIGHT_TO_LEFT),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), FAULTS)
def test_a_fault_is_told_by_line(old: str, new: str, line: int, told: str) -> None:
    """Each thing an author can get wrong has its sentence and the line to mend."""
    assert old in GOOD
    _, complaints = read_items("x.txt", GOOD.replace(old, new, 1))
    assert (line, told) in [(one.line, one.sentence) for one in complaints]


def test_a_stem_and_two_options_are_needed() -> None:
    """An item that asks nothing or offers nothing is complained about, both at once."""
    _, told = read_items("x.txt", "@ CP-1A-01\ntask: 1A\nvalues: results\n\na) One.\n\nkey: a\nwhy: So.\n")
    sentences = [one.sentence for one in told]
    assert sentences == ["Item CP-1A-01 has fewer than two options.", "Item CP-1A-01 has no stem."]


def test_a_ninth_option_is_refused() -> None:
    """An item has at most eight options."""
    options = "".join(f"{letter}) Text {letter}.\n" for letter in "abcdefgh") + "h) Text i.\n"
    _, told = read_items(
        "x.txt", f"@ CP-1A-01\ntask: 1A\nvalues: results\n\nWhat?\n\n{options}\nkey: a\nwhy: So.\n"
    )
    assert [one.sentence for one in told] == ["Option h) stands here and an item has at most 8 options."]


def test_the_good_items_of_a_bad_file_are_still_read() -> None:
    """One bad item hides no complaint about another and takes no good one with it."""
    text = (
        GOOD.replace("key: b", "key: x")
        + "\n"
        + GOOD.replace("1A-01", "1A-02")
        + "\n"
        + GOOD.replace("task", "tusk")
    )
    items, told = read_items("x.txt", text)
    assert [item.id for item in items] == ["CP-1A-02"]
    assert len({one.line for one in told}) >= 2


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is in a file, the answer is items and complaints."""
    items, told = read_items("x.txt", "@ CP-1A-01\n" + text)
    assert items or told


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the sample bank to spoil."""
    return Path(shutil.copytree(SAMPLES / "cetl-practice", tmp_path / "bank"))


def _spoil(name: str, old: str, new: str) -> Callable[[Path], None]:
    def act(bank: Path) -> None:
        text = (bank / name).read_text("utf-8")
        assert old in text
        (bank / name).write_text(text.replace(old, new, 1), "utf-8")

    return act


def _twice(bank: Path) -> None:
    file = bank / "items/02-strategic-planning.txt"
    file.write_text(file.read_text("utf-8").replace("@ CP-2A-01\ntask: 2A", "@ CP-1A-01\ntask: 1A"), "utf-8")


def _latin(bank: Path) -> None:
    (bank / "items/02-strategic-planning.txt").write_bytes("# café\n".encode("latin-1"))


def _no_items(bank: Path) -> None:
    shutil.rmtree(bank / "items")


PROGRAMME, STRATEGY = "programme.toml", "items/02-strategic-planning.txt"
TWICE = "Item CP-1A-01 stands twice; it is already at items/01-leadership-and-vision.txt:4."
ID_TWICE = "An agreement's id stands twice."
SPOILED = [
    (_spoil(PROGRAMME, "minutes = 150", "minutes = 0"), PROGRAMME, "“minutes” is from 1 to 1440."),
    (_spoil(PROGRAMME, "_cut = 70", "_cut = 0"), PROGRAMME, "“raw_cut” is 1 or more."),
    (
        _spoil(PROGRAMME, 'id = "code-of-conduct"', 'id = "non-disclosure"'),
        PROGRAMME,
        ID_TWICE,
    ),
    (
        _spoil(PROGRAMME, '"instr', '"../instr'),
        PROGRAMME,
        "“../instructions.txt” is not a file of this folder.",
    ),
    (
        _spoil("instructions.txt", "four options", "four\u200b options"),
        "instructions.txt",
        "This line holds U+200B, which no screen may show.",
    ),
    (
        _spoil("blueprint.toml", "weight = 40", "weight = 4"),
        "blueprint.toml",
        "The categories weigh 64 percent, not 100.",
    ),
    (_twice, STRATEGY, TWICE),
    (_latin, STRATEGY, "This line is not UTF-8; save the file as UTF-8."),
    (_no_items, "items", "There is no file of items (*.txt) in this folder."),
]


@pytest.mark.parametrize(("spoil", "file", "told"), SPOILED)
def test_a_spoiled_bank_is_refused_with_the_file(
    bank: Path, spoil: Callable[[Path], None], file: str, told: str
) -> None:
    """Every file of a bank is complained about by its own name."""
    spoil(bank)
    with pytest.raises(BankError) as refused:
        load(bank)
    assert (file, told) in [(one.file, one.sentence) for one in refused.value.complaints]


def test_faults_in_several_files_are_told_together(bank: Path) -> None:
    """A programme, a blueprint and an item out of order make three complaints, and the error's words say how many."""
    for spoil in (SPOILED[0][0], SPOILED[5][0], _twice):
        spoil(bank)
    with pytest.raises(BankError) as refused:
        load(bank)
    assert {one.file for one in refused.value.complaints} >= {"programme.toml", "blueprint.toml"}
    assert "more such places." in refused.value.diagnostics().what


@pytest.mark.parametrize("name", ["programme.toml", "blueprint.toml", "agreements/non-disclosure.txt"])
def test_a_missing_file_is_named(bank: Path, name: str) -> None:
    """A bank without one of its files is refused with the file's name."""
    (bank / name).unlink()
    with pytest.raises(FileMissingError, match=name):
        load(bank)

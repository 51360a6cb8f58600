"""Stimuli, exhibits and pictures are files of the bank; what is wrong with one is told by its own file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.bank import BankError, load, read_text
from exam_packages.interactions import Code, Paragraph, Table
from exam_packages.items import AuthoredText, PictureFile
from exam_packages.mastering import master
from exam_packages.place import Place
from tests.exam_packages.workshop import SAMPLES, showcase_bank

MEMO = """\
# A comment.
title: A memo

The first paragraph
goes on.

```
# kept
```

table: Times
| When | What |
| 7:40 | Fails |

picture: pictures/network.txt
alt: A plan.
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the showcase to spoil."""
    return Path(shutil.copytree(SAMPLES / "showcase", tmp_path / "bank"))


def test_a_text_is_read_with_its_title_and_blocks() -> None:
    """The title stands first, comments are dropped outside code, and every block is there."""
    text, told = read_text("exhibits/memo.txt", "memo", MEMO)
    assert told == ()
    assert text == AuthoredText(
        "memo",
        "A memo",
        (
            Paragraph("The first paragraph goes on."),
            Code("# kept"),
            Table("Times", (("When", "What"), ("7:40", "Fails"))),
            PictureFile("pictures/network.txt", "A plan."),
        ),
        Place("exhibits/memo.txt", 1),
    )


FAULTS = [
    ("memo", "title: A memo\n", "", 1, "The first line of this file is “title: ” and what it is called."),
    ("memo", "A memo", "", 1, "The first line of this file is “title: ” and what it is called."),
    ("A memo", "", "", 1, "The name of this file is lower-case letters, digits and dashes, at most 40."),
    ("memo", "# kept\n```\n", "# kept\n", 7, "This code is not closed; it ends with a line ```."),
    ("memo", "goes on", "go\tes on", 5, "This line holds a tab."),
    ("memo", "goes on", "\u05d0", 5, "This line holds U+05D0, which is written from right to left:"),
    (
        "memo",
        "alt: A plan.\n",
        "",
        15,
        "A picture needs “alt:” below it: the words for those who do not see it.",
    ),
    ("memo", "picture: pictures/network.txt", "picture:", 15, "“picture:” names a file of the bank."),
    ("memo", MEMO.partition("\n\n")[2], "", 1, "There is nothing below the title."),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "told"), FAULTS)
def test_a_fault_of_a_text_is_told_by_line(name: str, old: str, new: str, line: int, told: str) -> None:
    """Each has a sentence and the line to mend, and the text is not used."""
    assert old in MEMO
    text, complaints = read_text("exhibits/memo.txt", name, MEMO.replace(old, new, 1))
    assert text is None
    assert [one for one in complaints if one.line == line and one.sentence.startswith(told)], complaints


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is in a file, the answer is a text or complaints."""
    made, told = read_text("exhibits/x.txt", "x", text)
    assert made or told


def test_a_picture_is_drawn_once_and_shown_by_its_rows() -> None:
    """The bank has the rows by the file's name, and the form has them beside the words, without the name."""
    test = showcase_bank()
    assert test.pictures["pictures/network.txt"][0].strip() == "┌───────────────┐"
    exhibit = next(one for one in master(test).form.exhibits if one.id == "network-plan")
    (picture,) = exhibit.blocks
    assert not isinstance(picture, Paragraph | Code | Table)
    assert picture.rows == test.pictures["pictures/network.txt"]
    assert picture.alternative.startswith("A plan of the network.")


PLAN = "exhibits/network-plan.txt"
SPOILED = [
    (
        PLAN,
        "pictures/network.txt",
        "pictures/none.png",
        PLAN,
        1,
        "There is no picture “pictures/none.png” in the",
    ),
    (PLAN, "pictures/network.txt", "../x.png", PLAN, 1, "“../x.png” is not a file of this folder."),
    (PLAN, "pictures/network.txt", "/etc/x.png", PLAN, 1, "“/etc/x.png” is not a file of this folder."),
    (
        PLAN,
        "pictures/network.txt",
        "programme.toml",
        "programme.toml",
        1,
        "A picture is a .png, .pbm or .txt file.",
    ),
    (
        "pictures/network.txt",
        "Firewall",
        "Firewall ☠",
        "pictures/network.txt",
        6,
        "This line holds U+2620, which not every console font has.",
    ),
    ("pictures/tickets.pbm", "P1", "P9", "pictures/tickets.pbm", 1, "This file holds no PNG or PBM picture."),
    (
        "stimuli/outage.txt",
        "title: A",
        "A",
        "stimuli/outage.txt",
        1,
        "The first line of this file is “title: ”",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "named", "line", "told"), SPOILED)
def test_a_spoiled_file_is_told_by_its_name(
    bank: Path, file: str, old: str, new: str, named: str, line: int, told: str
) -> None:
    """A picture that is missing, outside or no picture, and a text without a title, are told where they are mended."""
    text = (bank / file).read_text("utf-8")
    assert old in text
    (bank / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BankError) as refused:
        load(bank)
    found = [one for one in refused.value.complaints if one.sentence.startswith(told)]
    assert [(one.file, one.line) for one in found] == [(named, line)]

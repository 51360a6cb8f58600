"""The candidate's guide: its keys are those of the screens, its pictures those that the tests make, and it is short."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from kiosk.protocol import Phase
from kiosk.screens.due import due
from kiosk.screens.review import ReviewScreen
from kiosk.screens.tools import TABLE
from terminal.keys import Key
from tests.kiosk.test_ui_snapshots import SCENES
from tests.test_readme import fault, told

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs/candidate-guide.md"
LINES, WORDS = 180, 1_500
"""Three printed pages of text; the pictures come on top."""
TABLES: dict[str, Iterable[Key]] = {
    "question": due(Phase.TESTING).table(),
    "tools": [tool.key() for tool in TABLE],
    "review": ReviewScreen.table(),
}
MARKED = re.compile(r"(?s)<!-- keys: (\w+) -->\n(.*?)<!-- end -->")

pytestmark = pytest.mark.docs


def rows(table: Iterable[Key]) -> str:
    """A table of keys in Markdown; rows that only repeat another are left out, as on the help screen."""
    listed = [f"| {row.label} | {row.help} |\n" for row in table if row.help]
    return "\n| key | what it does |\n|---|---|\n" + "".join(listed) + "\n"


def test_every_key_of_the_guide_is_the_screens_own() -> None:
    """Its three tables are the tables that the screens' keys are made of."""
    text = GUIDE.read_text("utf-8")
    now = MARKED.sub(lambda found: f"<!-- keys: {found[1]} -->\n{rows(TABLES[found[1]])}<!-- end -->", text)
    if os.environ.get("UPDATE_DOCS") == "1":
        GUIDE.write_text(now, "utf-8")
    assert [found[1] for found in MARKED.finditer(now)] == list(TABLES)
    assert now == GUIDE.read_text("utf-8"), (
        "the keys of docs/candidate-guide.md are not the screens': `make docs`"
    )


def test_every_picture_of_the_guide_is_made_by_the_tests() -> None:
    """Each is a scene that the snapshots draw, and is there."""
    pictures = re.findall(r"!\[[^]]+\]\((img/kiosk-([\w-]+)\.svg)\)", GUIDE.read_text("utf-8"))
    assert len(pictures) >= 5
    for path, scene in pictures:
        assert scene in SCENES
        assert (GUIDE.parent / path).is_file()


def test_every_command_of_the_guide_exists() -> None:
    """What a candidate or a proctor is told to type is the program's."""
    commands = list(told(re.sub(r"(?m)^ +exam", "    exam", GUIDE.read_text("utf-8"))))
    assert len(commands) == 3
    assert [found for command in commands if (found := fault(command))] == []


def test_the_guide_is_short() -> None:
    """It is read before an exam: at most three pages of text."""
    text = GUIDE.read_text("utf-8")
    assert len(text.splitlines()) <= LINES
    assert len(text.split()) <= WORDS

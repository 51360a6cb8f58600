"""The words that are computed, and the blocks that are not running text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from exam_packages.interactions import Block, Code, Picture, Table
from kiosk.protocol import Phase, View
from kiosk.screens.reading import paragraphs
from kiosk.screens.seat import who
from kiosk.screens.wording import marked, numbers
from kiosk.widgets.blocks import text_rows
from kiosk.words import clock, spoken, time_left, warning

MINUTE = 60_000
HOURS = 150 * MINUTE


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(0, "0:00:00"), (-5, "0:00:00"), (1, "0:00:01"), (59_001, "0:01:00"), (9_000_000, "2:30:00")],
)
def test_a_second_that_has_begun_counts_whole(ms: int, shown: str) -> None:
    """The clock reads 0:00:00 only when nothing is left."""
    assert clock(ms) == shown


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "less than a second"),
        (1_000, "1 second"),
        (61_000, "1 minute 1 second"),
        (7_260_000, "2 hours 1 minute"),
    ],
)
def test_lengths_of_time_are_said_in_words(ms: int, said: str) -> None:
    """Singular and plural are right, and nothing is said that is zero."""
    assert spoken(ms) == said


@pytest.mark.parametrize(
    ("remaining", "limit", "said"),
    [
        (30 * MINUTE + 1, HOURS, ""),
        (30 * MINUTE, HOURS, "30 minutes left"),
        (29 * MINUTE + 30_001, HOURS, "30 minutes left"),
        (29 * MINUTE + 30_000, HOURS, ""),
        (10 * MINUTE, HOURS, "10 minutes left"),
        (5 * MINUTE, HOURS, "5 minutes left"),
        (MINUTE, HOURS, "Less than 1 minute left"),
        (1, HOURS, "Less than 1 minute left"),
        (0, HOURS, ""),
        (30 * MINUTE, 30 * MINUTE, ""),
        (10 * MINUTE, 30 * MINUTE, "10 minutes left"),
    ],
)
def test_a_warning_depends_on_the_time_alone(remaining: int, limit: int, said: str) -> None:
    """Each warning stays half a minute, the last to the end; one that would stand at the start is left out."""
    assert warning(remaining, limit) == said


def test_the_last_minutes_cannot_be_hidden() -> None:
    """A hidden clock comes back five minutes before the end."""
    assert time_left(5 * MINUTE + 1, hidden=True) == "Time hidden"
    assert time_left(5 * MINUTE, hidden=True) == "0:05:00 left"


def test_numbers_fit_their_room() -> None:
    """As many numbers as fit are named, then how many more there are."""
    assert numbers(range(100), 40) == "1, 2, 3, 4, 5, 6, 7, 8, 9 and 91 more"
    assert numbers(marked("*.F", "."), 40) == "2"
    assert numbers(marked("***", "."), 40) == ""


def test_in_little_room_the_programme_is_cut_before_the_candidate() -> None:
    """Name and number stay whole; the programme is shortened, then left out."""
    view = View(Phase.TESTING, title="CETL Practice Exam", name="Ana Example", candidate="C-0042")
    assert who(view, 60) == "CETL Practice Exam  Ana Example  C-0042"
    assert who(view, 32) == "CETL Pra...  Ana Example  C-0042"
    assert who(view, 28) == "Ana Example  C-0042"


def test_authored_lines_become_paragraphs_and_lists_stay_lists() -> None:
    """Lines are joined except before an empty line, an indent, a dash or a number."""
    text = "One\ntwo.\n\nThree:\n- four\n- five\n1. six\n  seven\n"
    assert paragraphs(text) == "One two.\n\nThree:\n- four\n- five\n1. six\n  seven"


BLOCKS: list[tuple[Block, int, tuple[str, ...]]] = [
    (Code("if x:\n    y = 1"), 40, ("  if x:", "      y = 1")),
    (Picture((), "A plan of the room."), 20, ("Picture: A plan of", "         the room.")),
    (Picture(("┌──┐", "└──┘"), "A box."), 16, ("      ┌──┐", "      └──┘", "Picture: A box.")),
    (
        Table("Cost", (("Year", "Sum"), ("2025", "10"), ("2026", "9"))),
        20,
        ("Cost", "Year │ Sum", "─────┼────", "2025 │ 10 ", "2026 │ 9  "),
    ),
    (
        Table("", (("Year", "Sum"), ("2025", "ten"), ("2026", ""))),
        9,
        ("Year:", "2025", "Sum: ten", "", "Year:", "2026", "Sum: "),
    ),
    (
        Table("", (("Year", "What happened"), ("2025", "a long story of it"), ("2026", "more"))),
        20,
        (
            "Year │ What happened",
            "─────┼──────────────",
            "2025 │ a long story ",
            "     │ of it        ",
            "─────┼──────────────",
            "2026 │ more         ",
        ),
    ),
    (Table("", ()), 20, ()),
]


@pytest.mark.parametrize(("block", "measure", "rows"), BLOCKS)
def test_blocks_become_rows(block: Block, measure: int, rows: tuple[str, ...]) -> None:
    """Code keeps its spacing, a table its columns where they fit, and a picture is told in words."""
    assert text_rows((block,), measure) == rows


@pytest.mark.parametrize("measure", [10, 20, 33, 60])
def test_no_row_is_wider_than_the_room(measure: int) -> None:
    """Wide characters and long words included, every row of every block fits."""
    blocks = (
        Code("x" * 100 + "\n漢字" * 30),
        Table("C " * 50, (("Heading that is long", "B"), ("漢字" * 30, "y" * 70))),
        Picture((), "漢字 " * 40),
    )
    assert all(cell_len(row) <= measure for row in text_rows(blocks, measure))

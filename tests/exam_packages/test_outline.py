"""Parts, sections, breaks and instruments: what programme.toml says is what the form holds, or a complaint by line."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.bank import BankError, load
from exam_packages.form import Break, BreakClock, Instruments, NavigationMode, StageLimits, SubmissionMode
from exam_packages.interactions import ItemId
from exam_packages.mastering import MasteringError, master
from exam_packages.route import new_seed, order
from tests.exam_packages.workshop import SAMPLES, sample_bank, showcase, showcase_bank

MINUTE = 60_000
PROGRAMME = (SAMPLES / "showcase/programme.toml").read_text("utf-8")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the showcase to change."""
    return Path(shutil.copytree(SAMPLES / "showcase", tmp_path / "bank"))


def _change(bank: Path, old: str, new: str) -> None:
    assert old in PROGRAMME
    (bank / "programme.toml").write_text(PROGRAMME.replace(old, new, 1), "utf-8")


def test_the_form_has_the_parts_that_the_author_wrote() -> None:
    """Two parts with their modes, limits in ms and the break between; sections with their titles, ids and items."""
    first, second = showcase().form.parts
    assert (first.navigation, first.submission) == (NavigationMode.NONLINEAR, SubmissionMode.SIMULTANEOUS)
    assert (first.time_limit, first.break_after) == (0, Break(10 * MINUTE, BreakClock.STOPS))
    assert (second.navigation, second.submission) == (NavigationMode.LINEAR, SubmissionMode.INDIVIDUAL)
    assert (second.time_limit, second.break_after) == (25 * MINUTE, None)
    sections = [section for part in (first, second) for section in part.sections]
    assert [(one.id, one.time_limit) for one in sections] == [
        ("outage", 0),
        ("planning", 0),
        ("reading-figures", 20 * MINUTE),
        ("completing", 0),
    ]
    assert sections[1].title == "Plans and people"


def test_the_form_has_the_instruments_and_stages_that_the_author_wrote() -> None:
    """Instruments, breaks at a candidate's own choice, the tutorial and the limits before the clock."""
    made = showcase()
    assert made.form.instruments == Instruments(*[True] * 6)
    assert (made.form.unscheduled_breaks, made.form.unscheduled_clock) == (1, BreakClock.RUNS)
    assert made.front.tutorial
    assert made.front.stages == StageLimits(3 * MINUTE, 5 * MINUTE, 10 * MINUTE)


def test_items_go_where_they_are_named_most_closely() -> None:
    """Listed items keep their order, a task's items go to its section, and what nobody names goes to the rest."""
    sections = {
        one.id: [ref.item for ref in one.refs] for part in showcase().form.parts for one in part.sections
    }
    assert sections["outage"] == ["SC-1A-01", "SC-1B-01", "SC-2A-01"]
    assert set(sections["reading-figures"]) == {"SC-3A-01", "SC-3A-02", "SC-3A-03", "SC-2A-03"}
    assert set(sections["completing"]) == {"SC-3B-01", "SC-2B-02"}
    everywhere = [item for items in sections.values() for item in items]
    assert sorted(everywhere) == sorted(item.id for item in showcase_bank().items)


def test_an_area_names_a_section_s_items(bank: Path) -> None:
    """`areas` takes what no id and no task takes first."""
    _change(bank, 'tasks = ["3A"]', "areas = [3]")
    made = master(load(bank))
    section = made.form.parts[1].sections[0]
    assert {ref.item for ref in section.refs} == {"SC-3A-01", "SC-3A-02", "SC-3A-03", "SC-3B-02", "SC-2A-03"}


def test_without_parts_a_form_has_one(bank: Path) -> None:
    """A programme that names no part has one part and one section, no instrument, no break and no tutorial."""
    made = master(sample_bank())
    ((section,),) = (part.sections for part in made.form.parts)
    assert (made.form.parts[0].id, section.id, section.title) == ("test", "items", "")
    bare = PROGRAMME.partition("tutorial = true")[0]
    (bank / "programme.toml").write_text(bare, "utf-8")
    made = master(load(bank))
    assert (made.form.instruments, made.front.stages) == (Instruments(), StageLimits())
    assert len(made.form.parts) == 1
    refs = [ref.item for ref in made.form.parts[0].sections[0].refs]
    places = sorted(refs.index(ItemId(item)) for item in ("SC-1A-01", "SC-1B-01", "SC-2A-01"))
    assert places == list(range(places[0], places[0] + 3))


@given(st.binary(min_size=16, max_size=16).map(new_seed))
def test_items_of_one_stimulus_stay_together_when_a_section_shuffles(seed: str) -> None:
    """Whatever the seed, the three that share a text stand side by side in the authors' order."""
    form = showcase().form
    refs = tuple(ref for section in form.parts[0].sections for ref in section.refs)
    section = msgspec.structs.replace(form.parts[0].sections[0], refs=refs, shuffle=True)
    part = msgspec.structs.replace(form.parts[0], sections=(section,))
    met = order(seed, msgspec.structs.replace(form, parts=(part,)))
    assert sorted(met) == sorted(ref.item for ref in refs)
    start = met.index(refs[0].item)
    assert met[start : start + 3] == ("SC-1A-01", "SC-1B-01", "SC-2A-01")


SPOILED = [
    ("confirm = 3", "confirm = -3", "confirm", "“confirm” is from 0 to 1440 minutes."),
    ("confirm = 3", "conform = 3", "conform", "“conform” is not known here; is “confirm” meant?"),
    (
        "tutorial = true\n",
        "",
        "tutorial = 10",
        "There is no tutorial; set `tutorial = true` above the first table",
    ),
    (
        "calculator = true",
        'calculator = "yes"',
        "calculator",
        "“calculator” is not right: Expected bool, got str.",
    ),
    ("notes = true\nscratchpad = true\n", "", "keep_notes", "There is nothing to keep: neither `notes` nor"),
    ("most = 1", "most = 21", "most", "“most” is from 0 to 20."),
    ('clock = "runs"', 'clock = "walks"', "clock", "“clock” is not right: Invalid enum value 'walks'."),
    ('"nonlinear"', '"sideways"', "navigation", "“navigation” is not right: Invalid enum value 'sideways'."),
    ("minutes = 25", "minutes = 61", "minutes = 61", "Part “figures” has 61 minutes; the test has 60"),
    (
        "minutes = 20",
        "minutes = 26",
        "minutes = 26",
        "Section “reading-figures” has 26 minutes; its part has 25",
    ),
    ("minutes = 10,", "minutes = 0,", "break_after", "A break is from 1 to 240 minutes long."),
    (
        '"linear"',
        '"linear"\nbreak_after = { minutes = 5 }',
        "break_after = { minutes = 5",
        "Nothing comes after the last",
    ),
    ('id = "figures"', 'id = "situations"', 'id = "situations"', "The part “situations” stands twice."),
    (
        'id = "outage"',
        'id = "The Outage"',
        "id",
        "The id of a section is lower-case letters, digits and dashes",
    ),
    (
        'part = "figures"',
        'part = "figure"',
        "part",
        "Section “reading-figures” is in part “figure”, which is not listed.",
    ),
    (
        "minutes = 25\n",
        "minutes = 25\nnavigaton = 1\n",
        "navigaton",
        "“navigaton” is not known here; is “navigation” meant?",
    ),
    (
        'items = ["SC-3B-01", "SC-2B-02"]',
        "",
        "[[section]]",
        "Section “planning” takes the rest already; say which",
    ),
    (
        '[[section]]\nid = "outage"',
        '[[part]]\nid = "alone"\ntitle = "A"\n[[section]]\nid = "outage"',
        "[[part]]",
        "Part “alone” has no section.",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), SPOILED)
def test_a_fault_of_the_outline_is_told_by_line(bank: Path, old: str, new: str, line: str, told: str) -> None:
    """Each has a sentence at the line of programme.toml that is to be mended."""
    _change(bank, old, new)
    with pytest.raises(BankError) as refused:
        load(bank)
    found = next(one for one in refused.value.complaints if one.sentence.startswith(told))
    assert found.file == "programme.toml"
    lines = (bank / "programme.toml").read_text("utf-8").splitlines()
    assert lines[found.line - 1].startswith(line)


SHARED = [
    ('"SC-2B-02"', '"SC-9Z-09"', "Section “completing” names the item SC-9Z-09, which is not there."),
    ('tasks = ["3A"]', 'tasks = ["9A"]', "Section “reading-figures” names the task 9A, which is not there."),
    ('tasks = ["3A"]', "areas = [9]", "Section “reading-figures” names the area 9, which is not there."),
    (
        '"SC-2B-02"',
        '"SC-1A-01"',
        "Section “completing” names the item SC-1A-01, and so does section “outage”.",
    ),
    ('"Plans and people"', '"P"\ntasks = ["2B"]', "No section takes item SC-1A-02 and 3 more."),
    ('title = "Part 1: Situations"', 'title = ""', "The title of part “situations” is empty."),
]


@pytest.mark.parametrize(("old", "new", "told"), SHARED)
def test_items_that_are_not_shared_out_are_told(bank: Path, old: str, new: str, told: str) -> None:
    """A name that is not there, one claimed twice, an item without a section: each at a section of programme.toml."""
    _change(bank, old, new)
    with pytest.raises(MasteringError) as refused:
        master(load(bank))
    found = next(one for one in refused.value.complaints if one.sentence == told)
    assert found.file == "programme.toml"
    lines = (bank / "programme.toml").read_text("utf-8").splitlines()
    assert lines[found.line - 1] in {"[[section]]", "[[part]]"}


def test_a_section_without_an_item_is_told(bank: Path) -> None:
    """A section whose items are all named more closely elsewhere has nothing to show."""
    named = 'items = ["SC-3A-01", "SC-3A-02", "SC-3A-03", "SC-2A-03"]'
    _change(bank, 'tasks = ["3A"]\nitems = ["SC-2A-03"]', named)
    with (bank / "programme.toml").open("a", encoding="utf-8") as programme:
        programme.write('[[section]]\nid = "unused"\npart = "figures"\ntasks = ["3A"]\n')
    with pytest.raises(MasteringError) as refused:
        master(load(bank))
    assert [one.sentence for one in refused.value.complaints] == ["Section “unused” has no item."]


@pytest.mark.parametrize("wrong", ["part = 3", 'section = ["a"]', '[part]\nid = "a"', "stages = 5"])
def test_a_table_of_the_wrong_sort_is_told(bank: Path, wrong: str) -> None:
    """A number or a single table where a list of tables is due is one more complaint, and never a crash."""
    (bank / "programme.toml").write_text(f"{PROGRAMME.partition('tutorial = true')[0]}{wrong}\n", "utf-8")
    with pytest.raises(BankError) as refused:
        load(bank)
    assert {one.file for one in refused.value.complaints} == {"programme.toml"}

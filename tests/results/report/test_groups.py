"""Sponsors' reports: figures by hand, and nothing of a small group to be had from anything that is told."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import ExamKioskError
from results.centre.report.groups import figures, suppressed
from results.centre.report.pages import sponsor_page
from results.centre.report.sponsor import REST, read_groups, sponsor_reports, sponsors_table
from tests.results.report.checking import check_page
from tests.results.report.runs import run_of

SIZES = st.dictionaries(st.text("ABCDEF", min_size=1, max_size=1), st.integers(1, 30), min_size=1)


def persons(sizes: dict[str, int]) -> dict[str, frozenset[str]]:
    return {name: frozenset(f"{name}{n}" for n in range(size)) for name, size in sizes.items()}


@settings(max_examples=300, deadline=None)
@given(SIZES, st.integers(2, 15))
def test_nothing_that_is_told_gives_a_small_group(sizes: dict[str, int], least: int) -> None:
    """Whatever is added to and taken from the told figures, a sum over some groups that comes out of it is over none
    or over `least` persons; a suppressed group alone never comes out.
    """
    groups = persons(sizes)
    hidden = suppressed(groups, least)
    names = sorted(groups)
    told = [[name == one for name in names] for one in names if one not in hidden]
    whole = sum(sizes.values())
    if whole >= least:
        told.append([True] * len(names))
    known = np.array(told, dtype=float).reshape(-1, len(names))
    rank = np.linalg.matrix_rank(known) if told else 0
    for subset in product((0.0, 1.0), repeat=len(names)):
        if any(subset) and told and np.linalg.matrix_rank(np.vstack([known, subset])) == rank:
            inside = [name for name, here in zip(names, subset, strict=True) if here]
            assert sum(sizes[name] for name in inside) >= least
            assert len(inside) > 1 or inside[0] not in hidden or whole < least


@given(SIZES, st.integers(2, 15))
def test_no_more_is_suppressed_than_must_be(sizes: dict[str, int], least: int) -> None:
    """Groups that are large enough are all told where none is small; a larger one is never hidden before a smaller."""
    groups = persons(sizes)
    hidden = suppressed(groups, least)
    assert {name for name, size in sizes.items() if size < least} <= hidden
    if min(sizes.values()) >= least:
        assert not hidden
    for one, other in combinations(sizes, 2):
        if sizes[one] < sizes[other] and other in hidden:
            assert one in hidden


def test_persons_in_two_groups_count_once() -> None:
    """Two suppressed groups of the same few persons do not hide each other."""
    few = frozenset("abcdef")
    groups = {"first": few, "again": few, "others": frozenset(f"o{n}" for n in range(20))}
    assert suppressed(groups, 10) == {"first", "again", "others"}


def test_figures_are_those_of_the_hand() -> None:
    """Scores 400, 600, 800 of three persons: mean 600, deviation 200, two of three passed, areas with their errors."""
    run = run_of([6, 9, 12], items=12)
    found = figures(run, run.scores)
    assert (found.count, found.persons, found.passing) == (3, 3, 2)
    assert (found.mean, found.deviation) == (600.0, 200.0)
    assert found.percent == pytest.approx(66.667, abs=0.001)
    assert found.areas["1"].mean == pytest.approx((3 / 6 + 5 / 6 + 6 / 6) / 3)
    assert found.areas["1"].error == pytest.approx(0.254588 / 3**0.5, abs=1e-6)


def test_a_small_group_is_named_and_not_told() -> None:
    """Of 4 groups the one of 3 persons and the next smallest are suppressed in page and table, and all are told."""
    run = run_of([n % 13 for n in range(60)], items=12)
    listed = {one.candidate: "=North" for one in run.scores[:20]}
    listed |= {one.candidate: "Tiny" for one in run.scores[20:23]}
    listed |= {one.candidate: "<b>East</b>" for one in run.scores[23:38]}
    reports = {report.group: report for report in sponsor_reports(run, run.scores, listed, 10)}
    assert {name for name, report in reports.items() if report.figures is None} == {"Tiny", "<b>East</b>"}
    assert reports[REST].figures is not None
    assert reports[REST].everyone == figures(run, run.scores)
    for report in reports.values():
        page = check_page(sponsor_page(report))
        assert ("The figures of this group are suppressed." in page.text()) == (report.figures is None)
        assert report.group in page.text()
    lines = sponsors_table(run, list(reports.values())).splitlines()
    assert lines[2].startswith("'=North,told,20,20,")
    assert [line for line in lines if "suppressed" in line] == [
        "<b>East</b>,suppressed,,,,,,,,",
        "Tiny,suppressed,,,,,,,,",
    ]
    assert lines[-1].startswith("All candidates,told,60,60,")


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"candidate,team\nC-1,x\n", 1, "group is missing"),
        (b"candidate,group\nC-1,x\nC-1,y\n", 3, "C-1 stands in two groups"),
        (b"candidate,group\n,x\n", 2, "candidate is missing"),
        (b"candidate,group\n\xff,x\n", 1, "not UTF-8"),
        (b'candidate,group\n"C-1,x\n', 2, "not CSV"),
        (b"", 1, "candidate is missing"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(raw: bytes, line: int, words: str) -> None:
    """Each fault has its line and says what is wrong."""
    with pytest.raises(ExamKioskError) as refused:
        read_groups("groups.csv", raw)
    assert refused.value.diagnostics().code == "groups-unreadable"
    assert f"line {line}:" in str(refused.value)
    assert words in str(refused.value)


def test_a_list_is_read_by_its_heads() -> None:
    """Columns in any order, others among them; no group is the group of those in none."""
    raw = b"\xef\xbb\xbfname,group,candidate\nA,West, C-1 \nB,,C-2\n"
    assert read_groups("groups.csv", raw) == {"C-1": "West", "C-2": REST}

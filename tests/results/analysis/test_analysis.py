"""The whole analysis: flags and their thresholds, times, and one document without a NaN."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import decode, encode
from results.scoring import analysis as a
from results.scoring.counts import count, merge
from results.scoring.figures import Flag
from results.scoring.flags import Thresholds
from results.scoring.matrix import Item, Matrix
from results.scoring.speed import Times, changes, speed
from tests.results.analysis.samples import made, part


def analysed(matrix: Matrix, by: Thresholds | None = None, cut: int | None = None) -> a.TestAnalysis:
    return a.analyse(count(matrix), source="test", software="0", cut=cut, thresholds=by)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 30), st.integers(1, 7))
def test_an_analysis_is_a_document_of_any_data(persons: int, items: int, seed: int, cut: int) -> None:
    """However little there is, it encodes without a NaN and comes back the same from its bytes."""
    found = analysed(made(persons, items, seed=seed), cut=cut)
    raw = encode(found)
    assert b"NaN" not in raw
    assert decode(raw, a.TestAnalysis, name="analysis") == found
    assert "nan" not in repr(found)
    assert (found.decision is None) == bool(found.decision_lacks)


def test_merged_tables_are_analysed_as_the_whole() -> None:
    """Site by site, then merged: the same analysis, byte for byte."""
    matrix = made(300, 8, seed=2)
    parts = [count(part(matrix, slice(n, n + 100))) for n in (200, 0, 100)]
    merged = merge(merge(parts[0], parts[1]), parts[2])
    assert encode(a.analyse(merged, source="test", software="0")) == encode(analysed(matrix))


def test_nothing_to_analyse_is_said() -> None:
    """No candidate, and no item that counts, are refused with one code."""
    for table in (count(made(0, 3, seed=1)), count(made(9, 3, seed=1), [False] * 3)):
        with pytest.raises(a.NothingToAnalyseError):
            a.analyse(table, source="test", software="0")


def _faulty() -> Matrix:
    """Fifty candidates who differ, and items each with one fault; option 0 is the key."""
    rank = np.arange(50)
    sound = np.array([rank >= cut for cut in (5, 10, 15, 20, 25, 30, 35, 40)]).T
    chosen = np.where(sound, 0, 1 + rank[:, None] % 3)
    miskeyed = np.where(rank >= 30, 2, np.where(rank % 4 == 0, 0, 1))  # the best chose C
    hard = np.where(rank >= 45, 0, 1 + rank % 3)
    skipped = np.where(rank % 10 == 0, -1, np.where(rank >= 20, 0, 1 + rank % 3))
    late = np.where(rank < 5, -2, np.where(rank >= 20, 0, 1 + rank % 3))
    cells = np.column_stack([chosen, miskeyed, hard, skipped, late]).astype(np.int8)
    names = [f"sound-{n}" for n in range(8)] + ["miskeyed", "hard", "skipped", "late"]
    items = tuple(Item(name, ("A", "B", "C", "D"), 0) for name in names)
    return Matrix(tuple(f"{n}" for n in rank), items, cells, (cells == 0).astype(np.int8))


def _told(flags: tuple[Flag, ...]) -> set[tuple[str, str, str]]:
    return {(flag.subject, flag.option, flag.code) for flag in flags if not flag.subject.startswith("sound")}


def test_each_fault_is_flagged_by_its_name_and_threshold() -> None:
    """A wrong key, a hard item, one that many skip and one that many do not reach: these flags and no others."""
    found = analysed(_faulty())
    assert _told(found.flags) == {
        ("miskeyed", "C", "key-doubtful"),
        ("miskeyed", "", "too-hard"),
        ("miskeyed", "", "discriminates-little"),
        ("miskeyed", "D", "distractor-idle"),
        ("hard", "", "too-hard"),
        ("skipped", "", "omitted-often"),
        ("late", "", "not-reached"),
    }
    hard = next(flag for flag in found.flags if flag.subject == "hard")
    assert (hard.figure, hard.threshold, hard.limit) == (0.1, "difficulty_least", 0.25)
    assert hard.words == "only 10% earned it"


def test_a_distractor_that_the_able_choose_is_flagged() -> None:
    """With enough who chose it: option C of the miskeyed item goes with the score on the others."""
    found = analysed(_faulty(), Thresholds(least_candidates=20))
    attracts = [flag for flag in found.flags if flag.code == "distractor-attracts"]
    assert [(flag.subject, flag.option) for flag in attracts] == [("miskeyed", "C")]
    assert (attracts[0].figure or 0) > 0.5


def test_a_programme_sets_its_own_thresholds() -> None:
    """Looser thresholds flag nothing of the kind; stricter ones flag more."""
    loose = Thresholds(difficulty_least=0.05, omitted_most=0.2, not_reached_most=0.2, discrimination_least=-1)
    assert not {flag.code for flag in analysed(_faulty(), loose).flags} & {
        "too-hard", "omitted-often", "not-reached", "discriminates-little",
    }  # fmt: skip
    assert any(flag.code == "alpha-low" for flag in analysed(_faulty(), Thresholds(alpha_least=0.999)).flags)


def test_few_candidates_are_not_judged_by_correlations() -> None:
    """Below the least number of candidates only shares are flagged."""
    strict = Thresholds(least_candidates=51, alpha_least=0.999)
    assert not {"alpha-low", "discriminates-little", "distractor-attracts", "distractor-idle"} & {
        flag.code for flag in analysed(_faulty(), strict).flags
    }


def test_first_attempts_stand_beside_all() -> None:
    """Groups have their own figures; one without anybody is not there."""
    matrix = made(60, 6, seed=8)
    whole = count(matrix)
    groups = {
        "first": count(part(matrix, slice(0, 40))),
        "none": count(part(matrix, slice(0, 0))),
        "all": whole,
    }
    found = a.analyse(whole, source="test", software="0", cut=3, groups=groups)
    assert [(one.group, one.n) for one in found.groups] == [("first", 40), ("all", 60)]
    assert found.groups[0].mean == pytest.approx(matrix.totals()[:40].mean())
    assert found.groups[1].passing == pytest.approx((matrix.totals() >= 3).mean())


def test_rapid_answers_are_those_below_a_tenth_of_the_items_mean_time() -> None:
    """Mean 41.4 s of those who saw it: the threshold is 4.14 s, which one of five fell below, with a wrong answer."""
    spent = np.array([[60_000], [50_000], [47_000], [47_000], [3_000], [0]])
    right = np.array([[1], [1], [0], [1], [0], [0]], np.int8)
    times = Times(spent, np.array([[0], [2], [1], [0], [0], [0]]))
    (only,), effort = speed([*"abcdef"], ["q"], times, right, spent > 0)
    assert (only.seen, only.median, only.mean) == (5, 47_000, 41_400)
    assert only.threshold == pytest.approx(4_140)
    assert (only.rapid, only.difficulty_rapid, only.changes, only.changed) == (0.2, 0.0, 0.6, 0.4)
    assert (effort.mean, effort.below, effort.persons) == (0.8, 1, ("e",))


def test_no_threshold_is_above_ten_seconds_and_nobody_who_left_it_out_was_rapid() -> None:
    """A slow item has the longest threshold; a glance without an answer is no rapid guess; an unseen item none."""
    spent = np.array([[400_000, 0], [200_000, 0], [9_000, 0]])
    times = Times(spent, np.zeros((3, 2), np.int64))
    answered = np.array([[True, False], [True, False], [False, False]])
    (slow, unseen), effort = speed([*"abc"], ["q", "r"], times, np.zeros((3, 2), np.int8), answered)
    assert (slow.threshold, slow.rapid, slow.difficulty_rapid) == (10_000, 0, None)
    assert (unseen.seen, unseen.median, unseen.rapid) == (0, None, None)
    assert effort.below == 0


def test_changed_answers_are_counted_by_what_they_were_worth() -> None:
    """Two to right, one away from it, one from wrong to wrong."""
    found = changes("q", [False, False, True, False], [True, True, False, False])
    assert (found.changed, found.wrong_to_right, found.right_to_wrong, found.wrong_to_wrong) == (4, 2, 1, 1)


def test_thresholds_refuse_what_they_do_not_know() -> None:
    """A misspelt threshold is an error, not a default."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"alfa_least": 0.5}, Thresholds)

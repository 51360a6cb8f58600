"""Angoff panels: the cut, its standard error, the judges and the impact, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keys.errors import ExamKioskError
from results.centre.analysis.ratings import read_ratings
from results.scoring.angoff import PanelTooSmallError, Rating, RatingsIncompleteError, panel

SAID = {"ann": (0.5, 0.7, 0.9), "bob": (0.4, 0.6, 0.8), "cat": (0.6, 0.8, 0.7), "dan": (0.1, 0.2, 0.3)}
RATINGS = [
    Rating(judge, item, "1", share)
    for judge, shares in SAID.items()
    for item, share in zip("xyz", shares, strict=True)
]


def test_a_panels_cut_is_the_mean_of_its_judges_sums() -> None:
    """Sums 2.1, 1.8, 2.1 and 0.6: mean 1.65, SD 0.7141, standard error 0.3571; so 2 of 3 items pass."""
    found = panel(RATINGS)
    (only,) = found.rounds
    assert [round(judge.cut, 9) for judge in only.each] == [2.1, 1.8, 2.1, 0.6]
    assert (only.cut, only.sd, only.standard_error) == pytest.approx((1.65, 0.714143, 0.357071), abs=1e-6)
    assert (found.recommended, found.items) == (2, 3)
    assert [(one.item, round(one.mean, 9), one.least, one.most) for one in only.items] == [
        ("x", 0.4, 0.1, 0.6),
        ("y", 0.575, 0.2, 0.8),
        ("z", 0.675, 0.3, 0.9),
    ]


def test_a_judge_who_is_far_off_is_told() -> None:
    """Dan's cut is 8.08 SDs of the others' below theirs; Ann's, with Dan among the others, is not far."""
    each = {judge.judge: judge for judge in panel(RATINGS).rounds[0].each}
    assert each["dan"].distance == pytest.approx((0.6 - 2.0) / np.std([2.1, 1.8, 2.1], ddof=1))
    assert [judge for judge, one in each.items() if one.far] == ["dan"]
    assert each["ann"].with_panel == pytest.approx(
        np.corrcoef([0.5, 0.7, 0.9], np.mean([SAID["bob"], SAID["cat"], SAID["dan"]], axis=0))[0, 1]
    )
    assert each["ann"].off == pytest.approx(np.mean([0.5 - 1.1 / 3, 0.7 - 1.6 / 3, 0.9 - 0.6]))


def test_the_impact_is_who_would_pass_at_each_distance_from_the_cut() -> None:
    """Of ten candidates with 0, 1, 2, 3 items: 1, 2, 3 and 4; the cut 1.65 passes 7, one SE above it 4."""
    found = panel(RATINGS, {"x": 0.8, "y": 0.6, "z": 0.4}, np.array([1, 2, 3, 4])).rounds[0]
    assert [(row.errors, row.least_passing, row.passing) for row in found.impact] == [
        (-2, 1, 0.9),
        (-1, 2, 0.7),
        (0, 2, 0.7),
        (1, 3, 0.4),
        (2, 3, 0.4),
    ]
    assert found.each[0].with_difficulty == pytest.approx(-1)
    assert [item.difficulty for item in found.items] == [0.8, 0.6, 0.4]


def test_the_last_round_recommends() -> None:
    """A second round, in which Dan has come round, has its own cut and a smaller standard error."""
    again = [Rating(one.judge, one.item, "2", max(one.share, 0.6)) for one in RATINGS]
    found = panel([*RATINGS, *again])
    assert [one.round for one in found.rounds] == ["1", "2"]
    assert found.rounds[1].standard_error < found.rounds[0].standard_error
    assert found.recommended == 3  # 2.05 is not reached by 2


def test_a_panel_needs_every_rating_and_two_judges() -> None:
    """A gap names the judge and the item; one judge has no standard error."""
    with pytest.raises(RatingsIncompleteError, match="In round 1 judge dan did not rate item z"):
        panel(RATINGS[:-1])
    with pytest.raises(PanelTooSmallError):
        panel(RATINGS[:3])


def test_ratings_are_shares_or_percentages_throughout(tmp_path: Path) -> None:
    """The same ratings in either form; a rating that is neither is refused by its line."""
    file = tmp_path / "ratings.csv"
    file.write_text("judge,item,round,rating\nann,x,1,50\nann,y,1,0\n")
    assert read_ratings(file) == [Rating("ann", "x", "1", 0.5), Rating("ann", "y", "1", 0.0)]
    file.write_text("Item,Judge,Rating\nx,ann,0.5\ny,ann,1\n")
    assert read_ratings(file) == [Rating("ann", "x", "1", 0.5), Rating("ann", "y", "1", 1.0)]
    for cell, code in (("101", "rating-no-share"), ("-1", "rating-no-share"), ("much", "rating-no-share")):
        file.write_text(f"judge,item,rating\nann,x,0\nann,y,{cell}\n")
        with pytest.raises(ExamKioskError, match="Line 3") as refused:
            read_ratings(file)
        assert refused.value.diagnostics().code == code
    for text, code in (
        ("judge,item\nann,x\n", "responses-no-table"),
        ("judge,item,rating\nann,x,1\nann,x,1\n", "responses-name-twice"),
    ):
        file.write_text(text)
        with pytest.raises(ExamKioskError) as refused:
            read_ratings(file)
        assert refused.value.diagnostics().code == code

"""Classical figures against published ones, R's psych, the matrix itself, and what must hold of any data."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from results.scoring import classical, distractors
from results.scoring.counts import count
from results.scoring.figures import AreaFigures, ItemFigures, ScoreFigures
from results.scoring.matrix import Matrix, from_scores
from tests.results.analysis.samples import lsat6, made, part


def figures(matrix: Matrix) -> tuple[ScoreFigures, tuple[ItemFigures, ...], tuple[AreaFigures, ...]]:
    table = count(matrix)
    found = classical.moments(table)
    return classical.describe(table, found), distractors.items(table, found), classical.areas(table, found)


def test_the_law_school_test_has_its_published_figures() -> None:
    """LSAT-6 as `descript(LSAT)` of R's ltm (Rizopoulos, 2006, J. Stat. Softw. 17(5)) prints it, to four places."""
    test, items, _ = figures(lsat6())
    assert [item.difficulty for item in items] == [0.924, 0.709, 0.553, 0.763, 0.870]
    assert [round(item.discrimination or 0, 4) for item in items] == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert [round(item.alpha_without or 0, 4) for item in items] == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    assert round(test.alpha or 0, 4) == 0.2950
    assert [row.count for row in test.scores] == [3, 20, 85, 237, 357, 298]


def _psych_data() -> Matrix:
    rng = np.random.default_rng(20270115)
    able, hard = rng.normal(size=200), np.linspace(-1.5, 1.5, 8)
    scores = (rng.random((200, 8)) < 1 / (1 + np.exp(-1.3 * (able[:, None] - hard)))).astype(np.int8)
    return from_scores([f"{n}" for n in range(200)], [f"q{n}" for n in range(8)], scores)


PSYCH = [
    *[0.687037122725, 4.065, 2.02764189597, -0.03754368697, -0.863541848276, 0.458348056754],
    *[0.334535755879, 0.408236219936, 0.308471672927, 0.407600797419],
    *[0.484839374970, 0.347648097002, 0.333943450777, 0.403170286703],
    *[0.666826793604, 0.651326649756, 0.674319011514, 0.650127795527],
    *[0.629628089897, 0.664911997995, 0.667279356825, 0.653355518580],
    *[0.476776795869, 0.572547422394, 0.395491592558, 0.512060699749],
    *[0.607877238554, 0.444922537101, 0.445759074030, 0.585016597721],
]
"""What `PROGRAM` below printed of `_psych_data()` with R 4.2 and psych 2.2.9."""

PROGRAM = """
suppressWarnings(suppressMessages({library(psych); x <- as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE))
a <- alpha(x); t <- rowSums(x); d <- describe(t)
h <- cor(rowSums(x[, c(1, 3, 5, 7)]), rowSums(x[, c(2, 4, 6, 8)]))
b <- sapply(1:8, function(i) biserial(t - x[, i], x[, i]))}))
cat(sprintf("%.12f", c(a$total$raw_alpha, d$mean, d$sd, d$skew, d$kurtosis, h,
  a$item.stats$r.drop, a$alpha.drop$raw_alpha, b)))
"""


def _ours(matrix: Matrix) -> list[float | None]:
    test, items, _ = figures(matrix)
    less = np.sqrt(
        (test.n - 1) / test.n
    )  # psych takes the SD of the score with n - 1, and the item's p q with n
    return [
        *(test.alpha, test.mean, test.sd, test.skewness, test.kurtosis, test.split_half),
        *(item.discrimination for item in items),
        *(item.alpha_without for item in items),
        *((item.biserial or 0) * less for item in items),
    ]


def test_the_figures_are_those_that_psych_printed() -> None:
    """Alpha, alpha without each item, item-rest correlations, biserials, skewness and kurtosis to ten places."""
    assert _ours(_psych_data()) == pytest.approx(PSYCH, abs=1e-10)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_figures_are_those_that_psych_prints_here(tmp_path: Path) -> None:
    """The stored figures are no older than the R that is installed."""
    np.savetxt(tmp_path / "x.csv", _psych_data().scores, fmt="%d", delimiter=",")
    (tmp_path / "p.R").write_text(PROGRAM)
    done = subprocess.run(
        ["Rscript", str(tmp_path / "p.R"), str(tmp_path / "x.csv")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package called" in done.stderr:
        pytest.skip("R has no psych")
    assert [float(word) for word in done.stdout.split()] == pytest.approx(PSYCH, abs=1e-10), done.stderr


def test_lambda_2_is_that_of_psych_on_correlations() -> None:
    """`guttman(x)$lambda.2` of psych works on correlations: the same formula on them gives the same figure."""
    found = np.atleast_2d(np.corrcoef(_psych_data().scores.T))
    assert classical.lambda2(found) == pytest.approx(0.692482189018, abs=1e-10)


@settings(max_examples=30, deadline=None)
@example(3, 7, 7)
@given(st.integers(3, 200), st.integers(3, 9), st.integers(0, 50))
def test_what_comes_from_the_table_is_what_the_matrix_says(persons: int, items: int, seed: int) -> None:
    """Each figure once more, from the matrix by numpy's own covariances and correlations."""
    matrix = made(persons, items, seed=seed)
    test, found, areas = figures(matrix)
    scores, totals = matrix.scores.astype(float), matrix.totals().astype(float)
    assert test.mean == pytest.approx(totals.mean())
    assert test.sd == pytest.approx(totals.std(ddof=1))
    assert test.median == np.median(totals)
    assert test.alpha == _approx(classical.alpha(np.cov(scores.T)))
    for place, item in enumerate(found):
        rest = totals - scores[:, place]
        assert item.discrimination == _approx(_r(scores[:, place], rest))
        assert item.alpha_without == _approx(classical.alpha(np.cov(np.delete(scores, place, axis=1).T)))
        for option, letter in enumerate("ABCD"):
            own = matrix.chosen[:, place] == option
            said = next(one for one in item.options if one.option == letter)
            assert said.chosen == own.sum()
            assert said.point_biserial == _approx(_r(own.astype(float), rest))
            assert said.mean == _approx(totals[own].mean() if own.any() else np.nan)
    for area in areas:
        own = np.array([item.area == area.area for item in matrix.items])
        assert area.mean == pytest.approx(scores[:, own].sum(axis=1).mean())
        assert area.correlation == _approx(_r(scores[:, own].sum(axis=1), scores[:, ~own].sum(axis=1)))


def _r(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 1e-9 and other.std() > 1e-9 else np.nan


def _approx(value: float) -> object:
    return None if not np.isfinite(value) else pytest.approx(value, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99))
def test_the_order_of_candidates_and_items_changes_no_figure(seed: int) -> None:
    """Candidates in another order: nothing changes at all. Items in another order: only the halves do."""
    matrix = made(60, 6, seed=seed)
    rng = np.random.default_rng(seed)
    assert figures(part(matrix, rng.permutation(60))) == figures(matrix)
    order = rng.permutation(6)
    other = Matrix(
        matrix.persons,
        tuple(matrix.items[n] for n in order),
        matrix.chosen[:, order],
        matrix.scores[:, order],
    )
    assert figures(other)[0].alpha == pytest.approx(figures(matrix)[0].alpha)
    assert [item.item for item in figures(other)[1]] == [matrix.items[n].id for n in order]


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 80), st.integers(2, 8), st.integers(0, 50))
def test_the_coefficients_keep_their_order(persons: int, items: int, seed: int) -> None:
    """KR-21 <= alpha <= lambda-2, and the mean of Lord's squared errors is that of KR-21 (Lord, 1955)."""
    test, _, _ = figures(made(persons, items, seed=seed))
    if test.alpha is None or test.kr21 is None or test.lambda2 is None or test.sd is None:
        return
    assert test.kr21 <= test.alpha + 1e-9
    assert test.alpha <= test.lambda2 + 1e-9
    counts = np.array([row.count for row in test.scores])
    lord = np.array([row.sem_lord for row in test.scores])
    population = test.sd**2 * (test.n - 1) / test.n
    kr21 = classical.kr21(test.mean, population, items)
    assert counts @ lord**2 / test.n == pytest.approx(population * (1 - kr21))


def test_a_table_by_fifths_is_what_one_counts_by_hand() -> None:
    """Ten candidates with scores 0 to 4, two of each: fifths are the scores; who chose B fell from all to none."""
    scores = np.array([[int(n // 2 > place) for place in range(4)] for n in range(10)], np.int8)
    _, items, _ = figures(from_scores([f"{n}" for n in range(10)], list("abcd"), scores))
    right = {item.item: item.options[1].fifths for item in items}
    assert right == {
        "a": (0, 1, 1, 1, 1),
        "b": (0, 0, 1, 1, 1),
        "c": (0, 0, 0, 1, 1),
        "d": (0, 0, 0, 0, 1),
    }
    assert items[0].upper_lower == 1


def test_one_score_is_in_one_fifth() -> None:
    """Ties are never torn apart: everybody with one score, however many, is in the same fifth."""
    assert distractors.fifths(np.array([8, 1, 1])).tolist() == [2, 4, 4]
    assert distractors.fifths(np.array([1, 8, 1])).tolist() == [0, 2, 4]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "scores", [[[1]], [[1, 0]], [[1], [0]], [[1, 1], [1, 1]], [[0, 0], [1, 1]], [[1, 0], [0, 1]]]
)
def test_data_that_determine_little_have_no_figure_rather_than_a_wrong_one(scores: list[list[int]]) -> None:
    """One candidate, one item, no variance: None where nothing is determined, no NaN, no warning."""
    cells = np.array(scores, np.int8)
    names = [f"q{n}" for n in range(cells.shape[1])]
    found = repr(figures(from_scores([f"{n}" for n in range(len(cells))], names, cells)))
    assert "nan" not in found
    assert "inf" not in found

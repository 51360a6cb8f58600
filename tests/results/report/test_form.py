"""Test reports and item analyses: what accreditors ask is there, small groups are not, every figure is the run's."""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from results.centre.analysis.scored import analyse_run
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.report import exporting
from results.centre.report.analysed import write_form
from results.centre.report.form import SUPPRESSED, form_report
from results.centre.report.items import items_report
from results.centre.report.pages import form_page, items_page
from results.centre.report.sheets import ON_ONE_PAGE, form_paper
from results.centre.runs import ScoreRun
from results.scoring import analysis
from results.scoring.counts import count
from results.scoring.flags import Thresholds
from results.scoring.matrix import OMITTED, Item, Matrix
from tests.results import builders as b
from tests.results import centres
from tests.results.report.checking import check_page
from tests.results.report.papers import paper_text
from tests.results.report.runs import run_of

ITEMS = 12
RIGHT = [2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 11, 12] * 2
NASTY = "<img src=x onerror=alert(1)>"


def analysed(run: ScoreRun, *, names: tuple[str, ...] = ()) -> analysis.TestAnalysis:
    """The analysis of a run of `run_of`, whose items have these names, or their own."""
    import numpy as np

    scores = np.array([[int(mark == "1") for mark in one.score.marks] for one in run.scores], np.int8)
    chosen = np.where(scores == 1, np.arange(ITEMS) % 4, (np.arange(ITEMS) + 1) % 4).astype(np.int8)
    chosen[0, -1] = OMITTED if not scores[0, -1] else chosen[0, -1]
    named = names or tuple(run.items)
    items = tuple(Item(name, tuple("ABCD"), n % 4, str(n % 2 + 1)) for n, name in enumerate(named))
    persons = tuple(one.candidate for one in run.scores)
    return analysis.analyse(
        count(Matrix(persons, items, chosen, scores)), source="run", software="0.1.0", cut=run.raw_cut
    )


def test_a_test_report_has_what_accreditors_ask() -> None:
    """Number tested, passing point, percent passing, mean, deviation, reliability and kind, error, consistency."""
    run = run_of(RIGHT, items=ITEMS, attempts=[1] * 20 + [2] * 12)
    found = analysed(run)
    page = check_page(form_page(form_report(run, run.scores, found, 10)))
    assert found.test.alpha is not None
    assert found.decision is not None
    scaled = [(1_600 * right + 12) // 24 for right in RIGHT]
    mean, deviation = f"{statistics.fmean(scaled):.1f}", f"{statistics.stdev(scaled):.1f}"
    for words in (
        "Candidates tested 32 persons, 32 results",
        "Passing point 600 of 800 scaled; 9 of 12 points",
        "Percent passing 31.2 (10 results)",
        f"Mean scaled score {mean}, standard deviation {deviation}",
        f"Reliability {found.test.alpha:.3f}: internal consistency, Cronbach's alpha (KR-20)",
        f"Standard error of measurement {found.test.sem:.2f} items matched",
        (
            f"Decision consistency {found.decision.consistency:.3f}, kappa {found.decision.kappa:.3f} (Livingston and "
            "Lewis, 1995): the share of candidates who would get the same decision on another form of the test"
        ),
        f"Decision accuracy {found.decision.accuracy:.3f}: the share whose decision agrees with their true score",
        "First attempts 20 20 ",
        "Later attempts 12 12 ",
        f"All results 32 32 31.2 {mean} {deviation}",
    ):
        assert words in page.text(), words


def test_a_test_report_on_paper_is_one_page() -> None:
    """With few areas or with many, what it was made with stands under the figures; with a great many it goes on."""
    run = run_of(RIGHT, items=ITEMS, attempts=[1] * 20 + [2] * 12)
    report = form_report(run, run.scores, analysed(run), 10)
    for areas, whole in ((1, True), (ON_ONE_PAGE, True), (3 * ON_ONE_PAGE, False)):
        paper = form_paper(replace(report, areas=report.areas[:1] * areas))
        assert (len(re.findall(rb"/Type /Page\b", paper)) == 1) is whole, areas


def test_few_later_attempts_suppress_the_first_ones_too() -> None:
    """With 3 later attempts neither group is told, since all together are."""
    run = run_of(RIGHT, items=ITEMS, attempts=[1] * 29 + [2] * 3)
    report = form_report(run, run.scores, analysed(run), 10)
    assert [set(one.cells) for one in report.groups[:2]] == [{SUPPRESSED}, {SUPPRESSED}]
    assert report.groups[2].cells[0] == "32"


def test_of_few_candidates_nothing_is_told() -> None:
    """Nine persons: no figure, no chart and no area, and the page says why."""
    run = run_of(RIGHT[:9], items=ITEMS)
    page = check_page(form_page(form_report(run, run.scores, analysed(run), 10)))
    assert "Fewer than 10 persons have a result that may be told" in page.text()
    assert "Reliability" not in page.text()
    assert "items matched" not in page.text()


def test_an_item_analysis_shows_every_item_and_flag() -> None:
    """Each item has its figures, flags and options; a hostile name stays a name."""
    run = run_of(RIGHT, items=ITEMS)
    found = analysed(run, names=(NASTY, *run.items[1:]))
    report = items_report(run, found)
    page = check_page(items_page(report))
    assert NASTY in page.text()
    assert [one.item for one in report.items] == [one.item for one in found.items]
    for line, one in zip(report.items, found.items, strict=True):
        assert line.cells[1] == f"{one.difficulty:.3f}"
        assert [option.cells[0] for option in line.options] == [str(option.chosen) for option in one.options]
        assert set(line.flags) == {flag.code for flag in found.flags if flag.subject == one.item}
    assert len(report.flags) == len(found.flags) > 0
    assert report.flags[0].words in page.text()


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Centre, ScoreRun, analysis.TestAnalysis]:
    """A centre with a run of four candidates, and its analysis from the ledger."""
    w = b.world(4, 8)
    folder = tmp_path_factory.mktemp("centre")
    made = centres.centre(w, folder)
    records = {n: b.sitting_record(w, n, 2 * n + 2) for n in range(4)}
    (folder / "west.ekb").write_bytes(b.bundle(w, records))
    import_files([folder / "west.ekb"], made.ledger, made.office(), b.stamp(0).wall, lambda _: None)
    exam = centres.exam_folder(w, folder / "exam")
    inputs = read_inputs(exam, made.trusted.keyring)
    run = score_all(made, inputs, w.scoring.signer(), "0.1.0", b.stamp(b.HOUR))[0]
    return made, run, analyse_run(made, run.run, exam, Thresholds(), "0.1.0")


def test_it_is_written_from_the_ledger(
    scored: tuple[Centre, ScoreRun, analysis.TestAnalysis], tmp_path: Path
) -> None:
    """Both pages and the paper of a run of the ledger, with the group's least as asked."""
    made, run, found = scored
    written = write_form(made, run, found, 2, tmp_path)
    assert "Candidates tested 4 persons, 4 results" in check_page(written.report.read_text("utf-8")).text()
    paper = " ".join(paper_text(written.report.with_suffix(".pdf").read_bytes()).split())
    assert "4 persons, 4 results" in paper
    assert "Leadership and Vision" in paper
    assert "item analysis of form" in check_page(written.items.read_text("utf-8")).text()


def test_the_analysis_is_exported_too(
    scored: tuple[Centre, ScoreRun, analysis.TestAnalysis], tmp_path: Path
) -> None:
    """Items and options as tables, with their columns in the dictionary."""
    made, run, found = scored
    exporting.write_tables(made, run, exporting.Format.PARQUET, tmp_path, found)
    items = pl.read_parquet(tmp_path / run.run / "items.parquet")
    options = pl.read_parquet(tmp_path / run.run / "options.parquet")
    assert items["difficulty"].to_list() == [one.difficulty for one in found.items]
    assert len(options) == sum(len(one.options) for one in found.items)
    told = pl.read_csv(tmp_path / run.run / "dictionary.csv")
    assert told.filter(pl.col("table") == "options")["column"].to_list() == options.columns

"""Writing what is drawn from a form's analysis: the test report, and the item analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keys.carrier import write_file
from results.centre.office import Centre
from results.centre.report.folder import folder_of
from results.centre.report.form import form_report
from results.centre.report.held import free
from results.centre.report.items import items_report
from results.centre.report.pages import form_page, items_page
from results.centre.report.sheets import form_paper
from results.centre.runs import ScoreRun
from results.centre.standing.books import standings
from results.scoring.analysis import TestAnalysis


@dataclass(frozen=True, slots=True)
class Analysed:
    """The pages that were written; the test report has a PDF beside it."""

    report: Path
    items: Path


def write_form(centre: Centre, run: ScoreRun, found: TestAnalysis, least: int, out: Path) -> Analysed:
    """Write both below `out`. Raises a `StorageError`."""
    with centre.ledger.reading() as books:
        scores = free(run.scores, standings(books, run.run))
    folder = folder_of(run, out)
    report, items = folder / "test-report.html", folder / "item-analysis.html"
    told = form_report(run, scores, found, least)
    write_file(report, form_page(told).encode())
    write_file(report.with_suffix(".pdf"), form_paper(told))
    write_file(items, items_page(items_report(run, found)).encode())
    return Analysed(report, items)

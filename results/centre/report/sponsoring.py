"""Writing the sponsors' reports of a score run: a page and a paper a group, and all of them as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import write_file
from keys.errors import ExamKioskError
from results.centre.office import Centre
from results.centre.report.folder import folder_of
from results.centre.report.held import free
from results.centre.report.pages import sponsor_page
from results.centre.report.sheets import sponsor_paper
from results.centre.report.sponsor import SponsorReport, sponsor_reports, sponsors_table
from results.centre.report.writing import plain
from results.centre.runs import ScoreRun
from results.centre.standing.books import standings


class NothingToReportError(ExamKioskError):
    """Nothing of a run may be told."""

    code = "nothing-to-report"
    what = "The run {run} has no result that may be told."
    next_step = "Release what is held, or take another run."


@dataclass(frozen=True, slots=True)
class Sponsored:
    """What was written: the table, the reports with their pages, and the listed candidates without a result."""

    table: Path
    reports: tuple[tuple[SponsorReport, Path], ...]
    without: tuple[str, ...]


def write_sponsors(
    centre: Centre, run: ScoreRun, groups: Mapping[str, str], least: int, out: Path
) -> Sponsored:
    """Write them below `out`. Raises `NothingToReportError` or a `StorageError`."""
    with centre.ledger.reading() as books:
        scores = free(run.scores, standings(books, run.run))
    if not scores:
        raise NothingToReportError(run=run.run)
    folder = folder_of(run, out) / "sponsors"
    reports = sponsor_reports(run, scores, groups, least)
    written = []
    for report in reports:
        page = folder / f"{plain(report.group)}.html"
        write_file(page, sponsor_page(report).encode())
        write_file(page.with_suffix(".pdf"), sponsor_paper(report))
        written.append((report, page))
    table = folder / "sponsors.csv"
    write_file(table, sponsors_table(run, reports).encode())
    known = {one.candidate for one in scores}
    return Sponsored(table, tuple(written), tuple(sorted(groups.keys() - known)))

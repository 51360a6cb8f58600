"""Every report as one self-contained HTML page; page.py has the frame, templates/ the words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from results.centre.report import charts, plots
from results.centre.report.candidate import HOW_TO_READ, WHY_THESE, CandidateReport
from results.centre.report.form import AREA_HEADS, GROUP_HEADS, FormReport
from results.centre.report.items import CHANGES, HEADS, SPEED_HEADS, ItemsReport
from results.centre.report.page import ALONE, Way, render
from results.centre.report.sitting import SittingReport
from results.centre.report.sponsor import SponsorReport


def candidate_page(report: CandidateReport, way: Way = ALONE) -> str:
    """A candidate's report."""
    return render(
        "candidate.html", way=way, r=report, charts=charts, how_to_read=HOW_TO_READ, why_these=WHY_THESE
    )


def sitting_page(
    report: SittingReport, way: Way = ALONE, pages: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A sitting's report; `pages` are addresses of its candidates' reports, by number."""
    return render("sitting.html", sortable=True, way=way, r=report, pages=pages)


def sponsor_page(report: SponsorReport, way: Way = ALONE) -> str:
    """A sponsor's report."""
    return render("sponsor.html", sortable=True, way=way, r=report, charts=charts)


def form_page(report: FormReport, way: Way = ALONE) -> str:
    """A form's test report."""
    return render(
        "form.html",
        sortable=True,
        way=way,
        r=report,
        plots=plots,
        group_heads=GROUP_HEADS,
        area_heads=AREA_HEADS,
        counts=[row.count for row in report.scores],
        errors=[(row.score, row.sem_lord) for row in report.scores],
    )


def items_page(report: ItemsReport, way: Way = ALONE) -> str:
    """A form's item analysis."""
    return render(
        "items.html",
        sortable=True,
        way=way,
        r=report,
        plots=plots,
        charts=charts,
        heads=HEADS,
        speed_heads=SPEED_HEADS,
        change_heads=CHANGES,
    )

"""Every report as one self-contained HTML page; page.py has the frame, templates/ the words and tables."""

from __future__ import annotations

from results.centre.report import charts, plots
from results.centre.report.candidate import HOW_TO_READ, WHY_THESE, CandidateReport
from results.centre.report.form import AREA_HEADS, GROUP_HEADS, FormReport
from results.centre.report.items import HEADS, ItemsReport
from results.centre.report.page import render
from results.centre.report.sitting import SittingReport
from results.centre.report.sponsor import SponsorReport


def candidate_page(report: CandidateReport) -> str:
    """A candidate's report."""
    return render("candidate.html", r=report, charts=charts, how_to_read=HOW_TO_READ, why_these=WHY_THESE)


def sitting_page(report: SittingReport) -> str:
    """A sitting's report."""
    return render("sitting.html", sortable=True, r=report)


def sponsor_page(report: SponsorReport) -> str:
    """A sponsor's report."""
    return render("sponsor.html", sortable=True, r=report, charts=charts)


def form_page(report: FormReport) -> str:
    """A form's test report."""
    return render(
        "form.html",
        sortable=True,
        r=report,
        plots=plots,
        group_heads=GROUP_HEADS,
        area_heads=AREA_HEADS,
        counts=[row.count for row in report.scores],
        errors=[(row.score, row.sem_lord) for row in report.scores],
    )


def items_page(report: ItemsReport) -> str:
    """A form's item analysis."""
    return render("items.html", sortable=True, r=report, plots=plots, heads=HEADS)

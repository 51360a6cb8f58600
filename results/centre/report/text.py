"""Reports as plain text, 78 columns, for a terminal, a printer or a letter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from results.centre.report.told import CandidateReport, SittingLine, SittingReport
from results.scoring.bands import Band

WIDTH = 78
BAR = 30
_BANDS = {Band.BELOW: "[#..]", Band.ABOUT: "[##.]", Band.ABOVE: "[###]"}


def candidate_text(report: CandidateReport) -> str:
    """A candidate's report."""
    head = [
        report.title,
        "=" * len(report.title),
        *_wrapped(report.notice),
        "",
        f"Candidate   {report.name} ({report.candidate}), attempt {report.attempt}",
        f"Sitting     {report.sitting}, {report.site}, {report.date}",
        "",
        f"Result      {report.result.upper()}",
        f"Score       {report.scaled} on a scale from 0 to {report.top}; {report.cut} passes",
        f"Items       {report.correct} of {report.total} matched, {report.omitted} not answered",
        "",
        "Categories",
    ]
    categories = [
        f"  {_bar(one.correct, one.total)} {one.correct:3} of {one.total:<3} {one.title}"
        for one in report.categories
    ]
    areas = [f"  {_BANDS[one.band]} {one.code:>2} {one.title}: {one.band.value}" for one in report.areas]
    return _page(
        [
            *head,
            *categories,
            "",
            "Areas",
            *areas,
            "",
            *_wrapped(HOW_TO_READ),
            "",
            *_provenance(report.provenance),
        ]
    )


def sitting_text(report: SittingReport) -> str:
    """A sitting's report."""
    head = [
        f"{report.title}: sitting {report.sitting}",
        "=" * (len(report.title) + len(report.sitting) + 10),
        *_wrapped(report.notice),
        "",
        f"Site        {report.site}, {report.room} ({report.mode})",
        f"Open        {report.window}",
        *_wrapped(f"Candidates  {report.reconciliation}"),
        f"Scored      {report.scored}, of whom {report.passed} passed",
    ]
    findings = ["", "To look at", *(row for one in report.findings for row in _wrapped(f"- {one}"))]
    rows = ["", f"  {'candidate':12} {'kiosk':10} {'final state':16} {'UTC':11} {'score':>5}  result"]
    rows += [row for one in report.lines for row in _row(one)]
    return _page([*head, *(findings if report.findings else []), *rows, "", *_provenance(report.provenance)])


HOW_TO_READ = (
    "The scaled score decides. Categories show matched items. An area has few items, so it is shown only as below, "
    "about at, or above the level that passes; an area below it is a good place to study, and no area passes or fails "
    "by itself."
)


def _row(one: SittingLine) -> list[str]:
    times = f"{one.began}-{one.ended}" if one.began else ""
    row = f"  {one.candidate:12} {one.kiosk:10} {one.state:16} {times:11} {one.scaled:>5}  {one.result}"
    return [row.rstrip(), f"    {one.name}", *(f"    - {remark}" for remark in one.remarks)]


def _bar(correct: int, total: int) -> str:
    filled = BAR * correct // total if total else 0
    return "#" * filled + "." * (BAR - filled)


def _provenance(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return ["Made with", *(row for name, value in pairs for row in _wrapped(f"  {name}: {value}"))]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    " if text.startswith("  ") else "")


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"

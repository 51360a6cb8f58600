"""Reports as plain text, 78 columns, for a terminal, a printer or a letter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from results.centre.report.candidate import WHY_THESE, CandidateReport
from results.centre.report.sitting import Incident, SittingLine, SittingReport
from results.scoring.bands import Band

WIDTH = 78
BAR = 20
_BANDS = {Band.BELOW: "[#..]", Band.ABOUT: "[##.]", Band.ABOVE: "[###]"}


def candidate_text(report: CandidateReport) -> str:
    """A candidate's report."""
    head = [
        report.title,
        "=" * len(report.title),
        *_wrapped(report.notice),
        "",
        f"Candidate   {report.name} ({report.candidate})",
        f"Attempt     {report.tries}",
        f"Sitting     {report.sitting}, {report.site}, {report.date}",
        "",
        f"Result      {report.result.upper()}",
    ]
    told = _wrapped(report.withheld) if report.withheld else _told(report)
    tail = ["", "If you disagree", *_wrapped(report.appeal), "", *_provenance(report.provenance)]
    return _page([*head, *told, *tail])


def _told(report: CandidateReport) -> list[str]:
    """Everything that follows from a result."""
    categories = [
        f"  {_bar(one.points, one.most)} {one.earned:>10} ± {one.error:<4.1f} {one.title}"
        for one in report.categories
    ]
    areas = [f"  {_BANDS[one.band]} {one.code:>2} {one.title}: {one.band.value}" for one in report.areas]
    study = [row for one in report.study for row in _wrapped(f"- {one.title}")]
    return [
        f"Score       {report.told}",
        f"            one standard error of measurement is {report.error}",
        f"Points      {report.correct} of {report.total}, {_items(report.omitted)} not answered",
        "",
        "Categories (points, and one standard error of measurement)",
        *categories,
        "",
        "Areas",
        *areas,
        "",
        *_wrapped(HOW_TO_READ_TEXT),
        *(["", "What to study next", *_wrapped(WHY_THESE), *study] if study else []),
        "",
        "What the score means",
        *_wrapped(report.meaning),
    ]


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
        f"Scored      {report.counted}",
    ]
    findings = ["", "To look at", *(row for one in report.findings for row in _wrapped(f"- {one}"))]
    rows = ["", f"  {'candidate':12} {'kiosk':10} {'final state':16} {'UTC':11} {'score':>5}  result"]
    rows += [row for one in report.lines for row in _row(one)]
    times = [
        f"  {one.at} {one.candidate}: {one.before} to {one.after} ({one.change}), {one.by}"
        for one in report.times
    ]
    incidents = [row for one in report.incidents for row in _incident(one)] or [f"  {report.no_incidents}"]
    return _page(
        [
            *head,
            *(findings if report.findings else []),
            *rows,
            "",
            "Time changes (UTC; minutes)",
            *(times or ["  Nobody's time was changed."]),
            "",
            "Incidents (UTC)",
            *incidents,
            "",
            *_provenance(report.provenance),
        ]
    )


HOW_TO_READ_TEXT = (
    "The scaled score decides. Categories show points. An area has few items, so it is shown only as below, "
    "about at, or above the level that passes; an area below it is a good place to study, and no area passes or fails "
    "by itself."
)


def _row(one: SittingLine) -> list[str]:
    times = f"{one.began}-{one.ended}" if one.began else ""
    row = f"  {one.candidate:12} {one.kiosk:10} {one.state:16} {times:11} {one.scaled:>5}  {one.result}"
    return [row.rstrip(), f"    {one.name}", *(f"    - {remark}" for remark in one.remarks)]


def _incident(one: Incident) -> list[str]:
    more = [("Witnesses", one.witnesses), ("To follow up", one.follow_up)]
    return [
        *_wrapped(f"  {one.number}. {one.began} {one.words} ({one.category}); {one.who}"),
        *_wrapped(f"    {one.text}"),
        *(row for name, text in more if text for row in _wrapped(f"    {name}: {text}")),
    ]


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _bar(points: float, total: float) -> str:
    filled = min(max(int(BAR * points / total), 0), BAR) if total else 0
    return "#" * filled + "." * (BAR - filled)


def _provenance(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return ["Made with", *(row for name, value in pairs for row in _wrapped(f"  {name}: {value}"))]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    " if text.startswith("  ") else "")


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"

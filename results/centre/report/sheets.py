"""The candidate's and the sitting's report on paper."""

from __future__ import annotations

from reportlab.platypus import Flowable, Spacer

from results.centre.report.candidate import HOW_TO_READ, WHY_THESE, AreaLine, CandidateReport, CategoryLine
from results.centre.report.form import AREA_HEADS, GROUP_HEADS, FormReport
from results.centre.report.paper import Bar, facts, foot, head, heading, made, table, text
from results.centre.report.sitting import SittingLine, SittingReport
from results.centre.report.sponsor import SponsorReport


def candidate_paper(report: CandidateReport) -> bytes:
    """A candidate's report as a PDF of one page."""
    story: list[Flowable] = [
        *head(report.title, report.notice),
        facts(
            [
                ("Candidate", f"{report.name} ({report.candidate})"),
                ("Attempt", report.tries),
                ("Sitting", f"{report.sitting}, {report.site}"),
                ("Date", report.date),
            ]
        ),
        Spacer(0, 6),
        *(_withheld(report) if report.withheld else _told(report)),
        heading("If you disagree"),
        text(report.appeal, 7.5),
        *foot(report.provenance),
    ]
    return made(f"{report.title}: {report.candidate}", story, one_page=True)


def sitting_paper(report: SittingReport) -> bytes:
    """A sitting's report as a PDF."""
    story: list[Flowable] = [
        *head(f"{report.title}: sitting {report.sitting}", report.notice),
        facts(
            [
                ("Site", f"{report.site}, {report.room}"),
                ("Open", report.window),
                ("Mode", report.mode),
                ("Scored", report.counted),
                ("Reconciliation", report.reconciliation),
            ]
        ),
    ]
    if report.findings:
        story += [heading("To look at"), *(text(f"– {one}", 8) for one in report.findings)]
    story += [
        heading("Candidates"),
        table(
            ("Candidate", "Kiosk", "Final state", "UTC", "Minutes", "Scaled", "Result"),
            [_row(one) for one in report.lines],
            (20, 9, 34, 12, 10, 7, 11),
            7.5,
        ),
        heading("Time changes"),
    ]
    if report.times:
        rows = [(one.candidate, one.at, one.before, one.after, one.change, one.by) for one in report.times]
        story.append(
            table(
                ("Candidate", "At (UTC)", "Before", "After", "Change", "Given by"), rows, (2, 1, 1, 1, 1, 2)
            )
        )
    else:
        story.append(text("Nobody's time was changed.", 8))
    story.append(heading("Incidents"))
    if report.incidents:
        incidents = [
            (
                str(one.number),
                one.began,
                f"{one.words} ({one.category})",
                one.who,
                "\n".join(
                    part
                    for part in (
                        one.text,
                        one.witnesses and f"Witnesses: {one.witnesses}",
                        one.follow_up and f"To follow up: {one.follow_up}",
                    )
                    if part
                ),
            )
            for one in report.incidents
        ]
        story.append(
            table(("No.", "UTC", "What", "Who", "In the proctor's words"), incidents, (3, 5, 18, 12, 32))
        )
    else:
        story.append(text(report.no_incidents, 8))
    return made(f"{report.title}: {report.sitting}", [*story, *foot(report.provenance)])


def _withheld(report: CandidateReport) -> list[Flowable]:
    return [text("No result", 18, bold=True), text(report.withheld, 9)]


def _told(report: CandidateReport) -> list[Flowable]:
    scale = Bar(
        report.scaled / report.top if report.top else 0,
        report.error / report.top if report.top else 0,
        report.cut / report.top if report.top else None,
        filled=False,
        tall=11,
    )
    study = [text(f"{n}. {one.title}", 8) for n, one in enumerate(report.study, 1)]
    return [
        text(f"{report.result}   {report.scaled}", 18, bold=True, gap=4),
        scale,
        text(f"{report.told}; one standard error of measurement is {report.error}", 7.5, soft=True),
        text(
            f"{report.correct} of {report.total} points; {report.omitted} {'item' if report.omitted == 1 else 'items'}"
            " not answered.",
            8.5,
        ),
        heading("Categories"),
        table(
            ("Category", "Points", "Standard error", "0 to 100 percent"),
            [_category(one, report.passing) for one in report.categories],
            (30, 11, 12, 35),
        ),
        heading("Areas"),
        table(
            ("No.", "Area", "Items", "0 to 100 percent", ""),
            [_area(one, report.passing) for one in report.areas],
            (4, 33, 5, 25, 21),
        ),
        Spacer(0, 3),
        text(HOW_TO_READ, 7, soft=True),
        *([heading("What to study next"), text(WHY_THESE, 7.5), *study] if study else []),
        heading("What the score means"),
        text(report.meaning, 7.5),
    ]


def _category(one: CategoryLine, passing: float) -> tuple[str | Flowable, ...]:
    bar = Bar(_share(one.points, one.most), _share(one.error, one.most), passing)
    return one.title, one.earned, f"± {one.error:.1f}", bar


def _area(one: AreaLine, passing: float) -> tuple[str | Flowable, ...]:
    bar = Bar(_share(one.points, one.most), _share(one.error, one.most), passing, filled=False)
    return one.code, one.title, str(one.items), bar, one.band.value


def _row(one: SittingLine) -> tuple[str, ...]:
    state = "\n".join((one.state, *(f"– {remark}" for remark in one.remarks)))
    times = f"{one.began}–{one.ended}" if one.began else ""
    return f"{one.name}\n{one.candidate}", one.kiosk, state, times, one.minutes, one.scaled, one.result


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def sponsor_paper(report: SponsorReport) -> bytes:
    """A sponsor's report as a PDF."""
    story: list[Flowable] = head(f"{report.title}: {report.group}", report.notice)
    if report.figures is None:
        story.append(text("The figures of this group are suppressed.", 10, bold=True))
    story += [
        heading("Results"),
        table(("", report.group, "All candidates"), report.rows, (3, 2, 2)),
        text(f"The scale runs from 0 to {report.top}; {report.cut} passes.", 7, soft=True),
    ]
    if report.areas:
        rows = [
            (
                one.code,
                one.title,
                f"{100 * one.mean:.1f}",
                "" if one.everyone is None else f"{100 * one.everyone:.1f}",
                Bar(one.mean, one.error, report.passing, filled=False),
                one.band.value,
            )
            for one in report.areas
        ]
        heads = ("No.", "Area", "Percent", "All", "0 to 100 percent", "Mean")
        story += [heading("Areas"), table(heads, rows, (4, 32, 7, 6, 20, 20))]
    story.append(text(report.rule, 7, soft=True))
    return made(f"{report.title}: {report.group}", [*story, *foot(report.provenance)])


ON_ONE_PAGE = 15
"""A test report of so many areas is made to fit one page; with more of them it would be too small to read."""


def form_paper(report: FormReport) -> bytes:
    """A form's test report as a PDF."""
    title = f"{report.title}: test report of form {report.form}"
    story: list[Flowable] = head(title, report.notice)
    if not report.figures:
        words = f"Fewer than {report.least} persons have a result that may be told, so there are no figures."
        story.append(text(words, 10, bold=True))
    else:
        groups = [(one.name, *one.cells) for one in report.groups]
        areas = [(one.code, one.title, *one.cells) for one in report.areas]
        story += [
            heading("Figures"),
            facts(report.figures, name=54),
            heading("First attempts and all"),
            table(("", *GROUP_HEADS), groups, (20, 10, 10, 15, 18, 18)),
            heading("Areas"),
            table(("No.", "Area", *AREA_HEADS), areas, (5, 32, 7, 14, 9, 16, 9, 14)),
        ]
    story.append(text(report.rule, 7, soft=True))
    return made(title, [*story, *foot(report.provenance)], one_page=len(report.areas) <= ON_ONE_PAGE)

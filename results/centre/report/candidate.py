"""What a candidate's report says; text.py, candidate.html and sheets.py say it as text, as a page and on paper.

Rules.
1. A category is reported in points; an area has too few items for a score and is reported as a band. Both are drawn
   with their standard error of measurement.
2. Every report names what it was made with: run, key version, form, conversion table, program.
3. A result that is held or invalidated is not told, nor anything it could be told from.
4. What to study next are the areas below the passing level, the one in which most points are missing first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exam_packages.scoring_key import POINT, Area
from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.clock import utc
from keys.text import sanitise
from results.centre.report.held import Standings
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.bands import Band, band

PASSED, NOT_PASSED, NO_SCORE, WITHHELD = "Passed", "Not passed", "Not scored", "Withheld"

HOW_TO_READ = (
    "The scaled score decides. The upright line is the share of points that just passes overall. The lighter bar is "
    "one standard error of measurement to either side: about two times in three it holds what the candidate would "
    "earn on average over many forms of this exam. An area has few items, so it is shown only as below, about at, or "
    "above the level that passes; no category or area passes or fails by itself."
)
WHY_THESE = "These areas lie below the passing level, the one in which most points are missing first."
_MEANING = (
    "The points are turned into a scaled score by a published table, so that {cut} stands for the same "
    "performance on every form of the exam, however hard its items are. {cut} of {top} is not a percentage: on this "
    "form it takes {raw_cut} of {total} points."
)
_STANDS = {
    "held": "This result is being looked into and is not given until that is done.",
    "invalidated": "This result was invalidated and does not count.",
}
_APPEALS = {
    "open": " An appeal about it is open.",
    "upheld": " An appeal about it was upheld.",
    "denied": " An appeal about it was denied.",
}
_APPEAL = (
    "You may ask for this result to be looked at again. Write to {contact} and name the candidate number "
    "{candidate}, the sitting {sitting}, the attempt and what you think is wrong. Your answers are kept; they are "
    "scored again, and you are told what was found."
)


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category: `points` earned of `most` that its `items` give, with their standard error of measurement."""

    title: str
    points: float
    most: float
    items: int
    error: float

    @property
    def earned(self) -> str:
        """The points, whole where they are."""
        return f"{self.points:g} of {self.most:g}"

    @property
    def told(self) -> str:
        """The line in words."""
        return f"{self.earned} points, standard error {self.error:.1f}"


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area and its band, drawn from its points and their standard error; `category` is the category's title."""

    code: str
    title: str
    category: str
    points: float
    most: float
    items: int
    error: float
    band: Band

    @property
    def told(self) -> str:
        """The band in words."""
        return self.band.value


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """One candidate's result. Scaled scores run from 0 to `top`, their standard error is `error`; `passing` is the
    share of points that passes.

    `withheld` says why there is no result, or is empty; then there are no scores. `provenance` is pairs of name and
    value.
    """

    title: str
    notice: str
    name: str
    candidate: str
    attempt: int
    sitting: str
    site: str
    date: str
    withheld: str
    passed: bool
    scaled: int
    error: int
    cut: int
    top: int
    passing: float
    correct: int
    total: int
    omitted: int
    categories: tuple[CategoryLine, ...]
    areas: tuple[AreaLine, ...]
    study: tuple[AreaLine, ...]
    meaning: str
    appeal: str
    provenance: tuple[tuple[str, str], ...]

    @property
    def result(self) -> str:
        """The result in words."""
        return WITHHELD if self.withheld else PASSED if self.passed else NOT_PASSED

    @property
    def told(self) -> str:
        """The scaled score in words."""
        return f"{self.scaled} on a scale from 0 to {self.top}; {self.cut} passes"

    @property
    def tries(self) -> str:
        """Which attempt this was, in words."""
        return "1, the first" if self.attempt == 1 else str(self.attempt)


def candidate_report(
    run: ScoreRun, plan: SittingPlan, entry: RosterEntry, one: CandidateScore, at: int, held: Standings
) -> CandidateReport:
    """The report of one scored attempt; `at` is when the session began."""
    stands = held.get((one.sitting, one.candidate, one.attempt))
    areas = () if stands else _areas(run, one)
    appeal = _APPEAL.format(
        contact=_clean(plan.policies.support_contact),
        candidate=_clean(one.candidate),
        sitting=_clean(plan.sitting),
    )
    return CandidateReport(
        title=_clean(run.title),
        notice=_clean(run.notice),
        name=_clean(entry.name),
        candidate=_clean(one.candidate),
        attempt=one.attempt,
        sitting=_clean(plan.sitting),
        site=_clean(plan.site),
        date=utc(at)[:10],
        withheld=_STANDS[stands.state] + _APPEALS.get(stands.appeal, "") if stands else "",
        passed=not stands and one.score.passed,
        scaled=0 if stands else one.score.scaled,
        error=0 if stands else (one.score.scaled_error + POINT // 2) // POINT,
        cut=run.cut,
        top=run.top,
        passing=run.raw_cut / one.score.total,
        correct=0 if stands else one.score.raw,
        total=one.score.total,
        omitted=0 if stands else one.score.omitted,
        categories=() if stands else _categories(run, one),
        areas=areas,
        study=_study(areas, run.raw_cut / one.score.total),
        meaning=_MEANING.format(cut=run.cut, top=run.top, raw_cut=run.raw_cut, total=one.score.total),
        appeal=appeal,
        provenance=(*provenance(run), ("Record", one.record)),
    )


def provenance(run: ScoreRun) -> tuple[tuple[str, str], ...]:
    """What a score was made with, as pairs of name and value."""
    table = (
        ("Equating table", f"SHA-256 {run.equating_digest}")
        if run.equating_digest
        else ("Conversion table", f"version {run.table_version}, SHA-256 {run.table_digest}")
    )
    return (
        ("Score run", run.run),
        ("Form", f"{run.form}, SHA-256 {run.form_digest}"),
        ("Scoring key", f"version {run.key_version}, SHA-256 {run.key_digest}"),
        table,
        ("Program", f"exam-kiosk {run.software}"),
    )


def _categories(run: ScoreRun, one: CandidateScore) -> tuple[CategoryLine, ...]:
    names = _titles(run.categories)
    return tuple(
        CategoryLine(
            names[tally.code], tally.points / POINT, tally.most / POINT, tally.total, tally.error / POINT
        )
        for tally in one.score.categories
    )


def _areas(run: ScoreRun, one: CandidateScore) -> tuple[AreaLine, ...]:
    areas, categories = {area.code: area for area in run.areas}, _titles(run.categories)
    return tuple(
        AreaLine(
            tally.code,
            _clean(areas[tally.code].title),
            categories.get(areas[tally.code].category, ""),
            tally.points / POINT,
            tally.most / POINT,
            tally.total,
            tally.error / POINT,
            band(tally.points / POINT, tally.most / POINT, run.raw_cut, one.score.total),
        )
        for tally in one.score.areas
    )


def _study(areas: tuple[AreaLine, ...], passing: float) -> tuple[AreaLine, ...]:
    """The areas below the passing level: how many points are missing weighs the shortfall with the area's size."""
    below = [one for one in areas if one.band is Band.BELOW]
    return tuple(sorted(below, key=lambda one: (one.points - passing * one.most, one.code)))


def _titles(areas: tuple[Area, ...]) -> Mapping[str, str]:
    return {area.code: _clean(area.title) for area in areas}


def _clean(text: str) -> str:
    return sanitise(text, limit=1_000)

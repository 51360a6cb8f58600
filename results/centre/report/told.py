"""What a candidate report and a sitting report say; text.py and pages.py say it on paper and on a page.

Rules.
1. A category is reported as a number of items; an area has too few items for a score and is reported as a band.
2. Every report names what it was made with: run, key version, form, conversion table, program.
3. A sitting report has a line for every authorised candidate, whether or not there is a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.clock import utc
from keys.text import sanitise
from results.centre import acts
from results.centre.facts import SessionFacts
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.bands import Band, band
from results.wire.closing import ClosingLine, FinalState

PASSED, NOT_PASSED, NO_SCORE = "Passed", "Not passed", "Not scored"
NO_STATE = "not closed"


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category's matched items out of its items, and the share of matched items that just passes overall."""

    title: str
    correct: int
    total: int
    passing: float


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area and its band."""

    code: str
    title: str
    category: str
    items: int
    band: Band


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """One candidate's result. Scaled scores run from 0 to `top`; `provenance` is pairs of name and value."""

    title: str
    notice: str
    name: str
    candidate: str
    attempt: int
    sitting: str
    site: str
    date: str
    passed: bool
    scaled: int
    cut: int
    top: int
    correct: int
    total: int
    omitted: int
    categories: tuple[CategoryLine, ...]
    areas: tuple[AreaLine, ...]
    provenance: tuple[tuple[str, str], ...]

    @property
    def result(self) -> str:
        """The result in words."""
        return PASSED if self.passed else NOT_PASSED


@dataclass(frozen=True, slots=True)
class SittingLine:
    """One authorised candidate in a sitting report; what is not known is empty."""

    candidate: str
    name: str
    kiosk: str
    state: str
    began: str
    ended: str
    minutes: str
    scaled: str
    result: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SittingReport:
    """A sitting. `states` counts the candidates by final state and adds up to `authorised`."""

    title: str
    notice: str
    sitting: str
    mode: str
    site: str
    room: str
    window: str
    authorised: int
    states: tuple[tuple[str, int], ...]
    scored: int
    passed: int
    lines: tuple[SittingLine, ...]
    findings: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]

    @property
    def reconciliation(self) -> str:
        """The one line that says that nobody is missing."""
        parts = " + ".join(f"{count} {state}" for state, count in self.states if count)
        return f"{self.authorised} authorised = {parts}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds of one candidate: admitted facts and outcome, the closing line, reasons in quarantine, and
    where the desk and the kiosks differ about codes.
    """

    facts: SessionFacts | None = None
    outcome: str = ""
    kiosk: str = ""
    line: ClosingLine | None = None
    held: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


def candidate_report(
    run: ScoreRun, plan: SittingPlan, entry: RosterEntry, one: CandidateScore, at: int
) -> CandidateReport:
    """The report of one scored attempt; `at` is when the session began."""
    share = run.raw_cut / one.score.total
    titles = {area.code: area for area in run.areas}
    names = {category.code: category.title for category in run.categories}
    return CandidateReport(
        title=_clean(run.title),
        notice=_clean(run.notice),
        name=_clean(entry.name),
        candidate=_clean(one.candidate),
        attempt=one.attempt,
        sitting=_clean(plan.sitting),
        site=_clean(plan.site),
        date=utc(at)[:10],
        passed=one.score.passed,
        scaled=one.score.scaled,
        cut=run.cut,
        top=run.top,
        correct=one.score.raw,
        total=one.score.total,
        omitted=one.score.omitted,
        categories=tuple(
            CategoryLine(_clean(names[tally.code]), tally.correct, tally.total, share)
            for tally in one.score.categories
        ),
        areas=tuple(
            AreaLine(
                tally.code,
                _clean(titles[tally.code].title),
                titles[tally.code].category,
                tally.total,
                band(tally.correct, tally.total, run.raw_cut, one.score.total),
            )
            for tally in one.score.areas
        ),
        provenance=(*provenance(run), ("Record", one.record)),
    )


def sitting_report(
    run: ScoreRun, plan: SittingPlan, known: Mapping[str, Known], findings: Sequence[str]
) -> SittingReport:
    """The report of one sitting; `known` by candidate number."""
    scores = {one.candidate: one for one in run.scores if one.sitting == plan.sitting}
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    lines = tuple(
        _line(entry, known.get(entry.candidate, Known()), scores.get(entry.candidate), names)
        for entry in plan.roster
    )
    count = Counter(line.state for line in lines)
    return SittingReport(
        title=_clean(run.title),
        notice=_clean(run.notice),
        sitting=_clean(plan.sitting),
        mode=plan.mode.value,
        site=_clean(plan.site),
        room=_clean(plan.room),
        window=f"{utc(plan.opens_at)} to {utc(plan.closes_at)}",
        authorised=len(plan.roster),
        states=tuple((state, count[state]) for state in (*(one.value for one in FinalState), NO_STATE)),
        scored=len(scores),
        passed=sum(one.score.passed for one in scores.values()),
        lines=lines,
        findings=tuple(findings),
        provenance=provenance(run),
    )


def provenance(run: ScoreRun) -> tuple[tuple[str, str], ...]:
    """What a score was made with, as pairs of name and value."""
    return (
        ("Score run", run.run),
        ("Form", f"{run.form}, SHA-256 {run.form_digest}"),
        ("Scoring key", f"version {run.key_version}, SHA-256 {run.key_digest}"),
        ("Conversion table", f"version {run.table_version}, SHA-256 {run.table_digest}"),
        ("Program", f"exam-kiosk {run.software}"),
    )


def _line(
    entry: RosterEntry, known: Known, score: CandidateScore | None, kiosks: Mapping[str, str]
) -> SittingLine:
    facts = known.facts
    kiosk = known.kiosk or (known.line.kiosk if known.line else "")
    result = NO_SCORE if score is None else PASSED if score.score.passed else NOT_PASSED
    return SittingLine(
        candidate=_clean(entry.candidate),
        name=_clean(entry.name),
        kiosk=kiosks.get(kiosk, ""),
        state=known.line.state.value if known.line else NO_STATE,
        began=utc(facts.started_at)[11:16] if facts and facts.started_at else "",
        ended=utc(facts.ended_at)[11:16] if facts else "",
        minutes=f"{facts.elapsed / 60_000:.0f} of {facts.limit / 60_000:.0f}"
        if facts and facts.limit
        else "",
        scaled=str(score.score.scaled) if score else "",
        result=result,
        remarks=_remarks(known),
    )


def _remarks(known: Known) -> tuple[str, ...]:
    """What an administrator has to know of one candidate's session, each in a few words."""
    remarks = [f"in quarantine: {code}" for code in known.held]
    if known.line is None and known.facts is not None:
        remarks.append(f"record ends as {known.outcome}")
    if known.line is not None and known.line.record and known.facts is None and not known.held:
        remarks.append("the record that was collected has not arrived")
    facts = known.facts
    if facts is None:
        return tuple(remarks)
    if facts.resumes:
        lost = f"{facts.lost / 1000:.0f} s lost, {facts.credited / 1000:.0f} s credited"
        remarks.append(f"resumed {facts.resumes} time{'s' if facts.resumes > 1 else ''}: {lost}")
    remarks += [f"clock moved by {jump / 1000:+.0f} s" for jump in facts.clock_jumps]
    remarks += acts.told(facts.acts)
    remarks += known.differences
    if facts.moved_from and not facts.lacks:
        remarks.append("the answers of the first kiosk came along")
    elif facts.moved_from:
        remarks.append("scored only with the record that the first kiosk left")
    if facts.not_locked:
        remarks.append(f"not locked: {', '.join(_clean(word) for word in facts.not_locked)}")
    return tuple(remarks)


def _clean(text: str) -> str:
    return sanitise(text, limit=1_000)

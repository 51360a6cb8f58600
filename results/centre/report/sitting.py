"""What a sitting's report says; text.py, sitting.html and sheets.py say it as text, as a page and on paper.

Rules.
1. It has a line for every authorised candidate, whether or not there is a record.
2. Of an incident its newest wording is told; all wordings are in the desk's journal.
3. A result that is held or invalidated is told as withheld and is in no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.clock import utc
from keys.text import sanitise
from results.centre import acts
from results.centre.facts import SessionFacts
from results.centre.report.candidate import NO_SCORE, NOT_PASSED, PASSED, WITHHELD, provenance
from results.centre.report.held import Standings
from results.centre.runs import CandidateScore, ScoreRun
from results.wire import events as e
from results.wire.closing import ClosingLine, FinalState
from results.wire.incidents import category
from results.wire.journal import SittingEntry
from results.wire.sitting_events import IncidentReported

NO_STATE = "not closed"


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
class Incident:
    """An irregularity in its newest wording: `who` are candidate numbers, or the room."""

    number: int
    category: str
    words: str
    group: str
    who: str
    began: str
    text: str
    witnesses: str
    follow_up: str


@dataclass(frozen=True, slots=True)
class TimeChange:
    """A change of one candidate's limit, in minutes and seconds."""

    candidate: str
    at: str
    before: str
    after: str
    change: str
    by: str


@dataclass(frozen=True, slots=True)
class SittingReport:
    """A sitting. `states` counts the candidates by final state and adds up to `authorised`.

    `desk` is whether a desk's journal is here, without which incidents are not known.
    """

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
    withheld: int
    lines: tuple[SittingLine, ...]
    times: tuple[TimeChange, ...]
    incidents: tuple[Incident, ...]
    desk: bool
    findings: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]

    @property
    def reconciliation(self) -> str:
        """The one line that says that nobody is missing."""
        parts = " + ".join(f"{count} {state}" for state, count in self.states if count)
        return f"{self.authorised} authorised = {parts}"

    @property
    def counted(self) -> str:
        """How many were scored, in words."""
        told = f"{self.scored}, of whom {self.passed} passed"
        return f"{told}; {self.withheld} withheld" if self.withheld else told

    @property
    def no_incidents(self) -> str:
        """What is said where no incident is told."""
        return (
            "No incident was written down at the desk."
            if self.desk
            else "The desk's journal is not here, so its incidents are not known."
        )


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger holds of a sitting: by candidate number, what is to be looked at, and the desks' journals."""

    candidates: Mapping[str, Known]
    findings: tuple[str, ...]
    journal: tuple[SittingEntry, ...]


def sitting_report(run: ScoreRun, plan: SittingPlan, seen: Seen, held: Standings) -> SittingReport:
    """The report of one sitting."""
    scores = {one.candidate: one for one in run.scores if one.sitting == plan.sitting}
    free = [one for one in scores.values() if (one.sitting, one.candidate, one.attempt) not in held]
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    lines = tuple(
        _line(entry, seen.candidates.get(entry.candidate, Known()), scores.get(entry.candidate), held, names)
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
        scored=len(free),
        passed=sum(one.score.passed for one in free),
        withheld=len(scores) - len(free),
        lines=lines,
        times=_times(seen.candidates),
        incidents=_incidents(seen.journal),
        desk=bool(seen.journal),
        findings=seen.findings,
        provenance=provenance(run),
    )


def _incidents(journal: Iterable[SittingEntry]) -> tuple[Incident, ...]:
    newest: dict[int, tuple[int, IncidentReported]] = {}
    for entry in journal:
        event = entry.event
        if isinstance(event, IncidentReported) and newest.get(event.incident, (0, event))[0] <= entry.at.wall:
            newest[event.incident] = entry.at.wall, event
    return tuple(_incident(event) for _, (_, event) in sorted(newest.items()))


def _incident(event: IncidentReported) -> Incident:
    known = category(event.category)
    return Incident(
        event.incident,
        _clean(event.category),
        known.words if known else "A kind of incident that this program does not know",
        known.group if known else "Unknown",
        ", ".join(_clean(one) for one in event.candidates) or "the room",
        utc(event.began)[11:16],
        _clean(event.text),
        _clean(event.witnesses),
        _clean(event.follow_up),
    )


def _times(known: Mapping[str, Known]) -> tuple[TimeChange, ...]:
    return tuple(
        TimeChange(
            _clean(candidate),
            utc(act.at)[11:16],
            _minutes(act.event.before),
            _minutes(act.event.after),
            f"{'−' if act.event.after < act.event.before else '+'}"
            f"{_minutes(abs(act.event.after - act.event.before))}",
            "two persons" if act.event.two_person else "one person",
        )
        for candidate, one in sorted(known.items())
        if one.facts
        for act in one.facts.acts
        if isinstance(act.event, e.TimeChanged)
    )


def _line(
    entry: RosterEntry,
    known: Known,
    score: CandidateScore | None,
    held: Standings,
    kiosks: Mapping[str, str],
) -> SittingLine:
    facts = known.facts
    kiosk = known.kiosk or (known.line.kiosk if known.line else "")
    stands = held.get((score.sitting, score.candidate, score.attempt)) if score else None
    result = NO_SCORE if score is None else PASSED if score.score.passed else NOT_PASSED
    told = _remarks(known)
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
        scaled=str(score.score.scaled) if score and not stands else "",
        result=WITHHELD if stands else result,
        remarks=(f"result {stands.state}: {_clean(stands.reason)}", *told) if stands else told,
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


def _minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1_000 % 60:02}"


def _clean(text: str) -> str:
    return sanitise(text, limit=1_000)

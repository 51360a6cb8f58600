"""Score runs as pages tell them: a run with what it was made with and what was done to it, and what it changed."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from keys.text import sanitise
from results.centre.pages.frame import moment
from results.centre.pages.gathering import Seen
from results.centre.report.candidate import provenance
from results.centre.report.held import free
from results.centre.rescoring.comparison import SAME, Comparison, Line
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.standing.rules import Act

UNKNOWN_SITE = "no published plan"


@dataclass(frozen=True, slots=True)
class SittingScores:
    """The results of one sitting in a run; `passed` and `mean` are of those that may be told, the scaled ones."""

    site: str
    sitting: str
    scored: int
    withheld: int
    passed: int
    mean: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run. `counts` are how many results have each whole raw score, of those that may be told.

    `left_out` are reasons with how many; `adjustments` and `provenance` are pairs of name and words; `made` is UTC.
    """

    run: str
    title: str
    form: str
    made: str
    key_version: int
    scored: int
    withheld: int
    told: int
    passed: int
    mean: str
    deviation: str
    cut: int
    top: int
    raw_cut: int
    counts: tuple[int, ...]
    left_out: tuple[tuple[str, int], ...]
    adjustments: tuple[tuple[str, str, str], ...]
    acts: tuple[Act, ...]
    sittings: tuple[SittingScores, ...]
    provenance: tuple[tuple[str, str], ...]

    @property
    def percent(self) -> str:
        """Percent passing of those that may be told."""
        return f"{100 * self.passed / self.told:.1f}" if self.told else ""


@dataclass(frozen=True, slots=True)
class SiteChanges:
    """What a run changed at a site: results that are not as they were, and among them by the decision."""

    site: str
    results: int
    changed: int
    pass_now: int
    pass_no_more: int
    lines: tuple[Line, ...]


def run_page(seen: Seen, row: sa.Row[object], run: ScoreRun) -> RunPage:
    """The page of a run."""
    held = seen.standings.get(run.run, {})
    scores = free(run.scores, held)
    scaled = [one.score.scaled for one in scores]
    counts = Counter(one.score.raw for one in scores)
    return RunPage(
        run.run,
        sanitise(run.title, limit=400),
        run.form,
        moment(row.made_at),
        run.key_version,
        len(run.scores),
        len(run.scores) - len(scores),
        len(scores),
        sum(one.score.passed for one in scores),
        f"{statistics.fmean(scaled):.1f}" if scaled else "",
        f"{statistics.stdev(scaled):.1f}" if len(scaled) > 1 else "",
        run.cut,
        run.top,
        run.raw_cut,
        tuple(counts[raw] for raw in range(max((one.score.total for one in scores), default=0) + 1)),
        tuple(sorted(Counter(one.why for one in run.left_out).items())),
        tuple(
            (one.item, one.adjustment.kind.value, sanitise(one.adjustment.reason, limit=400))
            for one in run.adjustments
        ),
        acts_on(seen.acts, run),
        _sittings(seen.sites, run.scores, scores),
        provenance(run),
    )


def acts_on(acts: Iterable[Act], run: ScoreRun) -> tuple[Act, ...]:
    """The acts that are about a result of this run, or about all of it, oldest first."""
    words = {(one.sitting, one.candidate, one.attempt) for one in run.scores}
    return tuple(
        act
        for act in acts
        if act.scope.run in {"", run.run}
        and act.scope.form in {"", run.form}
        and any(
            act.scope.sitting in {"", sitting}
            and act.scope.candidate in {"", candidate}
            and act.scope.attempt in {0, attempt}
            for sitting, candidate, attempt in words
        )
    )


def changes(seen: Seen, found: Comparison) -> tuple[SiteChanges, ...]:
    """What a comparison says, by site; who passes now or no more is counted of the results that are free."""
    parted: dict[str, list[Line]] = {}
    for one in found.lines:
        parted.setdefault(seen.sites.get(one.sitting, UNKNOWN_SITE), []).append(one)
    return tuple(
        SiteChanges(
            site,
            len(lines),
            sum(one.kind != SAME for one in lines),
            sum(one.passes_now for one in lines if not one.standing),
            sum(one.passes_no_more for one in lines if not one.standing),
            tuple(one for one in lines if one.kind != SAME or one.why),
        )
        for site, lines in sorted(parted.items())
    )


def predecessors(rows: Sequence[sa.Row[object]]) -> dict[str, str]:
    """The run before each one that has one: the newest older one of the same form, by name."""
    last: dict[str, str] = {}
    found: dict[str, str] = {}
    for row in rows:
        if row.form_digest in last:
            found[row.run] = last[row.form_digest]
        last[row.form_digest] = row.run
    return found


def newest(rows: Sequence[sa.Row[object]]) -> frozenset[str]:
    """The newest run of each form, by name."""
    return frozenset({row.form_digest: row.run for row in rows}.values())


def _sittings(
    sites: Mapping[str, str], every: Sequence[CandidateScore], told: Sequence[CandidateScore]
) -> tuple[SittingScores, ...]:
    counted = Counter(one.sitting for one in every)
    by_sitting: dict[str, list[CandidateScore]] = {sitting: [] for sitting in counted}
    for one in told:
        by_sitting[one.sitting].append(one)
    found = [
        SittingScores(
            sites.get(sitting, UNKNOWN_SITE),
            sitting,
            counted[sitting],
            counted[sitting] - len(scores),
            sum(one.score.passed for one in scores),
            f"{statistics.fmean(one.score.scaled for one in scores):.1f}" if scores else "",
        )
        for sitting, scores in by_sitting.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.site, one.sitting)))

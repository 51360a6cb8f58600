"""Two score runs of one form compared, candidate by candidate: what changed, and why. Pure.

Rules.
1. Results are the same one where sitting, candidate and attempt are.
2. Every result of either run has a line; who is in one only is new or gone, with the reason that the other one gives.
3. A changed score is explained by what differs between the runs and touches it: its record, items whose marks changed,
   with their adjustment where the later key brings one, people's marks, the table. A rescoring is open to view.
4. A result that is held or invalidated now says so on its line, whatever the runs say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exam_packages.interactions import ItemId
from exam_packages.scoring_key import POINT
from keys.errors import ExamKioskError
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.scores import FULL

Result = tuple[str, str, int]
"""Sitting, candidate, attempt."""

NEW, GONE, SAME, CHANGED = "new", "gone", "same", "changed"


class RunsNotComparableError(ExamKioskError):
    """Two runs of different forms."""

    code = "runs-not-comparable"
    what = "{before} is a run of the form {first}, and {after} one of {second}."
    next_step = "Compare two runs of the same form; `results runs` lists them."


@dataclass(frozen=True, slots=True)
class Mark:
    """What a run says of one attempt; `points` are thousandths."""

    scaled: int
    raw: int
    points: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One attempt in both runs; `before` or `after` is None where it has no score there. `why` is in words.

    `standing` is "held", "invalidated", or empty where the result is free.
    """

    sitting: str
    candidate: str
    attempt: int
    before: Mark | None
    after: Mark | None
    why: tuple[str, ...]
    standing: str = ""

    @property
    def kind(self) -> str:
        """New, gone, same or changed."""
        if self.before is None:
            return NEW
        if self.after is None:
            return GONE
        return SAME if self.before == self.after else CHANGED

    @property
    def difference(self) -> int:
        """The scaled score after less the one before; 0 where one is missing."""
        return self.after.scaled - self.before.scaled if self.before and self.after else 0

    @property
    def passes_now(self) -> bool:
        """Whether the attempt passes in the later run and did not in the earlier one."""
        return bool(self.after and self.after.passed and not (self.before and self.before.passed))

    @property
    def passes_no_more(self) -> bool:
        """Whether it passed in the earlier run and does not in the later one."""
        return bool(self.before and self.before.passed and not (self.after and self.after.passed))

    @property
    def told(self) -> str:
        """The later scaled score and the difference, "600 (+12)"; of one that is new or gone the word."""
        if self.after is None:
            return f"{self.before.scaled if self.before else 0} ({GONE})"
        return f"{self.after.scaled} ({f'{self.difference:+d}' if self.before else NEW})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one form. `differs` are pairs: what the runs were made with differently, and how."""

    before: str
    after: str
    form: str
    differs: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]

    def count(self, kind: str) -> int:
        """How many lines are of a kind."""
        return sum(one.kind == kind for one in self.lines)


def compare(
    before: ScoreRun, after: ScoreRun, standings: Mapping[Result, str] = MappingProxyType({})
) -> Comparison:
    """What `after` changes; `standings` are of the results that are not free. Raises `RunsNotComparableError`."""
    if before.form_digest != after.form_digest:
        raise RunsNotComparableError(before=before.run, after=after.run, first=before.form, second=after.form)
    earlier, later = _scores(before), _scores(after)
    lines = tuple(
        Line(
            *result,
            _mark(earlier.get(result)),
            _mark(later.get(result)),
            tuple(_why(before, after, result, earlier.get(result), later.get(result))),
            standings.get(result, ""),
        )
        for result in sorted({*earlier, *later})
    )
    return Comparison(before.run, after.run, after.form, tuple(_differs(before, after)), lines)


def _scores(run: ScoreRun) -> Mapping[Result, CandidateScore]:
    return {(one.sitting, one.candidate, one.attempt): one for one in run.scores}


def _mark(one: CandidateScore | None) -> Mark | None:
    return Mark(one.score.scaled, one.score.raw, one.score.points, one.score.passed) if one else None


def _differs(before: ScoreRun, after: ScoreRun) -> Iterator[tuple[str, str]]:
    """What the runs were made with, where that is not the same."""
    pairs = (
        ("key", before.key_digest, after.key_digest, _versions(before.key_version, after.key_version)),
        ("conversion table", before.table_digest, after.table_digest, _table(before, after)),
        ("equating table", before.equating_digest, after.equating_digest, _table(before, after)),
        ("marks", before.marks_digest, after.marks_digest, "other marks of long texts"),
        ("cut", before.cut, after.cut, f"{before.cut}, then {after.cut}"),
        ("program", before.software, after.software, f"{before.software}, then {after.software}"),
    )
    yield from ((name, words) for name, one, other, words in pairs if one != other)
    known = {(one.item, one.adjustment.version) for one in before.adjustments}
    for one in after.adjustments:
        if (one.item, one.adjustment.version) not in known:
            yield "adjustment", f"item {one.item} {one.adjustment.kind.value}: {one.adjustment.reason}"


def _versions(before: int, after: int) -> str:
    return f"version {before}, then version {after}" if before != after else f"two of version {after}"


def _table(before: ScoreRun, after: ScoreRun) -> str:
    return _versions(before.table_version, after.table_version)


def _why(
    before: ScoreRun,
    after: ScoreRun,
    result: Result,
    earlier: CandidateScore | None,
    later: CandidateScore | None,
) -> Iterator[str]:
    """Why a result is not as it was, in words; nothing where it is."""
    if earlier is None or later is None:
        yield _missing(before if earlier is None else after, result)
        return
    if (earlier.record, earlier.joined) != (later.record, later.joined):
        yield "another record counts"
    moved = _moved(before, after, earlier, later)
    if moved and before.key_digest != after.key_digest:
        yield f"key version {after.key_version}: " + ", ".join(_item(after, one) for one in moved)
    elif moved and before.marks_digest != after.marks_digest:
        yield "other marks: " + ", ".join(f"item {one}" for one in moved)
    elif moved:
        yield "other answers: " + ", ".join(f"item {one}" for one in moved)
    same_table = (before.table_digest, before.equating_digest) == (after.table_digest, after.equating_digest)
    if earlier.score.scaled != later.score.scaled and not same_table:
        yield f"{'equating' if after.equating_digest else 'conversion'} table version {after.table_version}"


def _missing(run: ScoreRun, result: Result) -> str:
    """Why a run has no score of a result."""
    left = [one.why for one in run.left_out if (one.sitting, one.candidate) == result[:2]]
    return f"{run.run} left it out: {left[0]}" if left else f"{run.run} had no admitted record of it"


def _moved(before: ScoreRun, after: ScoreRun, earlier: CandidateScore, later: CandidateScore) -> list[ItemId]:
    """The items that earned otherwise, in the later run's order, then those that are scored no more."""
    first, second = _earned(before, earlier), _earned(after, later)
    return [
        one
        for one in (*second, *(gone for gone in first if gone not in second))
        if first.get(one) != second.get(one)
    ]


def _earned(run: ScoreRun, one: CandidateScore) -> dict[ItemId, tuple[str, int]]:
    points = one.score.earned or tuple(POINT * (mark == FULL) for mark in one.score.marks)
    return dict(zip(run.items, zip(one.score.marks, points, strict=True), strict=True))


def _item(run: ScoreRun, item: ItemId) -> str:
    done = [one.adjustment.kind.value for one in run.adjustments if one.item == item]
    return f"item {item} {done[-1]}" if done else f"item {item}"

"""A sponsor's report: what a state or district is told of its candidates; groups.py says what it is not told."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exam_packages.scoring_key import POINT
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.report.candidate import provenance
from results.centre.report.cells import table
from results.centre.report.groups import Figures, told
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.bands import Band

COLUMNS = ("candidate", "group")
REST = "In no group"
SUPPRESSED = "suppressed"


class GroupsFileError(ExamKioskError):
    """A list of groups that cannot be read."""

    code = "groups-unreadable"
    what = "{file}, line {line}: {detail}."
    next_step = "Save the list as CSV UTF-8, with commas: the columns candidate and group, each candidate in one line."


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area's mean share of points in the group and of all candidates (0 to 1), with standard error and band."""

    code: str
    title: str
    mean: float
    error: float
    everyone: float | None
    band: Band

    @property
    def told(self) -> str:
        """The line in words."""
        return f"{100 * self.mean:.0f} percent, standard error {100 * self.error:.1f}"


@dataclass(frozen=True, slots=True)
class SponsorReport:
    """A group's outcomes beside everyone's; None for what is suppressed, fewer than `least` persons."""

    title: str
    notice: str
    group: str
    least: int
    cut: int
    top: int
    passing: float
    figures: Figures | None
    everyone: Figures | None
    areas: tuple[AreaLine, ...]
    provenance: tuple[tuple[str, str], ...]

    @property
    def rule(self) -> str:
        """How small groups are kept from being told."""
        return (
            f"Figures are told of {self.least} persons or more. A group of fewer is suppressed, and so is another one "
            "where it could else be worked out from the figures of all candidates. Results that are held or "
            "invalidated are in no figure."
        )

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """What stands in the table of figures: name, the group's, everyone's."""
        mine, all_ = _column(self.figures), _column(self.everyone)
        return tuple(zip(HEADS, mine, all_, strict=True))


HEADS = ("Results", "Passed", "Percent passing", "Mean scaled score", "Standard deviation")


def read_groups(file: str, raw: bytes) -> dict[str, str]:
    """The group of each candidate, from a CSV with these two columns among others. Raises `GroupsFileError`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GroupsFileError(file=file, line=1, detail="this is not UTF-8") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found: dict[str, str] = {}
    try:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise GroupsFileError(file=file, line=1, detail=f"the column {missing[0]} is missing")
        for row in rows:
            candidate, group = (sanitise((row[name] or "").strip(), limit=80) for name in COLUMNS)
            detail = (
                "the candidate is missing"
                if not candidate
                else f"candidate {candidate} stands in two groups"
                if found.get(candidate, group) != group
                else ""
            )
            if detail:
                raise GroupsFileError(file=file, line=rows.line_num, detail=detail)
            found[candidate] = group or REST
    except csv.Error as error:
        raise GroupsFileError(file=file, line=rows.reader.line_num, detail=f"not CSV: {error}") from None
    return found


def sponsor_reports(
    run: ScoreRun, free: Sequence[CandidateScore], groups: Mapping[str, str], least: int
) -> tuple[SponsorReport, ...]:
    """A report a group, by name, of the results that may be told; who is in no group is a group of their own."""
    parted: dict[str, list[CandidateScore]] = {}
    for one in free:
        parted.setdefault(groups.get(one.candidate, REST), []).append(one)
    everyone, found = told(run, parted, least)
    return tuple(
        SponsorReport(
            sanitise(run.title, limit=1_000),
            sanitise(run.notice, limit=1_000),
            name,
            least,
            run.cut,
            run.top,
            run.raw_cut * POINT / free[0].score.most,
            mine,
            everyone,
            _areas(run, mine, everyone),
            provenance(run),
        )
        for name, mine in sorted(found.items())
    )


def sponsors_table(run: ScoreRun, reports: Sequence[SponsorReport]) -> str:
    """All groups as CSV; the cells of a suppressed one are empty but for the word."""
    areas = [area.code for area in run.areas]
    heads = ("group", "told", "results", "persons", "passed", "percent_passing", "mean", "standard_deviation")
    named = [(report.group, report.figures) for report in reports]
    if reports:
        named.append(("All candidates", reports[0].everyone))
    return table(
        (*heads, *(f"area_{code}_percent" for code in areas)), [_cells(*one, areas) for one in named]
    )


def _cells(name: str, found: Figures | None, areas: Sequence[str]) -> list[str | float | None]:
    if found is None:
        return [name, SUPPRESSED, *[None] * (6 + len(areas))]
    return [
        name,
        "told",
        found.count,
        found.persons,
        found.passing,
        round(found.percent, 1),
        round(found.mean, 1),
        round(found.deviation, 1),
        *(round(100 * found.areas[code].mean, 1) if code in found.areas else None for code in areas),
    ]


def _areas(run: ScoreRun, mine: Figures | None, everyone: Figures | None) -> tuple[AreaLine, ...]:
    if mine is None:
        return ()
    titles = {area.code: sanitise(area.title, limit=200) for area in run.areas}
    beside = everyone.areas if everyone else {}
    return tuple(
        AreaLine(
            code, titles[code], one.mean, one.error, beside[code].mean if code in beside else None, one.band
        )
        for code, one in mine.areas.items()
    )


def _column(found: Figures | None) -> tuple[str, ...]:
    if found is None:
        return (SUPPRESSED,) * len(HEADS)
    return (
        str(found.count),
        str(found.passing),
        f"{found.percent:.1f}",
        f"{found.mean:.1f}",
        f"{found.deviation:.1f}",
    )

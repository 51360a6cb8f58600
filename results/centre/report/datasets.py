"""A score run as tables: scores, areas, responses and reconciliation, with what each column means.

Rules.
1. A table is made from its columns' descriptions; a column without one cannot be.
2. Nobody's name is in a table: the candidate's number finds it in the roster.
3. A result that is held or invalidated has its line and its standing, and neither score nor responses.
4. In CSV a text that a spreadsheet would take for a formula begins with an apostrophe; Parquet has the texts as they
   are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from exam_packages.interactions import ChosenOptions, ChosenPairs, ItemId, Response
from exam_packages.scoring_key import POINT
from results.centre.facts import SessionFacts
from results.centre.report.cells import cell, table
from results.centre.report.held import Standings
from results.centre.report.sitting import SittingReport
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.bands import band

if TYPE_CHECKING:
    import polars as pl

TEXT, WHOLE, REAL, YES_NO = "text", "whole number", "number", "yes or no"
PARTED = ("responses",)
"""Tables that are written as a file a sitting, so that they never stand in memory whole."""

Cell = str | int | float | bool | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what kind of value it holds, and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table: its name, what a line of it is, its columns and its lines."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def frame(self) -> pl.DataFrame:
        """The table as a data frame."""
        import polars as pl

        kinds: dict[str, type[pl.DataType]] = {
            TEXT: pl.String,
            WHOLE: pl.Int64,
            REAL: pl.Float64,
            YES_NO: pl.Boolean,
        }
        schema = {column.name: kinds[column.kind] for column in self.columns}
        return pl.DataFrame(list(self.rows), schema=schema, orient="row")

    def csv(self) -> bytes:
        """The table as CSV in UTF-8, without formulas."""
        import polars as pl

        safe = pl.col(pl.String).map_elements(cell, return_dtype=pl.String)
        return self.frame().with_columns(safe).write_csv().encode()

    def parquet(self) -> bytes:
        """The table as Parquet."""
        out = BytesIO()
        self.frame().write_parquet(out)
        return out.getvalue()


WHO = (
    Column("sitting", TEXT, "the sitting"),
    Column("candidate", TEXT, "the candidate's number in the roster"),
    Column("attempt", WHOLE, "which attempt of the candidate at this exam"),
)
SCORES = (
    *WHO,
    Column("state", TEXT, "how the session ended"),
    Column("standing", TEXT, "free, held or invalidated; only a free result has the columns that follow"),
    Column("raw", WHOLE, "raw score in whole points"),
    Column("most", WHOLE, "the most whole points that the form gives"),
    Column("points", REAL, "points earned, before rounding"),
    Column("percent", REAL, "points as percent of the most"),
    Column("error", REAL, "standard error of measurement of the raw score, in points"),
    Column("scaled", WHOLE, "scaled score"),
    Column("scaled_error", REAL, "standard error of measurement of the scaled score"),
    Column("passed", YES_NO, "whether the scaled score reaches the cut"),
    Column("omitted", WHOLE, "scored items without an answer"),
    Column("record", TEXT, "SHA-256 of the sealed record that the score was made from"),
    Column("joined", TEXT, "SHA-256 of the record left at another kiosk whose answers count too, or empty"),
)
AREAS = (
    *WHO,
    Column("kind", TEXT, "area or category"),
    Column("code", TEXT, "its code in the scoring key"),
    Column("title", TEXT, "its title"),
    Column("items", WHOLE, "its scored items"),
    Column("matched", WHOLE, "its scored items that earned all they give"),
    Column("points", REAL, "points earned"),
    Column("most", REAL, "the most points that it gives"),
    Column("error", REAL, "standard error of measurement of the points"),
    Column("band", TEXT, "where it lies against the passing level"),
)
RESPONSES = (
    *WHO,
    Column("item", TEXT, "the item"),
    Column("kind", TEXT, "chosen, pairs or text; empty without a response"),
    Column("response", TEXT, "option ids parted by spaces; pairs as a:b; or what was typed"),
    Column(
        "mark",
        TEXT,
        "1 all its points, 0 none, - left out, p in between or below 0; empty for one not scored",
    ),
    Column("points", REAL, "points earned; empty for one not scored"),
    Column("time", WHOLE, "ms on screen"),
    Column("visits", WHOLE, "how often it was on screen"),
    Column("changes", WHOLE, "how often its answer was changed"),
    Column("flagged", YES_NO, "whether the candidate flagged it"),
)
RECONCILIATION = (
    Column("sitting", TEXT, "the sitting"),
    Column("candidate", TEXT, "the candidate's number; every authorised one has a line"),
    Column("kiosk", TEXT, "the kiosk"),
    Column("state", TEXT, "the final state, or that the sitting is not closed"),
    Column("result", TEXT, "passed, not passed, not scored or withheld"),
    Column("remarks", TEXT, "what has to be known of the session"),
)


def scores_of(run: ScoreRun, held: Standings) -> Dataset:
    """One line a scored attempt."""
    return Dataset("scores", "one line a scored attempt", SCORES, tuple(_scores(run, held)))


def areas_of(run: ScoreRun, scores: Iterable[CandidateScore]) -> Dataset:
    """One line an attempt and area or category."""
    about = "one line an attempt that may be told and area or category"
    return Dataset("areas", about, AREAS, tuple(_areas(run, scores)))


def responses_of(
    run: ScoreRun, scores: Iterable[CandidateScore], facts: Mapping[str, SessionFacts]
) -> Dataset:
    """One line an attempt and item; `facts` by record."""
    about = "one line an attempt that may be told and item that was on the screen or is scored"
    rows = tuple(row for one in scores for row in _responses(run, one, facts[one.record]))
    return Dataset("responses", about, RESPONSES, rows)


def reconciliation_of(reports: Iterable[SittingReport]) -> Dataset:
    """One line an authorised candidate."""
    rows = tuple(
        (report.sitting, line.candidate, line.kiosk, line.state, line.result, "; ".join(line.remarks))
        for report in reports
        for line in report.lines
    )
    return Dataset("reconciliation", "one line an authorised candidate of a sitting", RECONCILIATION, rows)


def dictionary_csv(sets: Sequence[Dataset]) -> bytes:
    """What every column of these tables means, as a table."""
    rows = [(one.name, column.name, column.kind, column.meaning) for one in sets for column in one.columns]
    return table(("table", "column", "kind", "meaning"), rows).encode()


def dictionary_json(sets: Sequence[Dataset], provenance: Iterable[tuple[str, str]], form: str) -> bytes:
    """The same for programs and with what the run was made."""
    told = {
        "made_with": dict(provenance),
        "tables": [
            {
                "name": one.name,
                "files": f"{one.name}{'/*' if one.name in PARTED else ''}.{form}",
                "about": one.about,
                "columns": [
                    {"name": column.name, "kind": column.kind, "meaning": column.meaning}
                    for column in one.columns
                ],
            }
            for one in sets
        ],
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def said(response: Response | None) -> tuple[str, str]:
    """The kind of a response, and the response as one text."""
    match response:
        case None:
            return "", ""
        case ChosenOptions(options=options):
            return "chosen", " ".join(options)
        case ChosenPairs(pairs=pairs):
            return "pairs", " ".join(f"{one}:{other}" for one, other in pairs)
        case _:
            return "text", response.text


def marks(run: ScoreRun, one: CandidateScore) -> dict[ItemId, tuple[str, float]]:
    """The mark and the points of each scored item."""
    worth = one.score.earned or tuple(POINT if mark == "1" else 0 for mark in one.score.marks)
    return {
        item: (mark, points / POINT)
        for item, mark, points in zip(run.items, one.score.marks, worth, strict=True)
    }


def _scores(run: ScoreRun, held: Standings) -> Iterator[Row]:
    for one in run.scores:
        stands = held.get((one.sitting, one.candidate, one.attempt))
        start = (one.sitting, one.candidate, one.attempt, one.state, stands.state if stands else "free")
        score = one.score
        told: Row = (
            score.raw,
            score.total,
            score.points / POINT,
            score.percent / POINT,
            score.error / POINT,
            score.scaled,
            score.scaled_error / POINT,
            score.passed,
            score.omitted,
            one.record,
            one.joined,
        )
        yield (*start, *(told if not stands else (None,) * len(told)))


def _areas(run: ScoreRun, scores: Iterable[CandidateScore]) -> Iterator[Row]:
    titles = {("area", one.code): one.title for one in run.areas}
    titles |= {("category", one.code): one.title for one in run.categories}
    for one in scores:
        for kind, tallies in (("category", one.score.categories), ("area", one.score.areas)):
            for tally in tallies:
                points, most = tally.points / POINT, tally.most / POINT
                yield (
                    one.sitting,
                    one.candidate,
                    one.attempt,
                    kind,
                    tally.code,
                    titles[kind, tally.code],
                    tally.total,
                    tally.correct,
                    points,
                    most,
                    tally.error / POINT,
                    band(points, most, run.raw_cut, one.score.total).value if tally.total else None,
                )


def _responses(run: ScoreRun, one: CandidateScore, facts: SessionFacts) -> Iterator[Row]:
    scored = marks(run, one)
    seen = {fact.item: fact for fact in facts.items}
    for item in (*run.items, *(fact for fact in seen if fact not in scored)):
        mark, points = scored.get(item, ("", None))
        fact = seen.get(item)
        kind, response = said(fact.response if fact else None)
        screen: Row = (fact.time, fact.visits, fact.changes, fact.flagged) if fact else (0, 0, 0, False)
        yield (one.sitting, one.candidate, one.attempt, item, kind, response, mark, points, *screen)

"""Writing a score run as tables (CSV or Parquet) with their dictionary, or as QTI Results Reporting."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from exam_packages.exam_folder import read_form
from keys.carrier import write_file
from keys.encoding import digest, encode
from keys.errors import ExamKioskError
from results.centre.facts import SessionFacts
from results.centre.office import Centre, whole_facts
from results.centre.report import datasets
from results.centre.report.candidate import provenance
from results.centre.report.datasets import Dataset
from results.centre.report.folder import folder_of
from results.centre.report.held import Standings, free
from results.centre.report.items import item_sets
from results.centre.report.qti import assessment_result
from results.centre.report.sitting import SittingReport, sitting_report
from results.centre.report.writing import look, plain, plan_of, sittings
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.standing.books import standings
from results.centre.tables import State
from results.scoring.analysis import TestAnalysis


class OtherFormError(ExamKioskError):
    """An exam's folder that is not of the run's form."""

    code = "form-not-of-run"
    what = "{name} does not hold the form {form}, which the run {run} scored."
    next_step = "Name the folder that mastering wrote for this form with --exam-folder."


class Format(enum.StrEnum):
    """How tables are written."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """A sitting's results that may be told, with the facts of each by its record."""

    sitting: str
    scores: tuple[CandidateScore, ...]
    facts: Mapping[str, SessionFacts]


def write_tables(
    centre: Centre, run: ScoreRun, form: Format, out: Path, found: TestAnalysis | None = None
) -> tuple[Path, ...]:
    """Write every table below `out`, and what their columns mean; with an analysis also its items and options.

    Raises `PlanUnknownError` for a sitting whose plan is no longer published, or a `StorageError`.
    """
    folder = folder_of(run, out)
    with centre.ledger.reading() as books:
        held = standings(books, run.run)
    sets = [
        datasets.scores_of(run, held),
        datasets.areas_of(run, free(run.scores, held)),
        datasets.reconciliation_of(_sittings(centre, run, held)),
        *(item_sets(found) if found else ()),
    ]
    written = [_write(folder / f"{one.name}.{form}", one, form) for one in sets]
    for part in parts(centre, run, held):
        responses = datasets.responses_of(run, part.scores, part.facts)
        written.append(_write(folder / responses.name / f"{plain(part.sitting)}.{form}", responses, form))
    sets.append(datasets.responses_of(run, (), {}))
    write_file(folder / "dictionary.csv", datasets.dictionary_csv(sets))
    write_file(folder / "dictionary.json", datasets.dictionary_json(sets, provenance(run), form))
    return (*written, folder / "dictionary.csv", folder / "dictionary.json")


def write_qti(centre: Centre, run: ScoreRun, exam_folder: Path, out: Path) -> tuple[Path, ...]:
    """Write a file a result that may be told below `out`; the exam's folder has the form.

    Raises `OtherFormError`, the errors of `read_form` or a `StorageError`.
    """
    form = read_form(exam_folder, centre.trusted.keyring).form
    if digest(encode(form)) != run.form_digest:
        raise OtherFormError(run=run.run, form=run.form, name=str(exam_folder))
    interactions = {item.id: item.interaction for item in form.items}
    with centre.ledger.reading() as books:
        held = standings(books, run.run)
    folder = folder_of(run, out)
    written: list[Path] = []
    for part in parts(centre, run, held):
        for one in part.scores:
            name = f"{plain(one.candidate)}-{one.attempt}.xml"
            path = folder / "qti" / plain(part.sitting) / name
            write_file(path, assessment_result(run, one, part.facts[one.record], interactions))
            written.append(path)
    return tuple(written)


def parts(centre: Centre, run: ScoreRun, held: Standings) -> Iterator[Part]:
    """The results that may be told, a sitting at a time."""
    for sitting, found in groupby(
        sorted(free(run.scores, held), key=lambda one: one.sitting), key=lambda one: one.sitting
    ):
        scores = tuple(found)
        wanted = {one.record for one in scores}
        with centre.ledger.reading() as books:
            rows = books.sound_records(sitting=sitting, state=State.ADMITTED.value)
            facts = {row.digest: whole_facts(centre, books, row)[0] for row in rows if row.digest in wanted}
        yield Part(sitting, tuple(one for one in scores if one.record in facts), facts)


def _sittings(centre: Centre, run: ScoreRun, held: Standings) -> Iterator[SittingReport]:
    for sitting in sittings(run):
        known = plan_of(centre, sitting)
        with centre.ledger.reading() as books:
            seen = look(books, known)
        yield sitting_report(run, known.plan, seen, held)


def _write(path: Path, table: Dataset, form: Format) -> Path:
    write_file(path, table.csv() if form is Format.CSV else table.parquet())
    return path

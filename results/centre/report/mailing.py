"""Letters to candidates, from text templates of a folder; one for each kind of news and language.

Rules.
1. A template is `pass`, `fail` or `withheld`, a language, and `.txt`: `fail.es.txt`. The roster says the language, and
   where it says none it is English. The templates in letters/ are used where no folder is named.
2. Templates are Jinja2 in its sandbox: they see what `fields_of` gives and nothing else, and change nothing.
3. All letters are made before one is written: a field that does not exist, or a template that is missing, stops all.
4. A letter about a result that is held or invalidated has no score in its fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.carrier import write_file
from keys.clock import utc
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.books import facts_of_row
from results.centre.office import Centre
from results.centre.report.candidate import candidate_report
from results.centre.report.folder import folder_of
from results.centre.report.held import Standings
from results.centre.report.paper import made, text
from results.centre.report.writing import plain, plan_of, sittings
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.standing.books import standings
from results.centre.tables import State

SHIPPED = Path(__file__).parent / "letters"
ENGLISH = "en"
PASS, FAIL, WITHHELD = "pass", "fail", "withheld"
_LONGEST = 20_000
UNFIT = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What filling in a template can raise, whatever it asks of a field."""


class LetterTemplateError(ExamKioskError):
    """A letter's template that is not there or cannot be filled in."""

    code = "letter-template-unfit"
    what = "The letter template {file}, line {line}: {detail}."
    next_step = "Mend the template and run the command again; no letter was written."


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: whose it is, which template made it, and its text."""

    sitting: str
    candidate: str
    attempt: int
    template: str
    text: str


def write_letters(
    centre: Centre, run: ScoreRun, out: Path, *, today: int, templates: Path | None = None
) -> tuple[Path, ...]:
    """Write every candidate's letter as text and as a PDF below `out`; the texts' paths. `today` is in wall ms.

    Raises `LetterTemplateError`, `PlanUnknownError` or a `StorageError`.
    """
    found = list(letters(centre, run, today, _environment(templates or SHIPPED)))
    folder = folder_of(run, out)
    written: list[Path] = []
    for one in found:
        path = folder / plain(one.sitting) / f"letter-{plain(one.candidate)}-{one.attempt}.txt"
        write_file(path, one.text.encode())
        paragraphs = [part.strip("\n") for part in one.text.split("\n\n")]
        paper = made(f"{run.title}: {one.candidate}", [text(part, 10, gap=9) for part in paragraphs if part])
        write_file(path.with_suffix(".pdf"), paper)
        written.append(path)
    return tuple(written)


def letters(centre: Centre, run: ScoreRun, today: int, environment: Environment) -> Iterator[Letter]:
    """The letters of a run, by sitting. Raises as `write_letters`."""
    for plan, held, found in _by_sitting(centre, run):
        for one, began in found:
            entry = plan.entry(one.candidate)
            if entry is not None:
                fields = fields_of(run, plan, entry, one, began, held, today)
                name = f"{_kind(one, held)}.{entry.language or ENGLISH}.txt"
                filled = fill(environment, name, fields)
                yield Letter(one.sitting, one.candidate, one.attempt, name, filled)


def _by_sitting(
    centre: Centre, run: ScoreRun
) -> Iterator[tuple[SittingPlan, Standings, list[tuple[CandidateScore, int]]]]:
    """The results of a sitting at a time, each with when its session began; those that may not be told too."""
    for sitting in sittings(run):
        known = plan_of(centre, sitting)
        with centre.ledger.reading() as books:
            held = standings(books, run.run)
            began = {
                row.digest: facts_of_row(row).started_at
                for row in books.sound_records(sitting=sitting, state=State.ADMITTED.value)
            }
        yield (
            known.plan,
            held,
            [
                (one, began.get(one.record, known.plan.opens_at))
                for one in run.scores
                if one.sitting == sitting
            ],
        )


def fields_of(
    run: ScoreRun,
    plan: SittingPlan,
    entry: RosterEntry,
    one: CandidateScore,
    began: int,
    held: Standings,
    today: int,
) -> dict[str, object]:
    """What a template may name."""
    report = candidate_report(run, plan, entry, one, began, held)
    stands = held.get((one.sitting, one.candidate, one.attempt))
    always: dict[str, object] = {
        "name": report.name,
        "candidate": report.candidate,
        "attempt": report.attempt,
        "exam": report.title,
        "notice": report.notice,
        "sitting": report.sitting,
        "site": report.site,
        "room": sanitise(plan.room, limit=200),
        "date": report.date,
        "today": utc(today)[:10],
        "contact": sanitise(plan.policies.support_contact, limit=400),
        "run": run.run,
        "cut": report.cut,
        "top": report.top,
    }
    if stands:
        return {**always, "invalidated": stands.state == "invalidated", "appeal": stands.appeal}
    return {
        **always,
        "scaled": report.scaled,
        "error": report.error,
        "points": report.correct,
        "most": report.total,
        "omitted": report.omitted,
        "categories": tuple((line.title, line.earned) for line in report.categories),
        "areas": tuple((line.title, line.band.value) for line in report.areas),
        "study": tuple(line.title for line in report.study),
    }


def fill(environment: Environment, name: str, fields: Mapping[str, object]) -> str:
    """The letter that a template makes of these fields. Raises `LetterTemplateError`."""
    try:
        filled = environment.get_template(name).render(fields)
    except TemplateNotFound as error:
        raise LetterTemplateError(file=name, line=1, detail=f"there is no file {error.name}") from None
    except TemplateSyntaxError as error:
        raise LetterTemplateError(file=error.name or name, line=error.lineno, detail=_words(error)) from None
    except UNFIT as error:
        raise LetterTemplateError(file=name, line=_line(error, name), detail=_words(error)) from None
    return sanitise(filled, limit=_LONGEST, newlines=True)


def _environment(folder: Path) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _kind(one: CandidateScore, held: Standings) -> str:
    if (one.sitting, one.candidate, one.attempt) in held:
        return WITHHELD
    return PASS if one.score.passed else FAIL


def _line(error: Exception, name: str) -> int:
    """The line of the template in which it happened: Jinja2 puts it into the traceback."""
    found, step = 1, error.__traceback__
    while step is not None:
        if Path(step.tb_frame.f_code.co_filename).name == name:
            found = step.tb_lineno
        step = step.tb_next
    return found


def _words(error: Exception) -> str:
    return sanitise(str(error), limit=200).rstrip(".")

"""Preparing marking at the centre: which texts are to be marked, a round of tasks for them, and the markers' sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exam_packages.interactions import ExtendedTextInteraction, TypedText, is_empty
from exam_packages.scoring_key import AdjustmentKind
from keys.carrier import make_folder, write_file
from keys.encoding import Digest, Instant
from keys.errors import ExamKioskError
from results.centre.books import Books
from results.centre.inputs import Inputs
from results.centre.marking.books import add_marks, add_tasks, answer_digest, open_round, tasks
from results.centre.marking.rules import (
    Role,
    Stage,
    Task,
    Text,
    by_text,
    share_out,
    stage,
    task_number,
    third_markers,
)
from results.centre.marking.sheets import GivenMark, SheetError, SheetLine, write_sheet
from results.centre.office import Centre, scorables
from results.centre.runs import counts

MAX_MARKERS = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class MarkersError(ExamKioskError):
    """Markers among whom texts cannot be shared out."""

    code = "markers-refused"
    what = "The texts cannot be shared out: {detail}."
    next_step = "Name each marker once, by letters, digits, dots and dashes; two mark every text, a third adjudicates."


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that is to be marked: whose it is, its words, the record it came in, and the most it may earn."""

    text: Text
    words: str
    record: Digest
    most: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A round: its number, or 0 where there was nothing to do; its tasks and sheets; texts for which nobody is left."""

    round: int
    tasks: tuple[Task, ...]
    sheets: tuple[Path, ...]
    nobody: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Who prepares a round, and with what: markers, how far two marks may be apart (thousandths), 32 drawn bytes."""

    markers: tuple[str, ...]
    within: int
    by: str
    at: Instant
    seed: bytes


def answers(centre: Centre, books: Books, inputs: Inputs) -> dict[Text, Answer]:
    """Every long text that a run would score, of every candidate who has written one."""
    ruler = inputs.ruler
    asked = {
        one.item: most
        for one, most in zip(ruler.scored, ruler.worths, strict=True)
        if isinstance(ruler.interactions[one.item], ExtendedTextInteraction)
        and one.adjusted is not AdjustmentKind.FULL_CREDIT
    }
    found: dict[Text, Answer] = {}
    for one in scorables(centre, books, inputs.form_digest) if asked else ():
        responses = one.facts.responses() if counts(one) else {}
        for item, most in asked.items():
            response = responses.get(item)
            if isinstance(response, TypedText) and not is_empty(response):
                text = Text(one.sitting, one.candidate, one.attempt, item, answer_digest(response))
                found[text] = Answer(text, response.text, one.record, most)
    return found


def prepare(centre: Centre, inputs: Inputs, told: Round, out: Path) -> Prepared:
    """Share out every text that nobody marks yet, two markers each, and write a sheet for each marker.

    Raises `MarkersError` or a `StorageError`.
    """
    _check(told.markers, 2)
    with centre.ledger.transaction() as books:
        texts = answers(centre, books, inputs)
        known = by_text(tasks(books, inputs.form_digest))
        given = share_out((text for text in texts if text not in known), told.markers, told.seed)
        made = _enter(books, inputs, told, given, texts, Role.MARKER)
        return Prepared(made[0].round if made else 0, made, _write(made, texts, out))


def adjudicate(centre: Centre, inputs: Inputs, told: Round, out: Path) -> Prepared:
    """Give every text whose two marks are too far apart to a third marker. Raises as `prepare`."""
    _check(told.markers, 1)
    with centre.ledger.transaction() as books:
        texts = answers(centre, books, inputs)
        known = by_text(tasks(books, inputs.form_digest))
        differing = {
            text: done for text, done in known.items() if text in texts and stage(done)[0] is Stage.DIFFERING
        }
        given, nobody = third_markers(differing, told.markers, told.seed)
        made = _enter(books, inputs, told, given, texts, Role.ADJUDICATOR)
        return Prepared(made[0].round if made else 0, made, _write(made, texts, out), len(nobody))


def reissue(centre: Centre, inputs: Inputs, out: Path) -> tuple[Path, ...]:
    """Write again the sheets of all tasks that have no mark yet. Raises a `StorageError`."""
    with centre.ledger.reading() as books:
        texts = answers(centre, books, inputs)
        open_tasks = [one for one in tasks(books, inputs.form_digest) if one.points is None]
        return _write([one for one in open_tasks if one.text in texts], texts, out)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet that came back held: marks that are new, ones that were here already, and tasks without one."""

    new: int
    known: int
    without: int


def take(books: Books, marker: str, marks: Sequence[GivenMark], told: tuple[str, str, int]) -> Taken:
    """Enter a marker's marks, all of them or none; `told` is the file's name, who imports it and when.

    Raises `SheetError` for a task that is not this marker's, stands twice, has a mark outside its points, or has
    another mark already.
    """
    name, by, at = told
    known = {one.task: one for one in tasks(books) if one.marker == marker}
    new: dict[str, int] = {}
    same = without = 0
    seen: set[str] = set()
    for one in marks:
        task = known.get(one.task)
        if task is None:
            raise SheetError(
                line=one.line, name=name, detail=f"has a task that marker {marker} was not given"
            )
        if one.task in seen:
            raise SheetError(line=one.line, name=name, detail="has a task that stands in the sheet already")
        seen.add(one.task)
        if one.points is None:
            without += 1
        elif not 0 <= one.points <= task.most:
            raise SheetError(line=one.line, name=name, detail="has a mark outside the points of its item")
        elif task.points not in {None, one.points}:
            raise SheetError(
                line=one.line, name=name, detail="has another mark than the one that was given before"
            )
        elif task.points is None:
            new[one.task] = one.points
        else:
            same += 1
    add_marks(books, list(new.items()), by, at)
    return Taken(len(new), same, without)


def _check(markers: Sequence[str], least: int) -> None:
    if not least <= len(markers) <= MAX_MARKERS:
        raise MarkersError(
            detail=f"{len(markers)} markers are named, and {least} to {MAX_MARKERS} are needed"
        )
    if len({marker.casefold() for marker in markers}) != len(markers):
        raise MarkersError(detail="a marker is named twice")
    if strange := [marker for marker in markers if not _NAME.fullmatch(marker)]:
        raise MarkersError(detail=f"“{strange[0]}” is no name of a sheet")


def _enter(
    books: Books,
    inputs: Inputs,
    told: Round,
    given: Sequence[tuple[Text, str]],
    texts: Mapping[Text, Answer],
    role: Role,
) -> tuple[Task, ...]:
    """The round and its tasks; no round where there is nothing to mark."""
    if not given:
        return ()
    values = {
        "form": inputs.front.form,
        "form_digest": inputs.form_digest,
        "actor": told.by,
        "within": told.within,
        "made_at": told.at,
        "seed": told.seed,
    }
    number = open_round(books, values)
    made = tuple(
        Task(
            task_number(text, marker, told.seed),
            number,
            role,
            marker,
            text,
            texts[text].record,
            texts[text].most,
            told.within,
        )
        for text, marker in given
    )
    add_tasks(books, made)
    return made


def _write(made: Iterable[Task], texts: Mapping[Text, Answer], out: Path) -> tuple[Path, ...]:
    """A sheet for each marker and round, which its owner alone can read."""
    sheets: dict[Path, list[SheetLine]] = {}
    for one in made:
        answer = texts[one.text]
        path = out / f"marking-{one.round}-{one.marker}.csv"
        line = SheetLine(one.task, one.text.item, one.most, answer.words)
        sheets.setdefault(path, []).append(line)
    if sheets:
        make_folder(out, 0o700)
    for path, lines in sorted(sheets.items()):
        write_file(path, write_sheet(lines))
    return tuple(sorted(sheets))

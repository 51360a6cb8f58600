"""From a run of the ledger to what an analysis takes: a matrix, who is at the first attempt, times and changes.

Rules.
1. Items stand in the form's order, options by their identifier in the form's order, never as a screen showed them.
2. A single choice is analysed by option. Any other item has the options 0 and 1: not all of its points, or all.
3. A scored item is right if the run says that it earned all its points. Items on trial, which the key has but does not
   score, are judged by the same rules and counted apart; long texts that nobody marked are left out.
4. An item that was never on the screen is not reached; one that was, and has no answer, is omitted.
5. What the run has not scored, and results that are held or invalidated, are in no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exam_packages.interactions import (
    ChoiceInteraction,
    ChosenOptions,
    ExtendedTextInteraction,
    Interaction,
    ItemId,
    Response,
    is_empty,
)
from exam_packages.response_processing import earned, worth
from exam_packages.scoring_key import POINT, ItemKey, ScoringKey
from keys.errors import ExamKioskError
from results.centre.analysis.changing import changed
from results.centre.facts import SessionFacts
from results.centre.inputs import Inputs
from results.centre.office import Centre, whole_facts
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.standing.books import standings
from results.scoring.figures import ChangeFigures
from results.scoring.matrix import NOT_REACHED, OMITTED, Item, Matrix
from results.scoring.scores import FULL
from results.scoring.speed import Times

BINARY = ("0", "1")


class RunInputsError(ExamKioskError):
    """An exam's folder that is not the one a run was scored with."""

    code = "run-inputs-differ"
    what = "Run {run} was not scored with this folder's {part}."
    next_step = "Give the folder of the form that was scored, with the key version that the run names."


class AnswersGoneError(ExamKioskError):
    """A run whose answers went on schedule."""

    code = "run-answers-gone"
    what = "The answers behind {count} results of run {run} were erased by a retention rule."
    next_step = "`results retention erased` tells when and why, and which statistics were kept."


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an analysis takes; `counting` by item, `first` by person. `withheld` results are left out.

    `cut` is the least number of items that passes, None where `cut_lacks` says why the run's cut is none of items.
    """

    matrix: Matrix
    counting: tuple[bool, ...]
    first: NDArray[np.bool_]
    times: Times
    changes: tuple[ChangeFigures, ...]
    withheld: int
    cut: int | None
    cut_lacks: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A column: the item as the form has it, its key, and its place among the run's scored items, or None."""

    item: Item
    interaction: Interaction
    key: ItemKey
    scored: int | None

    def chosen(self, response: Response | None, *, right: bool) -> int:
        """Which of the item's options a response is."""
        if response is None or is_empty(response):
            return OMITTED
        if self.item.options == BINARY:
            return int(right)
        return (
            self.item.options.index(response.options[0]) if isinstance(response, ChosenOptions) else OMITTED
        )

    def right(self, response: Response | None, one: CandidateScore) -> bool:
        """Whether a response earned all that the item gives."""
        if self.scored is not None:
            return one.score.marks[self.scored] == FULL
        return earned(self.interaction, self.key, response) == worth(self.interaction, self.key) > 0


def gather(centre: Centre, run: ScoreRun, inputs: Inputs) -> Gathered:
    """What the ledger holds for a run, with the inputs that it was scored with.

    Raises `RunInputsError` or `AnswersGoneError`.
    """
    for part, one, other in (
        ("form", run.form_digest, inputs.form_digest),
        ("scoring key", run.key_digest, inputs.key_digest),
    ):
        if one != other:
            raise RunInputsError(run=run.run, part=part)
    with centre.ledger.reading() as books:
        withheld = standings(books, run.run)
        taken = [one for one in run.scores if (one.sitting, one.candidate, one.attempt) not in withheld]
        rows = {row.digest: row for row in books.sound_records(form_digest=run.form_digest)}
        gone = sum(one.record not in rows for one in taken)
        if gone:
            raise AnswersGoneError(run=run.run, count=gone)
        facts = [whole_facts(centre, books, rows[one.record])[0] for one in taken]
        moved = [
            one for one, fact in zip(taken, facts, strict=True) if any(item.changes for item in fact.items)
        ]
        changes = changed(centre, books, inputs, moved)
    plain = all(most == POINT for most in inputs.ruler.worths)
    found = _gathered(
        _columns(inputs.ruler.interactions, inputs.ruler.key, run.items),
        taken,
        facts,
        len(withheld),
        run.raw_cut if plain else None,
    )
    return replace(found, changes=changes)


def _columns(
    interactions: Mapping[ItemId, Interaction], key: ScoringKey, scored: Sequence[ItemId]
) -> tuple[Asked, ...]:
    """What can be analysed, in the form's order."""
    keys = {one.item: one for one in key.keys}
    places = {item: place for place, item in enumerate(scored)}
    return tuple(
        Asked(_item(item, interaction, keys[item]), interaction, keys[item], places.get(item))
        for item, interaction in interactions.items()
        if item in places or not isinstance(interaction, ExtendedTextInteraction)
    )


def _item(item: ItemId, interaction: Interaction, key: ItemKey) -> Item:
    single = isinstance(interaction, ChoiceInteraction) and interaction.max_choices == 1
    if (
        not single
        or not isinstance(interaction, ChoiceInteraction)
        or not isinstance(key.correct, ChosenOptions)
    ):
        return Item(str(item), BINARY, 1, key.area)
    options = tuple(str(option.id) for option in interaction.options)
    right = key.correct.options
    return Item(str(item), options, options.index(str(right[0])) if len(right) == 1 else -1, key.area)


def _gathered(
    columns: Sequence[Asked],
    taken: Sequence[CandidateScore],
    facts: Sequence[SessionFacts],
    withheld: int,
    cut: int | None,
) -> Gathered:
    shape = (len(taken), len(columns))
    chosen, scores = np.full(shape, NOT_REACHED, np.int8), np.zeros(shape, np.int8)
    spent, changes = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for person, (one, fact) in enumerate(zip(taken, facts, strict=True)):
        known = {item.item: item for item in fact.items}
        for place, column in enumerate(columns):
            item = known.get(column.key.item)
            response = item.response if item else None
            right = column.right(response, one)
            scores[person, place] = right
            if item:
                chosen[person, place] = column.chosen(response, right=right)
                spent[person, place], changes[person, place] = item.time, item.changes
    matrix = Matrix(
        tuple(one.candidate for one in taken),
        tuple(column.item for column in columns),
        chosen,
        scores,
    )
    return Gathered(
        matrix,
        tuple(column.scored is not None for column in columns),
        np.array([one.attempt == 1 for one in taken], bool),
        Times(spent, changes),
        (),
        withheld,
        cut,
        "" if cut is not None else "items give other than one point, so the cut is not a number of items",
    )

"""How far marking is: texts by stage, each marker's work, and how well first and second marks agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from exam_packages.scoring_key import POINT
from results.centre.inputs import Inputs
from results.centre.marking.books import tasks
from results.centre.marking.preparing import answers
from results.centre.marking.rules import Role, Stage, Task, by_text, stage
from results.centre.office import Centre
from results.scoring.agreement import Agreement, agreement


@dataclass(frozen=True, slots=True)
class MarkerWork:
    """What one marker was given and has given back."""

    marker: str
    tasks: int
    marks: int


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """One item's two marks against each other, in points, before any adjudication."""

    item: str
    figures: Agreement


@dataclass(frozen=True, slots=True)
class MarkingStanding:
    """Texts that a run would score, by how far their marking is; `unshared` ones were given to nobody yet."""

    texts: int
    unshared: int
    waiting: int
    differing: int
    adjudicating: int
    final: int
    markers: tuple[MarkerWork, ...]
    agreement: tuple[ItemAgreement, ...]


def standing(centre: Centre, inputs: Inputs) -> MarkingStanding:
    """How far the marking of a form is."""
    with centre.ledger.reading() as books:
        texts = answers(centre, books, inputs)
        every = [one for one in tasks(books, inputs.form_digest) if one.text in texts]
    known = by_text(every)
    stages = Counter(stage(given)[0] for given in known.values())
    names = sorted({one.marker for one in every})
    return MarkingStanding(
        len(texts),
        len(texts) - len(known),
        stages[Stage.WAITING],
        stages[Stage.DIFFERING],
        stages[Stage.ADJUDICATING],
        stages[Stage.FINAL],
        tuple(
            MarkerWork(
                name,
                sum(one.marker == name for one in every),
                sum(one.marker == name and one.points is not None for one in every),
            )
            for name in names
        ),
        tuple(
            ItemAgreement(item, _figures([given for text, given in known.items() if text.item == item]))
            for item in sorted({text.item for text in known})
        ),
    )


def standing_text(found: MarkingStanding) -> str:
    """The same in lines."""
    lines = [
        (
            f"{found.texts} texts: {found.final} final, {found.waiting} waiting for marks, "
            f"{found.differing} to be adjudicated, {found.adjudicating} with an adjudicator, "
            f"{found.unshared} given to nobody yet."
        ),
        *(f"  {one.marker}: {one.marks} of {one.tasks} marks" for one in found.markers),
    ]
    for one in found.agreement:
        told = one.figures
        lines.append(
            f"  {one.item}: {told.pairs} pairs of marks; exact {_share(told.exact)}, "
            f"at most {told.within:g} apart {_share(told.adjacent)}, kappa {_figure(told.kappa)}, "
            f"quadratic weighted kappa {_figure(told.weighted_kappa)}, r {_figure(told.pearson)}, "
            f"ICC(1,1) {_figure(told.icc)}"
        )
    return "\n".join(lines)


def _figures(texts: Sequence[Sequence[Task]]) -> Agreement:
    """First against second mark in the order of their tasks' drawn numbers, so that neither side is one person."""
    pairs = [
        [one.points / POINT for one in given if one.role is Role.MARKER and one.points is not None]
        for given in texts
    ]
    return agreement([(marks[0], marks[1]) for marks in pairs if len(marks) == 2])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f} %"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"

"""What of a form this kiosk can deliver: the form model says more than the kiosk does yet. Pure.

Rules.
1. A form that goes beyond the rules below is refused whole with the start code, before a candidate has signed in.
2. Time limits are the test's alone: a part or a section has none.
3. Answers are submitted together at the end of a part (QTI submissionMode simultaneous).
4. Every item is a choice among at most eight options and stands without a shared stimulus.
"""

from __future__ import annotations

from collections.abc import Iterator

from exam_packages.form import DeliveryForm, Item, SubmissionMode
from exam_packages.interactions import ChoiceInteraction
from keys.errors import ExamKioskError

MOST_OPTIONS = 8
"""Options that have a letter on the screen."""


class FormNotDeliverableError(ExamKioskError):
    """A genuine form that asks for more than this kiosk can do."""

    code = "form-not-deliverable"
    what = "This kiosk cannot deliver this exam: {detail}."
    next_step = "Call the centre; the exam needs another package, or this kiosk a newer program."


def check_deliverable(form: DeliveryForm) -> None:
    """Raise `FormNotDeliverableError` with the first thing that this kiosk does not do."""
    for detail in _beyond(form):
        raise FormNotDeliverableError(detail=detail)


def _beyond(form: DeliveryForm) -> Iterator[str]:
    for part in form.parts:
        if part.time_limit:
            yield "a part of it has a time limit of its own"
        if part.submission is not SubmissionMode.SIMULTANEOUS:
            yield "a part of it submits each answer by itself"
        if any(section.time_limit for section in part.sections):
            yield "a section of it has a time limit of its own"
    for item in form.items:
        yield from _beyond_choice(item)


def _beyond_choice(item: Item) -> Iterator[str]:
    if not isinstance(item.interaction, ChoiceInteraction):
        yield f"it asks for a kind of answer that is not delivered yet ({_kind(item)})"
    elif len(item.interaction.options) > MOST_OPTIONS:
        yield f"a question of it has more than {MOST_OPTIONS} options"
    if item.stimulus:
        yield "questions of it share a text"


def _kind(item: Item) -> str:
    """QTI's name of the item's interaction."""
    return str(type(item.interaction).__struct_config__.tag)

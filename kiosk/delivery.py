"""What of a form this kiosk can deliver: the form model says more than the kiosk does yet. Pure.

A package's signed header says what its form demands (`exam_packages.form.demands`). A word that is not on this list,
also one of a later program, refuses the package whole, before any code is asked for and before anything is decrypted.
Options go by the letters A to H, so more than eight of them are beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable

from exam_packages import interactions as i
from exam_packages.form import Demand
from keys.errors import ExamKioskError
from keys.text import sanitise

INTERACTIONS = (
    i.ChoiceInteraction,
    i.OrderInteraction,
    i.MatchInteraction,
    i.AssociateInteraction,
    i.InlineChoiceInteraction,
    i.GapMatchInteraction,
    i.TextEntryInteraction,
    i.NumericInteraction,
    i.ExtendedTextInteraction,
    i.HotTextInteraction,
    i.SliderInteraction,
)
DEMANDS = (
    Demand.PART_TIME_LIMIT,
    Demand.SECTION_TIME_LIMIT,
    Demand.INDIVIDUAL_SUBMISSION,
    Demand.SHARED_STIMULUS,
    Demand.EXHIBITS,
    Demand.INSTRUMENTS,
    Demand.SCHEDULED_BREAKS,
    Demand.UNSCHEDULED_BREAKS,
)
DELIVERED = frozenset(
    (*(str(one.__struct_config__.tag) for one in INTERACTIONS), *(one.value for one in DEMANDS))
)
"""Written out, so that a word which the form model gains is not taken for one that the kiosk can do."""


class FormNotDeliverableError(ExamKioskError):
    """A genuine form that demands more than this kiosk can do."""

    code = "form-not-deliverable"
    what = "This kiosk cannot deliver this exam: it demands {detail}."
    next_step = "Call the centre; the exam needs another package, or this kiosk a newer program."


def check_deliverable(demanded: Iterable[str]) -> None:
    """Raise `FormNotDeliverableError` with everything that is demanded and that this kiosk does not do."""
    beyond = sorted(set(demanded) - DELIVERED)
    if beyond:
        raise FormNotDeliverableError(detail=", ".join(sanitise(word, limit=40) for word in beyond[:5]))

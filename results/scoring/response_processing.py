"""Response processing: does a response equal the correct one, by QTI 3.0's `match_correct`.

Rules.
1. Responses are compared by identifier, never by the letter or place on the screen.
2. What counts as equal is the interaction's cardinality and base type, not how the answer was stored: `multiple`
   ignores order, `ordered` keeps it, an associate's pairs have no direction, a number equals by value.
3. An empty response, or one of another kind than the interaction takes, never matches.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from exam_packages.interactions import (
    RESPONSE_KIND,
    AssociateInteraction,
    ChosenOptions,
    ChosenPairs,
    ExtendedTextInteraction,
    Interaction,
    NumericInteraction,
    OrderInteraction,
    Response,
    SliderInteraction,
    TypedText,
    is_empty,
)
from keys.errors import ExamKioskError


class NeedsMarkingError(ExamKioskError):
    """A long text that only a person can mark is given a key to match."""

    code = "item-needs-marking"
    what = "Item {item} takes a long text, which cannot be scored by matching a key."
    next_step = "Make a key version in which this item is not scored."


def match_correct(interaction: Interaction, response: Response | None, correct: Response) -> bool:
    """Whether `response` is the correct one (QTI 3.0, response processing template match_correct)."""
    kind = RESPONSE_KIND[type(interaction)]
    if response is None or is_empty(response) or type(response) is not kind or type(correct) is not kind:
        return False
    return _value(interaction, response) == _value(interaction, correct)


def can_match(interaction: Interaction) -> bool:
    """Whether responses to this interaction are scored by matching at all."""
    return not isinstance(interaction, ExtendedTextInteraction)


def _value(interaction: Interaction, response: Response) -> object:
    """The response in the one form in which equal responses are equal values."""
    match response:
        case ChosenOptions():
            ordered = isinstance(interaction, OrderInteraction)
            return response.options if ordered else sorted(response.options)
        case ChosenPairs():
            directed = not isinstance(interaction, AssociateInteraction)
            return sorted(pair if directed else tuple(sorted(pair)) for pair in response.pairs)
        case TypedText():
            numeric = isinstance(interaction, NumericInteraction | SliderInteraction)
            return _number(response.text) if numeric else response.text.strip()


def _number(text: str) -> Decimal | str:
    """The number that was typed, with a comma or point as decimal mark; text that is no number equals none."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return text
    return number if number.is_finite() else text

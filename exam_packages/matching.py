"""Matching: does a response equal a correct one, by QTI 3.0's response processing template `match_correct`.

Rules.
1. Responses are compared by identifier, never by the letter or place on the screen.
2. What counts as equal is the interaction's cardinality and base type, not how the answer was stored: `multiple`
   ignores order, `ordered` keeps it, an associate's pairs have no direction.
3. Typed text equals in composed form (Unicode NFC), white space at its ends off and each run of it one space; in any
   case (Unicode's full folding) only where the key says so.
4. A number equals by value, exactly, or within the key's tolerance, which is absolute or of the correct value; its unit
   is the correct one's. A number in another unit is correct where the key accepts it, with the same tolerance.
5. Each of the key's accepted responses is as good as the correct one.
6. An empty response, one of another kind than the interaction takes, and a long text never match.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from typing import Protocol

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
    TextEntryInteraction,
    TypedText,
    is_empty,
)

LONGEST_NUMBER = 100
"""Characters of a typed number with its unit; a longer one is no number."""

_NUMBER = re.compile(r"([+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?: (.+))?")
_TOLERANCE = re.compile(r"([0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?) ?(%?)")
_EXACT = Context(prec=4_000, traps=[])
"""More digits than the difference or product of two such numbers can have: nothing is ever rounded."""


class Correct(Protocol):
    """What counts as correct: of a scoring key (`scoring_key.ItemKey`) or of a practice form."""

    @property
    def correct(self) -> Response:
        """The correct response."""

    @property
    def accepted(self) -> tuple[Response, ...]:
        """Further correct ones."""

    @property
    def tolerance(self) -> str:
        """Of a number: an absolute amount, or percent of the correct value; empty is none."""

    @property
    def fold_case(self) -> bool:
        """Whether typed text is correct in any case."""


def match_correct(interaction: Interaction, response: Response | None, key: Correct) -> bool:
    """Whether `response` is a correct one (QTI 3.0, response processing template match_correct)."""
    if response is None or not can_match(interaction) or not _takes(interaction, response):
        return False
    return any(_equal(interaction, response, one, key) for one in (key.correct, *key.accepted))


def can_match(interaction: Interaction) -> bool:
    """Whether responses to this interaction are scored by matching at all."""
    return not isinstance(interaction, ExtendedTextInteraction)


def unfit(interaction: Interaction, key: Correct) -> str | None:
    """Why this key could not match what it should, as a clause after the item's name, or None."""
    numeric = isinstance(interaction, NumericInteraction | SliderInteraction)
    correct = (key.correct, *key.accepted)
    if any(is_empty(one) for one in correct):
        return "has no correct response, or an empty one"
    if not all(_takes(interaction, one) for one in correct):
        return "has a correct response of another kind"
    if numeric and any(_quantity(interaction, one) is None for one in correct):
        return "has a correct response that is no number in a unit of the item"
    if key.tolerance and not (numeric and _TOLERANCE.fullmatch(key.tolerance)):
        return "has a tolerance that is none"
    if key.fold_case and not isinstance(interaction, TextEntryInteraction):
        return "folds the case of what is no typed text"
    return None


def _takes(interaction: Interaction, response: Response) -> bool:
    return type(response) is RESPONSE_KIND[type(interaction)] and not is_empty(response)


def _equal(interaction: Interaction, response: Response, correct: Response, key: Correct) -> bool:
    if not _takes(interaction, correct):
        return False
    if isinstance(interaction, NumericInteraction | SliderInteraction):
        return _near(_quantity(interaction, response), _quantity(interaction, correct), key.tolerance)
    return _value(interaction, response, key) == _value(interaction, correct, key)


def _value(interaction: Interaction, response: Response, key: Correct) -> object:
    """The response in the one form in which equal responses are equal values."""
    match response:
        case ChosenOptions():
            ordered = isinstance(interaction, OrderInteraction)
            return response.options if ordered else sorted(response.options)
        case ChosenPairs():
            directed = not isinstance(interaction, AssociateInteraction)
            return sorted(pair if directed else tuple(sorted(pair)) for pair in response.pairs)
        case TypedText():
            text = _clean(response.text)
            return _clean(text.casefold()) if key.fold_case else text


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _quantity(interaction: Interaction, response: Response) -> tuple[Decimal, str] | None:
    """The number that was typed, with a comma or point as decimal mark, and its unit, empty where the item has none.

    A number without a unit is in the item's only one. None for what is no number, or in no unit of the item.
    """
    text = _clean(response.text).replace("\u2212", "-") if isinstance(response, TypedText) else ""
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    units = interaction.units if isinstance(interaction, NumericInteraction) else ()
    if not found:
        return None
    unit = found[2] or (_clean(units[0]) if len(units) == 1 else "")
    if unit not in (tuple(map(_clean, units)) or ("",)):
        return None
    return Decimal(found[1].replace(",", ".")), unit


def _near(found: tuple[Decimal, str] | None, correct: tuple[Decimal, str] | None, tolerance: str) -> bool:
    if found is None or correct is None or found[1] != correct[1]:
        return False
    off = _EXACT.abs(_EXACT.subtract(found[0], correct[0]))
    return off <= _allowed(tolerance, correct[0])


def _allowed(tolerance: str, correct: Decimal) -> Decimal:
    """How far a number may be off: an absolute amount, or so many percent of the correct value."""
    told = _TOLERANCE.fullmatch(tolerance)
    if not told:
        return Decimal(0)
    amount = Decimal(told[1].replace(",", "."))
    return _EXACT.multiply(_EXACT.abs(correct), _EXACT.scaleb(amount, -2)) if told[2] else amount

"""What counts as an answer: a response that fits its interaction, in its one spelling. Pure.

Rules.
1. A response has the kind that its interaction asks for (`RESPONSE_KIND`).
2. It names only what the interaction offers, nothing twice, and no more than the interaction allows.
3. Options of a choice or hottext are kept in the form's order; of an order interaction in the candidate's.
4. Typed text is sanitised and cut to what the interaction allows.
5. An empty response always fits: it takes the answer back. Fewer choices than asked for are kept as they are; the
   screen says what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from exam_packages.interactions import (
    RESPONSE_KIND,
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    OptionId,
    OrderInteraction,
    Response,
    TextEntryInteraction,
    TypedText,
    is_empty,
)
from keys.errors import ExamKioskError
from keys.text import sanitise

SHORT = 64
"""The most characters of a typed number."""


class ResponseRefusedError(ExamKioskError):
    """A response that does not fit its question."""

    code = "response-refused"
    what = "That is not an answer to this question: {detail}."
    next_step = "Answer again; the answer before it is unchanged."


def fitted(interaction: Interaction, response: Response) -> Response:
    """The response as it is recorded. Raises `ResponseRefusedError`."""
    if not isinstance(response, RESPONSE_KIND[type(interaction)]):
        raise ResponseRefusedError(detail="it is of another kind")
    if is_empty(response):
        return response
    match response:
        case ChosenOptions(options=chosen):
            return ChosenOptions(_options(interaction, chosen))
        case ChosenPairs(pairs=pairs):
            return ChosenPairs(_pairs(interaction, pairs))
        case TypedText(text=text):
            return _text(interaction, text)


def option_ids(interaction: Interaction) -> frozenset[OptionId]:
    """The options of one list that may be struck out; none where there is no such list."""
    match interaction:
        case ChoiceInteraction(options=listed) | OrderInteraction(options=listed):
            return frozenset(option.id for option in listed)
        case HotTextInteraction(spans=listed):
            return frozenset(option.id for option in listed)
        case _:
            return frozenset()


def _options(interaction: Interaction, chosen: tuple[OptionId, ...]) -> tuple[OptionId, ...]:
    listed: Sequence[Choice] = ()
    most = 0
    match interaction:
        case ChoiceInteraction(options=listed, max_choices=most):
            pass
        case HotTextInteraction(spans=listed, max_choices=most):
            pass
        case OrderInteraction(options=listed):
            pass
    offered = [option.id for option in listed]
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(offered):
        raise ResponseRefusedError(detail="it names an option that is not there, or one twice")
    if most and len(chosen) > most:
        raise ResponseRefusedError(detail=f"at most {most} may be chosen")
    if isinstance(interaction, OrderInteraction):
        return chosen
    return tuple(option for option in offered if option in chosen)


def _pairs(interaction: Interaction, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    allowed: set[tuple[str, str]] = set()
    most = 0
    match interaction:
        case MatchInteraction(sources=sources, targets=targets, max_pairs=most):
            allowed = {(source.id, target.id) for source in sources for target in targets}
        case AssociateInteraction(options=options, max_pairs=most):
            allowed = {(one.id, other.id) for one in options for other in options if one.id != other.id}
        case InlineChoiceInteraction(gaps=lists):
            allowed = {(gap, choice.id) for gap, choices in lists.items() for choice in choices}
        case GapMatchInteraction(gaps=gaps, options=options):
            allowed = {(gap, option.id) for gap in gaps for option in options}
    if len(set(pairs)) != len(pairs) or not set(pairs) <= allowed:
        raise ResponseRefusedError(detail="it names a pair that is not there, or one twice")
    filled = isinstance(interaction, InlineChoiceInteraction | GapMatchInteraction)
    if filled and len({gap for gap, _ in pairs}) != len(pairs):
        raise ResponseRefusedError(detail="a gap is filled twice")
    if most and len(pairs) > most:
        raise ResponseRefusedError(detail=f"at most {most} pairs may be made")
    return pairs


def _text(interaction: Interaction, text: str) -> TypedText:
    if isinstance(interaction, ExtendedTextInteraction):
        return TypedText(sanitise(text, limit=interaction.max_length, newlines=True))
    most = interaction.max_length if isinstance(interaction, TextEntryInteraction) else SHORT
    return TypedText(sanitise(text, limit=most))

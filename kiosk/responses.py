"""What counts as an answer: a response that fits its interaction, in its one spelling. Pure.

Rules.
1. A response has the kind that its interaction asks for (`RESPONSE_KIND`).
2. It names only what the interaction offers, nothing twice, and no more than the interaction allows.
3. Options of a choice or hottext are kept in the form's order; of an order interaction in the candidate's.
4. Typed text is sanitised and cut to what the interaction allows.
5. An empty response always fits: it takes the answer back. Fewer choices than asked for, an order of some options, and
   text that is no number are kept as they are; `shortfall` says what is missing.
6. A slider takes whole numbers of its own steps alone.
7. Two options are associated once, whichever of them comes first.
"""

from __future__ import annotations

import re
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
    NumericInteraction,
    OptionId,
    OrderInteraction,
    Response,
    SliderInteraction,
    TextEntryInteraction,
    TypedText,
    is_empty,
)
from keys.errors import ExamKioskError
from keys.text import sanitise
from terminal.language import _, plural

SHORT = 64
"""The most characters of a typed number."""
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
"""A number as the scorers read it."""
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""A whole number in its one spelling."""


class ResponseRefusedError(ExamKioskError):
    """A response that does not fit its question."""

    code = "response-refused"
    what = "That is not an answer to this question: {detail}."
    next_step = "Answer again; the answer before it is unchanged."


def fitted(interaction: Interaction, response: Response) -> Response:
    """The response as it is recorded. Raises `ResponseRefusedError`."""
    if not isinstance(response, RESPONSE_KIND[type(interaction)]):
        raise ResponseRefusedError(detail=_("it is of another kind"))
    if is_empty(response):
        return response
    match response:
        case ChosenOptions(options=chosen):
            return ChosenOptions(_options(interaction, chosen))
        case ChosenPairs(pairs=pairs):
            return ChosenPairs(_pairs(interaction, pairs))
        case TypedText(text=text):
            return _text(interaction, text)


def shortfall(interaction: Interaction, response: Response | None) -> str:
    """What a response still lacks, in the language in use ("choose 2", "order all"); "" when it is complete."""
    match response:
        case None:
            return _lacking(interaction, (), "")
        case ChosenOptions(options=chosen):
            return _lacking(interaction, chosen, "")
        case ChosenPairs(pairs=pairs):
            return _lacking(interaction, pairs, "")
        case TypedText(text=text):
            return _lacking(interaction, (), text.strip())


def _lacking(interaction: Interaction, chosen: Sequence[object], text: str) -> str:
    told = ""
    match interaction:
        case ChoiceInteraction(min_choices=least, max_choices=most):
            told = _fewer(len(chosen), max(least, 1), most)
        case HotTextInteraction(max_choices=most):
            told = _fewer(len(chosen), 1, most)
        case OrderInteraction(options=listed):
            told = _("order all") if len(chosen) < len(listed) else ""
        case MatchInteraction() | AssociateInteraction():
            told = "" if chosen else _("make a pair")
        case InlineChoiceInteraction(gaps=gaps) | GapMatchInteraction(gaps=gaps):
            missing = len(gaps) - len(chosen)
            told = plural("fill {n} gap", "fill {n} gaps", missing).format(n=missing) if missing > 0 else ""
        case NumericInteraction(units=units):
            told = _without_unit(text, units)
        case SliderInteraction():
            told = "" if text else _("choose a number")
        case _:
            told = "" if text else _("type an answer")
    return told


def _fewer(chosen: int, least: int, most: int) -> str:
    if chosen >= least:
        return ""
    template = _("choose {n}") if least == most else _("choose at least {n}")
    return template.format(n=least)


def _without_unit(text: str, units: Sequence[str]) -> str:
    number, _space, unit = text.partition(" ")
    if not NUMBER.fullmatch(number):
        return _("type a number")
    if len(units) > 1:
        return "" if unit in units else _("choose a unit")
    return "" if not unit or unit in units else _("type a number")


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
        raise ResponseRefusedError(detail=_("it names an option that is not there, or one twice"))
    if most and len(chosen) > most:
        raise ResponseRefusedError(detail=_("at most {n} may be chosen").format(n=most))
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
    undirected = isinstance(interaction, AssociateInteraction)
    different = {tuple(sorted(pair)) if undirected else pair for pair in pairs}
    if len(different) != len(pairs) or not set(pairs) <= allowed:
        raise ResponseRefusedError(detail=_("it names a pair that is not there, or one twice"))
    filled = isinstance(interaction, InlineChoiceInteraction | GapMatchInteraction)
    if filled and len({gap for gap, _ in pairs}) != len(pairs):
        raise ResponseRefusedError(detail=_("a gap is filled twice"))
    if most and len(pairs) > most:
        raise ResponseRefusedError(detail=_("at most {n} pairs may be made").format(n=most))
    return pairs


def _text(interaction: Interaction, text: str) -> TypedText:
    if isinstance(interaction, ExtendedTextInteraction):
        return TypedText(sanitise(text, limit=interaction.max_length, newlines=True))
    most = interaction.max_length if isinstance(interaction, TextEntryInteraction) else SHORT
    kept = sanitise(text, limit=most)
    if isinstance(interaction, SliderInteraction) and not _on_scale(interaction, kept):
        raise ResponseRefusedError(detail=_("it is not on the scale"))
    return TypedText(kept)


def _on_scale(slider: SliderInteraction, text: str) -> bool:
    if not WHOLE.fullmatch(text):
        return False
    return slider.lower <= int(text) <= slider.upper and (int(text) - slider.lower) % slider.step == 0

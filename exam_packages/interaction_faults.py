"""What keeps an interaction or its key from being delivered and scored: sentences, one function a family.

Rules.
1. A list has 2 to 8 entries, a text at most 8 gaps; identifiers and texts are unique in their list.
2. A key is of its interaction's kind, complete, and within what a candidate can enter: see `_reach`.
3. A key matches every source, with one target or more, and names no pair twice; two options are associated once,
   whichever of them comes first.
4. What is accepted besides follows the same rules and differs from the key.
5. An essay is marked by a person. It counts only where its points say how much may be given.
6. Points, penalty and mapping are what `response_processing.py` can work with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from exam_packages.content_faults import list_faults, place_faults, text_faults
from exam_packages.glyphs import unfit
from exam_packages.interactions import (
    RESPONSE_KIND,
    AssociateInteraction,
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
    OrderInteraction,
    Response,
    SliderInteraction,
    TextEntryInteraction,
    TypedText,
    is_empty,
)
from exam_packages.item_points import authored_key
from exam_packages.items import AuthoredItem
from exam_packages.response_processing import unfit_key, unfit_processing
from exam_packages.response_text import offered, pairings

MAX_TEXT, MAX_ENTRY, MAX_ESSAY, MAX_NUMBER = 4_000, 200, 20_000, 64
MAX_GAPS, MAX_STEPS, MAX_UNIT = 8, 1_000, 12
_TOLERANCE = re.compile(r"[0-9]+(\.[0-9]+)?%?")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,5}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def interaction_faults(item: AuthoredItem) -> Iterator[str]:
    """Why this item cannot be delivered as it is, apart from its key."""
    name = f"item {item.id}"
    match item.interaction:
        case ChoiceInteraction(options=options, shuffle=shuffle):
            yield from list_faults(name, options, shuffled=shuffle)
            yield from _bound_faults(name, item.interaction)
        case OrderInteraction(options=options, shuffle=shuffle):
            yield from list_faults(name, options, shuffled=shuffle)
        case MatchInteraction(sources=sources, targets=targets):
            yield from list_faults(name, sources, "source")
            yield from list_faults(name, targets, "target")
        case AssociateInteraction(options=options):
            yield from list_faults(name, options)
        case InlineChoiceInteraction(text=text, gaps=gaps):
            yield from _gap_faults(name, text, list(gaps))
            for gap, options in gaps.items():
                yield from list_faults(f"gap {gap} of {name}", options)
        case GapMatchInteraction(text=text, gaps=gaps, options=options):
            yield from _gap_faults(name, text, gaps)
            yield from list_faults(name, options)
        case HotTextInteraction(text=text, spans=spans, max_choices=most):
            yield from list_faults(name, spans, "span")
            yield from place_faults(name, text, [span.id for span in spans], MAX_TEXT, "span")
            if not 0 <= most <= len(spans):
                yield f"Item {item.id} lets {most} spans be chosen and has {len(spans)}."
        case _:
            yield from _entry_faults(item)


def key_faults(item: AuthoredItem) -> Iterator[str]:
    """Why the key cannot be matched or reached, for the key and for each response that is accepted besides."""
    if isinstance(item.interaction, ExtendedTextInteraction):
        yield from _essay_faults(item)
        return
    kind = RESPONSE_KIND[type(item.interaction)]
    for at, response in enumerate((item.correct, *item.accepted)):
        name = f"The key of item {item.id}" if at == 0 else f"What item {item.id} also accepts"
        if type(response) is not kind or is_empty(response):
            yield f"{name} names no answer of the kind that is asked for."
        elif reason := _reach(item.interaction, response):
            yield f"{name} {reason}."
    if len({_compared(item, one) for one in (item.correct, *item.accepted)}) <= len(item.accepted):
        yield f"Item {item.id} accepts the same answer twice."
    yield from _setting_faults(item)


def _essay_faults(item: AuthoredItem) -> Iterator[str]:
    if item.scored and item.processing is None:
        yield (
            f"Item {item.id} is an essay, which a person marks and no key can match: "
            "write “points:” and how many may be given, or “scored: no”."
        )
    if not is_empty(item.correct) or item.accepted:
        yield f"Item {item.id} is an essay and has a key."
    elif reason := unfit_key(item.interaction, authored_key(item)):
        yield f"Item {item.id} {reason}."


def _setting_faults(item: AuthoredItem) -> Iterator[str]:
    if item.tolerance and not isinstance(item.interaction, NumericInteraction | SliderInteraction):
        yield f"Item {item.id} has a tolerance and asks for no number."
    elif item.tolerance and not _TOLERANCE.fullmatch(item.tolerance):
        yield f"The tolerance of item {item.id} is “{item.tolerance}”; it is written as 0.5 or as 2%."
    if item.fold_case and not isinstance(item.interaction, TextEntryInteraction):
        yield f"Item {item.id} ignores case and asks for no text."
    if reason := unfit_processing(item.interaction, authored_key(item)):
        yield f"Item {item.id} {reason}."


def _bound_faults(name: str, asked: ChoiceInteraction) -> Iterator[str]:
    least, most, there = asked.min_choices, asked.max_choices, len(asked.options)
    if not (0 <= least <= (most or there) <= there):
        wanted = f"{least} to {most or 'any'}"
        yield f"{name[0].upper()}{name[1:]} asks for {wanted} of {there} options, which cannot be."


def _gap_faults(name: str, text: str, gaps: Sequence[str]) -> Iterator[str]:
    if not 1 <= len(gaps) <= MAX_GAPS:
        yield f"{name[0].upper()}{name[1:]} has {len(gaps)} gaps; it has 1 to {MAX_GAPS}."
    yield from place_faults(name, text, gaps, MAX_TEXT, "gap")


def _entry_faults(item: AuthoredItem) -> Iterator[str]:
    """Families without a list of options."""
    match item.interaction:
        case TextEntryInteraction(max_length=most):
            if not 1 <= most <= MAX_ENTRY:
                yield f"Item {item.id} takes {most} characters; a short text has 1 to {MAX_ENTRY}."
        case ExtendedTextInteraction(max_length=most, max_words=words):
            if not 1 <= most <= MAX_ESSAY:
                yield f"Item {item.id} takes {most} characters; an essay has 1 to {MAX_ESSAY}."
            if not 0 <= words <= most // 2:
                yield f"Item {item.id} asks for {words} words, which {most} characters do not hold."
        case NumericInteraction(units=units):
            if len(set(units)) != len(units) or len(units) > MAX_GAPS:
                yield f"Item {item.id} names a unit twice, or more than {MAX_GAPS}."
            for unit in units:
                yield from text_faults(f"A unit of item {item.id}", unit, MAX_UNIT)
                if " " in unit:
                    yield f"A unit of item {item.id} has a blank in it."
        case SliderInteraction(lower=lower, upper=upper, step=step):
            if step < 1 or lower >= upper or (upper - lower) % step or (upper - lower) // step > MAX_STEPS:
                yield (
                    f"The slider of item {item.id} goes from {lower} to {upper} by {step}; "
                    f"it goes up, ends on a step and has at most {MAX_STEPS}."
                )


def _reach(interaction: Interaction, response: Response) -> str | None:
    """Why no candidate can give this response, as the end of a sentence."""
    match response:
        case ChosenOptions(options=chosen):
            return _options_reach(interaction, chosen)
        case ChosenPairs(pairs=pairs):
            return _pairs_reach(interaction, pairs)
        case TypedText(text=text):
            return _text_reach(interaction, text)


def _options_reach(interaction: Interaction, chosen: Sequence[str]) -> str | None:
    known = offered(interaction)
    if strange := [one for one in chosen if one not in known]:
        return f"is “{strange[0]}”, which is none of its options"
    if len(set(chosen)) != len(chosen):
        return "names an option twice"
    if isinstance(interaction, OrderInteraction):
        if len(chosen) != len(known):
            return "does not put all options in order"
        if tuple(chosen) == known and not interaction.shuffle:
            return "is the order in which the options are first shown; write them in another"
        return None
    least = interaction.min_choices if isinstance(interaction, ChoiceInteraction) else 0
    most = interaction.max_choices if isinstance(interaction, ChoiceInteraction | HotTextInteraction) else 0
    if not least <= len(chosen) <= (most or len(known)):
        return f"names {len(chosen)} options; a candidate chooses {least} to {most or len(known)}"
    return None


def _pairs_reach(interaction: Interaction, pairs: Sequence[tuple[str, str]]) -> str | None:
    if not set(pairs) <= pairings(interaction):
        return "names a pair that is not there"
    undirected = isinstance(interaction, AssociateInteraction)
    if len({tuple(sorted(pair)) if undirected else pair for pair in pairs}) != len(pairs):
        return "names a pair twice"
    lefts = [left for left, _ in pairs]
    most = 0
    match interaction:
        case MatchInteraction(sources=sources, max_pairs=most):
            if set(lefts) != {source.id for source in sources}:
                return "does not match every source"
        case AssociateInteraction(max_pairs=most):
            pass
        case InlineChoiceInteraction(gaps=lists):
            if sorted(lefts) != sorted(lists):
                return "does not fill every gap once"
        case GapMatchInteraction(gaps=gaps):
            if sorted(lefts) != sorted(gaps):
                return "does not fill every gap once"
    if most < 0 or (most and len(pairs) > most):
        return f"has {len(pairs)} pairs; a candidate makes at most {most}"
    return None


def _text_reach(interaction: Interaction, text: str) -> str | None:
    if reason := unfit(text):
        return reason
    match interaction:
        case TextEntryInteraction(max_length=most):
            if len(text) > most:
                return f"has {len(text)} characters; a candidate can type {most}"
            if text != " ".join(text.split()):
                return "has blanks at an end or two together"
        case NumericInteraction(units=units):
            return _number_reach(units, text)
        case SliderInteraction(lower=lower, upper=upper, step=step):
            if not _WHOLE.fullmatch(text):
                return "is no whole number as a slider gives it, such as -5"
            if not lower <= int(text) <= upper or (step > 0 and (int(text) - lower) % step):
                return f"cannot be reached from {lower} to {upper} by {step}"
    return None


def _number_reach(units: Sequence[str], text: str) -> str | None:
    number, _, unit = text.partition(" ")
    if not _DECIMAL.fullmatch(number) or len(text) > MAX_NUMBER:
        return "is no number such as 12 or -0.5"
    if len(units) > 1 and unit not in units:
        return f"ends in none of its units ({', '.join(units)})"
    if len(units) < 2 and unit:
        return "has a unit, and there are not several to pick from"
    return None


def _compared(item: AuthoredItem, response: Response) -> object:
    """A response in the form in which equal ones are equal, so that nothing is accepted twice."""
    match response:
        case ChosenOptions(options=chosen):
            return chosen if isinstance(item.interaction, OrderInteraction) else frozenset(chosen)
        case ChosenPairs(pairs=pairs):
            directed = not isinstance(item.interaction, AssociateInteraction)
            return frozenset(pair if directed else tuple(sorted(pair)) for pair in pairs)
        case TypedText(text=text):
            if isinstance(item.interaction, NumericInteraction):
                return _number(text) or text
            return text.casefold() if item.fold_case else text


def _number(text: str) -> tuple[Decimal, str] | None:
    number, _, unit = text.partition(" ")
    return (Decimal(number), unit) if _DECIMAL.fullmatch(number) else None

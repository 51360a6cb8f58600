"""Items into the authors' text, from which `item_reader.py` makes the same items again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from exam_packages.block_text import hanging, write_blocks
from exam_packages.interactions import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    NumericInteraction,
    OrderInteraction,
    SliderInteraction,
    TextEntryInteraction,
)
from exam_packages.item_draft import MISREAD
from exam_packages.item_families import ANY
from exam_packages.item_points import write_entries, write_head
from exam_packages.items import AuthoredItem
from exam_packages.response_text import write_response

TYPES: dict[type[Interaction], str] = {
    ChoiceInteraction: "choice",
    OrderInteraction: "order",
    MatchInteraction: "match",
    AssociateInteraction: "associate",
    InlineChoiceInteraction: "inline",
    GapMatchInteraction: "gap-match",
    HotTextInteraction: "hottext",
    TextEntryInteraction: "text",
    NumericInteraction: "number",
    ExtendedTextInteraction: "essay",
    SliderInteraction: "slider",
}


def write_items(items: Iterable[AuthoredItem]) -> str:
    """The text from which `read_items` makes these items again."""
    return "\n\n".join("\n".join(_lines(item)) for item in items) + "\n"


def _lines(item: AuthoredItem) -> Iterator[str]:
    yield f"@ {item.id}"
    for name, value in _head(item):
        if value:
            yield f"{name}: {value}"
    yield from write_blocks(item.stem, MISREAD)
    yield ""
    yield from _lists(item.interaction)
    if not isinstance(item.interaction, ExtendedTextInteraction):
        yield from ("", *hanging("key: ", write_response(item.interaction, item.correct)))
        for response in item.accepted:
            yield from hanging("accept: ", write_response(item.interaction, response))
        for entry in write_entries(item.interaction, item.processing):
            yield from hanging("map: ", entry)
    yield from hanging("why: ", item.rationale)


def _head(item: AuthoredItem) -> Iterator[tuple[str, str]]:
    kind = TYPES[type(item.interaction)]
    yield "task", item.task
    yield "values", ", ".join(item.values)
    yield "type", "" if kind == "choice" else kind
    yield from _settings(item.interaction)
    yield "tolerance", item.tolerance
    yield "case", "any" if item.fold_case else ""
    yield from write_head(item.processing)
    yield "scored", "" if item.scored else "no"
    yield "stimulus", item.stimulus
    yield "exhibits", ", ".join(item.exhibits)


def _settings(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """The fields of the head that say what the lists do not; an empty value is left out."""
    match interaction:
        case ChoiceInteraction(min_choices=least, max_choices=most, shuffle=shuffle):
            yield "choose", "" if (least, most) == (0, 1) else _span(least, most)
            yield "shuffle", "" if shuffle else "no"
        case OrderInteraction(shuffle=shuffle):
            yield "shuffle", "yes" if shuffle else ""
        case MatchInteraction(max_pairs=most) | AssociateInteraction(max_pairs=most):
            yield "pairs", str(most or "")
        case HotTextInteraction(max_choices=most):
            yield "choose", "" if most == 1 else str(most or "any")
        case TextEntryInteraction(max_length=most):
            yield "max", str(most)
        case NumericInteraction(units=units):
            yield "units", ", ".join(units)
        case ExtendedTextInteraction(max_length=most, max_words=words):
            yield "max", str(most)
            yield "words", str(words or "")
        case SliderInteraction(lower=lower, upper=upper, step=step):
            yield "range", f"{lower} to {upper} by {step}"


def _span(least: int, most: int) -> str:
    if least == most:
        return "any" if most == ANY else str(most)
    return f"{least}-{most or 'any'}"


def _lists(interaction: Interaction) -> Iterator[str]:
    match interaction:
        case MatchInteraction(sources=sources, targets=targets):
            yield from _options(sources)
            yield from _options(targets)
        case InlineChoiceInteraction(text=text, gaps=gaps):
            yield from hanging("text: ", text)
            for gap, options in gaps.items():
                yield f"{{{gap}}}"
                yield from _options(options)
        case GapMatchInteraction(text=text, options=options):
            yield from hanging("text: ", text)
            yield from _options(options)
        case HotTextInteraction(text=text, spans=spans):
            marked = {str(span.id): span.text for span in spans}
            yield from hanging(
                "text: ", re.sub(r"\{(h[1-8])\}", lambda at: f"{{{at[1]}: {marked[at[1]]}}}", text)
            )
        case ChoiceInteraction(options=options) | OrderInteraction(options=options):
            yield from _options(options)
        case AssociateInteraction(options=options):
            yield from _options(options)
        case _:
            return


def _options(options: Iterable[Choice]) -> Iterator[str]:
    for option in options:
        yield from hanging(f"{option.id}){'!' if option.fixed else ''} ", option.text)

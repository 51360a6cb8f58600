"""One reader for each type of item: its fields and lists, and how a draft becomes an interaction and a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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
    OptionId,
    OrderInteraction,
    Response,
    SliderInteraction,
    TextEntryInteraction,
    TypedText,
)
from exam_packages.item_draft import Draft
from exam_packages.response_text import read_response

SHORT_TEXT, LONG_TEXT = 60, 4_000
"""The most characters of a text and of an essay where the author does not say."""

ANY = 0
_CHOOSE = re.compile(r"(\d{1,2})(?:-(\d{1,2}|any))?|any")
_RANGE = re.compile(r"(-?\d{1,6}) to (-?\d{1,6})(?: by (\d{1,6}))?")
_SPAN = re.compile(r"\{(h[1-8]): *([^{}]*?) *\}")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Made:
    """What a draft holds beside its stem: the interaction, its key, and what else is accepted."""

    interaction: Interaction
    correct: Response
    accepted: tuple[Response, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """How items of one type are written; `fields` are those of the head that belong to it."""

    read: Callable[[Draft], Made | None]
    fields: tuple[str, ...] = ()
    keyed: bool = True
    has_options: bool = False
    has_sources: bool = False
    has_text: bool = False
    shuffles: bool = False


def _choice(draft: Draft) -> Made | None:
    least, most = _bounds(draft)
    options = draft.choices()
    if len(options) < 2:
        draft.complain(draft.line, f"Item {draft.id} has fewer than two options.")
        return None
    return _keyed(draft, ChoiceInteraction(options, least, most, shuffle=_shuffle(draft, default=True)))


def _order(draft: Draft) -> Made | None:
    return _keyed(draft, OrderInteraction(draft.choices(), shuffle=_shuffle(draft, default=False)))


def _match(draft: Draft) -> Made | None:
    return _keyed(draft, MatchInteraction(draft.choices("1"), draft.choices(), _whole(draft, "pairs", ANY)))


def _associate(draft: Draft) -> Made | None:
    return _keyed(draft, AssociateInteraction(draft.choices(), _whole(draft, "pairs", ANY)))


def _inline(draft: Draft) -> Made | None:
    names = [entry.name for entry in draft.gaps]
    for at, entry in enumerate(draft.gaps):
        if entry.name in names[:at]:
            draft.complain(entry.line, f"Gap {entry.name} stands twice.")
    lists = {name: draft.choices(name) for name in names}
    return _keyed(draft, InlineChoiceInteraction(_text(draft), lists))


def _gap_match(draft: Draft) -> Made | None:
    text = _text(draft)
    return _keyed(draft, GapMatchInteraction(text, tuple(_PLACE.findall(text)), draft.choices()))


def _hottext(draft: Draft) -> Made | None:
    least, most = _bounds(draft)
    if least and least != most:
        draft.complain(draft.at("choose"), "“choose:” of a hottext is the most spans, such as 2, or any.")
    written = _text(draft)
    spans = tuple(Choice(OptionId(name), text) for name, text in _SPAN.findall(written))
    return _keyed(draft, HotTextInteraction(_SPAN.sub(r"{\1}", written), spans, most))


def _text_entry(draft: Draft) -> Made | None:
    return _keyed(draft, TextEntryInteraction(_whole(draft, "max", SHORT_TEXT)))


def _number(draft: Draft) -> Made | None:
    units = draft.value("units")
    return _keyed(
        draft, NumericInteraction(tuple(unit.strip() for unit in units.split(",")) if units else ())
    )


def _essay(draft: Draft) -> Made | None:
    most, words = _whole(draft, "max", LONG_TEXT), _whole(draft, "words", ANY)
    return Made(ExtendedTextInteraction(most, words), TypedText(""))


def _slider(draft: Draft) -> Made | None:
    found = _RANGE.fullmatch(draft.value("range"))
    if not found:
        draft.complain(draft.at("range"), "A slider has a “range:” such as 0 to 100 by 5.")
        return None
    return _keyed(draft, SliderInteraction(int(found[1]), int(found[2]), int(found[3] or 1)))


FAMILIES: dict[str, Family] = {
    "choice": Family(_choice, ("choose", "shuffle"), has_options=True, shuffles=True),
    "order": Family(_order, ("shuffle",), has_options=True, shuffles=True),
    "match": Family(_match, ("pairs",), has_options=True, has_sources=True),
    "associate": Family(_associate, ("pairs",), has_options=True),
    "inline": Family(_inline, has_text=True),
    "gap-match": Family(_gap_match, has_options=True, has_text=True),
    "hottext": Family(_hottext, ("choose",), has_text=True),
    "text": Family(_text_entry, ("max", "case")),
    "number": Family(_number, ("units", "tolerance")),
    "essay": Family(_essay, ("max", "words"), keyed=False),
    "slider": Family(_slider, ("range", "tolerance")),
}


def _keyed(draft: Draft, interaction: Interaction) -> Made | None:
    """The interaction with what `key:` and each `accept:` say."""
    correct: list[Response] = []
    accepted: list[Response] = []
    for entry in draft.tail:
        if entry.name not in {"key", "accept"} or not entry.joined():
            continue
        response = read_response(interaction, entry.joined())
        if isinstance(response, str):
            draft.complain(entry.line, f"The key of item {draft.id} {response}.")
        else:
            (correct if entry.name == "key" else accepted).append(response)
    return Made(interaction, correct[0], tuple(accepted)) if correct else None


def _bounds(draft: Draft) -> tuple[int, int]:
    """`choose:` as minimum and maximum; without it one may be chosen, and none need be."""
    text = draft.value("choose")
    if not text:
        return 0, 1
    found = _CHOOSE.fullmatch(text)
    if not found:
        draft.complain(draft.at("choose"), "“choose:” is a number, a span such as 1-3 or 2-any, or any.")
        return 0, 1
    least = int(found[1] or 0)
    most = found[2] or found[1] or "any"
    return least, ANY if most == "any" else int(most)


def _shuffle(draft: Draft, *, default: bool) -> bool:
    text = draft.value("shuffle")
    if text not in {"", "yes", "no"}:
        draft.complain(draft.at("shuffle"), "“shuffle:” is yes or no.")
    return text == "yes" if text else default


def _whole(draft: Draft, name: str, default: int) -> int:
    text = draft.value(name)
    if text and not (text.isascii() and text.isdecimal() and len(text) < 7):
        draft.complain(draft.at(name), f"“{name}:” is a whole number.")
        return default
    return int(text or default)


def _text(draft: Draft) -> str:
    for entry in draft.text[1:]:
        draft.complain(entry.line, f"“text:” stands twice in item {draft.id}.")
    return draft.text[0].joined() if draft.text else ""

"""Points as authors write them: `points:`, `penalty:`, `unmapped:`, `bounds:` and any number of `map:`; both ways.

Rules.
1. A number of points has at most three decimals and is at most 100: `2`, `0.25`, `-0.5`.
2. An entry of a mapping is `map: ANSWER = POINTS`, the answer being one option, pair, text or number as a key writes
   it; `, any case` behind it lets a text match in any case. Of an order it is place and option: `map: 1c = 0.5`.
3. What is wrong is told by the line to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import UNSET

from exam_packages.interactions import ChosenPairs, Interaction, OrderInteraction, Response
from exam_packages.item_draft import Draft, Entry
from exam_packages.items import AuthoredItem
from exam_packages.response_text import read_response, write_response
from exam_packages.scoring_key import POINT, ItemKey, MapEntry, ResponseProcessing

FIELDS = ("points", "penalty", "unmapped", "bounds")
ESSAY_FIELDS = ("points",)
ANY_CASE = ", any case"
_POINTS = re.compile(r"(-?)([0-9]{1,3})(?:\.([0-9]{1,3}))?")
_BOUNDS = re.compile(r"(\S+) to (\S+)")
_PLACE = re.compile(r"([1-8])-?([a-h])")
_HOW = "a number of points such as 2 or -0.25, with at most three decimals"


def read_processing(draft: Draft, interaction: Interaction) -> ResponseProcessing | None:
    """What an item's draft says of points, or None where it says nothing; complaints go to the draft."""
    entries = [entry for entry in draft.tail if entry.name == "map" and entry.joined()]
    if not entries and not any(draft.value(name) for name in FIELDS):
        return None
    lower, upper = _bounds(draft)
    found = (_entry(draft, interaction, entry) for entry in entries)
    return ResponseProcessing(
        _field(draft, "points", POINT),
        _field(draft, "penalty", 0),
        tuple(entry for entry in found if entry is not None),
        _field(draft, "unmapped", 0),
        lower,
        upper,
    )


def write_head(processing: ResponseProcessing | None) -> Iterator[tuple[str, str]]:
    """The fields of the head that `read_processing` makes this of; an empty value is left out."""
    if processing is None:
        return
    unbound = processing.lower is None and processing.upper is None
    plain = not (processing.mapping or processing.penalty or processing.default) and unbound
    yield "points", write_points(processing.points) if plain or processing.points != POINT else ""
    yield "penalty", write_points(processing.penalty) if processing.penalty else ""
    yield "unmapped", write_points(processing.default) if processing.default else ""
    ends = ("any" if end is None else write_points(end) for end in (processing.lower, processing.upper))
    yield "bounds", "" if unbound else " to ".join(ends)


def write_entries(interaction: Interaction, processing: ResponseProcessing | None) -> Iterator[str]:
    """What stands behind each `map: `."""
    for entry in processing.mapping if processing else ():
        value = _write_value(interaction, entry.value)
        yield f"{value} = {write_points(entry.points)}{ANY_CASE if entry.fold_case else ''}"


def read_entry(interaction: Interaction, text: str) -> MapEntry | str:
    """What stands behind `map: `, or the sentence's end about what is wrong with it."""
    answer, _, worth = text.rpartition(" = ")
    points = read_points(worth.removesuffix(ANY_CASE))
    if not answer or points is None:
        return f"is “{text}”; it is written as an answer, “ = ” and {_HOW}"
    value = _read_value(interaction, answer)
    return value if isinstance(value, str) else MapEntry(value, points, worth.endswith(ANY_CASE))


def read_points(text: str) -> int | None:
    """A number of points in thousandths, or None where it is none."""
    found = _POINTS.fullmatch(text)
    if not found:
        return None
    points = int(found[2]) * POINT + int((found[3] or "").ljust(3, "0"))
    return -points if found[1] else points


def write_points(points: int) -> str:
    """The shortest text that `read_points` makes these of."""
    whole, rest = divmod(abs(points), POINT)
    told = f"{whole}.{rest:03}".rstrip("0").rstrip(".")
    return f"-{told}" if points < 0 else told


def authored_key(item: AuthoredItem, category: str = "", area: str = "") -> ItemKey:
    """The item's entry in the scoring key."""
    return ItemKey(
        item.id,
        item.correct,
        category,
        area,
        item.task,
        item.scored,
        item.accepted,
        item.tolerance,
        item.fold_case,
        UNSET if item.processing is None else item.processing,
    )


def _field(draft: Draft, name: str, default: int) -> int:
    text = draft.value(name)
    points = read_points(text) if text else default
    if points is None:
        draft.complain(draft.at(name), f"“{name}:” is {_HOW}.")
    return default if points is None else points


def _bounds(draft: Draft) -> tuple[int | None, int | None]:
    text = draft.value("bounds")
    found = _BOUNDS.fullmatch(text)
    ends = [(end, None if end == "any" else read_points(end)) for end in (found.groups() if found else ())]
    if text and (not ends or any(end != "any" and points is None for end, points in ends)):
        draft.complain(
            draft.at("bounds"), "“bounds:” is the least and the most points, such as 0 to 2 or 0 to any."
        )
        return None, None
    return (ends[0][1], ends[1][1]) if ends else (None, None)


def _entry(draft: Draft, interaction: Interaction, entry: Entry) -> MapEntry | None:
    found = read_entry(interaction, entry.joined())
    if isinstance(found, MapEntry):
        return found
    draft.complain(entry.line, f"What item {draft.id} maps {found}.")
    return None


def _read_value(interaction: Interaction, text: str) -> Response | str:
    if not isinstance(interaction, OrderInteraction):
        return read_response(interaction, text)
    found = _PLACE.fullmatch(text)
    if not found:
        return f"is “{text}”; of an order it is a place and an option, such as 1c"
    return ChosenPairs(((found[1], found[2]),))


def _write_value(interaction: Interaction, value: Response) -> str:
    if isinstance(interaction, OrderInteraction) and isinstance(value, ChosenPairs):
        return ", ".join("".join(pair) for pair in value.pairs)
    return write_response(interaction, value)

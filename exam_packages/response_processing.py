"""Response processing: what a response earns by its key, in thousandths of a point (QTI 3.0, response processing).

Rules.
1. An empty response earns nothing and costs nothing, whatever the mapping's default or bounds: it is no wrong answer.
2. Without a mapping the correct response, and each accepted one, earns the points and any other costs the penalty
   (template match_correct).
3. With a mapping each different value of the response earns its entry's points, or the default where it has none; the
   sum is kept within the bounds (template map_response, expression mapResponse). A value named twice counts once.
4. The values of an order are its places: the mapping of ("1", "c") is earned by c in the first place. That is no
   mapResponse but the sum of conditions on single places which QTI writes with `index`.
5. A text or number is one value and earns the first entry that it matches, a number within the key's tolerance.
6. An item is worth what its correct response earns; no response earns more.
7. A long text earns what people gave it; a key only says the most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exam_packages.interactions import (
    RESPONSE_KIND,
    AssociateInteraction,
    ChosenOptions,
    ChosenPairs,
    ExtendedTextInteraction,
    Interaction,
    OrderInteraction,
    Response,
    TypedText,
    is_empty,
)
from exam_packages.matching import match_correct, unfit
from exam_packages.response_text import offered, pairings
from exam_packages.scoring_key import POINT, ItemKey, MapEntry, ResponseProcessing

MOST_POINTS = 100_000
"""A hundred points: the most that one item, entry or bound may be."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A text's or number's map entry, as matching takes it."""

    correct: Response
    tolerance: str
    fold_case: bool
    accepted: tuple[Response, ...] = ()


def whole(points: int) -> int:
    """Whole points, half up, never below 0."""
    return max(0, (2 * points + POINT) // (2 * POINT))


def earned(interaction: Interaction, key: ItemKey, response: Response | None) -> int:
    """What `response` earns, in thousandths of a point; below 0 where it costs. Not for a long text."""
    if response is None or is_empty(response):
        return 0
    rules = key.rules
    if not rules.mapping:
        return rules.points if match_correct(interaction, response, key) else -rules.penalty
    return min(_mapped(interaction, key, response), worth(interaction, key))


def worth(interaction: Interaction, key: ItemKey) -> int:
    """The most that an item gives, in thousandths: what its correct response earns."""
    rules = key.rules
    return _mapped(interaction, key, key.correct) if rules.mapping else rules.points


def unfit_key(interaction: Interaction, key: ItemKey) -> str | None:
    """Why this key cannot score what it should, as a clause after the item's name, or None."""
    rules = key.rules
    if isinstance(interaction, ExtendedTextInteraction):
        if (
            not isinstance(key.correct, TypedText)
            or not is_empty(key.correct)
            or key.accepted
            or key.tolerance
        ):
            return "is a long text and has a key to match"
        if rules.mapping or rules.penalty:
            return "is a long text and has a mapping or a penalty"
        return next(_unfit_points(rules), None)
    return unfit(interaction, key) or unfit_processing(interaction, key)


def unfit_processing(interaction: Interaction, key: ItemKey) -> str | None:
    """Why points cannot be had as the key says, as a clause after the item's name, or None."""
    rules = key.rules
    if (clause := next(_unfit_points(rules), None)) is not None:
        return clause
    if not rules.mapping:
        return None
    values = [_value(interaction, entry) for entry in rules.mapping]
    if any(value is None for value in values):
        return "has a mapping of what no candidate can answer"
    if len(set(values)) != len(values):
        return "maps the same answer twice"
    most = worth(interaction, key)
    if most <= 0:
        return "has a mapping by which the correct response earns nothing"
    if any(_mapped(interaction, key, one) != most for one in key.accepted):
        return "has a mapping by which an accepted response earns something else than the correct one"
    return None


def _unfit_points(rules: ResponseProcessing) -> Iterator[str]:
    told = (rules.points, rules.penalty, rules.default, rules.lower or 0, rules.upper or 0)
    if any(abs(points) > MOST_POINTS for points in (*told, *(entry.points for entry in rules.mapping))):
        yield f"has points beyond {MOST_POINTS // 1_000}"
    if rules.points <= 0 or rules.penalty < 0:
        yield "has points that are not above 0, or a penalty below it"
    if not rules.mapping and (rules.default or rules.lower is not None or rules.upper is not None):
        yield "has a default or bounds and no mapping"
    if rules.mapping and (rules.penalty or rules.points != ResponseProcessing().points):
        yield "has a mapping and also points or a penalty"
    if rules.lower is not None and rules.upper is not None and rules.lower > rules.upper:
        yield "has a lower bound above the upper one"


def _mapped(interaction: Interaction, key: ItemKey, response: Response) -> int:
    """The sum of the mapping, within its bounds; a response of another kind earns nothing."""
    rules = key.rules
    if type(response) is not RESPONSE_KIND[type(interaction)]:
        return 0
    if isinstance(response, TypedText):
        found = (
            entry.points
            for entry in rules.mapping
            if match_correct(interaction, response, _Entry(entry.value, key.tolerance, entry.fold_case))
        )
        total = next(found, rules.default)
    else:
        table = {_value(interaction, entry): entry.points for entry in rules.mapping}
        total = sum(table.get(value, rules.default) for value in _values(interaction, response))
    if rules.lower is not None:
        total = max(total, rules.lower)
    return total if rules.upper is None else min(total, rules.upper)


def _values(interaction: Interaction, response: ChosenOptions | ChosenPairs) -> set[tuple[str, ...]]:
    """The different things that a response names."""
    if isinstance(response, ChosenPairs):
        undirected = isinstance(interaction, AssociateInteraction)
        return {tuple(sorted(pair)) if undirected else pair for pair in response.pairs}
    if isinstance(interaction, OrderInteraction):
        return {(str(place), option) for place, option in enumerate(response.options, 1)}
    return {(option,) for option in response.options}


def _value(interaction: Interaction, entry: MapEntry) -> tuple[str, ...] | None:
    """The one thing that an entry names, or None where it names no answer of this interaction, or several."""
    value = entry.value
    if isinstance(interaction, OrderInteraction):
        options = offered(interaction)
        places = {(str(place), option) for place in range(1, len(options) + 1) for option in options}
        return _only(value, places) if not entry.fold_case else None
    if type(value) is not RESPONSE_KIND[type(interaction)] or is_empty(value):
        return None
    if isinstance(value, TypedText):
        plain = _Entry(value, "", entry.fold_case)
        return (
            None if unfit(interaction, plain) else (value.text.casefold() if entry.fold_case else value.text,)
        )
    if entry.fold_case:
        return None
    if isinstance(value, ChosenPairs):
        found = _only(value, set(pairings(interaction)))
        undirected = isinstance(interaction, AssociateInteraction)
        return tuple(sorted(found)) if found and undirected else found
    return (
        tuple(value.options) if len(value.options) == 1 and value.options[0] in offered(interaction) else None
    )


def _only(value: Response, known: set[tuple[str, str]]) -> tuple[str, str] | None:
    pairs = value.pairs if isinstance(value, ChosenPairs) else ()
    return pairs[0] if len(pairs) == 1 and pairs[0] in known else None

"""Where keys stand: warnings about a bank whose key could be guessed from its place, though a form can be made."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from exam_packages.interactions import (
    AssociateInteraction,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    GapMatchInteraction,
    MatchInteraction,
    OrderInteraction,
)
from exam_packages.items import AuthoredItem


def key_warnings(items: Sequence[AuthoredItem]) -> Iterator[str]:
    """Places where a choice's key stands too often or too seldom, and keys that follow the order of their lists."""
    yield from _places(items)
    for item in items:
        if _in_order(item):
            yield f"The key of item {item.id} follows the order in which its lists are written."


def _places(items: Sequence[AuthoredItem]) -> Iterator[str]:
    at: dict[int, Counter[int]] = {}
    for item in items:
        asked = item.interaction
        if isinstance(asked, ChoiceInteraction) and isinstance(item.correct, ChosenOptions):
            ids = [option.id for option in asked.options]
            if asked.max_choices == 1:
                places = at.setdefault(len(ids), Counter())
                places.update(ids.index(option) for option in item.correct.options if option in ids)
    for count, places in sorted(at.items()):
        due = places.total() / count
        for place in range(count):
            if abs(places[place] - due) > _spread(places.total(), count):
                told = (
                    f"is {'abcdefgh'[place]} in {places[place]} of {places.total()}; about {due:.0f} are due"
                )
                yield f"The key of items with {count} options {told}."


def _spread(total: int, count: int) -> float:
    """Two standard deviations of how often a place comes up by chance, and one item."""
    return 2 * math.sqrt(total * (count - 1)) / count + 1


def _in_order(item: AuthoredItem) -> bool:
    """Whether the authors' lists, which are shown as they are written, stand in the order of the key."""
    match item.interaction, item.correct:
        case MatchInteraction(sources=sources, targets=targets), ChosenPairs(pairs=pairs):
            lefts: list[str] = [one.id for one in sources]
            rights = [one.id for one in targets]
        case GapMatchInteraction(gaps=gaps, options=options), ChosenPairs(pairs=pairs):
            lefts, rights = list(gaps), [one.id for one in options]
        case AssociateInteraction(options=options), ChosenPairs(pairs=pairs):
            ids = [option.id for option in options]
            beside = set(zip(ids[::2], ids[1::2], strict=False))
            return len(pairs) > 1 and {tuple(sorted(pair)) for pair in pairs} <= beside
        case OrderInteraction(options=options), ChosenOptions(options=chosen):
            return chosen == tuple(option.id for option in options)
        case _:
            return False
    return len(lefts) > 1 and set(pairs) == set(zip(lefts, rights, strict=False))

"""A response as a key writes it, for each interaction; both ways.

Options are `a, c`, an order `c, a, b`, pairs of a match `1a, 2c`, of an associate `a-b, c-d`, of gaps `g1-a, g2-c`,
marked spans `h1, h3`; text and numbers stand as they are typed.
"""

from __future__ import annotations

import re

from exam_packages.interactions import (
    RESPONSE_KIND,
    AssociateInteraction,
    ChosenOptions,
    ChosenPairs,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    OptionId,
    Response,
    TypedText,
)

_PAIR = re.compile(r"([1-8]|g[1-8]|[a-h])-?([a-h])")


def read_response(interaction: Interaction, text: str) -> Response | str:
    """The response that a key names, or the sentence's end about what is wrong with it ("is “e”, which ..")."""
    kind = RESPONSE_KIND[type(interaction)]
    if kind is TypedText:
        return TypedText(text)
    words = text.replace(",", " ").split()
    if kind is ChosenOptions:
        known = offered(interaction)
        strange = next((word for word in words if word not in known), None)
        if strange is not None:
            return f"is “{strange}”, which is none of its {_called(interaction)}"
        return ChosenOptions(tuple(map(OptionId, words)))
    pairs: list[tuple[str, str]] = []
    for word in words:
        pair = _PAIR.fullmatch(word)
        if pair is None or (pair[1], pair[2]) not in pairings(interaction):
            return f"is “{word}”, which is no pair of it; a pair is written as {_example(interaction)}"
        pairs.append((pair[1], pair[2]))
    return ChosenPairs(tuple(pairs))


def write_response(interaction: Interaction, response: Response) -> str:
    """The text that `read_response` makes this response of."""
    match response:
        case ChosenOptions(options=chosen):
            return ", ".join(chosen)
        case ChosenPairs(pairs=pairs):
            between = "" if isinstance(interaction, MatchInteraction) else "-"
            return ", ".join(f"{left}{between}{right}" for left, right in pairs)
        case TypedText(text=text):
            return text


def offered(interaction: Interaction) -> tuple[str, ...]:
    """The identifiers that a response of options may name."""
    listed = getattr(interaction, "spans" if isinstance(interaction, HotTextInteraction) else "options", ())
    return tuple(option.id for option in listed)


def pairings(interaction: Interaction) -> frozenset[tuple[str, str]]:
    """The pairs that a response of pairs may name."""
    match interaction:
        case MatchInteraction(sources=sources, targets=targets):
            return frozenset((source.id, target.id) for source in sources for target in targets)
        case AssociateInteraction(options=options):
            ids = [option.id for option in options]
            return frozenset((one, other) for one in ids for other in ids if one != other)
        case InlineChoiceInteraction(gaps=lists):
            return frozenset((gap, choice.id) for gap, choices in lists.items() for choice in choices)
        case GapMatchInteraction(gaps=gaps, options=options):
            return frozenset((gap, option.id) for gap in gaps for option in options)
        case _:
            return frozenset()


def _called(interaction: Interaction) -> str:
    return "spans" if isinstance(interaction, HotTextInteraction) else "options"


def _example(interaction: Interaction) -> str:
    if isinstance(interaction, MatchInteraction):
        return "1a"
    return "a-b" if isinstance(interaction, AssociateInteraction) else "g1-a"

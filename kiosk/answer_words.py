"""A response in words, as the scorers will see it: by the letters and texts that are on the screen. Pure.

Rules.
1. Options of one list go by the letters of the order they are shown in, pairs and gaps by their texts and numbers.
2. A response is one line: line breaks become spaces, and what is beyond `MOST` characters is cut and says so.
3. For lines that are heard, `named` gives pairs their numbers and letters too: `1. Ant = B. Bee`.
4. Texts of the exam and of the candidate are taken as they are; the words between them are in the language in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from exam_packages.interactions import (
    Choice,
    ChosenOptions,
    ChosenPairs,
    GapMatchInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    OptionId,
    OrderInteraction,
    Response,
    is_empty,
)
from kiosk.letters import letter
from terminal.language import _

MOST = 300
CUT = " ..."
GAP = re.compile(r"\{(\w+)\}")


def words(
    interaction: Interaction, order: Sequence[OptionId], response: Response | None, *, named: bool = False
) -> str:
    """A response to an interaction whose options are shown in this `order`, or nothing; at most `MOST` characters."""
    if response is None or is_empty(response):
        return ""
    match response:
        case ChosenOptions(options=chosen):
            told = _listed(interaction, order, chosen)
        case ChosenPairs(pairs=pairs):
            told = _paired(interaction, pairs, order if named else None)
        case _:
            told = response.text
    plain = " ".join(told.split())
    return plain if len(plain) <= MOST else plain[: MOST - len(CUT)] + CUT


def _listed(interaction: Interaction, order: Sequence[OptionId], chosen: Sequence[OptionId]) -> str:
    texts = _texts(getattr(interaction, "options", getattr(interaction, "spans", ())))
    named = {option: f"{letter(place)}. {texts.get(option, option)}" for place, option in enumerate(order)}
    if isinstance(interaction, OrderInteraction):
        return _joined(f"{n}. {named.get(option, option)}" for n, option in enumerate(chosen, 1))
    return _joined(named[option] for option in order if option in chosen)


def _paired(
    interaction: Interaction, pairs: Sequence[tuple[str, str]], order: Sequence[OptionId] | None
) -> str:
    """Pairs of match and associate as `one = other`; gaps by their number in the text, in that order.

    With the `order` shown, every text has the number or letter before it that it is typed by.
    """
    if not isinstance(interaction, InlineChoiceInteraction | GapMatchInteraction):
        first, second = _two_lists(interaction)
        if order is not None:
            first, second = _named_lists(interaction, order, first, second)
        return _joined(f"{first.get(one, one)} = {second.get(other, other)}" for one, other in pairs)
    numbers = {gap: n for n, gap in enumerate(dict.fromkeys(GAP.findall(interaction.text)), 1)}
    filled = sorted(pairs, key=lambda pair: numbers.get(pair[0], len(numbers)))
    return _joined(
        _("gap {n}: {text}").format(
            n=numbers.get(gap, gap), text=_filling(interaction, gap, order).get(option, option)
        )
        for gap, option in filled
    )


def _two_lists(interaction: Interaction) -> tuple[Mapping[str, str], Mapping[str, str]]:
    if isinstance(interaction, MatchInteraction):
        return _texts(interaction.sources), _texts(interaction.targets)
    options = _texts(getattr(interaction, "options", ()))
    return options, options


def _named_lists(
    interaction: Interaction,
    order: Sequence[OptionId],
    first: Mapping[str, str],
    second: Mapping[str, str],
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Sources by their numbers and targets by their letters, or the options of one list by letters."""
    if isinstance(interaction, MatchInteraction):
        return {one: f"{n}. {text}" for n, (one, text) in enumerate(first.items(), 1)}, _lettered(second)
    both = _lettered({option: first[option] for option in order if option in first} or first)
    return both, both


def _lettered(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {option: f"{letter(place)}. {text}" for place, (option, text) in enumerate(texts.items())}


def _filling(
    interaction: InlineChoiceInteraction | GapMatchInteraction, gap: str, order: Sequence[OptionId] | None
) -> Mapping[str, str]:
    if isinstance(interaction, InlineChoiceInteraction):
        texts = _texts(interaction.gaps.get(gap, ()))
    else:
        texts = _texts(interaction.options)
        texts = {option: texts[option] for option in order or () if option in texts} or texts
    return texts if order is None else _lettered(texts)


def _texts(choices: Iterable[Choice]) -> Mapping[str, str]:
    return {choice.id: choice.text for choice in choices}


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)

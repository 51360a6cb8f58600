"""What was typed as an answer, made into a response; and how the parts of a question are named to be typed. Pure.

Rules.
1. Options go by the letters A, B .. in the order shown; sources and gaps by the numbers 1, 2 ..
2. Capitals, spaces and commas do not matter. What names something that is not there answers nothing.
3. Whether a response fits its question is the session's word (kiosk/responses.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from exam_packages.interactions import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    MatchInteraction,
    OptionId,
    OrderInteraction,
    Response,
    TypedText,
)
from keys.errors import ExamKioskError
from kiosk.letters import NAMES
from kiosk.protocol import Question

_NUMBERED = re.compile(r"(\d+)\s*[-=:.]?\s*([A-Z])")
_PAIRED = re.compile(r"([A-Z])\s*[-=:]?\s*([A-Z])")
_BETWEEN = re.compile(r"[\s,;]+")


class NotAnAnswerError(ExamKioskError):
    """Typed words that name nothing in the question."""

    code = "answer-unread"
    what = "“{typed}” is no command, and it names nothing in this question."
    next_step = "Type again to hear the question, or help for the commands; your answer is as it was."


def ordered(question: Question) -> tuple[Choice, ...]:
    """The options of a question's one list, as shown: the first is A."""
    match question.item.interaction:
        case (
            ChoiceInteraction(options=listed)
            | OrderInteraction(options=listed)
            | HotTextInteraction(spans=listed)
            | AssociateInteraction(options=listed)
            | GapMatchInteraction(options=listed)
        ):
            known = {option.id: option for option in listed}
            return tuple(known[wanted] for wanted in question.order if wanted in known) or listed
        case _:
            return ()


def typed_freely(question: Question) -> bool:
    """Whether the answer is text of the candidate's own, which needs a word before it to be told from a command."""
    taken = (TypedText,)
    return isinstance(_empty(question), taken)


def empty(question: Question) -> Response:
    """The response that takes an answer back."""
    return _empty(question)


def answer(question: Question, typed: str) -> Response:
    """The response that `typed` means. Raises `NotAnAnswerError`."""
    interaction = question.item.interaction
    text = typed.strip()
    if typed_freely(question):
        return TypedText(text)
    said = text.upper()
    match interaction:
        case MatchInteraction(sources=sources, targets=targets):
            return _pairs(said, [source.id for source in sources], [targets] * len(sources), text)
        case InlineChoiceInteraction(gaps=gaps):
            return _pairs(said, list(gaps), list(gaps.values()), text)
        case GapMatchInteraction(gaps=names):
            return _pairs(said, list(names), [ordered(question)] * len(names), text)
        case AssociateInteraction():
            options = ordered(question)
            chosen = [_PAIRED.fullmatch(part) for part in _parts(said)]
            found = [match.groups() for match in chosen if match]
            if len(found) != len(chosen) or not found:
                raise NotAnAnswerError(typed=text[:40])
            return ChosenPairs(
                tuple((_at(options, one, text), _at(options, two, text)) for one, two in found)
            )
        case _:
            options = ordered(question)
            letters = "".join(_BETWEEN.split(said))
            if not letters:
                raise NotAnAnswerError(typed=text[:40])
            return ChosenOptions(tuple(_at(options, letter, text) for letter in letters))


def strikable(question: Question, typed: str) -> OptionId:
    """The option whose letter was typed. Raises `NotAnAnswerError`."""
    return _at(ordered(question), typed.strip().upper(), typed)


def _empty(question: Question) -> Response:
    match question.item.interaction:
        case ChoiceInteraction() | OrderInteraction() | HotTextInteraction():
            return ChosenOptions(())
        case MatchInteraction() | AssociateInteraction() | InlineChoiceInteraction() | GapMatchInteraction():
            return ChosenPairs(())
        case _:
            return TypedText("")


def is_essay(question: Question) -> bool:
    """Whether the answer is a long text, written line by line."""
    return isinstance(question.item.interaction, ExtendedTextInteraction)


def _parts(said: str) -> list[str]:
    joined = re.sub(r"(?<=[A-Z\d])\s*[-=:.]\s*(?=[A-Z])", "", said)
    return [part for part in _BETWEEN.split(joined) if part]


def _pairs(said: str, names: Sequence[str], lists: Sequence[Sequence[Choice]], typed: str) -> ChosenPairs:
    pairs: list[tuple[str, str]] = []
    rest = _NUMBERED.sub("", said)
    if _BETWEEN.sub("", rest) or not _NUMBERED.search(said):
        raise NotAnAnswerError(typed=typed[:40])
    for number, letter in _NUMBERED.findall(said):
        place = int(number[:3]) - 1
        if not 0 <= place < len(names):
            raise NotAnAnswerError(typed=typed[:40])
        pairs.append((names[place], _at(lists[place], letter, typed)))
    return ChosenPairs(tuple(pairs))


def _at(options: Sequence[Choice], letter: str, typed: str) -> OptionId:
    place = NAMES.find(letter) if len(letter) == 1 else -1
    if not 0 <= place < len(options):
        raise NotAnAnswerError(typed=typed[:40])
    return options[place].id

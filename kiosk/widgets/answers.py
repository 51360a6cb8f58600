"""Which way of answering belongs to which interaction: the one table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exam_packages.interactions import (
    AssociateInteraction,
    ChoiceInteraction,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    MatchInteraction,
    NumericInteraction,
    OrderInteraction,
    SliderInteraction,
    TextEntryInteraction,
)
from kiosk.protocol import Question
from kiosk.widgets.answering import Answering
from kiosk.widgets.choosing import Choosing, Spotting
from kiosk.widgets.composing import Composing
from kiosk.widgets.entering import Counting, Sliding, Writing
from kiosk.widgets.filling import from_one_list, from_own_lists
from kiosk.widgets.ordering import Ordering
from kiosk.widgets.pairing import Associating, Matching

_WAYS: Mapping[type[Any], Callable[[Question, Any], Answering]] = {
    ChoiceInteraction: Choosing,
    HotTextInteraction: Spotting,
    OrderInteraction: Ordering,
    MatchInteraction: Matching,
    AssociateInteraction: Associating,
    InlineChoiceInteraction: from_own_lists,
    GapMatchInteraction: from_one_list,
    TextEntryInteraction: Writing,
    NumericInteraction: Counting,
    SliderInteraction: Sliding,
    ExtendedTextInteraction: Composing,
}


def answering(question: Question) -> Answering:
    """A fresh way of answering this question, with nothing of any other."""
    asked = question.item.interaction
    return _WAYS[type(asked)](question, asked)

"""Which way of answering belongs to which interaction: the one table of them."""

from __future__ import annotations

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


def answering(question: Question) -> Answering:  # noqa: PLR0911 - one case an interaction
    """A fresh way of answering this question, with nothing of any other."""
    match question.item.interaction:
        case ChoiceInteraction() as asked:
            return Choosing(question, asked)
        case HotTextInteraction() as asked:
            return Spotting(question, asked)
        case OrderInteraction() as asked:
            return Ordering(question, asked)
        case MatchInteraction() as asked:
            return Matching(question, asked)
        case AssociateInteraction() as asked:
            return Associating(question, asked)
        case InlineChoiceInteraction() as asked:
            return from_own_lists(question, asked)
        case GapMatchInteraction() as asked:
            return from_one_list(question, asked)
        case TextEntryInteraction() as asked:
            return Writing(question, asked)
        case NumericInteraction() as asked:
            return Counting(question, asked)
        case SliderInteraction() as asked:
            return Sliding(question, asked)
        case ExtendedTextInteraction() as asked:
            return Composing(question, asked)

"""What can be asked and what an answer looks like, in QTI 3.0 terms. Nothing here can say which answer is right.

Each interaction is a frozen struct tagged with its QTI name; `RESPONSE_KIND` of it says which `Response`
fits. Content is
plain text in blocks, compiled at mastering: no markup is interpreted on a screen.
"""

from __future__ import annotations

from typing import NewType

import msgspec

ItemId = NewType("ItemId", str)
OptionId = NewType("OptionId", str)


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of the frozen values inside a form."""


class Paragraph(_Value, frozen=True, tag="paragraph"):
    """A paragraph of running text; wrapped by the screen."""

    text: str


class Code(_Value, frozen=True, tag="code"):
    """Lines that keep their spacing."""

    text: str


class Table(_Value, frozen=True, tag="table"):
    """Rows of cells; the first row is the heading."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


class Picture(_Value, frozen=True, tag="picture"):
    """A picture drawn in character cells when the form was made, always with an approved text alternative.

    `rows` hold only what console fonts have: spaces, line drawing and half blocks, each row equally wide.
    """

    rows: tuple[str, ...]
    alternative: str


Block = Paragraph | Code | Table | Picture


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One option (simpleChoice, inlineChoice, gapText ..): its stable identifier and its text; `fixed` pins
    its place.
    """

    id: OptionId
    text: str
    fixed: bool = False


class ChoiceInteraction(_Value, frozen=True, tag="choiceInteraction"):
    """Pick between `min_choices` and `max_choices` options; 0 as maximum means any number."""

    options: tuple[Choice, ...]
    min_choices: int = 0
    max_choices: int = 1
    shuffle: bool = False


class OrderInteraction(_Value, frozen=True, tag="orderInteraction"):
    """Put all options in order."""

    options: tuple[Choice, ...]
    shuffle: bool = False


class MatchInteraction(_Value, frozen=True, tag="matchInteraction"):
    """Pair sources with targets; `max_pairs` 0 means any number."""

    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    max_pairs: int = 0


class AssociateInteraction(_Value, frozen=True, tag="associateInteraction"):
    """Pair options with each other."""

    options: tuple[Choice, ...]
    max_pairs: int = 0


class InlineChoiceInteraction(_Value, frozen=True, tag="inlineChoiceInteraction"):
    """Fill each named gap of `text` ("{g1}") from its own list."""

    text: str
    gaps: dict[str, tuple[Choice, ...]]


class GapMatchInteraction(_Value, frozen=True, tag="gapMatchInteraction"):
    """Fill named gaps of `text` from one shared list."""

    text: str
    gaps: tuple[str, ...]
    options: tuple[Choice, ...]


class TextEntryInteraction(_Value, frozen=True, tag="textEntryInteraction"):
    """A short typed text of at most `max_length` characters."""

    max_length: int


class NumericInteraction(_Value, frozen=True, tag="numericInteraction"):
    """A typed number; tolerance belongs to scoring (textEntryInteraction of base type float).

    One of `units` is shown beside the number. Of several the candidate picks one, and the response is the number, a
    space and the unit.
    """

    units: tuple[str, ...] = ()


class ExtendedTextInteraction(_Value, frozen=True, tag="extendedTextInteraction"):
    """A long typed text; a word count is shown where `max_words` is not 0."""

    max_length: int
    max_words: int = 0


class HotTextInteraction(_Value, frozen=True, tag="hottextInteraction"):
    """Pick among marked spans of `text` ("{h1}")."""

    text: str
    spans: tuple[Choice, ...]
    max_choices: int = 1


class SliderInteraction(_Value, frozen=True, tag="sliderInteraction"):
    """Pick a whole number from `lower` to `upper` in steps."""

    lower: int
    upper: int
    step: int = 1


Interaction = (
    ChoiceInteraction
    | OrderInteraction
    | MatchInteraction
    | AssociateInteraction
    | InlineChoiceInteraction
    | GapMatchInteraction
    | TextEntryInteraction
    | NumericInteraction
    | ExtendedTextInteraction
    | HotTextInteraction
    | SliderInteraction
)


class ChosenOptions(_Value, frozen=True, tag="chosen"):
    """Option identifiers: of a choice or hottext in the form's order, of an order interaction in the candidate's."""

    options: tuple[OptionId, ...]


class ChosenPairs(_Value, frozen=True, tag="pairs"):
    """Directed pairs of identifiers, for match, associate, gaps."""

    pairs: tuple[tuple[str, str], ...]


class TypedText(_Value, frozen=True, tag="text"):
    """What was typed, sanitised; numbers too, as typed."""

    text: str


Response = ChosenOptions | ChosenPairs | TypedText

RESPONSE_KIND: dict[type[_Value], type[_Value]] = {
    ChoiceInteraction: ChosenOptions,
    OrderInteraction: ChosenOptions,
    HotTextInteraction: ChosenOptions,
    MatchInteraction: ChosenPairs,
    AssociateInteraction: ChosenPairs,
    InlineChoiceInteraction: ChosenPairs,
    GapMatchInteraction: ChosenPairs,
    TextEntryInteraction: TypedText,
    NumericInteraction: TypedText,
    ExtendedTextInteraction: TypedText,
    SliderInteraction: TypedText,
}


def is_empty(response: Response) -> bool:
    """Whether a response answers nothing: the same as never having answered."""
    if isinstance(response, ChosenOptions):
        return not response.options
    if isinstance(response, ChosenPairs):
        return not response.pairs
    return not response.text.strip()

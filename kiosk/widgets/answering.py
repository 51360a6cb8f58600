"""What every way of answering has in common: rows to draw, keys to take, a response by identifiers.

Rules.
1. An `Answering` holds what the candidate has done to one question; the screen sends its `response`, and makes a new
   one for each question, so nothing of one question reaches another.
2. It takes only keys that mean something in it; every other key is the screen's.
3. A closed question takes none that would change the response.
4. Options are kept and sent by identifier; letters are places on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exam_packages.interactions import (
    RESPONSE_KIND,
    Choice,
    ChosenOptions,
    ChosenPairs,
    Interaction,
    OptionId,
    Response,
    TypedText,
    is_empty,
)
from kiosk.letters import CHOOSING
from kiosk.protocol import Question
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line
from terminal.wrapping import clean, hang, wrap

COUNT_WORDS = (
    *("no", N_("ONE"), N_("TWO"), N_("THREE"), N_("FOUR"), N_("FIVE"), N_("SIX"), N_("SEVEN"), N_("EIGHT")),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What is drawn below a question's text.

    `body` scrolls so that its rows `first` to `last`, where the cursor is, stay in sight; `foot` always is. A body with
    a `filler` takes all the room there is, drawn with it. A body that is `hanging` has its marks in the margin.
    """

    body: tuple[Line, ...]
    first: int = 0
    last: int = 0
    foot: tuple[Line, ...] = ()
    filler: Line | None = None
    hanging: bool = False


class Answering:
    """How one question is answered. Subclasses say which keys do what and how it is drawn."""

    HELP = ""
    """The word in the key bar beside `label`."""
    types = False
    """Whether every letter is text."""

    def __init__(self, question: Question) -> None:
        """Start from the response that the session confirmed."""
        self.response = question.response or nothing(question.item.interaction)
        self.closed = question.closed
        self.struck: frozenset[OptionId] = frozenset(question.struck)
        self.said = ""
        self.page = 8

    @property
    def label(self) -> str:
        """The keys that answer, for the key bar."""
        return ""

    @property
    def letters(self) -> str:
        """The letters that are part of an answer here."""
        return ""

    @property
    def late(self) -> bool:
        """Whether the response is still being made: it is sent when a pause comes, or before the screen is left."""
        return False

    @property
    def scrolls(self) -> bool:
        """Whether PgUp and PgDn move inside the answer, so that the question's text needs Tab first."""
        return False

    def adopt(self, response: Response | None, interaction: Interaction) -> None:
        """Take what the session confirmed in place of what is on the screen."""
        self.response = response or nothing(interaction)

    def press(self, key: str, character: str) -> bool:
        """Act on a key, and return whether it was one of this question's."""
        del key, character
        return False

    def tab(self, by: int) -> bool:
        """Go to the next place to fill (`by` 1) or the one before (-1); False where there is none that way."""
        del by
        return False

    def enter(self, by: int) -> None:
        """Tab (`by` 1) or Shift+Tab (-1) came back to the answer."""
        del by

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        """What to draw, `measure` cells wide at most; `airy` may leave rows free between options."""
        del measure, airy
        return Rows(())

    def hint(self) -> str:
        """What is asked for, in a few words for the status line."""
        return ""

    def option_here(self) -> OptionId | None:
        """The option at the cursor that may be struck out."""
        return None

    def answer(self, response: Response) -> None:
        """Hold another response, unless the question is closed."""
        self.said = _("This question is closed") if self.closed else ""
        if not self.closed:
            self.response = response


def nothing(interaction: Interaction) -> Response:
    """The empty response of the kind that an interaction asks for."""
    kind = RESPONSE_KIND[type(interaction)]
    if kind is ChosenOptions:
        return ChosenOptions(())
    return ChosenPairs(()) if kind is ChosenPairs else TypedText("")


def same(one: Response | None, other: Response | None) -> bool:
    """Whether two responses say the same; an empty one is as good as none."""
    return one == other or ((one is None or is_empty(one)) and (other is None or is_empty(other)))


def place_of(character: str, count: int) -> int | None:
    """Which of `count` options a typed letter, small or capital, names."""
    place = CHOOSING.find(character.upper()) if len(character) == 1 else -1
    return place if 0 <= place < count else None


def span_of_letters(count: int) -> str:
    """The letters of `count` options for the key bar."""
    return "A" if count == 1 else f"A-{CHOOSING[min(count, len(CHOOSING)) - 1]}"


def in_order(options: Sequence[Choice], order: Iterable[OptionId]) -> tuple[Choice, ...]:
    """Options in the order shown; in the form's where none was drawn."""
    known = {option.id: option for option in options}
    return tuple(known[option] for option in order if option in known) or tuple(options)


def count_word(count: int) -> str:
    """A small number in capitals, a large one in digits."""
    return _(COUNT_WORDS[count]) if 0 < count < len(COUNT_WORDS) else str(count)


def marked_rows(mark: str, text: str, measure: int, role: Role, *, cursor: bool) -> list[Line]:
    """A mark and a text that hangs behind it; the mark itself is drawn as the cursor where it is there."""
    rows = hang(" " * len(mark), clean(text), measure)
    head: Line = ((mark, role),)
    if cursor:
        head = ((mark[:1], Role.TEXT), (mark[1:-1], Role.CURSOR), (mark[-1:], Role.TEXT))
    first = (*head, (rows[0][len(mark) :], role))
    return [first, *(((row, role),) for row in rows[1:])]


def plain_rows(text: str, measure: int, role: Role = Role.TEXT) -> list[Line]:
    """Wrapped text as lines."""
    return [((row, role),) for row in wrap(clean(text), max(1, measure))]


def heading(words: str, measure: int) -> Line:
    """A rule with words at its beginning."""
    return (
        ("─── ", Role.RULE),
        (words, Role.STRONG),
        (" " + "─" * max(0, measure - len(words) - 5), Role.RULE),
    )

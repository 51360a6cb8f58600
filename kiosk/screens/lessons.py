"""What the tutorial teaches, step by step, on practice items of our own; nothing in it is an answer. Pure.

Rules.
1. Each step says which key to press and is done when that had its effect, not before.
2. The items are answered by the same `Answering`s as the questions of a test.
3. A step starts from where the one before it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exam_packages.form import Item
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    Interaction,
    ItemId,
    OptionId,
    OrderInteraction,
    Paragraph,
    TextEntryInteraction,
    TypedText,
)
from kiosk.protocol import Question
from kiosk.widgets.answering import Answering
from kiosk.widgets.answers import answering
from terminal.language import N_, _

LONGEST_WORD = 20
STEMS = (
    N_("Practice question. Which of these is a fruit?"),
    N_("Practice question. Type any word of three letters or more."),
    N_("Practice question. Put these in order, the smallest first."),
)
FRUITS = (N_("A chair"), N_("A pear"), N_("An apple"), N_("A stone"))
SIZES = (N_("A house"), N_("A town"), N_("A room"))
TEXT = N_(
    "Some questions come with a text that is longer than the screen. The line below it says which lines you see and "
    "how many there are. The last line of one page is the first line of the next, so that you do not lose your place."
)
LINES = 60
"""Lines of the practice text, more than any screen shows at once."""


@dataclass(slots=True)
class Desk:
    """What the learner has done so far: three practice questions, the one on the screen, and what was opened."""

    answers: list[Answering] = field(default_factory=lambda: [answering(one) for one in questions()])
    index: int = 0
    struck: set[OptionId] = field(default_factory=set)
    flagged: bool = False
    reviewing: bool = False
    read: bool = False
    moved_on: bool = False
    helped: bool = False

    def chosen(self, place: int) -> tuple[OptionId, ...]:
        """The options of the response to the question at this place."""
        response = self.answers[place].response
        return response.options if isinstance(response, ChosenOptions) else ()

    @property
    def typed(self) -> str:
        """The word that was typed."""
        response = self.answers[1].response
        return response.text if isinstance(response, TypedText) else ""

    @property
    def marks(self) -> str:
        """The practice questions as `View.marks` would have them."""
        done = (bool(self.chosen(0)), bool(self.typed), bool(self.chosen(2)))
        first = "F" if done[0] else "f"
        return (first if self.flagged else "*" if done[0] else ".") + "".join(
            "*" if one else "." for one in done[1:]
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """One step: what it teaches, what to press, when it is done; `index` is the question it is about."""

    title: str
    task: str
    done: Callable[[Desk], bool]
    index: int = 0
    text: bool = False


LESSONS = (
    Lesson(
        N_("Choose an answer"),
        N_("Press the letter of an answer. Press B."),
        lambda desk: desk.chosen(0) == ("o2",),
    ),
    Lesson(
        N_("Change it"),
        N_("Another letter changes your answer. Press C."),
        lambda desk: desk.chosen(0) == ("o3",),
    ),
    Lesson(
        N_("Take it back"), N_("Press Backspace to take your answer back."), lambda desk: not desk.chosen(0)
    ),
    Lesson(
        N_("Strike out an answer"),
        N_("Press Down until > stands at D, then press X to strike it out. It is only a mark for you."),
        lambda desk: "o4" in desk.struck,
    ),
    Lesson(
        N_("Flag a question"),
        N_("Press F (or F4) to flag this question, so that you find it again."),
        lambda desk: desk.flagged,
    ),
    Lesson(N_("Next question"), N_("Press N (or F8) for the next question."), lambda desk: desk.index == 1),
    Lesson(
        N_("Type a text"),
        N_("Here letters are text. Type a word, then press F8: function keys work everywhere."),
        lambda desk: len(desk.typed.strip()) >= 3 and desk.moved_on,
        1,
    ),
    Lesson(
        N_("Put in order"),
        N_("Press the letters in the right order: C, A, B. Backspace takes the last one back."),
        lambda desk: desk.chosen(2) == ("o3", "o1", "o2"),
        2,
    ),
    Lesson(
        N_("Previous question"),
        N_("Press P (or F7) for the question before."),
        lambda desk: desk.index == 1,
        2,
    ),
    Lesson(
        N_("Read a long text"),
        N_("Press PgDn until you see the last line. PgUp goes back."),
        lambda desk: desk.read,
        1,
        text=True,
    ),
    Lesson(
        N_("See all questions"),
        N_("Press R (or F6) to see all questions on one screen."),
        lambda desk: desk.reviewing,
    ),
    Lesson(
        N_("Go to a question"),
        N_("Type the number of a question, then press Enter. Go to question 3."),
        lambda desk: desk.index == 2 and not desk.reviewing,
    ),
    Lesson(
        N_("Help"),
        N_("Press F1: it lists the keys of every screen. Esc comes back."),
        lambda desk: desk.helped,
        2,
    ),
)


def questions() -> tuple[Question, ...]:
    """The practice questions, in the language in use."""
    asked: tuple[Interaction, ...] = (
        ChoiceInteraction(_options(FRUITS)),
        TextEntryInteraction(LONGEST_WORD),
        OrderInteraction(_options(SIZES)),
    )
    return tuple(
        Question(
            place,
            Item(ItemId(f"practice-{place + 1}"), (Paragraph(_(STEMS[place])),), interaction),
            tuple(option.id for option in getattr(interaction, "options", ())),
            None,
            flagged=False,
            struck=(),
        )
        for place, interaction in enumerate(asked)
    )


def long_text() -> str:
    """The practice text, in the language in use."""
    lines = (_("Line {n} of the practice text.").format(n=number) for number in range(1, LINES + 1))
    return "\n".join((_(TEXT), "", *lines))


def _options(words: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(OptionId(f"o{place + 1}"), _(text)) for place, text in enumerate(words))

"""Answering by picking options: one of a list, several of it, or spans marked in running text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    HotTextInteraction,
    Interaction,
    OptionId,
    Response,
)
from kiosk.letters import CHOOSING, letter
from kiosk.protocol import Question
from kiosk.widgets.answering import (
    Answering,
    Rows,
    count_word,
    in_order,
    marked_rows,
    place_of,
    span_of_letters,
)
from kiosk.widgets.blocks import MARGIN
from kiosk.widgets.flowing import GLUE, Mark, painted, ranges
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line
from terminal.wrapping import clean

PLACE = re.compile(r"\{(\w+)\}")
"""Where a text of the form leaves room for a span or a gap."""


class Picking(Answering):
    """A cursor on one of the options, and a set of chosen ones between a least and a most number."""

    HELP = N_("choose")

    def __init__(self, question: Question, options: Sequence[Choice], least: int, most: int) -> None:
        """`most` 0 allows any number."""
        super().__init__(question)
        self.options = in_order(options, question.order)
        self._kept = [option.id for option in options]
        self.least, self.most = least, most or len(options)
        places = [place for place, option in enumerate(self.options) if option.id in self.chosen]
        self.cursor = places[0] if places else 0

    @property
    def chosen(self) -> tuple[OptionId, ...]:
        """The chosen options."""
        return self.response.options if isinstance(self.response, ChosenOptions) else ()

    @property
    def many(self) -> bool:
        """Whether more than one may be chosen."""
        return self.most > 1

    @property
    def label(self) -> str:
        return span_of_letters(len(self.options))

    @property
    def letters(self) -> str:
        return CHOOSING[: len(self.options)]

    def hint(self) -> str:
        if not self.many:
            return ""
        if self.least == self.most:
            return _("Choose {count}").format(count=count_word(self.most))
        if self.least and self.most < len(self.options):
            return _("Choose {least} to {most}").format(least=self.least, most=self.most)
        if self.least:
            return _("Choose {least} or more").format(least=self.least)
        if self.most < len(self.options):
            return _("Choose up to {count}").format(count=count_word(self.most))
        return _("Choose all that apply")

    def option_here(self) -> OptionId | None:
        return self.options[self.cursor].id if self.options else None

    def press(self, key: str, character: str) -> bool:
        place = place_of(character, len(self.options))
        if place is not None:
            self._choose(place)
        elif key in {"up", "down"} and self.options:
            self.cursor = (self.cursor + (1 if key == "down" else -1)) % len(self.options)
        elif key == "space" and self.options:
            self._choose(self.cursor)
        elif key in {"backspace", "delete"}:
            self.answer(ChosenOptions(()))
        else:
            return False
        return True

    def _choose(self, place: int) -> None:
        self.cursor, option = place, self.options[place].id
        if not self.many:
            self.answer(ChosenOptions((option,)))
        elif option in self.chosen:
            self.answer(ChosenOptions(tuple(other for other in self.chosen if other != option)))
        elif len(self.chosen) >= self.most:
            self.said = _("{count} are chosen: take one back first").format(count=count_word(self.most))
        else:
            wanted = {*self.chosen, option}
            self.answer(ChosenOptions(tuple(other for other in self._kept if other in wanted)))

    def adopt(self, response: Response | None, interaction: Interaction) -> None:
        self.said = ""
        super().adopt(response, interaction)

    def mark(self, option: OptionId) -> str:
        """The state of an option in three characters."""
        on = option in self.chosen
        return ("[x]" if on else "[ ]") if self.many else ("(o)" if on else "( )")


class Choosing(Picking):
    """Options in a list, each with its letter: `>` the cursor, `(o)` or `[x]` chosen, `~` struck out."""

    def __init__(self, question: Question, interaction: ChoiceInteraction) -> None:
        super().__init__(question, interaction.options, interaction.min_choices, interaction.max_choices)

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        body: list[Line] = []
        first = last = 0
        for place, option in enumerate(self.options):
            if body and airy:
                body.append(())
            here, struck = place == self.cursor, option.id in self.struck
            mark = f" {'>' if here else ' '}{'~' if struck else ' '}{self.mark(option.id)} {letter(place)}. "
            role = Role.STRONG if option.id in self.chosen else Role.MUTED if struck else Role.TEXT
            rows = marked_rows(mark, option.text, measure + MARGIN, role, cursor=here)
            if here:
                first, last = len(body), len(body) + len(rows) - 1
            body += rows
        return Rows(tuple(body), first, last, hanging=True)


class Spotting(Picking):
    """Spans in the running text as `[ ] A <words>`; at the cursor `[ ]>A <words>`, struck out `[ ] A~<words>`."""

    def __init__(self, question: Question, interaction: HotTextInteraction) -> None:
        super().__init__(question, interaction.spans, 0, interaction.max_choices)
        self._text = interaction.text

    def hint(self) -> str:
        return super().hint() if self.many else _("Choose ONE")

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        text, places = woven(
            self._text, tuple((option.id, self._words(place)) for place, option in enumerate(self.options))
        )
        marks = [(start, end, self._role(name)) for name, start, end in places]
        here = next(((start, end) for name, start, end in places if name == self.option_here()), (0, 0))
        return flowed(text, marks, here, measure)

    def _words(self, place: int) -> str:
        option = self.options[place]
        cursor = ">" if place == self.cursor else " "
        struck = "~" if option.id in self.struck else " "
        before = f"{self.mark(option.id)}{cursor}{letter(place)}{struck}<"
        return before.replace(" ", GLUE) + clean(option.text) + ">"

    def _role(self, option: str) -> Role:
        if option == self.option_here():
            return Role.CURSOR
        return Role.STRONG if option in self.chosen else Role.MUTED if option in self.struck else Role.TEXT


@lru_cache(maxsize=32)
def woven(text: str, words: tuple[tuple[str, str], ...]) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """A text with words in its places, and where each stands: (name of the place, first character, end)."""
    known = dict(words)
    out, at = "", 0
    places: list[tuple[str, int, int]] = []
    for found in PLACE.finditer(text):
        out += clean(text[at : found.start()])
        put = known.get(found[1], "")
        places.append((found[1], len(out), len(out) + len(put)))
        out, at = out + put, found.end()
    return out + clean(text[at:]), tuple(places)


def flowed(text: str, marks: Sequence[Mark], here: tuple[int, int], measure: int) -> Rows:
    """Running text with marks, and the rows that `here` stands in."""
    laid = ranges(text, measure)
    body = tuple(painted(text, start, end, marks) for start, end in laid)
    mine = [place for place, (start, end) in enumerate(laid) if start < here[1] and here[0] < end]
    return Rows(body, mine[0] if mine else 0, mine[-1] if mine else 0)

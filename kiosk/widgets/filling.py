"""Answering by filling gaps in a text, each from a list: its own, or one that all gaps share."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len

from exam_packages.interactions import Choice, ChosenPairs, GapMatchInteraction, InlineChoiceInteraction
from kiosk.letters import CHOOSING, letter
from kiosk.protocol import Question
from kiosk.widgets.answering import (
    Answering,
    Rows,
    heading,
    marked_rows,
    place_of,
    span_of_letters,
)
from kiosk.widgets.choosing import PLACE, flowed, woven
from kiosk.widgets.flowing import GLUE, Mark
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line
from terminal.wrapping import clean

GAP = "____"
MOST_LISTED = 8
"""Rows of the list below the text; a longer one scrolls with what is picked."""


class Filling(Answering):
    """A text with numbered gaps, `[1: ____]`, the one at the cursor as `[1> ____]`; its list stands below the text."""

    HELP = N_("fill")

    def __init__(
        self, question: Question, text: str, gaps: Mapping[str, tuple[Choice, ...]], *, shared: bool
    ) -> None:
        """`gaps` in any order: they are numbered as they stand in the text."""
        super().__init__(question)
        self._text = text
        self._gaps = {name: gaps[name] for name in dict.fromkeys(PLACE.findall(text)) if name in gaps}
        self._names = tuple(self._gaps)
        self._at = 0
        self._shared = shared

    @property
    def _filled(self) -> dict[str, str]:
        return dict(self.response.pairs) if isinstance(self.response, ChosenPairs) else {}

    @property
    def _list(self) -> tuple[Choice, ...]:
        return self._gaps[self._names[self._at]] if self._names else ()

    @property
    def label(self) -> str:
        return span_of_letters(max(1, len(self._list)))

    @property
    def letters(self) -> str:
        return CHOOSING[: len(self._list)]

    def hint(self) -> str:
        return _("{filled} of {total} gaps filled").format(filled=len(self._filled), total=len(self._names))

    def tab(self, by: int) -> bool:
        wanted = self._at + by
        if not 0 <= wanted < len(self._names):
            return False
        self._at = wanted
        return True

    def enter(self, by: int) -> None:
        self._at = 0 if by > 0 else max(0, len(self._names) - 1)

    def press(self, key: str, character: str) -> bool:
        if not self._list:
            return False
        place = place_of(character, len(self._list))
        if place is not None:
            self._fill(place)
        elif key in {"down", "right", "enter"}:
            self._at = (self._at + 1) % len(self._names)
        elif key in {"up", "left"}:
            self._at = (self._at - 1) % len(self._names)
        elif key == "space":
            self._fill((self._picked() + 1) % len(self._list))
        elif key in {"backspace", "delete"}:
            self._put(None)
        else:
            return False
        return True

    def _picked(self) -> int:
        option = self._filled.get(self._names[self._at])
        return next((place for place, one in enumerate(self._list) if one.id == option), -1)

    def _fill(self, place: int) -> None:
        self._put(self._list[place].id)

    def _put(self, option: str | None) -> None:
        filled = {**self._filled, self._names[self._at]: option}
        self.answer(ChosenPairs(tuple((gap, filled[gap] or "") for gap in self._names if filled.get(gap))))

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        filled = self._filled
        words = tuple(
            (name, self._words(number, name, filled.get(name))) for number, name in enumerate(self._names)
        )
        text, places = woven(self._text, words)
        order = {name: number for number, name in enumerate(self._names)}
        marks: list[Mark] = [
            (start, end, Role.CURSOR if order.get(name) == self._at else Role.STRONG)
            for name, start, end in places
        ]
        here = next(((start, end) for name, start, end in places if order.get(name) == self._at), (0, 0))
        flow = flowed(text, marks, here, measure)
        return Rows(flow.body, flow.first, flow.last, self._foot(measure))

    def _words(self, number: int, name: str, option: str | None) -> str:
        text = next((clean(one.text) for one in self._gaps[name] if one.id == option), GAP)
        return f"[{number + 1}{'>' if number == self._at else ':'}{GLUE}{text}]"

    def _foot(self, measure: int) -> tuple[Line, ...]:
        picked, used = self._picked(), list(self._filled.values())
        said = [
            (
                f"   {'(o)' if place == picked else '( )'} {letter(place)}. ",
                self._named(option, used),
                place == picked,
            )
            for place, option in enumerate(self._list)
        ]
        widest = max((cell_len(mark + text) for mark, text, _on in said), default=1) + 2
        columns = max(1, measure // widest)
        lines: list[Line] = []
        if columns > 1:
            deep = -(-len(said) // columns)
            for row in range(deep):
                line: list[tuple[str, Role]] = []
                for mark, text, on in said[row::deep]:
                    room = widest - cell_len(mark + text)
                    line.append((mark + text + " " * room, Role.STRONG if on else Role.TEXT))
                lines.append(tuple(line))
        else:
            starts: list[int] = []
            for mark, text, on in said:
                starts.append(len(lines))
                lines += marked_rows(mark, text, measure, Role.STRONG if on else Role.TEXT, cursor=False)
            if len(lines) > MOST_LISTED:
                top = min(starts[max(0, picked)], len(lines) - MOST_LISTED)
                lines = lines[top : top + MOST_LISTED]
        return (heading(_("Gap {n}").format(n=self._at + 1), measure), *lines)

    def _named(self, option: Choice, used: list[str]) -> str:
        times = used.count(option.id) if self._shared else 0
        return clean(option.text) + (f" ({_('used')})" if times else "")


def from_own_lists(question: Question, interaction: InlineChoiceInteraction) -> Filling:
    """Each gap has its own list."""
    return Filling(question, interaction.text, interaction.gaps, shared=False)


def from_one_list(question: Question, interaction: GapMatchInteraction) -> Filling:
    """All gaps share one list."""
    known = {option.id: option for option in interaction.options}
    options = tuple(known[option] for option in question.order if option in known) or interaction.options
    return Filling(question, interaction.text, dict.fromkeys(interaction.gaps, options), shared=True)

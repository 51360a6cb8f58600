"""Answering by making pairs: sources with targets in a grid or a list, or the options of one list with each other."""

from __future__ import annotations

from rich.cells import cell_len

from exam_packages.interactions import AssociateInteraction, Choice, ChosenPairs, MatchInteraction, OptionId
from kiosk.letters import CHOOSING, letter
from kiosk.protocol import Question
from kiosk.widgets.answering import (
    Answering,
    Rows,
    heading,
    in_order,
    marked_rows,
    place_of,
    plain_rows,
    span_of_letters,
)
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line
from terminal.wrapping import clean, hang

Pair = tuple[str, str]
CELL = 4
"""Cells of a column of the grid."""
LEAST_SOURCE = 24
"""Cells that a source needs beside the grid; where there are fewer, its targets stand below it."""
NUMBER = 6


class _Pairing(Answering):
    """Pairs, at most `most` of them; 0 is any number."""

    def __init__(self, question: Question, most: int) -> None:
        super().__init__(question)
        self.most = most

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs made so far."""
        return self.response.pairs if isinstance(self.response, ChosenPairs) else ()

    def hint(self) -> str:
        if self.most:
            return _("{count} of at most {most} pairs").format(count=len(self.pairs), most=self.most)
        return _("{count} pairs made").format(count=len(self.pairs))

    def put(self, pairs: tuple[Pair, ...]) -> None:
        """Hold these pairs; what would be too many is refused in words."""
        if self.most and len(pairs) > self.most:
            self.said = _("{count} pairs are made: take one back first").format(count=self.most)
        else:
            self.answer(ChosenPairs(pairs))


class Matching(_Pairing):
    """Each source a row, each target a column; where the grid is too wide, the targets of a source stand below it."""

    HELP = N_("match")

    def __init__(self, question: Question, interaction: MatchInteraction) -> None:
        super().__init__(question, interaction.max_pairs)
        self._sources, self._targets = interaction.sources, interaction.targets
        self._row = self._column = 0

    @property
    def label(self) -> str:
        return span_of_letters(len(self._targets))

    @property
    def letters(self) -> str:
        return CHOOSING[: len(self._targets)]

    def press(self, key: str, character: str) -> bool:
        place = place_of(character, len(self._targets))
        if place is not None:
            self._column = place
            self._turn()
        elif key in {"up", "down"}:
            self._row = (self._row + (1 if key == "down" else -1)) % len(self._sources)
        elif key in {"left", "right"}:
            self._column = (self._column + (1 if key == "right" else -1)) % len(self._targets)
        elif key == "space":
            self._turn()
        elif key in {"backspace", "delete"}:
            here = self._sources[self._row].id
            self.put(tuple(pair for pair in self.pairs if pair[0] != here))
        else:
            return False
        return True

    def _turn(self) -> None:
        """Match the source at the cursor with the target at the cursor, or no more; where no pair is left, instead of
        the only one this source has.
        """
        pair: Pair = (self._sources[self._row].id, self._targets[self._column].id)
        mine = [one for one in self.pairs if one[0] == pair[0]]
        if pair in self.pairs:
            self.put(tuple(one for one in self.pairs if one != pair))
        elif self.most and len(self.pairs) >= self.most and len(mine) == 1:
            self.put((*(one for one in self.pairs if one != mine[0]), pair))
        else:
            self.put((*self.pairs, pair))

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        room = measure - NUMBER - CELL * len(self._targets) - 1
        longest = max((cell_len(clean(source.text)) for source in self._sources), default=0)
        grid = room >= min(LEAST_SOURCE, longest)
        foot: list[Line] = [heading(_("Match each with:"), measure)]
        for place, target in enumerate(self._targets):
            mark = f" {'>' if place == self._column else ' '} {letter(place)}. "
            foot += marked_rows(mark, target.text, measure, Role.TEXT, cursor=False)
        body: list[Line] = []
        if grid:
            names = "".join(f" {letter(place)}  " for place in range(len(self._targets)))
            body.append(((" " * (NUMBER + room + 1), Role.TEXT), (names, Role.STRONG)))
        first = last = 0
        for row, source in enumerate(self._sources):
            drawn = self._grid_rows(row, source, room) if grid else self._list_rows(row, source, measure)
            if row == self._row:
                first, last = len(body), len(body) + len(drawn) - 1
            body += drawn
        return Rows(tuple(body), first, last, tuple(foot))

    def _grid_rows(self, row: int, source: Choice, room: int) -> list[Line]:
        texts = hang("", clean(source.text), room)
        here = row == self._row
        lines: list[Line] = []
        for at, text in enumerate(texts):
            head = f" {'>' if here else ' '}{row + 1:>2}."[:NUMBER] if at == 0 else " " * NUMBER
            line: list[tuple[str, Role]] = [(head.ljust(NUMBER), Role.STRONG if here else Role.TEXT)]
            line.append((text + " " * (room - cell_len(text) + 1), Role.TEXT))
            if at == 0:
                for column, target in enumerate(self._targets):
                    on = (source.id, target.id) in self.pairs
                    role = Role.STRONG if on else Role.TEXT
                    box = "[x]" if on else "[ ]"
                    line += [
                        (box, Role.CURSOR if here and column == self._column else role),
                        (" ", Role.TEXT),
                    ]
            lines.append(tuple(line))
        return lines

    def _list_rows(self, row: int, source: Choice, measure: int) -> list[Line]:
        here = row == self._row
        lines = marked_rows(
            f" {'>' if here else ' '}{row + 1:>2}. ", source.text, measure, Role.TEXT, cursor=here
        )
        for place, target in enumerate(self._targets):
            if (source.id, target.id) in self.pairs:
                lines += marked_rows(
                    f"      [x] {letter(place)}. ", target.text, measure, Role.STRONG, cursor=False
                )
        return lines


class Associating(_Pairing):
    """Two options named one after the other are a pair; `(o)` is the first of a pair that is being made."""

    HELP = N_("pair")

    def __init__(self, question: Question, interaction: AssociateInteraction) -> None:
        super().__init__(question, interaction.max_pairs)
        self._options = in_order(interaction.options, question.order)
        self._cursor = 0
        self._first: OptionId | None = None

    @property
    def label(self) -> str:
        return span_of_letters(len(self._options))

    @property
    def letters(self) -> str:
        return CHOOSING[: len(self._options)]

    def hint(self) -> str:
        return _("Choose the other one of the pair") if self._first else super().hint()

    def press(self, key: str, character: str) -> bool:
        place = place_of(character, len(self._options))
        total = len(self._options) + len(self.pairs)
        if place is not None:
            self._cursor = place
            self._name(self._options[place].id)
        elif key in {"up", "down"}:
            self._cursor = (self._cursor + (1 if key == "down" else -1)) % total
        elif key == "space" and self._cursor < len(self._options):
            self._name(self._options[self._cursor].id)
        elif key in {"backspace", "delete", "space"}:
            self._take_back()
        else:
            return False
        return True

    def _name(self, option: OptionId) -> None:
        first, self.said = self._first, ""
        if self.closed:
            self.answer(self.response)
        elif first is None:
            self._first = option
        elif first == option:
            self._first = None
        else:
            self._first = None
            if (first, option) in self.pairs or (option, first) in self.pairs:
                self.said = _("These two are a pair already")
            else:
                self.put((*self.pairs, (first, option)))

    def _take_back(self) -> None:
        """The choice that is being made, else the pair at the cursor, else the last pair."""
        if self._first is not None:
            self._first = None
            return
        at = self._cursor - len(self._options)
        gone = at if at >= 0 else len(self.pairs) - 1
        self.put(tuple(pair for place, pair in enumerate(self.pairs) if place != gone))
        self._cursor = min(self._cursor, len(self._options) + len(self.pairs) - 1)

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        places = {option.id: place for place, option in enumerate(self._options)}
        texts: dict[str, str] = {option.id: option.text for option in self._options}
        paired = {end for pair in self.pairs for end in pair}
        body: list[Line] = []
        first = last = 0
        for place, option in enumerate(self._options):
            state = "(o)" if option.id == self._first else " * " if option.id in paired else "   "
            mark = f" {'>' if place == self._cursor else ' '}{state} {letter(place)}. "
            role = Role.STRONG if state.strip() else Role.TEXT
            rows = marked_rows(mark, option.text, measure, role, cursor=place == self._cursor)
            if place == self._cursor:
                first, last = len(body), len(body) + len(rows) - 1
            body += rows
        body.append(heading(_("Pairs"), measure))
        for number, (one, other) in enumerate(self.pairs):
            here = self._cursor == len(self._options) + number
            said = " + ".join(f"{letter(places[OptionId(end)])}. {texts[end]}" for end in (one, other))
            rows = marked_rows(
                f" {'>' if here else ' '}{number + 1:>2}. ", said, measure, Role.STRONG, cursor=here
            )
            if here:
                first, last = len(body), len(body) + len(rows) - 1
            body += rows
        if not self.pairs:
            body += plain_rows(_("   none yet"), measure, Role.MUTED)
        return Rows(tuple(body), first, last)

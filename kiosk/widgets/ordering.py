"""Answering by putting options in order: letters typed one by one, or one picked up and carried by the arrows."""

from __future__ import annotations

from exam_packages.interactions import (
    Choice,
    ChosenOptions,
    Interaction,
    OptionId,
    OrderInteraction,
    Response,
)
from kiosk.letters import CHOOSING, letter
from kiosk.protocol import Question
from kiosk.widgets.answering import (
    Answering,
    Rows,
    in_order,
    marked_rows,
    place_of,
    plain_rows,
    span_of_letters,
)
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line


class Ordering(Answering):
    """First what is placed, numbered, then what is not yet; `>` the cursor, `^` an option that is carried."""

    HELP = N_("place")

    def __init__(self, question: Question, interaction: OrderInteraction) -> None:
        super().__init__(question)
        self._options = in_order(interaction.options, question.order)
        self._cursor = 0
        self._carried = False

    @property
    def _placed(self) -> tuple[OptionId, ...]:
        return self.response.options if isinstance(self.response, ChosenOptions) else ()

    @property
    def _rest(self) -> tuple[OptionId, ...]:
        return tuple(option.id for option in self._options if option.id not in self._placed)

    @property
    def _every(self) -> tuple[OptionId, ...]:
        return (*self._placed, *self._rest)

    @property
    def label(self) -> str:
        return span_of_letters(len(self._options))

    @property
    def letters(self) -> str:
        return CHOOSING[: len(self._options)]

    @property
    def late(self) -> bool:
        """What is carried is not put down yet."""
        return self._carried

    def adopt(self, response: Response | None, interaction: Interaction) -> None:
        self._carried = False
        super().adopt(response, interaction)

    def hint(self) -> str:
        if self._carried:
            return _("Carried: Up, Down, then Space")
        placed, total = len(self._placed), len(self._options)
        return (
            _("All placed")
            if placed == total
            else _("{placed} of {total} placed").format(placed=placed, total=total)
        )

    def press(self, key: str, character: str) -> bool:
        place = place_of(character, len(self._options))
        if place is not None:
            self._name(self._options[place])
        elif key in {"up", "down"} and self._options:
            self._move(1 if key == "down" else -1)
        elif key == "space" or (key == "enter" and self._carried):
            self._pick()
        elif key == "backspace":
            self._carried = False
            self._put(self._placed[:-1])
        elif key == "delete":
            self._carried = False
            here = self._every[self._cursor]
            self._put(tuple(option for option in self._placed if option != here))
        else:
            return False
        return True

    def _name(self, option: Choice) -> None:
        """A letter puts its option at the end of the order; where it is placed already the cursor goes there."""
        self._carried = False
        if option.id not in self._placed:
            self._put((*self._placed, option.id))
        if not self.closed:
            self._cursor = self._every.index(option.id)

    def _move(self, by: int) -> None:
        if not self._carried:
            self._cursor = (self._cursor + by) % len(self._options)
            return
        wanted = self._cursor + by
        if 0 <= wanted < len(self._placed):
            order = list(self._placed)
            order[self._cursor], order[wanted] = order[wanted], order[self._cursor]
            self._cursor = wanted
            self._put(tuple(order))

    def _pick(self) -> None:
        """Space picks up what is placed and puts it down again; what is not placed it puts at the end."""
        if self._cursor < len(self._placed):
            self._carried = not self._carried and not self.closed
        else:
            option = self._every[self._cursor]
            self._put((*self._placed, option))

    def _put(self, order: tuple[OptionId, ...]) -> None:
        self.answer(ChosenOptions(order))

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        known = {option.id: (place, option.text) for place, option in enumerate(self._options)}
        body: list[Line] = []
        first = last = 0
        for at, option in enumerate(self._every):
            placed, here = at < len(self._placed), at == self._cursor
            if at == len(self._placed):
                if body and airy:
                    body.append(())
                body += plain_rows(_("Not placed yet:"), measure, Role.MUTED)
            place, text = known[option]
            state = "^" if here and self._carried else " "
            number = f"{at + 1:>2}." if placed else "   "
            mark = f" {'>' if here else ' '}{state}{number} {letter(place)}. "
            rows = marked_rows(mark, text, measure, Role.STRONG if placed else Role.TEXT, cursor=here)
            if here:
                first, last = len(body), len(body) + len(rows) - 1
            body += rows
        return Rows(tuple(body), first, last)

"""Answering by typing on one line: a short text, a number with its unit, a number on a scale."""

from __future__ import annotations

import re

from rich.cells import cell_len

from exam_packages.interactions import (
    Interaction,
    NumericInteraction,
    Response,
    SliderInteraction,
    TextEntryInteraction,
    TypedText,
)
from kiosk.editing import after, before, replaced
from kiosk.protocol import Question
from kiosk.widgets.answering import Answering, Rows, plain_rows
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line
from terminal.wrapping import clean

INDENT = 2
LONGEST_NUMBER = 32
BAR = 40
"""Cells of a scale."""
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
WHOLE = re.compile(r"[+-]?\d+")


class _Typing(Answering):
    """One line of text with a caret, at most `limit` characters; what it means is the subclass's."""

    HELP = N_("type")

    @property
    def label(self) -> str:
        return "A-Z" if self.types else "0-9"

    def __init__(self, question: Question, limit: int) -> None:
        super().__init__(question)
        self.limit = limit
        self.text, self.caret = "", 0
        self.hold(self.typed)

    @property
    def typed(self) -> str:
        """The response as it was typed."""
        return self.response.text if isinstance(self.response, TypedText) else ""

    @property
    def late(self) -> bool:
        return True

    def hold(self, text: str) -> None:
        """Show this text, the caret at its end."""
        self.text, self.caret = text, len(text)

    def adopt(self, response: Response | None, interaction: Interaction) -> None:
        super().adopt(response, interaction)
        self.hold(self.typed)

    def taken(self, character: str) -> bool:
        """Whether this character may be typed."""
        return bool(character)

    def meant(self) -> str:
        """The response that the text stands for; empty while it stands for none."""
        return self.text

    def press(self, key: str, character: str) -> bool:
        if key in {"left", "right", "home", "end"}:
            steps = {"left": before(self.text, self.caret), "right": after(self.text, self.caret), "home": 0}
            self.caret = steps.get(key, len(self.text))
        elif key == "backspace":
            self._edit(before(self.text, self.caret), self.caret, "")
        elif key == "delete":
            self._edit(self.caret, after(self.text, self.caret), "")
        elif len(character) == 1 and character.isprintable() and self.taken(character):
            self._edit(self.caret, self.caret, character)
        else:
            return False
        return True

    def _edit(self, start: int, end: int, typed: str) -> None:
        text, caret = replaced(self.text, start, end, typed)
        if len(text) > max(self.limit, len(self.text)):
            self.said = _("Full: {limit} characters is the most").format(limit=self.limit)
            return
        if not self.closed:
            self.text, self.caret = text, caret
        self.answer(TypedText(self.meant()))

    def field(self, measure: int) -> Line:
        """The text with its caret, as much of it as fits around the caret."""
        room = max(8, min(measure - INDENT - 2, self.limit + 1))
        start, end = 0, after(self.text, self.caret)
        at = self.text[self.caret : end] or " "
        while cell_len(self.text[start : self.caret] + at) > room:
            start = after(self.text, start)
        rest = self.text[end:]
        while cell_len(self.text[start : self.caret] + at + rest) > room:
            rest = rest[:-1]
        blank = room - cell_len(self.text[start : self.caret] + at + rest)
        return (
            (" " * INDENT, Role.TEXT),
            ("<" if start else " ", Role.FIELD),
            (self.text[start : self.caret], Role.FIELD),
            (at, Role.CURSOR),
            (rest, Role.FIELD),
            ("_" * blank, Role.FIELD),
            (">" if len(self.text) > end + len(rest) else " ", Role.FIELD),
        )


class Writing(_Typing):
    """A short text."""

    types = True

    def __init__(self, question: Question, interaction: TextEntryInteraction) -> None:
        super().__init__(question, interaction.max_length)

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        left = _("{left} of {limit} characters left").format(
            left=self.limit - len(self.text), limit=self.limit
        )
        return Rows((self.field(measure), ((" " * (INDENT + 1), Role.TEXT), (left, Role.MUTED))), 0, 0)


class Counting(_Typing):
    """A number: a sign, digits, one decimal mark; of several units one is picked with Up and Down."""

    def __init__(self, question: Question, interaction: NumericInteraction) -> None:
        self._units = tuple(clean(unit) for unit in interaction.units)
        self._unit = -1
        super().__init__(question, LONGEST_NUMBER)

    def hold(self, text: str) -> None:
        number, space, unit = text.partition(" ")
        self._unit = self._units.index(unit) if space and unit in self._units else -1
        super().hold(number)

    def taken(self, character: str) -> bool:
        if character.isascii() and character.isdigit():
            return True
        if character in "+-":
            return self.caret == 0 and self.text[:1] not in {"+", "-"}
        return character in ".," and not set(".,") & set(self.text)

    def press(self, key: str, character: str) -> bool:
        if len(self._units) > 1 and key in {"up", "down"}:
            by = 1 if key == "down" else -1
            if not self.closed:
                self._unit = (
                    (self._unit + by) % len(self._units)
                    if self._unit >= 0
                    else (0 if by > 0 else len(self._units) - 1)
                )
            self.answer(TypedText(self.meant()))
            return True
        if super().press(key, character):
            return True
        if len(character) == 1 and character in "0123456789.,+-":
            self.said = _("A number has one sign, at its beginning, and one decimal mark")
            return True
        return False

    def meant(self) -> str:
        if not NUMBER.fullmatch(self.text):
            return ""
        several = len(self._units) > 1 and self._unit >= 0
        return f"{self.text} {self._units[self._unit]}" if several else self.text

    def hint(self) -> str:
        if self.text and not self.meant():
            return _("Not a number yet")
        return _("Choose the unit with Up or Down") if self.text and self._open else ""

    @property
    def _open(self) -> bool:
        return len(self._units) > 1 and self._unit < 0

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        beside = f" {self._units[0]}" if len(self._units) == 1 else ""
        body: list[Line] = [(*self.field(min(measure - cell_len(beside), 30)), (beside, Role.STRONG))]
        if self.text and not self.meant():
            body.append(((" " * (INDENT + 1) + _("Not a number yet"), Role.ALERT),))
        if len(self._units) > 1:
            body += [(), *plain_rows(_("Unit: Up and Down choose"), measure, Role.MUTED)]
            for place, unit in enumerate(self._units):
                on = place == self._unit
                body.append(((f"   {'(o)' if on else '( )'} {unit}", Role.STRONG if on else Role.TEXT),))
        return Rows(tuple(body), 0, len(body) - 1)


class Sliding(_Typing):
    """A whole number on a scale: typed, or moved with the arrows."""

    HELP = N_("set")

    def __init__(self, question: Question, interaction: SliderInteraction) -> None:
        self._lower, self._upper, self._step = interaction.lower, interaction.upper, max(1, interaction.step)
        super().__init__(question, max(len(str(self._lower)), len(str(self._upper))) + 1)

    @property
    def _value(self) -> int | None:
        if not WHOLE.fullmatch(self.text):
            return None
        value = int(self.text)
        fits = self._lower <= value <= self._upper and (value - self._lower) % self._step == 0
        return value if fits else None

    def meant(self) -> str:
        return "" if self._value is None else str(self._value)

    def taken(self, character: str) -> bool:
        return (character.isascii() and character.isdigit()) or (character in "+-" and not self.text)

    def press(self, key: str, character: str) -> bool:
        value = self._value
        last = self._upper - (self._upper - self._lower) % self._step
        middle = self._lower + (last - self._lower) // self._step // 2 * self._step
        moves = {"right": self._step, "up": self._step, "left": -self._step, "down": -self._step}
        if key in moves:
            self._set(middle if value is None else max(self._lower, min(last, value + moves[key])))
        elif key in {"home", "end"}:
            self._set(self._lower if key == "home" else last)
        else:
            return super().press(key, character)
        return True

    def _set(self, value: int) -> None:
        if not self.closed:
            self.hold(str(value))
        self.answer(TypedText(self.meant()))

    def hint(self) -> str:
        return self._range() if self.text and self._value is None else ""

    def _range(self) -> str:
        words = (
            _("A number from {lower} to {upper}")
            if self._step == 1
            else _("From {lower} to {upper} in steps of {step}")
        )
        return words.format(lower=self._lower, upper=self._upper, step=self._step)

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        value = self._value
        ends = f"{self._lower} |", f"| {self._upper}"
        room = max(5, min(BAR, measure - INDENT - sum(map(len, ends)) - 1))
        at = -1 if value is None else (value - self._lower) * (room - 1) // max(1, self._upper - self._lower)
        line = "-" * room if at < 0 else "=" * at + "O" + "-" * (room - at - 1)
        wrong = self.text and value is None
        return Rows(
            (
                (
                    (" " * (INDENT + 1), Role.TEXT),
                    (ends[0], Role.TEXT),
                    (line, Role.STRONG),
                    (ends[1], Role.TEXT),
                ),
                (),
                self.field(measure),
                ((" " * (INDENT + 1) + self._range(), Role.ALERT if wrong else Role.MUTED),),
            ),
            2,
            3,
        )

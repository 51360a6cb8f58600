"""Answering by writing a long text: an editor with a caret, the words counted and the characters that are left."""

from __future__ import annotations

from exam_packages.interactions import ExtendedTextInteraction, Interaction, Response, TypedText
from kiosk.editing import Row, after, before, column, offset, replaced, row_of, rows
from kiosk.protocol import Question
from kiosk.widgets.answering import Answering, Rows
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line

EDGE = "│ "
FAR = 1_000_000
"""More cells than a row has."""


class Composing(Answering):
    """A text of several lines. Every key that types is taken; PgUp and PgDn move the caret by a page."""

    HELP = N_("write")
    types = True

    @property
    def label(self) -> str:
        return "A-Z"

    def __init__(self, question: Question, interaction: ExtendedTextInteraction) -> None:
        super().__init__(question)
        self._limit, self._words = interaction.max_length, interaction.max_words
        self._caret = len(self.text)
        self._goal: int | None = None
        self._width = 60

    @property
    def text(self) -> str:
        """What is written."""
        return self.response.text if isinstance(self.response, TypedText) else ""

    @property
    def late(self) -> bool:
        return True

    @property
    def scrolls(self) -> bool:
        return True

    def adopt(self, response: Response | None, interaction: Interaction) -> None:
        super().adopt(response, interaction)
        self._caret = min(self._caret, len(self.text))

    def press(self, key: str, character: str) -> bool:
        if key in {"left", "right"}:
            self._put(before(self.text, self._caret) if key == "left" else after(self.text, self._caret))
        elif key in {"home", "end"}:
            laid = rows(self.text, self._width)
            self._put(offset(self.text, laid, row_of(laid, self._caret), 0 if key == "home" else FAR))
        elif key in {"up", "down", "pageup", "pagedown"}:
            self._climb({"up": -1, "down": 1, "pageup": -self.page, "pagedown": self.page}[key])
        elif key == "backspace":
            self._edit(before(self.text, self._caret), self._caret, "")
        elif key == "delete":
            self._edit(self._caret, after(self.text, self._caret), "")
        elif key == "enter":
            self._edit(self._caret, self._caret, "\n")
        elif len(character) == 1 and character.isprintable():
            self._edit(self._caret, self._caret, character)
        else:
            return False
        return True

    def _put(self, caret: int) -> None:
        self._caret, self._goal = caret, None

    def _climb(self, by: int) -> None:
        laid = rows(self.text, self._width)
        place = row_of(laid, self._caret)
        if self._goal is None:
            self._goal = column(self.text, laid[place], self._caret)
        self._caret = offset(self.text, laid, max(0, min(len(laid) - 1, place + by)), self._goal)

    def _edit(self, start: int, end: int, typed: str) -> None:
        text, caret = replaced(self.text, start, end, typed)
        if len(text) > max(self._limit, len(self.text)):
            self.said = _("Full: {limit} characters is the most").format(limit=self._limit)
            return
        if not self.closed:
            self._put(caret)
        self.answer(TypedText(text))

    def rows(self, measure: int, *, airy: bool = False) -> Rows:
        del airy
        self._width = max(1, measure - len(EDGE) - 1)
        laid = rows(self.text, self._width)
        at = row_of(laid, self._caret)
        body = tuple(self._row(row, caret=place == at) for place, row in enumerate(laid))
        return Rows(body, at, at, (self._counts(),), filler=((EDGE, Role.RULE),))

    def _row(self, row: Row, *, caret: bool) -> Line:
        start, end = row
        if not caret:
            return ((EDGE, Role.RULE), (self.text[start:end], Role.TEXT))
        at = min(self._caret, end)
        last = min(end, after(self.text, at)) if at < end else at
        head = self.text[start:at]
        if column(self.text, row, at) > self._width:
            head, at, last = head.rstrip(" "), end, end
        return (
            (EDGE, Role.RULE),
            (head, Role.TEXT),
            (self.text[at:last] or " ", Role.CURSOR),
            (self.text[last:end], Role.TEXT),
        )

    def _counts(self) -> Line:
        count, left = len(self.text.split()), self._limit - len(self.text)
        characters = _("{left} characters left").format(left=left)
        if not self._words:
            return (
                (EDGE, Role.RULE),
                (_("{count} words").format(count=count), Role.STRONG),
                (f"   {characters}", Role.MUTED),
            )
        over = count - self._words
        words = _("{count} of {most} words").format(count=count, most=self._words)
        too_many = "   " + _("{over} too many").format(over=over) if over > 0 else ""
        return (
            (EDGE, Role.RULE),
            (words, Role.STRONG),
            (too_many, Role.ALERT),
            (f"   {characters}", Role.MUTED),
        )

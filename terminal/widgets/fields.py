"""What is typed: one line of text, and a typed code with its letters put right and grouped as on paper."""

from __future__ import annotations

from typing import Unpack

from rich.cells import cell_len
from textual import events
from textual.message import Message

from keys.encoding import CROCKFORD, grouped, normalise
from terminal.theme import Role
from terminal.widgets.lines import Line, Lines, Row, Where, width_of
from terminal.wrapping import clean, fit


class Typing(Lines, can_focus=True):
    """A widget that is typed into: `LockedApp` hands it each key the moment it comes, while it has the caret."""

    def take(self, event: events.Key) -> bool:
        """Use the key, and return whether it was one of the widget's; what is not goes on to the screen."""
        del event
        return False


class LineField(Typing, Row):
    """One line of typed text, at most `limit` characters. Enter posts `Submitted`, every change `Changed`.

    `LockedApp` hands it each key the moment it comes, and Enter moves the caret to the next field of the screen at
    once: what is typed ahead lands where it was meant to. Keys it uses do not reach the bindings of the screen:
    letters are text here. Paste never arrives.
    """

    DEFAULT_CSS = "LineField { height: 1; }"
    FOCUS_ON_CLICK = False

    class Submitted(Message):
        """Enter was pressed in `field`, which holds `value`."""

        def __init__(self, field: LineField, value: str) -> None:
            super().__init__()
            self.field, self.value = field, value

        @property
        def control(self) -> LineField:
            """The field, so that `@on(LineField.Submitted, "#id")` works."""
            return self.field

    class Changed(Message):
        """`field` holds `value` now."""

        def __init__(self, field: LineField, value: str) -> None:
            super().__init__()
            self.field, self.value = field, value

        @property
        def control(self) -> LineField:
            """The field, so that `@on(LineField.Changed, "#id")` works."""
            return self.field

    def __init__(self, *, limit: int, label: str = "", value: str = "", **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._limit = limit
        self._label = clean(label)
        self._value = self.accepted(value)[:limit]
        self._caret = len(self._value)

    @property
    def value(self) -> str:
        """What is typed so far."""
        return self._value

    @property
    def label(self) -> str:
        """What stands before the field."""
        return self._label

    def set_label(self, label: str) -> None:
        """Put other words before the field."""
        self._label = clean(label)
        self.redraw()

    def set_value(self, value: str) -> None:
        """Replace what is typed, without a `Changed`; what the field would not take from the keyboard is left out."""
        self._value = self.accepted(value)[: self._limit]
        self._caret = len(self._value)
        self.redraw()

    def accepted(self, typed: str) -> str:
        """Return `typed` as this field takes it: clean text."""
        return clean(typed)

    def submit(self) -> None:
        """Post what Enter posts."""
        self.post_message(self.Submitted(self, self._value))

    def row(self, width: int) -> Line:
        label = f"{self._label} " if self._label else ""
        room = max(2, width - cell_len(label) - 2)
        before, at, after = self._split()
        while cell_len(before) > room - 2:
            before = before[1:]
        caret = Role.CURSOR if self.has_focus else Role.FIELD
        field = [(before, Role.FIELD), (at or " ", caret), (after, Role.FIELD)]
        blank = min(room, self._limit + 1) - width_of(field)
        return ((label, Role.TEXT), (" ", Role.FIELD), *field, ("_" * max(0, blank), Role.FIELD))

    def _split(self) -> tuple[str, str, str]:
        return (
            self._value[: self._caret],
            self._value[self._caret : self._caret + 1],
            self._value[self._caret + 1 :],
        )

    def take(self, event: events.Key) -> bool:
        """Edit, and return whether the key was one of this field's; what is not goes on to the screen."""
        if event.key == "enter":
            self._go_on()
            self.submit()
        elif event.key in _MOVES:
            self._caret = {
                "left": max(0, self._caret - 1),
                "right": min(len(self._value), self._caret + 1),
            }.get(event.key, 0 if event.key == "home" else len(self._value))
            self.redraw()
        elif event.key == "backspace" and self._caret:
            self._edit(self._value[: self._caret - 1] + self._value[self._caret :], self._caret - 1)
        elif event.key == "delete":
            self._edit(self._value[: self._caret] + self._value[self._caret + 1 :], self._caret)
        elif event.is_printable and event.character:
            typed = self.accepted(event.character)
            if typed and len(self._value) + len(typed) <= self._limit:
                self._edit(
                    self._value[: self._caret] + typed + self._value[self._caret :], self._caret + len(typed)
                )
        elif event.key != "backspace":
            return False
        return True

    def _go_on(self) -> None:
        """Move the caret to the next field, if there is one; `focus` would do it some messages later."""
        fields = list(self.screen.query(LineField))
        following = fields[fields.index(self) + 1 :]
        if following:
            self.screen.set_focus(following[0])

    def _edit(self, value: str, caret: int) -> None:
        if value != self._value:
            self.post_message(self.Changed(self, value))
        self._value, self._caret = value, caret
        self.redraw()

    def on_focus(self) -> None:
        """Show the caret."""
        self.redraw()

    def on_blur(self) -> None:
        """Hide the caret."""
        self.redraw()


_MOVES = frozenset({"left", "right", "home", "end"})


class CodeField(LineField):
    """A typed code of `limit` Crockford characters: upper case, I and L are 1, O is 0, shown in threes.

    Spaces and dashes may be typed and mean nothing; other letters are not taken. `Submitted` carries the code without
    spaces, complete or not: `complete` says which.
    """

    DEFAULT_CSS = "CodeField { height: 1; }"

    def accepted(self, typed: str) -> str:
        return "".join(character for character in normalise(typed) if character in CROCKFORD)

    @property
    def complete(self) -> bool:
        """Whether every character is typed."""
        return len(self.value) == self._limit

    def row(self, width: int) -> Line:
        label = f"{self._label} " if self._label else ""
        shown = grouped(self.value + "_" * (self._limit - len(self.value)))
        shown = fit(shown, width - cell_len(label) - 3)
        at = self._caret + self._caret // 3
        caret = Role.CURSOR if self.has_focus else Role.FIELD
        return (
            (label, Role.TEXT),
            (" " + shown[:at], Role.FIELD),
            (shown[at : at + 1] or " ", caret),
            (shown[at + 1 :] + " ", Role.FIELD),
        )

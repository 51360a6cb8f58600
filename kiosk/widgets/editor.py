"""A plain text of several lines that is typed: an essay, a note, a comment. Its rows and edits are in `editing.py`."""

from __future__ import annotations

from typing import Unpack

from textual import events
from textual.message import Message

from kiosk.editing import Row, after, before, column, offset, replaced, row_of, rows
from terminal.theme import Role
from terminal.widgets import Line, Typing, Where, clean

FAR = 1_000_000
"""More cells than a row has."""


class Editor(Typing):
    """A text of at most `limit` characters, wrapped to the widget's width. Every change posts `Changed`.

    `LockedApp` hands it each key the moment it comes. It takes what is printable, Enter, Backspace, Delete, the arrows,
    Home, End, PgUp and PgDn; every other key goes on to the screen. The edge shows `^` and `v` where there is more.
    """

    DEFAULT_CSS = "Editor { height: 1fr; width: 1fr; }"
    FOCUS_ON_CLICK = False

    class Changed(Message):
        """`editor` holds `text` now."""

        def __init__(self, editor: Editor, text: str) -> None:
            super().__init__()
            self.editor, self.text = editor, text

        @property
        def control(self) -> Editor:
            """The editor, so that `@on(Editor.Changed, "#id")` works."""
            return self.editor

    def __init__(self, *, limit: int, text: str = "", **where: Unpack[Where]) -> None:
        """`limit` is in characters."""
        super().__init__(**where)
        self._limit = limit
        self._text = ""
        self._caret = self._first = 0
        self._goal: int | None = None
        self._laid: tuple[str, int, tuple[Row, ...]] = ("", 0, ((0, 0),))
        self.set_text(text)

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self._text

    @property
    def caret(self) -> int:
        """The place of the caret, in characters from the beginning."""
        return self._caret

    @property
    def limit(self) -> int:
        """How many characters it takes."""
        return self._limit

    def set_text(self, text: str, *, limit: int | None = None) -> None:
        """Hold another text, the caret at its end, without a `Changed`; `limit` is another limit from now on."""
        self._limit = self._limit if limit is None else limit
        self._text = clean(text, newlines=True)[: self._limit]
        self._caret, self._first, self._goal = len(self._text), 0, None
        self.redraw()

    def take(self, event: events.Key) -> bool:
        """Edit or move, and return whether the key was one of the editor's."""
        if event.key in _STEPS:
            self._step(event.key)
        elif event.key in _ROWS:
            self._move_rows(event.key)
        elif event.key == "backspace":
            self._edit(before(self._text, self._caret), self._caret, "")
        elif event.key == "delete":
            self._edit(self._caret, after(self._text, self._caret), "")
        elif event.key == "enter":
            self._edit(self._caret, self._caret, "\n")
        elif event.is_printable and event.character:
            self._edit(self._caret, self._caret, event.character)
        else:
            return False
        return True

    def _edit(self, start: int, end: int, typed: str) -> None:
        text, caret = replaced(self._text, start, end, typed)
        if text == self._text or len(text) > max(self._limit, len(self._text)):
            return
        self._text, self._goal = text, None
        self.post_message(self.Changed(self, text))
        self._put(caret)

    def _step(self, key: str) -> None:
        laid = self._rows()
        start, _ = laid[row_of(laid, self._caret)]
        self._goal = None
        if key == "left":
            self._put(before(self._text, self._caret))
        elif key == "right":
            self._put(after(self._text, self._caret))
        else:
            place = row_of(laid, self._caret)
            self._put(start if key == "home" else offset(self._text, laid, place, FAR))

    def _move_rows(self, key: str) -> None:
        laid = self._rows()
        page = max(1, self.size.height - 1)
        by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}[key]
        place = row_of(laid, self._caret)
        if self._goal is None:
            self._goal = column(self._text, laid[place], self._caret)
        self._put(offset(self._text, laid, max(0, min(len(laid) - 1, place + by)), self._goal))

    def _put(self, caret: int) -> None:
        self._caret = caret
        self._follow()
        self.redraw()

    def _follow(self) -> None:
        """Scroll so that the caret is in sight, and no further than the text goes."""
        laid, height = self._rows(), max(1, self.size.height)
        place = row_of(laid, self._caret)
        self._first = max(place - height + 1, min(self._first, place, max(0, len(laid) - height)))

    def _rows(self) -> tuple[Row, ...]:
        width = max(1, self.size.width - 3)
        if self._laid[:2] != (self._text, width):
            self._laid = (self._text, width, rows(self._text, width))
        return self._laid[2]

    def line(self, y: int, width: int) -> Line:
        laid, height = self._rows(), self.size.height
        place = self._first + y
        more = (y == 0 and self._first > 0, y == height - 1 and place + 1 < len(laid))
        edge = ("^ " if more[0] else "v " if more[1] else "│ ", Role.RULE)
        if place >= len(laid):
            return (edge,)
        start, end = laid[place]
        if not self.has_focus or place != row_of(laid, self._caret):
            return (edge, (self._text[start:end], Role.TEXT))
        at = min(self._caret, end)
        last = min(end, after(self._text, at)) if at < end else at
        head = self._text[start:at]
        if column(self._text, laid[place], at) > width - 3:
            head, at, last = head.rstrip(" "), end, end
        return (
            edge,
            (head, Role.TEXT),
            (self._text[at:last] or " ", Role.CURSOR),
            (self._text[last:end], Role.TEXT),
        )

    def on_resize(self) -> None:
        """Wrap anew, the caret in sight."""
        self._follow()
        self.redraw()

    def on_focus(self) -> None:
        """Show the caret."""
        self._follow()
        self.redraw()

    def on_blur(self) -> None:
        """Hide the caret."""
        self.redraw()


_STEPS = frozenset({"left", "right", "home", "end"})
_ROWS = frozenset({"up", "down", "pageup", "pagedown"})

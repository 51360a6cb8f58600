"""A pane of plain text that scrolls by keys, and a card with a message in the middle of the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from terminal.language import _
from terminal.theme import Role
from terminal.widgets.lines import Line, Lines, Where, centred, width_of
from terminal.wrapping import clean, fit, wrap


class TextPane(Lines):
    """Plain text, wrapped once a width, scrolled by lines and pages.

    With a `title` the last row is a rule with it and, where the text is longer than the pane, "lines 1-8 of 31".
    Text is data: it is sanitised again here and never read as markup.
    """

    DEFAULT_CSS = "TextPane { height: 1fr; }"

    def __init__(self, text: str = "", *, title: str = "", **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._text = clean(text, newlines=True)
        self._title = clean(title)
        self._top = 0
        self._rows: tuple[str, ...] = ()
        self._width = -1

    def set_text(self, text: str, *, title: str | None = None) -> None:
        """Show another text from its first line; `title` stays as it is unless given."""
        self._text = clean(text, newlines=True)
        self._title = self._title if title is None else clean(title)
        self._top, self._width = 0, -1
        if self.styles.is_auto_height:
            self.refresh(layout=True)
        self.redraw()

    @property
    def text(self) -> str:
        """The text shown."""
        return self._text

    @property
    def position(self) -> tuple[int, int, int]:
        """First and last line in sight, counted from 1, and how many there are."""
        total = len(self._wrapped(self.size.width))
        return (min(self._top + 1, total), min(self._top + self._room, total), total)

    @property
    def scrolls(self) -> bool:
        """Whether there is more text than room."""
        return len(self._wrapped(self.size.width)) > self._room

    def page_up(self) -> None:
        """Scroll up a page, one line of it staying in sight."""
        self.scroll_lines(-max(1, self._room - 1))

    def page_down(self) -> None:
        """Scroll down a page, one line of it staying in sight."""
        self.scroll_lines(max(1, self._room - 1))

    def scroll_lines(self, lines: int) -> None:
        """Scroll by so many lines, down if positive, as far as there is text."""
        last = max(0, len(self._wrapped(self.size.width)) - self._room)
        self._top = min(max(0, self._top + lines), last)
        self.redraw()

    def row_count(self, width: int) -> int:
        return len(self._wrapped(width)) + bool(self._title)

    def line(self, y: int, width: int) -> Line:
        rows = self._wrapped(width)
        if self._title and y == self.size.height - 1:
            return self._rule(width)
        self._top = min(self._top, max(0, len(rows) - self._room))
        at = self._top + y
        return ((" " + rows[at], Role.TEXT),) if at < len(rows) else ()

    @property
    def _room(self) -> int:
        return max(1, self.size.height - bool(self._title))

    def _wrapped(self, width: int) -> tuple[str, ...]:
        if width != self._width:
            self._rows, self._width = wrap(self._text, max(1, width - 2)), width
        return self._rows

    def _rule(self, width: int) -> Line:
        words = self._title
        if self.scrolls:
            first, last, total = self.position
            place = _("lines {first}-{last} of {total}").format(first=first, last=last, total=total)
            words += f" - {place} - {_('PgUp/PgDn')}"
        words = fit(words, width - 8)
        return (("─── ", Role.RULE), (words, Role.RULE), (" " + "─" * width, Role.RULE))


class Card(Lines):
    """A message in a frame in the middle of the room it is given: a title and lines of plain text."""

    DEFAULT_CSS = "Card { height: 1fr; }"

    def __init__(self, title: str = "", lines: Iterable[str] = (), **where: Unpack[Where]) -> None:
        super().__init__(**where)
        self._title = clean(title)
        self._lines = tuple(clean(line) for line in lines)

    def row_count(self, width: int) -> int:
        return len(self._box(width))

    def line(self, y: int, width: int) -> Line:
        box = self._box(width)
        at = y - max(0, (self.size.height - len(box)) // 2)
        return centred(box[at], width) if 0 <= at < len(box) else ()

    def _box(self, width: int) -> tuple[Line, ...]:
        inner = min(max(10, width - 8), 68)
        rows: list[Line] = [((row, Role.STRONG),) for row in wrap(self._title, inner)] if self._title else []
        rows += [((row, Role.TEXT),) for line in ("", *self._lines) for row in wrap(line, inner)]
        edge = "─" * (inner + 4)
        return (
            ((f"┌{edge}┐", Role.RULE),),
            *((("│  ", Role.RULE), *_padded(row, inner), ("  │", Role.RULE)) for row in ((), *rows, ())),
            ((f"└{edge}┘", Role.RULE),),
        )


def _padded(row: Line, width: int) -> Line:
    return (*row, (" " * (width - width_of(row)), Role.TEXT))

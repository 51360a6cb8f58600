"""One table of keys: bindings, the key bar, the help page and the reviewed list are all made from it.

Rules.
1. A key exists only as a row of a table; no screen writes a Textual binding.
2. Names are Textual's ("n", "f1", "pagedown"). A capital letter is a key of its own: a row that means both names both.
3. Never Alt, Ctrl+arrow, F13 and above, nor Escape as the only way: consoles disagree about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding

from terminal.language import N_, _


@dataclass(frozen=True, slots=True)
class Key:
    """One row: any of `keys` runs `action`.

    `label` is how the key is written on screen ("N", "F10", "A-H"), `help` the line on the help page. `bar` is the word
    beside the label in the key bar; a row without it is on the help page only.
    """

    keys: tuple[str, ...]
    label: str
    help: str
    action: str
    bar: str = ""


REDRAW = Key(("f5",), "F5", N_("draw the screen again"), "app.redraw")
HELP = Key(("f1",), "F1", N_("show this help"), "help", N_("help"))
BACK = Key(("escape", "f1", "q", "Q", "enter"), N_("Esc or Q"), N_("go back"), "back", N_("back"))
SCROLL = (
    Key(("pageup",), "PgUp", N_("scroll the text up a page"), "page_up"),
    Key(("pagedown",), "PgDn", N_("scroll the text down a page"), "page_down"),
)


def bindings(table: Iterable[Key]) -> list[Binding]:
    """Return the Textual bindings of a table; the only place where a `Binding` is made."""
    return [
        Binding(key, row.action, row.help, show=False, priority=False)
        for row in table
        for key in dict.fromkeys(row.keys)
    ]


def reviewed(table: Iterable[Key]) -> tuple[tuple[str, str], ...]:
    """Return every (key, action) of a table, sorted: the list a reviewer signs off and the tests compare."""
    return tuple(sorted((key, row.action) for row in table for key in dict.fromkeys(row.keys)))


def help_text(table: Iterable[Key]) -> str:
    """Return the help page of a table as plain text, one row a line, labels in a column."""
    rows = [(_(row.label), _(row.help)) for row in table if row.help]
    width = max((len(label) for label, _ in rows), default=0)
    return "\n".join(f"{label:<{width}}   {text}" for label, text in rows)

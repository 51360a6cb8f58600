"""A screen with a long text in the middle: its scroll keys, and authored lines joined to paragraphs."""

from __future__ import annotations

import re

from kiosk.screens.seat import KioskScreen
from terminal.keys import SCROLL, Key
from terminal.language import N_
from terminal.theme import Role
from terminal.widgets import Span, TextPane

ROOMY = 24
"""Rows from which the title of a text has an empty row above it."""

READING = (
    *SCROLL,
    Key(("down", "space"), N_("Down"), N_("scroll the text down a line"), "line_down"),
    Key(("up",), N_("Up"), N_("scroll the text up a line"), "line_up"),
)
_LISTED = re.compile(r"\s|[-*•]\s|\d+[.)]\s")


class ReadingScreen(KioskScreen):
    """A `TextPane` and the keys that scroll it."""

    def heading(self, title: str) -> list[Span]:
        """The title above the text; on a short screen close under the header."""
        above = [("", Role.TEXT)] if self.app.size.height >= ROOMY else []
        return [*above, (title, Role.STRONG), ("", Role.TEXT)]

    def action_page_up(self) -> None:
        """Scroll up a page."""
        self.query_one(TextPane).page_up()

    def action_page_down(self) -> None:
        """Scroll down a page."""
        self.query_one(TextPane).page_down()

    def action_line_up(self) -> None:
        """Scroll up a line."""
        self.query_one(TextPane).scroll_lines(-1)

    def action_line_down(self) -> None:
        """Scroll down a line."""
        self.query_one(TextPane).scroll_lines(1)


def paragraphs(text: str) -> str:
    """Authored lines joined to paragraphs, which the pane wraps itself; list and indented lines stay lines."""
    rows: list[str] = []
    for line in text.strip().split("\n"):
        if rows and rows[-1] and line and not _LISTED.match(line):
            rows[-1] += " " + line
        else:
            rows.append(line)
    return "\n".join(rows)

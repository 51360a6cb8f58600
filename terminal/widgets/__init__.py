"""Line-drawn widgets: panes, bars, typed fields, cards. Plain text in, never markup; only changed rows repaint."""

from terminal.widgets.bars import Header, KeyBar, StatusBar
from terminal.widgets.fields import CodeField, LineField, Typing
from terminal.widgets.lines import (
    Line,
    Lines,
    Row,
    Span,
    Where,
    centred,
    joined,
    width_of,
)
from terminal.widgets.page import Page
from terminal.widgets.panes import Card, TextPane
from terminal.wrapping import clean, fit, hang, wrap

__all__ = [
    "Card",
    "CodeField",
    "Header",
    "KeyBar",
    "Line",
    "LineField",
    "Lines",
    "Page",
    "Row",
    "Span",
    "StatusBar",
    "TextPane",
    "Typing",
    "Where",
    "centred",
    "clean",
    "fit",
    "hang",
    "joined",
    "width_of",
    "wrap",
]

"""The sheet of paper: A4, two faces of one typeface that is embedded, and the same bytes for the same content.

Rules.
1. Names are printed as the roster has them wherever a typeface with their letters is here (exam_packages/typeface.py).
2. Where one is not, `Words.changed` says so, and the paper must: the candidate's number is what counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from exam_packages.typeface import PLAIN, document, printable

WIDTH, HEIGHT = float(A4[0]), float(A4[1])
CHANGED = "Some letters of this name are not in the printer's typeface: the number counts."


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it can be printed, and the face that has its letters."""

    text: str
    face: str
    changed: bool = False


def made(title: str, draw: Callable[[Canvas], None]) -> bytes:
    """A PDF of what `draw` draws; no date or random number is in it."""
    return document(title, A4, draw)


def words(text: str) -> Words:
    """How a text is printed."""
    shown, face = printable(text)
    return Words(shown, face, changed=shown != text)


def line(canvas: Canvas, x: float, y: float, text: str, size: float, face: str = PLAIN) -> None:
    """One line of our own words, its left end at x and y (points from the lower left corner)."""
    canvas.setFont(face, size)
    canvas.drawString(x, y, text)


def fitted(canvas: Canvas, x: float, y: float, shown: Words, size: float, room: float) -> None:
    """One line of somebody's words, made smaller until it fits `room` points, and then cut."""
    text, width = shown.text, pdfmetrics.stringWidth(shown.text, shown.face, size)
    size = max(size * min(1.0, room / width), size * 0.6) if width else size
    while pdfmetrics.stringWidth(text, shown.face, size) > room + 0.01:
        text = text[:-2] + "…"
    line(canvas, x, y, text, size, shown.face)

"""The sheet of paper: A4, two faces of one typeface that is embedded, and the same bytes for the same content.

Rules.
1. Names are printed as the roster has them wherever a typeface with their letters is here: the one that comes with the
   program, else DejaVu Sans where the machine has it.
2. A letter that is in neither is printed without its marks (a plain e), and what has no plain letter as its number.
   Then `Words.changed` says so, and the paper must: the candidate's number is what counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = float(A4[0]), float(A4[1])
MM = 72 / 25.4
PLAIN, BOLD, WIDE = "Plain", "Bold", "Wide"
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
CHANGED = "Some letters of this name are not in the printer's typeface: the number counts."


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it can be printed, and the face that has its letters."""

    text: str
    face: str
    changed: bool = False


def made(title: str, draw: Callable[[Canvas], None]) -> bytes:
    """A PDF of what `draw` draws; no date or random number is in it."""
    _faces()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setProducer("exam-kiosk")
    canvas.setCreator("exam-kiosk")
    draw(canvas)
    canvas.save()
    return out.getvalue()


def words(text: str) -> Words:
    """How a text is printed."""
    letters = _faces()
    for face in (PLAIN, WIDE):
        if face in letters and all(ord(one) in letters[face] for one in text):
            return Words(text, face)
    return Words("".join(_printed(one, letters[PLAIN]) for one in text), PLAIN, changed=True)


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


@cache
def _faces() -> dict[str, frozenset[int]]:
    """The letters of each face that is here, by number."""
    files = {PLAIN: Path("Vera.ttf"), BOLD: Path("VeraBd.ttf")}
    if DEJAVU.is_file():
        files[WIDE] = DEJAVU
    fonts = {face: TTFont(face, str(file)) for face, file in files.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return {face: frozenset(font.face.charToGlyph) for face, font in fonts.items()}


def _printed(letter: str, letters: frozenset[int]) -> str:
    plain = unicodedata.normalize("NFD", letter)[0]
    found = next((one for one in (letter, plain) if ord(one) in letters), "")
    return found or f"[U+{ord(letter):04X}]"

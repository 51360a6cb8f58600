"""The one typeface of everything on paper, at sites and at the centre, and any text as it can be printed in it.

Rules.
1. Our own words are set in the typeface that comes with the library; a name with other letters in DejaVu Sans, where
   the machine has it.
2. A letter that is in neither is printed without its marks, and what has no plain letter as its number; then the
   document says so, and its number is what counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD, WIDE = "Plain", "Bold", "Wide"
MM = 72 / 25.4
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def document(title: str, size: tuple[float, float], draw: Callable[[Canvas], None]) -> bytes:
    """A PDF of what `draw` draws on pages of `size` points; no date or random number is in it."""
    faces()
    out = BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setProducer("exam-kiosk")
    canvas.setCreator("exam-kiosk")
    draw(canvas)
    canvas.save()
    return out.getvalue()


def printable(text: str, face: str = PLAIN) -> tuple[str, str]:
    """A text, of one line or more, as it can be printed, and the face that has its letters."""
    letters = faces()
    for one in (face, WIDE):
        if one in letters and all(letter == "\n" or ord(letter) in letters[one] for letter in text):
            return text, one
    last = WIDE if WIDE in letters else face
    return "".join(one if one == "\n" else _plain(one, letters[last]) for one in text), last


def sized(text: str, face: str, size: float, room: float) -> float:
    """The size at which a text fits `room` points, at most `size`."""
    width = pdfmetrics.stringWidth(text, face, size)
    return min(size, size * room / width) if width else size


@cache
def faces() -> dict[str, frozenset[int]]:
    """The letters of each face that is here, by number; the faces are registered."""
    files = {PLAIN: Path("Vera.ttf"), BOLD: Path("VeraBd.ttf")}
    if DEJAVU.is_file():
        files[WIDE] = DEJAVU
    fonts = {face: TTFont(face, str(file)) for face, file in files.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return {face: frozenset(font.face.charToGlyph) for face, font in fonts.items()}


def _plain(letter: str, letters: frozenset[int]) -> str:
    bare = unicodedata.normalize("NFD", letter)[0]
    found = next((one for one in (letter, bare) if ord(one) in letters), "")
    return found or f"[U+{ord(letter):04X}]"

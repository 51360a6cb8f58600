"""A picture of the bank becomes rows of character cells: a PNG or PBM file in half blocks, a text file as it is drawn.

Rules.
1. A row is at most `COLUMNS` cells, a picture at most `ROWS` rows. A larger bitmap is scaled down to fit, a smaller
   one is never scaled up: each pixel is half a cell high.
2. Dark is ink. What is transparent is not. After scaling, a pixel is ink where a third of what it covers is, so that
   thin lines stay.
3. Rows hold only characters that console fonts of the Uni2 set have, and all rows are equally long.
4. The same file gives the same rows on any machine.
"""

from __future__ import annotations

import io

from exam_packages.complaint import lines
from exam_packages.glyphs import unfit_drawing
from keys.errors import ExamKioskError

COLUMNS, ROWS = 76, 20
MAX_PIXELS = 4_000
MAX_DRAWING = 64 * 1024
_DARK = 128
_INKED = 255 // 3
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class PictureError(ExamKioskError):
    """A file that makes no picture; the bank turns it into a complaint about `line` of the file."""

    code = "picture-unusable"
    what = "The file cannot be drawn as a picture: {told}"
    next_step = "Mend the file or take another; docs/formats/bank.md says what a picture may be."

    def __init__(self, line: int, told: str) -> None:
        """Keep the line of the file and the sentence about it."""
        super().__init__(line=line, told=told)
        self.line, self.told = line, told


def draw(name: str, raw: bytes) -> tuple[str, ...]:
    """The rows of a picture file, .png, .pbm or .txt by its name. Raises `PictureError`."""
    if name.endswith(".txt"):
        return _drawn(raw)
    if name.endswith((".png", ".pbm")):
        return _half_blocks(raw)
    raise PictureError(1, "A picture is a .png, .pbm or .txt file.")


def _drawn(raw: bytes) -> tuple[str, ...]:
    try:
        rows = [line.rstrip(" ") for line in lines(raw.decode("utf-8"))]
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PictureError(line, "This line is not UTF-8; save the file as UTF-8.") from None
    for number, row in enumerate(rows, 1):
        if reason := unfit_drawing(row):
            raise PictureError(number, f"This line {reason}.")
        if len(row) > COLUMNS:
            raise PictureError(number, f"This line is {len(row)} cells wide; a picture is at most {COLUMNS}.")
    if len(rows) > ROWS:
        raise PictureError(ROWS + 1, f"This picture has {len(rows)} rows; it has at most {ROWS}.")
    return _framed(rows)


def _half_blocks(raw: bytes) -> tuple[str, ...]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "PPM")) as image:
            if max(image.size) > MAX_PIXELS:
                told = f"This picture is {image.width} x {image.height} pixels; neither is over {MAX_PIXELS}."
                raise PictureError(1, told)
            rgba = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise PictureError(1, "This file holds no PNG or PBM picture.") from None
    paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    grey = Image.alpha_composite(paper, rgba).convert("L")
    ink = grey.point([255 if level < _DARK else 0 for level in range(256)])
    scale = max(-(-ink.width // COLUMNS), -(-ink.height // (2 * ROWS)), 1)
    ink = ink.reduce(scale)
    inked = [level > (_INKED if scale > 1 else 0) for level in ink.tobytes()]
    pixels = [inked[start : start + ink.width] for start in range(0, len(inked), ink.width)]
    if len(pixels) % 2:
        pixels.append([False] * ink.width)
    return _framed(
        [
            "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)).rstrip(" ")
            for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
        ]
    )


def _framed(rows: list[str]) -> tuple[str, ...]:
    """The rows without empty ones at either end, equally long."""
    filled = [at for at, row in enumerate(rows) if row]
    if not filled:
        raise PictureError(1, "This picture is empty.")
    kept = rows[filled[0] : filled[-1] + 1]
    width = max(map(len, kept))
    return tuple(row.ljust(width) for row in kept)

"""A picture of the bank becomes rows of cells that every console font has, the same on any machine."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from exam_packages.glyphs import DRAWING, unfit_drawing
from exam_packages.picture import COLUMNS, ROWS, PictureError, draw

DISC = (" ▄▀▀▀▀▄ ", "█      █", "█      █", " ▀▄▄▄▄▀ ")
"""The ring of `PIXELS` in half blocks, worked out by hand."""

PIXELS = ["00111100", "01000010", "10000001", "10000001", "10000001", "10000001", "01000010", "00111100"]


def _pbm(rows: list[str]) -> bytes:
    return f"P1\n{len(rows[0])} {len(rows)}\n{' '.join(' '.join(row) for row in rows)}\n".encode()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _ring() -> Image.Image:
    image = Image.new("RGBA", (8, 8))
    for y, row in enumerate(PIXELS):
        for x, pixel in enumerate(row):
            image.putpixel((x, y), (0, 0, 0, 255) if pixel == "1" else (0, 0, 0, 0))
    return image


def test_pixels_become_half_blocks() -> None:
    """A small bitmap is drawn pixel by pixel, two to a cell, whether it is a PBM or a PNG with transparent paper."""
    assert draw("ring.pbm", _pbm(PIXELS)) == DISC
    assert draw("ring.png", _png(_ring())) == DISC


def test_a_large_picture_is_scaled_to_fit_and_keeps_thin_lines() -> None:
    """1,500 by 900 pixels with a line of eight pixels across become at most 76 by 20 cells with the line whole."""
    image = Image.new("L", (1500, 900), 255)
    for x in range(1500):
        for y in range(450, 458):
            image.putpixel((x, y), 0)
    rows = draw("line.png", _png(image))
    assert (len(rows), len(rows[0])) == (1, 66)
    assert set(rows[0]) <= set("▀▄█")


@given(st.integers(1, 200), st.integers(1, 120))
def test_any_bitmap_fits_the_frame(width: int, height: int) -> None:
    """Whatever its size, the rows are equally long, few enough, and hold only what console fonts have."""
    rows = ["1" * width for _ in range(height)]
    drawn = draw("x.pbm", _pbm(rows))
    assert 1 <= len(drawn) <= ROWS
    assert len({len(row) for row in drawn}) == 1
    assert len(drawn[0]) <= COLUMNS
    assert all(unfit_drawing(row) is None for row in drawn)


def test_a_drawn_picture_is_kept_as_it_is() -> None:
    """Rows are filled up to the longest, empty ones at the ends are left out, and text may stand among the lines."""
    drawn = draw("plan.txt", "\n┌──┐ Büro\n│ A│\n\n└──┘\n\n".encode())
    assert drawn == ("┌──┐ Büro", "│ A│     ", "         ", "└──┘     ")


FAULTS: list[tuple[str, bytes, int, str]] = [
    ("x.gif", b"", 1, "A picture is a .png, .pbm or .txt file."),
    ("x.png", b"no picture", 1, "This file holds no PNG or PBM picture."),
    ("x.png", _png(_ring())[:60], 1, "This file holds no PNG or PBM picture."),
    ("x.pbm", b"P1\n9000 1\n" + b"1 " * 9000, 1, "This picture is 9000 x 1 pixels; neither is over 4000."),
    ("x.pbm", _pbm(["000", "000"]), 1, "This picture is empty."),
    ("x.txt", b"\n \n", 1, "This picture is empty."),
    ("x.txt", b"ok\n\xff", 2, "This line is not UTF-8; save the file as UTF-8."),
    ("x.txt", b"a\tb", 1, "This line holds a tab."),
    ("x.txt", b"-" * 77, 1, "This line is 77 cells wide; a picture is at most 76."),
    ("x.txt", b"-\n" * 21, 21, "This picture has 21 rows; it has at most 20."),
    ("x.txt", "ok\n⣿".encode(), 2, "This line holds U+28FF, which not every console font has."),
    ("x.txt", "ж".encode(), 1, "This line holds U+0436, which not every console font has."),
    ("x.txt", "😀".encode(), 1, "a symbol that is one cell wide on some terminals"),
    ("x.txt", "\u05d0".encode(), 1, "which is written from right to left"),
    ("x.txt", b"\x1b[2J", 1, "This line holds U+001B, which no screen may show."),
]


@pytest.mark.parametrize(("name", "raw", "line", "told"), FAULTS)
def test_what_is_no_picture_is_told_by_line(name: str, raw: bytes, line: int, told: str) -> None:
    """Each has a sentence and the line of the file."""
    with pytest.raises(PictureError) as refused:
        draw(name, raw)
    assert refused.value.line == line
    assert told in refused.value.told
    assert told in refused.value.diagnostics().what


@given(st.binary(max_size=200), st.sampled_from(["x.png", "x.pbm", "x.txt"]))
def test_no_bytes_break_the_drawing(raw: bytes, name: str) -> None:
    """Whatever is in a file, the answer is rows or a fault."""
    with suppress(PictureError):
        assert draw(name, raw)


def test_drawing_signs_are_in_code_page_437() -> None:
    """Lines and blocks come from the page that console fonts are made for; the others are its first 32 codes."""
    beyond = {"■", "▲", "►", "▼", "◄", "←", "↑", "→", "↓"}
    assert "".join(sorted(DRAWING - beyond)).encode("cp437")

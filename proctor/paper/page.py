"""The closing page as a PDF: one sheet of A4 for up to sixty candidates, each with a box for the receipt code.

Up to thirty candidates stand below each other, more of them in two columns; past sixty there are more sheets.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from exam_packages.typeface import BOLD, MM, PLAIN
from proctor.paper.canvas import CHANGED, HEIGHT, WIDTH, fitted, line, made, words
from proctor.paper.sheets import GROUPS, Line, Sheet

A_SHEET, A_COLUMN = 60, 30
MARGIN, GUTTER = 10 * MM, 4 * MM
TOP, BOTTOM = 34 * MM, 40 * MM
TALLEST = 8 * MM
SQUARE = 30 * MM
TOLD = "The candidate writes the receipt code from the kiosk's last screen into the boxes and initials it."


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a column of candidates stands: its left end, how wide it is, how tall a row; all in points."""

    left: float
    wide: float
    tall: float

    @property
    def cell(self) -> float:
        """How wide the box of one character is."""
        return min(4.6 * MM, self.wide * 0.34 / sum(GROUPS))

    @property
    def initials(self) -> float:
        """How wide the box for initials is."""
        return self.wide * 0.12

    @property
    def words(self) -> float:
        """What is left for the candidate's name and state."""
        return self.wide - sum(GROUPS) * self.cell - self.initials - 2 * MM


def page_pdf(sheet: Sheet) -> bytes:
    """The whole page."""

    def draw(canvas: Canvas) -> None:
        starts = range(0, max(len(sheet.lines), 1), A_SHEET)
        for number, start in enumerate(starts, 1):
            _head(canvas, sheet, f"sheet {number} of {len(starts)}")
            _lines(canvas, sheet.lines[start : start + A_SHEET])
            _foot(canvas, sheet)
            canvas.showPage()

    return made(f"{sheet.title}: {sheet.sitting}", draw)


def _head(canvas: Canvas, sheet: Sheet, number: str) -> None:
    y, room = HEIGHT - MARGIN, WIDTH - 2 * MARGIN
    line(canvas, MARGIN, y - 4 * MM, sheet.title, 14, BOLD)
    line(canvas, WIDTH - MARGIN - 20 * MM, y - 4 * MM, number, 7)
    fitted(canvas, MARGIN, y - 10 * MM, words(f"{sheet.programme}: sitting {sheet.sitting}"), 9, room)
    fitted(canvas, MARGIN, y - 14.5 * MM, words(f"Site {sheet.place}"), 8, room)
    line(canvas, MARGIN, y - 19 * MM, f"Planned {sheet.window}", 8)
    line(canvas, MARGIN, y - 23.5 * MM, f"Opened {sheet.opened}, closed {sheet.closed or '(not yet)'}", 8)
    fitted(canvas, MARGIN, y - 28 * MM, words(f"{TOLD} Support: {sheet.support}"), 6.5, room)


def _lines(canvas: Canvas, lines: tuple[Line, ...]) -> None:
    columns = 2 if len(lines) > A_COLUMN else 1
    rows = max(-(-len(lines) // columns), 1)
    wide = (WIDTH - 2 * MARGIN - (columns - 1) * GUTTER) / columns
    tall = min(TALLEST, (HEIGHT - 2 * MARGIN - TOP - BOTTOM) / rows)
    for place, one in enumerate(lines):
        column = _Column(MARGIN + place // rows * (wide + GUTTER), wide, tall)
        _row(canvas, column, HEIGHT - MARGIN - TOP - place % rows * tall, one)
    if any(words(one.name).changed for one in lines):
        line(canvas, MARGIN, HEIGHT - MARGIN - 31.5 * MM, CHANGED.replace("this name", "a name"), 6)


def _row(canvas: Canvas, column: _Column, top: float, one: Line) -> None:
    canvas.setLineWidth(0.3)
    canvas.line(column.left, top, column.left + column.wide, top)
    canvas.line(column.left, top - column.tall, column.left + column.wide, top - column.tall)
    size = min(8.0, column.tall * 0.38)
    fitted(
        canvas,
        column.left,
        top - column.tall * 0.45,
        words(f"{one.candidate}  {one.name}"),
        size,
        column.words,
    )
    checkpoint = f"checkpoint {one.checkpoint}" if one.checkpoint else ""
    told = "   ".join(part for part in (one.kiosk, one.state, checkpoint) if part)
    fitted(canvas, column.left, top - column.tall * 0.86, words(told), size * 0.85, column.words)
    _boxes(canvas, column, column.left + column.words + 1 * MM, top)


def _boxes(canvas: Canvas, column: _Column, left: float, top: float) -> None:
    """A box a character, the groups parted by a thicker line, and the box for initials."""
    ends = set(accumulate(GROUPS))
    for place in range(sum(GROUPS) + 1):
        canvas.setLineWidth(0.9 if place in ends or not place else 0.2)
        x = left + place * column.cell
        canvas.line(x, top, x, top - column.tall)
    canvas.setLineWidth(0.9)
    right = column.left + column.wide
    canvas.line(right, top, right, top - column.tall)
    line(canvas, right - column.initials + 0.5 * MM, top - column.tall * 0.86, "initials", 4)


def _foot(canvas: Canvas, sheet: Sheet) -> None:
    y, room = MARGIN + BOTTOM - 5 * MM, WIDTH - 2 * MARGIN
    if sheet.digest:
        room -= SQUARE + 3 * MM
        _scannable(canvas, sheet.scanned)
    told = [
        *simpleSplit(sheet.totals or "The totals are printed once the sitting is closed.", PLAIN, 7.5, room),
        f"Incidents written down: {sheet.incidents}",
    ]
    if sheet.digest:
        told.append(f"Signed page, first {len(sheet.short.replace(' ', ''))} of 64: {sheet.short}")
    for place, text in enumerate(told):
        line(canvas, MARGIN, y - place * 4 * MM, text, 7.5)
    each = room / max(len(sheet.proctors), 2)
    for place, name in enumerate(sheet.proctors):
        left = MARGIN + place * each
        canvas.setLineWidth(0.5)
        canvas.line(left, MARGIN + 5 * MM, left + each - 4 * MM, MARGIN + 5 * MM)
        fitted(canvas, left, MARGIN + 1.5 * MM, words(f"Proctor {name}: signature, time"), 7, each - 4 * MM)


def _scannable(canvas: Canvas, text: str) -> None:
    square = QrCodeWidget(text, barLevel="M", barWidth=SQUARE, barHeight=SQUARE, barBorder=2)
    drawing = Drawing(SQUARE, SQUARE)
    drawing.add(square)
    renderPDF.draw(drawing, canvas, WIDTH - MARGIN - SQUARE, MARGIN)

"""Admission slips as a PDF: eight to a sheet of A4, with lines to cut along."""

from __future__ import annotations

from reportlab.lib.colors import grey, lightgrey
from reportlab.pdfgen.canvas import Canvas

from exam_packages.typeface import BOLD, MM
from proctor.paper.canvas import CHANGED, HEIGHT, WIDTH, fitted, line, made, words
from proctor.paper.sheets import Slip, Slips

COLUMNS, ROWS = 2, 4
A_SHEET = COLUMNS * ROWS
MARGIN = 8 * MM
STEPS = (
    "1. Sit down at {kiosk}; no other kiosk takes this code.",
    "2. Type your number, then the code. Spaces do not matter.",
    "3. A round sign is always a zero: no code holds the letter O.",
    "4. If anything is wrong, raise your hand. Say the code to nobody.",
)


def slips_pdf(slips: Slips) -> bytes:
    """All slips, eight a sheet, in their order; one empty sheet where there is none."""

    def draw(canvas: Canvas) -> None:
        for start in range(0, max(len(slips.slips), 1), A_SHEET):
            _cuts(canvas)
            for place, slip in enumerate(slips.slips[start : start + A_SHEET]):
                left = place % COLUMNS * WIDTH / COLUMNS
                top = HEIGHT - place // COLUMNS * HEIGHT / ROWS
                _slip(canvas, left + MARGIN, top - MARGIN, slips, slip)
            canvas.showPage()

    return made("Admission slips", draw)


def _slip(canvas: Canvas, x: float, y: float, slips: Slips, slip: Slip) -> None:
    room = WIDTH / COLUMNS - 2 * MARGIN
    if slips.rehearsal:
        canvas.setFillColor(lightgrey)
        line(canvas, x + 18 * MM, y - 27 * MM, "REHEARSAL", 28, BOLD)
        canvas.setFillColorRGB(0, 0, 0)
    fitted(canvas, x, y - 2 * MM, words(slips.heading), 7, room)
    name = words(slip.name)
    fitted(canvas, x, y - 11 * MM, name, 15, room)
    if name.changed:
        line(canvas, x, y - 14.5 * MM, CHANGED, 5.5)
    line(canvas, x, y - 20 * MM, slip.candidate, 12, BOLD)
    line(canvas, x + room / 2, y - 20 * MM, slip.kiosk, 12, BOLD)
    line(canvas, x, y - 23.5 * MM, "your number", 6.5)
    line(canvas, x + room / 2, y - 23.5 * MM, "your kiosk", 6.5)
    line(canvas, x, y - 34 * MM, slip.code, 23, BOLD)
    kind = "rehearsal: this code opens no real exam" if slips.rehearsal else "your admission code"
    line(canvas, x, y - 38 * MM, kind, 6.5)
    for place, step in enumerate(STEPS):
        fitted(canvas, x, y - (44 + 4 * place) * MM, words(step.format(kiosk=slip.kiosk)), 7.5, room)


def _cuts(canvas: Canvas) -> None:
    canvas.setStrokeColor(grey)
    canvas.setLineWidth(0.4)
    canvas.setDash(3, 3)
    for column in range(1, COLUMNS):
        canvas.line(column * WIDTH / COLUMNS, 0, column * WIDTH / COLUMNS, HEIGHT)
    for row in range(1, ROWS):
        canvas.line(0, row * HEIGHT / ROWS, WIDTH, row * HEIGHT / ROWS)
    canvas.setDash()

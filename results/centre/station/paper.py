"""A provisional slip as a PDF: one sheet of A5, marked across."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from exam_packages.typeface import BOLD, MM, PLAIN, document, printable, sized
from results.centre.station.slips import PROVISIONAL, Slip

INK, SOFT, MARK = (HexColor(one) for one in ("#1b2733", "#5b6874", "#e9edf0"))
WIDTH, HEIGHT = (float(one) for one in A5)
LEFT = 14 * MM
ROOM = WIDTH - 2 * LEFT


def slip_pdf(one: Slip) -> bytes:
    """The sheet of one candidate."""

    def draw(canvas: Canvas) -> None:
        _mark(canvas)
        base = HEIGHT - 18 * MM
        for text, size, face, colour, gap in (
            (PROVISIONAL, 15.0, BOLD, INK, 9.0),
            (one.title, 11.0, PLAIN, SOFT, 12.0),
            (f"Candidate {one.candidate}, attempt {one.attempt}", 11.0, PLAIN, INK, 6.0),
            (f"Sitting {one.sitting}, {one.site}", 11.0, PLAIN, INK, 14.0),
            (one.result, 22.0, BOLD, INK, 8.0),
            (one.scaled, 11.0, PLAIN, INK, 14.0),
        ):
            base = _line(canvas, base, text, size, face, colour) - gap * MM
        for sentence in one.next:
            shown, face = printable(sentence)
            for line in simpleSplit(shown, face, 9.5, ROOM):
                base = _line(canvas, base, line, 9.5, face, SOFT) - 5 * MM
            base -= 1.5 * MM

    return document(f"{PROVISIONAL}: {one.candidate}", (WIDTH, HEIGHT), draw)


def _mark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillColor(MARK)
    canvas.setFont(BOLD, 52)
    canvas.drawCentredString(0, 0, "PROVISIONAL")
    canvas.restoreState()


def _line(canvas: Canvas, base: float, text: str, size: float, face: str, colour: HexColor) -> float:
    shown, used = printable(text, face)
    canvas.setFillColor(colour)
    canvas.setFont(used, sized(shown, used, size, ROOM))
    canvas.drawString(LEFT, base, shown)
    return base

"""The certificate as a PDF: one A4 sheet, landscape, with the address of its verification page as a QR code."""

from __future__ import annotations

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from exam_packages.typeface import BOLD, MM, PLAIN, document, printable, sized
from keys.encoding import grouped
from results.centre.certificates.days import long_day
from results.centre.certificates.document import Certificate

INK, SOFT, DEEP, MID = (HexColor(one) for one in ("#1b2733", "#5b6874", "#12576b", "#8fb6c1"))
WIDTH, HEIGHT = (float(one) for one in landscape(A4))
MIDDLE, ROOM = WIDTH / 2, WIDTH - 70 * MM
SQUARE = 27 * MM


def certificate_pdf(of: Certificate, signed_by: str) -> bytes:
    """The sheet of a certificate; `signed_by` begins the id of the key that signed it."""

    def draw(canvas: Canvas) -> None:
        _border(canvas)
        _centred(canvas, HEIGHT - 34 * MM, of.authority, 13, PLAIN, SOFT)
        _centred(canvas, HEIGHT - 53 * MM, of.title, 27, BOLD, DEEP)
        _centred(canvas, HEIGHT - 71 * MM, "This certifies that", 12, PLAIN, SOFT)
        name, face = printable(of.name, BOLD)
        _centred(canvas, HEIGHT - 88 * MM, name, 31, face, INK)
        canvas.setStrokeColor(MID)
        canvas.setLineWidth(0.7)
        canvas.line(MIDDLE - 75 * MM, HEIGHT - 93 * MM, MIDDLE + 75 * MM, HEIGHT - 93 * MM)
        top = HEIGHT - 103 * MM
        for line in simpleSplit(of.criteria, PLAIN, 11.5, ROOM - 20 * MM)[:4]:
            _centred(canvas, top, line, 11.5, PLAIN, INK)
            top -= 6 * MM
        changed = "" if name == of.name else "Some letters of the name could not be printed."
        _centred(canvas, top - 1 * MM, changed, 8, PLAIN, SOFT)
        _facts(canvas, of)
        _proof(canvas, of, signed_by)

    return document(f"{of.title}: {of.number}", (WIDTH, HEIGHT), draw)


def _border(canvas: Canvas) -> None:
    for inset, width, colour in ((9 * MM, 3.2, DEEP), (12 * MM, 0.8, MID)):
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)


def _facts(canvas: Canvas, of: Certificate) -> None:
    """Number and days, side by side."""
    pairs = (
        ("Certificate", of.number),
        ("Granted", long_day(of.granted)),
        ("Valid through", long_day(of.until)),
    )
    wide = (ROOM + 20 * MM) / len(pairs)
    for place, (label, text) in enumerate(pairs):
        middle = MIDDLE + (place - 1) * wide
        canvas.setFillColor(SOFT)
        canvas.setFont(PLAIN, 9)
        canvas.drawCentredString(middle, 72 * MM, label)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 11.5)
        canvas.drawCentredString(middle, 65.5 * MM, text)


def _proof(canvas: Canvas, of: Certificate, signed_by: str) -> None:
    """How anybody verifies it."""
    code = QrCodeWidget(of.page, barLevel="M", barWidth=SQUARE, barHeight=SQUARE, barBorder=0)
    square = Drawing(SQUARE, SQUARE)
    square.add(code)
    left, base = 24 * MM, 22 * MM
    renderPDF.draw(square, canvas, left, base)
    words = (
        ("Verify this certificate", BOLD, INK),
        (of.page, PLAIN, INK),
        (f"It renews by continuing education or by passing again; document {of.version}.", PLAIN, SOFT),
        (f"Signed by {of.authority}, key {grouped(signed_by, 4)}", PLAIN, SOFT),
    )
    canvas.setFillColor(INK)
    for place, (text, face, colour) in enumerate(words):
        shown, used = printable(text, face)
        size = sized(shown, used, 9.5, WIDTH - left - SQUARE - 32 * MM)
        canvas.setFillColor(colour)
        canvas.setFont(used, size)
        canvas.drawString(left + SQUARE + 7 * MM, base + SQUARE - (4 + 6.4 * place) * MM, shown)


def _centred(canvas: Canvas, base: float, text: str, size: float, face: str, colour: HexColor) -> None:
    shown, used = printable(text, face)
    canvas.setFillColor(colour)
    canvas.setFont(used, sized(shown, used, size, ROOM))
    canvas.drawCentredString(MIDDLE, base, shown)

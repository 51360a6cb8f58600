"""Reports on paper: a frame for all of them, the typefaces, and the same bytes for the same content.

Rules.
1. The page is A4, and everything stands within what Letter has too, so that either paper takes it.
2. Texts are never taken for markup: each is escaped where it becomes a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from exam_packages.typeface import BOLD, PLAIN, faces, printable

MARGIN = 16 * mm
ROOM = min(A4[0], LETTER[0]) - 2 * MARGIN
TALL = min(A4[1], LETTER[1]) - 2 * MARGIN
INK, SOFT, LINE, PALE, DEEP, MID = (
    colors.HexColor(one) for one in ("#1b2733", "#5b6874", "#d6dce1", "#eef1f3", "#12576b", "#8fb6c1")
)


def made(title: str, story: Sequence[Flowable], *, one_page: bool = False) -> bytes:
    """A PDF of these parts, made smaller until they fit `one_page` if asked. It holds no date and no random number."""
    faces()
    out = BytesIO()
    left, under = (A4[0] - ROOM) / 2, (A4[1] - TALL) / 2
    paper = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=left - 6,
        rightMargin=left - 6,
        topMargin=under,
        bottomMargin=under,
        title=title,
        creator="exam-kiosk",
        producer="exam-kiosk",
        invariant=1,
    )
    parts = [KeepInFrame(ROOM, TALL - 12, list(story), mode="shrink")] if one_page else list(story)
    paper.build(parts, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def text(words: str, size: float = 9, *, bold: bool = False, soft: bool = False, gap: float = 2) -> Paragraph:
    """A paragraph of these words; `gap` points below it."""
    shown, face = printable(words)
    style = ParagraphStyle(
        f"{face}-{size}",
        fontName=BOLD if bold and face == PLAIN else face,
        fontSize=size,
        leading=size * 1.36,
        textColor=SOFT if soft else INK,
        spaceAfter=gap,
    )
    return Paragraph(escape(shown).replace("\n", "<br/>"), style)


def heading(words: str) -> Paragraph:
    """The heading of a section."""
    shown, face = printable(words)
    style = ParagraphStyle(
        "heading",
        fontName=BOLD if face == PLAIN else face,
        fontSize=9.5,
        leading=12,
        textColor=DEEP,
        spaceBefore=8,
        spaceAfter=3,
        keepWithNext=1,
    )
    return Paragraph(escape(shown), style)


def head(title: str, notice: str) -> list[Flowable]:
    """The title with its rule, and what candidates are told about the exam."""
    return [text(title, 14, bold=True), Rule(), text(notice, 7, soft=True, gap=6)]


def facts(pairs: Iterable[tuple[str, str]], size: float = 8.5, *, name: float = 32) -> Table:
    """Names and values beside each other; the names take `name` mm."""
    rows = [[text(one, size, soft=True, gap=0), text(value, size, gap=0)] for one, value in pairs]
    return Table(
        rows,
        colWidths=[name * mm, ROOM - name * mm],
        style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(1)]),
    )


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str | Flowable]], widths: Sequence[float], size: float = 8
) -> Table:
    """A table that breaks over pages, its heads on each; `widths` are shares of the page's width."""
    shown = [[text(one, size - 0.5, soft=True, gap=0) for one in heads]]
    shown += [[text(one, size, gap=0) if isinstance(one, str) else one for one in row] for row in rows]
    whole = sum(widths)
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *_tight(1.6),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ]
    return Table(
        shown,
        hAlign="LEFT",
        colWidths=[ROOM * one / whole for one in widths],
        style=TableStyle(style),
        repeatRows=1,
    )


def foot(provenance: Iterable[tuple[str, str]]) -> list[Flowable]:
    """What it was made with."""
    return [Spacer(0, 6), heading("Made with"), facts(provenance, 6)]


class Rule(Flowable):  # type: ignore[misc] # reportlab has no types
    """A line across the page."""

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Its width and height."""
        self.width = width
        return width, 5

    def draw(self) -> None:
        """Draw it."""
        self.canv.setStrokeColor(DEEP)
        self.canv.setLineWidth(1.6)
        self.canv.line(0, 4, self.width, 4)


class Bar(Flowable):  # type: ignore[misc] # reportlab has no types
    """Shares of 0 to 1 in a row: filled up to `value`, or a mark there; `error` to either side, and a line at `cut`."""

    def __init__(
        self, value: float, error: float, cut: float | None, *, filled: bool = True, tall: float = 7
    ) -> None:
        super().__init__()
        self.value, self.error, self.cut, self.filled, self.tall = value, error, cut, filled, tall

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Its width and height."""
        self.width = width
        return width, self.tall

    def draw(self) -> None:
        """Draw it."""
        tall = self.tall
        self._box(PALE, 0, 1, 0.12, 0.76)
        if self.filled:
            self._box(DEEP, 0, self.value, 0.12, 0.76)
        if self.error:
            self._box(MID, self.value - self.error, self.value + self.error, 0.4, 0.2)
        if not self.filled:
            self._box(DEEP, self.value - 0.008, self.value + 0.008, 0.12, 0.76)
        if self.cut is not None:
            self.canv.setFillColor(INK)
            self.canv.rect(self.width * min(self.cut, 1) - 0.4, 0, 0.8, tall, stroke=0, fill=1)

    def _box(self, color: Any, left: float, right: float, low: float, high: float) -> None:
        left, right = max(0.0, left), min(1.0, right)
        if right > left:
            self.canv.setFillColor(color)
            place = (self.width * left, self.tall * low, self.width * (right - left), self.tall * high)
            self.canv.rect(*place, stroke=0, fill=1)


def _tight(between: float) -> list[tuple[Any, ...]]:
    whole = ((0, 0), (-1, -1))
    return [
        ("LEFTPADDING", *whole, 0),
        ("RIGHTPADDING", *whole, 0),
        ("TOPPADDING", *whole, between),
        ("BOTTOMPADDING", *whole, between),
    ]


def _numbered(canvas: Any, paper: Any) -> None:
    canvas.setFont(PLAIN, 6.5)
    canvas.setFillColor(SOFT)
    canvas.drawRightString((A4[0] + ROOM) / 2, (A4[1] - TALL) / 2 - 8, f"page {paper.page}")

"""Blocks as authors write them: paragraphs, code, tables and pictures in a stem, a stimulus or an exhibit; both ways.

Rules.
1. Lines of running text are joined to a paragraph; an empty line ends it.
2. Code stands between two lines of three backticks, kept as it is but for blanks at the end of a line.
3. `table: CAPTION` begins a table; its rows, heading first, are lines such as `| a | b |`.
4. `picture: FILE` and `alt: WORDS` make a picture: a file of the bank, and what is read out in its place.
5. A caption and `alt:` go on in indented lines. Elsewhere an indented line is running text, whatever it begins with.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from exam_packages.interactions import Code, Paragraph, Table
from exam_packages.items import AuthoredBlock, PictureFile

WIDTH = 78
FENCE = "```"
_OPENER = re.compile(r"(table|picture|alt):(?: (.*)|$)")

Complain = Callable[[int, str], None]


@dataclass(slots=True, frozen=True)
class _Raw:
    """A block while it is read: what it is, its first line, its texts, and the rows or the `alt:` that belong to it."""

    kind: str
    line: int
    text: list[str]
    rows: list[tuple[int, str]] = field(default_factory=list)
    alternative: list[str] = field(default_factory=list)


class BlockReader:
    """Takes the lines of one stem or text, then makes blocks of them."""

    def __init__(self, complain: Complain) -> None:
        """Complaints about a line go to `complain`."""
        self._complain = complain
        self._raw: list[_Raw] = []
        self._goes_on: list[str] | None = None
        self.in_code = False

    @property
    def is_empty(self) -> bool:
        """Whether no block has begun."""
        return not self._raw

    def end_paragraph(self) -> None:
        """What an empty line does outside code, and the beginning of anything that is no block."""
        self._goes_on = None

    def take_code(self, number: int, line: str) -> None:
        """A line while `in_code`."""
        if line.rstrip() == FENCE:
            self.in_code = False
        else:
            self._raw[-1].rows.append((number, line.rstrip()))

    def abandon_code(self) -> None:
        """The file or the item ends inside code."""
        self._complain(self._raw[-1].line, f"This code is not closed; it ends with a line {FENCE}.")
        self.in_code = False

    def take(self, number: int, line: str) -> None:
        """A line that is not empty, outside code."""
        opener = _OPENER.fullmatch(line)
        if line.startswith(FENCE):
            self._begin("code", number, "")
            self.in_code, self._goes_on = True, None
            if line.rstrip() != FENCE:
                self._complain(number, f"Nothing stands behind {FENCE} on its line.")
        elif opener and opener[1] == "alt":
            self._take_alternative(number, opener[2] or "")
        elif opener:
            self._begin(opener[1], number, opener[2] or "")
        elif line.startswith("|"):
            self._take_row(number, line)
        elif self._goes_on is not None and (line[0] == " " or self._raw[-1].kind == "paragraph"):
            self._goes_on.append(line)
        else:
            self._begin("paragraph", number, line)

    def blocks(self) -> tuple[AuthoredBlock, ...]:
        """All that was read; a block with a complaint may be among them."""
        return tuple(self._block(raw) for raw in self._raw)

    def _begin(self, kind: str, number: int, text: str) -> None:
        self._raw.append(_Raw(kind, number, [text]))
        self._goes_on = self._raw[-1].text

    def _take_alternative(self, number: int, text: str) -> None:
        if not self._raw or self._raw[-1].kind != "picture" or self._raw[-1].alternative:
            self._complain(number, "“alt:” stands once, below the “picture:” that it speaks for.")
            self._begin("paragraph", number, "")
            return
        self._raw[-1].alternative.append(text)
        self._goes_on = self._raw[-1].alternative

    def _take_row(self, number: int, line: str) -> None:
        self._goes_on = None
        if not self._raw or self._raw[-1].kind != "table":
            self._complain(number, "A table begins with a line “table: ” and its caption.")
            self._begin("table", number, "")
        if len(line.rstrip()) < 2 or not line.rstrip().endswith("|"):
            self._complain(number, "A row of a table begins and ends with “|”.")
        self._raw[-1].rows.append((number, line.rstrip()))

    def _block(self, raw: _Raw) -> AuthoredBlock:
        text = " ".join(" ".join(raw.text).split())
        if raw.kind == "code":
            return Code("\n".join(row for _, row in raw.rows))
        if raw.kind == "table":
            return self._table(raw, text)
        if raw.kind == "picture":
            alternative = " ".join(" ".join(raw.alternative).split())
            if not alternative:
                told = "A picture needs “alt:” below it: the words for those who do not see it."
                self._complain(raw.line, told)
            if not text:
                self._complain(raw.line, "“picture:” names a file of the bank.")
            return PictureFile(text, alternative)
        return Paragraph(text)

    def _table(self, raw: _Raw, caption: str) -> Table:
        rows = [(number, [cell.strip() for cell in row[1:-1].split("|")]) for number, row in raw.rows]
        if len(rows) < 2:
            self._complain(raw.line, "A table has a heading row and one row or more below it.")
        for number, cells in rows[1:]:
            if len(cells) != len(rows[0][1]):
                told = f"This row has {len(cells)} cells and the heading {len(rows[0][1])}."
                self._complain(number, told)
        return Table(caption, tuple(tuple(cells) for _, cells in rows))


def write_blocks(blocks: Iterable[AuthoredBlock], misread: re.Pattern[str]) -> Iterator[str]:
    """The lines of these blocks, an empty line before each; a line that `misread` matches is indented."""
    for block in blocks:
        yield ""
        if isinstance(block, Code):
            yield from (FENCE, *(block.text.split("\n") if block.text else ()), FENCE)
        elif isinstance(block, Table):
            yield from hanging("table: ", block.caption)
            yield from ("| " + " | ".join(row) + " |" for row in block.rows)
        elif isinstance(block, PictureFile):
            yield f"picture: {block.file}"
            yield from hanging("alt: ", block.alternative)
        else:
            rows = textwrap.wrap(block.text, WIDTH - 1, break_on_hyphens=False, break_long_words=False)
            yield from (f" {row}" if misread.match(row) or _special(row) else row for row in rows)


def _special(row: str) -> bool:
    return bool(_OPENER.fullmatch(row)) or row.startswith((FENCE, "|", "#", "@"))


def hanging(label: str, text: str) -> list[str]:
    """`text` behind a label, going on in lines that are indented as far as it."""
    rows = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return rows or [label.rstrip()]

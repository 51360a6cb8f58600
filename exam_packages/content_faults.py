"""What keeps a text, a block or a list of options from being shown, as whole sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from exam_packages.glyphs import unfit
from exam_packages.interactions import Choice, Code, Paragraph, Table
from exam_packages.items import AuthoredBlock, PictureFile

MAX_OPTION, MAX_ALTERNATIVE, MAX_TITLE = 600, 1_000, 70
MAX_CELLS = 76
"""The widest row of code or of a table, in cells: it stands whole on a screen of 80 columns."""

MAX_ROWS = 200
LISTED = range(2, 9)
BETWEEN_CELLS = 3
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NEIGHBOUR = re.compile(
    r"\b(all|none|both|either|neither|any) of (the (above|below|others?)|these)\b", re.IGNORECASE
)
_LETTERS = re.compile(r"\b([Oo]ptions?|[Aa]nswers?|[Bb]oth|[Ee]ither|[Nn]either) \(?[A-H]\)?(?=[\s.,;]|$)")


def text_faults(name: str, text: str, limit: int) -> Iterator[str]:
    """A text of one line that is empty, too long, or holds what terminals show differently."""
    if not text.strip():
        yield f"{name} is empty."
    if len(text) > limit:
        yield f"{name} is longer than {limit} characters."
    if reason := unfit(text):
        yield f"{name} {reason}."


def block_faults(
    name: str, blocks: Sequence[AuthoredBlock], pictures: Mapping[str, tuple[str, ...]], limit: int
) -> Iterator[str]:
    """What is wrong with a stem or with the content of a stimulus or exhibit; `limit` is of all its characters."""
    size = 0
    for block in blocks:
        match block:
            case Paragraph(text=text):
                size += len(text)
                yield from text_faults(f"A paragraph of {name}", text, limit)
            case Code(text=text):
                size += len(text)
                yield from _code_faults(name, text)
            case Table():
                size += sum(len(cell) for row in block.rows for cell in row)
                yield from _table_faults(name, block)
            case PictureFile(file=file, alternative=alternative):
                yield from text_faults(
                    f"The text alternative of a picture of {name}", alternative, MAX_ALTERNATIVE
                )
                if not pictures.get(file):
                    yield f"{name[0].upper()}{name[1:]} has the picture {file}, which was not drawn."
    if not blocks:
        yield f"{name[0].upper()}{name[1:]} has no content."
    if size > limit:
        yield f"{name[0].upper()}{name[1:]} is longer than {limit} characters."


def _code_faults(name: str, text: str) -> Iterator[str]:
    rows = text.split("\n")
    if not text.strip():
        yield f"The code of {name} is empty."
    if len(rows) > MAX_ROWS:
        yield f"The code of {name} has more than {MAX_ROWS} lines."
    for row in rows:
        if reason := unfit(row):
            yield f"The code of {name} {reason}."
    if (width := max(map(cell_len, rows))) > MAX_CELLS:
        yield f"The code of {name} is {width} cells wide; it is at most {MAX_CELLS}."


def _table_faults(name: str, table: Table) -> Iterator[str]:
    yield from text_faults(f"The caption of a table of {name}", table.caption, MAX_OPTION)
    if not 2 <= len(table.rows) <= MAX_ROWS or len({len(row) for row in table.rows}) != 1:
        yield f"A table of {name} has a heading and rows of as many cells, at most {MAX_ROWS}."
        return
    for cell in (cell for row in table.rows for cell in row):
        if reason := unfit(cell):
            yield f"A table of {name} {reason}."
    widths = [max(map(cell_len, column)) for column in zip(*table.rows, strict=True)]
    if (width := sum(widths) + BETWEEN_CELLS * (len(widths) - 1)) > MAX_CELLS:
        yield f"A table of {name} is {width} cells wide; it is at most {MAX_CELLS}."
    if not all(table.rows[0]):
        yield f"A column of a table of {name} has no heading."


def list_faults(
    name: str, options: Sequence[Choice], word: str = "option", *, shuffled: bool = False
) -> Iterator[str]:
    """What is wrong with one list of options, sources, targets or spans of `name` ("item CP-1A-01")."""
    ids, texts = [option.id for option in options], [option.text.strip().casefold() for option in options]
    if len(options) not in LISTED:
        yield f"{name[0].upper()}{name[1:]} has {len(options)} {word}s; it has 2 to 8."
    if len(set(ids)) != len(ids):
        yield f"Two {word}s of {name} have one id."
    if len(set(texts)) != len(texts) or not all(texts):
        yield f"Two {word}s of {name} have one text, or one has none."
    title = word.capitalize()
    for option in options:
        if len(option.text) > MAX_OPTION:
            yield f"{title} {option.id}) of {name} is longer than {MAX_OPTION} characters."
        if reason := unfit(option.text):
            yield f"{title} {option.id}) of {name} {reason}."
        last = option.fixed and option is options[-1]
        if shuffled and ((_NEIGHBOUR.search(option.text) and not last) or _LETTERS.search(option.text)):
            yield f"{title} {option.id}) of {name} speaks of other options, and options are shuffled."
    if shuffled and options and all(option.fixed for option in options):
        yield f"Every {word} of {name} is pinned, so nothing can be shuffled; write “shuffle: no”."


def place_faults(name: str, text: str, due: Sequence[str], limit: int, word: str) -> Iterator[str]:
    """What is wrong with a text whose placeholders are `due`, each of them once, and nothing else in braces."""
    yield from text_faults(f"The text of {name}", text, limit)
    found = Counter(PLACEHOLDER.findall(text))
    for place in due:
        if found[place] != 1:
            yield f"The text of {name} has {{{place}}} {found[place]} times; every {word} stands in it once."
    for place in found:
        if place not in due:
            yield f"The text of {name} has {{{place}}}, which is no {word} of it."
    if any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
        yield f"The text of {name} has a brace that is not closed."

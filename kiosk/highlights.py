"""Which words of a text are highlighted, as spans (block, first character, end). Pure.

Rules.
1. A highlight is a run of whole words inside one block; what is marked across blocks is one span in each.
2. Spans are sorted and never touch: runs that meet, with only spaces between them, are one span.
3. Only running text and code have words to highlight; a table or a picture has none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from exam_packages.interactions import Block, Code, Paragraph
from terminal.wrapping import clean

Span = tuple[int, int, int]

_WORD = re.compile(r"\S+")


def texts(blocks: Sequence[Block]) -> tuple[str, ...]:
    """What can be highlighted of each block, as it is shown; empty where nothing can."""
    return tuple(
        clean(block.text, newlines=isinstance(block, Code)) if isinstance(block, Paragraph | Code) else ""
        for block in blocks
    )


def words(of: Sequence[str]) -> tuple[Span, ...]:
    """Every word of these texts, in reading order; its place in the answer is its number below."""
    return tuple(
        (block, found.start(), found.end()) for block, text in enumerate(of) for found in _WORD.finditer(text)
    )


def inside(known: Sequence[Span], spans: Iterable[Span]) -> frozenset[int]:
    """The numbers of the words that these spans touch."""
    found: set[int] = set()
    for block, start, end in spans:
        at = bisect_left(known, (block, start, start))
        if at and known[at - 1][0] == block and known[at - 1][2] > start:
            at -= 1
        while at < len(known) and known[at][:2] < (block, end):
            found.add(at)
            at += 1
    return frozenset(found)


def joined(known: Sequence[Span], numbers: Iterable[int]) -> tuple[Span, ...]:
    """These words as spans: one for each run of words that follow one another in a block."""
    spans: list[Span] = []
    last = -2
    for number in sorted(set(numbers)):
        block, start, end = known[number]
        if number == last + 1 and spans and spans[-1][0] == block:
            spans[-1] = (block, spans[-1][1], end)
        else:
            spans.append((block, start, end))
        last = number
    return tuple(spans)


def added(known: Sequence[Span], spans: Iterable[Span], one: int, other: int) -> tuple[Span, ...]:
    """The spans with the words from `one` to `other`, in either order, highlighted too."""
    return joined(known, inside(known, spans) | set(range(min(one, other), max(one, other) + 1)))


def removed(known: Sequence[Span], spans: Iterable[Span], at: int) -> tuple[Span, ...]:
    """The spans without the one that holds this word."""
    kept = joined(known, inside(known, spans))
    return tuple(span for span in kept if at not in inside(known, (span,)))

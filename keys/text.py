"""The one sanitiser: what text from outside may be shown on a screen, in a report or on paper.

Removed: C0 controls except newline and tab (tab becomes a space), DEL, C1, bidi controls, zero-width and
other invisible
format characters, surrogates and private use; a run of combining marks is cut to `MAX_COMBINING`.
"""

from __future__ import annotations

import unicodedata

MAX_COMBINING = 4
_MARKS = {"Mn", "Me"}
_GONE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def sanitise(text: str, *, limit: int, newlines: bool = False) -> str:
    """`text` in NFC with nothing in it that acts on a terminal, at most `limit` characters.

    Newlines stay only where `newlines` says so, else they become spaces.
    """
    if text.isascii() and text.isprintable():  # most of what is shown: nothing of it can go
        return text[:limit]
    kept: list[str] = []
    run = 0
    for character in unicodedata.normalize("NFC", text[: limit * 4]):
        if character == "\n" and newlines:
            kept.append(character)
            run = 0
            continue
        if character in "\t\n\r":
            kept.append(" ") if character != "\r" else None
            run = 0
            continue
        if unicodedata.category(character) in _GONE:
            continue
        run = run + 1 if unicodedata.category(character) in _MARKS else 0
        if run <= MAX_COMBINING:
            kept.append(character)
    return "".join(kept)[:limit]


def is_clean(text: str, *, newlines: bool = False) -> bool:
    """Whether `sanitise` would leave the text as it is; authored text that is not clean is refused at mastering."""
    return sanitise(text, limit=len(text), newlines=newlines) == text


def counted(count: int, word: str) -> str:
    """So many of something in words that end in s where there are more or none: 1 item, 2 items."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"

"""What a proctor may enter: a choice of a list, and words of their own. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from keys.errors import ExamKioskError
from keys.text import is_clean
from results.wire.acts import Reason


class ReasonUnknownError(ExamKioskError):
    """Something that is not on the list."""

    code = "reason-unknown"
    what = "“{reason}” is not on the list."
    next_step = "Choose one of: {choices}."


class WordsRefusedError(ExamKioskError):
    """Words that are missing, too long, or hold characters that may not be shown."""

    code = "words-refused"
    what = "These words cannot be kept: {detail}."
    next_step = "Write a short sentence and try again."


def check_choice(choices: Sequence[Reason], code: str) -> None:
    """Raise `ReasonUnknownError` unless this is the code of one of the list."""
    if all(one.code != code for one in choices):
        raise ReasonUnknownError(reason=code[:40], choices=", ".join(one.code for one in choices))


def check_text(text: str, most: int, *, needed: bool = False) -> None:
    """Raise `WordsRefusedError` for words over `most` characters, not clean, or `needed` and missing."""
    if needed and not text.strip():
        raise WordsRefusedError(detail="there are none, and they are needed here")
    if len(text) > most:
        raise WordsRefusedError(detail=f"they are longer than {most} characters")
    if not is_clean(text, newlines=True):
        raise WordsRefusedError(detail="a character in them cannot be shown")

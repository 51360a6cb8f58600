"""The words of both programs in the language of whoever sits there (gettext): `_` at the place where a word is drawn.

Rules.
1. The English text is the message's id. `N_` only marks one, for a table that is drawn later.
2. What is worked into a sentence is a named field: `_("{count} answered").format(count=3)`.
3. A language without a catalogue, or a text without a translation, is shown in English.
4. No text of an exam, of a plan or of a candidate passes through here.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "exam-kiosk"
LOCALE = Path(__file__).with_name("locale")
ENGLISH = "en"
_current = gettext.NullTranslations()


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=True)


def use(language: str) -> None:
    """Speak this language ("es") from now on in this process; an empty one is English."""
    global _current  # noqa: PLW0603 - one screen process speaks one language at a time
    _current = gettext.NullTranslations() if language in {"", ENGLISH} else _catalogue(language)


def _(text: str) -> str:
    """`text` in the language in use."""
    return _current.gettext(text) if text else ""


def plural(one: str, many: str, count: int) -> str:
    """`one` or `many`, as the language in use counts."""
    return _current.ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text that is translated where it is drawn."""
    return text

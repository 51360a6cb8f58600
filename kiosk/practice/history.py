"""What a candidate has practised so far: a small file of their own beside the practice file. *io*

It holds item ids and whether the last answer was right: no text, no answer, no name. It is no record of an exam.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from exam_packages.interactions import ItemId
from keys.carrier import read_file, write_file
from keys.encoding import Document, decode, encode
from keys.errors import ExamKioskError

SUFFIX = ".progress"
MAX_HISTORY = 1024 * 1024


class History(Document, frozen=True, tag="practice-history/1"):
    """Item id -> whether it was right when it was last answered."""

    right: dict[ItemId, bool]


def beside(practice_file: Path) -> Path:
    """Where the history of a practice file is kept."""
    return practice_file.with_name(practice_file.name + SUFFIX)


def load(path: Path) -> dict[ItemId, bool]:
    """What was practised; nothing where there is no file, or one that cannot be read."""
    with contextlib.suppress(ExamKioskError, OSError):
        return dict(decode(read_file(path, limit=MAX_HISTORY), History, name="practice history").right)
    return {}


def keep(path: Path, right: Mapping[ItemId, bool]) -> None:
    """Keep what was practised. Raises a `StorageError`."""
    write_file(path, encode(History(dict(right))))

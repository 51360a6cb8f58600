"""The answers, bound to one form's digest, versioned; and the table from raw to scaled. Neither leaves the
centre's side.

The conversion table is published, the scoring key never is.
"""

from __future__ import annotations

import msgspec

from exam_packages.interactions import ItemId, Response
from keys.encoding import Digest, Document
from keys.errors import ExamKioskError


class ConversionRangeError(ExamKioskError):
    """A raw score for which the conversion table has no row."""

    code = "conversion-out-of-range"
    what = "The conversion table {table} has no row for a raw score of {raw}."
    next_step = "Check that the table belongs to this form."


class ItemKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item's correct response (QTI match_correct), its area and task codes, and whether it is scored.

    `accepted` are further responses that count as correct. `tolerance` of a number is absolute ("0.5") or of the
    correct value ("2%"); empty means none. `fold_case` lets typed text match in any case.
    """

    item: ItemId
    correct: Response
    category: str
    area: str
    task: str
    scored: bool = True
    accepted: tuple[Response, ...] = ()
    tolerance: str = ""
    fold_case: bool = False


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area or category of the blueprint as a report names it."""

    code: str
    title: str
    category: str = ""


class ScoringKey(Document, frozen=True, tag="scoring-key/1"):
    """The key of one form. `version` rises when a key is mended; scores name it."""

    exam: str
    form: str
    form_digest: Digest
    version: int
    keys: tuple[ItemKey, ...]
    categories: tuple[Area, ...]
    areas: tuple[Area, ...]


class ConversionTable(Document, frozen=True, tag="conversion-table/1"):
    """`scaled[raw]` for raw 0 to the number of scored items; `cut` is the scaled score that passes."""

    exam: str
    form: str
    form_digest: Digest
    version: int
    scaled: tuple[int, ...]
    cut: int

    def look_up(self, raw: int) -> int:
        """The scaled score of a raw score. Raises `ConversionRangeError`."""
        if not 0 <= raw < len(self.scaled):
            raise ConversionRangeError(table=f"{self.form} v{self.version}", raw=raw)
        return self.scaled[raw]

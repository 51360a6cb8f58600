"""The answers, bound to one form's digest, versioned; and the table from raw to scaled. Neither leaves the
centre's side.

The conversion table is published, the scoring key never is. What a response earns by a key is said in
`response_processing.py`. Points are whole thousandths of a point, so that sums are exact.
"""

from __future__ import annotations

import enum

import msgspec
from msgspec import UNSET, UnsetType

from exam_packages.interactions import ItemId, Response
from keys.encoding import Digest, Document, Instant
from keys.errors import ExamKioskError

POINT = 1_000
"""One point."""


class ConversionRangeError(ExamKioskError):
    """A raw score for which the conversion table has no row."""

    code = "conversion-out-of-range"
    what = "The conversion table {table} has no row for a raw score of {raw}."
    next_step = "Check that the table belongs to this form."


class MapEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a QTI mapping (mapEntry): what naming `value` earns, in thousandths; below 0 it costs.

    `value` names one thing: an option, a pair, a text or number. Of an order it is a pair of place and option,
    ("1", "c"). `fold_case` lets this text match in any case.
    """

    value: Response
    points: int
    fold_case: bool = False


class ResponseProcessing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a response becomes points, all in thousandths, where it is not one point for the correct response.

    Without a `mapping` a correct response earns `points` and a wrong one costs `penalty` (QTI match_correct). With one
    (QTI map_response) each different value of the response earns what its entry says, and `default` without an entry,
    the sum being kept within `lower` and `upper`. Of a long text `points` is the most that people may give.
    """

    points: int = POINT
    penalty: int = 0
    mapping: tuple[MapEntry, ...] = ()
    default: int = 0
    lower: int | None = None
    upper: int | None = None


class AdjustmentKind(enum.StrEnum):
    """What was done about an item after the form was given."""

    DROPPED = "dropped"
    FULL_CREDIT = "full credit"
    REKEYED = "re-keyed"


class Adjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item's adjustment: the key's `version` that brought it, who decided it when, and the reason in words."""

    kind: AdjustmentKind
    version: int
    by: str
    at: Instant
    reason: str


PLAIN = ResponseProcessing()
"""One point for the correct response."""


class ItemKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item's correct response (QTI match_correct), its area and task codes, and whether it is scored.

    `accepted` are further responses that count as correct. `tolerance` of a number is absolute ("0.5") or of the
    correct value ("2%"); empty means none. `fold_case` lets typed text match in any case. `processing` and `adjustment`
    are there only where there is something to say.
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
    processing: ResponseProcessing | UnsetType = UNSET
    adjustment: Adjustment | UnsetType = UNSET

    @property
    def rules(self) -> ResponseProcessing:
        """How a response becomes points."""
        return PLAIN if isinstance(self.processing, UnsetType) else self.processing

    @property
    def adjusted(self) -> AdjustmentKind | None:
        """What was done about the item after the form was given, if anything."""
        return None if isinstance(self.adjustment, UnsetType) else self.adjustment.kind


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
    """`scaled[raw]` for raw 0 to the most points that the form gives; `cut` is the scaled score that passes."""

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


class EquatingTable(Document, frozen=True, tag="equating-table/1"):
    """A form's scaled scores by way of a `base` form that it was equated to.

    For raw 0 to the most points: `equivalents[raw]` on the base form in thousandths of a point, and `scaled[raw]`,
    which the base form's conversion table, whose file has `conversion_digest`, gives for that. `cut` is scaled.
    """

    exam: str
    form: str
    form_digest: Digest
    version: int
    base: str
    base_digest: Digest
    conversion_digest: Digest
    method: str
    equivalents: tuple[int, ...]
    scaled: tuple[int, ...]
    cut: int

    def conversion(self) -> ConversionTable:
        """The form's own conversion table, of the same version."""
        return ConversionTable(self.exam, self.form, self.form_digest, self.version, self.scaled, self.cut)

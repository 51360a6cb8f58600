"""From the responses of one candidate to raw, category, area and scaled scores; the same responses, the same score.

Rules.
1. One point for a matched item (`matching.py`); an item that was left out earns nothing and is counted apart.
2. Items that the key does not score never count; a long text is one until people have marked it.
3. The scaled score is a look-up in the signed conversion table; nothing is computed or rounded here.
4. A key, a table and a form are used together only if all three name the same form's digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from exam_packages.form import DeliveryForm
from exam_packages.interactions import Interaction, ItemId, Response, is_empty
from exam_packages.matching import can_match, match_correct, unfit
from exam_packages.scoring_key import Area, ConversionTable, ItemKey, ScoringKey
from keys.encoding import Digest
from keys.errors import ExamKioskError

MATCHED, MISSED, OMITTED = "1", "0", "-"


class NeedsMarkingError(ExamKioskError):
    """A long text that only a person can mark is given a key to match."""

    code = "item-needs-marking"
    what = "Item {item} takes a long text, which cannot be scored by matching a key."
    next_step = "Make a key version in which this item is not scored."


class ScoringInputsError(ExamKioskError):
    """A form, key and conversion table that do not belong together."""

    code = "scoring-inputs-mismatch"
    what = "The form, scoring key and conversion table do not fit together: {detail}."
    next_step = "Use the folder that mastering wrote for this form, unchanged."


class StrangeResponseError(ExamKioskError):
    """A record that answers an item which its form does not have."""

    code = "response-not-in-form"
    what = "Session {session} holds a response to an item that its form does not have."
    next_step = "Keep it out of the run and report it: the kiosk that made it did not show this form."


class Tally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of an area's or category's scored items were matched."""

    code: str
    correct: int
    total: int


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one candidate earned: `raw` of `total` points, the scaled score, and whether it reaches the cut.

    `marks` has one character a scored item, in the key's order: 1 matched, 0 missed, - left out.
    """

    raw: int
    total: int
    omitted: int
    scaled: int
    passed: bool
    marks: str
    categories: tuple[Tally, ...]
    areas: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Ruler:
    """A form, its key and its conversion table, checked to belong together: what every candidate is measured with."""

    key: ScoringKey
    table: ConversionTable
    interactions: Mapping[ItemId, Interaction]
    scored: tuple[ItemKey, ...]

    @property
    def raw_cut(self) -> int:
        """The least raw score that passes, or one more than the highest where none does."""
        passing = (raw for raw, scaled in enumerate(self.table.scaled) if scaled >= self.table.cut)
        return next(passing, len(self.table.scaled))


def ruler(form: DeliveryForm, form_digest: Digest, key: ScoringKey, table: ConversionTable) -> Ruler:
    """Check that the three belong together. Raises `ScoringInputsError` or `NeedsMarkingError`."""
    interactions = {item.id: item.interaction for item in form.items}
    scored = tuple(one for one in key.keys if one.scored)
    named = [one.item for one in key.keys]
    demands = (
        (key.form_digest == form_digest, "the key is for another form"),
        (table.form_digest == form_digest, "the conversion table is for another form"),
        ((key.exam, key.form) == (table.exam, table.form), "the key and the table name different forms"),
        (len(set(named)) == len(named), "the key has an item twice"),
        (set(named) == set(interactions), "the key does not have exactly the items of the form"),
        (bool(scored), "the key scores no item"),
        (len(table.scaled) == len(scored) + 1, "the table does not have a row for every raw score"),
        (list(table.scaled) == sorted(table.scaled), "a higher raw score has a lower scaled score"),
        (_listed(key.areas, {one.area for one in scored}), "an item's area is not in the key's list"),
        (
            _listed(key.categories, {one.category for one in scored}),
            "an item's category is not in the key's list",
        ),
    )
    for holds, detail in demands:
        if not holds:
            raise ScoringInputsError(detail=detail)
    for one in scored:
        if not can_match(interactions[one.item]):
            raise NeedsMarkingError(item=one.item)
        if (why := unfit(interactions[one.item], one)) is not None:
            raise ScoringInputsError(detail=f"item {one.item} {why}")
    return Ruler(key, table, interactions, scored)


def score(by: Ruler, responses: Mapping[ItemId, Response], *, session: str) -> Score:
    """The score of these responses; items without one were left out. Raises `StrangeResponseError`."""
    if not responses.keys() <= by.interactions.keys():
        raise StrangeResponseError(session=session)
    marks = "".join(_mark(by, one, responses.get(one.item)) for one in by.scored)
    raw = marks.count(MATCHED)
    scaled = by.table.look_up(raw)
    return Score(
        raw,
        len(marks),
        marks.count(OMITTED),
        scaled,
        scaled >= by.table.cut,
        marks,
        _tallies(
            by.key.categories, [(one.category, mark) for one, mark in zip(by.scored, marks, strict=True)]
        ),
        _tallies(by.key.areas, [(one.area, mark) for one, mark in zip(by.scored, marks, strict=True)]),
    )


def _mark(by: Ruler, one: ItemKey, response: Response | None) -> str:
    if response is None or is_empty(response):
        return OMITTED
    return MATCHED if match_correct(by.interactions[one.item], response, one) else MISSED


def _tallies(areas: Sequence[Area], marks: Sequence[tuple[str, str]]) -> tuple[Tally, ...]:
    return tuple(
        Tally(
            area.code,
            sum(mark == MATCHED for code, mark in marks if code == area.code),
            sum(code == area.code for code, _ in marks),
        )
        for area in areas
    )


def _listed(areas: Sequence[Area], used: set[str]) -> bool:
    codes = [area.code for area in areas]
    return len(set(codes)) == len(codes) and used <= set(codes)

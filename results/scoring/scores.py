"""From the responses of one candidate to raw, category, area and scaled scores; the same responses, the same score.

Rules.
1. An item earns what response processing says (`exam_packages/response_processing.py`), one point for a matched one
   unless its key says otherwise; an item that was left out earns nothing and is counted apart.
2. Items that the key does not score never count, nor do dropped ones. One with full credit earns all its points for
   everyone, also where it was left out.
3. A long text earns what people gave it (`marks`); nobody is scored whose text was not marked yet.
4. The raw score is all points in whole ones (`points.py`), and the scaled score a look-up in the signed table.
5. A key, a table and a form are used together only if all three name the same form's digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from exam_packages.form import DeliveryForm
from exam_packages.interactions import ExtendedTextInteraction, Interaction, ItemId, Response, is_empty
from exam_packages.response_processing import earned, unfit_key, whole, worth
from exam_packages.scoring_key import (
    POINT,
    AdjustmentKind,
    Area,
    ConversionTable,
    ItemKey,
    ScoringKey,
)
from keys.encoding import Digest
from keys.errors import ExamKioskError
from results.scoring.points import percent, scaled_error, standard_error

FULL, NOTHING, OMITTED, PARTIAL = "1", "0", "-", "p"
NO_MARKS: Mapping[ItemId, int] = {}


class NeedsMarkingError(ExamKioskError):
    """A long text is scored, and the key does not say how much people may give for it."""

    code = "item-needs-marking"
    what = "Item {item} takes a long text, and the key does not say how many points people may give for it."
    next_step = "Write “points:” for this item in the bank, or make a key version in which it is not scored."


class AwaitingMarkingError(ExamKioskError):
    """A text that people have to mark has no mark yet."""

    code = "awaiting-marking"
    what = "Session {session} holds a long text, item {item}, that has no final mark yet."
    next_step = "See “exam-kiosk results marking status”; score again when the marks are in."


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
    """An area or category: how many of its `total` scored items earned all they give, and its points of `most`.

    `points`, `most` and `error`, the standard error of measurement of these points, are in thousandths.
    """

    code: str
    correct: int
    total: int
    points: int
    most: int
    error: int


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one candidate earned: `raw` of `total` whole points, the scaled score, and whether it reaches the cut.

    `marks` has one character a scored item, in the key's order: 1 all its points, 0 nothing, - left out, p in between
    or below 0. `earned` has the thousandths of each, only where some item earned or gives other than one point or none.
    `points` of `most`, and the standard errors of measurement of the raw (`error`) and the scaled score
    (`scaled_error`), are in thousandths; `percent` in thousandths of a percent (`points.py`).
    """

    raw: int
    total: int
    omitted: int
    scaled: int
    passed: bool
    marks: str
    categories: tuple[Tally, ...]
    areas: tuple[Tally, ...]
    points: int
    most: int
    percent: int
    error: int
    scaled_error: int
    earned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruler:
    """A form, its key and its conversion table, checked to belong together: what every candidate is measured with."""

    key: ScoringKey
    table: ConversionTable
    interactions: Mapping[ItemId, Interaction]
    scored: tuple[ItemKey, ...]
    worths: tuple[int, ...]

    @property
    def most(self) -> int:
        """The most points that the form gives, in thousandths."""
        return sum(self.worths)

    @property
    def raw_cut(self) -> int:
        """The least raw score that passes, or one more than the highest where none does."""
        passing = (raw for raw, scaled in enumerate(self.table.scaled) if scaled >= self.table.cut)
        return next(passing, len(self.table.scaled))


def table_rows(form: DeliveryForm, key: ScoringKey) -> int:
    """How many rows the conversion table of this key has: one for each whole point, and one for none."""
    interactions = {item.id: item.interaction for item in form.items}
    scored = (one for one in key.keys if one.scored and one.item in interactions)
    return whole(sum(worth(interactions[one.item], one) for one in scored)) + 1


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
        if isinstance(interactions[one.item], ExtendedTextInteraction) and one.processing is UNSET:
            raise NeedsMarkingError(item=one.item)
        if (why := unfit_key(interactions[one.item], one)) is not None:
            raise ScoringInputsError(detail=f"item {one.item} {why}")
        if one.adjusted is AdjustmentKind.DROPPED:
            raise ScoringInputsError(detail=f"item {one.item} was dropped and is scored")
    found = Ruler(
        key, table, interactions, scored, tuple(worth(interactions[one.item], one) for one in scored)
    )
    if len(table.scaled) != whole(found.most) + 1:
        raise ScoringInputsError(detail="the table does not have a row for every raw score")
    return found


def score(
    by: Ruler,
    responses: Mapping[ItemId, Response],
    *,
    session: str,
    marks: Mapping[ItemId, int] = NO_MARKS,
) -> Score:
    """The score of these responses; items without one were left out. `marks` are the final ones of long texts.

    Raises `StrangeResponseError`, `AwaitingMarkingError` or `ScoringInputsError` for a mark that cannot be.
    """
    if not responses.keys() <= by.interactions.keys():
        raise StrangeResponseError(session=session)
    found = [
        _earned(by, one, most, responses.get(one.item), marks, session)
        for one, most in zip(by.scored, by.worths, strict=True)
    ]
    total, most = sum(points for _, points in found), by.most
    raw, error = whole(total), standard_error(total, most)
    scaled = by.table.look_up(raw)
    signs = "".join(sign for sign, _ in found)
    plain = PARTIAL not in signs and set(by.worths) == {POINT}
    return Score(
        raw,
        whole(most),
        signs.count(OMITTED),
        scaled,
        scaled >= by.table.cut,
        signs,
        _tallies(by.key.categories, by, found, [one.category for one in by.scored]),
        _tallies(by.key.areas, by, found, [one.area for one in by.scored]),
        total,
        most,
        percent(total, most),
        error,
        scaled_error(by.table.scaled, total, error),
        () if plain else tuple(points for _, points in found),
    )


def _earned(
    by: Ruler,
    one: ItemKey,
    most: int,
    response: Response | None,
    marks: Mapping[ItemId, int],
    session: str,
) -> tuple[str, int]:
    """One scored item's mark and points."""
    if one.adjusted is AdjustmentKind.FULL_CREDIT:
        return FULL, most
    if response is None or is_empty(response):
        return OMITTED, 0
    if isinstance(by.interactions[one.item], ExtendedTextInteraction):
        if one.item not in marks:
            raise AwaitingMarkingError(session=session, item=one.item)
        points = marks[one.item]
        if not 0 <= points <= most:
            raise ScoringInputsError(detail=f"item {one.item} has a mark outside its points")
    else:
        points = earned(by.interactions[one.item], one, response)
    return FULL if points == most else PARTIAL if points else NOTHING, points


def _tallies(
    areas: Sequence[Area], by: Ruler, found: Sequence[tuple[str, int]], codes: Sequence[str]
) -> tuple[Tally, ...]:
    made: list[Tally] = []
    for area in areas:
        here = [at for at, code in enumerate(codes) if code == area.code]
        points, most = sum(found[at][1] for at in here), sum(by.worths[at] for at in here)
        correct = sum(found[at][0] == FULL for at in here)
        made.append(Tally(area.code, correct, len(here), points, most, standard_error(points, most)))
    return tuple(made)


def _listed(areas: Sequence[Area], used: set[str]) -> bool:
    codes = [area.code for area in areas]
    return len(set(codes)) == len(codes) and used <= set(codes)

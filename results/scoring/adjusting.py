"""Adjusting a key after the form was given: dropping an item, re-keying it, full credit for everyone. Pure.

Rules.
1. An adjustment makes the next version of the key, and says in it what was done to the item, by whom, when and why.
   What earlier versions did to other items stays.
2. A dropped item is scored no longer, so the form gives fewer points and needs a conversion table of its own: by the
   rule of mastering (`exam_packages/conversion.py`), with the raw cut that a panel or equating sets, else with the same
   share of the points as before, rounded half up. Where items are dropped one after another the share is that of the
   first table, so that roundings never pile up.
3. Full credit gives everyone all points of the item, also where it was left out; form and table stay as they are.
4. A re-keyed item is scored by the new key alone.
5. An item that was dropped may come back by full credit or a new key. One that was never scored cannot be adjusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import UNSET, structs

from exam_packages.conversion import two_segments
from exam_packages.form import DeliveryForm
from exam_packages.interactions import ExtendedTextInteraction, Response
from exam_packages.response_processing import unfit_key
from exam_packages.scoring_key import (
    Adjustment,
    AdjustmentKind,
    ConversionTable,
    ItemKey,
    MapEntry,
    ResponseProcessing,
    ScoringKey,
)
from keys.errors import ExamKioskError

MAX_REASON = 400


class AdjustmentError(ExamKioskError):
    """An adjustment that cannot be made."""

    code = "adjustment-refused"
    what = "Item {item} cannot be adjusted like this: {detail}."
    next_step = "Look at the item and at “exam-kiosk results key versions”, then give the command again."


class CutRuleError(ExamKioskError):
    """A conversion table that did not come from the rule of mastering, so that its cut cannot be carried over."""

    code = "cut-rule-unknown"
    what = "The conversion table {table} was not made by the cut rule, so no shorter one follows from it."
    next_step = "Say the raw cut of the shorter form with --raw-cut."


def drop(form: DeliveryForm, key: ScoringKey, item: str, said: Adjustment) -> ScoringKey:
    """The key without this item among the scored ones. Raises `AdjustmentError`."""
    if sum(one.scored for one in key.keys) == 1:
        raise AdjustmentError(item=item, detail="it is the only one that is scored")
    return _adjusted(form, key, item, said, lambda one: structs.replace(one, scored=False))


def full_credit(form: DeliveryForm, key: ScoringKey, item: str, said: Adjustment) -> ScoringKey:
    """The key by which everyone earns all points of this item. Raises `AdjustmentError`."""
    return _adjusted(form, key, item, said, lambda one: structs.replace(one, scored=True))


def rekey(
    form: DeliveryForm,
    key: ScoringKey,
    item: str,
    said: Adjustment,
    right: tuple[Response, ...],
    mapping: tuple[MapEntry, ...] = (),
) -> ScoringKey:
    """The key with `right`, the correct response and others that are accepted, for this item, and a new mapping.

    The mapping of before goes, its default and bounds stay where there is a new one. Raises `AdjustmentError`.
    """

    def changed(one: ItemKey) -> ItemKey:
        if one.rules.mapping and not mapping:
            raise AdjustmentError(item=item, detail="it has a mapping, so a new one is needed too")
        rules = structs.replace(one.rules, mapping=mapping) if mapping else one.rules
        new = structs.replace(
            one,
            correct=right[0],
            accepted=right[1:],
            scored=True,
            processing=UNSET if rules == ResponseProcessing() else rules,
        )
        if structs.replace(new, scored=one.scored) == one:
            raise AdjustmentError(item=item, detail="that is its key already")
        return new

    return _adjusted(form, key, item, said, changed)


def shorter_table(
    table: ConversionTable,
    most: int,
    version: int,
    raw_cut: int | None = None,
    *,
    earlier: Sequence[ConversionTable] = (),
) -> ConversionTable:
    """The table of a form of `most` whole points, made from the one of the longer form.

    The cut is carried over from the first of the `earlier` tables, oldest first, that the one of `table` follows from.
    Raises `CutRuleError` where the cut is not said and does not follow, or `ConversionShapeError`.
    """
    old, top = len(table.scaled) - 1, table.scaled[-1]
    if raw_cut is None:
        cut = _rule_cut(table)
        if cut is None:
            raise CutRuleError(table=f"{table.form} v{table.version}")
        sources = [(len(one.scaled) - 1, found) for one in earlier if (found := _rule_cut(one)) is not None]
        followed = (one for one in sources if one[0] >= old and _share(*one, old) == cut)
        raw_cut = _share(*next(followed, (old, cut)), most)
    return structs.replace(table, version=version, scaled=two_segments(most, raw_cut, table.cut, top))


def _rule_cut(table: ConversionTable) -> int | None:
    """The raw cut of a table that the cut rule made, or None."""
    most = len(table.scaled) - 1
    cut = next((raw for raw, scaled in enumerate(table.scaled) if scaled >= table.cut), 0)
    made = 0 < cut < most and table.scaled == two_segments(most, cut, table.cut, table.scaled[-1])
    return cut if made else None


def _share(most: int, cut: int, fewer: int) -> int:
    """The cut on `fewer` points with the same share of them, half up."""
    return (2 * cut * fewer + most) // (2 * most)


def _adjusted(
    form: DeliveryForm,
    key: ScoringKey,
    item: str,
    said: Adjustment,
    change: Callable[[ItemKey], ItemKey],
) -> ScoringKey:
    asked = next((one.interaction for one in form.items if one.id == item), None)
    old = next((one for one in key.keys if one.item == item), None)
    if asked is None or old is None:
        raise AdjustmentError(item=item, detail="the form has no such item")
    if not old.scored and old.adjusted is not AdjustmentKind.DROPPED:
        raise AdjustmentError(item=item, detail="it is not scored")
    if old.adjusted is said.kind and said.kind is not AdjustmentKind.REKEYED:
        raise AdjustmentError(item=item, detail=f"version {key.version} has it as {said.kind.value} already")
    if not said.reason.strip() or len(said.reason) > MAX_REASON or not said.by.strip():
        raise AdjustmentError(
            item=item, detail=f"it needs a name and a reason of at most {MAX_REASON} characters"
        )
    if said.kind is AdjustmentKind.REKEYED and isinstance(asked, ExtendedTextInteraction):
        raise AdjustmentError(item=item, detail="people mark it")
    new = structs.replace(change(old), adjustment=said)
    if new.scored and (why := unfit_key(asked, new)) is not None:
        raise AdjustmentError(item=item, detail=f"with this key it {why}")
    keys = tuple(new if one is old else one for one in key.keys)
    return structs.replace(key, version=said.version, keys=keys)

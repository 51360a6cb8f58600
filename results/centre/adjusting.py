"""Adjusting the key of an exam's folder: its next version, and a table that fits it, beside the old ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.exam_folder import read_form
from exam_packages.form import DeliveryForm
from exam_packages.interactions import Interaction, Response
from exam_packages.item_points import read_entry
from exam_packages.response_text import read_response
from exam_packages.scoring_key import Adjustment, AdjustmentKind, ConversionTable, MapEntry, ScoringKey
from keys.encoding import Instant, digest, encode
from keys.errors import ExamKioskError
from keys.statement import Keyring, Signer
from results.centre.versions import choose_key, choose_table, key_versions, table_versions, write_version
from results.scoring import adjusting
from results.scoring.scores import ruler, table_rows


class NewKeyError(ExamKioskError):
    """A new key that is no answer of the item."""

    code = "new-key-unreadable"
    what = "The new key of item {item} {detail}."
    next_step = "Write it as the bank writes keys: b, or a, c, or 1a, 2c, or g1-a, or the text itself."


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to an item: who, when, why; of a new key what is right, what else, and map entries."""

    item: str
    kind: AdjustmentKind
    by: str
    at: Instant
    reason: str
    right: tuple[str, ...] = ()
    mapping: tuple[str, ...] = ()
    raw_cut: int | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The version that was made, and the table that it is scored with; whether that is new too."""

    key: ScoringKey
    table: ConversionTable
    new_table: bool
    key_path: Path


def adjust(folder: Path, keyring: Keyring, change: Change, signer: Signer) -> Adjusted:
    """Write the next version of the key, after the table that it needs where none fits.

    Raises `NewKeyError`, `AdjustmentError`, `CutRuleError`, `ConversionShapeError`, `ScoringInputsError`,
    `NeedsMarkingError` and as `write_version`.
    """
    form = read_form(folder, keyring).form
    old, tables = choose_key(folder, keyring).document, table_versions(folder, keyring)
    version = max(one.document.version for one in key_versions(folder, keyring)) + 1
    said = Adjustment(change.kind, version, change.by, change.at, change.reason)
    key = _changed(form, old, change, said)
    rows = table_rows(form, key)
    fitting = [one.document for one in tables if len(one.document.scaled) == rows]
    made = bool(change.raw_cut is not None or not fitting)
    if made:
        base = choose_table(folder, keyring, table_rows(form, old)).document
        number = max(one.document.version for one in tables) + 1
        earlier = [one.document for one in tables]
        table = adjusting.shorter_table(base, rows - 1, number, change.raw_cut, earlier=earlier)
    else:
        table = fitting[-1]
    ruler(form, digest(encode(form)), key, table)
    if made:
        write_version(folder, table, signer, keyring)
    return Adjusted(key, table, made, write_version(folder, key, signer, keyring))


def _changed(form: DeliveryForm, key: ScoringKey, change: Change, said: Adjustment) -> ScoringKey:
    if change.kind is AdjustmentKind.DROPPED:
        return adjusting.drop(form, key, change.item, said)
    if change.kind is AdjustmentKind.FULL_CREDIT:
        return adjusting.full_credit(form, key, change.item, said)
    asked = next((one.interaction for one in form.items if one.id == change.item), None)
    if asked is None:
        raise adjusting.AdjustmentError(item=change.item, detail="the form has no such item")
    right = tuple(_right(change.item, asked, text) for text in change.right)
    mapping = tuple(_mapped(change.item, asked, text) for text in change.mapping)
    return adjusting.rekey(form, key, change.item, said, right, mapping)


def _right(item: str, asked: Interaction, text: str) -> Response:
    found = read_response(asked, text)
    if isinstance(found, str):
        raise NewKeyError(item=item, detail=found)
    return found


def _mapped(item: str, asked: Interaction, text: str) -> MapEntry:
    found = read_entry(asked, text)
    if isinstance(found, str):
        raise NewKeyError(item=item, detail=found)
    return found

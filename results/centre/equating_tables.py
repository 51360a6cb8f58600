"""Signing an equating table: from what `results equate` found, and two forms' folders, to a signed file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from exam_packages.equating import equating_table
from exam_packages.exam_folder import MAX_FILE, read_form
from exam_packages.scoring_key import EquatingTable
from keys.carrier import read_file, write_file
from keys.encoding import encode
from keys.errors import ExamKioskError
from keys.statement import EQUATING_TABLE, Keyring, Signer, sign, verify
from results.centre.versions import choose_key, choose_table
from results.scoring.scores import table_rows


class EquatedReportError(ExamKioskError):
    """A file that is not the JSON of `results equate`."""

    code = "equated-report-unreadable"
    what = "{name} is not what “exam-kiosk results equate --json” wrote."
    next_step = "Write it again: exam-kiosk results equate ... --json > FILE."


class EquatedFormsError(ExamKioskError):
    """An equating of other forms than the folders hold."""

    code = "equated-forms-differ"
    what = "The forms do not fit what was equated: {detail}."
    next_step = (
        "Give the folder of the form that was equated as --exam-folder, and that of the base as --base."
    )


class EquatingTakenError(ExamKioskError):
    """A file is already where the table is to be written."""

    code = "equating-table-taken"
    what = "{name} is there already; a table is never overwritten."
    next_step = "Name another file with --out."


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    persons: int
    mean: float
    sd: float


class _Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    method: str
    x: _Group
    y: _Group
    anchor: tuple[str, ...]
    equivalents: tuple[float, ...]
    errors: tuple[float | None, ...]
    link: dict[str, float] = {}
    drift: dict[str, float] = {}


def read_equated(path: Path) -> tuple[str, Sequence[float]]:
    """Method and equivalents of a report. Raises `EquatedReportError` or a `StorageError`."""
    try:
        found = msgspec.json.decode(read_file(path, limit=MAX_FILE), type=_Report)
    except msgspec.MsgspecError:
        raise EquatedReportError(name=path.name) from None
    return found.method, found.equivalents


def make_equating_table(
    folder: Path, base: Path, keyring: Keyring, method: str, equivalents: Sequence[float]
) -> EquatingTable:
    """The table of the form in `folder`, equated to that in `base`, each with its newest key and table.

    Raises `EquatedFormsError` and as `read_form`, `choose_key` and `choose_table`.
    """
    form = read_form(folder, keyring)
    rows = table_rows(form.form, choose_key(folder, keyring).document)
    own = choose_table(folder, keyring, rows)
    other = read_form(base, keyring)
    there = choose_table(base, keyring, table_rows(other.form, choose_key(base, keyring).document))
    top = len(there.document.scaled) - 1
    for holds, detail in (
        (form.exam == other.exam, f"{form.exam} and {other.exam} are different exams"),
        (own.document.form_digest != there.document.form_digest, "both folders hold the same form"),
        (
            len(equivalents) == rows,
            f"there are {len(equivalents)} equivalents, and the form has {rows} raw scores",
        ),
        (max(equivalents, default=0) <= 2 * top + 1, f"the base form gives {top} points at most"),
    ):
        if not holds:
            raise EquatedFormsError(detail=detail)
    return equating_table(own.document, there.document, there.digest, method, equivalents)


def write_equating_table(path: Path, table: EquatingTable, signer: Signer, keyring: Keyring) -> None:
    """Write it signed, if others will take this signature too; never over another file.

    Raises `EquatingTakenError`, `WrongRoleError`, the errors of `verify` or a `StorageError`.
    """
    signed = sign(encode(table), EQUATING_TABLE, signer)
    verify(signed, EQUATING_TABLE, keyring)
    if path.exists():
        raise EquatingTakenError(name=path.name)
    write_file(path, signed)

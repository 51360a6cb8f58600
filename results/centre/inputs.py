"""What a score run is made with, read from the exam's folder: form, signed key, signed conversion or equating table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.exam_folder import read_form
from exam_packages.form import Front
from keys.encoding import Digest, digest, encode
from keys.statement import Keyring
from results.centre.versions import choose_key, choose_table
from results.scoring.scores import Ruler, ruler, table_rows


NOT_EQUATED = Digest("")


@dataclass(frozen=True, slots=True)
class Inputs:
    """A checked ruler, what candidates were told about the exam, and the digests of the files it all came from.

    With an equating table that is the source of the scaled scores, and the form's own conversion table is not used.
    """

    ruler: Ruler
    front: Front
    form_digest: Digest
    key_digest: Digest
    table_digest: Digest
    equating_digest: Digest = NOT_EQUATED


def read_inputs(folder: Path, keyring: Keyring, equating: Path | None = None) -> Inputs:
    """The inputs in an exam's folder, each signed by the scoring authority; `equating` is an equating table's file.

    Raises `FormAlteredError`, `ScoringInputsError`, `NeedsMarkingError`, the errors of `verify` or a `StorageError`.
    """
    mastered = read_form(folder, keyring)
    key_file = read_file(folder / SCORING, limit=MAX_FILE)
    key = decode(
        verify(key_file, SCORING_KEY, keyring).payload, ScoringKey, name=SCORING_KEY.name, limit=MAX_FILE
    )
    table_file = read_file(equating or folder / CONVERSION, limit=MAX_FILE)
    table = _equated(table_file, keyring) if equating else _conversion(table_file, keyring)
    form_digest, table_digest = digest(encode(mastered.form)), digest(table_file)
    return Inputs(
        ruler(mastered.form, form_digest, key, table),
        mastered.front,
        form_digest,
        digest(key_file),
        NOT_EQUATED if equating else table_digest,
        table_digest if equating else NOT_EQUATED,
    )


def _conversion(raw: bytes, keyring: Keyring) -> ConversionTable:
    payload = verify(raw, CONVERSION_TABLE, keyring).payload
    return decode(payload, ConversionTable, name=CONVERSION_TABLE.name, limit=MAX_FILE)


def _equated(raw: bytes, keyring: Keyring) -> ConversionTable:
    payload = verify(raw, EQUATING_TABLE, keyring).payload
    return decode(payload, EquatingTable, name=EQUATING_TABLE.name, limit=MAX_FILE).conversion()

"""What a score run is made with, read from the exam's folder: form, signed key, signed conversion table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.exam_folder import CONVERSION, MAX_FILE, SCORING, read_form
from exam_packages.form import Front
from exam_packages.scoring_key import ConversionTable, ScoringKey
from keys.carrier import read_file
from keys.encoding import Digest, decode, digest, encode
from keys.statement import CONVERSION_TABLE, SCORING_KEY, Keyring, verify
from results.scoring.scores import Ruler, ruler


@dataclass(frozen=True, slots=True)
class Inputs:
    """A checked ruler, what candidates were told about the exam, and the digests of the files it all came from."""

    ruler: Ruler
    front: Front
    form_digest: Digest
    key_digest: Digest
    table_digest: Digest


def read_inputs(folder: Path, keyring: Keyring) -> Inputs:
    """The inputs in an exam's folder, each signed by the scoring authority.

    Raises `FormAlteredError`, `ScoringInputsError`, `NeedsMarkingError`, the errors of `verify` or a `StorageError`.
    """
    mastered = read_form(folder, keyring)
    key_file = read_file(folder / SCORING, limit=MAX_FILE)
    table_file = read_file(folder / CONVERSION, limit=MAX_FILE)
    key = decode(
        verify(key_file, SCORING_KEY, keyring).payload, ScoringKey, name=SCORING_KEY.name, limit=MAX_FILE
    )
    table = decode(
        verify(table_file, CONVERSION_TABLE, keyring).payload,
        ConversionTable,
        name=CONVERSION_TABLE.name,
        limit=MAX_FILE,
    )
    form_digest = digest(encode(mastered.form))
    checked = ruler(mastered.form, form_digest, key, table)
    return Inputs(checked, mastered.front, form_digest, digest(key_file), digest(table_file))

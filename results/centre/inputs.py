"""What a score run is made with, read from the exam's folder: form, signed key, signed conversion or equating table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.exam_folder import MAX_FILE, read_form
from exam_packages.form import Front
from exam_packages.scoring_key import EquatingTable
from keys.carrier import read_file
from keys.encoding import Digest, decode, digest, encode
from keys.statement import EQUATING_TABLE, Keyring, verify
from results.centre.versions import choose_key, choose_table
from results.scoring.scores import Ruler, ruler, table_rows

NO_TABLE = Digest("")


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
    equating_digest: Digest = NO_TABLE


def read_inputs(
    folder: Path,
    keyring: Keyring,
    *,
    key_version: int | None = None,
    table_version: int | None = None,
    equating: Path | None = None,
) -> Inputs:
    """The inputs in an exam's folder, each signed by the scoring authority: the newest versions, or these.

    `equating` is the file of an equating table to use in place of a conversion table. Raises `FormAlteredError`,
    `ScoringInputsError`, `NeedsMarkingError`, as `choose_key` and `choose_table`, the errors of `verify` or a
    `StorageError`.
    """
    mastered = read_form(folder, keyring)
    form_digest = digest(encode(mastered.form))
    key = choose_key(folder, keyring, key_version)
    if equating:
        raw = read_file(equating, limit=MAX_FILE)
        payload = verify(raw, EQUATING_TABLE, keyring).payload
        equated = decode(payload, EquatingTable, name=EQUATING_TABLE.name, limit=MAX_FILE).conversion()
        checked = ruler(mastered.form, form_digest, key.document, equated)
        return Inputs(checked, mastered.front, form_digest, key.digest, NO_TABLE, digest(raw))
    table = choose_table(folder, keyring, table_rows(mastered.form, key.document), table_version)
    checked = ruler(mastered.form, form_digest, key.document, table.document)
    return Inputs(checked, mastered.front, form_digest, key.digest, table.digest, NO_TABLE)

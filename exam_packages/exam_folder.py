"""The centre's folder of one form: what mastering made, and the content key's handoff.

front.json               agreements and instructions
form.json                the items in clear: as secret as the bank, and only its owner may read it
scoring-key.dsse         signed; never leaves the centre
conversion-table.dsse    signed; may be published
handoff.json             the content key of the package, sealed to the registrar
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exam_packages.form import DeliveryForm, Front
from exam_packages.mastering import Mastered
from exam_packages.package import KeyHandoff
from exam_packages.scoring_key import ConversionTable
from keys.carrier import FileMissingError, read_file, write_file
from keys.encoding import decode, digest, encode
from keys.errors import ExamKioskError
from keys.statement import CONVERSION_TABLE, SCORING_KEY, Keyring, Signer, sign, verify

FRONT, FORM = "front.json", "form.json"
SCORING, CONVERSION = "scoring-key.dsse", "conversion-table.dsse"
HANDOFF = "handoff.json"
MAX_FILE = 64 * 1024 * 1024


class ExamFolderTakenError(ExamKioskError):
    """Another form, or another key to it, is already in the folder."""

    code = "exam-folder-taken"
    what = (
        "{name} is there already and is not what this bank makes; a form that was made is never overwritten."
    )
    next_step = "Raise `version` in programme.toml and master into a new folder."


class FormAlteredError(ExamKioskError):
    """A form that is not the one its conversion table was signed for."""

    code = "form-altered"
    what = "{name} is not the form that the scoring authority signed the conversion table for."
    next_step = "Master the bank again into a new folder."


def write_mastered(folder: Path, mastered: Mastered, scoring: Signer) -> None:
    """Write what mastering made, its key and table signed. Nothing is written where another form is.

    Raises `ExamFolderTakenError`, `WrongRoleError` or a `StorageError`.
    """
    files = {
        FRONT: encode(mastered.front),
        FORM: encode(mastered.form),
        SCORING: sign(encode(mastered.scoring_key), SCORING_KEY, scoring),
        CONVERSION: sign(encode(mastered.conversion), CONVERSION_TABLE, scoring),
    }
    missing = [name for name, content in files.items() if not _is_there(folder / name, content)]
    for name in missing:
        write_file(folder / name, files[name])


def _is_there(path: Path, content: bytes) -> bool:
    try:
        found = read_file(path, limit=MAX_FILE)
    except FileMissingError:
        return False
    if found != content:
        raise ExamFolderTakenError(name=str(path))
    return True


@dataclass(frozen=True, slots=True)
class MasteredForm:
    """What goes into a package, and the exam that it is a form of."""

    exam: str
    front: Front
    form: DeliveryForm


def read_form(folder: Path, keyring: Keyring) -> MasteredForm:
    """The form of the folder, if it is the one that the signed conversion table was made for.

    Raises `FormAlteredError`, `DocumentError`, the errors of `verify` or a `StorageError`.
    """
    signed = verify(read_file(folder / CONVERSION, limit=MAX_FILE), CONVERSION_TABLE, keyring)
    table = decode(signed.payload, ConversionTable, name=CONVERSION_TABLE.name)
    front = decode(read_file(folder / FRONT, limit=MAX_FILE), Front, name="form's front")
    raw = read_file(folder / FORM, limit=MAX_FILE)
    if digest(raw) != table.form_digest or front.form != table.form:
        raise FormAlteredError(name=str(folder / FORM))
    return MasteredForm(table.exam, front, decode(raw, DeliveryForm, name="form", limit=MAX_FILE))


def write_handoff(folder: Path, handoff: KeyHandoff) -> Path:
    """Keep a handoff, in place of an earlier package's."""
    path = folder / HANDOFF
    write_file(path, encode(handoff))
    return path


def read_handoff(path: Path) -> KeyHandoff:
    """A handoff. Raises `DocumentError` or a `StorageError`."""
    return decode(read_file(path, limit=MAX_FILE), KeyHandoff, name="key handoff")

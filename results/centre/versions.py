"""The versions of a form's scoring key and conversion table, side by side in the exam's folder; none ever goes.

scoring-key.dsse, conversion-table.dsse        as mastering made them
scoring-key-2.dsse, conversion-table-2.dsse    what came after, each signed by the scoring authority

Rules.
1. The number in a file's name is the version that is in it, and above that of the file without one.
2. A version that is there is never written again.
3. Of the tables that have as many rows as a key needs, the newest is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from exam_packages.exam_folder import CONVERSION, MAX_FILE, SCORING
from exam_packages.scoring_key import ConversionTable, ScoringKey
from keys.carrier import disk_errors, read_file, write_file
from keys.encoding import Digest, decode, digest, encode
from keys.errors import ExamKioskError
from keys.statement import CONVERSION_TABLE, SCORING_KEY, Keyring, PayloadType, Signer, sign, verify

V = TypeVar("V", ScoringKey, ConversionTable)


class KeyVersionUnknownError(ExamKioskError):
    """There is no scoring key of this version."""

    code = "key-version-unknown"
    what = "{folder} holds no scoring key of version {version}; it holds: {known}."
    next_step = (
        "Use one of these, or none for the newest; “exam-kiosk results key versions” tells what each changed."
    )


class TableVersionUnknownError(ExamKioskError):
    """There is no conversion table of this version, or none that fits."""

    code = "table-version-unknown"
    what = "{folder} holds no conversion table {wanted}; it holds: {known}."
    next_step = "Make one with the command that drops the item or equates the form, or name one of these."


class VersionMisnamedError(ExamKioskError):
    """A key's or table's file that says another version than its name."""

    code = "version-misnamed"
    what = "{name} holds version {version}, which its name does not say."
    next_step = "Put the file back under its own name."


class VersionTakenError(ExamKioskError):
    """A version that was written in the meantime."""

    code = "version-taken"
    what = "{name} is there already; a version is never overwritten."
    next_step = "Look at “exam-kiosk results key versions”, then give the command again."


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """A signed version: what it says, its file and the digest of the signed file."""

    document: V
    path: Path
    digest: Digest


def key_versions(folder: Path, keyring: Keyring) -> tuple[Kept[ScoringKey], ...]:
    """Every version of the scoring key, oldest first. Raises as `read_inputs`, or `VersionMisnamedError`."""
    return tuple(_versions(folder, SCORING, SCORING_KEY, ScoringKey, keyring))


def table_versions(folder: Path, keyring: Keyring) -> tuple[Kept[ConversionTable], ...]:
    """Every version of the conversion table, oldest first. Raises as `key_versions`."""
    return tuple(_versions(folder, CONVERSION, CONVERSION_TABLE, ConversionTable, keyring))


def choose_key(folder: Path, keyring: Keyring, version: int | None = None) -> Kept[ScoringKey]:
    """The key of this version, or the newest. Raises `KeyVersionUnknownError` and as `key_versions`."""
    kept = key_versions(folder, keyring)
    found = [one for one in kept if version in {None, one.document.version}]
    if not found:
        raise KeyVersionUnknownError(folder=str(folder), version=version or 1, known=_known(kept))
    return found[-1]


def choose_table(
    folder: Path, keyring: Keyring, rows: int, version: int | None = None
) -> Kept[ConversionTable]:
    """The table of this version, or the newest that has so many rows. Raises `TableVersionUnknownError`."""
    kept = table_versions(folder, keyring)
    if version is None:
        found = [one for one in kept if len(one.document.scaled) == rows]
        wanted = f"with {rows} rows, as the scoring key needs"
    else:
        found = [one for one in kept if one.document.version == version]
        wanted = f"of version {version}"
    if not found:
        raise TableVersionUnknownError(folder=str(folder), wanted=wanted, known=_known(kept))
    return found[-1]


def write_version(folder: Path, new: ScoringKey | ConversionTable, signer: Signer, keyring: Keyring) -> Path:
    """Write a new version, if others will take this signature too.

    Raises `VersionTakenError`, `WrongRoleError`, the errors of `verify` or a `StorageError`.
    """
    first, kind = (SCORING, SCORING_KEY) if isinstance(new, ScoringKey) else (CONVERSION, CONVERSION_TABLE)
    signed = sign(encode(new), kind, signer)
    verify(signed, kind, keyring)
    path = folder / f"{first.removesuffix('.dsse')}-{new.version}.dsse"
    if path.exists():
        raise VersionTakenError(name=str(path))
    write_file(path, signed)
    return path


def _versions(
    folder: Path, first: str, payload: PayloadType, kind: type[V], keyring: Keyring
) -> Iterator[Kept[V]]:
    stem = first.removesuffix(".dsse")
    numbered = re.compile(rf"{re.escape(stem)}-([1-9][0-9]{{0,5}})\.dsse")
    with disk_errors(folder):
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = {int(match[1]): match[0] for name in names if (match := numbered.fullmatch(name))}
    for number, name in sorted({**found, 0: first}.items()):
        raw = read_file(folder / name, limit=MAX_FILE)
        document = decode(verify(raw, payload, keyring).payload, kind, name=payload.name, limit=MAX_FILE)
        if name != first and document.version != number:
            raise VersionMisnamedError(name=str(folder / name), version=document.version)
        yield Kept(document, folder / name, digest(raw))


def _known(kept: Sequence[Kept[ScoringKey]] | Sequence[Kept[ConversionTable]]) -> str:
    return ", ".join(str(one.document.version) for one in kept)

"""Carry away what the sittings on a kiosk's disk left, without opening any of it; the disk may be another machine's.

Rules.
1. No key of the kiosk is needed and the station file is not read: both may be gone. The disk is only read.
2. Each folder with a vault is packed with its escrow, also one that was moved aside; each sealed record of the outbox
   is copied as it is. All is read back from the carrier.
3. What cannot be taken is named, and the others are taken.
4. A kiosk that runs is not salvaged: its vault is being written.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import Carrier, CarrierMissingError, FileMissingError, FileRefusedError, read_file
from keys.encoding import Digest, digest
from keys.errors import Diagnostics, DocumentError, ExamKioskError
from kiosk.seating import ESCROW
from kiosk.station import ASIDE, KEYS, OUTBOX, SITTINGS, StationBusyError
from kiosk.store import VAULT
from results.wire.bundle import MAX_RECORD, claimed_record, record_name
from results.wire.salvage import MAX_ESCROW, MAX_STORE, ROLLBACK, claimed_escrow, disk_name, pack_disk


class NothingToSalvageError(ExamKioskError):
    """A folder without a sitting and without a record."""

    code = "nothing-to-salvage"
    what = "There is no sitting and no sealed record below {name}."
    next_step = "Name the kiosk's folder on the mounted disk: the one that holds sittings and outbox."


@dataclass(frozen=True, slots=True)
class Taken:
    """What is on the carrier now: from which folder or file of the disk, its name there, and the digest read back."""

    source: str
    name: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be taken from the disk, and why."""

    source: str
    why: Diagnostics


@dataclass(frozen=True, slots=True)
class Salvage:
    """All that was taken, and what was left."""

    taken: tuple[Taken, ...]
    left: tuple[Left, ...]


def salvage(folder: Path, carrier: Carrier) -> Salvage:
    """Put everything that the sittings below `folder` left on a carrier, each read back; done again, it is the same.

    Raises `NothingToSalvageError`, `StationBusyError`, or what the carrier itself raises.
    """
    carrier.present()
    taken: list[Taken] = []
    left: list[Left] = []
    with _still(folder):
        for source in _sources(folder):
            try:
                name, content = _packed(folder, source)
            except ExamKioskError as error:
                left.append(Left(source, error.diagnostics()))
                continue
            try:
                taken.append(Taken(source, name, carrier.write(name, content)))
            except FileRefusedError as error:
                left.append(Left(source, error.diagnostics()))
    return Salvage(tuple(taken), tuple(left))


def _sources(folder: Path) -> tuple[str, ...]:
    """The folders of sittings and the records, relative to the station's; links and foreign names are left out."""
    found: set[str] = set()
    disk = Carrier(folder)
    try:
        for name in (*disk.names(SITTINGS), *disk.names(ASIDE)):
            above, _, last = name.rpartition("/")
            if last in {VAULT, ESCROW} and above.count("/") == (1 if above.startswith(SITTINGS) else 2):
                found.add(above)
        found |= {name for name in disk.names(OUTBOX) if name.endswith(".ekr")}
    except CarrierMissingError:
        raise NothingToSalvageError(name=str(folder)) from None
    if not found:
        raise NothingToSalvageError(name=str(folder))
    return tuple(sorted(found))


def _packed(folder: Path, name: str) -> tuple[str, bytes]:
    """The name on the carrier and the bytes of what is made of one source."""
    source = folder / name
    if name.startswith(f"{OUTBOX}/"):
        record = read_file(source, limit=MAX_RECORD)
        header = claimed_record(record)
        return f"records/{header.sitting}/{record_name(header.kiosk, header.session)}", record
    escrow = read_file(source / ESCROW, limit=MAX_ESCROW)
    claimed = claimed_escrow(escrow)
    vault = read_file(source / VAULT, limit=MAX_STORE)
    try:
        rollback = read_file(source / ROLLBACK, limit=MAX_STORE)
    except FileMissingError:
        rollback = b""
    if not vault:
        raise DocumentError(kind="store", detail="the file is empty")
    packed = pack_disk(escrow, vault, rollback)
    return disk_name(claimed, digest(packed)), packed


@contextmanager
def _still(folder: Path) -> Iterator[None]:
    """Keep a kiosk in this folder from being started meanwhile, where its key file can be opened at all."""
    try:
        file = os.open(folder / KEYS, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StationBusyError from None
        yield
    finally:
        os.close(file)

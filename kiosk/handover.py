"""From a finished session to the carrier: seal the record to the centre, keep it, destroy the keys, export it.

Rules.
1. The record is sealed, written to the outbox and read back before anything is destroyed.
2. Then the local wrap, the content key and K_k are overwritten and removed, and the wraps of vaults of the sitting that
   were moved aside: only the centre can open the vault. The texts of notes go with them. keys/erasing.py says what
   that promises. The last screen is not left before that is done.
3. An export counts only after it was read back from the carrier. The outbox keeps its copy until the centre's receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keys.carrier import Carrier, CarrierMissingError, StorageError, read_file, remove_file, write_file
from keys.clock import Stamp
from keys.encoding import Digest, digest
from keys.erasing import erase
from keys.errors import ExamKioskError
from keys.statement import Keyring
from kiosk.seating import WRAP, Seated
from kiosk.station import OUTBOX, Seat, Station
from kiosk.store import RESERVE
from results.wire.bundle import MAX_RECORD, RecordHeader, read_record, record_name, seal_record
from results.wire.journal import Head, to_bytes
from results.wire.record import Record
from terminal.language import N_, _

RECORDS = "records"
EXPORTED = N_("The record is on the carrier and was read back.")
WAITING = N_("{why} The record is safe on this kiosk, not yet on a carrier; the proctor exports it later.")
NOT_IN, NOT_TAKEN = N_("The carrier is not in."), N_("The carrier did not take the record ({code}).")


class RecordReadBackError(ExamKioskError):
    """The sealed record on this machine's disk is not what was written."""

    code = "record-read-back"
    what = "The sealed record was written to this machine's disk, but what was read back is different."
    next_step = "Keep this machine on and call the support contact; the answers are still in its store."


@dataclass(frozen=True, slots=True)
class Exported:
    """A record that is on the carrier: its name there and the digest of the bytes that were read back."""

    name: str
    digest: Digest


def seal(station: Station, seated: Seated, record: Record, now: Stamp) -> None:
    """Seal the session's journal to the plan's recipients and keep it in the outbox.

    A record of the same journal that is there already, from before a stop, is kept as it is.
    Raises `RecordReadBackError`, a `StorageError` or a `VaultError`; then nothing was destroyed.
    """
    head = seated.store.head
    path = kept(station, seated.seat)
    if _is_sealed(station, path, head):
        return
    header = RecordHeader(
        record.session,
        record.sitting,
        record.mode,
        record.kiosk,
        record.candidate,
        record.attempt,
        record.final_outcome(),
        Digest(record.plan_digest),
        Digest(record.package_digest),
        Digest(record.form_digest),
        head.digest,
        head.count,
        now.wall,
        (),
        (),
        moved_from=record.moved_from,
    )
    signer = station.private.signer()
    raw = seal_record(to_bytes(seated.store.raws()), header, seated.plan.recipients, signer)
    write_file(path, raw)
    back = read_file(path, limit=MAX_RECORD)
    if back != raw or read_record(back, Keyring([station.identity.holder()])).digest != digest(raw):
        raise RecordReadBackError


def destroy(station: Station, seat: Seat, seated: Seated | None) -> None:
    """Overwrite and remove what opens the sitting on this machine: the wraps first, and the secrets in any case.

    May be called again, also with the same `seated`, whose store is closed once its secrets are gone. Raises a
    `StorageError`, `VaultError` or `StoreFailedError`.
    """
    try:
        erase(station.sitting(seat.sitting) / WRAP)
        remove_file(station.sitting(seat.sitting) / RESERVE)
        for folder in station.aside(seat.sitting).glob("*"):
            erase(folder / WRAP)
    finally:
        if seated is not None:
            seated.store.forget()
            seated.store.close()


def export(station: Station, carrier: Carrier) -> tuple[Exported, ...]:
    """Put every record of the outbox on the carrier, each read back. Raises the first `StorageError`."""
    return tuple(_export(path, carrier) for path in waiting(station))


def waiting(station: Station) -> tuple[Path, ...]:
    """The sealed records of the outbox."""
    return tuple(sorted((station.folder / OUTBOX).glob("*/*.ekr")))


def kept(station: Station, seat: Seat) -> Path:
    """Where the outbox keeps the sealed record of a sitting."""
    return station.outbox(seat.sitting) / record_name(station.identity.fingerprint, seat.session)


def try_export(path: Path, carrier: Carrier) -> tuple[str, bool]:
    """Export one record if the carrier is there; the sentence for the proctor, true as of now, and whether it was."""
    try:
        _export(path, carrier)
    except CarrierMissingError:
        return _(WAITING).format(why=_(NOT_IN)), False
    except StorageError as error:
        return _(WAITING).format(why=_(NOT_TAKEN).format(code=error.code)), False
    return _(EXPORTED), True


def _is_sealed(station: Station, path: Path, head: Head) -> bool:
    try:
        found = read_record(read_file(path, limit=MAX_RECORD), Keyring([station.identity.holder()])).header
    except ExamKioskError:
        return False
    return Head(found.head, found.count) == head


def _export(path: Path, carrier: Carrier) -> Exported:
    name = f"{RECORDS}/{path.parent.name}/{path.name}"
    return Exported(name, carrier.present().write(name, read_file(path, limit=MAX_RECORD)))

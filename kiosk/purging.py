"""Remove from this kiosk what the centre has confirmed, and only that: the one place where anything of a sitting goes.

Rules.
1. A sealed record goes only where a genuine receipt on a fresh carrier names its session and its very file, final head
   and number of entries, and confirms it. A folder goes only with the record of its own session.
2. What opens a vault goes first: the wrap, then the vault and its rollback journal, each overwritten and then removed.
   The escrow goes last of a folder, because it tells whose it is, and the outbox's record last of all: after a stop at
   any moment, all that is left can be judged again, and purging again finishes.
3. Everything else stays and is named. The station file keeps that the sitting was here, so that no old unlock opens it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.receipt import (
    Receipt,
    ReceiptLine,
    RecordUnconfirmedError,
    Standing,
    check_confirmed,
    published_receipt,
)
from keys.carrier import Carrier, FileMissingError, disk_errors, read_file, remove_file
from keys.clock import Clock
from keys.erasing import erase
from keys.errors import Diagnostics, ExamKioskError
from keys.statement import Keyring
from keys.trusted import refresh
from kiosk.seating import ESCROW, WRAP, read_pulse
from kiosk.station import ASIDE, OUTBOX, SITTINGS, Station
from kiosk.store import VAULT
from results.wire.bundle import MAX_RECORD, RecordHeader, read_record
from results.wire.escrow import read_escrow
from results.wire.salvage import MAX_ESCROW, ROLLBACK

NO_PROMISE = (
    "On a disk that writes in place nothing of it is left. A flash drive, or a file system that copies on write,"
    " may keep old blocks: what is in them opens only with the centre's key."
)
"""What a purge cannot promise; said each time."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, and what stayed with the reason, as paths in the station's folder."""

    gone: tuple[str, ...]
    stayed: tuple[tuple[str, Diagnostics], ...]


def purge(station: Station, carrier: Carrier, clock: Clock) -> Purged:
    """Remove what the receipts on this carrier confirm. Done again after a stop, it finishes.

    Raises `StationBusyError`, as `keys.trusted.refresh` for a carrier that is not believed, or a `StorageError`; what
    had not gone by then is still there.
    """
    done = _Purge(station)
    with station.alone():
        trusted = refresh(carrier, station.root, station.file.floor, clock.now(), station.trust)
        station.keep(floor=station.floor_with(trusted.floor))
        for sitting in _sittings(station):
            try:
                receipt = published_receipt(trusted, sitting)
            except ExamKioskError as error:
                done.keep_all(sitting, error)
            else:
                done.sitting(sitting, receipt)
    return Purged(tuple(done.gone), tuple(done.stayed))


class _Purge:
    """One purge of a station, sitting by sitting."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.gone: list[str] = []
        self.stayed: list[tuple[str, Diagnostics]] = []

    def sitting(self, sitting: str, receipt: Receipt | None) -> None:
        """What can go of a sitting, by its receipt; the record of a folder that stays is kept with it."""
        confirmed: dict[str, tuple[Path, RecordHeader]] = {}
        for path in _records(self._station, sitting):
            try:
                header = self._confirmed(sitting, path, receipt)
            except ExamKioskError as error:
                self._stay(path, error)
            else:
                confirmed[header.session] = path, header
        for folder in _folders(self._station, sitting):
            session = ""
            try:
                session = self._session(folder)
                if session:
                    self._check(sitting, folder, session, confirmed)
            except ExamKioskError as error:
                self._stay(folder, error)
                confirmed.pop(session, None)
                continue
            self._leave(sitting)
            _destroy(folder)
            self.gone.append(self._named(folder))
        for path, _header in confirmed.values():
            self._leave(sitting)
            remove_file(
                path
            )  # not overwritten: it must be there whole or not at all, and only the centre can open it
            self.gone.append(self._named(path))

    def keep_all(self, sitting: str, error: ExamKioskError) -> None:
        """Nothing of a sitting can be judged."""
        for path in (*_records(self._station, sitting), *_folders(self._station, sitting)):
            self._stay(path, error)

    def _confirmed(self, sitting: str, path: Path, receipt: Receipt | None) -> RecordHeader:
        """The header of a record of this kiosk that the receipt confirms."""
        own = self._station.identity
        record = read_record(read_file(path, limit=MAX_RECORD), Keyring([own.holder()]))
        header = record.header
        line = ReceiptLine(
            own.fingerprint,
            header.session,
            header.candidate,
            record.digest,
            header.head,
            header.count,
            Standing.CONFIRMED,
        )
        if header.sitting != sitting:
            detail = "it lies in the outbox of another sitting"
            raise RecordUnconfirmedError(name=self._named(path), detail=detail)
        check_confirmed(receipt, (header.sitting, header.mode, header.plan_digest), line, self._named(path))
        return header

    def _session(self, folder: Path) -> str:
        """The session of a folder by the escrow that this kiosk signed; empty for a folder with nothing in it."""
        if not any(folder.iterdir()):
            return ""
        try:
            raw = read_file(folder / ESCROW, limit=MAX_ESCROW)
        except FileMissingError:
            detail = "it cannot be told which session it is of"
            raise RecordUnconfirmedError(name=self._named(folder), detail=detail) from None
        return read_escrow(raw, Keyring([self._station.identity.holder()])).session

    def _check(
        self, sitting: str, folder: Path, session: str, confirmed: Mapping[str, tuple[Path, RecordHeader]]
    ) -> None:
        """Raise unless the session's record is confirmed and holds all that the session is known to have written."""
        if session not in confirmed:
            detail = "the outbox holds no confirmed record of its session"
            raise RecordUnconfirmedError(name=self._named(folder), detail=detail)
        header, seat = confirmed[session][1], self._station.seat(sitting)
        if seat is None or seat.session != session or folder != self._station.sitting(sitting):
            return
        try:
            pulse = read_pulse(self._station, seat)
        except FileMissingError:
            return
        if pulse.count > header.count or (pulse.count == header.count and pulse.head != header.head):
            detail = "its journal went on after the record was sealed"
            raise RecordUnconfirmedError(name=self._named(folder), detail=detail)

    def _leave(self, sitting: str) -> None:
        """Note that the last screen of the sitting is not to be shown again, before anything of it goes."""
        seat = self._station.seat(sitting)
        if seat is not None and not seat.left:
            self._station.keep_seat(msgspec.structs.replace(seat, left=True))

    def _stay(self, path: Path, error: ExamKioskError) -> None:
        self.stayed.append((self._named(path), error.diagnostics()))

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self._station.folder))


def _sittings(station: Station) -> tuple[str, ...]:
    """Every sitting of which there is anything."""
    places = [station.folder / name for name in (OUTBOX, SITTINGS, ASIDE)]
    return tuple(sorted({one.name for place in places if place.is_dir() for one in place.iterdir()}))


def _records(station: Station, sitting: str) -> tuple[Path, ...]:
    return tuple(sorted(station.outbox(sitting).glob("*.ekr")))


def _folders(station: Station, sitting: str) -> tuple[Path, ...]:
    """The sitting's own folder and those that were moved aside; links are none of ours."""
    found = [station.sitting(sitting), *sorted(station.aside(sitting).glob("*"))]
    return tuple(one for one in found if one.is_dir() and not one.is_symlink())


def _destroy(folder: Path) -> None:
    """Remove a folder with what is in it; see rule 2 for the order. Raises a `StorageError`."""
    for name in (WRAP, VAULT, ROLLBACK):
        erase(folder / name)
    for path in sorted(folder.iterdir(), key=lambda one: (one.name == ESCROW, one.name)):
        remove_file(path)
    with disk_errors(folder):
        folder.rmdir()
        above = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(above)
        finally:
            os.close(above)

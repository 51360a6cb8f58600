"""Who this machine is and what it must not forget: its keys, the pinned root, and the station file outside every vault.

The station file holds the floor of signed lists, wrong tries, and for each sitting the session and the least n of its
resume code. It is written durably before anything that depends on it is answered.

    station.key      identity and local secret, mode 0600
    root.json        the pinned root; its digest is in the station file
    station.json     the station file, authenticated by the local secret
    trust/           TUF's working copy; nothing rests on it
    sittings/<id>/   package, plan, vault, wrapped keys of one sitting
    outbox/<id>/     sealed records, kept until the centre's receipt
    aside/<id>/<n>/  a folder of a sitting whose vault was in the way of a new one; kept for the support contact
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from keys import primitives
from keys.carrier import FileMissingError, StorageError, read_file, write_file
from keys.clock import Stamp
from keys.encoding import Digest, Document, Instant, digest
from keys.errors import ExamKioskError
from keys.identities import Identity, PrivateIdentity, new_identity
from keys.keystore import StationKeys, load_station, save_station
from keys.statement import Role
from keys.trusted import MAX_ROOT, Floor
from kiosk import tries
from kiosk.local_file import LocalFileAlteredError, read_local, write_local
from kiosk.protocol import Ending

KEYS, ROOT, STATION, TRUST, SITTINGS, OUTBOX, ASIDE = (
    "station.key",
    "root.json",
    "station.json",
    "trust",
    "sittings",
    "outbox",
    "aside",
)
LABEL = "station"


class NotEnrolledError(ExamKioskError):
    """There are no keys of a kiosk in this folder."""

    code = "kiosk-not-enrolled"
    what = "This machine is not enrolled: {name} holds no kiosk."
    next_step = "Enrol it with `exam-kiosk kiosk enrol`, or name the right folder."


class AlreadyEnrolledError(ExamKioskError):
    """Enrolling where a kiosk is already."""

    code = "kiosk-already-enrolled"
    what = "This folder already holds the kiosk {name}."
    next_step = "Use it as it is, or enrol in another folder; nothing was changed."


class StationFileMissingError(ExamKioskError):
    """Keys without the station file: what the machine must not forget is gone."""

    code = "station-file-missing"
    what = "The station file of this kiosk is gone, so it cannot know which carriers and codes it has already used."
    next_step = "Enrol this machine again in a new folder; keep the old folder for the support contact."


class StationBusyError(ExamKioskError):
    """A second program on the same station."""

    code = "kiosk-running"
    what = "The kiosk in this folder is already running."
    next_step = "Use the one that is running, or end it first."


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sitting on this kiosk. `n` is the least resume number still good; `ending` is set when its record is sealed.

    `registrar` and `packager` are the public keys that signed plan and package when they were believed. `preferences`
    are the candidate's, for the last screen.
    """

    sitting: str
    session: str
    n: int
    plan_digest: Digest
    package_digest: Digest
    unlock: str
    registrar: bytes
    packager: bytes
    ending: Ending | None = None
    left: bool = False
    preferences: dict[str, str] = {}


class StationFile(Document, frozen=True, tag="station/1"):
    """What the machine must not forget. `tries` wrong codes in a row, the last at `tried_at`."""

    root: Digest
    floor: Floor = Floor()
    tries: int = 0
    tried_at: Stamp | None = None
    seats: tuple[Seat, ...] = ()


class Station:
    """An enrolled machine."""

    def __init__(self, folder: Path) -> None:
        """Load and check keys, root and station file.

        Raises `NotEnrolledError`, `StationFileMissingError`, `LocalFileAlteredError`, `FileExposedError`,
        `DocumentError` or a `StorageError`.
        """
        if not (folder / KEYS).exists():
            raise NotEnrolledError(name=str(folder))
        self.folder = folder
        self.keys: StationKeys = load_station(folder / KEYS)
        self.file, self.root = self._read()

    @property
    def private(self) -> PrivateIdentity:
        """The kiosk's identity with its private halves."""
        return self.keys.private

    @property
    def identity(self) -> Identity:
        """The kiosk's public identity."""
        return self.keys.private.identity

    def matching(self, site: str, name: str) -> Station:
        """This station, if that is who it is: asking again writes the same request. Raises `AlreadyEnrolledError`."""
        if (self.identity.site, self.identity.name) != (site, name):
            raise AlreadyEnrolledError(name=self.identity.name)
        return self

    @property
    def trust(self) -> Path:
        """TUF's working folder."""
        return self.folder / TRUST

    def sitting(self, sitting: str) -> Path:
        """The folder of one sitting."""
        return self.folder / SITTINGS / sitting

    def aside(self, sitting: str) -> Path:
        """Where folders of a sitting are kept whose vault was in the way of a new one."""
        return self.folder / ASIDE / sitting

    def outbox(self, sitting: str) -> Path:
        """Where the sealed records of a sitting are kept."""
        return self.folder / OUTBOX / sitting

    def seat(self, sitting: str) -> Seat | None:
        """The sitting's line in the station file, or None."""
        return next((seat for seat in self.file.seats if seat.sitting == sitting), None)

    def occupied(self) -> Seat | None:
        """The last sitting, while its session is not sealed or its last screen was not left."""
        last = self.file.seats[-1] if self.file.seats else None
        return last if last is not None and not last.left else None

    def keep(self, **changes: object) -> None:
        """Change the station file durably. Raises a `StorageError`; then memory holds what the disk shows."""
        changed = msgspec.structs.replace(self.file, **changes)
        if changed == self.file:
            return
        try:
            write_local(self.folder / STATION, self.keys.local_secret, LABEL, changed)
        except StorageError:
            with contextlib.suppress(ExamKioskError):
                self.file, self.root = self._read()
            raise
        self.file = changed

    def keep_seat(self, seat: Seat, **changes: object) -> None:
        """Add or change a sitting's line durably, with other changes of the station file."""
        others = tuple(one for one in self.file.seats if one.sitting != seat.sitting)
        self.keep(seats=(*others, seat), **changes)

    def floor_with(self, seen: Floor) -> Floor:
        """The kept floor, raised to `seen`; it never sinks."""
        kept = self.file.floor
        return Floor(
            max(kept.root, seen.root),
            max(kept.timestamp, seen.timestamp),
            max(kept.snapshot, seen.snapshot),
            max(kept.targets, seen.targets),
            Instant(max(kept.newest, seen.newest)),
        )

    def count_try(self, now: Stamp) -> None:
        """Count a code before it is looked at. Raises `TooManyTriesError` while it must wait; that is not counted."""
        wait = tries.left(self.file.tries, self.file.tried_at, now)
        if wait:
            raise tries.TooManyTriesError(tries=self.file.tries, wait=wait)
        self.keep(tries=self.file.tries + 1, tried_at=now)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the station for this process, with its file as the last holder left it.

        Raises `StationBusyError`, or as `Station`.
        """
        file = os.open(self.folder / KEYS, os.O_RDONLY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StationBusyError from None
            self.file, self.root = self._read()
            yield
        finally:
            os.close(file)

    def _read(self) -> tuple[StationFile, bytes]:
        try:
            file = read_local(self.folder / STATION, self.keys.local_secret, LABEL, StationFile)
            root = read_file(self.folder / ROOT, limit=MAX_ROOT)
        except FileMissingError:
            raise StationFileMissingError from None
        if digest(root) != file.root:
            raise LocalFileAlteredError(name=ROOT)
        return file, root


def enrol(folder: Path, site: str, name: str, root: bytes) -> Station:
    """Make a kiosk's keys and station file, with `root` as pinned.

    Raises `AlreadyEnrolledError` or `NameRefusedError`.
    """
    if (folder / KEYS).exists():
        raise AlreadyEnrolledError(name=load_station(folder / KEYS).private.identity.name)
    keys = StationKeys(new_identity(Role.KIOSK, site, name), primitives.entropy(32))
    write_file(folder / ROOT, root)
    write_local(folder / STATION, keys.local_secret, LABEL, StationFile(digest(root)))
    save_station(folder / KEYS, keys)
    os.chmod(folder, 0o700)
    return Station(folder)

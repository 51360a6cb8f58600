"""Take a seat in a sitting, and come back to it: one folder, made with the start code, opened again with R_n.

    package.ekp   plan.eks   the verified bytes; their digests are in the station file
    vault.db                 the journal and the sitting's secrets, under the random key V
    wrap.json                W_n: V under the next resume code
    escrow.json              W_c: V sealed to the centre
    pulse.json               when the session last lived and the head then, authenticated, for before a code is typed

Rules.
1. The station file is written last: until then a crash leaves a folder that the next start code replaces. One that
   holds a vault is never removed: it is moved aside, whole.
2. A form that cannot be shown or delivered here is refused with the start code: before a folder is made, and before
   any candidate has signed in.
3. Coming back: unwrap V, verify pages and chain, compare with the pulse, write W_(n+1), keep n + 1, and only then
   resume. A wrap below the station file's n, or a journal without the pulse's head, is a store that was put back.
4. A write beside the vault that finds the disk full is done once more with the sitting's reserve given back.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from exam_packages.form import DeliveryForm, Front
from exam_packages.package import MAX_PACKAGE, Package, unpack
from exam_packages.sitting_plan import MAX_PLAN, SittingPlan, open_plan
from exam_packages.unlock import KioskSecrets
from keys import primitives
from keys.carrier import DiskFullError, disk_errors, make_folder, read_file, write_file
from keys.clock import Stamp
from keys.codes import KioskKeys, kiosk_keys, resume_code
from keys.encoding import Digest, Document, digest
from keys.erasing import write_over
from keys.errors import ExamKioskError
from keys.primitives import KdfCost
from keys.statement import Holder, Keyring, Role
from keys.text import is_clean
from keys.vault import VaultFullError, release
from kiosk.local_file import LocalFileAlteredError, read_local, write_local
from kiosk.station import Seat, Station
from kiosk.store import RESERVE, VAULT, Store, create_store, open_store
from kiosk.unlocking import Found
from kiosk.wrap import MAX_WRAP, Lock, read_wrap, unwrap, wrap
from results.wire.escrow import VaultEscrow, seal_vault_key
from results.wire.events import SessionOpened

PACKAGE, PLAN, WRAP, ESCROW, PULSE = "package.ekp", "plan.eks", "wrap.json", "escrow.json", "pulse.json"
CONTENT_KEY, KIOSK_KEY, ROOM_KEY, MIRROR_KEY = "content key", "kiosk key", "room key", "mirror key"

T = TypeVar("T")


class StorePutBackError(ExamKioskError):
    """The vault, the wrap or both are older than what this machine last wrote."""

    code = "store-put-back"
    what = "The store of this sitting is older than what this machine last saved in it."
    next_step = "Do not go on with it; keep the machine as it is and call the support contact."


class PackageTextError(ExamKioskError):
    """A signed package with characters that may not reach a screen."""

    code = "package-text"
    what = "This exam package holds characters that may not be shown."
    next_step = "Call the centre; the package has to be made again."


class Pulse(Document, frozen=True, tag="pulse/1"):
    """The session lived `at`, its clock `running` or not, with this head and so many entries.

    `asleep` says that the machine was seen to have slept after that.
    """

    at: Stamp
    running: bool
    head: Digest
    count: int
    asleep: bool = False


@dataclass(frozen=True, slots=True)
class Seated:
    """An open sitting in memory: what its documents say, its secrets, and its store."""

    seat: Seat
    plan: SittingPlan
    package: Package
    front: Front
    codes: KioskKeys
    content_key: bytes
    room_key: bytes
    mirror_key: bytes
    store: Store

    def __repr__(self) -> str:
        """Never show the secrets."""
        return f"Seated({self.seat.sitting})"

    def form(self) -> DeliveryForm:
        """The items in clear: only once every agreement was accepted. Raises `SealError` or `PackageTextError`."""
        form = self.package.form(self.content_key)
        _check_text(form)
        return form


def fitting(write: Callable[[], T], make_room: Callable[[], None]) -> T:
    """Do this write, which may be begun twice; where the disk is full, make room and do it once more.

    Raises what it raises then.
    """
    try:
        return write()
    except (DiskFullError, VaultFullError):
        make_room()
        return write()


def give_back(station: Station, seat: Seat) -> None:
    """Give back the reserve of a sitting whose store is not open."""
    with contextlib.suppress(ExamKioskError):
        release(station.sitting(seat.sitting) / RESERVE)


def genesis(station: Station, found: Found, software: str, not_locked: tuple[str, ...]) -> SessionOpened:
    """The first event of a new session, with a fresh random id and nonce."""
    return SessionOpened(
        primitives.entropy(32),
        primitives.entropy(16).hex(),
        found.plan.sitting,
        found.plan.mode,
        station.identity.fingerprint,
        found.unlock.plan_digest,
        found.unlock.package_digest,
        found.plan.form_digest,
        found.unlock.unlock,
        software,
        not_locked,
    )


def take_seat(
    station: Station, found: Found, secrets: KioskSecrets, opened: SessionOpened, now: Stamp, cost: KdfCost
) -> Seated:
    """Make the sitting's folder and open its session.

    Raises a `StorageError`, `VaultError`, `SealError`, `PackageTextError` or `FormNotDeliverableError`.
    """
    plan, session = found.plan, opened.session
    front = found.package.front(secrets.content_key)
    _check_text(front)
    folder = station.sitting(plan.sitting)
    _make_way(station, plan.sitting)
    write_file(folder / PLAN, found.plan_raw)
    write_file(folder / PACKAGE, found.package_raw)
    key = primitives.entropy(32)
    kept = {
        CONTENT_KEY: secrets.content_key,
        KIOSK_KEY: secrets.kiosk_key,
        ROOM_KEY: secrets.room_key,
        MIRROR_KEY: primitives.entropy(32),
    }
    store = create_store(folder, key, kept, now, opened)
    try:
        escrow = VaultEscrow(
            session,
            plan.sitting,
            plan.mode,
            opened.kiosk,
            opened.plan_digest,
            opened.package_digest,
            store.head.digest,
        )
        write_file(folder / ESCROW, seal_vault_key(escrow, key, plan.recipients, station.private.signer()))
        codes = kiosk_keys(secrets.kiosk_key)
        _write_wrap(folder, Lock(session, 1, station.keys.local_secret), codes, key, cost)
        seat = Seat(
            plan.sitting,
            session,
            1,
            opened.plan_digest,
            opened.package_digest,
            opened.unlock,
            found.registrar,
            found.packager,
        )
        write_pulse(station, seat, Pulse(now, running=False, head=store.head.digest, count=store.head.count))
        station.keep_seat(seat, tries=0)
        opening = (secrets.content_key, secrets.room_key, kept[MIRROR_KEY])
        return Seated(seat, plan, found.package, front, codes, *opening, store)
    except (ExamKioskError, OSError):
        store.close()
        raise


def asked_for(station: Station, seat: Seat) -> int:
    """The number of the resume code that the wrap asks for. Raises `StorePutBackError` or a `StorageError`."""
    wrapped = read_wrap(read_file(station.sitting(seat.sitting) / WRAP, limit=MAX_WRAP, private=True))
    if wrapped.session != seat.session or wrapped.n < seat.n:
        raise StorePutBackError
    return wrapped.n


def likely_asked_for(station: Station, seat: Seat) -> int:
    """The same number for words on a screen, or 0 where it cannot be read now."""
    with contextlib.suppress(ExamKioskError, OSError):
        return asked_for(station, seat)
    return 0


def planned(station: Station, seat: Seat) -> SittingPlan:
    """The plan of a seat, from its folder, checked against the station file."""
    raw = read_file(station.sitting(seat.sitting) / PLAN, limit=MAX_PLAN)
    if digest(raw) != seat.plan_digest:
        raise LocalFileAlteredError(name=PLAN)
    return open_plan(raw, Keyring([Holder(Role.REGISTRAR, "registrar", seat.registrar)]), station.private)


def return_to(station: Station, seat: Seat, code: str, cost: KdfCost) -> tuple[Seated, int]:
    """Open a sitting again with its next resume code, and write the wrap for the one after; return which n it was.

    The code was counted before. Raises `WrongCodeError`, or what says that the store is not to be trusted.
    """
    folder = station.sitting(seat.sitting)
    n = asked_for(station, seat)
    wrapped = read_wrap(read_file(folder / WRAP, limit=MAX_WRAP, private=True))
    key = unwrap(wrapped, code, station.keys.local_secret, floor=cost)
    store = fitting(lambda: open_store(folder, key), lambda: give_back(station, seat))
    try:
        return _returned(station, seat, store, key, n, cost), n
    except (ExamKioskError, OSError):
        store.close()
        raise


def read_pulse(station: Station, seat: Seat) -> Pulse:
    """When the session last lived. Raises a `StorageError` or `LocalFileAlteredError`."""
    path = station.sitting(seat.sitting) / PULSE
    return read_local(path, station.keys.local_secret, _pulse_label(seat), Pulse)


def write_pulse(station: Station, seat: Seat, pulse: Pulse) -> None:
    """Note outside the vault that the session lives. Raises a `StorageError`."""
    path = station.sitting(seat.sitting) / PULSE
    write_local(path, station.keys.local_secret, _pulse_label(seat), pulse)


def _returned(station: Station, seat: Seat, store: Store, key: bytes, n: int, cost: KdfCost) -> Seated:
    folder = station.sitting(seat.sitting)
    pulse = read_pulse(station, seat)
    genesis = store.kept.entries[0].event if store.kept.entries else None
    if not isinstance(genesis, SessionOpened) or genesis.session != seat.session:
        raise StorePutBackError
    if store.head_at(pulse.count) != pulse.head:
        raise StorePutBackError
    content_key, kiosk_key = store.secret(CONTENT_KEY), store.secret(KIOSK_KEY)
    room_key, mirror_key = store.secret(ROOM_KEY), store.secret(MIRROR_KEY)
    if content_key is None or kiosk_key is None or room_key is None or mirror_key is None:
        raise StorePutBackError
    raw = read_file(folder / PACKAGE, limit=MAX_PACKAGE)
    if digest(raw) != seat.package_digest:
        raise LocalFileAlteredError(name=PACKAGE)
    plan = planned(station, seat)
    package = unpack(raw, Keyring([Holder(Role.PACKAGER, "packager", seat.packager)]))
    front = package.front(content_key)
    codes = kiosk_keys(kiosk_key)
    lock = Lock(seat.session, n + 1, station.keys.local_secret)
    fitting(lambda: _write_wrap(folder, lock, codes, key, cost), store.make_room)
    seat = msgspec.structs.replace(seat, n=n + 1)
    fitting(lambda: station.keep_seat(seat, tries=0), store.make_room)
    return Seated(seat, plan, package, front, codes, content_key, room_key, mirror_key, store)


def _make_way(station: Station, sitting: str) -> None:
    """Remove the folder that a crash left, or move it aside where it holds a vault. Raises a `StorageError`."""
    folder, aside = station.sitting(sitting), station.aside(sitting)
    if not os.path.lexists(folder / VAULT):
        shutil.rmtree(folder, ignore_errors=True)
        return
    make_folder(aside, 0o700)
    with disk_errors(folder):
        free = next(n for n in itertools.count(1) if not os.path.lexists(aside / str(n)))
        folder.rename(aside / str(free))
        for changed in (aside, folder.parent):
            file = os.open(changed, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(file)
            finally:
                os.close(file)


def _write_wrap(folder: Path, lock: Lock, codes: KioskKeys, key: bytes, cost: KdfCost) -> None:
    write_over(folder / WRAP, wrap(lock, resume_code(codes, lock.n), key, cost))


def _pulse_label(seat: Seat) -> str:
    return f"pulse {seat.session}"


def _check_text(document: Document) -> None:
    """Every text of a document that will be shown must already be clean; mastering refuses one that is not."""
    if not all(is_clean(text, newlines=True) for text in _texts(msgspec.to_builtins(document))):
        raise PackageTextError


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in inside for text in _texts(one)]

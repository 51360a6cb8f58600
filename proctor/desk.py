"""Who this desk is: its proctor's key, the root it pinned, the floor it keeps, and the folder of each sitting.

proctor.key              the proctor's key, locked by a passphrase
desk.json                pinned root, trust floor, the sitting opened last; authenticated by the proctor's key
trust/                   what the library that reads carriers keeps between runs
sittings/<sitting>/      vault.key, vault.db, unlocks/, records/, bundle.ekb
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.sitting_plan import SittingId
from keys import primitives
from keys.carrier import Carrier, FileMissingError, read_file, write_file
from keys.clock import Clock
from keys.encoding import decode, digest, encode
from keys.identities import Identity, PrivateIdentity, new_identity, request
from keys.keystore import KeyFileMissingError, load_owner, load_private, save_private
from keys.primitives import MODERATE, KdfCost
from keys.statement import Role
from keys.trusted import Floor, Trusted, pin, refresh
from proctor.refusals import DeskAlteredError, DeskMissingError, DeskTakenError

KEY = "proctor.key"
FILE = "desk.json"
MAX_FILE = 1024 * 1024


class DeskFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a desk believes: the bytes of root version 1, the least it accepts, and the sitting opened last."""

    root: bytes
    floor: Floor
    current: SittingId = SittingId("")


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file: DeskFile
    mac: bytes


@dataclass(frozen=True, slots=True)
class DeskFolder:
    """A desk's folder with its proctor's key unlocked."""

    path: Path
    private: PrivateIdentity

    def sitting(self, sitting: str) -> Path:
        """The folder of a sitting."""
        return self.path / "sittings" / sitting

    def read(self) -> DeskFile:
        """What this desk believes. Raises `DeskMissingError` or `DeskAlteredError`."""
        try:
            raw = read_file(self.path / FILE, limit=MAX_FILE)
        except FileMissingError:
            raise DeskMissingError(name=str(self.path)) from None
        kept = decode(raw, _Kept, name="desk file", limit=MAX_FILE)
        if not primitives.same(kept.mac, self._mac(kept.file)):
            raise DeskAlteredError(name=FILE)
        return kept.file

    def write(self, file: DeskFile) -> None:
        """Keep it durably."""
        write_file(self.path / FILE, encode(_Kept(file, self._mac(file))))

    def believe(self, carrier: Carrier, clock: Clock) -> Trusted:
        """What a carrier proves, once the risen floor is on the disk. Raises as `keys.trusted.refresh`."""
        file = self.read()
        trusted = refresh(carrier, file.root, file.floor, clock.now(), self.path / "trust")
        self.write(msgspec.structs.replace(file, floor=trusted.floor))
        return trusted

    def _mac(self, file: DeskFile) -> bytes:
        return primitives.derive(self.private.seed, "desk-file", digest(encode(file)).encode())


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A proctor who asks to be known: the identity, and the name of the request on the carrier."""

    identity: Identity
    request: str


def owner(path: Path) -> Identity | None:
    """Whose desk this is, before any passphrase; None where it was not enrolled."""
    try:
        return load_owner(path / KEY)
    except KeyFileMissingError:
        return None


def enrol(
    path: Path,
    site: str,
    name: str,
    carrier: Carrier,
    root_fingerprint: str,
    passphrase: str,
    *,
    cost: KdfCost = MODERATE,
) -> Enrolment:
    """Pin the root, make the proctor's key, and put the request on the carrier. Done again, it asks again.

    Raises what `pin`, `save_private` and `Carrier.write` raise, or `DeskTakenError`.
    """
    root = pin(carrier, root_fingerprint)
    held = owner(path)
    if held is None:
        save_private(path / KEY, new_identity(Role.PROCTOR, site, name), passphrase, cost)
    elif (held.site, held.name) != (site, name):
        raise DeskTakenError(name=held.name, site=held.site)
    folder = unlock_desk(path, passphrase, floor=cost)
    try:
        if folder.read().root != root:
            raise DeskTakenError(name=name, site=site)
    except DeskMissingError:
        folder.write(DeskFile(root, Floor()))
    asked = f"requests/proctor-{site}-{name}.json"
    carrier.write(asked, request(folder.private))
    return Enrolment(folder.private.identity, asked)


def unlock_desk(path: Path, passphrase: str, *, floor: KdfCost = MODERATE) -> DeskFolder:
    """The desk, for who knows the passphrase. Raises as `load_private`, or `DeskMissingError`."""
    if owner(path) is None:
        raise DeskMissingError(name=str(path))
    return DeskFolder(path, load_private(path / KEY, passphrase, floor=floor))

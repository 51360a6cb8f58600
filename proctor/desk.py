"""Who this desk is: the keys of its proctors, the root it pinned, the floor it keeps, and the folder of each sitting.

proctors/<name>.key      each proctor's key, locked by a passphrase
desk.json                pinned root, trust floor, the sitting opened last; authenticated by the desk's own key
trust/                   what the library that reads carriers keeps between runs
sittings/<sitting>/      vault.key, vault.db, unlocks/, records/, bundle.ekb

Rules.
1. Who acts is who unlocked: a proctor's name and passphrase, nobody else's.
2. The desk's own key is random and stands in desk.json once for each proctor, under that proctor's own key. So all of
   them read and write one file, and who has no key here can do neither.
3. A proctor is added by one who is there already. The first one makes the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.sitting_plan import SittingId
from keys import primitives
from keys.carrier import Carrier, FileMissingError, make_folder, read_file, write_file
from keys.clock import Clock
from keys.encoding import decode, digest, encode
from keys.errors import ExamKioskError, SealError
from keys.identities import NAME, Identity, NameRefusedError, PrivateIdentity, new_identity, request
from keys.keystore import load_owner, load_private, save_private
from keys.primitives import MODERATE, KdfCost
from keys.sealing import Context, open_content, seal_content
from keys.statement import Role
from keys.trusted import Floor, Trusted, pin, refresh
from proctor.refusals import DeskAlteredError, DeskMissingError, DeskTakenError

PROCTORS, SUFFIX = "proctors", ".key"
FILE = "desk.json"
MAX_FILE = 1024 * 1024
_OWN = "desk-key"


class ProctorUnnamedError(ExamKioskError):
    """A desk of several proctors does not know who acts."""

    code = "proctor-unnamed"
    what = "Several proctors have a key on this desk: {known}."
    next_step = "Say who acts with --proctor and the name; when enrolling, say with --by who adds you."


class ProctorUnknownError(ExamKioskError):
    """A proctor without a key on this desk."""

    code = "proctor-unknown"
    what = "Proctor {name} has no key on this desk; there are keys of {known}."
    next_step = (
        "Check the name, or add the proctor with `exam-kiosk proctor enrol` before the day of the exam."
    )


class ProctorNotAddedError(ExamKioskError):
    """Somebody whom no proctor of the desk has added."""

    code = "proctor-not-added"
    what = "Proctor {name} was not added to this desk by a proctor who is there already."
    next_step = "Run `exam-kiosk proctor enrol` again together with one of them: {known}."


class DeskFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a desk believes: the bytes of root version 1, the least it accepts, and the sitting opened last."""

    root: bytes
    floor: Floor
    current: SittingId = SittingId("")


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`keys` holds the desk's own key for each proctor, by fingerprint."""

    file: DeskFile
    mac: bytes
    keys: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class DeskFolder:
    """A desk's folder with one proctor's key unlocked: the one who acts."""

    path: Path
    private: PrivateIdentity

    def sitting(self, sitting: str) -> Path:
        """The folder of a sitting."""
        return self.path / "sittings" / sitting

    def read(self) -> DeskFile:
        """What this desk believes. Raises `DeskMissingError`, `ProctorNotAddedError` or `DeskAlteredError`."""
        kept, key = self._open()
        if not primitives.same(kept.mac, _mac(key, kept.file)):
            raise DeskAlteredError(name=FILE)
        return kept.file

    def write(self, file: DeskFile) -> None:
        """Keep it durably. Raises as `read`, or a `StorageError`."""
        kept, key = self._open()
        self._keep(_Kept(file, _mac(key, file), kept.keys))

    def begin(self, file: DeskFile) -> None:
        """Make the desk's own key and keep its first file durably. Raises a `StorageError`."""
        key = primitives.entropy(32)
        self._keep(_Kept(file, _mac(key, file), {self._who: _sealed(key, self.private)}))

    def add(self, other: PrivateIdentity) -> None:
        """Let another proctor read and write the desk's file too. Raises as `read`, or a `StorageError`."""
        self.read()
        kept, key = self._open()
        keys = {**kept.keys, other.identity.fingerprint: _sealed(key, other)}
        self._keep(_Kept(kept.file, kept.mac, keys))

    def believe(self, carrier: Carrier, clock: Clock) -> Trusted:
        """What a carrier proves, once the risen floor is on the disk. Raises as `keys.trusted.refresh`."""
        file = self.read()
        trusted = refresh(carrier, file.root, file.floor, clock.now(), self.path / "trust")
        self.write(msgspec.structs.replace(file, floor=trusted.floor))
        return trusted

    @property
    def _who(self) -> str:
        return self.private.identity.fingerprint

    def _open(self) -> tuple[_Kept, bytes]:
        """The file as it lies there, and the desk's own key; only what is under the key of who acts is verified."""
        try:
            raw = read_file(self.path / FILE, limit=MAX_FILE)
        except FileMissingError:
            raise DeskMissingError(name=str(self.path)) from None
        kept = decode(raw, _Kept, name="desk file", limit=MAX_FILE)
        sealed = kept.keys.get(self._who)
        if sealed is None:
            known = _names(one for one in owners(self.path) if one.fingerprint in kept.keys)
            raise ProctorNotAddedError(name=self.private.identity.name, known=known)
        try:
            return kept, open_content(_own(self.private), _OWN, sealed, _context(self._who), kind="desk file")
        except SealError:
            raise DeskAlteredError(name=FILE) from None

    def _keep(self, kept: _Kept) -> None:
        write_file(self.path / FILE, encode(kept))


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A proctor who asks to be known: the identity, and the name of the request on the carrier."""

    identity: Identity
    request: str


def owners(path: Path) -> tuple[Identity, ...]:
    """Whose keys are on this desk, by name, before any passphrase; none where nobody was enrolled."""
    return tuple(load_owner(one) for one in sorted((path / PROCTORS).glob(f"*{SUFFIX}")))


def enrol(
    path: Path,
    site: str,
    name: str,
    carrier: Carrier,
    root_fingerprint: str,
    passphrase: str,
    *,
    by: DeskFolder | None = None,
    cost: KdfCost = MODERATE,
) -> Enrolment:
    """Pin the root, make the proctor's key, and put the request on the carrier. Done again, it asks again.

    `by` is the desk as a proctor who is there already unlocked it; the first proctor of a desk needs nobody.
    Raises what `pin`, `save_private` and `Carrier.write` raise, `DeskTakenError` or `ProctorNotAddedError`.
    """
    if not NAME.fullmatch(name):
        raise NameRefusedError(name=name)
    root = pin(carrier, root_fingerprint)
    held = owners(path)
    if any(one.site != site for one in held):
        raise DeskTakenError(name=_names(held), site=held[0].site)
    if held and by is None and all(one.name != name for one in held):
        raise ProctorNotAddedError(name=name, known=_names(held))
    if by is not None and by.read().root != root:
        raise DeskTakenError(name=_names(held), site=site)
    if all(one.name != name for one in held):
        make_folder(path / PROCTORS, 0o700)
        save_private(_key(path, name), new_identity(Role.PROCTOR, site, name), passphrase, cost)
    folder = unlock_desk(path, passphrase, name, floor=cost)
    if by is not None and by.private != folder.private:
        by.add(folder.private)
    try:
        if folder.read().root != root:
            raise DeskTakenError(name=_names(owners(path)), site=site)
    except DeskMissingError:
        folder.begin(DeskFile(root, Floor()))
    asked = f"requests/proctor-{site}-{name}.json"
    carrier.write(asked, request(folder.private))
    return Enrolment(folder.private.identity, asked)


def unlock_desk(path: Path, passphrase: str, name: str = "", *, floor: KdfCost = MODERATE) -> DeskFolder:
    """The desk, for the proctor of this name who knows the passphrase; `name` may be left out where there is one.

    Raises as `load_private`, `DeskMissingError`, `ProctorUnnamedError` or `ProctorUnknownError`.
    """
    return DeskFolder(path, load_private(_key(path, who(path, name).name), passphrase, floor=floor))


def who(path: Path, name: str = "") -> Identity:
    """The proctor who is meant. Raises `DeskMissingError`, `ProctorUnnamedError` or `ProctorUnknownError`."""
    held = owners(path)
    if not held:
        raise DeskMissingError(name=str(path))
    if not name and len(held) > 1:
        raise ProctorUnnamedError(known=_names(held))
    for one in held:
        if name in {"", one.name}:
            return one
    raise ProctorUnknownError(name=name, known=_names(held))


def _key(path: Path, name: str) -> Path:
    return path / PROCTORS / f"{name}{SUFFIX}"


def _names(held: Iterable[Identity]) -> str:
    return ", ".join(one.name for one in held)


def _sealed(key: bytes, private: PrivateIdentity) -> bytes:
    return seal_content(_own(private), _OWN, key, _context(private.identity.fingerprint))


def _own(private: PrivateIdentity) -> bytes:
    return primitives.derive(private.seed, _OWN)


def _context(fingerprint: str) -> Context:
    return Context(_OWN, recipient=fingerprint)


def _mac(key: bytes, file: DeskFile) -> bytes:
    return primitives.derive(key, "desk-file", digest(encode(file)).encode())

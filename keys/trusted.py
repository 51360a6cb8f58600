"""What a site machine believes: the pinned root, a carrier's signed lists, and the floor below which it never goes.

Rules.
1. The root is pinned by the fingerprint that a person types from paper, never by first use.
2. A carrier that is older than one already seen is refused, by the floor kept in the station file. TUF's own cache
   catches more (one list rolled back within a newer set) but is not durable, so nothing rests on it alone.
3. The clock is never earlier than the newest signed time seen, but for the tolerance of keys/clock.py.
4. Keys are believed only in the role that the signed lists give them.

TUF is imported only when a carrier is read, by keys/updater.py: it costs 160 ms that no candidate should wait for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys import primitives
from keys.carrier import Carrier, FileMissingError
from keys.clock import ClockBehindError, Stamp, check_floor
from keys.encoding import Digest, Instant, decode, digest, normalise
from keys.errors import DocumentTooLargeError, ExamKioskError
from keys.identities import Identity
from keys.statement import Keyring

__all__ = [
    "CarrierAlteredError",
    "CarrierIncompleteError",
    "ClockBehindError",
    "ExpiredCarrierError",
    "Floor",
    "OldCarrierError",
    "RootFingerprintError",
    "Target",
    "TargetMissingError",
    "Trusted",
    "first_root",
    "local_repository",
    "pin",
    "refresh",
]

MAX_ROOT = 512_000
MAX_IDENTITY = 16 * 1024
FIRST_ROOT = "metadata/1.root.json"


class CarrierAlteredError(ExamKioskError):
    """A signed list or a file it names is not what was signed."""

    code = "carrier-altered"
    what = "{name} on this carrier is damaged or was altered."
    next_step = "Do not use this carrier; ask the centre for a fresh one and report this code."


class CarrierIncompleteError(CarrierAlteredError):
    """A signed list or a file it names is not on the carrier."""

    code = "carrier-incomplete"
    what = "{name} is missing from this carrier."
    next_step = "Copy the whole carrier again from its source, or ask the centre for a fresh one."


class OldCarrierError(ExamKioskError):
    """The carrier holds older lists than this machine has already seen."""

    code = "carrier-old"
    what = "This carrier is older than one that this machine has already used."
    next_step = "Use the newest carrier; if this is the newest, call the centre."


class ExpiredCarrierError(ExamKioskError):
    """The lists ran out, by this machine's clock."""

    code = "carrier-expired"
    what = "This carrier was good until {expires}, and this machine's clock says {clock}: old carrier or wrong clock."
    next_step = "Check the clock first; if it is right, ask the centre for a new carrier."


class RootFingerprintError(ExamKioskError):
    """The typed fingerprint is not the one of the carrier's root."""

    code = "root-fingerprint-wrong"
    what = "The fingerprint typed is not the one of this carrier's root."
    next_step = "Type it again from the paper of the centre; if it still differs, do not use this carrier."


class TargetMissingError(ExamKioskError):
    """Nothing of this name is published."""

    code = "not-published"
    what = "{name} is not among what the centre has published on this carrier."
    next_step = "Check the name; if it is right, ask for a newer carrier."


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least that is accepted: versions of the lists, and the newest signed time seen (ms since 1970 UTC)."""

    root: int = 0
    timestamp: int = 0
    snapshot: int = 0
    targets: int = 0
    newest: Instant = Instant(0)


@dataclass(frozen=True, slots=True)
class Target:
    """A published file as the signed lists name it: where it lies, its length in bytes and SHA-256."""

    path: str
    length: int
    sha256: Digest


@dataclass(frozen=True, slots=True)
class Trusted:
    """A verified carrier: the new floor to keep, the keys of each role, what is published, and when the first of its
    lists runs out.
    """

    floor: Floor
    keyring: Keyring
    carrier: Carrier
    targets: Mapping[str, Target]
    expires: Instant

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """The published names that begin with `prefix`, sorted."""
        return tuple(sorted(name for name in self.targets if name.startswith(prefix)))

    def target(self, name: str, *, limit: int) -> bytes:
        """The bytes of a published file, read once and checked against the signed lists.

        Raises `TargetMissingError`, `DocumentTooLargeError`, `CarrierAlteredError` or a `StorageError`.
        """
        found = self.targets.get(name)
        if found is None:
            raise TargetMissingError(name=name)
        if found.length > limit:
            raise DocumentTooLargeError(kind=name, limit=limit)
        try:
            content = self.carrier.read(found.path, limit=found.length)
        except FileMissingError:
            raise CarrierIncompleteError(name=name) from None
        except DocumentTooLargeError:
            raise CarrierAlteredError(name=name) from None
        if len(content) != found.length or digest(content) != found.sha256:
            raise CarrierAlteredError(name=name)
        return content

    def identity(self, name: str) -> Identity:
        """A published identity by its target name. Raises as `target`, and `DocumentError`."""
        found = decode(self.target(name, limit=MAX_IDENTITY), Identity, name="identity")
        if found.target() != name:
            raise CarrierAlteredError(name=name)
        return found

    def publishes(self, identity: Identity) -> bool:
        """Whether exactly this identity is published. Raises as `target`, but for one that is not there."""
        try:
            return self.identity(identity.target()) == identity
        except TargetMissingError:
            return False

    def identities(self) -> tuple[Identity, ...]:
        """Every published identity, in the order of their names."""
        return tuple(self.identity(name) for name in self.names("identities/"))


def first_root(carrier: Carrier) -> bytes:
    """The bytes of root version 1 as a carrier has them; nothing is believed of them before `pin`.

    Raises `CarrierMissingError`, `CarrierIncompleteError` or `CarrierAlteredError`.
    """
    try:
        return carrier.read(FIRST_ROOT, limit=MAX_ROOT)
    except FileMissingError:
        raise CarrierIncompleteError(name=FIRST_ROOT) from None
    except DocumentTooLargeError:
        raise CarrierAlteredError(name=FIRST_ROOT) from None


def pin(carrier: Carrier, typed_fingerprint: str) -> bytes:
    """The bytes of root version 1, if its fingerprint is the one typed: what a machine keeps for ever.

    Raises `CarrierMissingError`, `CarrierIncompleteError`, `CarrierAlteredError` or `RootFingerprintError`.
    """
    from keys.updater import root_fingerprint

    raw = first_root(carrier)
    found, typed = root_fingerprint(raw), normalise(typed_fingerprint)
    if not typed.isascii() or not primitives.same(found.encode(), typed.encode()):
        raise RootFingerprintError
    return raw


def refresh(carrier: Carrier, pinned_root: bytes, floor: Floor, now: Stamp, work: Path) -> Trusted:
    """Verify the whole chain of lists on a carrier from the pinned root; `work` is a folder of this machine's own.

    TUF compares expiry dates with the system's clock; `now` is for the floor and for the words.
    Raises `ClockBehindError`, `OldCarrierError`, `ExpiredCarrierError`, `CarrierIncompleteError`,
    `CarrierAlteredError` or a `StorageError`. Nothing is believed until the returned floor has been kept.
    """
    from keys.updater import update

    check_floor(now, floor.newest)
    seen = update(carrier, pinned_root, floor, now, work)
    check_floor(now, seen.floor.newest)
    return seen


def local_repository(repository: Path, now: Stamp) -> Trusted:
    """The same over the centre's own repository as it was last published, from its own first root."""
    carrier = Carrier(repository)
    root = first_root(carrier)
    with tempfile.TemporaryDirectory() as work:
        return refresh(carrier, root, Floor(), now, Path(work))

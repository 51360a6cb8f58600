"""python-tuf over a carrier: the fetcher that needs no network, and one update from the pinned root.

Import it only where a carrier is read. What comes out is plain values; nothing of TUF leaves this file.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import (
    Delegations,
    Key,
    Metadata,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from keys.carrier import Carrier, FileMissingError, FileRefusedError, disk_errors
from keys.clock import Stamp, utc
from keys.encoding import Digest, Instant, digest
from keys.errors import DocumentTooLargeError, ExamKioskError
from keys.identities import fingerprint
from keys.statement import Holder, Keyring, Role
from keys.trusted import (
    CarrierAlteredError,
    CarrierIncompleteError,
    ExpiredCarrierError,
    Floor,
    OldCarrierError,
    Target,
    Trusted,
)

HELD_BY = {
    "root": Role.ROOT,
    "snapshot": Role.PUBLISHER,
    "timestamp": Role.PUBLISHER,
    "exams": Role.PACKAGER,
    "identities": Role.REGISTRAR,
    "sittings": Role.REGISTRAR,
    "receipts": Role.INTAKE,
    "scoring": Role.SCORING,
    "certificates": Role.CERTIFIER,
}
"""Whose keys each TUF role has; the officers also sign the top list of `targets`, which only delegates."""

NAME_FIELD = "x-exam-kiosk-name"
"""A signed field of a key: whose it is."""

TIME_FIELD = "x-exam-kiosk-signed"
"""A signed field of the timestamp: when it was signed, ms since 1970 UTC."""

MAX_METADATA = 8 * 1024 * 1024
MAX_VERSION = 2**63 - 1
"""What a kept floor can hold."""

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)


class CarrierFetcher(FetcherInterface):
    """TUF's way to a carrier: an address is a name on it."""

    def __init__(self, carrier: Carrier) -> None:
        """Read from `carrier`."""
        self._carrier = carrier

    def _fetch(self, url: str) -> Iterator[bytes]:
        """The file in one chunk; one that is not there is a 404, which is how TUF learns there is no newer root."""
        try:
            return iter((self._carrier.read(url, limit=MAX_METADATA),))
        except FileMissingError as error:
            raise DownloadHTTPError(url, 404) from error
        except DocumentTooLargeError as error:
            raise DownloadLengthMismatchError(url) from error


def root_fingerprint(raw: bytes) -> str:
    """Sixteen Crockford characters over the signed part of a root: more signatures do not change it.

    Raises `CarrierAlteredError` for bytes that are not a root signed by its own officers.
    """
    try:
        root = Metadata[Root].from_bytes(raw)
        if not isinstance(root.signed, Root):
            raise CarrierAlteredError(name="1.root.json")
        root.signed.verify_delegate(Root.type, root.signed_bytes, root.signatures)
    except (RepositoryError, ValueError):
        raise CarrierAlteredError(name="1.root.json") from None
    return signed_fingerprint(root)


def signed_fingerprint(root: Metadata[Root]) -> str:
    """The fingerprint of a root that is not yet signed by enough officers."""
    return fingerprint("root", digest(root.signed_bytes))


def update(carrier: Carrier, pinned_root: bytes, floor: Floor, now: Stamp, work: Path) -> Trusted:
    """One TUF update; see `keys.trusted.refresh`."""
    try:
        return _with_cache(carrier, pinned_root, floor, work)
    except ExpiredMetadataError:
        raise ExpiredCarrierError(expires=utc(_expiry(carrier)), clock=utc(now.wall)) from None
    except BadVersionNumberError:
        if _claimed_version(carrier) < floor.timestamp:
            raise OldCarrierError from None
        raise CarrierAlteredError(name="A signed list") from None
    except DownloadHTTPError as error:
        raise CarrierIncompleteError(name=str(error)) from None
    except DownloadError as error:
        if isinstance(error.__cause__, ExamKioskError) and not isinstance(error, DownloadLengthMismatchError):
            raise error.__cause__ from None
        raise CarrierAlteredError(name="A signed list") from None
    except (RepositoryError, ValueError):
        raise CarrierAlteredError(name="A signed list") from None


def _with_cache(carrier: Carrier, pinned_root: bytes, floor: Floor, work: Path) -> Trusted:
    """One update, and once more from nothing where TUF's own files are not plain files in plain folders.

    What is wrong with the carrier arrives as a `DownloadError`, so a `FileRefusedError` is about `work` alone.
    """
    try:
        return _in_folder(carrier, pinned_root, floor, work)
    except FileRefusedError:
        with disk_errors(work):
            if work.is_dir() and not work.is_symlink():
                shutil.rmtree(work)
            else:
                work.unlink()
        return _in_folder(carrier, pinned_root, floor, work)


def _in_folder(carrier: Carrier, pinned_root: bytes, floor: Floor, work: Path) -> Trusted:
    with disk_errors(work):
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _updated(carrier, pinned_root, floor, work)


def _updated(carrier: Carrier, pinned_root: bytes, floor: Floor, work: Path) -> Trusted:
    updater = Updater(str(work), "metadata", fetcher=CarrierFetcher(carrier), bootstrap=pinned_root)
    updater.refresh()
    root = _verified(work, "root", Root)
    timestamp = _verified(work, "timestamp", Timestamp)
    snapshot = _verified(work, "snapshot", Snapshot)
    top = _verified(work, "targets", Targets)
    seen = Floor(
        root.version,
        timestamp.version,
        snapshot.version,
        top.version,
        Instant(max(floor.newest, _signed_time(timestamp))),
    )
    if any(found > MAX_VERSION for found in _versions(seen)):
        raise CarrierAlteredError(name="A signed list")
    pairs = zip(_versions(seen), _versions(floor), strict=True)
    if any(found < least for found, least in pairs):
        raise OldCarrierError
    delegations = top.delegations or Delegations({}, {})
    holders = [*_holders(root, "root"), *_holders(root, "snapshot"), *_holders(root, "timestamp")]
    targets: dict[str, Target] = {}
    dates = [root.expires, timestamp.expires, snapshot.expires, top.expires]
    for name, role in (delegations.roles or {}).items():
        for pattern in role.paths or ():
            updater.get_targetinfo(pattern.replace("*", "-"))  # loads and verifies the list of this role
        verified = _verified(work, name, Targets)
        dates.append(verified.expires)
        listed = verified.targets
        holders += _holders(top, name)
        targets |= {
            path: _target(path, file)
            for path, file in listed.items()
            if next(iter(delegations.get_roles_for_target(path)), ("", True))[0] == name
        }
    expires = Instant(round(min(dates).timestamp() * 1000))
    return Trusted(seen, Keyring(dict.fromkeys(holders)), carrier, targets, expires)


def _versions(floor: Floor) -> tuple[int, int, int, int]:
    return floor.root, floor.timestamp, floor.snapshot, floor.targets


def _verified(work: Path, role: str, kind: type[S]) -> S:
    """A list as TUF put it into its folder, which it does only with what it has verified."""
    signed = Metadata[S].from_bytes((work / f"{role}.json").read_bytes()).signed
    if not isinstance(signed, kind):
        raise CarrierAlteredError(name=f"{role}.json")
    return signed


def _signed_time(timestamp: Timestamp) -> int:
    signed = timestamp.unrecognized_fields.get(TIME_FIELD)
    if not isinstance(signed, int) or isinstance(signed, bool) or signed < 0:
        raise CarrierAlteredError(name="timestamp.json")
    return signed


def _holders(delegator: Root | Targets, name: str) -> list[Holder]:
    """The Ed25519 keys of a role: documents are signed by no other kind, though an officer's token may be of one."""
    role = HELD_BY.get(name)
    if role is None:
        return []
    keys = [delegator.get_key(keyid) for keyid in delegator.get_delegated_role(name).keyids]
    return [
        Holder(role, key_name(key), bytes.fromhex(key.keyval["public"]))
        for key in keys
        if key.keytype == "ed25519"
    ]


def key_name(key: Key) -> str:
    """Whose key it is, as the ceremony wrote it."""
    return str(key.unrecognized_fields.get(NAME_FIELD, key.keyid[:8]))


def _target(path: str, file: TargetFile) -> Target:
    sha256 = file.hashes.get("sha256")
    if sha256 is None:
        raise CarrierAlteredError(name=path)
    folder, slash, name = path.rpartition("/")
    return Target(f"targets/{folder}{slash}{sha256}.{name}", file.length, Digest(sha256))


def _claimed_version(carrier: Carrier) -> int:
    """The version that the carrier's timestamp claims, only to choose the words of a refusal."""
    try:
        raw = carrier.read("metadata/timestamp.json", limit=MAX_METADATA)
        return Metadata[Timestamp].from_bytes(raw).signed.version
    except (RepositoryError, FileMissingError, DocumentTooLargeError):
        raise CarrierAlteredError(name="A signed list") from None


def _expiry(carrier: Carrier) -> int:
    """The earliest expiry among the newest lists on the carrier in ms, only for the words of a refusal."""
    newest: dict[str, tuple[int, int]] = {}
    for name in carrier.names("metadata"):
        role = name.removesuffix(".json").rpartition("/")[2].rpartition(".")[2]
        with contextlib.suppress(RepositoryError, FileMissingError, DocumentTooLargeError):
            signed = Metadata[Root].from_bytes(carrier.read(name, limit=MAX_METADATA)).signed
            expires = round(signed.expires.timestamp() * 1000)
            newest[role] = max(newest.get(role, (0, 0)), (signed.version, expires))
    return min((expires for _, expires in newest.values()), default=0)

"""`SalvagedDisk`: what a sitting left on a kiosk's disk, carried to the centre by somebody who can open nothing of it.

Rules.
1. Nobody signs the container. Whoever holds the disk may hold the kiosk's key too, so a signature made there would show
   nothing that the disk does not. What is believed is the escrow in it, which the kiosk signed when the session opened.
2. The parts are the vault and, where there is one, the rollback journal beside it; no other part is ever written.
3. A rollback journal that names a file elsewhere is refused: what reads it would remove that file.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys import container
from keys.container import Part
from keys.encoding import Digest, Document, decode, digest, encode
from keys.errors import ContainerError
from keys.statement import VAULT_ESCROW, claimed_payload
from results.wire.escrow import VaultEscrow

KIND = "salvaged disk"
VAULT, ROLLBACK = "vault.db", "vault.db-journal"
SUFFIX = ".ekd"
FOLDER = "salvage"
MAX_STORE = 128 * 1024 * 1024
MAX_SALVAGED = 2 * MAX_STORE + 8 * 1024 * 1024
MAX_ESCROW = 1024 * 1024
_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")
"""What ends a rollback journal that names another file; one of ours never does (SQLite file format, section 3)."""


class SalvagedHeader(Document, frozen=True, tag="salvaged-disk/1"):
    """The unsigned head of the container: the escrow's statement as the kiosk signed it, and the parts."""

    escrow: bytes
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SalvagedDisk:
    """A container that is whole; `claimed` is what its escrow says before anything is verified."""

    digest: Digest
    escrow: bytes
    claimed: VaultEscrow
    parts: dict[str, bytes]


def pack_disk(escrow: bytes, vault: bytes, rollback: bytes = b"") -> bytes:
    """The container of a vault, its rollback journal if there is one, and its escrow, all as they were found."""
    contents = {VAULT: vault, **({ROLLBACK: rollback} if rollback else {})}
    header = SalvagedHeader(escrow, container.describe(contents))
    return container.pack(encode(header), tuple(contents.values()))


def read_disk(raw: bytes) -> SalvagedDisk:
    """A container whose parts are the ones that it lists; nothing in it is believed yet.

    Raises `ContainerError`, `PartAlteredError`, `DocumentError` or `WrongPayloadTypeError`.
    """
    head, body = container.split(raw, kind=KIND)
    header = decode(head, SalvagedHeader, name=KIND)
    parts = container.parts(body, header.parts, kind=KIND)
    if list(parts) not in ([VAULT], [VAULT, ROLLBACK]):
        raise ContainerError(kind=KIND, detail="its list of parts is not in order")
    if parts.get(ROLLBACK, b"").endswith(_SUPER_JOURNAL):
        raise ContainerError(kind=KIND, detail="its rollback journal names a file elsewhere")
    return SalvagedDisk(digest(raw), header.escrow, claimed_escrow(header.escrow), parts)


def claimed_escrow(raw: bytes) -> VaultEscrow:
    """What an escrow says before anything is verified: only to learn whose it is."""
    payload = claimed_payload(raw, VAULT_ESCROW)
    return decode(payload, VaultEscrow, name=VAULT_ESCROW.name, limit=MAX_ESCROW)


def disk_name(escrow: VaultEscrow, found: Digest) -> str:
    """The name on a carrier of the container with this digest."""
    return f"{FOLDER}/{escrow.sitting}/{escrow.session}-{found[:16]}{SUFFIX}"

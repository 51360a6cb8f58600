"""The vectors of the salvaged disk: one that is held as salvaged, and one fault each. Test keys only.

The vaults and the envelope in the escrow were made once and are frozen; the others are made from the valid one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from keys import container
from keys.encoding import Digest, digest, encode
from keys.statement import SEALED_RECORD, VAULT_ESCROW
from keys.vault import create
from results.centre.salvaging import TABLE
from results.wire.escrow import VaultEscrow, seal_vault_key
from results.wire.salvage import ROLLBACK, VAULT, SalvagedHeader, pack_disk, read_disk
from tests.results import builders as b
from tests.vectors.generate_sealed_record import world
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, flipped, frozen

NAME = "salvaged_disk"
KEY = bytes(range(32))
FORGED, DAMAGED = "salvage-forged", "container-damaged"


def vault(lines: Sequence[bytes], schema: str = TABLE) -> bytes:
    """A vault of these lines under `KEY`."""
    with tempfile.TemporaryDirectory() as name:
        with closing(create(Path(name) / VAULT, KEY, schema)) as made:
            for seq, raw in enumerate(lines):
                made.execute("INSERT INTO journal VALUES (?, ?)", (seq, raw))
        return (Path(name) / VAULT).read_bytes()


def vectors() -> Iterator[Vector]:
    """Every vector."""
    w = world()
    raws = b.chain(b.session(w, 0, b.right(w, 3), end=False))
    kiosk = w.kiosks[0]
    plan, mode = digest(w.plan_file), w.plan.mode.value
    who = kiosk.identity.fingerprint
    said = VaultEscrow(f"{1:032x}", w.plan.sitting, mode, who, plan, b.PACKAGE, digest(raws[0]))

    def sealed() -> bytes:
        return pack_disk(seal_vault_key(said, KEY, w.plan.recipients, kiosk.signer()), vault(raws))

    valid = frozen(NAME, "valid", sealed)
    disk = read_disk(valid)
    yield Vector("valid", "salvaged", "A candidate answered four items; the kiosk died.", valid)
    others = {
        "genesis-other": (
            FORGED,
            "The journal begins with another entry.",
            [*b.chain(b.opening(w, 1))],
            TABLE,
        ),
        "journal-empty": ("salvage-empty", "The journal has no entry.", [], TABLE),
        "journal-other-table": (
            FORGED,
            "The table is laid out otherwise.",
            [],
            "CREATE TABLE journal (seq, raw)",
        ),
        "entry-dropped": (
            "salvaged",
            "The third entry is missing; two are taken.",
            [*raws[:2], *raws[3:]],
            TABLE,
        ),
    }
    for name, (expect, told, lines, schema) in others.items():

        def made(lines: Sequence[bytes] = lines, schema: str = schema) -> bytes:
            return pack_disk(disk.escrow, vault(lines, schema))

        yield Vector(name, expect, told, frozen(NAME, name, made))
    yield from _containers(valid, disk.escrow, disk.parts[VAULT])
    signers = (kiosk.signer(), w.registrar.signer(), w.stranger.signer())
    for fault in statement_faults(encode(disk.claimed), VAULT_ESCROW, *signers, SEALED_RECORD):
        body = pack_disk(fault.envelope, disk.parts[VAULT])
        yield Vector(f"escrow-{fault.name}", fault.expect, fault.comment, body)


def _containers(valid: bytes, escrow: bytes, store: bytes) -> Iterator[Vector]:
    yield Vector("cut", DAMAGED, "The file ends early.", valid[:-1])
    yield Vector("bytes-to-spare", DAMAGED, "A byte too many.", valid + b"\0")
    yield Vector("empty", DAMAGED, "Nothing.", b"")
    yield Vector("part-byte-altered", "part-altered", "One bit of the vault is changed.", flipped(valid, -1))
    told = "The vault's last page, which holds the journal, is changed and listed so."
    yield Vector("page-altered", "salvage-empty", told, pack_disk(escrow, flipped(store, -100)))
    told = "The vault's first page is changed and listed so."
    yield Vector("first-page-altered", "salvage-empty", told, pack_disk(escrow, flipped(store, 40)))
    told = "The rollback journal names a file elsewhere."
    hostile = b"/some/file" + bytes.fromhex("d9d505f920a163d7")
    yield Vector("rollback-names-a-file", DAMAGED, told, pack_disk(escrow, store, hostile))
    parts = container.describe({ROLLBACK: store})
    told = "There is no vault."
    alone = container.pack(encode(SalvagedHeader(escrow, parts)), [store])
    yield Vector("vault-missing", DAMAGED, told, alone)
    header = SalvagedHeader(escrow, container.describe({VAULT: store}))
    listed = (msgspec.structs.replace(header.parts[0], sha256=Digest("0" * 64)),)
    told = "The list names another digest."
    yield Vector(
        "digest-other", "part-altered", told, container.pack(encode(SalvagedHeader(escrow, listed)), [store])
    )


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/."""
    return {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}

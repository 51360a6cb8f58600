"""Remove a sitting from this desk once the centre has confirmed all of it, and only then.

Rules.
1. All or nothing: every record in the desk's bundle and every copy beside it must be confirmed in a genuine receipt on
   a fresh carrier, with exactly its file, head and count, and so must the desk's own journal as the bundle carries it.
   While the vault is there, its journal must be the bundle's, of a closed sitting.
2. The receipt is kept first: it says why the sitting is gone, and nothing opens the sitting here again.
3. What opens the vault goes next, overwritten; then the vault, copies and unlock files; the bundle last. After a stop
   at any moment the bundle still tells what the receipt must confirm, and purging again finishes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exam_packages.receipt import (
    MAX_RECEIPT,
    Receipt,
    ReceiptDesk,
    ReceiptLine,
    ReceiptMissingError,
    RecordUnconfirmedError,
    Standing,
    check_confirmed,
    published_receipt,
    receipt_target,
)
from keys.carrier import COMPONENT, Carrier, disk_errors, read_file, remove_file, write_file
from keys.clock import Clock
from keys.encoding import digest
from keys.erasing import erase
from keys.errors import Diagnostics, ExamKioskError
from keys.statement import Keyring
from proctor.collect import BUNDLE, RECORDS, SUFFIX
from proctor.desk import DeskFolder, owners
from proctor.refusals import NotClosedError, SittingNotOpenError
from proctor.runner import Desk, is_open
from proctor.sitting import Phase
from proctor.store import RECEIPT, VAULT, VAULT_KEY
from results.wire.bundle import MAX_BUNDLE, MAX_RECORD, SittingBundle, claimed_record, read_bundle
from results.wire.journal import Head

NO_PROMISE = (
    "On a disk that writes in place nothing of it is left. A flash drive, or a file system that copies on write,"
    " may keep old blocks: the sealed records in them open only with the centre's key, the desk's journal with a"
    " proctor's key too."
)
"""What a purge cannot promise; said each time."""


@dataclass(frozen=True, slots=True)
class Purged:
    """Whether the sitting is gone from the desk, and what is not confirmed, by name; then nothing was removed."""

    sitting: str
    gone: bool
    unconfirmed: tuple[tuple[str, Diagnostics], ...]


def purge(folder: DeskFolder, carrier: Carrier, sitting: str, clock: Clock) -> Purged:
    """Remove a sitting that the receipt on this carrier confirms as a whole. Done again after a stop, it finishes.

    Raises `SittingNotOpenError`, `ReceiptMissingError`, `NotClosedError`, a `StorageError`, or as `DeskFolder.believe`
    and `read_receipt`.
    """
    if not COMPONENT.fullmatch(sitting) or not is_open(folder, sitting):
        raise SittingNotOpenError(sitting=sitting)
    trusted = folder.believe(carrier, clock)
    receipt = published_receipt(trusted, sitting)
    if receipt is None:
        raise ReceiptMissingError(sitting=sitting)
    here = folder.sitting(sitting)
    if _is_over(here):
        return Purged(sitting, True, ())
    unconfirmed = tuple(_unconfirmed(folder, here, receipt, clock))
    if not unconfirmed:
        write_file(here / RECEIPT, trusted.target(receipt_target(sitting), limit=MAX_RECEIPT))
        _destroy(here)
    return Purged(sitting, not unconfirmed, unconfirmed)


def _is_over(here: Path) -> bool:
    """Whether nothing is left but the receipt by which it went."""
    return [one.name for one in here.iterdir()] == [RECEIPT]


def _unconfirmed(
    folder: DeskFolder, here: Path, receipt: Receipt, clock: Clock
) -> Iterator[tuple[str, Diagnostics]]:
    """Everything of the sitting that the receipt does not confirm."""
    if not (here / BUNDLE).exists():
        raise NotClosedError(sitting=receipt.sitting)
    bundle = read_bundle(
        read_file(here / BUNDLE, limit=MAX_BUNDLE), Keyring(one.holder() for one in owners(folder.path))
    )
    copies = {f"{RECORDS}/{path.name}": path for path in sorted((here / RECORDS).glob(f"*{SUFFIX}"))}
    inside = bundle.records()
    for name in (*inside, *copies):
        try:
            raw = inside[name] if name in inside else read_file(copies[name], limit=MAX_RECORD)
            _check_record(receipt, name, raw)
        except ExamKioskError as error:
            yield name, error.diagnostics()
    try:
        _check_desk(receipt, bundle)
        if not (here / RECEIPT).exists():
            _check_vault(folder, receipt, bundle, clock)
    except RecordUnconfirmedError as error:
        yield BUNDLE, error.diagnostics()


def _check_record(receipt: Receipt, name: str, raw: bytes) -> None:
    header = claimed_record(raw)
    line = ReceiptLine(
        header.kiosk,
        header.session,
        header.candidate,
        digest(raw),
        header.head,
        header.count,
        Standing.CONFIRMED,
    )
    check_confirmed(receipt, (header.sitting, header.mode, header.plan_digest), line, name)


def _check_desk(receipt: Receipt, bundle: SittingBundle) -> None:
    header = bundle.header
    if (header.sitting, header.mode, header.plan_digest) != (
        receipt.sitting,
        receipt.mode,
        receipt.plan_digest,
    ):
        detail = "the receipt is of another version of the sitting's plan"
        raise RecordUnconfirmedError(name=BUNDLE, detail=detail)
    if ReceiptDesk(header.proctor, header.head, header.count) not in receipt.desks:
        raise RecordUnconfirmedError(name=BUNDLE, detail="the receipt does not name the desk's journal in it")


def _check_vault(folder: DeskFolder, receipt: Receipt, bundle: SittingBundle, clock: Clock) -> None:
    """Raise unless the vault's journal is the bundle's, and every record that it notes is in the bundle."""
    with Desk(folder, receipt.sitting, clock) as desk:
        if desk.state.phase is not Phase.CLOSED:
            raise NotClosedError(sitting=receipt.sitting)
        if desk.head != Head(bundle.header.head, bundle.header.count):
            raise RecordUnconfirmedError(name=BUNDLE, detail="the desk's journal went on after it was made")
        noted = {one.digest for one in desk.state.records.values()}
    if not noted <= {digest(raw) for raw in bundle.records().values()}:
        raise RecordUnconfirmedError(name=BUNDLE, detail="a record that the desk collected is not in it")


def _destroy(here: Path) -> None:
    """Remove everything but the receipt; see rule 3 for the order. Raises a `StorageError`."""
    for name in (VAULT_KEY, VAULT, f"{VAULT}-journal"):
        erase(here / name)
    inside = sorted(here.iterdir(), key=lambda one: (one.name == BUNDLE, one.name))
    for path in inside:
        if path.name == RECEIPT:
            continue
        if path.is_dir() and not path.is_symlink():
            for file in sorted(path.iterdir()):
                remove_file(file)
            with disk_errors(path):
                path.rmdir()
        else:
            remove_file(path)
    with disk_errors(here):
        file_of_folder = os.open(here, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(file_of_folder)
        finally:
            os.close(file_of_folder)

"""What comes back on carriers: sealed records are gathered in any order, a closed sitting is bundled for the centre.

Rules.
1. A record counts only when its kiosk's signature holds, it is of this sitting, and the desk's copy was read back.
2. A file that is refused is named and left where it is; the others are collected.
3. The desk cannot open a record; it reads the signed header and nothing else.
4. A bundle is made once and kept: the same bytes go on every carrier.
5. Of the copy that a kiosk left of a session, the desk reads where it stands; only its newest end is of use elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import Carrier, CarrierMissingError, StorageError, read_file, write_file
from keys.container import NAME
from keys.encoding import Digest, digest
from keys.errors import Diagnostics, DocumentError, ExamKioskError
from keys.statement import Keyring
from proctor import sitting
from proctor.codes import seat_at_work
from proctor.commands import CollectRecord
from proctor.refusals import BundleTooLargeError, CopyDamagedError, NotClosedError, RecordForeignError
from proctor.runner import Desk, naming_support
from proctor.sitting import Phase
from results.wire.bundle import (
    MAX_BUNDLE,
    MAX_RECORD,
    BundleHeader,
    SealedRecord,
    pack_bundle,
    read_bundle,
    read_record,
    record_name,
)
from results.wire.closing import ClosingPage, sign_closing
from results.wire.mirror import FOLDER, MAX_SEGMENT, MirrorHeader, newest
from results.wire.sitting_events import RecordCollected

RECORDS, SUFFIX, BUNDLE = "records", ".ekr", "bundle.ekb"


class CopyMissingError(ExamKioskError):
    """A move without a checkpoint code, and no copy of the answers that names one."""

    code = "mirror-not-here"
    what = "There is no copy of the answers of candidate {candidate} at {kiosk} here."
    next_step = "Put in the second drive of {kiosk}, or give the last checkpoint code that it showed."


@dataclass(frozen=True, slots=True)
class Refused:
    """A file on the carrier that was not collected, and why."""

    name: str
    why: Diagnostics


@dataclass(frozen=True, slots=True)
class Collection:
    """What one look at a carrier brought: records new to this desk, how many were known, and files refused."""

    new: tuple[RecordCollected, ...]
    known: int
    refused: tuple[Refused, ...]


def collect(
    desk: Desk, carrier: Carrier, told: Callable[[int, int], None] = lambda _done, _of: None
) -> Collection:
    """Take every record of this sitting from a carrier; done again, it finds them known.

    `told` hears before each file how many are done, of how many, and at the end once more.
    Raises `CarrierMissingError`, and what fails on the desk itself: a `StorageError` or `VaultError`.
    """
    new: list[RecordCollected] = []
    refused: list[Refused] = []
    known = 0
    with naming_support(desk.plan):
        found_here = carrier.names(f"{RECORDS}/{desk.plan.sitting}")
        names = [name for name in found_here if name.endswith(SUFFIX)]
        for done, name in enumerate(names):
            told(done, len(names))
            try:
                raw = carrier.read(name, limit=MAX_RECORD)
                found = _header_of(desk, _verified(desk, raw))
                is_new = _is_new(desk, found)
            except CarrierMissingError:
                raise
            except ExamKioskError as error:
                refused.append(Refused(name, error.call(desk.plan.policies.support_contact).diagnostics()))
                continue
            if is_new or desk.state.records[found.kiosk, found.session].digest == found.digest:
                _keep(_copy(desk, found.digest), raw)
            if is_new:
                desk.submit(CollectRecord(found))
                new.append(found)
            else:
                known += 1
        told(len(names), len(names))
    return Collection(tuple(new), known, tuple(refused))


def newest_copy(desk: Desk, candidate: str, carrier: Carrier | None) -> MirrorHeader:
    """Where the copy stands that the kiosk of a candidate at work left on a carrier, as that kiosk signed it.

    Raises `CopyMissingError`, `CarrierMissingError`, or as `proctor.codes.seat_at_work`.
    """
    with naming_support(desk.plan):
        entry = desk.state.entry(candidate)
        source = seat_at_work(desk.state, entry)
        wanted = (source, entry.candidate, entry.attempt)
        found = [
            one
            for one in (_copies(desk, carrier) if carrier else ())
            if (one.kiosk, one.candidate, one.attempt) == wanted
        ]
        if not found:
            raise CopyMissingError(candidate=entry.candidate, kiosk=desk.state.kiosk_name(source))
    return max(found, key=lambda one: (one.at, one.count))


def _copies(desk: Desk, carrier: Carrier) -> tuple[MirrorHeader, ...]:
    names = carrier.names(f"{FOLDER}/{desk.plan.sitting}")
    return newest(names, lambda name: carrier.read(name, limit=MAX_SEGMENT), desk.plan, desk.plan_digest)


def make_bundle(desk: Desk) -> bytes:
    """The closed sitting's bundle, countersigned; the same bytes each time, whichever proctor asks.

    Raises `NotClosedError`, `CopyDamagedError`, `BundleTooLargeError` or a `StorageError`.
    """
    with naming_support(desk.plan):
        if desk.state.phase is not Phase.CLOSED:
            raise NotClosedError(sitting=desk.plan.sitting)
        kept = desk.folder / BUNDLE
        try:
            raw = read_file(kept, limit=MAX_BUNDLE)
            read_bundle(raw, Keyring(one.holder() for one in desk.plan.proctors))
        except ExamKioskError:
            raw = _pack(desk)
            _keep(kept, raw)
    return raw


def write_bundle(desk: Desk, carrier: Carrier) -> tuple[str, Digest]:
    """Put the bundle on a carrier, read back; return its name there and its digest. Raises as `make_bundle`."""
    raw = make_bundle(desk)
    name = f"bundles/{desk.plan.sitting}.ekb"
    with naming_support(desk.plan):
        return name, carrier.present().write(name, raw)


def _verified(desk: Desk, raw: bytes) -> SealedRecord:
    """A record signed by the kiosk of the plan that it names. Raises as `read_record`, or `NotInPlanError`."""
    claimed = read_record(raw, Keyring(slot.identity.holder() for slot in desk.plan.kiosks))
    slot = desk.plan.kiosk(claimed.header.kiosk)
    if slot is None:
        raise desk.state.unknown(f"Kiosk {claimed.header.kiosk}")
    return read_record(raw, Keyring([slot.identity.holder()]))


def _header_of(desk: Desk, record: SealedRecord) -> RecordCollected:
    """What the desk notes of a record, if it is of this sitting and attempt. Raises `RecordForeignError`."""
    header, plan = record.header, desk.plan
    entry = plan.entry(header.candidate)
    bound = (
        ("sitting", (header.sitting, header.mode) == (plan.sitting, plan.mode)),
        ("version of the sitting plan", header.plan_digest == desk.plan_digest),
        ("exam package", header.package_digest == plan.package_digest),
        ("form of the exam", header.form_digest == plan.form_digest),
        ("attempt of its candidate", entry is None or entry.attempt == header.attempt),
    )
    for other, holds in bound:
        if not holds:
            raise RecordForeignError(other=other)
    if not NAME.fullmatch(record_name(header.kiosk, header.session)):
        raise DocumentError(kind="sealed record", detail="its session has no proper name")
    return RecordCollected(
        header.kiosk,
        header.session,
        header.candidate,
        header.outcome,
        record.digest,
        header.head,
        header.count,
        header.moved_from,
    )


def _is_new(desk: Desk, found: RecordCollected) -> bool:
    """Whether a record is to be noted. Raises the refusals of `proctor.sitting`."""
    known = desk.state.records.get((found.kiosk, found.session))
    if known is not None and (known.head, known.count) == (found.head, found.count):
        return False
    return bool(sitting.decide(desk.state, CollectRecord(found), desk.clock.now()))


def _copy(desk: Desk, record: Digest) -> Path:
    return desk.folder / RECORDS / f"{record}{SUFFIX}"


def _keep(path: Path, content: bytes) -> None:
    """Write a copy and read it back. Raises a `StorageError`."""
    write_file(path, content)
    if digest(read_file(path, limit=len(content))) != digest(content):
        raise StorageError(name=str(path), detail="what was read back is different")


def _pack(desk: Desk) -> bytes:
    state, plan = desk.state, desk.plan
    records: dict[str, bytes] = {}
    room = MAX_BUNDLE - MAX_RECORD  # the rest is for the desk's journal, the page and the statement
    for record in state.records.values():
        try:
            raw = read_file(_copy(desk, record.digest), limit=MAX_RECORD)
        except StorageError:
            raw = b""
        if digest(raw) != record.digest:
            raise CopyDamagedError(kiosk=state.kiosk_name(record.kiosk))
        room -= len(raw)
        if room < 0:
            raise BundleTooLargeError(sitting=plan.sitting, limit=MAX_BUNDLE // 1024**2)
        records[record_name(record.kiosk, record.session)] = raw
    lines = state.reconciliation().lines
    page = ClosingPage(
        plan.sitting, plan.mode, desk.plan_digest, desk.proctor, state.closed_at, len(plan.roster), lines
    )
    header = BundleHeader(
        plan.sitting,
        plan.mode,
        desk.plan_digest,
        desk.proctor,
        desk.head.digest,
        desk.head.count,
        desk.clock.now().wall,
        (),
        (),
    )
    closing = sign_closing(page, desk.signer())
    return pack_bundle(header, records, closing, desk.journal(), plan.recipients, desk.signer())

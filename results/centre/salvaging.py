"""What came from a dead kiosk's disk, read: opened with the centre's key, in private, and believed only where signed.

Rules.
1. The escrow is believed only after the signature of the plan's kiosk was verified; the journal only where it begins
   with the entry that the escrow names. The disk's own word counts for nothing else.
2. The vault is opened as a copy in a folder that only this user can enter and that is removed again. Its table must be
   the one that a kiosk makes: nothing of a hostile store is run. What a process leaves that was ended is encrypted.
3. Of a damaged store the longest unbroken beginning is taken, and the words say where it ends.
4. It is held for a person, whatever it says (salvaged.py). Only the decision of a person makes a record of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.sitting_plan import SittingPlan
from keys.carrier import write_file
from keys.connection import VaultBusyError, VaultError, VaultFullError
from keys.encoding import Digest, Instant, digest
from keys.errors import DocumentError, ExamKioskError
from keys.statement import VAULT_ESCROW, Keyring
from keys.vault import Vault, open_vault
from results.centre import reasons
from results.centre.facts import facts, kept
from results.centre.intake import KnownPlan, Office, Sound, check_candidate
from results.centre.settling import Filed, Quarantined, packed
from results.centre.timeline import impossible
from results.wire.bundle import RecordHeader
from results.wire.escrow import VaultEscrow, open_vault_key, read_escrow
from results.wire.events import SessionOpened
from results.wire.journal import JournalBrokenError, SessionEntry, read
from results.wire.record import Record, fold
from results.wire.salvage import ROLLBACK, VAULT, SalvagedDisk, read_disk

TABLE = "CREATE TABLE journal (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT"
"""What a kiosk's store says of its journal; a view or another table of that name is not read."""
MAX_ENTRY = 16 * 1024 * 1024


class SalvageForgedError(ExamKioskError):
    """A store that is not the one whose key the kiosk signed for."""

    code = "salvage-forged"
    what = "The store on this disk is not the one that its kiosk made: {detail}."
    next_step = "Treat it as forged until the site explains it, and keep the disk."


class SalvageEmptyError(ExamKioskError):
    """A store of which not even the first entry can be read."""

    code = "salvage-empty"
    what = "No entry of the store on this disk can be read: {detail}"
    next_step = (
        "Keep the disk; a firm that recovers data may get more from it, and salvage can be done again."
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A verified beginning of a journal, or all of it."""

    escrow: VaultEscrow
    entries: tuple[SessionEntry, ...]
    heads: tuple[Digest, ...]
    damage: str


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="disk"):
    """What a disk's journal tells so far: `heads` are 32 bytes an entry, `last` the wall clock of the last one in ms.

    `damage` says in words what of the store could not be read, or is empty.
    """

    sitting: str
    mode: str
    kiosk: str
    session: str
    candidate: str
    attempt: int
    outcome: str
    form_digest: str
    answered: int
    heads: bytes
    last: Instant
    damage: str


def read_held(raw: bytes, office: Office) -> Told | Quarantined:
    """A disk as it is held for a person. Nothing escapes."""
    try:
        got = _judge(raw, office)
        record = fold(entry.event for entry in got.entries)
        return Told(
            got.escrow.sitting,
            got.escrow.mode,
            got.escrow.kiosk,
            got.escrow.session,
            record.candidate,
            record.attempt,
            record.final_outcome().value,
            record.form_digest,
            record.answered(),
            packed(got.heads).raw,
            got.entries[-1].at.wall,
            got.damage,
        )
    except Exception as error:  # noqa: BLE001 - whatever a hostile disk does to the program, the reason is told
        return Quarantined(reasons.told(error))


def disk_entries(raw: bytes, office: Office) -> tuple[SessionEntry, ...]:
    """As much of a disk's journal as holds together. Raises what opening and reading it raises."""
    return _judge(raw, office).entries


def judge_disk(raw: bytes, office: Office) -> Sound | Quarantined:
    """A disk as the record that a person admits: as much of its journal as holds together. Nothing escapes."""
    try:
        got = _judge(raw, office)
        known = _plan(read_disk(raw), office)
        folded = fold(entry.event for entry in got.entries)
        header = _header(got, folded)
        found = facts(got.entries, got.heads, folded)
        raw_facts = kept(found, header, digest(raw))
        check_candidate(header, known.plan, found, decided=True)
    except Exception as error:  # noqa: BLE001 - whatever a hostile disk does to the program, the reason is told
        return Quarantined(reasons.told(error))
    filed_as = Filed(
        digest(raw),
        header.kiosk,
        header.session,
        header.sitting,
        header.candidate,
        header.attempt,
        header.outcome,
        packed(got.heads),
        header.moved_from,
    )
    return Sound(header, filed_as, found, raw_facts)


def _header(got: _Read, folded: Record) -> RecordHeader:
    """What a record of this journal would say; it was sealed when its last entry was written."""
    return RecordHeader(
        folded.session,
        folded.sitting,
        folded.mode,
        folded.kiosk,
        folded.candidate,
        folded.attempt,
        folded.final_outcome().value,
        got.escrow.plan_digest,
        got.escrow.package_digest,
        Digest(folded.form_digest),
        got.heads[-1],
        len(got.heads),
        got.entries[-1].at.wall,
        (),
        (),
        salvaged=True,
        moved_from=folded.moved_from,
    )


def _judge(raw: bytes, office: Office) -> _Read:
    disk = read_disk(raw)
    known = _plan(disk, office)
    escrow = _genuine(disk, known)
    key = open_vault_key(escrow, office.recipient)
    raws, damage = _lines(disk, key)
    entries, heads, broken = _chain(raws)
    damage = damage or broken
    if not entries:
        raise SalvageEmptyError(detail=damage or "its journal is empty.")
    if heads[0] != escrow.genesis:
        raise SalvageForgedError(detail="its first entry is another one")
    _check_genesis(entries[0], escrow, known.plan)
    detail = impossible(entries)
    if detail is not None:
        raise reasons.TimelineError(detail=detail)
    return _Read(escrow, entries, heads, damage)


def _plan(disk: SalvagedDisk, office: Office) -> KnownPlan:
    known = office.plan(disk.claimed.sitting)
    if known is None:
        raise reasons.PlanUnknownError(sitting=disk.claimed.sitting)
    return known


def _genuine(disk: SalvagedDisk, known: KnownPlan) -> VaultEscrow:
    """The escrow, signed by the kiosk of the plan that it names, for this plan. A revoked kiosk's is read all the same:
    what it holds is for a person in any case.
    """
    kind = VAULT_ESCROW.name
    kiosk = known.kiosks.get(disk.claimed.kiosk)
    if kiosk is None:
        raise reasons.SignerNotInPlanError(kind=kind, role="kiosk", sitting=known.plan.sitting)
    escrow = read_escrow(disk.escrow, known.kiosk_ring)
    read_escrow(disk.escrow, Keyring([kiosk.holder()]))
    if (escrow.sitting, escrow.mode, escrow.plan_digest) != (
        known.plan.sitting,
        known.plan.mode.value,
        known.digest,
    ):
        raise reasons.PlanMismatchError(kind=kind, sitting=known.plan.sitting)
    if escrow.package_digest != known.plan.package_digest:
        raise reasons.PackageMismatchError(sitting=known.plan.sitting)
    return escrow


def _lines(disk: SalvagedDisk, key: bytes) -> tuple[list[bytes], str]:
    """The journal's lines up to the first that cannot be read, and what is wrong with the store, in words."""
    raws: list[bytes] = []
    with tempfile.TemporaryDirectory(prefix="salvage-") as name:
        folder = Path(name)
        for part in (VAULT, ROLLBACK):
            if part in disk.parts:
                write_file(folder / part, disk.parts[part])
        try:
            with closing(open_vault(folder / VAULT, key)) as vault:
                _check_table(vault)
                while rows := vault.execute("SELECT raw FROM journal WHERE seq = ?", (len(raws),)):
                    raws.append(_entry(rows[0][0]))
                vault.verify()
        except (VaultBusyError, VaultFullError):
            raise
        except VaultError as error:
            return raws, error.diagnostics().what
    return raws, ""


def _check_table(vault: Vault) -> None:
    found = vault.execute("SELECT type, sql FROM sqlite_master WHERE name = 'journal'")
    if found != [("table", TABLE)]:
        raise SalvageForgedError(detail="its journal is not laid out as a kiosk does it")


def _entry(raw: object) -> bytes:
    if not isinstance(raw, bytes) or len(raw) > MAX_ENTRY:
        raise DocumentError(kind="journal entry", detail="it is too long or of another kind")
    return raw


def _chain(raws: Sequence[bytes]) -> tuple[tuple[SessionEntry, ...], tuple[Digest, ...], str]:
    """The entries of the longest beginning that holds together, the heads after each, and what broke it."""
    try:
        entries, _ = read(raws, SessionEntry)
        broken = ""
    except JournalBrokenError as error:
        good = int(str(error.values["seq"]))
        entries, _ = read(raws[:good], SessionEntry)
        broken = error.diagnostics().what
    return entries, tuple(digest(raw) for raw in raws[: len(entries)]), broken


def _check_genesis(entry: SessionEntry, escrow: VaultEscrow, plan: SittingPlan) -> None:
    """What the kiosk signed in its escrow is what its journal began with."""
    opened = entry.event
    if not isinstance(opened, SessionOpened):
        raise SalvageForgedError(detail="it does not begin with the opening of a session")
    said = (
        escrow.session,
        escrow.sitting,
        escrow.mode,
        escrow.kiosk,
        escrow.plan_digest,
        escrow.package_digest,
    )
    begun = (
        opened.session,
        opened.sitting,
        opened.mode,
        opened.kiosk,
        opened.plan_digest,
        opened.package_digest,
    )
    if said != begun:
        raise SalvageForgedError(detail="its journal and its escrow differ")
    if opened.form_digest != plan.form_digest:
        raise reasons.FormMismatchError(sitting=plan.sitting)

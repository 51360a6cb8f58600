"""The verdict on one file by itself: is it genuine, for this centre, under this plan, and does its journal hold. Pure.

Rules.
1. A file's own words are believed only after the signature of the kiosk or proctor that the plan names was verified.
2. The kiosk or proctor must be in the plan and its identity published now; a revoked one's files go to quarantine.
3. Header and journal say the same, entry by entry; the journal is replayed with the same fold that the kiosk runs.
4. What a record carries of another kiosk's session is believed only with that kiosk's own signature, and is read as if
   it were its own.
5. A closing page is used only as the bundle's own statement names it, signed by the proctor who signed that.
6. What was decided by a person is judged by all of this but the reasons that are `WAIVABLE`.
7. Anything else is `Quarantined` with the reason's code; nothing is thrown away and nothing escapes as an exception.

What sound records of one candidate mean together is decided in settling.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exam_packages.sitting_plan import SittingPlan
from keys import container
from keys.clock import utc
from keys.encoding import Digest, decode, digest
from keys.errors import ContainerError, DocumentError, ExamKioskError, PartAlteredError
from keys.identities import Identity, PrivateIdentity
from keys.statement import MIRROR, SITTING_BUNDLE, Holder, Keyring, Role, verify
from results.centre import reasons
from results.centre.facts import SessionFacts, facts, kept
from results.centre.settling import Behind, Filed, Quarantined, packed
from results.centre.timeline import impossible, out_of_range
from results.wire import journal
from results.wire.bundle import (
    BUNDLE_KIND,
    JOURNAL,
    RECORD_KIND,
    BundleHeader,
    RecordHeader,
    SittingBundle,
    claimed_bundle,
    claimed_record,
    open_bundle_journal,
    open_record,
    read_record,
)
from results.wire.carried import check
from results.wire.closing import ClosingLine, ClosingPage, read_closing
from results.wire.record import Record, fold

CLOSING = "closing.json"
WAIVABLE = (
    *(reasons.SalvagedError, reasons.SignerNotEnrolledError, reasons.NotEligibleError),
    *(reasons.OutsideWindowError, reasons.PlanMismatchError),
)
"""Why a genuine file may be held that is sound otherwise: a person can decide for it all the same."""
_SESSION = re.compile(r"[a-z0-9-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A published plan, the digest of its file, and its kiosks and proctors; `enrolled` are published identities now.

    Each ring holds the keys of the centre's roles, so that a wrong role is named, and those that may have signed.
    """

    plan: SittingPlan
    digest: Digest
    enrolled: frozenset[str]
    kiosks: Mapping[str, Identity]
    proctors: Mapping[str, Identity]
    kiosk_ring: Keyring
    proctor_ring: Keyring


def know(plan: SittingPlan, plan_digest: Digest, enrolled: frozenset[str], keyring: Keyring) -> KnownPlan:
    """A plan made ready for judging many files; `enrolled` are fingerprints, `keyring` holds the centre's roles."""
    kiosks = {slot.identity.fingerprint: slot.identity for slot in plan.kiosks}
    proctors = {one.fingerprint: one for one in plan.proctors}
    rings = [keyring.and_also(one.holder() for one in signers.values()) for signers in (kiosks, proctors)]
    return KnownPlan(plan, plan_digest, enrolled, kiosks, proctors, *rings)


@dataclass(frozen=True, slots=True)
class Office:
    """What the centre judges with: its private key, and how to find a sitting's plan."""

    recipient: PrivateIdentity
    plan: Callable[[str], KnownPlan | None]


@dataclass(frozen=True, slots=True)
class Sound:
    """A record with which nothing is wrong by itself; `kept` are its facts as the ledger keeps them."""

    header: RecordHeader
    filed: Filed
    facts: SessionFacts
    kept: bytes


@dataclass(frozen=True, slots=True)
class SoundBundle:
    """What could be believed of a bundle: its records' files, and its closing page where that is genuine and complete.

    `refused` says what is wrong with the bundle as a whole, if anything; its records are judged all the same. `desk` is
    the desk's journal, opened, every line of it signed by a proctor of the plan; None where it is not in order.
    """

    header: BundleHeader
    digest: Digest
    records: Mapping[str, bytes]
    closing: ClosingPage | None
    parts: Mapping[str, bytes]
    desk: bytes | None
    refused: Quarantined | None


def judge(raw: bytes, office: Office, *, decided: bool = False) -> Sound | Quarantined:
    """The verdict on one record file; where a person has `decided` for it, what is `WAIVABLE` does not hold it."""
    try:
        return _judge(raw, office, decided=decided)
    except Exception as error:  # noqa: BLE001 - whatever a signed file does to the program, the next one is judged
        return Quarantined(reasons.told(error))


def judge_bundle(raw: bytes, office: Office, *, decided: bool = False) -> SoundBundle | Quarantined:
    """The verdict on one bundle file; where its signed statement holds, its records are given out however damaged.

    `decided` as in `judge`.
    """
    try:
        return _judge_bundle(raw, office, decided=decided)
    except Exception as error:  # noqa: BLE001 - whatever a signed file does to the program, the next one is judged
        return Quarantined(reasons.told(error))


def _hold(error: ExamKioskError, *, decided: bool) -> None:
    """Raise a reason, unless it is one that a person may waive and has."""
    if not (decided and isinstance(error, WAIVABLE)):
        raise error


def _judge(raw: bytes, office: Office, *, decided: bool) -> Sound:
    claimed = claimed_record(raw)
    known = _known(office, claimed.sitting)
    kiosk = _planned(known, known.kiosks, claimed.kiosk, Role.KIOSK, RECORD_KIND)
    record = read_record(raw, known.kiosk_ring)
    header = record.header
    _check_signer(known, kiosk, record.signer, RECORD_KIND, decided=decided)
    _check_plan(header, known, RECORD_KIND, decided=decided)
    if header.package_digest != known.plan.package_digest:
        raise reasons.PackageMismatchError(sitting=header.sitting)
    if header.form_digest != known.plan.form_digest:
        raise reasons.FormMismatchError(sitting=header.sitting)
    if not _SESSION.fullmatch(header.session) or out_of_range(header.sealed_at):
        raise DocumentError(kind=RECORD_KIND, detail="its session has no proper name, or its time is none")
    raws = journal.lines(open_record(record, office.recipient))
    entries, head = journal.read(raws, journal.SessionEntry)
    detail = impossible(entries)
    if detail is not None:
        raise reasons.TimelineError(detail=detail)
    folded = fold([entry.event for entry in entries])
    _check_header(header, folded, head)
    behind = _behind(known, entries, decided=decided)
    heads = (*(entry.prev for entry in entries[1:]), head.digest)
    found = facts(entries, heads, folded)
    raw_facts = kept(found, header, record.digest)
    check_candidate(header, known.plan, found, decided=decided)
    if header.salvaged:
        _hold(reasons.SalvagedError(), decided=decided)
    filed = Filed(
        record.digest,
        header.kiosk,
        header.session,
        header.sitting,
        header.candidate,
        header.attempt,
        header.outcome,
        packed(heads),
        header.moved_from,
        behind,
    )
    return Sound(header, filed, found, raw_facts)


def _behind(
    known: KnownPlan, entries: Sequence[journal.SessionEntry], *, decided: bool
) -> tuple[Behind, ...]:
    """The journals that came along from other kiosks of the plan, each signed for by one that is enrolled."""
    found = check(entries, known.plan, known.digest)
    for one in found:
        if one.kiosk not in known.enrolled:
            name = known.kiosks[one.kiosk].name
            error = reasons.SignerNotEnrolledError(kind=MIRROR.name, role=Role.KIOSK.value, name=name)
            _hold(error, decided=decided)
    return tuple(
        Behind(one.kiosk, one.session, (*(entry.prev for entry in one.entries[1:]), one.head))
        for one in found
    )


def _known(office: Office, sitting: str) -> KnownPlan:
    known = office.plan(sitting)
    if known is None:
        raise reasons.PlanUnknownError(sitting=sitting)
    return known


def _planned(
    known: KnownPlan, planned: Mapping[str, Identity], claimed: str, role: Role, kind: str
) -> Identity:
    """The kiosk or proctor of the plan that a file says it is from."""
    if claimed not in planned:
        raise reasons.SignerNotInPlanError(kind=kind, role=role.value, sitting=known.plan.sitting)
    return planned[claimed]


def _check_plan(
    header: RecordHeader | BundleHeader, known: KnownPlan, kind: str, *, decided: bool = False
) -> None:
    error = reasons.PlanMismatchError(kind=kind, sitting=header.sitting)
    if header.mode != known.plan.mode.value:
        raise error
    if header.plan_digest != known.digest:
        _hold(error, decided=decided)


def _check_signer(
    known: KnownPlan, planned: Identity, signer: Holder, kind: str, *, decided: bool = False
) -> None:
    if signer.public != planned.signing:
        raise reasons.SignerMismatchError(kind=kind, role=planned.role.value, name=planned.name)
    if planned.fingerprint not in known.enrolled:
        error = reasons.SignerNotEnrolledError(kind=kind, role=planned.role.value, name=planned.name)
        _hold(error, decided=decided)


def _check_header(header: RecordHeader, folded: Record, head: journal.Head) -> None:
    pairs = {
        "session": (header.session, folded.session),
        "sitting": (header.sitting, folded.sitting),
        "mode": (header.mode, folded.mode),
        "kiosk": (header.kiosk, folded.kiosk),
        "plan": (header.plan_digest, folded.plan_digest),
        "package": (header.package_digest, folded.package_digest),
        "form": (header.form_digest, folded.form_digest),
        "candidate": (header.candidate, folded.candidate),
        "attempt": (header.attempt, folded.attempt),
        "outcome": (header.outcome, folded.final_outcome().value),
        "session it goes on with": (header.moved_from, folded.moved_from),
        "final head": (header.head, head.digest),
        "number of entries": (header.count, head.count),
    }
    differing = [name for name, (said, found) in pairs.items() if said != found]
    if differing:
        raise reasons.HeaderMismatchError(fields=", ".join(differing))


def check_candidate(
    header: RecordHeader, plan: SittingPlan, found: SessionFacts, *, decided: bool = False
) -> None:
    """Raise the reason for which a session was not its candidate's to sit, if there is one; `decided` as in `judge`."""
    entry = plan.entry(header.candidate)
    if not header.candidate:
        raise reasons.NobodyError
    if entry is None:
        raise reasons.NotAuthorisedError(sitting=plan.sitting)
    if entry.attempt != header.attempt:
        raise reasons.AttemptMismatchError(
            found=header.attempt, planned=entry.attempt, candidate=entry.candidate
        )
    if not plan.opens_at <= found.opened_at <= plan.closes_at:
        window = f"from {utc(plan.opens_at)} to {utc(plan.closes_at)}"
        detail = f"it began at {utc(found.opened_at)}, and the sitting was open {window}"
        _hold(reasons.OutsideWindowError(detail=detail), decided=decided)
    if not entry.eligible(found.opened_at):
        until, began = utc(entry.eligible_until), utc(found.opened_at)
        error = reasons.NotEligibleError(candidate=entry.candidate, until=until, began=began)
        _hold(error, decided=decided)


def _judge_bundle(raw: bytes, office: Office, *, decided: bool) -> SoundBundle:
    claimed = claimed_bundle(raw)
    known = _known(office, claimed.sitting)
    proctor = _planned(known, known.proctors, claimed.proctor, Role.PROCTOR, BUNDLE_KIND)
    envelope, body = container.split(raw, kind=BUNDLE_KIND)
    verified = verify(envelope, SITTING_BUNDLE, known.proctor_ring)
    header = decode(verified.payload, BundleHeader, name=BUNDLE_KIND)
    _check_signer(known, proctor, verified.signer, BUNDLE_KIND, decided=decided)
    _check_plan(header, known, BUNDLE_KIND, decided=decided)
    if out_of_range(header.made_at, header.count) or not _DIGEST.fullmatch(header.head):
        raise DocumentError(kind=BUNDLE_KIND, detail="a number is out of range, or its head is none")
    names = {part.name for part in header.parts}
    if not len(header.parts) == len(names) <= container.MAX_PARTS or any(
        part.length < 0 or not container.NAME.fullmatch(part.name) for part in header.parts
    ):
        raise ContainerError(kind=BUNDLE_KIND, detail="its list of parts is not in order")
    slices = _slices(body, header)
    complaints: list[ExamKioskError] = []
    desk = None
    try:
        parts = container.parts(body, header.parts, kind=BUNDLE_KIND)
        bundle = SittingBundle(header, digest(raw), parts, verified.signer)
        desk = _desk_journal(bundle, known, office.recipient)
    except ExamKioskError as error:
        complaints.append(error)
    closing = None
    try:
        closing = _closing(slices.get(CLOSING, b""), header, known, proctor)
    except ExamKioskError as error:
        complaints.append(error)
    refused = Quarantined(complaints[0].diagnostics()) if complaints else None
    records = {name: content for name, content in slices.items() if name.endswith(".ekr") and content}
    return SoundBundle(header, digest(raw), records, closing, slices, desk, refused)


def _slices(body: bytes, header: BundleHeader) -> dict[str, bytes]:
    """The bytes at each part's place, also where they are not the ones that were signed or are cut short."""
    slices: dict[str, bytes] = {}
    at = 0
    for part in header.parts:
        slices[part.name] = body[at : at + part.length]
        at += part.length
    return slices


def _closing(raw: bytes, header: BundleHeader, known: KnownPlan, proctor: Identity) -> ClosingPage:
    """The page, if the bundle's statement names these bytes and `proctor`, who signed that, signed them too."""
    if any(part.name == CLOSING and part.sha256 != digest(raw) for part in header.parts):
        raise PartAlteredError(kind=BUNDLE_KIND, part=CLOSING)
    page = read_closing(raw, Keyring([proctor.holder()]))
    if page.proctor != proctor.fingerprint:
        raise reasons.SignerMismatchError(
            kind="closing page", role=Role.PROCTOR.value, name=page.proctor or "nobody"
        )
    if (page.sitting, page.mode, page.plan_digest) != (
        known.plan.sitting,
        known.plan.mode.value,
        known.digest,
    ):
        raise reasons.PlanMismatchError(kind="closing page", sitting=page.sitting)
    named = sorted((line.candidate, line.attempt) for line in page.lines)
    if named != sorted((one.candidate, one.attempt) for one in known.plan.roster) or page.authorised != len(
        named
    ):
        raise reasons.ClosingIncompleteError(sitting=page.sitting)
    if out_of_range(page.closed_at, *(line.count for line in page.lines)):
        raise DocumentError(kind="closing page", detail="a number is out of range")
    if not all(_names_properly(line, known) for line in page.lines):
        raise DocumentError(kind="closing page", detail="a line names no proper record")
    return page


def _names_properly(line: ClosingLine, known: KnownPlan) -> bool:
    """Whether a line names a record of a kiosk of the plan, or none at all."""
    if not line.session:
        return not (line.kiosk or line.record or line.head or line.count)
    digests = _DIGEST.fullmatch(line.record) and _DIGEST.fullmatch(line.head)
    return bool(digests and _SESSION.fullmatch(line.session) and line.kiosk in known.kiosks)


def _desk_journal(bundle: SittingBundle, known: KnownPlan, recipient: PrivateIdentity) -> bytes:
    """The journal, if the bundle's header names it and the plan's proctors signed every line."""
    if JOURNAL not in bundle.parts:
        raise reasons.DeskJournalError(sitting=bundle.header.sitting)
    raw = open_bundle_journal(bundle, recipient)
    _, head = journal.read_signed(journal.lines(raw), known.plan.proctors, known.plan.mode.value)
    if (head.digest, head.count) != (bundle.header.head, bundle.header.count):
        raise reasons.DeskJournalError(sitting=bundle.header.sitting)
    return raw

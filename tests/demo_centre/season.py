"""The season: which sites, sittings, kiosks and candidates there are, and every file that comes back from them.

Every identity, plan, record, journal and bundle is a real one; only the people are not. What is slow is done on all
cores, a sitting at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from keys.clock import Stamp
from keys.encoding import Digest, Instant, digest
from keys.identities import Identity, PrivateIdentity
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import BundleHeader, RecordHeader, pack_bundle, record_name, seal_record
from results.wire.closing import ClosingLine, ClosingPage, FinalState, sign_closing
from results.wire.sitting_events import (
    AbsenceDeclared,
    AdmissionIssued,
    IncidentReported,
    RecordCollected,
    SittingClosed,
    SittingEvent,
    SittingOpened,
)

SITES, SITTINGS, KIOSKS = 40, 5, 10
"""Sites, sittings at each, and kiosks at each: 2,000 candidates."""
DAY, HOUR, MINUTE, SECOND = 86_400_000, 3_600_000, 60_000, 1_000
LIMIT = 150 * MINUTE
ABSENT = 0
"""The seat that stays empty in the last sitting of every tenth site."""


@dataclass(frozen=True)
class Exam:
    """What a plan says of the exam."""

    exam: str
    programme: str
    package: str
    package_digest: Digest
    form: str
    form_digest: Digest
    agreements: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """One site with its machines and its proctor."""

    name: str
    proctor: PrivateIdentity
    kiosks: tuple[PrivateIdentity, ...]


@dataclass(frozen=True)
class Job:
    """One sitting to be held: whom, with which answers, by option id, none where nothing was answered."""

    plan: SittingPlan
    plan_digest: Digest
    site: Site
    items: tuple[ItemId, ...]
    orders: tuple[tuple[OptionId, ...], ...]
    answers: tuple[tuple[OptionId | None, ...], ...]
    absent: frozenset[int]
    agreements: tuple[str, ...]


def site_name(n: int) -> str:
    """The name of site `n`."""
    return f"site-{n + 1:02}"


def number(site: int, sitting: int, seat: int) -> CandidateId:
    """A candidate's number."""
    return CandidateId(f"C-{site + 1:02}{sitting + 1}{seat:02}")


def plan(
    site: Site, n: int, sitting: int, exam: Exam, begins: Instant, recipients: Sequence[Identity]
) -> SittingPlan:
    """The plan of one sitting of site `n`."""
    roster = tuple(
        RosterEntry(
            number(n, sitting, seat),
            f"Candidate {n + 1}.{sitting + 1}.{seat + 1}",
            1,
            f"E-{n + 1:02}{sitting + 1}{seat:02}",
            Instant(begins + 60 * DAY),
            one.identity.name,
        )
        for seat, one in enumerate(site.kiosks)
    )
    return SittingPlan(
        SittingId(f"{site.name}-{sitting + 1}"),
        Mode.LIVE,
        exam.programme,
        exam.exam,
        site.name,
        f"Room {sitting % 2 + 1}",
        begins,
        Instant(begins + 6 * HOUR),
        exam.package,
        exam.package_digest,
        exam.form,
        exam.form_digest,
        roster,
        (site.proctor.identity,),
        tuple(KioskSlot(one.identity) for one in site.kiosks),
        tuple(recipients),
        Policies("Exam office, +1 555 0100", "By letter."),
    )


def hold(job: Job) -> bytes:
    """The bundle of one sitting."""
    records = {seat: _record(job, seat) for seat in range(len(job.plan.roster)) if seat not in job.absent}
    lines = [_line(job, seat, records.get(seat)) for seat in range(len(job.plan.roster))]
    me, mode = job.site.proctor.identity.fingerprint, job.plan.mode.value
    closed_at = Instant(job.plan.opens_at + 4 * HOUR)
    page = ClosingPage(job.plan.sitting, mode, job.plan_digest, me, closed_at, len(lines), tuple(lines))
    desk = list(_desk(job, records))
    header = BundleHeader(
        job.plan.sitting, mode, job.plan_digest, me, digest(desk[-1]), len(desk), closed_at, (), ()
    )
    files = {
        record_name(job.site.kiosks[seat].identity.name, _session(job, seat)): raw
        for seat, raw in records.items()
    }
    by = job.site.proctor.signer()
    signed = sign_closing(page, by)
    return pack_bundle(header, files, signed, journal.to_bytes(desk), job.plan.recipients, by)


def _session(job: Job, seat: int) -> str:
    return digest(f"{job.plan.sitting} {seat}".encode())[:32]


def _record(job: Job, seat: int) -> bytes:
    """A finished session's record."""
    head, raws = journal.Head(), []
    begun = 10 * MINUTE + seat * MINUTE
    for after, event in _events(job, seat):
        at = Stamp(Instant(job.plan.opens_at + begun + after), 1_000_000 + begun + after, "boot-1")
        raws.append(journal.next_session_line(head, at, event).raw)
        head = journal.advance(head, raws[-1])
    entry, kiosk = job.plan.roster[seat], job.site.kiosks[seat]
    header = RecordHeader(
        _session(job, seat),
        job.plan.sitting,
        job.plan.mode.value,
        kiosk.identity.fingerprint,
        entry.candidate,
        entry.attempt,
        FinalState.COMPLETED.value,
        job.plan_digest,
        job.plan.package_digest,
        job.plan.form_digest,
        head.digest,
        head.count,
        Instant(job.plan.opens_at + 4 * HOUR),
        (),
        (),
    )
    return seal_record(journal.to_bytes(raws), header, job.plan.recipients, kiosk.signer())


def _events(job: Job, seat: int) -> Iterator[tuple[int, e.SessionEvent]]:
    """The events of a session, each with the ms since its kiosk was opened."""
    entry, kiosk = job.plan.roster[seat], job.site.kiosks[seat].identity.fingerprint
    opened = e.SessionOpened(
        digest(f"{job.plan.sitting} nonce {seat}".encode()).encode()[:32],
        _session(job, seat),
        job.plan.sitting,
        job.plan.mode.value,
        kiosk,
        job.plan_digest,
        job.plan.package_digest,
        job.plan.form_digest,
        "unlock-1",
        "0.1.0",
    )
    before: list[e.SessionEvent] = [
        opened,
        e.CandidateAdmitted(entry.candidate, entry.attempt, 0),
        e.IdentityConfirmed(),
        *(e.AgreementAccepted(one, digest(one.encode())) for one in job.agreements),
        e.InstructionsRead(),
        e.TestStarted(LIMIT, "seed"),
    ]
    yield from ((n * 5 * SECOND, event) for n, event in enumerate(before))
    start, elapsed = len(before) * 5 * SECOND, 0
    for n, (item, order, answer) in enumerate(zip(job.items, job.orders, job.answers[seat], strict=True)):
        yield start + elapsed, e.ItemPresented(item, order, elapsed)
        elapsed += (25 + (n * 7 + seat * 13) % 45) * SECOND
        if answer is not None:
            yield start + elapsed, e.ResponseRecorded(item, ChosenOptions((answer,)), elapsed)
    given = sum(answer is not None for answer in job.answers[seat])
    yield start + elapsed + SECOND, e.HandedIn(len(job.items) - given, 0, elapsed + SECOND)


def _desk(job: Job, records: Mapping[int, bytes]) -> Iterator[bytes]:
    """The lines of the desk's journal."""
    me, mode, opens = job.site.proctor.identity.fingerprint, job.plan.mode.value, job.plan.opens_at
    roster, kiosks = job.plan.roster, [one.identity.fingerprint for one in job.site.kiosks]
    events: list[tuple[int, SittingEvent]] = [
        (
            0,
            SittingOpened(
                bytes(32), job.plan.sitting, mode, me, job.plan_digest, job.plan.package_digest, "0.1.0"
            ),
        )
    ]
    events += [
        (MINUTE, AdmissionIssued(roster[seat].candidate, roster[seat].attempt, kiosks[seat], 0, me))
        for seat in records
    ]
    if job.absent:
        events.append(
            (
                90 * MINUTE,
                IncidentReported(1, "R1", (), Instant(opens + 80 * MINUTE), "Works next door.", "", "", me),
            )
        )
    for seat, raw in records.items():
        line = _line(job, seat, raw)
        found = RecordCollected(
            line.kiosk,
            line.session,
            line.candidate,
            line.state.value,
            Digest(line.record),
            Digest(line.head),
            line.count,
        )
        events.append((3 * HOUR, found))
    events += [
        (3 * HOUR, AbsenceDeclared(roster[seat].candidate, FinalState.NO_SHOW.value, me))
        for seat in sorted(job.absent)
    ]
    outcomes = {FinalState.COMPLETED.value: len(records), FinalState.NO_SHOW.value: len(job.absent)}
    events.append((4 * HOUR - MINUTE, SittingClosed(len(roster), outcomes, me)))
    head = journal.Head()
    for after, event in events:
        at = Stamp(Instant(opens + after), 2_000_000 + after, "boot-2")
        raw = journal.next_sitting_line(head, at, event, mode, job.site.proctor).raw
        head = journal.advance(head, raw)
        yield raw


def _line(job: Job, seat: int, record: bytes | None) -> ClosingLine:
    from results.wire.bundle import claimed_record

    entry = job.plan.roster[seat]
    if record is None:
        return ClosingLine(entry.candidate, entry.attempt, FinalState.NO_SHOW)
    header = claimed_record(record)
    return ClosingLine(
        header.candidate,
        header.attempt,
        FinalState.COMPLETED,
        header.kiosk,
        header.session,
        digest(record),
        header.head,
        header.count,
    )

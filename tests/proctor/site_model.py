"""A site in memory: one desk, four kiosks, two carriers and a centre, with the real rules, codes, journals and seals.

What is modelled is only what has a disk or a person: a desk that dies, a kiosk that takes typed codes, a drive that is
lost or half written. Everything that is decided is decided by the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

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
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    checkpoint_code,
    kiosk_key,
    kiosk_keys,
    move_in_extra,
    read_action,
    redeem_action,
)
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity, new_identity
from keys.statement import Keyring, Role
from proctor import sitting
from proctor.commands import CollectRecord, Command, OpenSitting, ShowCodes
from proctor.sitting import State
from results.centre.intake import Office, Sound, judge, judge_bundle, know
from results.centre.settling import Admitted, Filed, Quarantined, Verdict, settle
from results.wire import events as k
from results.wire import journal
from results.wire.bundle import BundleHeader, RecordHeader, pack_bundle, read_record, record_name, seal_record
from results.wire.closing import ClosingLine, ClosingPage, sign_closing
from results.wire.journal import Head, SittingEntry, advance
from results.wire.record import Record, apply
from results.wire.sitting_events import ActionIssued, CandidateMoved, RecordCollected, SittingEvent

SITTING, MODE = "west-1", Mode.LIVE
HOUR = 3_600_000
START = Instant(1_800_000_000_000)
SECRET = b"s" * 32
PACKAGE, FORM, PLAN_FILE = (digest(word) for word in (b"package", b"form", b"plan"))
CANDIDATES = ("C-1", "C-2", "C-3")


@dataclass(frozen=True)
class Cast:
    """Everyone who holds a key, and the plan: three candidates, three seats and a spare kiosk, two proctors."""

    proctors: tuple[PrivateIdentity, ...]
    kiosks: tuple[PrivateIdentity, ...]
    centre: PrivateIdentity
    plan: SittingPlan
    office: Office
    kiosk_ring: Keyring


@cache
def cast() -> Cast:
    """The one cast of a test run."""
    proctors = tuple(new_identity(Role.PROCTOR, "west", name) for name in ("rivera", "chen"))
    kiosks = tuple(new_identity(Role.KIOSK, "west", f"kiosk-{n}") for n in (1, 2, 3, 4))
    centre = new_identity(Role.CENTRE, "centre", "centre")
    plan = SittingPlan(
        SittingId(SITTING),
        MODE,
        "cetl",
        "practice",
        "west",
        "1",
        START,
        Instant(START + 8 * HOUR),
        "exams/cetl/p.ekp",
        PACKAGE,
        "f",
        FORM,
        tuple(
            RosterEntry(CandidateId(number), number, 1, "e", Instant(START + 9 * HOUR), kiosk.identity.name)
            for number, kiosk in zip(CANDIDATES, kiosks, strict=False)
        ),
        tuple(one.identity for one in proctors),
        tuple(KioskSlot(one.identity, spare=n == 3) for n, one in enumerate(kiosks)),
        (centre.identity,),
        Policies("Ada at 555-0100", "by letter"),
    )
    enrolled = frozenset(one.identity.fingerprint for one in (*proctors, *kiosks))
    known = know(plan, PLAN_FILE, enrolled, Keyring([]))
    ring = Keyring(one.identity.holder() for one in kiosks)
    return Cast(proctors, kiosks, centre, plan, Office(centre, lambda _: known), ring)


@dataclass
class Time:
    """One clock for the whole story."""

    at: int = 0

    def now(self) -> Stamp:
        """A second later than before."""
        self.at += 1_000
        return Stamp(Instant(START + self.at), self.at, "boot")


class Kiosk:
    """A machine with a journal; it takes the typed codes that the real schedule lets it take."""

    def __init__(self, private: PrivateIdentity, number: int, time: Time) -> None:
        """Unlocked, with nobody signed in."""
        self.private, self.time = private, time
        self.name = private.identity.fingerprint
        self.codes: KioskKeys = kiosk_keys(kiosk_key(SECRET, SITTING, MODE, self.name))
        self.session = f"{number + 1:032x}"
        self.raws: list[bytes] = []
        self.head, self.record = Head(), Record()
        self.dead = False
        self.write(
            k.SessionOpened(
                bytes(32), self.session, SITTING, MODE, self.name, PLAN_FILE, PACKAGE, FORM, "u", "test"
            )
        )

    @property
    def over(self) -> bool:
        """Whether nothing more is taken here."""
        return self.dead or self.record.outcome is not None

    def write(self, *events: k.SessionEvent) -> None:
        """Make events durable."""
        for event in events:
            line = journal.next_session_line(self.head, self.time.now(), event)
            self.raws.append(line.raw)
            self.head = advance(self.head, line.raw)
            self.record = apply(self.record, event)

    def sign_in(self, candidate: str, typed: str) -> None:
        """Admit a candidate. Raises `WrongCodeError`."""
        code = read_action(typed)
        redeem_action(self.codes, code, candidate, 1)
        self.write(k.CandidateAdmitted(candidate, 1, code.serial), k.TestStarted(HOUR, "seed"))

    def move_in(self, move: CandidateMoved, typed: str) -> None:
        """Go on with a candidate from elsewhere. Raises `WrongCodeError`."""
        code = read_action(typed)
        redeem_action(self.codes, code, move.candidate, 1, move_in_extra(move.checkpoint, move.minutes))
        moved = k.CandidateMovedIn(move.candidate, 1, code.serial, move.checkpoint, move.minutes)
        self.write(moved, k.TestStarted(move.minutes * 60_000, "seed"))

    def redeem(self, typed: str) -> bool:
        """Take a code of the candidate who sits here; whether it was fresh. Raises `WrongCodeError`."""
        code, record = read_action(typed), self.record
        redeem_action(self.codes, code, record.candidate, record.attempt)
        if code.serial in record.redeemed:
            return False
        self.write(k.ActionRedeemed(code.verb, code.serial))
        if code.verb == Verb.END:
            self.write(k.EndedByProctor(1))
        elif code.verb == Verb.VOID:
            self.write(k.Voided(1))
        return True

    def checkpoint(self) -> str:
        """The code that its screen shows."""
        return checkpoint_code(self.codes, self.session, self.head.digest, self.head.count)

    def export(self, *, salvaged: bool = False) -> tuple[str, bytes]:
        """The record's name and file, as far as it goes."""
        record = self.record
        header = RecordHeader(
            self.session,
            SITTING,
            MODE,
            self.name,
            record.candidate,
            record.attempt,
            record.final_outcome().value,
            PLAN_FILE,
            PACKAGE,
            FORM,
            self.head.digest,
            self.head.count,
            self.time.now().wall,
            (),
            (),
            salvaged=salvaged,
            moved_from=record.moved_from,
        )
        raw = seal_record(journal.to_bytes(self.raws), header, cast().plan.recipients, self.private.signer())
        return record_name(self.name, self.session), raw


class Desk:
    """A desk with a disk: lines, and the copies of records; what is in memory dies with it."""

    def __init__(self, private: PrivateIdentity, time: Time, *, rebuilt: bool) -> None:
        """Open the sitting and show the codes."""
        self.private, self.time = private, time
        self.me = private.identity.fingerprint
        self.disk: list[bytes] = []
        self.copies: dict[Digest, bytes] = {}
        self.state, self.head = State(cast().plan), Head()
        self.submit(OpenSitting(b"n" * 32, self.me, PLAN_FILE, "test", rebuilt))
        self.submit(ShowCodes(self.me))

    def submit(self, command: Command, crash: int | None = None) -> tuple[SittingEvent, ...]:
        """What was decided and appended; it dies after `crash` events, or before the first. Raises the refusals."""
        now = self.time.now()
        done: list[SittingEvent] = []
        for place, event in enumerate(sitting.decide(self.state, command, now)):
            if place == crash:
                self.restart()
                break
            line = journal.next_sitting_line(self.head, now, event, MODE, self.private)
            self.disk.append(line.raw)
            self.head = advance(self.head, line.raw)
            self.state = sitting.apply(self.state, event, now)
            done.append(event)
        return tuple(done)

    def entries(self) -> tuple[tuple[SittingEntry, ...], Head]:
        """Its journal, every signature checked."""
        return journal.read_signed(self.disk, cast().plan.proctors, MODE)

    def restart(self) -> None:
        """Forget everything but the disk."""
        entries, self.head = self.entries()
        self.state = sitting.fold(cast().plan, entries)

    def collect(self, files: Iterable[bytes], crash: int | None) -> None:
        """Take records in; it dies before it noted number `crash`, with the copy kept."""
        for place, raw in enumerate(files):
            try:
                read = read_record(raw, cast().kiosk_ring)
            except ExamKioskError:
                continue
            header = read.header
            found = RecordCollected(
                header.kiosk,
                header.session,
                header.candidate,
                header.outcome,
                read.digest,
                header.head,
                header.count,
                header.moved_from,
            )
            self.copies[read.digest] = raw
            if place == crash:
                self.restart()
                return
            self.submit(CollectRecord(found))

    def bundle(self) -> bytes:
        """The closed sitting for the centre."""
        state = self.state
        records = {
            record_name(one.kiosk, one.session): self.copies[one.digest] for one in state.records.values()
        }
        lines = state.reconciliation().lines
        page = ClosingPage(SITTING, MODE, PLAN_FILE, self.me, state.closed_at, len(lines), lines)
        header = BundleHeader(
            SITTING, MODE, PLAN_FILE, self.me, self.head.digest, self.head.count, self.time.now().wall, (), ()
        )
        signer = self.private.signer()
        closing = sign_closing(page, signer)
        return pack_bundle(
            header, records, closing, journal.to_bytes(self.disk), cast().plan.recipients, signer
        )

    def code(self, act: ActionIssued | CandidateMoved) -> str:
        """What is read aloud."""
        keys = kiosk_keys(kiosk_key(SECRET, SITTING, MODE, act.kiosk))
        if isinstance(act, CandidateMoved):
            extra = move_in_extra(act.checkpoint, act.minutes)
            return action_code(keys, act.candidate, act.attempt, Verb.MOVE_IN, act.serial, extra)
        return action_code(keys, act.candidate, act.attempt, act.verb, act.serial)

    def admission(self, candidate: str) -> str:
        """The code of a candidate at their seat."""
        entry = self.state.entry(candidate)
        keys = kiosk_keys(kiosk_key(SECRET, SITTING, MODE, self.state.seat(entry)))
        return action_code(keys, candidate, entry.attempt, Verb.ADMIT, 0)


@dataclass
class CentreModel:
    """What was ever imported, and the real verdicts on it."""

    sound: dict[Digest, Filed] = field(default_factory=dict)
    held: dict[Digest, Quarantined] = field(default_factory=dict)
    lines: dict[tuple[str, str], ClosingLine | None] = field(default_factory=dict)

    def take(self, raw: bytes) -> None:
        """Import a record file, once."""
        if digest(raw) in self.sound or digest(raw) in self.held:
            return
        verdict = judge(raw, cast().office)
        if isinstance(verdict, Sound):
            self.sound[digest(raw)] = verdict.filed
        else:
            self.held[digest(raw)] = verdict

    def take_bundle(self, raw: bytes) -> bool:
        """Import a bundle; whether it was whole."""
        verdict = judge_bundle(raw, cast().office)
        if isinstance(verdict, Quarantined) or verdict.refused:
            return False
        for record in verdict.records.values():
            self.take(record)
        for line in verdict.closing.lines if verdict.closing else ():
            seat = (SITTING, line.candidate)
            self.lines[seat] = line if self.lines.get(seat, line) == line else None
        return True

    def verdicts(self) -> dict[Digest, Verdict]:
        """What counts of all that is here."""
        return {**settle(self.sound.values(), self.lines), **self.held}

    def admitted(self, candidate: str) -> list[Filed]:
        """The records of a candidate that count."""
        verdicts = self.verdicts()
        mine = (one for one in self.sound.values() if one.candidate == candidate)
        return [one for one in mine if isinstance(verdicts[one.digest], Admitted)]

"""What is told of a sitting, as values: one row a candidate, one a kiosk, and the codes to read aloud.

cli.py prints them as text or JSON; field names are the keys of the JSON.
"""

from __future__ import annotations

import msgspec

from exam_packages.sitting_plan import RosterEntry
from keys.clock import utc
from keys.codes import Verb
from keys.encoding import Instant, grouped
from keys.text import sanitise
from proctor.collect import Collection
from proctor.roomboard import Row, rows
from proctor.runner import Desk
from proctor.sitting import State
from results.wire.acts import asked
from results.wire.incidents import category
from results.wire.sitting_events import ActionIssued, CandidateMoved, RecordCollected, RoomCodeIssued

WAITING = "waiting"


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the rows."""


class CandidateRow(_Row, frozen=True):
    """A candidate: seat by name; `state` is waiting, conflict or a final state; `count` lines in the record, if any.

    `minutes` of exam time as planned and changed by codes, null where it is not known; codes `issued` here, and
    `redeemed` as far as what came back tells; `heard` is the last checkpoint code. `here` says what was done at this
    desk and `came` what came back on a carrier.
    """

    candidate: str
    name: str
    kiosk: str
    state: str
    count: int
    minutes: int | None
    issued: int
    redeemed: int
    incidents: int
    heard: str
    here: str
    came: str


class KioskRow(_Row, frozen=True):
    """A kiosk: `candidate` whose seat it is, `resumes` codes given, `record` the outcome of its record or empty."""

    kiosk: str
    spare: bool
    unlocked: bool
    candidate: str
    resumes: int
    record: str


class RefusedRow(_Row, frozen=True):
    """A file on the carrier that was not collected."""

    file: str
    code: str
    what: str
    next: str


class Status(_Row, frozen=True):
    """Where a sitting stands; `unsettled` are candidate numbers, `new` how many records this carrier brought."""

    sitting: str
    mode: str
    phase: str
    authorised: int
    settled: int
    balanced: bool
    new: int
    known: int
    candidates: tuple[CandidateRow, ...]
    kiosks: tuple[KioskRow, ...]
    unsettled: tuple[str, ...]
    refused: tuple[RefusedRow, ...]


class StartCode(_Row, frozen=True):
    """What is typed at a kiosk to unlock it, in groups of three."""

    kiosk: str
    spare: bool
    start_code: str


class AdmissionCode(_Row, frozen=True):
    """What a candidate types to sign in at their kiosk, in groups of three."""

    candidate: str
    name: str
    kiosk: str
    admission_code: str


class IssuedCode(_Row, frozen=True):
    """A code that was issued: when (UTC), for whom and which kiosk or empty for the room, and for which reason."""

    at: str
    candidate: str
    kiosk: str
    what: str
    code: str
    reason: str


class Incident(_Row, frozen=True):
    """An incident in its last wording; without candidates it is of the room. `words` are those of its category."""

    incident: int
    category: str
    words: str
    candidates: tuple[str, ...]
    began: int
    text: str
    witnesses: str
    follow_up: str


class Codes(_Row, frozen=True):
    """Every start code, and the admission code of every candidate who has a seat and is expected."""

    sitting: str
    kiosks: tuple[StartCode, ...]
    candidates: tuple[AdmissionCode, ...]


def status(state: State, seen: Collection | None = None, limit: int = 0) -> Status:
    """Where a sitting stands, with what the look at a carrier brought; `limit` is the form's in ms, 0 if not known."""
    found = state.reconciliation()
    unsettled = tuple(one.candidate for one in found.unsettled)
    seen = seen or Collection((), 0, ())
    return Status(
        sitting=state.plan.sitting,
        mode=state.plan.mode,
        phase=state.phase,
        authorised=len(state.plan.roster),
        settled=len(found.lines),
        balanced=found.balanced,
        new=len(seen.new),
        known=seen.known,
        candidates=tuple(
            _candidate(state, entry, unsettled, row)
            for entry, row in zip(state.plan.roster, rows(state, limit), strict=True)
        ),
        kiosks=tuple(_kiosks(state)),
        unsettled=unsettled,
        refused=tuple(
            RefusedRow(one.name, one.why.code, one.why.what, one.why.next_step) for one in seen.refused
        ),
    )


def codes(desk: Desk) -> Codes:
    """The codes of an open sitting; showing them is for the caller to note. Whose eligibility is over has none, nor has
    who was moved: an admission code would begin the test anew at the other kiosk, without the answers.
    """
    state, now = desk.state, desk.clock.now().wall
    expected = (
        entry
        for entry in state.plan.roster
        if state.seats.get(entry.candidate)
        and entry.eligible(now)
        and entry.candidate not in state.absences
        and not state.records_of(entry.candidate)
        and not state.left_by(entry.candidate)
    )
    return Codes(
        state.plan.sitting,
        tuple(
            StartCode(slot.identity.name, slot.spare, grouped(desk.start_code(slot.identity.fingerprint)))
            for slot in state.plan.kiosks
        ),
        tuple(admission(desk, entry) for entry in expected),
    )


def admission(desk: Desk, entry: RosterEntry) -> AdmissionCode:
    """The admission code of one candidate at their seat."""
    kiosk = desk.state.kiosk_name(desk.state.seat(entry))
    return AdmissionCode(
        entry.candidate, shown(entry.name), kiosk, grouped(desk.admission_code(entry.candidate))
    )


def shown(name: str) -> str:
    """A name of the roster as it may stand on a screen."""
    return sanitise(name, limit=60)


def issued(desk: Desk) -> tuple[IssuedCode, ...]:
    """Every action, move-in and room code of the sitting, as it was issued."""
    state = desk.state
    found: list[tuple[Instant, ActionIssued | CandidateMoved | RoomCodeIssued]] = []
    found += [(one.at, one.event) for one in state.actions]
    found += [(one.at, one.event) for one in state.moves]
    found += [(one.at, one.event) for one in state.room_codes]
    return tuple(_issued(desk, at, event) for at, event in sorted(found, key=lambda one: one[0]))


def incident(state: State, number: int) -> Incident:
    """An incident that is there."""
    event = state.incidents[number].event
    kind = category(event.category)
    return Incident(
        event.incident,
        event.category,
        kind.words if kind else "",
        event.candidates,
        event.began,
        sanitise(event.text, limit=4_000),
        sanitise(event.witnesses, limit=400),
        sanitise(event.follow_up, limit=400),
    )


def _issued(desk: Desk, at: Instant, event: ActionIssued | CandidateMoved | RoomCodeIssued) -> IssuedCode:
    candidate = "" if isinstance(event, RoomCodeIssued) else event.candidate
    kiosk = "" if isinstance(event, RoomCodeIssued) else desk.state.kiosk_name(event.kiosk)
    verb = Verb.MOVE_IN if isinstance(event, CandidateMoved) else event.verb
    code = grouped(desk.code(event))
    return IssuedCode(utc(at)[11:16], candidate, kiosk, asked(verb), code, event.reason)


def _candidate(state: State, entry: RosterEntry, unsettled: tuple[str, ...], row: Row) -> CandidateRow:
    records = state.records_of(entry.candidate)
    if entry.candidate in unsettled:
        outcome = "conflict" if records else WAITING
    else:
        word, counts = state.absences.get(entry.candidate), state.counts(entry.candidate)
        outcome = word.value if word else counts.outcome if counts else WAITING
    seat = state.seat(entry)
    name = state.kiosk_name(seat) if seat else ""
    return CandidateRow(
        entry.candidate,
        shown(entry.name),
        name,
        outcome,
        sum(one.count for one in records),
        row.minutes,
        row.issued,
        row.redeemed,
        row.incidents,
        row.heard,
        row.here,
        row.came,
    )


def _kiosks(state: State) -> list[KioskRow]:
    rows: list[KioskRow] = []
    for slot in state.plan.kiosks:
        kiosk = slot.identity.fingerprint
        records: tuple[RecordCollected, ...] = state.records_from(kiosk)
        seated = state.seated(kiosk)
        rows.append(
            KioskRow(
                slot.identity.name,
                slot.spare,
                kiosk in state.unlocks,
                seated.candidate if seated else "",
                state.resumes.get(kiosk, 0),
                ", ".join(record.outcome for record in records),
            )
        )
    return rows

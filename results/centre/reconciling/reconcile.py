"""What was planned against what came. Pure.

Rules.
1. A candidate's final state is what the closing page says, where the pages do not contradict each other. Without a page
   a record shows how a session ended, and the candidate is told as not closed.
2. A record that a closing page names is here, or is named as missing. One in quarantine is open until it is decided.
3. A site is missing of which a sitting is over while nothing came of it, and silent where nothing came at all. A kiosk
   is missing that a closing page names a record of, while none of its records is here; without any page, every kiosk
   but the spares that nothing came from.
4. Codes are compared as in issued.py, once a desk's journal is here.
5. Of an incident the newest version counts; every desk numbers its own.
6. What was erased on schedule was reconciled before, and is open to nobody.
7. What a person has explained is open no more (settlements.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from exam_packages.sitting_plan import RosterEntry
from keys.text import sanitise
from results.centre import issued
from results.centre.reasons import RejectedError
from results.centre.reconciling import values as v
from results.centre.reconciling.settlements import after
from results.centre.tables import State
from results.wire import events as e
from results.wire import sitting_events as s
from results.wire.incidents import category
from results.wire.journal import SittingEntry

_LONGEST = 2_000


def reconcile(arrived: v.Arrived, now: int) -> v.SittingState:
    """A sitting's reconciliation at `now` (wall ms)."""
    plan = arrived.plan
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    state = _state(arrived, now)
    alone = state in {v.EXPECTED, v.MISSING, v.ERASED}
    difference = _differences(arrived)
    found = v.SittingState(
        plan.sitting,
        sanitise(plan.site, limit=200),
        sanitise(plan.room, limit=200),
        plan.mode.value,
        plan.opens_at,
        plan.closes_at,
        state,
        len(plan.roster),
        tuple(_seat(arrived, entry, names, state) for entry in plan.roster),
        () if alone else tuple(_missing_kiosks(arrived)),
        () if alone else tuple(_missing_records(arrived, names)),
        (
            *(f"{one}: {words}" for one, told in sorted(difference.candidates.items()) for words in told),
            *difference.sitting,
        ),
        () if alone else tuple(_findings(arrived)),
        tuple(one for record in _counting(arrived) for one in _happenings(record, names)),
        _incidents(arrived.journals),
    )
    return after(found, arrived.settled)


def _state(arrived: v.Arrived, now: int) -> str:
    if arrived.erased:
        return v.ERASED
    if arrived.sound:
        return v.CLOSED
    if arrived.records or arrived.held:
        return v.PARTLY
    return v.EXPECTED if now <= arrived.plan.closes_at else v.MISSING


def _seat(arrived: v.Arrived, entry: RosterEntry, names: Mapping[str, str], state: str) -> v.Seat:
    """Where one authorised candidate stands."""
    mine = [
        one for one in arrived.records if (one.candidate, one.attempt) == (entry.candidate, entry.attempt)
    ]
    counting = next((one for one in mine if one.state == State.ADMITTED.value), None)
    held = [f"a record{v.HELD}{one.reason}" for one in mine if _waits(one)]
    line = arrived.lines.get(entry.candidate)
    kiosk = names.get(counting.kiosk if counting else line.kiosk if line else "", "")
    record = counting.digest if counting else line.record if line else ""
    where = (entry.candidate, entry.attempt)
    if state == v.ERASED:
        return v.Seat(*where, v.ERASED, final=True, by="erased on schedule", kiosk="", record="", open=())
    if line is not None:
        return v.Seat(
            *where,
            line.state.value,
            final=True,
            by="closing page",
            kiosk=kiosk,
            record=record,
            open=tuple(held),
        )
    if entry.candidate in arrived.lines:
        wrong = ("the closing pages contradict each other", *held)
        return v.Seat(*where, v.DISPUTED, final=False, by="", kiosk=kiosk, record=record, open=wrong)
    if counting:
        ends = f"no closing page confirms that the record ends as {counting.outcome}"
        return v.Seat(
            *where, v.NOT_CLOSED, final=False, by="record", kiosk=kiosk, record=record, open=(ends, *held)
        )
    if state == v.EXPECTED:
        return v.Seat(*where, v.NOT_YET, final=False, by="", kiosk="", record="", open=())
    why = () if state == v.MISSING else ("neither a record nor a closing page is here", *held)
    return v.Seat(*where, v.NOTHING_CAME, final=False, by="", kiosk="", record="", open=why)


def _waits(one: v.Record) -> bool:
    """Whether a record in quarantine waits for a person: nobody has rejected it."""
    return one.state == State.QUARANTINED.value and one.reason != RejectedError.code


def _missing_kiosks(arrived: v.Arrived) -> Iterator[str]:
    """The kiosks, by name, from which something must be and nothing is here."""
    here = {one.kiosk for one in arrived.records}
    named = {line.kiosk for line in arrived.lines.values() if line and line.record}
    for slot in arrived.plan.kiosks:
        kiosk = slot.identity.fingerprint
        needed = kiosk in named if arrived.sound else not slot.spare
        if needed and kiosk not in here:
            yield slot.identity.name


def _missing_records(arrived: v.Arrived, names: Mapping[str, str]) -> Iterator[str]:
    """The records that a closing page names and that are not here."""
    here = {one.digest for one in arrived.records}
    for candidate, line in sorted(arrived.lines.items()):
        if line and line.record and line.record not in here:
            yield f"the record {line.record[:12]} of {candidate} from {names.get(line.kiosk, '?')}"


def _findings(arrived: v.Arrived) -> Iterator[str]:
    """What is to be looked at that is about no one candidate."""
    if not arrived.sound:
        yield "no sound bundle of this sitting came"
    if arrived.sound > 1:
        yield f"{arrived.sound} different sound bundles of this sitting came"
    beside = f" ({v.SOUND_TOO})" if arrived.sound else ""
    yield from (f"a bundle{v.HELD}{sentence}{beside}" for sentence in arrived.held)
    roster = {entry.candidate for entry in arrived.plan.roster}
    for one in arrived.records:
        if one.candidate not in roster and _waits(one):
            yield f"a record of no authorised candidate{v.HELD}{one.reason}"


def _counting(arrived: v.Arrived) -> list[v.Record]:
    """The longest sound record of each session, in the order of candidates."""
    longest: dict[tuple[str, str], v.Record] = {}
    for one in sorted(arrived.records, key=lambda one: one.entries):
        if one.facts is not None:
            longest[one.kiosk, one.session] = one
    return sorted(longest.values(), key=lambda one: (one.candidate, one.attempt, one.kiosk, one.session))


def _differences(arrived: v.Arrived) -> issued.Differences:
    if not arrived.journals:
        return issued.Differences()
    sessions = [
        issued.Session(one.kiosk, one.candidate, one.attempt, one.facts)
        for one in _counting(arrived)
        if one.facts
    ]
    entries = [entry for journal in arrived.journals for entry in journal]
    return issued.differences(arrived.plan, issued.issued(arrived.plan, entries), sessions)


def _happenings(record: v.Record, names: Mapping[str, str]) -> Iterator[v.Happening]:
    """Clock jumps, outages, credits, pauses and time changes of one session."""
    facts = record.facts
    if facts is None:
        return
    where = (record.candidate, names.get(record.kiosk, "?"))
    for by in facts.clock_jumps:
        yield v.Happening("clock jump", *where, 0, by, f"the clock moved by {by / 1000:+.0f} s")
    if facts.resumes:
        times = "once" if facts.resumes == 1 else f"{facts.resumes} times"
        words = f"stopped and resumed {times}, {facts.lost / 1000:.0f} s lost"
        yield v.Happening("outage", *where, 0, facts.lost, words)
    if facts.credited:
        yield v.Happening("credit", *where, 0, facts.credited, f"{facts.credited / 1000:.0f} s given back")
    for act in facts.acts:
        match act.event:
            case e.TimeChanged(before=before, after=after, two_person=two):
                words = f"{(after - before) / 60_000:+.0f} min by {'two persons' if two else 'one person'}"
                yield v.Happening("time change", *where, act.at, after - before, words)
            case e.PauseEnded(kind=kind, lasted=lasted):
                words = f"{kind.value} pause of {lasted / 60_000:.0f} min"
                yield v.Happening("pause", *where, act.at, lasted, words)


def _incidents(journals: Iterable[tuple[SittingEntry, ...]]) -> tuple[v.Incident, ...]:
    """The newest version of each incident; a longer copy of a desk's journal stands in place of a shorter one."""
    newest: dict[bytes, tuple[SittingEntry, ...]] = {}
    for journal in sorted(journals, key=len):
        if journal and isinstance(journal[0].event, s.SittingOpened):
            newest[journal[0].event.nonce] = journal
    found: list[v.Incident] = []
    for journal in newest.values():
        told: dict[int, list[s.IncidentReported]] = {}
        for entry in journal:
            if isinstance(entry.event, s.IncidentReported):
                told.setdefault(entry.event.incident, []).append(entry.event)
        found += [_incident(versions) for versions in told.values()]
    return tuple(sorted(found, key=lambda one: (one.began, one.number)))


def _incident(versions: list[s.IncidentReported]) -> v.Incident:
    last = versions[-1]
    known = category(last.category)
    return v.Incident(
        last.incident,
        sanitise(last.category, limit=8),
        known.group if known else "",
        known.words if known else "",
        tuple(sanitise(one, limit=60) for one in last.candidates),
        last.began,
        sanitise(last.text, limit=_LONGEST),
        sanitise(last.witnesses, limit=_LONGEST),
        sanitise(last.follow_up, limit=_LONGEST),
        len(versions),
    )

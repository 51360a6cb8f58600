"""Codes issued at the desk against codes redeemed at kiosks: what a sitting's journals say of each other. Pure.

Rules.
1. A line counts that a proctor of the plan signed; a bundle whose journal holds another is refused in intake.py.
2. A sitting may have the journals of two desks, the second one rebuilt: what either issued was issued.
3. Time by two persons counts where a second proctor signed the act that issued it (`acts.is_agreed`).
4. A code for the room is expected at the kiosks whose sessions were going on when it was issued, by both clocks; one
   that ends a pause only where a pause of the room began.
5. Where only the journal of a rebuilt desk is here, that is said first: what the one before it issued is not in it.
6. Every other difference is told in words, in the sitting report, and changes no verdict: a desk that died took its
   journal with it, and a code may be issued and never typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exam_packages.sitting_plan import SittingPlan
from keys.codes import Verb
from keys.encoding import Instant, grouped, normalise
from keys.text import sanitise
from results.centre.facts import SessionFacts
from results.wire import events as e
from results.wire import sitting_events as s
from results.wire.acts import asked, is_agreed, is_two_person
from results.wire.journal import SittingEntry, lines, read

Code = tuple[str, str, int, int, int]
"""An action code: kiosk by fingerprint, candidate, attempt, verb and serial."""


FIRST_MISSING = (
    "The desk of this sitting was rebuilt, and the first one's journal is not here: codes that it issued are told as "
    "not in the desk's journal, and time by two persons that it gave is held until both proctors are asked."
)


@dataclass(frozen=True, slots=True)
class Session:
    """What a kiosk says of one candidate's attempt there."""

    kiosk: str
    candidate: str
    attempt: int
    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class Issued:
    """What the desk's journals show: the codes, by what they are, and the highest resume code of each kiosk.

    `room` has when each code for the room was issued. `first` is whether the journal of a desk is among them that was
    not rebuilt.
    """

    actions: frozenset[Code]
    agreed: frozenset[Code]
    admitted: frozenset[tuple[str, str]]
    moves: Mapping[Code, s.CandidateMoved]
    room: Mapping[tuple[int, int], Instant]
    resumes: Mapping[str, int]
    first: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """What does not agree, in words: by candidate, and of the sitting as a whole."""

    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sitting: tuple[str, ...] = ()


def issued(plan: SittingPlan, entries: Iterable[SittingEntry]) -> Issued:
    """What the entries of a sitting's journals, one or several, say was issued."""
    proctors = {one.fingerprint: one for one in plan.proctors}
    actions: set[Code] = set()
    agreed: set[Code] = set()
    admitted: set[tuple[str, str]] = set()
    moves: dict[Code, s.CandidateMoved] = {}
    room: dict[tuple[int, int], Instant] = {}
    resumes: dict[str, int] = {}
    first = False
    for entry in entries:
        match entry.event:
            case s.SittingOpened() as event:
                first = first or not event.rebuilt
            case s.ActionIssued() as event:
                code = (event.kiosk, event.candidate, event.attempt, event.verb, event.serial)
                actions.add(code)
                if is_agreed(plan.sitting, plan.mode.value, event, proctors):
                    agreed.add(code)
            case s.AdmissionIssued() as event:
                admitted.add((event.kiosk, event.candidate))
            case s.CandidateMoved() as event:
                moves[event.kiosk, event.candidate, event.attempt, Verb.MOVE_IN, event.serial] = event
            case s.RoomCodeIssued() as event:
                room[event.verb, event.serial] = entry.at.wall
            case s.ResumeCodeIssued() as event:
                resumes[event.kiosk] = max(event.n, resumes.get(event.kiosk, 0))
    return Issued(frozenset(actions), frozenset(agreed), frozenset(admitted), moves, room, resumes, first)


def entries(journals: Iterable[bytes]) -> tuple[SittingEntry, ...]:
    """The entries of journals that were verified when they came in."""
    return tuple(one for raw in journals for one in read(lines(raw), SittingEntry)[0])


def unagreed(session: Session, found: Issued | None) -> tuple[Code, ...]:
    """The two-person codes that a session redeemed and no desk's journal shows two proctors agreeing on."""
    return tuple(
        code
        for code in redeemed(session)
        if is_two_person(code[3]) and (found is None or code not in found.agreed)
    )


def redeemed(session: Session) -> tuple[Code, ...]:
    """The action codes that a session redeemed, a move-in too, in order."""
    codes: list[Code] = []
    for act in session.facts.acts:
        match act.event:
            case e.ActionRedeemed(verb=verb, serial=serial):
                codes.append((session.kiosk, session.candidate, session.attempt, verb, serial))
            case e.CandidateMovedIn(serial=serial):
                codes.append((session.kiosk, session.candidate, session.attempt, Verb.MOVE_IN, serial))
    return tuple(codes)


def differences(plan: SittingPlan, found: Issued, sessions: Sequence[Session]) -> Differences:
    """Everything issued against everything redeemed, for the sessions whose records are here."""
    names = {slot.identity.fingerprint: slot.identity.name for slot in plan.kiosks}
    remarks: dict[str, list[str]] = {}
    for session in sessions:
        told = _of_session(found, session, names)
        remarks.setdefault(session.candidate, []).extend(told)
    return Differences(
        {candidate: tuple(told) for candidate, told in remarks.items() if told},
        (*(() if found.first else (FIRST_MISSING,)), *_of_the_room(found, sessions, names)),
    )


def _of_session(found: Issued, session: Session, names: Mapping[str, str]) -> list[str]:
    kiosk = names.get(session.kiosk, "?")
    mine = [code for code in (*found.actions, *found.moves) if code[:3] == _seat(session)]
    typed = redeemed(session)
    told = [
        f"{_code(code)} was redeemed at {kiosk} and is not in the desk's journal"
        for code in typed
        if code not in mine
    ]
    told += [
        f"{_code(code)} was issued for {kiosk} and not redeemed"
        for code in sorted(mine, key=lambda one: one[4])
        if code not in typed
    ]
    for act in session.facts.acts:
        if isinstance(act.event, e.CandidateMovedIn):
            told += _move(found, session, act.event)
    moved = any(code[3] == Verb.MOVE_IN for code in typed)
    if not moved and (session.kiosk, session.candidate) not in found.admitted:
        told.append(f"signed in at {kiosk}, for which the desk's journal shows no admission code")
    given, taken = found.resumes.get(session.kiosk, 0), session.facts.resumes
    if given != taken:
        told.append(f"{kiosk} was resumed {_times(taken)}; the desk issued {given} resume codes for it")
    return told


def _move(found: Issued, session: Session, event: e.CandidateMovedIn) -> list[str]:
    """What the desk wrote of a move otherwise than the kiosk was told."""
    code = (*_seat(session), int(Verb.MOVE_IN), event.serial)
    wrote = found.moves.get(code)
    if wrote is None:
        return []
    said = (normalise(wrote.checkpoint), wrote.minutes)
    if said == (normalise(event.checkpoint), event.minutes):
        return []
    checkpoint = grouped(sanitise(wrote.checkpoint, limit=20))
    return [f"the desk's journal has this move from checkpoint {checkpoint} with {wrote.minutes} minutes"]


def _of_the_room(found: Issued, sessions: Sequence[Session], names: Mapping[str, str]) -> list[str]:
    typed: dict[tuple[int, int], set[str]] = {}
    for session in sessions:
        for act in session.facts.acts:
            if isinstance(act.event, e.RoomCodeRedeemed):
                typed.setdefault((act.event.verb, act.event.serial), set()).add(session.kiosk)
    paused = {kiosk for (verb, _), kiosks in typed.items() if verb == Verb.ROOM_PAUSE for kiosk in kiosks}
    told: list[str] = []
    for code in sorted({*found.room, *typed}, key=lambda one: one[1]):
        where = typed.get(code, set())
        what = f"Room code {code[1]} ({asked(code[0])})"
        if code not in found.room:
            told.append(f"{what} was redeemed at {_named(where, names)} and is not in the desk's journal.")
            continue
        going_on = {
            one.kiosk for one in sessions if one.facts.opened_at <= found.room[code] <= one.facts.ended_at
        }
        missing = (going_on & paused if code[0] == Verb.ROOM_RESUME else going_on) - where
        if missing:
            told.append(f"{what} was issued and not redeemed at {_named(missing, names)}.")
    return told


def _seat(session: Session) -> tuple[str, str, int]:
    return session.kiosk, session.candidate, session.attempt


def _named(kiosks: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(sorted(names.get(one, "?") for one in kiosks))


def _code(code: Code) -> str:
    return f"code {code[4]} ({asked(code[3])})"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"

"""`Record` and `apply(record, event)`: the one place where events become answers.

The kiosk's live state embeds a `Record`; intake folds the same journal with the same function. Rules.
1. An empty response takes the answer back; the item counts as seen, not as answered.
2. A strike-out or a flag never is an answer.
3. A terminal event is final: events after it change nothing here (they stay in the journal as evidence).
4. The time of a pause is no item's time.
5. A session that is gone on with on another kiosk keeps its answers, marks, order and test clock there. Its pause is
   over, its codes and resumes are the other kiosk's own, and identity and equipment are looked at anew.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from exam_packages.form import BreakClock
from exam_packages.interactions import ItemId, OptionId, Response, TypedText, is_empty
from results.wire import carried
from results.wire import events as e
from results.wire.edits import edited
from results.wire.events import PauseKind, Scope

Spans = tuple[tuple[int, int, int], ...]
TAPE = 20
"""Calculations that are kept in sight."""
Key = TypeVar("Key")
Kept = TypeVar("Kept")


class Outcome(enum.StrEnum):
    """The final states that a record itself can tell; the sitting adds those without a record."""

    COMPLETED = "completed"
    TIMED_OUT = "timed out"
    DECLINED_TERMS = "declined terms"
    ENDED_BY_PROCTOR = "ended by proctor"
    VOIDED = "voided"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one item: the response now in force, time on screen (ms), visits and changes."""

    response: Response | None = None
    order: tuple[OptionId, ...] = ()
    flagged: bool = False
    struck: frozenset[OptionId] = frozenset()
    time: int = 0
    visits: int = 0
    changes: int = 0
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that has not ended: what it is, what the clock does in it, and when it began on the test clock (ms)."""

    kind: PauseKind
    clock: BreakClock
    length: int
    elapsed: int


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that the events of one session say so far. Times in ms; `elapsed` is on the test clock.

    `redeemed` are serials of this kiosk's action codes, `room_redeemed` of the room's. `pause` is set while one lasts;
    `breaks` counts the unscheduled ones begun. `limits` are parts and sections entered that have a limit of their own:
    (limit, when they were entered). `added` is what proctors added to the limit by one person alone.
    `moved_from` is the source's checkpoint code of a candidate who was moved in, with `moved_minutes` of exam time, and
    `carried` the kiosk and session whose answers are gone on with here, if they came along.
    """

    session: str = ""
    sitting: str = ""
    mode: str = ""
    kiosk: str = ""
    plan_digest: str = ""
    package_digest: str = ""
    form_digest: str = ""
    unlock: str = ""
    candidate: str = ""
    attempt: int = 0
    confirmed: bool = False
    accepted: tuple[tuple[str, str], ...] = ()
    instructed: bool = False
    limit: int = 0
    route: str = ""
    current: ItemId | None = None
    elapsed: int = 0
    resumes: int = 0
    credited: int = 0
    redeemed: frozenset[int] = frozenset()
    room_redeemed: frozenset[int] = frozenset()
    moved_from: str = ""
    moved_minutes: int = 0
    carried: tuple[str, str] | None = None
    checked: bool = False
    tutored: bool = False
    pause: Pause | None = None
    breaks: int = 0
    limits: Mapping[tuple[Scope, str], tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    closed: frozenset[tuple[Scope, str]] = frozenset()
    highlights: Mapping[str, Spans] = field(default_factory=lambda: MappingProxyType({}))
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    calculations: tuple[tuple[str, str], ...] = ()
    preferences: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    added: int = 0
    answers: Mapping[ItemId, Answer] = field(default_factory=lambda: MappingProxyType({}))
    outcome: Outcome | None = None

    @property
    def started(self) -> bool:
        """Whether the clock has begun."""
        return self.limit > 0

    def answer(self, item: ItemId) -> Answer:
        """What is known of an item; nothing, if it was never seen."""
        return self.answers.get(item) or Answer()

    def answered(self) -> int:
        """How many items hold an answer."""
        return sum(answer.response is not None for answer in self.answers.values())

    def flagged(self) -> int:
        """How many items are flagged."""
        return sum(answer.flagged for answer in self.answers.values())

    def final_outcome(self) -> Outcome:
        """The outcome of a finished record, or unfinished."""
        return self.outcome or Outcome.UNFINISHED


Changed = TypeVar("Changed", Record, Answer)


class Hand(Protocol):
    """How a change is made: beside what was before, which stays as it is, or in its place."""

    def keep(self, before: Mapping[Key, Kept], key: Key, value: Kept, /) -> Mapping[Key, Kept]:
        """The mapping with one more value."""
        ...

    def change(self, before: Changed, /, **values: object) -> Changed:
        """The record or answer with other values."""
        ...


class _Beside:
    """Nothing that was there is touched."""

    def keep(self, before: Mapping[Key, Kept], key: Key, value: Kept, /) -> Mapping[Key, Kept]:
        return MappingProxyType({**before, key: value})

    def change(self, before: Changed, /, **values: Any) -> Changed:
        return replace(before, **values)


class _InPlace:
    """Only for a record, its mappings and answers that this hand itself has made, before anyone else has seen them."""

    def __init__(self) -> None:
        self._own: dict[int, dict[Any, Any]] = {}

    def made(self) -> Mapping[Any, Any]:
        inside: dict[Any, Any] = {}
        seen = MappingProxyType(inside)
        self._own[id(seen)] = inside
        return seen

    def keep(self, before: Mapping[Key, Kept], key: Key, value: Kept, /) -> Mapping[Key, Kept]:
        self._own[id(before)][key] = value
        return before

    def change(self, before: Changed, /, **values: object) -> Changed:
        for name, value in values.items():
            object.__setattr__(before, name, value)
        return before


_BESIDE = _Beside()
_ON_ITEMS = (
    e.ItemPresented,
    e.ResponseRecorded,
    e.ResponseEdited,
    e.ItemFlagged,
    e.OptionStruck,
    e.CommentWritten,
)


def apply(record: Record, event: e.SessionEvent) -> Record:
    """The record after one more event. Total: every event is accepted in every state."""
    return _apply(record, event, _BESIDE)


def fold(events: Iterable[e.SessionEvent]) -> Record:
    """The record that these events make: what applying them one by one makes, without a copy of it for each event."""
    hand = _InPlace()
    made = hand.made
    record = Record(limits=made(), highlights=made(), notes=made(), preferences=made(), answers=made())
    for event in events:
        record = _apply(record, event, hand)
    return record


def _apply(record: Record, event: e.SessionEvent, hand: Hand) -> Record:
    if record.outcome is not None:
        return record
    if isinstance(event, _ON_ITEMS):
        return _item(_spend(record, event.elapsed, hand), event, hand)
    match event:
        case e.SessionOpened():
            return hand.change(
                record,
                session=event.session,
                sitting=event.sitting,
                mode=event.mode,
                kiosk=event.kiosk,
                plan_digest=event.plan_digest,
                package_digest=event.package_digest,
                form_digest=event.form_digest,
                unlock=event.unlock,
            )
        case e.CandidateAdmitted():
            redeemed = record.redeemed | {event.serial}
            return hand.change(record, candidate=event.candidate, attempt=event.attempt, redeemed=redeemed)
        case e.CandidateMovedIn():
            redeemed = record.redeemed | {event.serial}
            moved = hand.change(record, candidate=event.candidate, attempt=event.attempt, redeemed=redeemed)
            return hand.change(moved, moved_from=event.checkpoint, moved_minutes=event.minutes)
        case e.SessionCarried():
            return _carried(record, event, hand)
        case e.EquipmentChecked():
            return hand.change(record, checked=True)
        case e.TutorialEnded():
            return hand.change(record, tutored=True)
        case e.IdentityConfirmed():
            return hand.change(record, confirmed=True)
        case e.AgreementAccepted():
            return hand.change(record, accepted=(*record.accepted, (event.agreement, event.text_digest)))
        case e.AgreementDeclined():
            return hand.change(record, outcome=Outcome.DECLINED_TERMS)
        case e.InstructionsRead():
            return hand.change(record, instructed=True)
        case e.TestStarted():
            return hand.change(record, limit=event.limit, route=event.route)
        case e.SessionResumed():
            spent = hand.change(record, elapsed=max(record.elapsed, event.elapsed))
            return hand.change(spent, resumes=event.n, credited=record.credited + event.credited)
        case e.ActionRedeemed():
            return hand.change(record, redeemed=record.redeemed | {event.serial})
        case e.RoomCodeRedeemed():
            return hand.change(record, room_redeemed=record.room_redeemed | {event.serial})
        case e.EndedByProctor():
            return hand.change(_spend(record, event.elapsed, hand), outcome=Outcome.ENDED_BY_PROCTOR)
        case e.Voided():
            return hand.change(_spend(record, event.elapsed, hand), outcome=Outcome.VOIDED)
        case e.TimeExpired():
            return hand.change(_spend(record, event.elapsed, hand), outcome=Outcome.TIMED_OUT)
        case e.HandedIn():
            return hand.change(_spend(record, event.elapsed, hand), outcome=Outcome.COMPLETED)
        case e.PreferenceSet():
            return hand.change(record, preferences=hand.keep(record.preferences, event.name, event.value))
        case e.ClockJumped():
            return record
        case _:
            return _course(_spend(record, event.elapsed, hand), event, hand)


def _carried(record: Record, event: e.SessionCarried, hand: Hand) -> Record:
    """Go on with the source's record; one that does not hold together carries nothing."""
    inside = carried.entries(event)
    if not inside:
        return record
    source = fold(one.event for one in inside)
    return hand.change(
        record,
        carried=(event.kiosk, event.session),
        accepted=source.accepted,
        tutored=source.tutored,
        route=source.route,
        current=source.current,
        elapsed=source.elapsed,
        breaks=source.breaks,
        closed=source.closed,
        calculations=source.calculations,
        added=source.added,
        limits=_added(record.limits, source.limits, hand),
        highlights=_added(record.highlights, source.highlights, hand),
        notes=_added(record.notes, source.notes, hand),
        preferences=_added(record.preferences, source.preferences, hand),
        answers=_added(record.answers, source.answers, hand),
    )


def _added(before: Mapping[Key, Kept], more: Mapping[Key, Kept], hand: Hand) -> Mapping[Key, Kept]:
    for key, value in more.items():
        before = hand.keep(before, key, value)
    return before


Course = (
    e.TextHighlighted
    | e.NoteWritten
    | e.CalculationMade
    | e.LimitBegan
    | e.LimitEnded
    | e.PauseBegan
    | e.PauseEnded
    | e.TimeChanged
)
"""Events of the running test that change no answer."""


def _course(record: Record, event: Course, hand: Hand) -> Record:
    match event:
        case e.TextHighlighted():
            return hand.change(record, highlights=hand.keep(record.highlights, event.place, event.spans))
        case e.NoteWritten():
            return hand.change(record, notes=hand.keep(record.notes, event.item, event.text))
        case e.CalculationMade():
            tape = (*record.calculations, (event.expression, event.result))
            return hand.change(record, calculations=tape[-TAPE:])
        case e.LimitBegan():
            key = (event.scope, event.id)
            return hand.change(record, limits=hand.keep(record.limits, key, (event.limit, event.elapsed)))
        case e.LimitEnded():
            return hand.change(record, closed=record.closed | {(event.scope, event.id)})
        case e.PauseBegan():
            breaks = record.breaks + (event.kind is PauseKind.UNSCHEDULED)
            pause = Pause(event.kind, event.clock, event.length, event.elapsed)
            return hand.change(record, pause=pause, breaks=breaks)
        case e.PauseEnded():
            return hand.change(record, pause=None)
        case e.TimeChanged():
            alone = 0 if event.two_person else max(0, event.after - event.before)
            return hand.change(record, limit=event.after, added=record.added + alone)


def _spend(record: Record, elapsed: int, hand: Hand) -> Record:
    """Let the test clock move on and give the time to the item on the screen; in a pause there is none."""
    spent = max(0, elapsed - record.elapsed)
    if not spent:
        return record
    if record.current is None or record.pause is not None:
        return hand.change(record, elapsed=elapsed)
    answer = record.answer(record.current)
    answers = hand.keep(record.answers, record.current, hand.change(answer, time=answer.time + spent))
    return hand.change(record, elapsed=elapsed, answers=answers)


def _item(
    record: Record,
    event: e.ItemPresented
    | e.ResponseRecorded
    | e.ResponseEdited
    | e.ItemFlagged
    | e.OptionStruck
    | e.CommentWritten,
    hand: Hand,
) -> Record:
    answer = record.answer(event.item)
    current = record.current
    match event:
        case e.ItemPresented():
            current = event.item
            answer = hand.change(answer, order=event.order, visits=answer.visits + 1)
        case e.ResponseRecorded():
            answer = _answered(answer, event.response, hand)
        case e.ResponseEdited():
            before = answer.response.text if isinstance(answer.response, TypedText) else ""
            answer = _answered(answer, TypedText(edited(before, event)), hand)
        case e.CommentWritten():
            answer = hand.change(answer, comment=event.text)
        case e.ItemFlagged():
            answer = hand.change(answer, flagged=event.flagged)
        case e.OptionStruck():
            struck = answer.struck | {event.option} if event.struck else answer.struck - {event.option}
            answer = hand.change(answer, struck=struck)
    return hand.change(record, current=current, answers=hand.keep(record.answers, event.item, answer))


def _answered(answer: Answer, given: Response, hand: Hand) -> Answer:
    response = None if is_empty(given) else given
    changed = answer.response is not None and response != answer.response
    return hand.change(answer, response=response, changes=answer.changes + changed)

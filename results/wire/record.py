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
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

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


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one item: the response now in force, time on screen (ms), visits and changes."""

    response: Response | None = None
    order: tuple[OptionId, ...] = ()
    flagged: bool = False
    struck: frozenset[OptionId] = frozenset()
    time: int = 0
    visits: int = 0
    changes: int = 0
    comment: str = ""


_NOTHING_KNOWN = Answer()


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pause that has not ended: what it is, what the clock does in it, and when it began on the test clock (ms)."""

    kind: PauseKind
    clock: BreakClock
    length: int
    elapsed: int


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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
    limits: Mapping[tuple[Scope, str], tuple[int, int]] = msgspec.field(default_factory=_nothing)
    closed: frozenset[tuple[Scope, str]] = frozenset()
    highlights: Mapping[str, Spans] = msgspec.field(default_factory=_nothing)
    notes: Mapping[str, str] = msgspec.field(default_factory=_nothing)
    calculations: tuple[tuple[str, str], ...] = ()
    preferences: Mapping[str, str] = msgspec.field(default_factory=_nothing)
    added: int = 0
    answers: Mapping[ItemId, Answer] = msgspec.field(default_factory=_nothing)
    outcome: Outcome | None = None

    @property
    def started(self) -> bool:
        """Whether the clock has begun."""
        return self.limit > 0

    def answer(self, item: ItemId) -> Answer:
        """What is known of an item; nothing, if it was never seen."""
        return self.answers.get(item) or _NOTHING_KNOWN

    def answered(self) -> int:
        """How many items hold an answer."""
        return sum(answer.response is not None for answer in self.answers.values())

    def flagged(self) -> int:
        """How many items are flagged."""
        return sum(answer.flagged for answer in self.answers.values())

    def final_outcome(self) -> Outcome:
        """The outcome of a finished record, or unfinished."""
        return self.outcome or Outcome.UNFINISHED


class _Working(dict[Key, Kept]):
    """A mapping that only the fold that made it has seen, and may change."""


def _keep(before: Mapping[Key, Kept], key: Key, value: Kept) -> Mapping[Key, Kept]:
    """The mapping with one more value: in the place of what was before if that is our own, else beside it."""
    if isinstance(before, _Working):
        before[key] = value
        return before
    return MappingProxyType({**before, key: value})


_MAPPINGS = ("limits", "highlights", "notes", "preferences", "answers")
_ON_ITEMS = (
    e.ItemPresented,
    e.ResponseRecorded,
    e.ResponseEdited,
    e.ItemFlagged,
    e.OptionStruck,
    e.CommentWritten,
)


def fold(events: Iterable[e.SessionEvent]) -> Record:
    """The record that these events make: what applying them one by one makes, without a copy of it for each event."""
    record = Record(
        limits=_Working(), highlights=_Working(), notes=_Working(), preferences=_Working(), answers=_Working()
    )
    for event in events:
        record = apply(record, event)
    return replace(record, **{name: MappingProxyType(dict(getattr(record, name))) for name in _MAPPINGS})


def apply(record: Record, event: e.SessionEvent) -> Record:
    """The record after one more event. Total: every event is accepted in every state."""
    if record.outcome is not None:
        return record
    if isinstance(event, _ON_ITEMS):
        return _item(record, event)
    match event:
        case e.SessionOpened():
            return replace(
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
            return replace(record, candidate=event.candidate, attempt=event.attempt, redeemed=redeemed)
        case e.CandidateMovedIn():
            redeemed = record.redeemed | {event.serial}
            moved = replace(record, candidate=event.candidate, attempt=event.attempt, redeemed=redeemed)
            return replace(moved, moved_from=event.checkpoint, moved_minutes=event.minutes)
        case e.SessionCarried():
            return _carried(record, event)
        case e.EquipmentChecked():
            return replace(record, checked=True)
        case e.TutorialEnded():
            return replace(record, tutored=True)
        case e.IdentityConfirmed():
            return replace(record, confirmed=True)
        case e.AgreementAccepted():
            return replace(record, accepted=(*record.accepted, (event.agreement, event.text_digest)))
        case e.AgreementDeclined():
            return replace(record, outcome=Outcome.DECLINED_TERMS)
        case e.InstructionsRead():
            return replace(record, instructed=True)
        case e.TestStarted():
            return replace(record, limit=event.limit, route=event.route)
        case e.SessionResumed():
            spent = replace(record, elapsed=max(record.elapsed, event.elapsed))
            return replace(spent, resumes=event.n, credited=record.credited + event.credited)
        case e.ActionRedeemed():
            return replace(record, redeemed=record.redeemed | {event.serial})
        case e.RoomCodeRedeemed():
            return replace(record, room_redeemed=record.room_redeemed | {event.serial})
        case e.EndedByProctor():
            return replace(_spend(record, event.elapsed), outcome=Outcome.ENDED_BY_PROCTOR)
        case e.Voided():
            return replace(_spend(record, event.elapsed), outcome=Outcome.VOIDED)
        case e.TimeExpired():
            return replace(_spend(record, event.elapsed), outcome=Outcome.TIMED_OUT)
        case e.HandedIn():
            return replace(_spend(record, event.elapsed), outcome=Outcome.COMPLETED)
        case e.PreferenceSet():
            return replace(record, preferences=_keep(record.preferences, event.name, event.value))
        case e.ClockJumped():
            return record
        case _:
            return _course(_spend(record, event.elapsed), event)


def _carried(record: Record, event: e.SessionCarried) -> Record:
    """Go on with the source's record; one that does not hold together carries nothing."""
    inside = carried.entries(event)
    if not inside:
        return record
    source = fold(one.event for one in inside)
    return replace(
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
        limits=_added(record.limits, source.limits),
        highlights=_added(record.highlights, source.highlights),
        notes=_added(record.notes, source.notes),
        preferences=_added(record.preferences, source.preferences),
        answers=_added(record.answers, source.answers),
    )


def _added(before: Mapping[Key, Kept], more: Mapping[Key, Kept]) -> Mapping[Key, Kept]:
    for key, value in more.items():
        before = _keep(before, key, value)
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


def _course(record: Record, event: Course) -> Record:
    match event:
        case e.TextHighlighted():
            return replace(record, highlights=_keep(record.highlights, event.place, event.spans))
        case e.NoteWritten():
            return replace(record, notes=_keep(record.notes, event.item, event.text))
        case e.CalculationMade():
            tape = (*record.calculations, (event.expression, event.result))
            return replace(record, calculations=tape[-TAPE:])
        case e.LimitBegan():
            key = (event.scope, event.id)
            return replace(record, limits=_keep(record.limits, key, (event.limit, event.elapsed)))
        case e.LimitEnded():
            return replace(record, closed=record.closed | {(event.scope, event.id)})
        case e.PauseBegan():
            breaks = record.breaks + (event.kind is PauseKind.UNSCHEDULED)
            pause = Pause(event.kind, event.clock, event.length, event.elapsed)
            return replace(record, pause=pause, breaks=breaks)
        case e.PauseEnded():
            return replace(record, pause=None)
        case e.TimeChanged():
            alone = 0 if event.two_person else max(0, event.after - event.before)
            return replace(record, limit=event.after, added=record.added + alone)


def _spend(record: Record, elapsed: int) -> Record:
    """Let the test clock move on and give the time to the item on the screen; in a pause there is none."""
    if elapsed <= record.elapsed:
        return record
    return replace(record, elapsed=elapsed, answers=_timed(record, elapsed))


def _timed(record: Record, elapsed: int) -> Mapping[ItemId, Answer]:
    """The answers with the time until `elapsed`, which is later than the record's, given to the item on the screen."""
    if record.current is None or record.pause is not None:
        return record.answers
    answer = record.answers.get(record.current) or _NOTHING_KNOWN
    more = replace(answer, time=answer.time + elapsed - record.elapsed)
    return _keep(record.answers, record.current, more)


def _item(
    record: Record,
    event: e.ItemPresented
    | e.ResponseRecorded
    | e.ResponseEdited
    | e.ItemFlagged
    | e.OptionStruck
    | e.CommentWritten,
) -> Record:
    elapsed = record.elapsed
    answers = record.answers
    if event.elapsed > elapsed:
        answers, elapsed = _timed(record, event.elapsed), event.elapsed
    answer = answers.get(event.item) or _NOTHING_KNOWN
    current = record.current
    match event:
        case e.ItemPresented():
            answer = replace(answer, order=event.order, visits=answer.visits + 1)
            current = event.item
        case e.ResponseRecorded():
            answer = _answered(answer, event.response)
        case e.ResponseEdited():
            before = answer.response.text if isinstance(answer.response, TypedText) else ""
            answer = _answered(answer, TypedText(edited(before, event)))
        case e.CommentWritten():
            answer = replace(answer, comment=event.text)
        case e.ItemFlagged():
            answer = replace(answer, flagged=event.flagged)
        case e.OptionStruck():
            struck = answer.struck | {event.option} if event.struck else answer.struck - {event.option}
            answer = replace(answer, struck=struck)
    return replace(record, current=current, elapsed=elapsed, answers=_keep(answers, event.item, answer))


def _answered(answer: Answer, given: Response) -> Answer:
    response = None if is_empty(given) else given
    changed = answer.response is not None and response != answer.response
    return replace(answer, response=response, changes=answer.changes + changed)

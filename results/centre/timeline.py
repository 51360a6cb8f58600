"""What in a journal cannot have happened: in its order, times, numbers and edits, or in how much there is. Pure.

Rules.
1. A kiosk that keeps its own rules writes nothing of this, so whatever is found here is for a person to judge.
2. What `MOST` and `LONGEST_TEXT` bound keeps the cost of folding any journal in proportion to its length.
3. A proctor's act on the time, or one that ends the test, follows its code directly, and is what that code says.
4. A journal that is carried by another one is held to the same, and what follows it is looked at with it.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

import msgspec

from exam_packages.interactions import ItemId, TypedText, is_empty
from keys.codes import Verb
from results.wire import carried
from results.wire import events as e
from results.wire.acts import is_two_person, minutes_added
from results.wire.edits import edited, fits
from results.wire.journal import SessionEntry

LONGEST = 2**40
"""No duration in ms, and no number of anything, in an event is as large: 34 years."""

_NEVER = 2**53

MINUTE = 60_000
"""Milliseconds."""

MOST = 2_000
"""No session has more items, agreements, pauses, resumes or codes, and no item more options."""

_ONCE: tuple[tuple[type[e.SessionEvent], ...], ...] = (
    (e.SessionOpened,),
    (e.CandidateAdmitted, e.CandidateMovedIn),
    (e.SessionCarried,),
    (e.TestStarted,),
)
_IN_THE_TEST = frozenset(
    (
        *(e.ItemPresented, e.ResponseRecorded, e.ResponseEdited, e.ItemFlagged, e.OptionStruck),
        *(e.TextHighlighted, e.NoteWritten, e.CommentWritten, e.CalculationMade),
        *(e.LimitBegan, e.LimitEnded),
    )
)
_FEW = (
    e.AgreementAccepted,
    e.SessionResumed,
    e.ActionRedeemed,
    e.RoomCodeRedeemed,
    e.PauseBegan,
    e.PauseEnded,
    e.TimeChanged,
)


_RULED = frozenset(
    (
        *(e.ResponseRecorded, e.ResponseEdited, e.CandidateAdmitted, e.CandidateMovedIn, e.ActionRedeemed),
        *(e.RoomCodeRedeemed, e.TestStarted, e.TimeChanged, *e.TERMINAL),
    )
)
"""What a code or the time of the test has a say in."""


def out_of_range(*moments: int) -> bool:
    """Whether a time of day in ms, or a count, is one that nobody can have meant and the ledger cannot hold."""
    return any(not 0 <= moment < _NEVER for moment in moments)


def impossible(entries: Sequence[SessionEntry]) -> str | None:
    """What in a journal cannot have happened, in a few words, or None."""
    kinds = [type(one.event) for one in entries]
    detail = _disorder(kinds)
    if detail is not None:
        return detail
    before: tuple[SessionEntry, ...] = ()
    event = entries[kinds.index(e.SessionCarried)].event if e.SessionCarried in kinds else None
    if isinstance(event, e.SessionCarried):
        before = carried.entries(event)
        detail = impossible(before)
        if detail is not None:
            return f"in what was carried: {detail}"
    return _misfit(entries, before)


def _disorder(kinds: Sequence[type[e.SessionEvent]]) -> str | None:
    for some in _ONCE:
        if sum(map(kinds.count, some)) > 1:
            return f"{some[0].__name__} stands twice"
    if not kinds or kinds[0] is not e.SessionOpened:
        return "it does not begin with the opening of the session"
    if e.SessionCarried in kinds and kinds[kinds.index(e.SessionCarried) - 1] is not e.CandidateMovedIn:
        return "a journal is carried without a move in"
    started = kinds.index(e.TestStarted) if e.TestStarted in kinds else len(kinds)
    if not _IN_THE_TEST.isdisjoint(kinds[:started]):
        return "an item came before the test was started"
    if started < len(kinds) and not any(kind in _ONCE[1] for kind in kinds[:started]):
        return "the test was started before a candidate was admitted"
    return None


def _misfit(entries: Sequence[SessionEntry], before: Sequence[SessionEntry]) -> str | None:
    if _beyond(entries):
        first = next(one for one in entries if _beyond([one]))
        return f"a number is out of range at entry {first.seq}"
    whole = (*unfolded(before), *entries)
    if len(whole) > MOST and _crowded(whole):
        return f"it has more than {MOST} items, or of something else that comes a few times"
    boots = [one.at.boot for one in entries]
    for one, after in pairwise(entries) if boots != sorted(boots) else ():
        if after.at.boot < one.at.boot and one.at.boot_id == after.at.boot_id:
            return f"time runs backwards at entry {after.seq}"
    stray = _stray_edit(whole)
    if stray is not None:
        return f"a text is changed beyond its end at entry {stray}"
    return _unruly(entries)


def _beyond(entries: Sequence[SessionEntry]) -> bool:
    """Whether any number in these entries is out of range."""
    moments = [one.at.wall for one in entries] + [one.at.boot for one in entries]
    if out_of_range(min(moments), max(moments)):
        return True
    by_kind: defaultdict[type[e.SessionEvent], list[e.SessionEvent]] = defaultdict(list)
    for one in entries:
        by_kind[type(one.event)].append(one.event)
    for kind, events in by_kind.items():
        least = -LONGEST if kind is e.ClockJumped else 0
        for name in _numbers(kind):
            numbers = list(map(attrgetter(name), events))
            if min(numbers) < least or max(numbers) >= LONGEST:
                return True
    return False


@functools.cache
def _numbers(kind: type[e.SessionEvent]) -> tuple[str, ...]:
    """The fields of an event that hold a number."""
    fields = msgspec.structs.fields(kind)
    return tuple(one.name for one in fields if one.type is int)


def unfolded(entries: Sequence[SessionEntry]) -> tuple[SessionEntry, ...]:
    """These entries with those of a journal that they carry before them."""
    inside = [carried.entries(one.event) for one in entries if isinstance(one.event, e.SessionCarried)]
    return (*(one for some in inside for one in unfolded(some)), *entries)


def _unruly(entries: Sequence[SessionEntry]) -> str | None:
    """A code that was redeemed twice, or a time that does not follow from the one before; up to the end of the test."""
    limit = 0
    redeemed: set[tuple[bool, int]] = set()
    for before, one in pairwise(entries):
        event = one.event
        if type(event) not in _RULED:
            continue
        match event:
            case e.ResponseRecorded() | e.ResponseEdited():
                if event.elapsed > limit:
                    return f"an answer came after the end of the time at entry {one.seq}"
            case e.CandidateAdmitted() | e.CandidateMovedIn() | e.ActionRedeemed() | e.RoomCodeRedeemed():
                code = isinstance(event, e.RoomCodeRedeemed), event.serial
                if code in redeemed:
                    return f"a code is redeemed twice at entry {one.seq}"
                redeemed.add(code)
            case e.TestStarted():
                limit = event.limit
            case e.TimeChanged() | e.EndedByProctor() | e.Voided() if not _follows(event, before.event):
                return f"a proctor's act is not what a code says at entry {one.seq}"
            case e.TimeChanged() if event.before != limit:
                return f"the time is changed from what it was not at entry {one.seq}"
            case e.TimeChanged():
                limit = event.after
            case _:
                break
    return None


def _follows(event: e.TimeChanged | e.EndedByProctor | e.Voided, code: e.SessionEvent) -> bool:
    """Whether an act is the one that the code redeemed right before it asks for."""
    if not isinstance(code, e.ActionRedeemed):
        return False
    match event:
        case e.EndedByProctor():
            return code.verb == Verb.END
        case e.Voided():
            return code.verb == Verb.VOID
        case e.TimeChanged(before=before, after=after, two_person=True):
            return is_two_person(code.verb) and after - before == (code.verb - Verb.ADD_TWO_PERSON) * MINUTE
        case e.TimeChanged(before=before, after=after) if after > before:
            return minutes_added(code.verb) > 0 and after - before == minutes_added(code.verb) * MINUTE
        case e.TimeChanged(before=before, after=after):
            return 0 <= before - after <= (code.verb - Verb.TAKE) * MINUTE and code.verb < Verb.TAKE + 256


def _stray_edit(entries: Sequence[SessionEntry]) -> int | None:
    """The number of the first entry that edits what is not there, or makes a text too long."""
    texts: dict[ItemId, str] = {}
    if e.ResponseEdited not in {type(one.event) for one in entries}:
        return None
    for one in entries:
        event = one.event
        match event:
            case e.ResponseEdited():
                text = texts.get(event.item, "")
                if not fits(text, event):
                    return one.seq
                after = edited(text, event)
                texts[event.item] = "" if is_empty(TypedText(after)) else after
            case e.ResponseRecorded(response=TypedText(text=text)) if not is_empty(event.response):
                texts[event.item] = text
            case e.ResponseRecorded():
                texts[event.item] = ""
    return None


def _crowded(entries: Sequence[SessionEntry]) -> bool:
    """Whether there is more of anything than `MOST`; what a fold would cost then grows with the square of a journal."""
    found: dict[str, set[object]] = {}
    for one in entries:
        for name, value in _counted(one):
            found.setdefault(name, set()).add(value)
    return any(len(some) > MOST for some in found.values())


def _counted(one: SessionEntry) -> tuple[tuple[str, object], ...]:
    """What an entry adds to, and what is told apart there."""
    event = one.event
    match event:
        case e.OptionStruck():
            return ("items", event.item), (f"options of {event.item}", event.option)
        case e.LimitBegan() | e.LimitEnded():
            return (("limits", (event.scope, event.id)),)
        case e.TextHighlighted():
            return (("places", event.place),)
        case e.NoteWritten():
            return (("notes", event.item),)
        case e.PreferenceSet():
            return (("preferences", event.name),)
        case (
            e.ItemPresented()
            | e.ResponseRecorded()
            | e.ResponseEdited()
            | e.ItemFlagged()
            | e.CommentWritten()
        ):
            return (("items", event.item),)
        case _:
            return ((type(event).__name__, one.seq),) if isinstance(event, _FEW) else ()

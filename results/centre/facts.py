"""What a session's journal says, as the ledger keeps it: responses, times, and what an administrator has to know."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from exam_packages.interactions import ItemId, Response
from keys.encoding import Digest, Document, Instant
from results.wire import events as e
from results.wire.journal import SessionEntry
from results.wire.record import Record

LONGEST = 2**40
"""No duration in ms, and no number of anything, in an event is as large: 34 years."""

MOST = 2_000
"""No session has more items, agreements, resumes or codes, and no item more options: folding them stays cheap."""


class ItemFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item that was on the screen: its final response or none, ms on screen, visits and changes."""

    item: ItemId
    response: Response | None
    time: int
    visits: int
    changes: int
    flagged: bool


class SessionFacts(Document, frozen=True, tag="session-facts/1"):
    """Times of day in ms since 1970 UTC, 0 where it never came to that; durations in ms.

    `final_head` and `final_count` are of the journal up to its terminal event: what a receipt code is made from.
    """

    opened_at: Instant
    started_at: Instant
    ended_at: Instant
    limit: int
    elapsed: int
    resumes: int
    lost: int
    credited: int
    clock_jumps: tuple[int, ...]
    not_locked: tuple[str, ...]
    software: str
    unlock: str
    final_head: Digest
    final_count: int
    items: tuple[ItemFact, ...]

    def responses(self) -> dict[ItemId, Response]:
        """The final responses, of the items that have one."""
        return {one.item: one.response for one in self.items if one.response is not None}


def facts(entries: Sequence[SessionEntry], heads: Sequence[Digest], record: Record) -> SessionFacts:
    """The facts of a verified journal; `heads[n]` is the head after entry n, `record` the fold of its events."""
    opened = next(one.event for one in entries if isinstance(one.event, e.SessionOpened))
    started = [one.at.wall for one in entries if isinstance(one.event, e.TestStarted)]
    last = next((n for n, one in enumerate(entries) if isinstance(one.event, e.TERMINAL)), len(entries) - 1)
    resumes = [one.event for one in entries if isinstance(one.event, e.SessionResumed)]
    return SessionFacts(
        opened_at=entries[0].at.wall,
        started_at=started[0] if started else Instant(0),
        ended_at=entries[last].at.wall,
        limit=record.limit,
        elapsed=record.elapsed,
        resumes=len(resumes),
        lost=sum(event.lost for event in resumes),
        credited=record.credited,
        clock_jumps=tuple(one.event.by for one in entries if isinstance(one.event, e.ClockJumped)),
        not_locked=opened.not_locked,
        software=opened.software,
        unlock=opened.unlock,
        final_head=heads[last],
        final_count=last + 1,
        items=tuple(
            ItemFact(item, answer.response, answer.time, answer.visits, answer.changes, answer.flagged)
            for item, answer in sorted(record.answers.items())
        ),
    )


def out_of_range(*moments: int) -> bool:
    """Whether a time of day in ms, or a count, is one that nobody can have meant and the ledger cannot hold."""
    return any(not 0 <= moment < 2**53 for moment in moments)


def impossible(entries: Sequence[SessionEntry]) -> str | None:
    """What in a journal's order or times cannot have happened, in a few words, or None."""
    kinds = [type(one.event) for one in entries]
    for kind in (e.SessionOpened, e.CandidateAdmitted, e.TestStarted):
        if kinds.count(kind) > 1:
            return f"{kind.__name__} stands twice"
    if not kinds or kinds[0] is not e.SessionOpened:
        return "it does not begin with the opening of the session"
    started = kinds.index(e.TestStarted) if e.TestStarted in kinds else len(kinds)
    items = (e.ItemPresented, e.ResponseRecorded, e.ItemFlagged, e.OptionStruck)
    if any(kind in items for kind in kinds[:started]):
        return "an item came before the test was started"
    if started < len(kinds) and e.CandidateAdmitted not in kinds[:started]:
        return "the test was started before a candidate was admitted"
    for one in entries:
        numbers = [value for value in msgspec.structs.astuple(one.event) if isinstance(value, int)]
        least = -LONGEST if isinstance(one.event, e.ClockJumped) else 0
        if out_of_range(one.at.wall, one.at.boot) or any(not least <= it < LONGEST for it in numbers):
            return f"a number is out of range at entry {one.seq}"
    if _crowded(entries):
        return f"it has more than {MOST} items, or of something else that comes a few times"
    for before, after in pairwise(entries):
        if before.at.boot_id == after.at.boot_id and after.at.boot < before.at.boot:
            return f"time runs backwards at entry {after.seq}"
    return None


def _crowded(entries: Sequence[SessionEntry]) -> bool:
    """Whether there is more of anything than `MOST`; what a fold would cost then grows with the square of a journal."""
    found: dict[str, set[object]] = {}
    for one in entries:
        match one.event:
            case e.ItemPresented() | e.ResponseRecorded() | e.ItemFlagged():
                found.setdefault("items", set()).add(one.event.item)
            case e.OptionStruck():
                found.setdefault("items", set()).add(one.event.item)
                found.setdefault(f"options of {one.event.item}", set()).add(one.event.option)
            case e.AgreementAccepted() | e.SessionResumed() | e.ActionRedeemed():
                found.setdefault(type(one.event).__name__, set()).add(one.seq)
    return any(len(some) > MOST for some in found.values())

"""What a session's journal says, as the ledger keeps it: responses, times, and what an administrator has to know.

What in a journal cannot have happened is found in timeline.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec

from exam_packages.interactions import ItemId, Response
from keys.encoding import MAX_DOCUMENT, Digest, Document, Instant, encode
from keys.errors import DocumentTooLargeError
from results.wire import carried
from results.wire import events as e
from results.wire.bundle import RecordHeader
from results.wire.journal import SessionEntry
from results.wire.record import Record

Acted = (
    e.CandidateMovedIn | e.ActionRedeemed | e.RoomCodeRedeemed | e.PauseBegan | e.PauseEnded | e.TimeChanged
)
"""What was done to a session by typed codes and pauses; resumes are summed up."""


_TOLD = frozenset(
    (
        *(e.SessionOpened, e.TestStarted, e.SessionResumed, e.ClockJumped),
        *e.TERMINAL,
        *get_args(Acted),
    )
)
"""Whatever the facts look at one by one."""


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of these events, and when it happened."""

    at: Instant
    event: Acted


class ItemFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item that was on the screen: its final response or none, ms on screen, visits and changes.

    `comment` is what the candidate told its authors.
    """

    item: ItemId
    response: Response | None
    time: int
    visits: int
    changes: int
    flagged: bool
    comment: str


class Of(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record that facts are of: the digest of its file, and what the ledger has in clear columns beside them."""

    digest: Digest
    form_digest: Digest
    sitting: str
    mode: str
    kiosk: str
    session: str
    candidate: str
    attempt: int
    outcome: str


class SessionFacts(Document, frozen=True, tag="session-facts/1"):
    """Times of day in ms since 1970 UTC, 0 where it never came to that; durations in ms.

    `final_head` and `final_count` are of the journal up to its terminal event: what a receipt code is made from. `acts`
    go up to it too. `notes` are (item, text), the scratchpad's item being empty; none where the form keeps none.
    `moved_from` is the checkpoint code of the session that this one goes on with, or empty; `carried` are the kiosk and
    session of that one where its journal came along, so that its answers are among the `items`. `carried_from` is the
    checkpoint code of what that one went on with in its turn, where this did not come along with it, or empty.
    `of` binds the facts to the one row of the ledger that they are in; earlier programs wrote none.
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
    acts: tuple[Act, ...]
    notes: tuple[tuple[str, str], ...]
    moved_from: str
    carried: tuple[str, str] | None = None
    carried_from: str = ""
    of: Of | msgspec.UnsetType = msgspec.UNSET

    @property
    def lacks(self) -> str:
        """The checkpoint code of the session whose answers count too and are not among the `items`, or empty."""
        return self.moved_from if self.carried is None else self.carried_from

    def responses(self) -> dict[ItemId, Response]:
        """The final responses, of the items that have one."""
        return {one.item: one.response for one in self.items if one.response is not None}


def kept(found: SessionFacts, header: RecordHeader, record: Digest) -> bytes:
    """The facts as the ledger keeps them: bound to the record of this header, whose file has this digest.

    Raises `DocumentTooLargeError` for what could not be read again.
    """
    of = Of(
        record,
        header.form_digest,
        header.sitting,
        header.mode,
        header.kiosk,
        header.session,
        header.candidate,
        header.attempt,
        header.outcome,
    )
    raw = encode(msgspec.structs.replace(found, of=of))
    if len(raw) > MAX_DOCUMENT:
        raise DocumentTooLargeError(kind="session facts", limit=MAX_DOCUMENT)
    return raw


def item_facts(record: Record) -> tuple[ItemFact, ...]:
    """The items of a record, by their id."""
    return tuple(
        ItemFact(item, one.response, one.time, one.visits, one.changes, one.flagged, one.comment)
        for item, one in sorted(record.answers.items())
    )


def facts(entries: Sequence[SessionEntry], heads: Sequence[Digest], record: Record) -> SessionFacts:
    """The facts of a verified journal; `heads[n]` is the head after entry n, `record` the fold of its events."""
    told = [(n, one) for n, one in enumerate(entries) if type(one.event) in _TOLD]
    opened = next(one.event for _, one in told if isinstance(one.event, e.SessionOpened))
    started = [one.at.wall for _, one in told if isinstance(one.event, e.TestStarted)]
    last = next((n for n, one in told if isinstance(one.event, e.TERMINAL)), len(entries) - 1)
    resumes = [one.event for _, one in told if isinstance(one.event, e.SessionResumed)]
    return SessionFacts(
        opened_at=entries[0].at.wall,
        started_at=started[0] if started else Instant(0),
        ended_at=entries[last].at.wall,
        limit=record.limit,
        elapsed=record.elapsed,
        resumes=len(resumes),
        lost=sum(event.lost for event in resumes),
        credited=record.credited,
        clock_jumps=tuple(one.event.by for _, one in told if isinstance(one.event, e.ClockJumped)),
        not_locked=opened.not_locked,
        software=opened.software,
        unlock=opened.unlock,
        final_head=heads[last],
        final_count=last + 1,
        items=item_facts(record),
        acts=tuple(
            Act(one.at.wall, one.event) for n, one in told if n <= last and isinstance(one.event, Acted)
        ),
        notes=tuple(sorted((item, text) for item, text in record.notes.items() if text)),
        moved_from=record.moved_from,
        carried=record.carried,
        carried_from=_lacking(entries) if record.carried else "",
    )


def _lacking(entries: Sequence[SessionEntry]) -> str:
    """The checkpoint code that a journal was moved in with, if nothing came along; else the same of what did."""
    moved = ""
    for one in entries:
        if isinstance(one.event, e.CandidateMovedIn):
            moved = one.event.checkpoint
        elif isinstance(one.event, e.SessionCarried):
            return _lacking(carried.entries(one.event))
    return moved

"""What a kiosk takes over of a session that began on another one: checked against its source's signature, and read.

Rules.
1. A carried journal is whole from its genesis, has not ended, and is of the same sitting, package, candidate and
   attempt as the record that carries it.
2. Its last head is the one in a statement that the source kiosk signed, whose checkpoint code is the one that the
   candidate was moved in with.
3. The source may have taken over a journal itself: that one is held to the same rules, up to `MOST_MOVES` deep.
4. Folding never fails: what does not hold together carries nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exam_packages.sitting_plan import SittingPlan
from keys.encoding import Digest
from results.wire import events as e
from results.wire.journal import JournalBrokenError, SessionEntry, read
from results.wire.mirror import MirrorError, check_statement

MOST_MOVES = 4
"""How often one attempt may be moved with its answers."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A journal inside another one: its kiosk and session, how many entries of it, and its entries."""

    kiosk: str
    session: str
    entries: tuple[SessionEntry, ...]
    head: Digest


def entries(event: e.SessionCarried) -> tuple[SessionEntry, ...]:
    """The carried entries, or none where they are not the whole chain that the event names."""
    try:
        found, head = read(event.lines, SessionEntry)
    except JournalBrokenError:
        return ()
    return found if (head.digest, head.count) == (event.head, event.count) else ()


def check(journal: Sequence[SessionEntry], plan: SittingPlan, plan_digest: Digest) -> tuple[Carried, ...]:
    """Every journal that this one carries, nearest first, held to the rules above.

    Raises `MirrorError` or what refuses a statement.
    """
    return _check(journal, plan, plan_digest, MOST_MOVES)


def _check(
    journal: Sequence[SessionEntry], plan: SittingPlan, plan_digest: Digest, deep: int
) -> tuple[Carried, ...]:
    found = [at for at, one in enumerate(journal) if type(one.event) is e.SessionCarried]
    if not found:
        return ()
    if not deep or len(found) > 1:
        raise MirrorError(detail="it was carried too often")
    event, moved = journal[found[0]].event, journal[found[0] - 1].event
    if not isinstance(event, e.SessionCarried) or not isinstance(moved, e.CandidateMovedIn):
        raise MirrorError(detail="it does not follow a move in")
    inside = entries(event)
    header = check_statement(event.statement, plan, plan_digest)
    said = (header.kiosk, header.session, header.head, header.count, header.checkpoint)
    if said != (event.kiosk, event.session, event.head, event.count, moved.checkpoint):
        raise MirrorError(detail="its source's statement is of another head or checkpoint")
    _check_inside(inside, journal[0].event, event, moved)
    return (
        Carried(event.kiosk, event.session, inside, event.head),
        *_check(inside, plan, plan_digest, deep - 1),
    )


def _check_inside(
    inside: Sequence[SessionEntry],
    mine: e.SessionEvent,
    event: e.SessionCarried,
    moved: e.CandidateMovedIn,
) -> None:
    opened = inside[0].event if inside else None
    if not isinstance(opened, e.SessionOpened) or not isinstance(mine, e.SessionOpened):
        raise MirrorError(detail="its journal does not hold together")
    if (opened.kiosk, opened.session) != (event.kiosk, event.session) or opened.session == mine.session:
        raise MirrorError(detail="its journal is of another session")
    bound = [
        (one.sitting, one.mode, one.plan_digest, one.package_digest, one.form_digest)
        for one in (opened, mine)
    ]
    if bound[0] != bound[1]:
        raise MirrorError(detail="its journal is of another sitting, plan or form")
    seats = {
        (one.event.candidate, one.event.attempt)
        for one in inside
        if isinstance(one.event, e.CandidateAdmitted | e.CandidateMovedIn)
    }
    if seats != {(moved.candidate, moved.attempt)}:
        raise MirrorError(detail="it is of another candidate or attempt")
    if any(isinstance(one.event, e.TERMINAL) for one in inside):
        raise MirrorError(detail="the session there has ended")

"""The settlements of reconciliation in the ledger, and a person's act that makes one."""

from __future__ import annotations

import sqlalchemy as sa

from keys.encoding import Instant, digest
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.books import Books
from results.centre.reconciling.settlements import can_settle, open_things
from results.centre.reconciling.tables import settlements
from results.centre.reconciling.values import SettledBy, SittingState

LONGEST = 400


class ThingUnknownError(ExamKioskError):
    """No open thing of the sitting, or several, by these words."""

    code = "reconcile-unknown"
    what = "Of sitting {sitting}, {count} open things contain the words “{words}”."
    next_step = (
        "Give more of the words of one thing, as results reconcile shows them without its indentation."
    )


class ThingHeldError(ExamKioskError):
    """What waits in quarantine is not explained away."""

    code = "reconcile-held"
    what = "“{words}” waits in quarantine."
    next_step = "Look with results quarantine list, then admit or reject the file; that settles this too."


class SettlementUnsignedError(ExamKioskError):
    """A settlement without a name or a reason."""

    code = "reconcile-unsigned"
    what = "To settle something needs the name of a person and a reason, each of at most 400 characters."
    next_step = "Give both with --by and --reason."


def settled(books: Books, sitting: str) -> tuple[SettledBy, ...]:
    """What persons have explained of a sitting, in the order of its words."""
    query = sa.select(settlements).where(settlements.c.sitting == sitting).order_by(settlements.c.words)
    return tuple(
        SettledBy(row.words, row.reason, row.actor, Instant(row.at))
        for row in books.connection.execute(query)
    )


def settle(books: Books, state: SittingState, what: str, who: tuple[str, str, Instant]) -> SettledBy:
    """Write down who explains the one open thing of `state` that contains these words; `who` is name, reason, time.

    Raises `ThingUnknownError`, `ThingHeldError` or `SettlementUnsignedError`.
    """
    name, why, at = who
    by, reason = (sanitise(one, limit=LONGEST).strip() for one in (name, why))
    if not by or not reason or max(len(name), len(why)) > LONGEST:
        raise SettlementUnsignedError
    things = list(dict.fromkeys(open_things(state)))
    found = [one for one in things if one == what] or [one for one in things if what and what in one]
    if len(found) != 1:
        raise ThingUnknownError(sitting=state.sitting, count=len(found), words=sanitise(what, limit=200))
    if not can_settle(found[0]):
        raise ThingHeldError(words=sanitise(found[0], limit=200))
    one = SettledBy(found[0], reason, by, at)
    row: dict[str, object] = {
        "sitting": state.sitting,
        "thing": digest(one.words.encode()),
        "words": one.words,
    }
    row |= {"reason": one.reason, "actor": one.by, "at": one.at}
    books.connection.execute(sa.insert(settlements).values(row))
    return one

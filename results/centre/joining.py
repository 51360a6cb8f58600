"""The answers of a candidate who was moved without them: what was given before, and over it what was given after.

Rules.
1. Only the source's record, as it came and was found sound, is joined, and of it only what stands before the entry that
   the move named: the one whose checkpoint code is the one typed. That code takes the sitting's secret to tell, which
   the centre has from the release.
2. An answer given, changed or taken back at the second kiosk takes the place of the one from before. One that was
   never touched there stays.
3. Who was moved again is joined back to the first kiosk, or not at all.
4. Where no record, no secret or no such entry is found, nothing is joined, and the candidate is not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from keys import primitives
from keys.codes import checkpoint_code, kiosk_key, kiosk_keys
from keys.encoding import Digest, digest
from keys.errors import ExamKioskError
from results.centre.facts import ItemFact, SessionFacts, facts
from results.wire.journal import SessionEntry, read
from results.wire.record import fold


@dataclass(frozen=True, slots=True)
class Before:
    """A record that a moved candidate may have left: whose session it is, and how its journal's lines are opened."""

    record: Digest
    sitting: str
    mode: str
    kiosk: str
    session: str
    lines: Callable[[], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Joined:
    """The facts of all sessions together, and the record that was joined; of several, the one that was left last."""

    facts: SessionFacts
    record: Digest


def join(after: SessionFacts, left: Sequence[Before], secret: bytes | None) -> Joined | None:
    """The facts of one who was moved, with those of the sessions that they left; None where that cannot be told."""
    for at, one in enumerate(left if secret is not None and after.lacks else ()):
        try:
            before = _before(after.lacks, one, secret or b"")
        except ExamKioskError:
            continue
        if before is None:
            continue
        others = (*left[:at], *left[at + 1 :])
        whole = join(before, others, secret) if before.lacks else Joined(before, one.record)
        if whole is not None:
            items = over(whole.facts.items, after.items)
            return Joined(msgspec.structs.replace(after, items=items), one.record)
    return None


def _before(checkpoint: str, one: Before, secret: bytes) -> SessionFacts | None:
    """The facts of a session up to the entry with this checkpoint code, if that is one of its entries.

    Raises what opening its record raised before it was found sound.
    """
    lines = one.lines()
    count = _named(checkpoint, one, lines, secret)
    if not count:
        return None
    entries, _ = read(lines[:count], SessionEntry)
    heads = tuple(digest(line) for line in lines[:count])
    return facts(entries, heads, fold(entry.event for entry in entries))


def over(before: Sequence[ItemFact], after: Sequence[ItemFact]) -> tuple[ItemFact, ...]:
    """The items of both; times, visits and changes are added up."""
    found = {one.item: one for one in before}
    for one in after:
        found[one.item] = _over(found[one.item], one) if one.item in found else one
    return tuple(found[item] for item in sorted(found))


def _over(before: ItemFact, after: ItemFact) -> ItemFact:
    touched = after.response is not None or after.changes > 0
    changed = touched and before.response is not None and after.response != before.response
    return ItemFact(
        after.item,
        after.response if touched else before.response,
        before.time + after.time,
        before.visits + after.visits,
        before.changes + after.changes + changed,
        after.flagged,
        after.comment or before.comment,
    )


def _named(checkpoint: str, one: Before, lines: Sequence[bytes], secret: bytes) -> int:
    """How many entries of a journal the checkpoint code is of; 0 if it is of none."""
    keys = kiosk_keys(kiosk_key(secret, one.sitting, one.mode, one.kiosk))
    for count in range(len(lines), 0, -1):
        code = checkpoint_code(keys, one.session, digest(lines[count - 1]), count)
        if primitives.same(code.encode(), checkpoint.encode()):
            return count
    return 0

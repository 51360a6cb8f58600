"""What came from dead kiosks' disks, taken into the ledger: always held for a person.

Rules.
1. A hostile store is opened in a process of its own, with limits; what it makes of the file is all that is believed.
2. It goes to quarantine, whatever it says, and is entered without facts; the file stays in the ledger as it came. One
   that cannot be read is held with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keys.carrier import read_file
from keys.encoding import Digest, Instant, digest
from keys.errors import Diagnostics
from keys.text import sanitise
from results.centre import reasons
from results.centre.books import Books, filed
from results.centre.importing import Judges
from results.centre.judging.verdicts import Kind, Refused
from results.centre.ledger import Ledger
from results.centre.quarantine.books import decided
from results.centre.salvaging import Told
from results.centre.settling import Heads
from results.centre.tables import State, records
from results.wire.journal import Head
from results.wire.salvage import MAX_SALVAGED


@dataclass(frozen=True, slots=True)
class Session:
    """A session as a disk's journal tells it so far, and whether all of the store could be read.

    `last` is the wall clock of the last entry in ms, `against` says how it stands to what the ledger holds.
    """

    sitting: str
    mode: str
    kiosk: str
    session: str
    candidate: str
    attempt: int
    outcome: str
    form_digest: str
    answered: int
    head: Head
    last: Instant
    whole: bool
    against: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a file gave: why it is held, whether the ledger had it before, and its session where one could be read."""

    source: str
    digest: Digest
    reason: Diagnostics
    new: bool
    session: Session | None = None


def salvage_file(path: Path, ledger: Ledger, judges: Judges, now: Instant) -> Found:
    """Take one file into the ledger's quarantine; done again, nothing changes.

    Raises a `StorageError` or `DocumentTooLargeError` where the file itself cannot be read, a `VaultError` of the
    ledger, or `JudgingUnavailableError`.
    """
    raw = read_file(path, limit=MAX_SALVAGED)
    source, found = sanitise(path.name, limit=200), digest(raw)
    got = judges.verdict(judges.submit(Kind.HELD_DISK, raw))
    with ledger.transaction() as books:
        new = books.state_of(records, found) is None
        row: dict[str, object] = {"digest": found, "source": source, "imported_at": now, "file": raw}
        if isinstance(got, Told):
            told = Found(source, found, _reason(got), new, session := _session(got, books))
            row |= _columns(session)
        else:
            reason = got.reason if isinstance(got, Refused) else reasons.told(TypeError())
            told = Found(source, found, reason, new)
        held = {"state": State.QUARANTINED.value, "reason": told.reason.code}
        if not decided(books, [found]):
            books.put(records, {**row, **held, "sentence": sanitise(told.reason.what, limit=400)})
    return told


def _reason(got: Told) -> Diagnostics:
    reason = reasons.SalvagedError().diagnostics()
    if not got.damage:
        return reason
    count = len(Heads(got.heads))
    more = f" Its store is damaged: the first {count} entries hold together. {got.damage}"
    return Diagnostics(reason.code, reason.what + more, reason.next_step)


def _session(got: Told, books: Books) -> Session:
    heads = Heads(got.heads)
    return Session(
        got.sitting,
        got.mode,
        got.kiosk,
        got.session,
        got.candidate,
        got.attempt,
        got.outcome,
        got.form_digest,
        got.answered,
        Head(heads[-1], len(heads)),
        got.last,
        not got.damage,
        _against(got, heads, books),
    )


def _against(got: Told, heads: Heads, books: Books) -> str:
    """How the journal stands to the sound records of its session that the ledger holds, in words."""
    seat = (got.kiosk, got.session)
    others = [filed(row).heads for row in books.related({seat}, set()) if (row.kiosk, row.session) == seat]
    if not others:
        return "the ledger holds no record of this session"
    longest = max(others, key=len)
    if not (longest.begin_with(heads) or heads.begin_with(longest)):
        return "the ledger holds a record of this session that contradicts it"
    if len(longest) == len(heads):
        return "the ledger holds a record with the same journal"
    if len(longest) > len(heads):
        return f"the ledger holds a record that goes {len(longest) - len(heads)} entries further"
    return f"it goes {len(heads) - len(longest)} entries further than the record that the ledger holds"


def _columns(session: Session) -> dict[str, object]:
    same = ("sitting", "mode", "kiosk", "session", "candidate", "attempt", "outcome", "form_digest")
    named = {name: getattr(session, name) for name in same}
    return {**named, "head": session.head.digest, "entries": session.head.count}

"""Deciding on a file that was held: it counts all the same, or it counts for nothing. Each decision is written down.

Rules.
1. A file is admitted only where its signature and its journal hold; what a person may waive is in intake.py.
2. One record of a session and of an attempt counts. Whoever admits another one rejects the first before.
3. A decision and all that follows from it are one transaction, and are taken back only by another decision.
4. A rejected file is kept as it came. A rejected bundle's closing page is not used; its records stand for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from keys import container
from keys.encoding import Digest, Instant
from keys.encoding import digest as digest_of
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.books import Books
from results.centre.deciding import Word
from results.centre.entering import Entry, Judged, Plans, columns, held, stated
from results.centre.importing import Judges
from results.centre.judging.verdicts import Kind, OpenedBundle, Refused, SoundRecord
from results.centre.ledger import Ledger
from results.centre.quarantine.books import Decision, decide_on, decided
from results.centre.reasons import RejectedError
from results.centre.settling import AlreadyPresent
from results.centre.shelf import Shelf
from results.centre.tables import State, bundles, records
from results.wire.closing import read_closing

SHORTEST = 8
"""Characters of a digest with which a file can be named."""
LONGEST = 400
_DISK = b'{"type":"salvaged-disk/1",'
"""How the head of a salvaged disk begins; a record's is a signed statement."""


class HeldUnknownError(ExamKioskError):
    """No file, or several, by this digest."""

    code = "held-unknown"
    what = "The ledger holds {count} files whose digest begins with {digest}."
    next_step = "Use the digest that results quarantine list shows, at least eight characters of it."


class NotHeldError(ExamKioskError):
    """A file about which there is nothing to decide."""

    code = "not-held"
    what = "{source} is not in quarantine: it is {state}."
    next_step = "Nothing is to be decided; results hold keeps a result back that counts."


class CannotAdmitError(ExamKioskError):
    """A file that cannot be believed, whoever decides."""

    code = "cannot-admit"
    what = "{source} cannot be admitted: {why}"
    next_step = (
        "Ask the site for another copy, or what happened; a file that cannot be believed never counts."
    )


class DecidedAlreadyError(ExamKioskError):
    """Another record of the attempt was admitted by a person."""

    code = "decided-already"
    what = "{source} cannot be admitted: by decision, {other} counts for this attempt."
    next_step = "Reject that one first, if this one shall count."


class WordsMissingError(ExamKioskError):
    """A decision without a name or a reason."""

    code = "decision-words"
    what = "A decision needs the name of a person and a reason, each of at most 400 characters."
    next_step = "Give both with --by and --reason."


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides, why and when."""

    by: str
    reason: str
    at: Instant

    def decision(self, found: Digest, kind: str, word: Word, held_for: str) -> Decision:
        """Their decision on a file."""
        by, reason = sanitise(self.by, limit=LONGEST).strip(), sanitise(self.reason, limit=LONGEST).strip()
        if not by or not reason or max(len(self.by), len(self.reason)) > LONGEST:
            raise WordsMissingError
        return Decision(found, kind, word, reason, by, self.at, held_for)


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to decide: the ledger, whoever judges, and the plans."""

    ledger: Ledger
    judges: Judges
    plans: Plans


def named(books: Books, digest: str) -> tuple[str, sa.Row[Any]]:
    """`bundle` or `record`, and the row of the file by the beginning of its digest. Raises `HeldUnknownError`."""
    beginning = digest.strip().lower()
    found: list[tuple[str, sa.Row[Any]]] = []
    if len(beginning) >= SHORTEST and all(one in "0123456789abcdef" for one in beginning):
        for kind, table in (("bundle", bundles), ("record", records)):
            query = sa.select(table).where(table.c.digest.startswith(beginning)).limit(2)
            found += [(kind, row) for row in books.connection.execute(query)]
    if len(found) != 1:
        raise HeldUnknownError(count=len(found), digest=sanitise(digest, limit=64))
    return found[0]


def admit(desk: Desk, digest: str, who: Who) -> State:
    """Have a held file count; where it stands then.

    Raises `HeldUnknownError`, `NotHeldError`, `CannotAdmitError`, `DecidedAlreadyError` or `WordsMissingError`.
    """
    with desk.ledger.reading() as books:
        kind, row = named(books, digest)
    if row.state != State.QUARANTINED.value:
        raise NotHeldError(source=row.source, state=row.state)
    decision = who.decision(row.digest, kind, Word.ADMIT, row.reason)
    if kind == "bundle":
        return _admit_bundle(desk, row, decision)
    sound = None
    if row.facts is None:
        sound = believed(desk.judges, row)

    def work(books: Books) -> State:
        decide_on(books, decision)
        entry = Entry(books, desk.plans, who.at)
        if sound is not None:
            values = {**columns(sound), **stated(AlreadyPresent())}
            books.connection.execute(sa.update(records).where(records.c.digest == row.digest).values(values))
        entry.settle({}, {_seat(sound, row)})
        stands = books.state_of(records, row.digest)
        if stands is not State.ADMITTED:
            raise DecidedAlreadyError(source=row.source, other=_other(books, sound, row))
        return stands

    return desk.ledger.together(work)


def believed(judges: Judges, row: sa.Row[Any]) -> SoundRecord:
    """A held record as it would count. Raises `CannotAdmitError` where nothing of it can be believed."""
    raw = bytes(row.file)
    is_disk = raw[len(container.MAGIC) + 4 :].startswith(_DISK)
    kind = Kind.DISK if is_disk else Kind.DECIDED_RECORD
    found = judges.verdict(judges.submit(kind, raw))
    if not isinstance(found, SoundRecord):
        why = found.what if isinstance(found, Refused) else "it is no record."
        raise CannotAdmitError(source=row.source, why=why)
    return found


def reject(desk: Desk, digest: str, who: Who) -> State:
    """Have a file count for nothing; it is kept. Raises `HeldUnknownError`, `NotHeldError` or `WordsMissingError`."""
    with desk.ledger.reading() as books:
        kind, row = named(books, digest)
        before = decided(books, [row.digest])
    if kind == "record" and row.state != State.QUARANTINED.value and not before:
        raise NotHeldError(source=row.source, state=row.state)
    decision = who.decision(row.digest, kind, Word.REJECT, row.reason)
    table = bundles if kind == "bundle" else records

    def work(books: Books) -> State:
        decide_on(books, decision)
        seats: set[tuple[str, str]] = set()
        if kind == "bundle":
            seats = _seats(books, row.digest)
            Shelf(books).drop_lines(row.digest)
        elif row.facts is not None:
            seats = {(row.sitting, row.candidate)}
        if kind == "bundle" or row.facts is None:
            values = held(RejectedError().diagnostics())
            books.connection.execute(sa.update(table).where(table.c.digest == row.digest).values(values))
        Entry(books, desk.plans, who.at).settle({}, seats)
        return books.state_of(table, row.digest) or State.QUARANTINED

    return desk.ledger.together(work)


def _admit_bundle(desk: Desk, row: sa.Row[Any], decision: Decision) -> State:
    """A bundle that was held whole is read as if it came now; one that had counted gets its page back."""
    raw = bytes(row.file or b"")
    opened, inside = None, list[Judged]()
    if raw:
        found = desk.judges.verdict(desk.judges.submit(Kind.DECIDED_BUNDLE, raw))
        why = found.what if isinstance(found, Refused) else ""
        if isinstance(found, OpenedBundle):
            opened, why = found, found.refused.what if found.refused else ""
        if opened is None or why:
            raise CannotAdmitError(source=row.source, why=why or "it is no bundle.")
        inside = _inside(desk, row, raw, opened)
    else:
        if not row.closing:
            raise CannotAdmitError(
                source=row.source or row.digest[:16], why="its content was erased on schedule."
            )
        known = desk.plans(row.sitting)
        if known is None:
            raise CannotAdmitError(source=row.source, why="there is no published plan of its sitting.")
        page = read_closing(bytes(row.closing or b""), known.proctor_ring)

    def work(books: Books) -> State:
        decide_on(books, decision)
        entry = Entry(books, desk.plans, decision.at)
        if opened is not None:
            seats = (
                {(row.sitting, one.candidate) for one in opened.closing.lines} if opened.closing else set()
            )
            new = {"digest": row.digest, "source": row.source, "imported_at": row.imported_at}
            entry.put_bundle(raw, opened, new)
            seats = {(opened.header.sitting, candidate) for _, candidate in seats}
            entry.records(inside, row.digest, seats)
        else:
            values = {"state": State.ADMITTED.value, "reason": "", "sentence": ""}
            books.connection.execute(sa.update(bundles).where(bundles.c.digest == row.digest).values(values))
            books.put_lines(row.digest, row.sitting, page.lines)
            entry.settle({}, {(row.sitting, one.candidate) for one in page.lines})
        return books.state_of(bundles, row.digest) or State.QUARANTINED

    return desk.ledger.together(work)


def _inside(desk: Desk, row: sa.Row[Any], raw: bytes, opened: OpenedBundle) -> list[Judged]:
    """The records of a bundle, judged."""
    found: list[Judged] = []
    for place in opened.records:
        content = raw[place.start : place.end]
        verdict = desk.judges.verdict(desk.judges.submit(Kind.RECORD, content))
        if isinstance(verdict, SoundRecord | Refused):
            source = f"{row.source}/{sanitise(place.name, limit=80)}"
            found.append(Judged(source, digest_of(content), content, verdict))
    return found


def _seats(books: Books, bundle: Digest) -> set[tuple[str, str]]:
    """Who a bundle's page names."""
    from results.centre.tables import closing_lines

    query = sa.select(closing_lines.c.sitting, closing_lines.c.candidate)
    rows = books.connection.execute(query.where(closing_lines.c.bundle == bundle))
    return {(row.sitting, row.candidate) for row in rows}


def _seat(sound: SoundRecord | None, row: sa.Row[Any]) -> tuple[str, str]:
    if sound is not None:
        return sound.header.sitting, sound.header.candidate
    return row.sitting, row.candidate


def _other(books: Books, sound: SoundRecord | None, row: sa.Row[Any]) -> str:
    """The record that a person admitted for the same session or attempt."""
    related = books.related(set(), {_seat(sound, row)})
    admitted = decided(books, [one.digest for one in related if one.digest != row.digest])
    others = [found for found, one in admitted.items() if one.word is Word.ADMIT]
    return others[0][:16] if others else "another record"

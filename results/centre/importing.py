"""Importing: files from carriers and folders into the ledger, one transaction a bundle or loose record.

No file stops the others: one on which the program itself fails is held with a code of its own. Only a store that
cannot be used ends an import. Files are judged outside the transaction, so that a slow one keeps nobody waiting.
The verdicts are intake.py's and settling.py's; here they are looked up and applied. What is reported is in imported.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from keys.carrier import read_file
from keys.connection import VaultError, VaultRefusedError
from keys.encoding import Digest, Instant, decode, digest, encode
from keys.errors import Diagnostics, ExamKioskError
from keys.text import sanitise
from results.centre import reasons
from results.centre.books import Books, filed
from results.centre.facts import SessionFacts
from results.centre.imported import Problem, Report, Seen, problem, report
from results.centre.intake import CLOSING, Office, Sound, SoundBundle, judge, judge_bundle
from results.centre.issued import Issued, Session, entries, issued, unagreed
from results.centre.ledger import Ledger
from results.centre.reasons import TwoPersonUnprovedError
from results.centre.settling import (
    NO_REASON,
    Admitted,
    AlreadyPresent,
    LeftBehind,
    Quarantined,
    Verdict,
    settle,
)
from results.centre.tables import State, bundles, records
from results.wire.bundle import MAX_BUNDLE, MAX_RECORD
from results.wire.closing import ClosingPage

BUNDLE, RECORD = ".ekb", ".ekr"


class NothingToImportError(ExamKioskError):
    """A place without a bundle or record."""

    code = "nothing-to-import"
    what = "There is no sitting bundle and no sealed record in {place}."
    next_step = "Check that this is the carrier that came back, and that it is mounted."


def sources(places: Iterable[Path]) -> tuple[Path, ...]:
    """The bundles, then the loose records, in files, folders and carriers.

    Raises `NothingToImportError` for a place that has none.
    """
    found: list[Path] = []
    for place in places:
        here = [place] if place.is_file() else sorted(place.rglob("*"))
        here = [
            path for path in here if path.suffix in {BUNDLE, RECORD} and (path.is_file() or path.is_symlink())
        ]
        if not here:
            raise NothingToImportError(place=place)
        found += here
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda path: path.suffix != BUNDLE))


def import_files(
    paths: Sequence[Path], ledger: Ledger, office: Office, now: Instant, told: Callable[[Path], None]
) -> Report:
    """Import files, calling `told` after each. Raises a `VaultError`; what was told about is in the ledger then."""
    seen = Seen()
    unread: list[Problem] = []
    for path in paths:
        source = sanitise(path.name, limit=200)
        try:
            seen.add(_import(path, source, ledger, office, now))
        except Exception as error:
            if _is_of_the_store(error):
                raise
            unread.append(problem(source, "", reasons.told(error)))
        told(path)
    return report(ledger, seen, unread)


def _is_of_the_store(error: Exception) -> bool:
    """Whether the ledger cannot be used at all; a change that it refuses is the fault of what was to be entered."""
    return isinstance(error, VaultError) and type(error) not in {VaultError, VaultRefusedError}


def _import(path: Path, source: str, ledger: Ledger, office: Office, now: Instant) -> Seen:
    """Import one file; where that fails it is held for a person, and nothing else of it is in the ledger."""
    is_bundle = path.suffix == BUNDLE
    raw = read_file(path, limit=MAX_BUNDLE if is_bundle else MAX_RECORD)
    try:
        take = _take_bundle if is_bundle else _take_record
        return take(raw, source, ledger, office, now)
    except Exception as error:
        if _is_of_the_store(error):
            raise
        seen, found, table = Seen(), digest(raw), bundles if is_bundle else records
        (seen.bundles if is_bundle else seen.records).append(found)
        with ledger.transaction() as books:
            was = books.state_of(table, found)
            if was not in {None, State.QUARANTINED}:
                raise
            if was is None:
                row = {"digest": found, "source": source, "imported_at": now, "file": raw}
                books.put(table, {**row, **_held(reasons.told(error))})
                seen.fresh.add(found)
        return seen


def _take_record(raw: bytes, source: str, ledger: Ledger, office: Office, now: Instant) -> Seen:
    """A loose record."""
    seen = Seen()
    judged = _judged([raw], ledger, office)
    with ledger.transaction() as books:
        _Entry(books, office, now, judged, seen).record(raw, source)
    return seen


def _take_bundle(raw: bytes, source: str, ledger: Ledger, office: Office, now: Instant) -> Seen:
    """A bundle with everything in it."""
    found = digest(raw)
    seen = Seen([found])
    with ledger.transaction() as books:
        holds = books.is_settled(found)
    if holds is not None:
        seen.known.append(holds)
        return seen
    verdict = judge_bundle(raw, office)
    judged = {} if isinstance(verdict, Quarantined) else _judged(verdict.records.values(), ledger, office)
    with ledger.transaction() as books:
        _Entry(books, office, now, judged, seen).bundle(raw, source, verdict)
    return seen


def _judged(raws: Iterable[bytes], ledger: Ledger, office: Office) -> dict[Digest, Sound | Quarantined]:
    """The verdicts on the records that are to be judged; the ledger is free for others while they are."""
    files = {digest(raw): raw for raw in raws}
    with ledger.transaction() as books:
        new = [found for found in files if books.is_open(found)]
    return {found: judge(files[found], office) for found in new}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file's way into the books, inside one transaction; `judged` are the verdicts on the records in it."""

    books: Books
    office: Office
    now: Instant
    judged: Mapping[Digest, Sound | Quarantined]
    seen: Seen

    def record(self, raw: bytes, source: str) -> None:
        """A loose record."""
        sound = self._enter(raw, source, Digest(""))
        if sound is not None:
            self._settle([sound], None)

    def bundle(self, raw: bytes, source: str, verdict: SoundBundle | Quarantined) -> None:
        """A bundle with everything in it."""
        found = digest(raw)
        row = {"digest": found, "source": source, "imported_at": self.now}
        if isinstance(verdict, Quarantined):
            if self.books.state_of(bundles, found) is None:
                self.books.put(bundles, {**row, **_held(verdict.reason), "file": raw})
                self.seen.fresh.add(found)
            return
        self._put_bundle(raw, verdict, row)
        entered = [
            self._enter(content, f"{source}/{sanitise(name, limit=80)}", found)
            for name, content in verdict.records.items()
        ]
        self._settle([one for one in entered if one], verdict.closing)

    def _put_bundle(self, raw: bytes, verdict: SoundBundle, row: dict[str, object]) -> None:
        header, refused = verdict.header, verdict.refused
        stands = self.books.standing(bundles, [verdict.digest]).get(verdict.digest)
        why_not = refused.reason.code if refused else ""
        if stands and (stands.state == State.ADMITTED.value or stands.reason == why_not):
            return
        self.seen.fresh.add(verdict.digest)
        values = {
            **(_held(refused.reason) if refused else {"state": State.ADMITTED.value}),
            "sitting": header.sitting,
            "mode": header.mode,
            "proctor": header.proctor,
            "head": header.head,
            "entries": header.count,
            "made_at": header.made_at,
            "holds": len(verdict.records),
            "file": raw if refused else None,
            "closing": verdict.parts.get(CLOSING),
            "journal": verdict.desk,
        }
        self.books.put(bundles, {**row, **values})
        if verdict.closing:
            self.books.put_lines(verdict.digest, header.sitting, verdict.closing.lines)

    def _enter(self, raw: bytes, source: str, bundle: Digest) -> Sound | None:
        """Enter a record file, not yet settled; None where there is nothing new to settle."""
        found = digest(raw)
        self.seen.records.append(found)
        if not self.books.is_open(found):
            return None
        verdict = self.judged[found]
        row = {"digest": found, "source": source, "imported_at": self.now, "file": raw, "bundle": bundle}
        if isinstance(verdict, Quarantined):
            stands = self.books.standing(records, [found]).get(found)
            if stands is None or stands.reason != verdict.reason.code:
                self.seen.fresh.add(found)
                self.books.put(records, {**row, **_held(verdict.reason)})
            return None
        self.seen.fresh.add(found)
        self.books.put(records, {**row, **_columns(verdict)})
        return verdict

    def _settle(self, new: Sequence[Sound], closing: ClosingPage | None) -> None:
        """Decide anew what counts among everything that the new records and closing page touch."""
        seats = {one.filed.seat for one in new}
        if closing:
            seats |= {(closing.sitting, line.candidate) for line in closing.lines}
        rows = self.books.related({one.filed.source for one in new}, seats)
        in_force = {
            seat: line
            for sitting in {row.sitting for row in rows}
            for seat, line in self.books.lines(sitting).items()
        }
        verdicts = {
            **(settled := settle(map(filed, rows), in_force, self._moves(rows))),
            **self._unproved(settled, rows),
        }
        before = {row.digest: row for row in rows}
        for found, verdict in sorted(verdicts.items(), key=lambda one: isinstance(one[1], Admitted)):
            state, reason = _state(verdict)
            row = before[found]
            if (row.state, row.reason) != (state.value, reason.code):
                self.books.set_state(found, state, reason.code, _sentence(reason))
                self.seen.before.setdefault(found, State(row.state))

    def _unproved(
        self, verdicts: Mapping[Digest, Verdict], rows: Sequence[sa.Row[Any]]
    ) -> dict[Digest, Quarantined]:
        """Of what would count, the records with time by two persons on which no two proctors are seen to agree."""
        counting = {row.digest: row for row in rows if isinstance(verdicts[row.digest], Admitted)}
        shown = {sitting: self._issued(sitting) for sitting in {row.sitting for row in counting.values()}}
        held: dict[Digest, Quarantined] = {}
        for found, raw in self.books.facts_of(list(counting)).items():
            row = counting[found]
            told = decode(raw, SessionFacts, name="session facts")
            session = Session(row.kiosk, row.candidate, row.attempt, told)
            if unagreed(session, shown[row.sitting]):
                held[found] = Quarantined(TwoPersonUnprovedError(candidate=row.candidate).diagnostics())
        return held

    def _moves(self, rows: Sequence[sa.Row[Any]]) -> dict[tuple[str, str, str], str]:
        """Which kiosk was left at each move, as the desks' journals say; none where they contradict each other."""
        left: dict[tuple[str, str, str], set[str]] = {}
        for sitting in {row.sitting for row in rows if row.moved_from}:
            found = self._issued(sitting)
            for one in found.moves.values() if found else ():
                left.setdefault((sitting, one.candidate, one.kiosk), set()).add(one.source)
        return {at: source for at, sources in left.items() if len(sources) == 1 for source in sources}

    def _issued(self, sitting: str) -> Issued | None:
        """What the desks of a sitting issued, as far as their journals are here."""
        known = self.office.plan(sitting)
        journals = self.books.desk_journals(sitting)
        return issued(known.plan, entries(journals)) if known and journals else None


def _held(reason: Diagnostics) -> dict[str, object]:
    return {"state": State.QUARANTINED.value, "reason": reason.code, "sentence": _sentence(reason)}


def _sentence(reason: Diagnostics) -> str:
    """The reason in words; what it quotes from a file is short and acts on no screen."""
    return sanitise(reason.what, limit=400)


def _columns(sound: Sound) -> dict[str, object]:
    header = sound.header
    return {
        "state": State.REPEAT.value,
        "session": header.session,
        "sitting": header.sitting,
        "mode": header.mode,
        "kiosk": header.kiosk,
        "candidate": header.candidate,
        "attempt": header.attempt,
        "outcome": header.outcome,
        "form_digest": header.form_digest,
        "head": header.head,
        "entries": header.count,
        "sealed_at": header.sealed_at,
        "moved_from": header.moved_from,
        "facts": encode(sound.facts),
        "heads": b"".join(bytes.fromhex(head) for head in sound.filed.heads),
        "behind": encode(LeftBehind(sound.filed.behind)) if sound.filed.behind else None,
    }


def _state(verdict: Verdict) -> tuple[State, Diagnostics]:
    if isinstance(verdict, Quarantined):
        return State.QUARANTINED, verdict.reason
    if isinstance(verdict, AlreadyPresent):
        return State.REPEAT, verdict.reason
    return State.ADMITTED, NO_REASON

"""Entering what was judged, in one transaction: rows for the files, and anew what counts among all that they touch.

Rules.
1. A file that stands in the ledger as sound is not entered again. One that was refused is, where it is sound now or
   refused for another reason.
2. What counts is decided by deciding.py from everything that shares a session or a candidate with what is new.
3. A rejected file stays as it is, whatever comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from keys.encoding import Digest, Instant, decode, encode
from keys.errors import Diagnostics
from keys.text import sanitise
from results.centre.books import Books, facts_of_row, filed
from results.centre.deciding import Word, Words, decide
from results.centre.facts import SessionFacts
from results.centre.imported import Seen
from results.centre.intake import KnownPlan
from results.centre.issued import Issued, Session, entries, issued, unagreed
from results.centre.judging.verdicts import OpenedBundle, Refused, SoundRecord
from results.centre.quarantine.books import words
from results.centre.reasons import TwoPersonUnprovedError
from results.centre.settling import (
    NO_REASON,
    Admitted,
    AlreadyPresent,
    Filed,
    LeftBehind,
    Quarantined,
    Verdict,
)
from results.centre.shelf import Shelf
from results.centre.tables import State, bundles, records

Plans = Callable[[str], KnownPlan | None]
_TWO_PERSONS = b'"two_person":true'


@dataclass(frozen=True, slots=True)
class Judged:
    """A record's file, from where it is, and its verdict; none where it was settled when it was looked up."""

    source: str
    digest: Digest
    raw: bytes
    verdict: Refused | SoundRecord | None


class Entry:
    """What is entered in one transaction."""

    def __init__(self, books: Books, plans: Plans, now: Instant) -> None:
        """Enter into these books, at this time."""
        self._books, self._plans, self._now = books, plans, now
        self._shelf = Shelf(books)
        self.seen = Seen()

    def bundle(
        self,
        found: Digest,
        raw: bytes,
        source: str,
        verdict: OpenedBundle | Refused,
        inside: Sequence[Judged],
    ) -> None:
        """A bundle with everything in it."""
        self.seen.bundles.append(found)
        stands = self._shelf.standing(bundles, [found]).get(found)
        row = {"digest": found, "source": source, "imported_at": self._now}
        if isinstance(verdict, Refused):
            if stands is None:
                self._books.put(bundles, {**row, **held(verdict.reason), "file": raw})
                self.seen.fresh["bundles", found] = None
            return
        word = words(self._books, [found]).get(found)
        why_not = verdict.refused.reason.code if verdict.refused else ""
        admitted = stands is not None and stands.state == State.ADMITTED.value
        if word is not Word.REJECT and not admitted and (stands is None or stands.reason != why_not):
            self.seen.fresh["bundles", found] = None
            self.put_bundle(raw, verdict, row)
        lines = verdict.closing.lines if verdict.closing and word is not Word.REJECT else ()
        seats = {(verdict.header.sitting, line.candidate) for line in lines}
        self.records(inside, found, seats)

    def put_bundle(self, raw: bytes, verdict: OpenedBundle, row: Mapping[str, object]) -> None:
        """The row of a bundle, and its page's lines."""
        header, refused = verdict.header, verdict.refused
        values = {
            **(held(refused.reason) if refused else {"state": State.ADMITTED.value}),
            "sitting": header.sitting,
            "mode": header.mode,
            "proctor": header.proctor,
            "head": header.head,
            "entries": header.count,
            "made_at": header.made_at,
            "holds": len(verdict.records),
            "file": raw if refused else None,
            "closing": verdict.page,
            "journal": verdict.desk,
        }
        self._books.put(bundles, {**row, **values})
        if verdict.closing:
            self._books.put_lines(Digest(str(row["digest"])), header.sitting, verdict.closing.lines)

    def records(
        self, judged: Sequence[Judged], bundle: str = "", seats: set[tuple[str, str]] | None = None
    ) -> None:
        """Records, loose or of one bundle, whose page names the candidates in `seats`; settled together."""
        self.seen.records.extend(one.digest for one in judged)
        new = {one.digest: one for one in judged if one.verdict is not None}
        stood = self._shelf.standing(records, new)
        sound: dict[Digest, SoundRecord] = {}
        rows: list[dict[str, object]] = []
        for found, one in new.items():
            stands = stood.get(found)
            if one.verdict is None or (stands is not None and stands.sound):
                continue
            row = {
                "digest": found,
                "source": one.source,
                "imported_at": self._now,
                "file": one.raw,
                "bundle": bundle,
            }
            if isinstance(one.verdict, SoundRecord):
                sound[found] = one.verdict
                rows.append(row | columns(one.verdict))
            elif stands is None or stands.reason not in {one.verdict.code, _REJECTED}:
                rows.append(row | held(one.verdict.reason))
        self.seen.fresh.update((("records", Digest(str(row["digest"]))), None) for row in rows)
        self.settle(sound, seats or set(), rows, stood)

    def settle(
        self,
        sound: Mapping[Digest, SoundRecord],
        seats: set[tuple[str, str]],
        rows: Sequence[dict[str, object]] = (),
        stood: Mapping[Digest, object] | None = None,
    ) -> None:
        """Decide anew what counts among everything that the new records and these seats touch, and enter the rows."""
        new = {found: one.filed(found) for found, one in sound.items()}
        touched = seats | {one.seat for one in new.values()}
        related = {
            row.digest: row
            for row in (self._books.related({one.source for one in new.values()}, touched) if touched else ())
            if row.digest not in new
        }
        everyone = [*new.values(), *map(filed, related.values())]
        decided = words(self._books, [one.digest for one in everyone])
        lines = self._shelf.lines({one.seat for one in everyone})
        verdicts = decide(everyone, lines, self._moves(everyone), decided)
        verdicts |= self._unproved(verdicts, everyone, sound, decided)
        for one in rows:
            found = Digest(str(one["digest"]))
            if found in new:
                one.update(stated(verdicts[found]))
        changes = [
            (found, *_change(verdicts[found]))
            for found, row in related.items()
            if (row.state, row.reason) != _change(verdicts[found])[:2]
        ]
        out = [one for one in changes if one[1] is not State.ADMITTED]
        self._shelf.move(out)
        self._shelf.put(rows, stood or {})
        self._shelf.move(one for one in changes if one[1] is State.ADMITTED)
        for found, *_ in changes:
            self.seen.before.setdefault(found, State(related[found].state))

    def _unproved(
        self,
        verdicts: Mapping[Digest, Verdict],
        everyone: Sequence[Filed],
        sound: Mapping[Digest, SoundRecord],
        decided: Words,
    ) -> dict[Digest, Quarantined]:
        """Of what would count, the records with time by two persons on which no two proctors are seen to agree."""
        counting = {
            one.digest: one
            for one in everyone
            if isinstance(verdicts[one.digest], Admitted) and decided.get(one.digest) is not Word.ADMIT
        }
        facts = {
            found: decode(sound[found].facts, SessionFacts, name="session facts")
            for found in counting
            if found in sound and sound[found].two_person
        }
        older = self._books.facts_of([found for found in counting if found not in sound])
        facts |= {found: facts_of_row(row) for found, row in older.items() if _TWO_PERSONS in row.facts}
        shown = {sitting: self._issued(sitting) for sitting in {counting[one].sitting for one in facts}}
        held_back: dict[Digest, Quarantined] = {}
        for found, told in facts.items():
            one = counting[found]
            if unagreed(Session(one.kiosk, one.candidate, one.attempt, told), shown[one.sitting]):
                held_back[found] = Quarantined(TwoPersonUnprovedError(candidate=one.candidate).diagnostics())
        return held_back

    def _moves(self, everyone: Sequence[Filed]) -> dict[tuple[str, str, str], str]:
        """Which kiosk was left at each move, as the desks' journals say; none where they contradict each other."""
        left: dict[tuple[str, str, str], set[str]] = {}
        for sitting in {one.sitting for one in everyone if one.moved_from}:
            found = self._issued(sitting)
            for one in found.moves.values() if found else ():
                left.setdefault((sitting, one.candidate, one.kiosk), set()).add(one.source)
        return {at: source for at, sources in left.items() if len(sources) == 1 for source in sources}

    def _issued(self, sitting: str) -> Issued | None:
        """What the desks of a sitting issued, as far as their journals are here."""
        known = self._plans(sitting)
        journals = self._books.desk_journals(sitting)
        return issued(known.plan, entries(journals)) if known and journals else None


_REJECTED = "rejected"


def held(reason: Diagnostics) -> dict[str, object]:
    """The columns of a file in quarantine; what a reason quotes from it is short and acts on no screen."""
    return {"state": State.QUARANTINED.value, "reason": reason.code, "sentence": _sentence(reason)}


def stated(verdict: Verdict) -> dict[str, object]:
    """The columns of a sound record's state."""
    state, reason, sentence = _change(verdict)
    return {"state": state.value, "reason": reason, "sentence": sentence}


def columns(sound: SoundRecord) -> dict[str, object]:
    """The columns of what a sound record says."""
    header = sound.header
    return {
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
        "facts": sound.facts,
        "heads": sound.heads,
        "behind": encode(LeftBehind(sound.behind)) if sound.behind else None,
    }


def _sentence(reason: Diagnostics) -> str:
    return sanitise(reason.what, limit=400)


def _change(verdict: Verdict) -> tuple[State, str, str]:
    if isinstance(verdict, Quarantined):
        return State.QUARANTINED, verdict.reason.code, _sentence(verdict.reason)
    reason = verdict.reason if isinstance(verdict, AlreadyPresent) else NO_REASON
    return (
        (State.REPEAT if isinstance(verdict, AlreadyPresent) else State.ADMITTED),
        reason.code,
        _sentence(reason),
    )

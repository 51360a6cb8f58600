"""Importing: files from carriers and folders into the ledger, one transaction a bundle or loose record.

The verdicts are intake.py's and settling.py's; here they are looked up and applied. What is reported is in imported.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import read_file
from keys.encoding import Digest, Instant, digest, encode
from keys.errors import Diagnostics, ExamKioskError
from keys.text import sanitise
from results.centre.books import Books, filed
from results.centre.imported import Problem, Report, Seen, problem, report
from results.centre.intake import CLOSING, Office, Sound, SoundBundle, judge, judge_bundle
from results.centre.ledger import Ledger
from results.centre.settling import Admitted, Quarantined, Verdict, settle
from results.centre.tables import State, bundles, records
from results.wire.bundle import JOURNAL, MAX_BUNDLE, MAX_RECORD
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
        is_bundle = path.suffix == BUNDLE
        try:
            raw = read_file(path, limit=MAX_BUNDLE if is_bundle else MAX_RECORD)
        except ExamKioskError as error:
            unread.append(problem(path.name, "", error.diagnostics()))
        else:
            with ledger.transaction() as books:
                one = _Import(books, office, now, seen)
                one.bundle(raw, path.name) if is_bundle else one.record(raw, path.name)
        told(path)
    return report(ledger, seen, unread)


@dataclass(frozen=True, slots=True)
class _Import:
    """One file's way into the books, inside one transaction."""

    books: Books
    office: Office
    now: Instant
    seen: Seen

    def record(self, raw: bytes, source: str) -> None:
        """A loose record."""
        sound = self._enter(raw, source, Digest(""))
        if sound is not None:
            self._settle([sound], None)

    def bundle(self, raw: bytes, source: str) -> None:
        """A bundle with everything in it."""
        found = digest(raw)
        self.seen.bundles.append(found)
        holds = self.books.is_settled(found)
        if holds is not None:
            self.seen.known.append(holds)
            return
        verdict = judge_bundle(raw, self.office)
        was = self.books.state_of(bundles, found)
        row = {"digest": found, "source": source, "imported_at": self.now}
        if isinstance(verdict, Quarantined):
            if was is None:
                reason = verdict.reason
                self.books.put(bundles, {**row, **_held(reason), "file": raw})
                self.seen.fresh.add(found)
            return
        self._put_bundle(raw, verdict, row, was)
        entered = [
            self._enter(content, f"{source}/{name}", found) for name, content in verdict.records.items()
        ]
        self._settle([one for one in entered if one], verdict.closing)

    def _put_bundle(
        self, raw: bytes, verdict: SoundBundle, row: dict[str, object], was: State | None
    ) -> None:
        header, refused = verdict.header, verdict.refused
        state = State.QUARANTINED if refused else State.ADMITTED
        if was is state:
            return
        self.seen.fresh.add(verdict.digest)
        values = {
            **(_held(refused.reason) if refused else {"state": state.value}),
            "sitting": header.sitting,
            "mode": header.mode,
            "proctor": header.proctor,
            "head": header.head,
            "entries": header.count,
            "made_at": header.made_at,
            "holds": len(verdict.records),
            "file": raw if refused else None,
            "closing": verdict.parts.get(CLOSING),
            "journal": verdict.parts.get(JOURNAL),
        }
        self.books.put(bundles, {**row, **values})
        if verdict.closing:
            self.books.put_lines(verdict.digest, header.sitting, verdict.closing.lines)

    def _enter(self, raw: bytes, source: str, bundle: Digest) -> Sound | None:
        """Judge a record file and enter it, not yet settled; None where there is nothing new to settle."""
        found = digest(raw)
        self.seen.records.append(found)
        was = self.books.state_of(records, found)
        if was is not None and not self.books.is_refused(found):
            return None
        verdict = judge(raw, self.office)
        row = {"digest": found, "source": source, "imported_at": self.now, "file": raw, "bundle": bundle}
        if isinstance(verdict, Quarantined):
            reason = verdict.reason
            if was is None:
                self.seen.fresh.add(found)
                self.books.put(records, {**row, **_held(reason)})
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
        verdicts = settle(map(filed, rows), in_force)
        before = {row.digest: row for row in rows}
        for found, verdict in sorted(verdicts.items(), key=lambda one: isinstance(one[1], Admitted)):
            state, reason = _state(verdict)
            row = before[found]
            if (row.state, row.reason) != (state.value, reason.code):
                self.books.set_state(found, state, reason.code, _sentence(reason))
                self.seen.before.setdefault(found, State(row.state))


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
        "facts": encode(sound.facts),
        "heads": b"".join(bytes.fromhex(head) for head in sound.filed.heads),
    }


def _state(verdict: Verdict) -> tuple[State, Diagnostics]:
    if isinstance(verdict, Quarantined):
        return State.QUARANTINED, verdict.reason
    state = State.ADMITTED if isinstance(verdict, Admitted) else State.REPEAT
    return state, Diagnostics("", "", "")

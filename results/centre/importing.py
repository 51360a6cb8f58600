"""Importing: files from carriers and folders into the ledger, one transaction a bundle or a few loose records.

Rules.
1. No file stops the others: one on which the program itself fails is held with a code of its own. Only a store that
   cannot be used ends an import.
2. Files are looked up by their digest before anything of them is parsed: what is settled is only counted.
3. They are judged outside the transactions, so that a slow one keeps nobody waiting: some are read ahead, while those
   before them are judged and those before these entered.
4. However many files there are, no more than a few of them are in memory.

The verdicts are judging/'s and deciding.py's; entering.py applies them. What is reported is in imported.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from keys.carrier import read_file
from keys.connection import VaultError, VaultRefusedError
from keys.encoding import Instant, digest
from keys.text import sanitise
from results.centre import reasons
from results.centre.books import Books
from results.centre.entering import Entry, Judged, Plans, held
from results.centre.imported import Met, Report, Seen, report
from results.centre.intake import Office
from results.centre.judging.pool import Here, JudgingUnavailableError
from results.centre.judging.verdicts import Kind, OpenedBundle, Refused, SoundRecord, Verdict
from results.centre.ledger import Ledger
from results.centre.quarantine.books import watched
from results.centre.shelf import Shelf
from results.centre.sources import BUNDLE, NothingToImportError, sources
from results.centre.tables import State, bundles, records
from results.wire.bundle import MAX_BUNDLE, MAX_RECORD

__all__ = ["Done", "Judges", "NothingToImportError", "import_all", "import_files", "sources"]

TOGETHER = 64
"""Loose records that are entered in one transaction, at most."""
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of files that are read ahead at once, unless one alone is larger."""
ALONE = 64 * 1024 * 1024
"""Bytes of a bundle beyond which nothing else is in memory beside it: judging one takes many times its size."""
STAGES = 2
"""How many such readings are on their way: one whose bundles are opened, one whose records are judged."""


class Judges(Protocol):
    """Whoever judges: in this process or in others."""

    def submit(self, kind: Kind, raw: bytes) -> int:
        """A ticket for the verdict on a file."""
        ...

    def verdict(self, ticket: int) -> Verdict:
        """The verdict, once."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """A file that is in the ledger, or was told as not read: its path, bytes, and how many records it held."""

    path: Path
    size: int
    records: int


class _File:
    """A file on its way; `ticket` where it is to be judged, `holds` where it is settled; `inside` are its records."""

    def __init__(self, path: Path, source: str, kind: Kind, raw: bytes) -> None:
        self.path, self.source, self.kind, self.raw = path, source, kind, raw
        self.size, self.digest = len(raw), digest(raw)
        self.ticket: int | None = None
        self.holds: int | None = None
        self.opened: OpenedBundle | Refused | None = None
        self.failed: Exception | None = None
        self.inside: list[_File] = []


def base_name(path: Path) -> str:
    """What a file is told by that comes from no place."""
    return path.name


def import_files(
    paths: Iterable[Path], ledger: Ledger, office: Office, now: Instant, told: Callable[[Done], None]
) -> Report:
    """Import files, judging in this process, calling `told` after each. Raises as `import_all`."""
    met = import_all(paths, ledger, Here(office), office.plan, now, told)
    return report(ledger, met)


def import_all(
    paths: Iterable[Path],
    ledger: Ledger,
    judges: Judges,
    plans: Plans,
    now: Instant,
    told: Callable[[Done], None],
    name: Callable[[Path], str] = base_name,
) -> Met:
    """Import files, calling `told` after each; `name` is what one is told by and the ledger knows it by.

    Raises a `VaultError`; what was told about is in the ledger then.
    """
    return _Import(ledger, judges, plans, now, (told, name)).run(paths)


class _Import:
    """One import."""

    def __init__(
        self,
        ledger: Ledger,
        judges: Judges,
        plans: Plans,
        now: Instant,
        telling: tuple[Callable[[Done], None], Callable[[Path], str]],
    ) -> None:
        self._ledger, self._judges, self._plans = ledger, judges, plans
        self._now, (self._told, self._name) = now, telling
        with ledger.reading() as books:
            self._met = Met(watched(books))

    def run(self, paths: Iterable[Path]) -> Met:
        waiting: deque[list[_File]] = deque()
        for some in self._read(paths):
            if (
                waiting and waiting[-1][0].kind is not some[0].kind
            ):  # a carrier's records are in its bundles too
                self._finish(waiting)
            is_alone = some[0].size > ALONE
            if is_alone:
                self._finish(waiting)
            self._look_up(some)
            waiting.append(some)
            if is_alone:
                self._finish(waiting)
            if len(waiting) >= STAGES:
                self._open(waiting[-STAGES])
            if len(waiting) > STAGES:
                self._enter(waiting.popleft())
        self._finish(waiting)
        return self._met

    def _finish(self, waiting: deque[list[_File]]) -> None:
        for some in waiting:
            self._open(some)
        while waiting:
            self._enter(waiting.popleft())

    def _read(self, paths: Iterable[Path]) -> Iterator[list[_File]]:
        """The files, a few at a time; one that cannot be read is told."""
        some: list[_File] = []
        size = 0
        for path in paths:
            source = sanitise(self._name(path), limit=1_000)
            kind = Kind.BUNDLE if path.suffix == BUNDLE else Kind.RECORD
            if size > ALONE:
                yield some
                some, size = [], 0
            try:
                raw = read_file(path, limit=MAX_BUNDLE if kind is Kind.BUNDLE else MAX_RECORD)
            except Exception as error:  # noqa: BLE001 - whatever a drive does, the next file is read
                self._met.unread(source, reasons.told(error))
                self._told(Done(path, 0, 0))
                continue
            if some and (len(some) >= TOGETHER or size + len(raw) > IN_MEMORY or some[-1].kind is not kind):
                yield some
                some, size = [], 0
            some.append(_File(path, source, kind, raw))
            size += len(raw)
        if some:
            yield some

    def _look_up(self, some: Sequence[_File]) -> None:
        """Ask for the verdict on what is not settled."""
        loose = [one for one in some if one.kind is Kind.RECORD]
        with self._ledger.reading() as books:
            shelf = Shelf(books)
            settled = shelf.settled([one.digest for one in some if one.kind is Kind.BUNDLE])
            standing = shelf.standing(records, [one.digest for one in loose])
        sound = {found for found, row in standing.items() if row.sound}
        for one in some:
            one.holds = settled.get(one.digest)
            if one.holds is not None:
                one.raw = b""
            elif one.kind is Kind.BUNDLE or one.digest not in sound:
                one.ticket = self._judges.submit(one.kind, one.raw)

    def _open(self, some: Sequence[_File]) -> None:
        """Take the verdicts on bundles, and ask for those on the records in them that are not settled."""
        for one in some:
            if one.kind is Kind.RECORD or one.ticket is None or one.opened or one.failed:
                continue
            try:
                found = self._judges.verdict(one.ticket)
            except Exception as error:
                if isinstance(error, JudgingUnavailableError):
                    raise
                one.failed = error
                continue
            if not isinstance(found, OpenedBundle | Refused):
                one.failed = TypeError()
                continue
            one.opened = found
            if isinstance(found, OpenedBundle):
                self._look_inside(one, found)

    def _look_inside(self, bundle: _File, opened: OpenedBundle) -> None:
        raws = [(place.name, bundle.raw[place.start : place.end]) for place in opened.records]
        inside = [
            _File(bundle.path, f"{bundle.source}/{sanitise(name, limit=80)}", Kind.RECORD, raw)
            for name, raw in raws
        ]
        with self._ledger.reading() as books:
            standing = Shelf(books).standing(records, [one.digest for one in inside])
        for one in inside:
            stands = standing.get(one.digest)
            if stands is None or not stands.sound:
                one.ticket = self._judges.submit(one.kind, one.raw)
        bundle.inside = inside

    def _enter(self, some: Sequence[_File]) -> None:
        """Enter what was judged: each bundle by itself, the loose records together."""
        for one in some:
            if one.kind is Kind.BUNDLE:
                self._enter_one(one)
        loose = [one for one in some if one.kind is Kind.RECORD]
        if not loose:
            return
        judged = [self._judged(one) for one in loose]
        whole = [one for one in judged if one is not None]
        try:
            if len(whole) < len(loose):
                raise _OneFailedError
            self._apply(lambda entry: entry.records(whole))
        except Exception as error:
            if is_of_the_store(error):
                raise
            for file, found in zip(loose, judged, strict=True):
                self._alone(file, found)
        for one in loose:
            self._told(Done(one.path, one.size, 1))

    def _enter_one(self, one: _File) -> None:
        """Enter a bundle."""
        if one.holds is not None:
            self._met.add(Seen([one.digest], known=[one.holds]))
        else:
            self._alone(one, None)
        self._told(Done(one.path, one.size, len(one.inside) or one.holds or 0))
        one.raw, one.inside = b"", []

    def _alone(self, one: _File, judged: Judged | None) -> None:
        """Enter one file; where that fails it is held for a person, and nothing else of it is in the ledger."""
        try:
            if one.failed:
                raise one.failed
            if judged is not None:
                self._apply(lambda entry: entry.records([judged]))
                return
            inside = [found for found in map(self._judged, one.inside) if found is not None]
            for each in one.inside:
                if each.failed:
                    raise each.failed
            opened = one.opened
            if opened is None:
                raise TypeError
            self._apply(lambda entry: entry.bundle(one.digest, one.raw, one.source, opened, inside))
        except Exception as error:
            if is_of_the_store(error):
                raise
            self._hold(one, error)

    def _hold(self, one: _File, error: Exception) -> None:
        is_bundle = one.kind is Kind.BUNDLE
        table, name = (bundles, "bundles") if is_bundle else (records, "records")
        row = {"digest": one.digest, "source": one.source, "imported_at": self._now, "file": one.raw}

        def put(books: Books) -> Seen:
            seen = Seen()
            (seen.bundles if is_bundle else seen.records).append(one.digest)
            was = books.state_of(table, one.digest)
            if was not in {None, State.QUARANTINED}:
                raise error
            if was is None:
                books.put(table, {**row, **held(reasons.told(error))})
                seen.fresh[name, one.digest] = None
            return seen

        try:
            self._met.add(self._ledger.together(put))
        except Exception as worse:
            if is_of_the_store(worse):
                raise
            self._met.unread(one.source, reasons.told(worse))

    def _judged(self, one: _File) -> Judged | None:
        """A record with its verdict; None where asking for it failed."""
        if one.ticket is None:
            return Judged(one.source, one.digest, one.raw, None)
        try:
            found = self._judges.verdict(one.ticket)
            if not isinstance(found, SoundRecord | Refused):
                raise TypeError
        except Exception as error:
            if isinstance(error, JudgingUnavailableError):
                raise
            one.failed = error
            return None
        return Judged(one.source, one.digest, one.raw, found)

    def _apply(self, work: Callable[[Entry], None]) -> None:
        def enter(books: Books) -> Seen:
            entry = Entry(books, self._plans, self._now)
            work(entry)
            return entry.seen

        self._met.add(self._ledger.together(enter))


class _OneFailedError(Exception):
    """One of several could not be judged: they are entered one by one."""


def is_of_the_store(error: Exception) -> bool:
    """Whether the ledger cannot be used at all; a change that it refuses is the fault of what was to be entered."""
    if isinstance(error, JudgingUnavailableError):
        return True
    return isinstance(error, VaultError) and type(error) not in {VaultError, VaultRefusedError}

"""Where the files of an import are: drives, folders and files, searched once before anything is read.

Bundles come before loose records, each kind by its path; what is named twice is taken once. Links are not followed:
one that stands where a file should is told as not read. So is a folder that the drive does not give out: it is among
the files, by its own path.

A file is told by its place's name and its path in there, such as `drives/site-07/bundles/west.ekb`. Where two places
have one name, as much of their paths is before it as tells them apart; no more of this machine's paths is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from keys.errors import ExamKioskError
from results.centre.spool import Spool

BUNDLE, RECORD = ".ekb", ".ekr"
_RANKS = {BUNDLE: 0, RECORD: 1}
_LAST = 2


class NothingToImportError(ExamKioskError):
    """A place without a bundle or record."""

    code = "nothing-to-import"
    what = "Nothing was imported: there is no sitting bundle and no sealed record in {place}."
    next_step = (
        "Check that this is the carrier that came back, and that it is mounted; then import all places again."
    )


class PlaceMissingError(NothingToImportError):
    """A place that is not there."""

    code = "place-missing"
    what = "Nothing was imported: there is no {place}."
    next_step = "Check how it is written and that the drive is mounted; then import all places again."


class Sources:
    """The files that were found, as paths in their order; `size` is bytes of all of them together."""

    def __init__(self, spool: Spool, places: Sequence[Path] = ()) -> None:
        """What is in the spool's `places`, found in these."""
        self._spool = spool
        self._labels = list(zip(map(_prefix, places), _labels(places), strict=True))
        self._count, self.size = spool.one("SELECT count(*), coalesce(sum(size), 0) FROM places")

    def __len__(self) -> int:
        """How many there are."""
        return int(self._count)

    def __iter__(self) -> Iterator[Path]:
        """One after another."""
        for some in self._spool.rows("SELECT path FROM places ORDER BY rank, place, path"):
            yield from (Path(os.fsdecode(path)) for (path,) in some)

    def name(self, path: Path) -> str:
        """What one of the files is told by: the name of its place, and its path from there."""
        word = str(path)
        for prefix, label in self._labels:
            if f"{word}/" == prefix:
                return label
            if word.startswith(prefix):
                return f"{label}/{word.removeprefix(prefix)}"
        return path.name


def _prefix(place: Path) -> str:
    """What the paths of a place's files begin with."""
    word = str(place)
    return "" if word == "." else word if word.endswith("/") else f"{word}/"


def _labels(places: Sequence[Path]) -> list[str]:
    """The names of places, each with as much of its path before it as tells it from the others."""
    paths = [Path(os.path.abspath(place)).parts[1:] for place in places]
    found = []
    for one in paths:
        others = [other for other in paths if other != one]
        lengths = range(1, len(one) + 1)
        length = next((n for n in lengths if all(other[-n:] != one[-n:] for other in others)), len(one))
        found.append("/".join(one[-length:] if length else ()))
    return found


def sources(places: Iterable[str | Path]) -> Sources:
    """The bundles, then the loose records, in files, folders and carriers. An empty word names none of them.

    Raises `NothingToImportError` for a place that has none, `PlaceMissingError` for one that is not there.
    """
    spool, searched = Spool(), []
    for number, named in enumerate(places):
        place = Path(named)
        if not str(named):
            raise PlaceMissingError(place="place with an empty name")
        if not place.exists() and not place.is_symlink():
            raise PlaceMissingError(place=place)
        found = False
        for some in _batches(_below(place)):
            rows = [
                (_RANKS.get(os.path.splitext(path)[1], _LAST), number, os.fsencode(path), size)
                for path, size in some
            ]
            spool.add("INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?)", rows)
            found = True
        if not found:
            raise NothingToImportError(place=place)
        searched.append(place)
    return Sources(spool, searched)


def _below(place: Path) -> Iterator[tuple[str, int]]:
    """The path and size of each file in a place that has one of our names, and of each folder that cannot be read."""
    if place.is_file():
        yield from [(str(place), place.stat().st_size)] if place.suffix in _RANKS else []
        return
    unread: list[str] = []

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            unread.append(error.filename)

    for folder, _, names in os.walk(place, onerror=note):
        for name in names:
            if os.path.splitext(name)[1] in _RANKS:
                path = os.path.join(folder, name)
                yield path, _size(path)
    yield from ((path, 0) for path in unread)


def _size(path: str) -> int:
    """The bytes of a file, for the progress bar; of one that is gone by now none."""
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _batches(found: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    some: list[tuple[str, int]] = []
    for one in found:
        some.append(one)
        if len(some) == 1_000:
            yield some
            some = []
    if some:
        yield some

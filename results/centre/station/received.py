"""What a station received, kept as it came: every bundle and record by its digest, under the name it had.

They are closed envelopes, so they may lie on the station's disk; the centre imports them once more from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keys.carrier import read_file, write_file
from keys.encoding import Digest, digest
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.sources import BUNDLE
from results.wire.bundle import MAX_BUNDLE, MAX_RECORD

RECEIVED = "received"
_NAME = 120


class NothingReceivedError(ExamKioskError):
    """A station that has nothing to hand over."""

    code = "station-empty"
    what = "This station has received nothing yet."
    next_step = "Take in the closing carrier with `results station import`, then score."


def keep(centre: Path, paths: Iterable[Path]) -> tuple[Path, ...]:
    """Copy files to where the station keeps what it received; one that is there already is not written again.

    Returns where they lie, in order; one that cannot be read stays where it is. Raises a `StorageError`.
    """
    kept: list[Path] = []
    for path in paths:
        try:
            raw = read_file(path, limit=MAX_BUNDLE if path.suffix == BUNDLE else MAX_RECORD)
        except ExamKioskError:
            kept.append(path)  # the import says of it that it cannot be read
            continue
        folder = centre / RECEIVED / digest(raw)
        there = next(iter(sorted(folder.iterdir())), None) if folder.is_dir() else None
        if there is None:
            there = folder / f"{sanitise(path.stem, limit=_NAME).replace('/', '_') or 'file'}{path.suffix}"
            write_file(there, raw)
        kept.append(there)
    return tuple(dict.fromkeys(kept))


def received(centre: Path) -> dict[Digest, Path]:
    """Everything that the station received, by digest. Raises `NothingReceivedError`."""
    folder = centre / RECEIVED
    found = {
        Digest(one.name): path
        for one in (sorted(folder.iterdir()) if folder.is_dir() else ())
        for path in sorted(one.iterdir())[:1]
    }
    if not found:
        raise NothingReceivedError
    return found

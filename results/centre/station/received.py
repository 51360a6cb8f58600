"""What a station received, kept as it came: every bundle and record by its digest, under the name it had.

They are closed envelopes, so they may lie on the station's disk; the centre imports them once more from there. What an
interrupted copy left, whose name begins with a point, is none of them.
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
        there = _whole(folder)
        if there is None:
            there = folder / f"{_stem(path)}{path.suffix}"
            write_file(there, raw)
        kept.append(there)
    return tuple(dict.fromkeys(kept))


def _stem(path: Path) -> str:
    """A file's name without its ending, as any disk takes it and nobody hides by it."""
    cut = sanitise(path.stem, limit=_NAME).encode()[:_NAME].decode(errors="ignore")
    return cut.lstrip(".") or "file"


def _whole(folder: Path) -> Path | None:
    """The file in the folder of a digest, if it was copied to the end."""
    names = sorted(folder.iterdir()) if folder.is_dir() else ()
    return next((one for one in names if not one.name.startswith(".")), None)


def received(centre: Path) -> dict[Digest, Path]:
    """Everything that the station received, by digest. Raises `NothingReceivedError`."""
    folder = centre / RECEIVED
    places = sorted(folder.iterdir()) if folder.is_dir() else ()
    found = {Digest(one.name): path for one in places if (path := _whole(one)) is not None}
    if not found:
        raise NothingReceivedError
    return found

"""The thresholds of an analysis's flags, from a TOML file with a number for each that is not as usual."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from keys.text import sanitise
from results.scoring.flags import Thresholds, ThresholdsError

_MOST = 64 * 1024


def read_thresholds(path: Path | None) -> Thresholds:
    """The thresholds of a file, the usual ones without it. Raises `ThresholdsError` or an `OSError`."""
    if path is None:
        return Thresholds()
    with path.open("rb") as file:
        raw = file.read(_MOST)
    try:
        return msgspec.convert(tomllib.loads(raw.decode()), Thresholds)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        detail = sanitise(str(error), limit=120).rstrip(".")
        raise ThresholdsError(name=sanitise(path.name, limit=80), detail=detail) from None

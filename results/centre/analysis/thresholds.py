"""The thresholds of an analysis's flags, from a TOML file with a number for each that is not as usual."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from keys.text import sanitise
from results.centre.analysis.opening import first_bytes
from results.scoring.flags import Thresholds, ThresholdsError

_MOST = 64 * 1024


def read_thresholds(path: Path | None) -> Thresholds:
    """The thresholds of a file, the usual ones without it. Raises `ThresholdsError` or an `OSError`."""
    if path is None:
        return Thresholds()
    raw = first_bytes(path, _MOST)
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), Thresholds)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        detail = sanitise(str(error), limit=120).rstrip(".")
        raise ThresholdsError(name=sanitise(path.name, limit=80), detail=detail) from None
    for fault in _faults(found):
        raise ThresholdsError(name=sanitise(path.name, limit=80), detail=fault)
    return found


def _faults(found: Thresholds) -> Iterator[str]:
    for threshold in Thresholds.__struct_fields__:
        if not math.isfinite(getattr(found, threshold)):
            yield f"{threshold} is not a finite number"
    for threshold in ("dif_level", "similarity_level"):
        if not 0 < getattr(found, threshold) < 1:
            yield f"{threshold} is not between 0 and 1"
    if not 0 < found.dif_moderate <= found.dif_large:
        yield "dif_moderate is not above 0, or above dif_large"

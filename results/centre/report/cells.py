"""Cells of tables that people open with a spreadsheet: what one would take for a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from keys.text import sanitise

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 20_000


def cell(text: str) -> str:
    """A cell of somebody's words (OWASP, CSV injection)."""
    clean = sanitise(text, limit=LONGEST, newlines=True)
    return f"'{clean}" if clean.lstrip().startswith(FORMULA) else clean


def table(heads: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """A table as CSV (RFC 4180); numbers stay numbers, and None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([cell(one) if isinstance(one, str) else one for one in row] for row in rows)
    return out.getvalue()

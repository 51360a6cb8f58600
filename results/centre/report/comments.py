"""What candidates wrote beside their answers, as a table: comments to the authors, and notes where a form keeps them.

It goes into a spreadsheet: a cell that one would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from keys.text import sanitise
from results.centre.facts import SessionFacts

COLUMNS = ("item", "candidate", "kind", "text")
COMMENT, NOTE = "comment", "note"
_FORMULA = ("=", "+", "-", "@")
_LONGEST = 20_000


def comments_table(found: Mapping[str, SessionFacts]) -> str:
    """The table as CSV (RFC 4180), by item, then candidate; `found` by candidate number. Empty where nobody wrote any.

    The scratchpad's notes have no item.
    """
    rows: list[tuple[str, str, str, str]] = [
        (one.item, candidate, COMMENT, one.comment)
        for candidate, facts in found.items()
        for one in facts.items
        if one.comment.strip()
    ]
    rows += [
        (item, candidate, NOTE, text) for candidate, facts in found.items() for item, text in facts.notes
    ]
    if not rows:
        return ""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(tuple(map(_cell, row)) for row in sorted(rows))
    return table.getvalue()


def _cell(text: str) -> str:
    clean = sanitise(text, limit=_LONGEST, newlines=True)
    return f"'{clean}" if clean.lstrip().startswith(_FORMULA) else clean

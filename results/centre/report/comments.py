"""What candidates wrote beside their answers, as a table: comments to the authors, and notes where a form has them."""

from __future__ import annotations

from collections.abc import Mapping

from results.centre.facts import SessionFacts
from results.centre.report.cells import table

COLUMNS = ("item", "candidate", "kind", "text")
COMMENT, NOTE = "comment", "note"


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
    return table(COLUMNS, sorted(rows))

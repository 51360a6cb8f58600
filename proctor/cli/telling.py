"""How the commands of the desk tell what they found: tables, codes in groups of three, and where the sitting stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import typer
from rich.cells import cell_len, set_cell_size

from proctor.board import CandidateRow, Codes, Status
from proctor.sitting import Phase

READ = "Read it aloud in groups of three."


def aside(line: str, *, quiet: bool) -> None:
    """A line on the way, on stderr."""
    if not quiet:
        typer.echo(line, err=True)


def plain(row: msgspec.Struct) -> dict[str, Any]:
    """A row as an object of JSON."""
    found: dict[str, Any] = msgspec.to_builtins(row)
    return found


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows below their heads, each column as wide as its widest cell."""
    cells = [heads, *rows]
    widths = [max(cell_len(row[place]) for row in cells) for place in range(len(heads))]
    return [
        "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def codes_text(shown: Codes) -> str:
    """Every start and admission code."""
    starts = ((row.kiosk, row.start_code, "spare" if row.spare else "") for row in shown.kiosks)
    admissions = ((row.candidate, row.name, row.kiosk, row.admission_code) for row in shown.candidates)
    return "\n".join(
        [
            "Type the start code at each kiosk. Read aloud in groups of three.",
            *table(("KIOSK", "START CODE", ""), starts),
            "",
            "After checking identity, give each candidate their number and admission code.",
            *table(("NUMBER", "NAME", "KIOSK", "ADMISSION CODE"), admissions),
        ]
    )


def status_text(shown: Status) -> str:
    """Where a sitting stands."""
    rows = (
        (
            row.candidate,
            row.name,
            row.kiosk,
            _told(row),
            _minutes(row),
            f"{row.issued}/{row.redeemed}",
            row.heard,
        )
        for row in shown.candidates
    )
    kiosks = (
        (row.kiosk, row.candidate or ("spare" if row.spare else "free"), str(row.resumes), row.record)
        for row in shown.kiosks
    )
    done = f"{shown.settled} of {shown.authorised} have a final state"
    left = f"; still open: {', '.join(shown.unsettled)}." if shown.unsettled else "; ready to close."
    return "\n".join(
        [
            f"{shown.sitting}, {shown.phase}. Records: {shown.new} new, {shown.known} known.",
            *table(("NUMBER", "NAME", "KIOSK", "STATE", "MINUTES", "CODES", "CHECKPOINT"), rows),
            "CODES: issued at this desk / known to be redeemed from what came back on a carrier.",
            "",
            *table(("KIOSK", "SEAT OF", "RESUMES", "RECORD"), kiosks),
            "",
            done + (left if shown.phase != Phase.CLOSED else "."),
            *refused_text(shown),
        ]
    )


def refused_text(shown: Status) -> list[str]:
    """What of a carrier was not taken, and what to do."""
    lines: list[str] = []
    for row in shown.refused:
        lines += [f"Not taken: {row.file} [{row.code}] {row.what}", f"  next: {row.next}"]
    return lines


def _minutes(row: CandidateRow) -> str:
    return "" if row.minutes is None else str(row.minutes)


def _told(row: CandidateRow) -> str:
    return f"{row.state}, {row.count} lines" if row.count else row.state

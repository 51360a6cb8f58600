"""Provisional slips: what a candidate is told on the day, one for each, as text and as a sheet of paper.

Rules.
1. Every slip says in its first line that it is provisional: only the centre's report counts.
2. A result that is held or invalidated is not told, and neither is why.
3. The beginning of the receipt code lets a candidate see that the slip is about what they handed in; the whole code
   stays theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from exam_packages.sitting_plan import SittingPlan
from keys.carrier import write_file
from keys.codes import kiosk_key, kiosk_keys, receipt_code
from keys.encoding import digest
from keys.errors import ExamKioskError
from keys.text import sanitise
from results.centre.books import facts_of_row
from results.centre.office import Centre
from results.centre.reasons import PlanUnknownError
from results.centre.runs import ScoreRun
from results.centre.standing.books import standings

PROVISIONAL = "PROVISIONAL RESULT"
WITHHELD = "Your result is being looked at"
HINT = 4


@dataclass(frozen=True, slots=True)
class Slip:
    """What one candidate is told; `scaled` is empty where it is not told, `code` begins the receipt code."""

    title: str
    candidate: str
    attempt: int
    sitting: str
    site: str
    result: str
    scaled: str
    code: str
    notice: str
    contact: str

    @property
    def next(self) -> tuple[str, ...]:
        """What happens next, in sentences."""
        code = f"The receipt code on your kiosk's last screen begins with {self.code}. " if self.code else ""
        return (
            "This result is provisional: it was made today at the sitting, and the centre will check it.",
            "Only the score report that the centre sends to you counts.",
            self.notice,
            f"{code}Keep your receipt code: with it the centre can confirm what you handed in.",
            f"Questions: {self.contact}",
        )


def slips(centre: Centre, run: ScoreRun) -> tuple[Slip, ...]:
    """The slips of a run, by sitting and candidate. Raises `PlanUnknownError`."""
    with centre.ledger.reading() as books:
        held = standings(books, run.run)
        rows = books.facts_of([one.record for one in run.scores])
    made: list[Slip] = []
    plans: dict[str, tuple[SittingPlan, bytes | None]] = {}
    for one in run.scores:
        if one.sitting not in plans:
            plans[one.sitting] = _plan(centre, one.sitting)
        plan, secret = plans[one.sitting]
        free = (one.sitting, one.candidate, one.attempt) not in held
        made.append(
            Slip(
                run.title,
                one.candidate,
                one.attempt,
                one.sitting,
                plan.site,
                ("PASSED" if one.score.passed else "NOT PASSED") if free else WITHHELD,
                f"{one.score.scaled} on a scale from 0 to {run.top}; {run.cut} passes" if free else "",
                _begins(plan, secret, rows.get(one.record)),
                plan.policies.result_notice,
                plan.policies.support_contact,
            )
        )
    return tuple(made)


def write_slips(made: tuple[Slip, ...], folder: Path) -> tuple[Path, ...]:
    """Write each slip as text and as a PDF; return the PDFs. Raises a `StorageError`."""
    from results.centre.station.paper import slip_pdf

    written: list[Path] = []
    for one in made:
        name = f"slip-{digest(f'{one.sitting} {one.candidate} {one.attempt}'.encode())[:8]}"
        plain = "".join(letter if letter.isalnum() or letter == "-" else "_" for letter in one.candidate)
        path = folder / f"{name}-{plain[:24]}.pdf"
        write_file(path.with_suffix(".txt"), slip_text(one).encode())
        write_file(path, slip_pdf(one))
        written.append(path)
    return tuple(written)


def slip_text(one: Slip) -> str:
    """A slip as text."""
    lines = [
        PROVISIONAL,
        "=" * len(PROVISIONAL),
        one.title,
        "",
        f"Candidate  {one.candidate}, attempt {one.attempt}",
        f"Sitting    {one.sitting}, {one.site}",
        "",
        one.result,
        *([one.scaled] if one.scaled else []),
        "",
        *one.next,
    ]
    return "\n".join(sanitise(line, limit=400) for line in lines) + "\n"


def _plan(centre: Centre, sitting: str) -> tuple[SittingPlan, bytes | None]:
    known = centre.plan(sitting)
    if known is None:
        raise PlanUnknownError(sitting=sitting)
    try:
        return known.plan, centre.secret(sitting)
    except ExamKioskError:
        return known.plan, None


def _begins(plan: SittingPlan, secret: bytes | None, row: sa.Row[Any] | None) -> str:
    """How the candidate's receipt code begins, or empty where it cannot be made here."""
    if secret is None or row is None:
        return ""
    facts = facts_of_row(row)
    keys = kiosk_keys(kiosk_key(secret, plan.sitting, plan.mode.value, row.kiosk))
    return receipt_code(keys, row.session, facts.final_head, facts.final_count)[:HINT]

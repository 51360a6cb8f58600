"""Writing the reports of a score run: one folder a sitting, each report as text and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import write_file
from keys.encoding import decode, digest
from results.centre.books import Books
from results.centre.facts import SessionFacts
from results.centre.intake import KnownPlan
from results.centre.issued import Differences, Session, differences, entries, issued
from results.centre.office import Centre
from results.centre.reasons import PlanUnknownError
from results.centre.report.comments import comments_table
from results.centre.report.pages import candidate_page, sitting_page
from results.centre.report.text import candidate_text, sitting_text
from results.centre.report.told import Known, SittingReport, candidate_report, sitting_report
from results.centre.runs import ScoreRun
from results.centre.tables import State

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Written:
    """The reports of one sitting: its page and text, the pages of its candidates, and what they wrote, if anything."""

    report: SittingReport
    page: Path
    text: Path
    candidates: tuple[Path, ...]
    comments: Path | None


def write_reports(centre: Centre, run: ScoreRun, out: Path) -> tuple[Written, ...]:
    """Write the reports of every sitting of a run below `out`.

    Raises `PlanUnknownError` for a sitting whose plan is no longer published, or a `StorageError`.
    """
    sittings = sorted({one.sitting for one in run.scores} | {one.sitting for one in run.left_out})
    written: list[Written] = []
    for sitting in sittings:
        known = centre.plan(sitting)
        if known is None:
            raise PlanUnknownError(sitting=sitting)
        with centre.ledger.transaction() as books:
            differing = _differences(books, known)
            candidates = _known(books, sitting, differing)
            findings = [*_findings(books, known), *differing.sitting]
        written.append(_write(run, known, candidates, findings, out / run.run / _plain(sitting)))
    return tuple(written)


def _write(
    run: ScoreRun, known: KnownPlan, candidates: dict[str, Known], findings: Iterable[str], folder: Path
) -> Written:
    plan = known.plan
    made: list[Path] = []
    for one in run.scores:
        entry = plan.entry(one.candidate)
        facts = candidates[one.candidate].facts if one.candidate in candidates else None
        if one.sitting != plan.sitting or entry is None:
            continue
        began = facts.started_at if facts else plan.opens_at
        report = candidate_report(run, plan, entry, one, began)
        path = folder / f"candidate-{_plain(one.candidate)}.html"
        write_file(path, candidate_page(report).encode())
        write_file(path.with_suffix(".txt"), candidate_text(report).encode())
        made.append(path)
    whole = sitting_report(run, plan, candidates, tuple(findings))
    page, text = folder / "sitting.html", folder / "sitting.txt"
    write_file(page, sitting_page(whole).encode())
    write_file(text, sitting_text(whole).encode())
    table = comments_table({number: one.facts for number, one in candidates.items() if one.facts})
    comments = folder / "comments.csv" if table else None
    if comments:
        write_file(comments, table.encode())
    return Written(whole, page, text, tuple(made), comments)


def _differences(books: Books, known: KnownPlan) -> Differences:
    """Where the desk's journals and the kiosks' differ; nothing where no desk's journal is here."""
    plan = known.plan
    journals = books.desk_journals(plan.sitting)
    if not journals:
        return Differences()
    longest = {}
    for row in sorted(books.sound_records(sitting=plan.sitting), key=lambda row: row.entries):
        longest[row.kiosk, row.session] = row
    sessions = [
        Session(row.kiosk, row.candidate, row.attempt, decode(row.facts, SessionFacts, name="session facts"))
        for row in longest.values()
    ]
    return differences(plan, issued(plan, entries(journals)), sessions)


def _known(books: Books, sitting: str, differing: Differences) -> dict[str, Known]:
    """What the ledger holds, by candidate number."""
    lines = {candidate: line for (_, candidate), line in books.lines(sitting).items()}
    rows = books.sound_records(sitting=sitting)
    counting = {row.candidate: row for row in rows if row.state == State.ADMITTED.value}
    held: dict[str, list[str]] = {}
    for row in rows:
        if row.state == State.QUARANTINED.value:
            held.setdefault(row.candidate, []).append(row.reason)
    found: dict[str, Known] = {}
    for candidate in {*lines, *counting, *held}:
        counted = counting.get(candidate)
        found[candidate] = Known(
            decode(counted.facts, SessionFacts, name="session facts") if counted else None,
            counted.outcome if counted else "",
            counted.kiosk if counted else "",
            lines.get(candidate),
            tuple(held.get(candidate, ())),
            differing.candidates.get(candidate, ()),
        )
    return found


def _findings(books: Books, known: KnownPlan) -> list[str]:
    """What is to be looked at that is not about one candidate."""
    found: list[str] = []
    bundles = books.bundles(known.plan.sitting)
    sound = [row for row in bundles if row.state == State.ADMITTED.value]
    if not sound:
        found.append("No sound bundle of this sitting has been imported, so its closing is not confirmed.")
    disputed = [candidate for (_, candidate), line in books.lines(known.plan.sitting).items() if line is None]
    if disputed:
        found.append(f"Closing pages contradict each other about: {', '.join(sorted(disputed))}.")
    if len(sound) > 1:
        found.append(f"{len(sound)} different sound bundles of this sitting have been imported.")
    replaced = " A sound one has been imported too." if sound else ""
    found += [
        f"A bundle is in quarantine: {row.sentence}{replaced}"
        for row in bundles
        if row.state == State.QUARANTINED.value
    ]
    return found


def _plain(word: str) -> str:
    """A file name for an identifier: itself where it is plain, else letters of its digest."""
    return word if _PLAIN.fullmatch(word) else digest(word.encode())[:16]

"""Writing the reports of a score run: one folder a sitting, each report as text, as a page and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exam_packages.sitting_plan import SittingPlan
from keys.carrier import write_file
from keys.encoding import digest
from results.centre.books import Books, facts_of_row
from results.centre.intake import KnownPlan
from results.centre.issued import Differences, Session, differences, entries, issued
from results.centre.office import Centre
from results.centre.reasons import PlanUnknownError
from results.centre.report.candidate import CandidateReport, candidate_report
from results.centre.report.comments import comments_table
from results.centre.report.folder import folder_of
from results.centre.report.held import Standings
from results.centre.report.pages import candidate_page, sitting_page
from results.centre.report.sheets import candidate_paper, sitting_paper
from results.centre.report.sitting import Known, Seen, SittingReport, sitting_report
from results.centre.report.text import candidate_text, sitting_text
from results.centre.runs import ScoreRun
from results.centre.standing.books import standings
from results.centre.tables import State
from results.wire.journal import SittingEntry

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Written:
    """The reports of one sitting: its page, text and paper, the pages of its candidates (with a text and a paper beside
    each), and what they wrote, if anything.
    """

    report: SittingReport
    page: Path
    text: Path
    paper: Path
    candidates: tuple[Path, ...]
    comments: Path | None


def write_reports(centre: Centre, run: ScoreRun, out: Path) -> tuple[Written, ...]:
    """Write the reports of every sitting of a run below `out`.

    Raises `PlanUnknownError` for a sitting whose plan is no longer published, or a `StorageError`.
    """
    folder = folder_of(run, out)
    written: list[Written] = []
    for sitting in sittings(run):
        known = plan_of(centre, sitting)
        with centre.ledger.reading() as books:
            seen, held = look(books, known), standings(books, run.run)
        written.append(_write(run, known.plan, seen, held, folder / plain(sitting)))
    return tuple(written)


def sittings(run: ScoreRun) -> list[str]:
    """Every sitting that a run has something of."""
    return sorted({one.sitting for one in run.scores} | {one.sitting for one in run.left_out})


def plan_of(centre: Centre, sitting: str) -> KnownPlan:
    """A sitting's plan. Raises `PlanUnknownError` for one that is no longer published."""
    known = centre.plan(sitting)
    if known is None:
        raise PlanUnknownError(sitting=sitting)
    return known


def look(books: Books, known: KnownPlan) -> Seen:
    """What the ledger holds of a sitting."""
    journals = entries(books.desk_journals(known.plan.sitting))
    differing = _differences(books, known, journals)
    candidates = _known(books, known.plan.sitting, differing)
    return Seen(candidates, (*_findings(books, known), *differing.sitting), journals)


def candidates(run: ScoreRun, plan: SittingPlan, seen: Seen, held: Standings) -> Iterator[CandidateReport]:
    """The reports of a sitting's candidates who were scored."""
    for one in run.scores:
        entry = plan.entry(one.candidate)
        if one.sitting == plan.sitting and entry is not None:
            facts = seen.candidates.get(one.candidate, Known()).facts
            at = facts.started_at if facts else plan.opens_at
            yield candidate_report(run, plan, entry, one, at, held)


def _write(run: ScoreRun, plan: SittingPlan, seen: Seen, held: Standings, folder: Path) -> Written:
    made: list[Path] = []
    for report in candidates(run, plan, seen, held):
        path = folder / f"candidate-{plain(report.candidate)}.html"
        write_file(path, candidate_page(report).encode())
        write_file(path.with_suffix(".txt"), candidate_text(report).encode())
        write_file(path.with_suffix(".pdf"), candidate_paper(report))
        made.append(path)
    whole = sitting_report(run, plan, seen, held)
    page = folder / "sitting.html"
    text, paper = page.with_suffix(".txt"), page.with_suffix(".pdf")
    write_file(page, sitting_page(whole).encode())
    write_file(text, sitting_text(whole).encode())
    write_file(paper, sitting_paper(whole))
    table = comments_table({number: one.facts for number, one in seen.candidates.items() if one.facts})
    comments = folder / "comments.csv" if table else None
    if comments:
        write_file(comments, table.encode())
    return Written(whole, page, text, paper, tuple(made), comments)


def _differences(books: Books, known: KnownPlan, journal: tuple[SittingEntry, ...]) -> Differences:
    """Where the desk's journals and the kiosks' differ; nothing where no desk's journal is here."""
    plan = known.plan
    if not journal:
        return Differences()
    longest = {}
    for row in sorted(books.sound_records(sitting=plan.sitting), key=lambda row: row.entries):
        longest[row.kiosk, row.session] = row
    sessions = [Session(row.kiosk, row.candidate, row.attempt, facts_of_row(row)) for row in longest.values()]
    return differences(plan, issued(plan, journal), sessions)


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
            facts_of_row(counted) if counted else None,
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


def plain(word: str) -> str:
    """A file name for an identifier: itself where it is plain, else what of it is, with letters of its digest."""
    if _PLAIN.fullmatch(word):
        return word
    kept = re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-")[:40]
    return f"{kept}-{digest(word.encode())[:12]}".removeprefix("-")

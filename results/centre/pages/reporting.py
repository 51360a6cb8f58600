"""Drawing the pages of score runs: each run, what it changed, its analysis, and the reports of the newest ones.

Rules.
1. Every run has its page, and one of what changed since the run before it of the same form.
2. The newest run of each form has the reports of its sittings and candidates; `results report` makes those of others.
3. A run has a test report and an item analysis where the folder of its form is given.
4. What is held or invalidated is told as withheld, and is in no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from exam_packages.exam_folder import read_form
from keys.encoding import digest, encode
from keys.errors import ExamKioskError
from results.centre.analysis.scored import analyse_run
from results.centre.office import Centre
from results.centre.pages import frame
from results.centre.pages.frame import Pages, way
from results.centre.pages.gathering import Seen
from results.centre.pages.scored import RunPage, changes, newest, predecessors, run_page
from results.centre.report import charts, plots
from results.centre.report.form import form_report
from results.centre.report.held import Standings, free
from results.centre.report.items import items_report
from results.centre.report.pages import candidate_page, form_page, items_page, sitting_page, sponsor_page
from results.centre.report.sitting import sitting_report
from results.centre.report.sponsor import sponsor_reports
from results.centre.report.writing import candidates, look, plain, sittings
from results.centre.rescoring.comparison import CHANGED, GONE, NEW, SAME, Comparison, compare
from results.centre.runs import RunOlderError, ScoreRun, read_run
from results.scoring.analysis import TestAnalysis
from results.scoring.flags import Thresholds

ABOVE = ("Score runs", frame.RUNS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pages of runs are made with: exam folders by the digest of their form, groups by candidate."""

    folders: Mapping[str, Path]
    groups: Mapping[str, str]
    least: int
    thresholds: Thresholds
    software: str


class Drawn:
    """The pages of one run; without `page` its scores were erased, or an earlier program made it.

    `flags` is None where there is no analysis, and `why` says why. `sponsors` are words and path, `sittings` the paths
    by sitting.
    """

    def __init__(self, row: sa.Row[object], path: str) -> None:
        """Nothing is drawn yet."""
        self.row, self.path = row, path
        self.page: RunPage | None = None
        self.flags: int | None = None
        self.why = self.changed = ""
        self.comparison: Comparison | None = None
        self.sponsors: list[tuple[str, str]] = []
        self.sittings: dict[str, str] = {}


def forms_of(centre: Centre, folders: tuple[Path, ...]) -> dict[str, Path]:
    """The exam folders by the digest of their form. Raises the errors of `read_form`."""
    return {digest(encode(read_form(folder, centre.trusted.keyring).form)): folder for folder in folders}


def draw_runs(pages: Pages, centre: Centre, seen: Seen, asked: Asked) -> tuple[Drawn, ...]:
    """Every run, oldest first. Raises the errors of `read_run`, `Centre.plan`, or a `VaultError`."""
    drawn = [Drawn(row, f"runs/{plain(str(row.run))}") for row in seen.runs]
    before, latest = predecessors(seen.runs), newest(seen.runs)
    for one in drawn:
        run = _read(centre, one)
        if run is None:
            continue
        older = next((other for other in drawn if other.row.run == before.get(run.run)), None)
        earlier = _read(centre, older) if older else None
        if older and earlier:
            held = {**seen.standings.get(earlier.run, {}), **seen.standings.get(run.run, {})}
            found = compare(earlier, run, {result: stands.state for result, stands in held.items()})
            _changes(pages, seen, one, found, older)
        _draw(pages, centre, seen, asked, one, run, latest=run.run in latest)
    for one in drawn:
        _cover(pages, one)
    pages.draw(frame.RUNS, "Score runs", template="runs", runs=list(reversed(drawn)), latest=latest)
    return tuple(drawn)


def _draw(
    pages: Pages, centre: Centre, seen: Seen, asked: Asked, one: Drawn, run: ScoreRun, *, latest: bool
) -> None:
    """What stands below a run's page."""
    held = seen.standings.get(run.run, {})
    one.page = run_page(seen, one.row, run)
    _analysis(pages, centre, asked, one, run, held)
    if not latest:
        return
    scores = free(run.scores, held)
    for sitting in sittings(run):
        _sitting(pages, centre, one, run, sitting, held)
    if asked.groups and scores:
        for report in sponsor_reports(run, scores, asked.groups, asked.least):
            path = f"{one.path}/sponsors/{plain(report.group)}.html"
            pages.put(path, sponsor_page(report, way(path, report.group, ABOVE, _step(one))))
            one.sponsors.append((report.group, path))


def _analysis(pages: Pages, centre: Centre, asked: Asked, one: Drawn, run: ScoreRun, held: Standings) -> None:
    folder = asked.folders.get(run.form_digest)
    if folder is None:
        return
    try:
        found: TestAnalysis = analyse_run(centre, run.run, folder, asked.thresholds, asked.software)
    except ExamKioskError as error:
        one.why = error.diagnostics().what
        return
    one.flags = len(found.flags)
    path = f"{one.path}/test-report.html"
    told = form_report(run, free(run.scores, held), found, asked.least)
    pages.put(path, form_page(told, way(path, "Test report", ABOVE, _step(one))))
    path = f"{one.path}/item-analysis.html"
    pages.put(path, items_page(items_report(run, found), way(path, "Item analysis", ABOVE, _step(one))))


def _sitting(pages: Pages, centre: Centre, one: Drawn, run: ScoreRun, sitting: str, held: Standings) -> None:
    """A sitting's report and those of its candidates, where its plan is published."""
    known = centre.plan(sitting)
    if known is None:
        return
    with centre.ledger.reading() as books:
        seen = look(books, known)
    folder = f"{one.path}/{plain(sitting)}"
    path, links = f"{folder}/sitting.html", {}
    for report in candidates(run, known.plan, seen, held):
        name = f"candidate-{plain(report.candidate)}.html"
        links[report.candidate] = name
        above = (ABOVE, _step(one), (f"Sitting {sitting}", path))
        pages.put(
            f"{folder}/{name}", candidate_page(report, way(f"{folder}/{name}", report.candidate, *above))
        )
    whole = sitting_report(run, known.plan, seen, held)
    pages.put(path, sitting_page(whole, way(path, f"Sitting {sitting}", ABOVE, _step(one)), links))
    one.sittings[sitting] = path


def _changes(pages: Pages, seen: Seen, one: Drawn, found: Comparison, older: Drawn) -> None:
    """What a run changed: counted by site, then who, a page a site."""
    one.comparison, one.changed = found, f"{one.path}/changes.html"
    sites = [(site, f"{one.path}/changes/{plain(site.site)}.html") for site in changes(seen, found)]
    pages.draw(
        one.changed,
        "What changed",
        ABOVE,
        _step(one),
        template="changes",
        r=found,
        older=f"{older.path}/index.html",
        sites=[(site, path if site.lines else "") for site, path in sites],
        counts=[(kind, found.count(kind)) for kind in (SAME, CHANGED, NEW, GONE)],
        charts=charts,
    )
    for site, path in sites:
        if site.lines:
            pages.draw(
                path,
                f"Site {site.site}",
                ABOVE,
                _step(one),
                ("What changed", one.changed),
                template="changed",
                r=found,
                site=site,
                lines=[(line, bool(line.standing)) for line in site.lines],
            )


def _cover(pages: Pages, one: Drawn) -> None:
    """The page of a run itself."""
    pages.draw(
        f"{one.path}/index.html", f"Run {one.row.run}", ABOVE, template="run", r=one.page, d=one, plots=plots
    )


def _step(one: Drawn) -> frame.Step:
    return f"Run {one.row.run}", f"{one.path}/index.html"


def _read(centre: Centre, one: Drawn) -> ScoreRun | None:
    """The run, verified again, or None where its scores were erased or an earlier program made it."""
    with centre.ledger.reading() as books:
        row = books.run(str(one.row.run))
    try:
        return read_run(row.document, centre.trusted.keyring) if row and row.document else None
    except RunOlderError:
        return None

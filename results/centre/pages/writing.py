"""Writing the review pages: everything that was imported, decided, scored and reported, as a folder of static pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.clock import utc
from keys.encoding import Instant
from results.centre.office import Centre
from results.centre.pages import arrived, drawing, frame
from results.centre.pages.frame import Pages, replaced
from results.centre.pages.gathering import Seen, look
from results.centre.pages.reporting import Asked, Drawn, draw_runs, forms_of
from results.centre.standing.rules import Act, Kind
from results.scoring.flags import Thresholds

LISTED = 20
"""How many sites the first page names; reconciliation has them all."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the first page, how many there are, how many things a person has to look at, and the exam
    folders that no run was made from.
    """

    index: Path
    pages: int
    open: int
    unused: tuple[Path, ...]


def write_pages(
    centre: Centre,
    out: Path,
    now: Instant,
    software: str,
    *,
    folders: Sequence[Path] = (),
    groups: Mapping[str, str] | None = None,
    least: int = 10,
    thresholds: Thresholds | None = None,
) -> Written:
    """Write the pages into `out`, in the place of earlier ones.

    Raises `PagesPlaceError`, the errors of `read_form`, of `Centre.plan`, of `read_run`, a `VaultError` or a
    `StorageError`.
    """
    forms = forms_of(centre, tuple(folders))
    asked = Asked(forms, groups or {}, least, thresholds or Thresholds(), software)
    with replaced(out) as pages:
        seen = look(centre, now)
        runs = draw_runs(pages, centre, seen, asked)
        drawing.draw_intake(pages, seen)
        drawing.draw_reconciliation(pages, seen, _reports(runs))
        drawing.draw_quarantine(pages, seen)
        drawing.draw_certificates(pages, seen)
        drawing.draw_erased(pages, seen)
        _first(pages, seen, runs, software)
    used = {str(row.form_digest) for row in seen.runs}
    unused = tuple(folder for digest, folder in forms.items() if digest not in used)
    return Written(out / frame.INDEX, pages.count, _open(seen), unused)


def _first(pages: Pages, seen: Seen, runs: Sequence[Drawn], software: str) -> None:
    """The overview: what there is, and what a person has to look at."""
    found = seen.reconciled
    sites = [
        (site, drawing.site_path(site), sum(one.open for one in sittings))
        for site, sittings in found.sites.items()
    ]
    with_open = sorted((one for one in sites if one[2]), key=lambda one: (-one[2], one[0]))
    newest: dict[str, Drawn] = {one.row.form: one for one in runs if one.page}
    pages.draw(
        frame.INDEX,
        "Overview",
        template="index",
        at=utc(seen.at),
        software=software,
        r=found,
        closed=sum(one.state == "closed" for one in found.sittings),
        authorised=sum(one.authorised for one in found.sittings),
        final=sum(seat.final for one in found.sittings for seat in one.seats),
        came=arrived.all_of(seen),
        waiting=sum(one.waits for one in seen.held),
        silent=[(site, drawing.site_path(site)) for site in found.silent_sites],
        gaps=[(site, drawing.site_path(site), sittings) for site, sittings in found.gaps.items()],
        sites=with_open[:LISTED],
        more=len(with_open) - LISTED,
        appeals=_appeals(seen.acts),
        runs=list(newest.values()),
        count=len(runs),
        certificates=len(seen.certificates),
        open=_open(seen),
    )


def _appeals(acts: Sequence[Act]) -> int:
    """How many appeals are open: each that was opened is upheld or denied once."""
    said = [one.kind for one in acts]
    return said.count(Kind.APPEAL_OPENED) - said.count(Kind.APPEAL_UPHELD) - said.count(Kind.APPEAL_DENIED)


def _open(seen: Seen) -> int:
    """How many things a person has to look at; reconciliation counts most of what is held."""
    return seen.reconciled.open


def _reports(runs: Sequence[Drawn]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in runs:
        for sitting, path in one.sittings.items():
            found.setdefault(sitting, []).append((f"Report of run {one.row.run}", path))
    return found

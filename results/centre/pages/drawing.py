"""Drawing the pages of what came and where it stands: intake, reconciliation, quarantine, certificates, erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from keys.encoding import Instant
from results.centre.certificates.days import day
from results.centre.certificates.register import Status
from results.centre.pages import arrived, frame
from results.centre.pages.frame import Pages
from results.centre.pages.gathering import Seen
from results.centre.quarantine.telling import decision_text
from results.centre.reconciling.values import Reconciliation, SittingState
from results.centre.report import charts
from results.centre.report.writing import plain

SOON = (30, 90, 180)
"""Days in which certificates that expire are counted."""
Links = Mapping[str, Sequence[tuple[str, str]]]
"""By sitting, the reports of it: words and path in the folder."""


def site_path(site: str) -> str:
    """The page of a site."""
    return f"sites/{plain(site)}.html"


def sitting_path(sitting: str) -> str:
    """The page of a sitting."""
    return f"sittings/{plain(sitting)}.html"


def draw_intake(pages: Pages, seen: Seen) -> None:
    """What came when from where, and what is wrong with it."""
    known = frozenset(seen.reconciled.sites)
    pages.draw(
        frame.INTAKE,
        "Intake",
        template="intake",
        all=arrived.all_of(seen),
        imports=arrived.by_import(seen),
        sites=[(one, site_path(one.name) if one.name in known else "") for one in arrived.by_site(seen)],
        strays=arrived.came(seen, arrived.NO_SITE),
        problems=arrived.problems(seen),
    )


def draw_reconciliation(pages: Pages, seen: Seen, reports: Links) -> None:
    """Everything by site, then a page a site and a page a sitting."""
    found = seen.reconciled
    pages.draw(
        frame.RECONCILIATION,
        "Reconciliation",
        template="reconciliation",
        r=found,
        states=_states(found.sittings),
        sites=[(site, site_path(site), _Balance(sittings)) for site, sittings in found.sites.items()],
        all=_Balance(found.sittings),
        charts=charts,
    )
    above = ("Reconciliation", frame.RECONCILIATION)
    for site, sittings in found.sites.items():
        pages.draw(
            site_path(site),
            f"Site {site}",
            above,
            template="site",
            site=site,
            sittings=[(one, sitting_path(one.sitting)) for one in sittings],
            all=_Balance(sittings),
            incidents=[(one.sitting, told) for one in sittings for told in one.incidents],
            happenings=[(one.sitting, told) for one in sittings for told in one.happenings],
            settled=[(one.sitting, told) for one in sittings for told in one.settled],
            came=arrived.came(seen, site),
        )
        for one in sittings:
            pages.draw(
                sitting_path(one.sitting),
                f"Sitting {one.sitting}",
                above,
                (f"Site {site}", site_path(site)),
                template="sitting",
                r=one,
                incidents=[("", told) for told in one.incidents],
                happenings=[("", told) for told in one.happenings],
                settled=[("", told) for told in one.settled],
                reports=reports.get(one.sitting, ()),
            )


def draw_quarantine(pages: Pages, seen: Seen) -> None:
    """What waits, what was decided, and a page a file."""
    paths = {one.digest: one.path for one in seen.held}
    sources = {one.digest: one.source for one in seen.held}
    pages.draw(
        frame.QUARANTINE,
        "Quarantine",
        template="quarantine",
        waiting=[one for one in seen.held if one.waits],
        decisions=[
            (one, sources.get(one.digest, ""), paths.get(one.digest, "")) for one in reversed(seen.decisions)
        ],
        sites=seen.sites,
    )
    for one in seen.held:
        pages.draw(
            one.path,
            one.source,
            ("Quarantine", frame.QUARANTINE),
            template="held",
            r=one,
            site=seen.sites.get(one.sitting, ""),
            sitting_page=sitting_path(one.sitting) if one.sitting in _known(seen.reconciled) else "",
            paths=paths,
            decision_text=decision_text,
        )


def draw_certificates(pages: Pages, seen: Seen) -> None:
    """The register in counts; it names nobody."""
    now = Instant(seen.at)
    exams = sorted({one.exam for one in seen.certificates})
    rows = []
    for exam in exams:
        mine = [one for one in seen.certificates if one.exam == exam]
        states = Counter(one.status(now) for one in mine)
        soon = [sum(one.expires_within(days, now) for one in mine) for days in SOON]
        rows.append((exam, len(mine), [states[status] for status in Status], soon))
    granted = Counter((one.exam, day(one.granted)[:7]) for one in seen.certificates)
    acts = Counter(done.act.value for one in seen.certificates for done in one.acts)
    pages.draw(
        frame.CERTIFICATES,
        "Certificates",
        template="certificates",
        total=len(seen.certificates),
        states=Counter(one.status(now).value for one in seen.certificates),
        rows=rows,
        statuses=[one.value for one in Status],
        days=SOON,
        granted=sorted(granted.items()),
        most=max(granted.values(), default=1),
        acts=sorted(acts.items()),
        charts=charts,
    )


def draw_erased(pages: Pages, seen: Seen) -> None:
    """What went on schedule, and the statistics that were kept."""
    pages.draw(
        frame.ERASED,
        "Erased",
        template="erased",
        rows=list(reversed(seen.erasures)),
        kept=seen.kept,
        things=sum(row.things for row in seen.erasures),
    )


class _Balance:
    """Sittings together: how many candidates are authorised, in a final state and in each state, and what is open."""

    def __init__(self, sittings: Sequence[SittingState]) -> None:
        """Count these."""
        self.sittings = len(sittings)
        self.closed = sum(one.state == "closed" for one in sittings)
        self.authorised = sum(one.authorised for one in sittings)
        self.final = sum(seat.final for one in sittings for seat in one.seats)
        self.open = sum(one.open for one in sittings)
        self.incidents = sum(len(one.incidents) for one in sittings)
        self.happenings = Counter(told.kind for one in sittings for told in one.happenings)
        self.states = _states(sittings)


def _states(sittings: Sequence[SittingState]) -> list[tuple[str, int]]:
    """The states of candidates with how many are in each, the most frequent first."""
    found: Counter[str] = Counter()
    for one in sittings:
        found.update(one.states)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _known(found: Reconciliation) -> frozenset[str]:
    return frozenset(one.sitting for one in found.sittings)

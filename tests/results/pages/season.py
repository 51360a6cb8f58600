"""A small season with one of everything that the review pages show, and its pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from exam_packages.interactions import ChosenOptions, ItemId
from exam_packages.scoring_key import AdjustmentKind
from keys.encoding import Instant, digest
from results.centre.adjusting import Change, adjust
from results.centre.certificates.register import Act as CertificateAct
from results.centre.certificates.register import Done, Entry, Register
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.judging.pool import Here
from results.centre.office import Centre, score_all
from results.centre.pages.writing import write_pages
from results.centre.quarantine.acting import Desk, Who, reject
from results.centre.retention.tables import erasures
from results.centre.runs import ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from results.wire import events as e
from results.wire import sitting_events as s
from tests.results import builders as b
from tests.results import centres

SEATS, ITEMS = 6, 8
W = b.world(SEATS, ITEMS)
ME = W.proctor.identity.fingerprint
NOW = Instant(b.START + 24 * b.HOUR)
NASTY = "<img src=x onerror=alert(1)>"
"""Words that would do something in a page that lets them."""
HELD, HOLDER = b.candidate(2), "Ada Holder"
"""The candidate whose result is held, and a person whom no page names."""


@dataclass(frozen=True)
class Season:
    """What was made; `before` and `after` are its runs."""

    world: b.World
    centre: Centre
    exam: Path
    pages: Path
    before: ScoreRun
    after: ScoreRun

    def page(self, path: str) -> str:
        """A page's text as it was written."""
        return (self.pages / path).read_text("utf-8")

    def write(self, out: Path | None = None) -> None:
        """Write the pages again, or elsewhere."""
        groups = {str(b.candidate(n)): "East" if n % 2 else NASTY for n in range(SEATS)}
        write_pages(self.centre, out or self.pages, NOW, "0.1.0", folders=[self.exam], groups=groups, least=2)


def record(n: int) -> bytes:
    """Seat `n`'s record: so many right, the last item changed from wrong to right; one after a failure of power."""
    found = b.answers(b.right(W, n + 2))
    last = ItemId(f"i{ITEMS - 1}")
    other = e.ResponseRecorded(last, ChosenOptions((b.OPTIONS[n % 4],)), 90_000)
    failed: list[e.SessionEvent] = [
        e.ClockJumped(-90_000),
        e.SessionResumed(1, e.ResumeCause.MACHINE, 42_000, 30_000, 1_000),
    ]
    ending: list[e.SessionEvent] = [other, e.HandedIn(0, 0, 100_000)]
    events = [*b.opening(W, n), *(failed if n == 1 else []), *found, *ending]
    return b.seal(W, n, b.chain(events))


def season(folder: Path) -> Season:
    """A season in `folder`: two held files of which one was rejected, two runs, a held result, and all pages."""
    centre = centres.centre(W, folder)
    records = {n: record(n) for n in range(SEATS - 1)}
    desk = b.desk_journal(
        W, s.IncidentReported(1, "R3", (b.candidate(1),), b.START, f"Lights {NASTY}", "", "", ME)
    )
    files = {
        "west.ekb": b.bundle(W, records, desk=desk),
        f"{NASTY.replace('/', '')}.ekr": records[0][:-40] + b"\0" + records[0][-39:],
        "second.ekr": records[1][:-40] + b"\0" + records[1][-39:],
    }
    (folder / "in").mkdir()
    for name, raw in files.items():
        (folder / "in" / name).write_bytes(raw)
    paths = [folder / "in" / name for name in files]
    import_files(paths, centre.ledger, centre.office(), NOW, lambda _: None)
    office = centre.office()
    reject(
        Desk(centre.ledger, Here(office), office.plan),
        digest(files["second.ekr"]),
        Who("A. Director", f"It is torn. {NASTY}", NOW),
    )
    exam = centres.exam_folder(W, folder / "exam")
    before = _run(centre, exam)
    change = Change(f"i{ITEMS - 2}", AdjustmentKind.REKEYED, "Lee", NOW, "It was misread.", right=("D",))
    adjust(exam, centre.trusted.keyring, change, W.scoring.signer())
    after = _run(centre, exam)
    with centre.ledger.transaction() as books:
        enter(books, Act(Kind.APPEAL_OPENED, Scope(candidate=b.candidate(3)), "Wrong key.", "Lee", NOW))
        enter(books, Act(Kind.HOLD, Scope(candidate=HELD), "Answers like a neighbour's.", "Lee", NOW))
        term = (Instant(NOW), Instant(NOW), Instant(NOW + 60 * 24 * b.HOUR))
        register = Register(books)
        register.enter(Entry("CETL-1", "cetl-practice", b.candidate(4), HOLDER, NOW))
        register.do("CETL-1", Done(1, CertificateAct.ISSUED, *term, by="Lee"), "basis")
        gone = {
            "kind": "answers",
            "thing": "0" * 64,
            "sitting": "",
            "rule": "answers: 30 days after the result",
        }
        gone |= {"reason": "As planned.", "actor": "Lee"}
        books.connection.execute(sa.insert(erasures).values(**gone, at=NOW, rows=1))
    made = Season(W, centre, exam, folder / "pages", before, after)
    made.write()
    return made


def _run(centre: Centre, exam: Path) -> ScoreRun:
    inputs = read_inputs(exam, centre.trusted.keyring)
    return score_all(centre, inputs, W.scoring.signer(), "0.1.0", b.stamp(24 * b.HOUR))[0]

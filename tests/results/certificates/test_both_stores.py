"""The register in either store of a ledger: the whole life of a certificate, and nothing twice."""

from __future__ import annotations

from pathlib import Path

from keys.encoding import Instant
from results.centre.certificates.acting import record, renew, revoke, show_name
from results.centre.certificates.education import read_activities
from results.centre.certificates.publishing import publish
from results.centre.certificates.register import Act
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from tests.results import builders as b
from tests.results import centres
from tests.results.certificates import holders as h

HOURS = (
    "candidate,area,hours,date,activity\n"
    "C-1001,1,24,2028-03-01,A\nC-1001,1,24,2028-03-02,A\nC-1001,2,12,2028-03-02,B\n"
)
LATER = Instant(b.START + 2 * h.YEAR)


def test_a_certificate_lives_the_same_life_in_either_store(tmp_path: Path, at: str | None) -> None:
    """Issued twice over, its hours recorded, renewed, its name shown, revoked, published: the same acts in both."""
    trusted = centres.publish(h.W, tmp_path / "published")
    centre = h.believed(Centre(h.W.centre, trusted, open_ledger(tmp_path, h.W.centre, make=True, at=at)))
    (tmp_path / "west.ekb").write_bytes(b.bundle(h.W, h.RECORDS))
    import_files([tmp_path / "west.ekb"], centre.ledger, centre.office(), h.NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(h.W, tmp_path / "exam"), trusted.keyring)
    run, _ = score_all(centre, inputs, h.W.scoring.signer(), "0.1.0", h.NOW)
    assert [len(h.issued(centre, run).issued) for _ in range(2)] == [2, 0]
    number = next(one.number for one in h.entries(centre) if one.candidate == b.candidate(0))
    done = read_activities("hours.csv", HOURS, h.rules(), LATER)
    with centre.ledger.transaction() as books:
        record(books, h.rules().exam, done, "Ray", LATER)
        renew(books, h.rules(), number, h.CERTIFIER.signer(), centre.trusted.keyring, "Ray", LATER)
        show_name(books, number, "Ray", LATER, shown=True)
        revoke(books, number, "Fraud.", "Ray", LATER)
    entry = next(one for one in h.entries(centre) if one.number == number)
    assert [one.act for one in entry.acts] == [Act.ISSUED, Act.RENEWED, Act.NAME_SHOWN, Act.REVOKED]
    assert publish(centre, tmp_path / "web", LATER) == 2

"""Certificates under the retention rules: the register answers while one is valid, and then forgets the person."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from keys.encoding import Instant
from keys.errors import ExamKioskError
from results.centre.certificates.acting import revoke
from results.centre.certificates.publishing import publish, write_files
from results.centre.certificates.register import Register, Status
from results.centre.certificates.tables import certificate_acts, certificates
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from results.centre.retention.erasing import apply
from results.centre.retention.listing import gone
from results.centre.retention.rules import Rules
from results.centre.runs import ScoreRun
from tests.results import builders as b
from tests.results import centres
from tests.results.certificates import holders as h

RULES = Rules(certificates=100)


@pytest.fixture
def issued(tmp_path: Path, at: str | None) -> tuple[Centre, ScoreRun]:
    """Two certificates of a run, in either store."""
    trusted = centres.publish(h.W, tmp_path / "published")
    centre = h.believed(Centre(h.W.centre, trusted, open_ledger(tmp_path, h.W.centre, make=True, at=at)))
    (tmp_path / "west.ekb").write_bytes(b.bundle(h.W, h.RECORDS))
    import_files([tmp_path / "west.ekb"], centre.ledger, centre.office(), h.NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(h.W, tmp_path / "exam"), trusted.keyring)
    run, _ = score_all(centre, inputs, h.W.scoring.signer(), "0.1.0", h.NOW)
    assert len(h.issued(centre, run).issued) == 2
    return centre, run


def erase(centre: Centre, at: int) -> list[str]:
    """Apply the rules at this wall time; the numbers of what went."""
    done = apply(
        centre, RULES, "An officer", "The yearly date", msgspec.structs.replace(h.NOW, wall=Instant(at))
    )
    return [one.thing for one in done.plan.due]


def test_a_certificate_forgets_its_holder_long_after_its_end(
    issued: tuple[Centre, ScoreRun], tmp_path: Path
) -> None:
    """Nothing goes while one is valid or in the days after; then name, documents and badge do, and number, dates and
    acts stay. Its page is taken down, its files cannot be written, and the same run makes it no second time.
    """
    centre, run = issued
    one, two = before = h.entries(centre)
    with centre.ledger.transaction() as books:
        revoke(books, two.number, "Fraud.", "Ray", h.NOW.wall)
    due = one.until + 100 * h.DAY
    for at in (h.NOW.wall, one.until, due - 1):
        assert erase(centre, at) == []
        assert publish(centre, tmp_path / "web", Instant(at)) == 2
    assert sorted(erase(centre, due)) == sorted([one.number, two.number])
    after = h.entries(centre)
    assert [(was.number, was.granted, was.until) for was in before] == [
        (now.number, now.granted, now.until) for now in after
    ]
    assert [(now.name, now.erased, now.status(Instant(due))) for now in after] == [
        ("", True, Status.LAPSED),
        ("", True, Status.REVOKED),
    ]
    with centre.ledger.reading() as books:
        acts = books.connection.execute(
            sa.select(certificate_acts.c.document, certificate_acts.c.badge)
        ).all()
        told = gone(books)
    assert set(acts) == {(None, None)}
    assert {(row["kind"], row["by"]) for row in told} == {("certificates", "An officer")}
    assert erase(centre, due + h.DAY) == []
    with pytest.raises(ExamKioskError) as caught:
        write_files(centre, one.number, tmp_path)
    assert caught.value.code == "certificate-erased"
    with pytest.raises(ExamKioskError) as caught:
        publish(centre, tmp_path / "web", Instant(due))
    assert caught.value.code == "certificates-none"
    assert not (tmp_path / "web" / f"{one.number}.html").exists()
    assert h.issued(centre, run, due).issued == ()


def test_no_name_and_no_document_goes_without_a_row_about_it(issued: tuple[Centre, ScoreRun]) -> None:
    """The store refuses it for what was not erased, also where another certificate was."""
    centre, _ = issued
    number = h.entries(centre)[0].number
    for statement in (
        sa.update(certificates).values(name=""),
        sa.update(certificate_acts).values(document=None),
        sa.delete(certificate_acts),
        sa.delete(certificates),
    ):
        with pytest.raises(ExamKioskError), centre.ledger.transaction() as books:
            books.connection.execute(statement)
    with centre.ledger.reading() as books:
        assert Register(books).documents(number)

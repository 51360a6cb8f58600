"""Rows of the ledger that somebody altered in the database: nobody reads facts that are another row's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from keys.encoding import Digest, encode
from results.centre.books import LedgerRowAlteredError, facts_of_row
from results.centre.confirm import confirm
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from results.centre.report.exporting import parts
from results.centre.report.writing import write_reports
from results.centre.runs import ScoreRun
from results.centre.tables import records
from tests.results import builders as b
from tests.results import centres
from tests.results.postgres import Server

W = b.world(2, 3)
NOW = b.stamp(24 * b.HOUR)
RECORDS = {n: b.sitting_record(W, n, 3 * n) for n in range(2)}


def _score(centre: Centre, folder: Path) -> ScoreRun:
    inputs = read_inputs(folder / "exam", centre.trusted.keyring)
    return score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


@pytest.fixture(params=["file", "database"])
def centre(tmp_path: Path, request: pytest.FixtureRequest) -> Centre:
    """A centre with two records, its ledger in a file or a database."""
    at = None
    if request.param == "database":
        server: Server = request.getfixturevalue("postgres")
        at = server.database()
    made = Centre(W.centre, centres.publish(W, tmp_path), open_ledger(tmp_path, W.centre, make=True, at=at))
    centres.exam_folder(W, tmp_path / "exam")
    (tmp_path / "in.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([tmp_path / "in.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    return made


def _swap(centre: Centre, column: sa.Column[bytes]) -> None:
    """Exchange a column of the two records past the program: it is sealed the same in every row."""
    with centre.ledger.transaction() as books:
        one, other = books.connection.execute(sa.select(records.c.digest, column.label("raw"))).all()
        for digest, value in ((one.digest, other.raw), (other.digest, one.raw)):
            at = sa.update(records).where(records.c.digest == digest)
            books.connection.execute(at.values({column: value}))


def test_facts_of_two_rows_cannot_be_exchanged(centre: Centre, tmp_path: Path) -> None:
    """Scoring, reports, exports and receipts all refuse, saying which record and what to do."""
    run = _score(centre, tmp_path)
    assert [one.score.raw for one in run.scores] == [0, 3]
    _swap(centre, records.c.facts)
    readers: list[Callable[[], object]] = [
        lambda: _score(centre, tmp_path),
        lambda: write_reports(centre, run, tmp_path / "reports"),
        lambda: list(parts(centre, run, {})),
        lambda: confirm(centre, centres.receipt(W, 1, RECORDS[1])),
    ]
    for read in readers:
        with pytest.raises(LedgerRowAlteredError, match="digest, kiosk, session, candidate") as refused:
            read()
        assert "import the sites' files into a new ledger" in refused.value.next_step


@pytest.mark.parametrize("centre", ["file"], indirect=True)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("candidate", "C-1009"),
        ("sitting", "east"),
        ("outcome", "voided"),
        ("mode", "rehearsal"),
        ("kiosk", "K-9"),
        ("session", "another"),
        ("attempt", 2),
    ],
)
def test_what_is_said_of_a_record_cannot_be_changed(
    centre: Centre, tmp_path: Path, column: str, value: str | int
) -> None:
    """Each column by which a record is found and scored is bound to what is sealed in its row."""
    with centre.ledger.transaction() as books:
        at = sa.update(records).where(records.c.candidate == "C-1001")
        books.connection.execute(at.values({column: value}))
    with pytest.raises(LedgerRowAlteredError, match=f"does not fit its {column}"):
        _score(centre, tmp_path)


@pytest.mark.parametrize("centre", ["file"], indirect=True)
def test_facts_of_an_earlier_program_are_read(centre: Centre, tmp_path: Path) -> None:
    """Those that say nothing of their row count as they did."""
    run = _score(centre, tmp_path)
    with centre.ledger.transaction() as books:
        for row in books.sound_records():
            older = encode(msgspec.structs.replace(facts_of_row(row), of=msgspec.UNSET))
            assert b'"of"' not in older
            at = sa.update(records).where(records.c.digest == row.digest)
            books.connection.execute(at.values(facts=older))
    assert _score(centre, tmp_path) == run


@pytest.mark.parametrize("centre", ["file"], indirect=True)
def test_files_of_two_rows_cannot_be_exchanged(centre: Centre) -> None:
    """A record's file is the one of its digest."""
    _swap(centre, records.c.file)
    with centre.ledger.reading() as books:
        digests = [Digest(row.digest) for row in books.sound_records()]
        for digest in digests:
            with pytest.raises(LedgerRowAlteredError, match="does not fit its digest"):
                books.file_of(digest)

"""Marking in both stores of a ledger: SQLCipher and PostgreSQL hold the same, and neither lets a mark be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from keys.connection import VaultError
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.marking.preparing import Round, adjudicate, prepare, take
from results.centre.marking.sheets import GivenMark
from results.centre.marking.standing import standing
from results.centre.marking.tables import marking_marks, marking_rounds, marking_tasks
from results.centre.office import Centre, score_all
from tests.results import builders as b
from tests.results import centres
from tests.results.marking.test_marking import RECORDS, W

NOW = b.stamp(24 * b.HOUR)


def given_out(markers: tuple[str, ...], seed: int) -> Round:
    return Round(markers, 1_000, "Office", NOW.wall, bytes([seed]) * 32)


def test_marks_are_kept_and_never_changed(tmp_path: Path, at: str | None) -> None:
    """From two marks by an adjudication to scores; then no row of marking can be changed or taken away."""
    trusted = centres.publish(W, tmp_path / "published")
    centre = Centre(W.centre, trusted, open_ledger(tmp_path, W.centre, make=True, at=at))
    (tmp_path / "west.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([tmp_path / "west.ekb"], centre.ledger, centre.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), W.keyring)
    made = prepare(centre, inputs, given_out(("alice", "bob"), 1), tmp_path / "sheets")
    marks = {"alice": 1_000, "bob": 4_000, "carol": 2_500}
    for marker in ("alice", "bob"):
        given = [GivenMark(2, one.task, marks[marker]) for one in made.tasks if one.marker == marker]
        with centre.ledger.transaction() as books:
            assert take(books, marker, given, ("sheet", "Office", NOW.wall)).new == 3
    assert standing(centre, inputs).differing == 3
    third = adjudicate(centre, inputs, given_out(("carol",), 2), tmp_path / "sheets")
    with centre.ledger.transaction() as books:
        given = [GivenMark(2, one.task, marks["carol"]) for one in third.tasks]
        take(books, "carol", given, ("sheet", "Office", NOW.wall))
    run, _ = score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)
    assert [one.score.points for one in run.scores] == [3_500, 3_500, 3_500, 1_000]
    for table, column in ((marking_marks, "points"), (marking_tasks, "most"), (marking_rounds, "within")):
        for change in (sa.delete(table), sa.update(table).values({column: 0})):
            with pytest.raises(VaultError, match="its rules forbid"), centre.ledger.transaction() as books:
                books.connection.execute(change)

"""Provisional slips: marked, complete, and silent about what is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.centre.office import Centre
from results.centre.runs import ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from results.centre.station.slips import PROVISIONAL, WITHHELD, slip_text, slips, write_slips
from tests.results import builders as b
from tests.results import centres
from tests.results.station import event as ev


@pytest.fixture
def at(tmp_path: Path) -> tuple[Centre, ScoreRun]:
    """A station that has scored."""
    station = ev.station(tmp_path / "station")
    ev.taken(station, ev.carrier(tmp_path / "carrier"))
    return station, ev.scored(station, tmp_path / "exam")


def test_a_slip_says_what_it_is_and_what_happens_next(at: tuple[Centre, ScoreRun]) -> None:
    """Its first line says provisional; number, result, scale, the code's beginning, notice and contact follow."""
    made = slips(*at)
    assert [one.result for one in made] == ["PASSED", "PASSED", "NOT PASSED"]
    for n, one in enumerate(made):
        text = slip_text(one)
        code = centres.receipt(ev.W, n, ev.RECORDS[n])
        assert text.startswith(PROVISIONAL)
        for words in (b.candidate(n), one.scaled, "By letter", "Exam office", f"begins with {code[:4]}."):
            assert words in text
        assert code not in text.replace(" ", "")
        assert "Candidate 1" not in text.replace(f"Candidate  {b.candidate(n)}", "")


@pytest.mark.parametrize("kind", [Kind.HOLD, Kind.INVALIDATE])
def test_a_result_that_is_held_is_not_told(at: tuple[Centre, ScoreRun], kind: Kind) -> None:
    """Neither result nor score nor reason stands on the slip of a result that is held or invalidated."""
    station, run = at
    with station.ledger.transaction() as books:
        enter(books, Act(kind, Scope(run.run, "", "", b.candidate(0)), "neighbours", "Ray", ev.NOW.wall))
    held, free, _ = slips(station, run)
    text = slip_text(held)
    assert WITHHELD in text
    for words in ("PASSED", "800", "neighbours", "held", "invalidated"):
        assert words not in text
    assert free.result == "PASSED"


def test_slips_are_written_once_for_each_candidate(at: tuple[Centre, ScoreRun], tmp_path: Path) -> None:
    """A text and a PDF of one page each, the same bytes when written again."""
    paths = write_slips(slips(*at), tmp_path / "out")
    assert len({path.name for path in paths}) == 3
    before = [path.read_bytes() for path in paths]
    assert all(raw.startswith(b"%PDF-") and raw.count(b"/Type /Page\n") == 1 for raw in before)
    assert [path.with_suffix(".txt").read_text("utf-8") for path in paths] == [
        slip_text(one) for one in slips(*at)
    ]
    assert [path.read_bytes() for path in write_slips(slips(*at), tmp_path / "out")] == before

"""Every salvaged disk vector is held with the code that its first line names; none is ever admitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.encoding import Instant
from results.centre.ledger import open_ledger
from results.centre.judging.pool import Here
from results.centre.quarantine.acting import CannotAdmitError, Desk, Who, admit
from results.centre.salvaging import salvage_file
from results.centre.tables import State
from tests.vectors.generate_sealed_record import world
from tests.vectors.vector import Vector, read_all

VECTORS = read_all("salvaged_disk")
W = world()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_salvaged_disk_vector(vector: Vector, tmp_path: Path) -> None:
    """One row in quarantine with the reason, whatever the file holds."""
    ledger = open_ledger(tmp_path, W.centre, make=True)
    (tmp_path / "one.ekd").write_bytes(vector.body)
    found = salvage_file(tmp_path / "one.ekd", ledger, W.office(), Instant(0))
    assert found.reason.code == vector.expect, found.reason
    assert (found.session is not None) == (vector.expect == "salvaged")
    with ledger.transaction() as books:
        assert books.counts() == {"admitted": 0, "repeat": 0, "quarantined": 1}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_person_admits_what_holds_together_and_nothing_else(vector: Vector, tmp_path: Path) -> None:
    """A disk whose journal could be read as far as it holds counts by decision, and a salvage done again leaves it so;
    any other is refused to whoever decides.
    """
    ledger = open_ledger(tmp_path, W.centre, make=True)
    (tmp_path / "one.ekd").write_bytes(vector.body)
    found = salvage_file(tmp_path / "one.ekd", ledger, W.office(), Instant(0))
    desk = Desk(ledger, Here(W.office()), W.office().plan)
    who = Who("A. Director", "The site confirms it.", Instant(1))
    if found.session is None or not found.session.candidate:
        with pytest.raises(CannotAdmitError):
            admit(desk, found.digest, who)
        return
    assert admit(desk, found.digest, who) is State.ADMITTED
    salvage_file(tmp_path / "one.ekd", ledger, W.office(), Instant(2))
    with ledger.reading() as books:
        (row,) = books.sound_records(state=State.ADMITTED.value)
    assert (row.candidate, row.entries) == (found.session.candidate, found.session.head.count)


def test_there_are_vectors() -> None:
    """A valid one, a right signature in the wrong role, and more than twenty faults."""
    assert {"valid", "escrow-signer-in-wrong-role"} <= {one.name for one in VECTORS}
    assert len(VECTORS) > 20

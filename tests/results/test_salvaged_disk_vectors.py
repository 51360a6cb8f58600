"""Every salvaged disk vector is held with the code that its first line names; none is ever admitted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keys.encoding import Instant
from keys.vault import Vault, open_vault
from results.centre.judging.pool import Here, judges
from results.centre.ledger import open_ledger
from results.centre.quarantine.acting import CannotAdmitError, Desk, Who, admit
from results.centre.salvaged import salvage_file
from results.centre.tables import State
from results.wire.salvage import VAULT, read_disk
from tests.vectors.generate_sealed_record import world
from tests.vectors.vector import Vector, read_all

VECTORS = read_all("salvaged_disk")
W = world()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_salvaged_disk_vector(vector: Vector, tmp_path: Path) -> None:
    """One row in quarantine with the reason, whatever the file holds."""
    ledger = open_ledger(tmp_path, W.centre, make=True)
    (tmp_path / "one.ekd").write_bytes(vector.body)
    found = salvage_file(tmp_path / "one.ekd", ledger, Here(W.office()), Instant(0))
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
    found = salvage_file(tmp_path / "one.ekd", ledger, Here(W.office()), Instant(0))
    desk = Desk(ledger, Here(W.office()), W.office().plan)
    who = Who("A. Director", "The site confirms it.", Instant(1))
    if found.session is None or not found.session.candidate:
        with pytest.raises(CannotAdmitError):
            admit(desk, found.digest, who)
        return
    assert admit(desk, found.digest, who) is State.ADMITTED
    salvage_file(tmp_path / "one.ekd", ledger, Here(W.office()), Instant(2))
    with ledger.reading() as books:
        (row,) = books.sound_records(state=State.ADMITTED.value)
    assert (row.candidate, row.entries) == (found.session.candidate, found.session.head.count)


def test_there_are_vectors() -> None:
    """A valid one, a right signature in the wrong role, and more than twenty faults."""
    assert {"valid", "escrow-signer-in-wrong-role"} <= {one.name for one in VECTORS}
    assert len(VECTORS) > 20


def test_a_disk_that_stops_the_process_that_reads_it_is_held_and_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is opened in another process; where that one dies the file is held with a code that says so, and the
    next disk is read as ever. Done again with a mended program it is told what the disk says.
    """
    mine, real = os.getpid(), open_vault

    def dies(path: Path, key: bytes) -> Vault:
        if os.getpid() == mine:
            raise AssertionError
        if path.read_bytes() == read_disk(other).parts[VAULT]:
            os._exit(0)
        return real(path, key)

    valid, other = (
        next(one.body for one in VECTORS if one.name == name) for name in ("valid", "entry-dropped")
    )
    ledger = open_ledger(tmp_path, W.centre, make=True)
    for name, raw in (("other.ekd", other), ("valid.ekd", valid)):
        (tmp_path / name).write_bytes(raw)
    monkeypatch.setattr("results.centre.salvaging.open_vault", dies)
    with judges(W.office(), 1) as pool:
        found = [
            salvage_file(tmp_path / name, ledger, pool, Instant(0)) for name in ("other.ekd", "valid.ekd")
        ]
    assert [one.reason.code for one in found] == ["judging-stopped", "salvaged"]
    with ledger.reading() as books:
        assert books.counts() == {"admitted": 0, "repeat": 0, "quarantined": 2}
    monkeypatch.undo()
    assert (
        salvage_file(tmp_path / "other.ekd", ledger, Here(W.office()), Instant(1)).reason.code == "salvaged"
    )

"""Every salvaged disk vector is held with the code that its first line names; none is ever admitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.encoding import Instant
from results.centre.ledger import open_ledger
from results.centre.salvaging import salvage_file
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


def test_there_are_vectors() -> None:
    """A valid one, a right signature in the wrong role, and more than twenty faults."""
    assert {"valid", "escrow-signer-in-wrong-role"} <= {one.name for one in VECTORS}
    assert len(VECTORS) > 20

"""The receipt's vectors: the valid one confirms the record; every other is refused with the code it names."""

from __future__ import annotations

import json

import pytest

from exam_packages.receipt import ReceiptLine, check_confirmed, read_receipt
from keys.encoding import decode
from keys.errors import ExamKioskError
from keys.statement import Holder, Keyring, Role
from tests.vectors.vector import FOLDER, Vector, read_all

VECTORS = read_all("receipt")
SETTING = json.loads((FOLDER / "receipt/setting.json").read_text("utf-8"))
RING = Keyring(
    Holder(Role(one["role"]), one["name"], bytes.fromhex(one["public"])) for one in SETTING["believed"]
)
RECORD = decode(json.dumps(SETTING["record"], separators=(",", ":")).encode(), ReceiptLine, name="line")


def _ask(vector: Vector) -> None:
    """Ask a receipt for the record, as a kiosk does before it removes anything."""
    sitting, mode, plan = SETTING["sitting"]
    check_confirmed(read_receipt(vector.body, RING), (sitting, mode, plan), RECORD, "the record")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_receipt_vector(vector: Vector) -> None:
    """Each file confirms the record, or is refused with its own code."""
    if vector.expect == "ok":
        _ask(vector)
        return
    with pytest.raises(ExamKioskError) as refused:
        _ask(vector)
    assert refused.value.diagnostics().code == vector.expect


def test_there_are_vectors() -> None:
    """One valid, a right signature in the wrong role, and more than twenty faults."""
    assert [one.name for one in VECTORS if one.expect == "ok"] == ["valid"]
    assert {"signer-in-wrong-role"} <= {one.name for one in VECTORS}
    assert len(VECTORS) > 25

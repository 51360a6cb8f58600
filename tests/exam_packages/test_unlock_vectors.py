"""The unlock's vectors: the valid one gives the kiosk its secrets; every other is refused with the code it names."""

from __future__ import annotations

import json

import pytest

from exam_packages.sitting_plan import SittingPlan
from exam_packages.unlock import KioskSecrets, open_unlock, read_unlock
from keys.encoding import decode
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM, MODERATE
from keys.statement import Holder, Keyring, Role
from tests.vectors.vector import FOLDER, Vector, read_all

VECTORS = read_all("unlock")
SETTING = json.loads((FOLDER / "unlock/setting.json").read_text("utf-8"))
RING = Keyring(
    Holder(Role(one["role"]), one["name"], bytes.fromhex(one["public"])) for one in SETTING["believed"]
)


def _compact(name: str) -> bytes:
    return json.dumps(SETTING[name], separators=(",", ":"), ensure_ascii=False).encode()


def _open(vector: Vector) -> KioskSecrets:
    """Open an unlock as a kiosk does with the code that was typed."""
    plan = decode(_compact("plan"), SittingPlan, name="plan")
    kiosk = decode(_compact("kiosk"), PrivateIdentity, name="kiosk")
    unlock = read_unlock(vector.body, RING, plan, SETTING["plan_digest"], kiosk.identity)
    floor = MODERATE if vector.more.get("floor") == "moderate" else MINIMUM
    return open_unlock(unlock, kiosk, vector.more.get("code", SETTING["start_code"]), floor=floor)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_unlock_vector(vector: Vector) -> None:
    """Each file is taken, or refused with its own code."""
    if vector.expect == "ok":
        opened = _open(vector)
        assert opened.content_key.hex() == SETTING["content_key"]
        assert opened.kiosk_key.hex() == SETTING["kiosk_key"]
        assert opened.room_key.hex() == SETTING["room_key"]
        return
    with pytest.raises(ExamKioskError) as refused:
        _open(vector)
    assert refused.value.diagnostics().code == vector.expect


def test_there_are_enough_unlock_faults() -> None:
    """At least twelve faults, one of them the right signature in the wrong role."""
    assert sum(vector.expect != "ok" for vector in VECTORS) >= 12
    assert "signer-wrong-role" in {vector.expect for vector in VECTORS}

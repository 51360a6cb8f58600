"""Typed codes against their vectors: one fault each, each with its error code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keys import codes, primitives
from keys.errors import ExamKioskError, WrongCodeError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/typed_codes/cases.json").read_text("utf-8"))
KEYS = codes.kiosk_keys(
    codes.kiosk_key(bytes.fromhex(VECTORS["secret"]), VECTORS["sitting"], VECTORS["mode"], VECTORS["kiosk"])
)

ROOM = codes.room_key(bytes.fromhex(VECTORS["secret"]), VECTORS["sitting"], VECTORS["mode"])


def use(case: dict[str, Any]) -> None:
    """Redeem a case's code as a kiosk would."""
    if case["use"] == "start":
        right = codes.resume_code(KEYS, case["n"])
        typed = codes.typed(case["typed"], codes.RESUME_LENGTH, kind="start code")
        if not primitives.same(right.encode(), typed.encode()):
            raise WrongCodeError(kind="start code")
        return
    if case["use"] == "room":
        codes.redeem_room(ROOM, codes.read_action(case["typed"]))
        return
    candidate = case.get("candidate", VECTORS["candidate"])
    attempt = case.get("attempt", VECTORS["attempt"])
    extra = codes.move_in_extra(case["checkpoint"], case["minutes"]) if case["use"] == "move-in" else b""
    codes.redeem_action(KEYS, codes.read_action(case["typed"]), candidate, attempt, extra)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    """Each vector is taken or refused as it says."""
    if case["expect"] == "ok":
        use(case)
        return
    with pytest.raises(ExamKioskError) as refused:
        use(case)
    assert refused.value.diagnostics().code == case["expect"]


def test_enough_faults() -> None:
    """There are at least twelve faults, and every name is used once."""
    names = [case["name"] for case in VECTORS["cases"]]
    assert len(names) == len(set(names))
    assert sum(case["expect"] != "ok" for case in VECTORS["cases"]) >= 12

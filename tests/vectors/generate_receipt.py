"""The vectors of the receipt: a valid one and one fault each, signed with test keys only.

A reader is given one record, as `setting.json` describes it, and asks whether the receipt confirms it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from exam_packages.receipt import Receipt, ReceiptDesk, ReceiptLine, Standing, sign_receipt
from exam_packages.sitting_plan import Mode, SittingId
from keys.encoding import Digest, Instant, encode
from keys.statement import RECEIPT, RELEASE, Role
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, person

NAME = "receipt"
INTAKE, REGISTRAR = person(Role.INTAKE, "intake"), person(Role.REGISTRAR, "registrar")
STRANGER = person(Role.PACKAGER, "stranger")
KIOSK = person(Role.KIOSK, "kiosk-01", "west").identity.fingerprint
OTHER = person(Role.KIOSK, "kiosk-02", "west").identity.fingerprint
PROCTOR = person(Role.PROCTOR, "rivera", "west").identity.fingerprint
PLAN, ZEROS = Digest("a" * 64), Digest("0" * 64)
RECORD = ReceiptLine(KIOSK, "1" * 32, "C-1001", Digest("b" * 64), Digest("c" * 64), 42, Standing.CONFIRMED)
"""The record that a reader asks about."""
BESIDE = ReceiptLine(OTHER, "2" * 32, "C-1002", Digest("d" * 64), Digest("e" * 64), 7, Standing.HELD)
MADE_AT = Instant(1_907_700_000_000)


def receipt(*records: ReceiptLine, **changes: object) -> Receipt:
    """The receipt of the sitting, saying this."""
    desks = (ReceiptDesk(PROCTOR, Digest("f" * 64), 30),)
    good = Receipt(SittingId("west-1"), Mode.LIVE, PLAN, MADE_AT, records or (RECORD, BESIDE), desks)
    return msgspec.structs.replace(good, **changes)


def vectors() -> Iterator[Vector]:
    """Every vector."""

    def vector(name: str, expect: str, told: str, *records: ReceiptLine, **changes: object) -> Vector:
        return Vector(name, expect, told, sign_receipt(receipt(*records, **changes), INTAKE.signer()))

    def saying(**changes: object) -> ReceiptLine:
        return msgspec.structs.replace(RECORD, **changes)

    other = "record-unconfirmed"
    yield vector("valid", "ok", "The record is confirmed, and another one is held.")
    yield vector("record-held", "record-held", "The record is held.", saying(standing=Standing.HELD))
    yield vector("record-not-named", other, "Only another record is named.", BESIDE)
    yield vector("records-none", other, "No record is named.", records=())
    yield vector("file-other", other, "Another file of the session is confirmed.", saying(record=ZEROS))
    yield vector("head-other", other, "Another final head is confirmed.", saying(head=ZEROS))
    yield vector("count-other", other, "One entry less is confirmed.", saying(count=41))
    yield vector("session-other", other, "The file stands by another session.", saying(session="3" * 32))
    yield vector("kiosk-other", other, "The file stands by another kiosk.", saying(kiosk=OTHER))
    yield vector("candidate-other", other, "The file stands by another candidate.", saying(candidate="C-1"))
    yield vector("sitting-other", other, "Made for another sitting.", sitting="east-1")
    yield vector("mode-other", other, "Made for the rehearsal.", mode=Mode.REHEARSAL)
    yield vector("plan-other", other, "Made for another version of the plan.", plan_digest=ZEROS)
    signers = (INTAKE.signer(), REGISTRAR.signer(), STRANGER.signer())
    for fault in statement_faults(encode(receipt()), RECEIPT, *signers, RELEASE):
        yield Vector(fault.name, fault.expect, fault.comment, fault.envelope)


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/, and what a reader is given."""
    believed = (INTAKE.signer(), REGISTRAR.signer())
    setting = {
        "sitting": ["west-1", "live", PLAN],
        "record": json.loads(encode(RECORD)),
        "believed": [
            {"role": one.role.value, "name": one.name, "public": one.public.hex()} for one in believed
        ],
    }
    made = {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}
    return {f"{NAME}/setting.json": (json.dumps(setting, indent=1) + "\n").encode(), **made}

"""The vectors of the unlock file: a valid one and one fault each, signed and sealed with test keys only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from exam_packages.unlock import TrustFloor, Unlock, make_unlock
from keys.codes import kiosk_key, kiosk_keys, resume_code, room_key
from keys.encoding import CROCKFORD, Digest, Instant, decode, digest, encode
from keys.primitives import MINIMUM, KdfCost
from keys.statement import RELEASE, UNLOCK, Role, claimed_payload, sign
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, flipped, frozen, person

NAME = "unlock"
CONTENT_KEY, SECRET = bytes(range(32)), bytes(range(100, 132))
OPENS, CLOSES = Instant(1_907_674_200_000), Instant(1_907_692_200_000)
PROCTOR, STRANGER = person(Role.PROCTOR, "rivera", "west"), person(Role.PROCTOR, "stranger", "west")
REGISTRAR = person(Role.REGISTRAR, "registrar")
KIOSK, NEIGHBOUR = person(Role.KIOSK, "kiosk-01", "west"), person(Role.KIOSK, "kiosk-02", "west")
COSTLY = KdfCost(MINIMUM.operations + 8, MINIMUM.memory)
ZEROS = Digest("0" * 64)


def plan() -> SittingPlan:
    """The plan that every unlock of the vectors is held against."""
    return SittingPlan(
        SittingId("west-1"),
        Mode.LIVE,
        "Tiny",
        "tiny",
        "west",
        "Room 1",
        OPENS,
        CLOSES,
        "exams/tiny/tiny-1-a.ekp",
        Digest("1" * 64),
        "tiny-1",
        Digest("2" * 64),
        (RosterEntry(CandidateId("C-1001"), "Candidate", 1, "ATT-1", CLOSES, "kiosk-01"),),
        (PROCTOR.identity,),
        (KioskSlot(KIOSK.identity), KioskSlot(NEIGHBOUR.identity, spare=True)),
        (person(Role.CENTRE, "centre").identity,),
        Policies("Exam office", "By letter."),
    )


def _make(cost: KdfCost, content_key: bytes = CONTENT_KEY) -> bytes:
    return make_unlock(
        plan(),
        digest(encode(plan())),
        KIOSK.identity,
        content_key,
        SECRET,
        unlock_id="a" * 32,
        floor=TrustFloor(1, 2, 3, 4),
        issued_at=OPENS,
        signer=PROCTOR.signer(),
        cost=cost,
    )


def _code(kiosk: str, mode: str = "live", n: int = 0) -> str:
    return resume_code(kiosk_keys(kiosk_key(SECRET, "west-1", mode, kiosk)), n)


START = _code(KIOSK.identity.fingerprint)


def _saying(unlock: Unlock, /, **changes: object) -> bytes:
    """An unlock that says something else, properly signed."""
    return sign(encode(msgspec.structs.replace(unlock, **changes)), UNLOCK, PROCTOR.signer())


def vectors() -> Iterator[Vector]:
    """Every vector; three are frozen, the others are made from the valid one."""
    valid = frozen(NAME, "valid", lambda: _make(MINIMUM))
    unlock = decode(claimed_payload(valid, UNLOCK), Unlock, name=NAME)
    yield Vector("valid", "ok", "An unlock of kiosk-01 with its start code.", valid)
    yield from _bound(unlock)
    yield from _sealed(unlock)
    yield from _codes(valid)
    told = "The lock asks for less work than production allows."
    yield Vector("lock-too-cheap", "lock-too-weak", told, valid, {"floor": "moderate"})
    costly = frozen(NAME, "lock-too-costly", lambda: _make(COSTLY))
    yield Vector("lock-too-costly", "seal-broken", "The lock asks for more work than any may.", costly)
    short = frozen(NAME, "room-key-missing", lambda: _make(MINIMUM, b""))
    yield Vector("room-key-missing", "seal-broken", "The lock holds two keys in place of three.", short)
    signers = (PROCTOR.signer(), REGISTRAR.signer(), STRANGER.signer())
    for fault in statement_faults(encode(unlock), UNLOCK, *signers, RELEASE):
        yield Vector(fault.name, fault.expect, fault.comment, fault.envelope)


def _bound(unlock: Unlock) -> Iterator[Vector]:
    mismatch = "unlock-mismatch"
    neighbour = NEIGHBOUR.identity.fingerprint
    yield Vector("kiosk-other", mismatch, "Made for another kiosk.", _saying(unlock, kiosk=neighbour))
    yield Vector("sitting-other", mismatch, "Made for another sitting.", _saying(unlock, sitting="east-1"))
    yield Vector("mode-other", mismatch, "Made for the rehearsal.", _saying(unlock, mode="rehearsal"))
    yield Vector(
        "plan-other", mismatch, "Made for another version of the plan.", _saying(unlock, plan_digest=ZEROS)
    )
    yield Vector(
        "package-other", mismatch, "Made for another package.", _saying(unlock, package_digest=ZEROS)
    )
    told = "Given a new id so that a kiosk takes it twice; the content is bound to the old one."
    yield Vector("id-other", "code-wrong", told, _saying(unlock, unlock="b" * 32))


def _sealed(unlock: Unlock) -> Iterator[Vector]:
    sealed, broken = unlock.sealed, "seal-broken"

    def with_envelope(**changes: object) -> bytes:
        return _saying(unlock, sealed=msgspec.structs.replace(sealed, **changes))

    told = "The envelope is addressed to another kiosk."
    neighbour = NEIGHBOUR.identity.fingerprint
    yield Vector("envelope-to-another", "not-a-recipient", told, with_envelope(recipient=neighbour))
    yield Vector(
        "envelope-suite-unknown", broken, "Another HPKE suite is named.", with_envelope(suite="none")
    )
    told = "One bit of the encapsulated key is changed."
    yield Vector("envelope-key-altered", broken, told, with_envelope(box=flipped(sealed.box, 0)))
    told = "One bit of the ciphertext is changed."
    yield Vector("envelope-box-altered", broken, told, with_envelope(box=flipped(sealed.box, -1)))
    yield Vector("envelope-box-cut", broken, "The box ends early.", with_envelope(box=sealed.box[:-1]))
    yield Vector("envelope-box-empty", broken, "There is no box.", with_envelope(box=b""))


def _codes(valid: bytes) -> Iterator[Vector]:
    fingerprint = KIOSK.identity.fingerprint
    wrong = (
        ("code-of-another-kiosk", "The start code of kiosk-02.", _code(NEIGHBOUR.identity.fingerprint)),
        (
            "code-of-the-rehearsal",
            "The start code of the sitting's rehearsal.",
            _code(fingerprint, "rehearsal"),
        ),
        ("code-of-a-resume", "The first resume code.", _code(fingerprint, n=1)),
    )
    for name, told, code in wrong:
        yield Vector(name, "code-wrong", told, valid, {"code": code})
    typo = START[:-1] + CROCKFORD[(CROCKFORD.index(START[-1]) + 1) % 32]
    yield Vector("code-mistyped", "code-mistyped", "The check character is wrong.", valid, {"code": typo})
    yield Vector("code-cut", "code-mistyped", "The last character is missing.", valid, {"code": START[:-1]})


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/, and what a reader is given."""
    believed = (PROCTOR.signer(), REGISTRAR.signer())
    setting = {
        "plan": json.loads(encode(plan())),
        "plan_digest": digest(encode(plan())),
        "kiosk": json.loads(encode(KIOSK)),
        "start_code": START,
        "content_key": CONTENT_KEY.hex(),
        "kiosk_key": kiosk_key(SECRET, "west-1", "live", KIOSK.identity.fingerprint).hex(),
        "room_key": room_key(SECRET, "west-1", "live").hex(),
        "believed": [
            {"role": one.role.value, "name": one.name, "public": one.public.hex()} for one in believed
        ],
    }
    made = {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}
    return {f"{NAME}/setting.json": (json.dumps(setting, indent=1) + "\n").encode(), **made}

"""`Unlock`: from the desk to one kiosk on the day. The envelope opens for that kiosk alone, its content with
the start code.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from exam_packages.sitting_plan import SittingPlan
from keys.codes import RESUME_LENGTH, kiosk_key, kiosk_keys, resume_code, room_key, typed
from keys.encoding import Digest, Document, Instant, decode, encode
from keys.errors import ExamKioskError, SealError
from keys.identities import Identity, PrivateIdentity
from keys.primitives import MODERATE, KdfCost
from keys.sealing import CodeLock, Context, Envelope, lock, open_envelope, seal_to, unlock
from keys.statement import UNLOCK, Keyring, Signer, sign, verify

KIND = UNLOCK.name
MAX_UNLOCK = 64 * 1024


class UnlockMismatchError(ExamKioskError):
    """A genuine unlock file for another kiosk, plan or package."""

    code = "unlock-mismatch"
    what = "This unlock file was made for another {other}."
    next_step = "Ask the proctor to open the sitting again with the newest carrier."


class TrustFloor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TUF metadata versions that the desk has seen; the kiosk raises its own floor to them."""

    root: int
    timestamp: int
    snapshot: int
    targets: int


class _Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    floor: TrustFloor
    locked: CodeLock


class Unlock(Document, frozen=True, tag="unlock/1"):
    """What the proctor signs. `unlock` is a random id that a kiosk takes once; `sealed` is for the kiosk alone."""

    unlock: str
    sitting: str
    mode: str
    kiosk: str
    plan_digest: Digest
    package_digest: Digest
    issued_at: Instant
    sealed: Envelope


@dataclass(frozen=True, slots=True)
class KioskSecrets:
    """What an unlock gives a kiosk: the content key, K_k and K_room (32 bytes each), and the desk's trust floor."""

    content_key: bytes
    kiosk_key: bytes
    room_key: bytes
    floor: TrustFloor

    def __repr__(self) -> str:
        """Never show them."""
        return "KioskSecrets()"


def unlock_name(sitting: str, kiosk: str) -> str:
    """Where the unlock file of a kiosk, by name, lies on a carrier."""
    return f"unlocks/{sitting}/{kiosk}.json"


def make_unlock(
    plan: SittingPlan,
    plan_digest: Digest,
    kiosk: Identity,
    content_key: bytes,
    secret: bytes,
    *,
    unlock_id: str,
    floor: TrustFloor,
    issued_at: Instant,
    signer: Signer,
    cost: KdfCost = MODERATE,
) -> bytes:
    """The signed unlock of one kiosk; its start code is R_0 of `secret` S."""
    key = kiosk_key(secret, plan.sitting, plan.mode, kiosk.fingerprint)
    start = resume_code(kiosk_keys(key), 0)
    context = _context(plan.sitting, plan.mode, plan_digest, plan.package_digest)
    secrets = content_key + key + room_key(secret, plan.sitting, plan.mode)
    inner = _Inner(floor, lock(start.encode(), secrets, context.to(unlock_id), cost))
    document = Unlock(
        unlock_id,
        plan.sitting,
        plan.mode,
        kiosk.fingerprint,
        plan_digest,
        plan.package_digest,
        issued_at,
        seal_to(kiosk.fingerprint, kiosk.sealing, encode(inner), context),
    )
    return sign(encode(document), UNLOCK, signer)


def read_unlock(
    raw: bytes, keyring: Keyring, plan: SittingPlan, plan_digest: Digest, kiosk: Identity
) -> Unlock:
    """A genuine unlock for this kiosk and plan, signed by a proctor of the keyring.

    Raises the errors of `verify`, or `UnlockMismatchError`.
    """
    document = decode(verify(raw, UNLOCK, keyring).payload, Unlock, name=KIND, limit=MAX_UNLOCK)
    bound = (
        ("kiosk", document.kiosk == kiosk.fingerprint),
        ("sitting", (document.sitting, document.mode) == (plan.sitting, plan.mode)),
        ("version of the sitting plan", document.plan_digest == plan_digest),
        ("exam package", document.package_digest == plan.package_digest),
    )
    for other, holds in bound:
        if not holds:
            raise UnlockMismatchError(other=other)
    return document


def open_unlock(
    document: Unlock, kiosk: PrivateIdentity, start_code: str, *, floor: KdfCost = MODERATE
) -> KioskSecrets:
    """The secrets of a verified unlock, with the start code.

    Raises `MistypedCodeError`, `WrongRecipientError`, `SealError` or `WrongCodeError`.
    """
    code = typed(start_code, RESUME_LENGTH, kind="start code")
    context = _context(document.sitting, document.mode, document.plan_digest, document.package_digest)
    raw = open_envelope((document.sealed,), kiosk.identity.fingerprint, kiosk.sealing, context, kind=KIND)
    inner = decode(raw, _Inner, name=KIND)
    opened = unlock(inner.locked, code.encode(), context.to(document.unlock), kind="start code", floor=floor)
    if len(opened) != 96:
        raise SealError(kind=KIND)
    return KioskSecrets(opened[:32], opened[32:64], opened[64:], inner.floor)


def _context(sitting: str, mode: str, plan_digest: Digest, package_digest: Digest) -> Context:
    return Context("unlock", sitting, mode, plan=plan_digest, package=package_digest)

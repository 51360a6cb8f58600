"""`Release`: the content key and the sitting's secret S, under the release code, inside each proctor's envelope."""

from __future__ import annotations

from dataclasses import dataclass

from exam_packages.sitting_plan import SittingPlan
from keys.codes import RELEASE_LENGTH, typed
from keys.encoding import Digest, Document, decode, encode
from keys.errors import SealError
from keys.identities import PrivateIdentity
from keys.primitives import MODERATE, KdfCost
from keys.sealing import CodeLock, Context, Envelope, lock, open_envelope, seal_to, unlock
from keys.statement import RELEASE, Keyring, Signer, sign, verify

KIND = RELEASE.name


class Release(Document, frozen=True, tag="release/1"):
    """One sitting's release. `proctors` hold the locked secrets; `centre` holds S alone, to confirm codes later."""

    sitting: str
    mode: str
    plan_digest: Digest
    package_digest: Digest
    proctors: tuple[Envelope, ...]
    centre: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True)
class SittingSecrets:
    """What a release gives: the package's content key and the sitting's secret S (32 bytes each)."""

    content_key: bytes
    secret: bytes

    def __repr__(self) -> str:
        """Never show them."""
        return "SittingSecrets()"


def release_target(sitting: str) -> str:
    """The name under which a sitting's release is published."""
    return f"sittings/{sitting}/release.json"


def make_release(
    plan: SittingPlan,
    plan_digest: Digest,
    secrets: SittingSecrets,
    code: str,
    signer: Signer,
    *,
    cost: KdfCost = MODERATE,
) -> bytes:
    """The signed release for a plan. `code` is a fresh `release_code()`, told to the site on the day."""
    context = _context(plan.sitting, plan.mode, plan_digest, plan.package_digest)
    locked = encode(lock(code.encode(), secrets.content_key + secrets.secret, context, cost))
    release = Release(
        plan.sitting,
        plan.mode,
        plan_digest,
        plan.package_digest,
        tuple(seal_to(one.fingerprint, one.sealing, locked, context) for one in plan.proctors),
        tuple(seal_to(one.fingerprint, one.sealing, secrets.secret, context) for one in plan.recipients),
    )
    return sign(encode(release), RELEASE, signer)


def read_release(raw: bytes, keyring: Keyring, plan: SittingPlan, plan_digest: Digest) -> Release:
    """A genuine release for exactly this plan. Raises the errors of `verify`, or `SealError` for another plan's."""
    release = decode(verify(raw, RELEASE, keyring).payload, Release, name=KIND)
    bound = (release.sitting, release.mode, release.plan_digest, release.package_digest)
    if bound != (plan.sitting, plan.mode, plan_digest, plan.package_digest):
        raise SealError(kind=KIND)
    return release


def open_release(
    release: Release, proctor: PrivateIdentity, code: str, *, floor: KdfCost = MODERATE
) -> SittingSecrets:
    """The secrets, for a proctor of the plan with the release code of the day.

    Raises `MistypedCodeError`, `WrongRecipientError`, `SealError`, or `WrongCodeError`.
    """
    code = typed(code, RELEASE_LENGTH, kind="release code")
    context = _context(release.sitting, release.mode, release.plan_digest, release.package_digest)
    locked = open_envelope(
        release.proctors, proctor.identity.fingerprint, proctor.sealing, context, kind=KIND
    )
    opened = unlock(
        decode(locked, CodeLock, name=KIND), code.encode(), context, kind="release code", floor=floor
    )
    if len(opened) != 64:
        raise SealError(kind=KIND)
    return SittingSecrets(opened[:32], opened[32:])


def open_secret(release: Release, recipient: PrivateIdentity) -> bytes:
    """S alone, for the centre."""
    context = _context(release.sitting, release.mode, release.plan_digest, release.package_digest)
    return open_envelope(
        release.centre, recipient.identity.fingerprint, recipient.sealing, context, kind=KIND
    )


def _context(sitting: str, mode: str, plan_digest: Digest, package_digest: Digest) -> Context:
    return Context("release", sitting, mode, plan=plan_digest, package=package_digest)

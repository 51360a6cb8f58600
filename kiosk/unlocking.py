"""From a carrier to an open unlock: what must hold before and after the start code is looked at.

Rules.
1. The carrier's lists are verified from the pinned root, not older than the floor, and the new floor is kept first.
2. Plan, package and unlock are verified before the code is looked at; what is wrong with them is never a wrong code.
3. This kiosk must be in the plan, be published as the same identity, stand at the plan's site, and be in its window.
4. Every recipient of results and every proctor in the plan is published as the same identity: one registrar alone can
   neither seal results to somebody else nor name a proctor. The unlock is signed by a proctor of the plan.
5. A sitting opens once on a kiosk. A desk that has seen newer lists than this carrier has is believed: use its carrier.
"""

from __future__ import annotations

from dataclasses import dataclass

from exam_packages.package import MAX_PACKAGE, Package, unpack
from exam_packages.sitting_plan import MAX_PLAN, NotInPlanError, SittingPlan, open_plan, plan_target
from exam_packages.unlock import (
    MAX_UNLOCK,
    KioskSecrets,
    Unlock,
    UnlockMismatchError,
    open_unlock,
    read_unlock,
    unlock_name,
)
from keys import container
from keys.carrier import Carrier
from keys.clock import Stamp
from keys.encoding import digest
from keys.errors import ExamKioskError, WrongRecipientError
from keys.identities import Identity
from keys.primitives import KdfCost
from keys.statement import EXAM_PACKAGE, SITTING_PLAN, Keyring, PayloadType, verify
from keys.trusted import OldCarrierError, TargetMissingError, Trusted, refresh
from kiosk.delivery import check_deliverable
from kiosk.station import Station

UNLOCKS = "unlocks"


class UnlockMissingError(ExamKioskError):
    """No unlock file for this kiosk on the carrier."""

    code = "unlock-missing"
    what = "There is no unlock file for the kiosk {kiosk} on this carrier."
    next_step = (
        "Open the sitting at the desk, then put the carrier in here and type the start code. If other kiosks start, "
        "this one may not be in the plan: call the support contact."
    )


class SittingTakenError(ExamKioskError):
    """The sitting was opened on this kiosk before."""

    code = "sitting-taken"
    what = "The sitting {sitting} was already opened on this kiosk."
    next_step = "Seat the candidate at a spare kiosk of this sitting."


class WrongSiteError(ExamKioskError):
    """A plan for another site."""

    code = "site-wrong"
    what = "The sitting {sitting} is for the site {planned}; this kiosk belongs to {own}."
    next_step = "Use the carrier of this site."


class KioskRevokedError(ExamKioskError):
    """The centre does not publish this kiosk, or publishes another under its name."""

    code = "kiosk-not-published"
    what = "The centre does not know this kiosk {kiosk} with the fingerprint {fingerprint}."
    next_step = "Use another kiosk, and have the centre approve this one's request."


class RecipientNotPublishedError(ExamKioskError):
    """The plan would seal results to somebody whom the centre does not publish."""

    code = "recipient-not-published"
    what = "The plan of sitting {sitting} would seal results to {name}, whom the centre has not published."
    next_step = "Do not run the exam from this carrier; call the centre and report this code."


class ProctorNotPublishedError(ExamKioskError):
    """The plan names a proctor whom the centre does not publish, or not any more."""

    code = "proctor-not-published"
    what = "The plan of sitting {sitting} names the proctor {name}, whom the centre does not publish."
    next_step = "Ask the centre for a carrier with a plan that is up to date."


class PackageNotPlannedError(ExamKioskError):
    """The published package is not the one in the plan."""

    code = "package-not-planned"
    what = "The exam package on this carrier is not the one that the plan of sitting {sitting} names."
    next_step = "Use the newest carrier; if this is the newest, call the centre."


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was verified without a code, with the exact bytes of plan and package, and who signed them."""

    unlock: Unlock
    plan: SittingPlan
    plan_raw: bytes
    package: Package
    package_raw: bytes
    registrar: bytes
    packager: bytes
    trusted: Trusted


def find(station: Station, carrier: Carrier, now: Stamp) -> Found:
    """The newest good unlock of this kiosk on the carrier. Raises what is wrong with the first that is not good."""
    trusted = refresh(carrier, station.root, station.file.floor, now, station.trust)
    station.keep(floor=station.floor_with(trusted.floor))
    sittings = [name.split("/")[1] for name in carrier.names(UNLOCKS) if name.count("/") == 2]
    named = sorted(
        {sitting for sitting in sittings if carrier.exists(unlock_name(sitting, station.identity.name))}
    )
    if not named:
        raise UnlockMissingError(kiosk=station.identity.name)
    found: list[Found] = []
    refused: list[ExamKioskError] = []
    for sitting in named:
        try:
            found.append(_check(station, trusted, sitting, now))
        except ExamKioskError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return max(found, key=lambda one: one.unlock.issued_at)


def redeem(station: Station, found: Found, code: str, *, floor: KdfCost) -> KioskSecrets:
    """The sitting's secrets, with the start code.

    Raises `MistypedCodeError`, `WrongCodeError`, `SealError`, or `OldCarrierError` if the desk has seen newer lists.
    """
    secrets = open_unlock(found.unlock, station.private, code, floor=floor)
    desk, here = secrets.floor, found.trusted.floor
    if (
        desk.root > here.root
        or desk.timestamp > here.timestamp
        or desk.snapshot > here.snapshot
        or desk.targets > here.targets
    ):
        raise OldCarrierError
    return secrets


def _check(station: Station, trusted: Trusted, sitting: str, now: Stamp) -> Found:
    if station.seat(sitting) is not None:
        raise SittingTakenError(sitting=sitting)
    plan_raw = trusted.target(plan_target(sitting), limit=MAX_PLAN)
    plan = _open_plan(station, plan_raw, sitting, trusted.keyring)
    if plan.sitting != sitting:
        raise UnlockMismatchError(other="sitting")
    _check_place(station.identity, plan, trusted)
    _check_people(plan, trusted)
    try:
        return _check_content(station, trusted, plan, plan_raw, now)
    except ExamKioskError as error:
        error.call(plan.policies.support_contact)
        raise


def _check_content(
    station: Station, trusted: Trusted, plan: SittingPlan, plan_raw: bytes, now: Stamp
) -> Found:
    """The rest of the check, where the plan is known and says whom to call."""
    sitting = plan.sitting
    plan.check_window(now.wall)
    package_raw = trusted.target(plan.package, limit=MAX_PACKAGE)
    package = unpack(package_raw, trusted.keyring)
    check_deliverable(package.header.demands)
    named = (plan.package_digest, plan.form, plan.form_digest)
    if (package.digest, package.header.form, package.header.form_digest) != named:
        raise PackageNotPlannedError(sitting=sitting)
    raw = trusted.carrier.read(unlock_name(sitting, station.identity.name), limit=MAX_UNLOCK)
    proctors = Keyring(one.holder() for one in plan.proctors)
    unlock = read_unlock(raw, proctors, plan, digest(plan_raw), station.identity)
    registrar = _signer(plan_raw, SITTING_PLAN, trusted.keyring)
    packager = _signer(package_raw, EXAM_PACKAGE, trusted.keyring)
    return Found(unlock, plan, plan_raw, package, package_raw, registrar, packager, trusted)


def _open_plan(station: Station, raw: bytes, sitting: str, keyring: Keyring) -> SittingPlan:
    try:
        return open_plan(raw, keyring, station.private)
    except WrongRecipientError:
        raise NotInPlanError(
            who=f"Kiosk {station.identity.name}", sitting=sitting, support="the centre"
        ) from None


def _signer(raw: bytes, kind: PayloadType, keyring: Keyring) -> bytes:
    """The public key that signed a container which was verified before."""
    envelope, _ = container.split(raw, kind=kind.name)
    return verify(envelope, kind, keyring).signer.public


def _check_place(kiosk: Identity, plan: SittingPlan, trusted: Trusted) -> None:
    if plan.site != kiosk.site:
        raise WrongSiteError(sitting=plan.sitting, planned=plan.site, own=kiosk.site)
    if plan.kiosk(kiosk.fingerprint) is None:
        raise NotInPlanError(
            who=f"Kiosk {kiosk.name}", sitting=plan.sitting, support=plan.policies.support_contact
        )
    if not _published(kiosk, trusted):
        raise KioskRevokedError(kiosk=kiosk.name, fingerprint=kiosk.fingerprint)


def _check_people(plan: SittingPlan, trusted: Trusted) -> None:
    """Whom results are sealed to, and who may unlock: all published, which takes more than one registrar."""
    for one in plan.recipients:
        if not _published(one, trusted):
            raise RecipientNotPublishedError(sitting=plan.sitting, name=one.name)
    for one in plan.proctors:
        if not _published(one, trusted):
            raise ProctorNotPublishedError(sitting=plan.sitting, name=one.name)


def _published(identity: Identity, trusted: Trusted) -> bool:
    """Whether the centre publishes exactly this identity."""
    try:
        return trusted.identity(identity.target()) == identity
    except TargetMissingError:
        return False

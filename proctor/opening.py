"""Opening a sitting: all on the carrier is verified before the release code is asked for; then each kiosk is unlocked.

Rules.
1. The order: fresh lists, own key, plan genuine and ours, window, kiosks and recipients approved, package, release.
2. The release code is tried once a call; Argon2id makes guessing slow, and a mistyped code is told before any work.
3. A kiosk's unlock file is noted after it was read back from the carrier, and kept: opening again writes the same file,
   on this carrier or on another, and makes only those that are not noted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.package import MAX_PACKAGE, Package, unpack
from exam_packages.release import Release, open_release, read_release, release_target
from exam_packages.sitting_plan import (
    MAX_PLAN,
    NotInPlanError,
    SittingPlan,
    open_plan,
    plan_target,
    read_plan_header,
)
from exam_packages.unlock import MAX_UNLOCK, TrustFloor, make_unlock, unlock_name
from keys import primitives
from keys.carrier import Carrier, FileMissingError, read_file, write_file
from keys.clock import Clock
from keys.encoding import Digest, digest
from keys.errors import WrongRecipientError
from keys.identities import Identity
from keys.primitives import MODERATE, KdfCost
from keys.trusted import Floor, TargetMissingError, Trusted
from proctor.commands import NoteUnlock, OpenSitting
from proctor.desk import DeskFolder
from proctor.refusals import (
    KioskNotApprovedError,
    PackageNotPlannedError,
    PlanChangedError,
    PlanMisplacedError,
    ProctorNotApprovedError,
    RecipientNotApprovedError,
    SittingClosedError,
)
from proctor.runner import Desk, begin, is_open, naming_support
from proctor.sitting import Phase

MAX_RELEASE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opening:
    """A verified carrier's sitting: what the release code is asked for, or what was opened before."""

    folder: DeskFolder
    clock: Clock
    floor: Floor
    plan: SittingPlan
    plan_digest: Digest
    package: Package
    release: Release

    @property
    def opened_before(self) -> bool:
        """Whether this desk has opened the sitting, so that no release code is needed."""
        return is_open(self.folder, self.plan.sitting)

    def reopen(self) -> Desk:
        """The sitting as it was opened before. Raises `SittingClosedError` or `PlanChangedError`."""
        desk = Desk(self.folder, self.plan.sitting, self.clock)
        support = self.plan.policies.support_contact
        if desk.state.phase is Phase.CLOSED:
            desk.close()
            raise SittingClosedError(sitting=self.plan.sitting, support=support)
        if desk.plan_digest != self.plan_digest:
            desk.close()
            raise PlanChangedError(sitting=self.plan.sitting, support=support)
        self._remember()
        return desk

    def open(self, code: str, *, software: str, rebuilt: bool = False, floor: KdfCost = MODERATE) -> Desk:
        """Open it with the release code; `rebuilt` where another desk has opened it before and cannot go on.

        Raises `MistypedCodeError`, `WrongCodeError`, `SealError` for a release or package that is not whole, or as
        `begin`.
        """
        with naming_support(self.plan):
            secrets = open_release(self.release, self.folder.private, code, floor=floor)
            limit = self.package.front(secrets.content_key).time_limit
            who = self.folder.private.identity.fingerprint
            command = OpenSitting(primitives.entropy(32), who, self.plan_digest, software, rebuilt)
            desk = begin(self.folder, self.plan, secrets, limit, command, self.clock)
            self._remember()
        return desk

    def _remember(self) -> None:
        self.folder.write(msgspec.structs.replace(self.folder.read(), current=self.plan.sitting))


def prepare(folder: DeskFolder, carrier: Carrier, sitting: str, clock: Clock) -> Opening:
    """Verify everything that opening `sitting` needs; nothing is decrypted but the plan.

    Raises as `Trusted`, `open_plan`, `unpack` and `read_release`, or one of the refusals named in this file's imports.
    """
    trusted = folder.believe(carrier, clock)
    identity = folder.private.identity
    if not _published(trusted, identity):
        raise ProctorNotApprovedError(name=identity.name, fingerprint=identity.fingerprint)
    raw = trusted.target(plan_target(sitting), limit=MAX_PLAN)
    header = read_plan_header(raw, trusted.keyring)
    if header.sitting != sitting:
        raise PlanMisplacedError(sitting=sitting, found=header.sitting)
    who = f"Proctor {identity.name} with key {identity.fingerprint}"
    stranger = NotInPlanError(who=who, sitting=sitting, support="the centre")
    try:
        plan = open_plan(raw, trusted.keyring, folder.private)
    except WrongRecipientError:
        raise stranger from None
    with naming_support(plan):
        if all(one.fingerprint != identity.fingerprint for one in plan.proctors):
            raise stranger
        plan.check_window(clock.now().wall)
        for slot in plan.kiosks:
            if not _published(trusted, slot.identity):
                raise KioskNotApprovedError(name=slot.identity.name, support=plan.policies.support_contact)
        for recipient in plan.recipients:
            if not _published(trusted, recipient):
                raise RecipientNotApprovedError(name=recipient.name, support=plan.policies.support_contact)
        package = unpack(trusted.target(plan.package, limit=MAX_PACKAGE), trusted.keyring)
        if (package.digest, package.header.form_digest) != (plan.package_digest, plan.form_digest):
            raise PackageNotPlannedError(sitting=sitting, support=plan.policies.support_contact)
        announced = trusted.target(release_target(sitting), limit=MAX_RELEASE)
        release = read_release(announced, trusted.keyring, plan, digest(raw))
    return Opening(folder, clock, trusted.floor, plan, digest(raw), package, release)


def issue_unlocks(
    desk: Desk,
    carrier: Carrier,
    floor: Floor,
    *,
    cost: KdfCost = MODERATE,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[str, ...]:
    """Put the unlock file of every kiosk, spares too, on a carrier, each read back and noted; return their names.

    `told` hears each kiosk's name when its file is there. Raises as `Carrier.write` and `Desk.submit`; called again,
    it goes on where it stopped.
    """
    written: list[str] = []
    for slot in desk.plan.kiosks:
        kiosk = slot.identity
        name = unlock_name(desk.plan.sitting, kiosk.name)
        raw = _noted(desk, kiosk)
        if raw is None:
            _issue(desk, carrier, kiosk, floor, cost)
        else:
            with naming_support(desk.plan):
                carrier.present().write(name, raw)
        told(kiosk.name)
        written.append(name)
    return tuple(written)


def _noted(desk: Desk, kiosk: Identity) -> bytes | None:
    """The unlock file of a kiosk that the journal knows, where the desk still has it."""
    noted = desk.state.unlocks.get(kiosk.fingerprint)
    if noted is None:
        return None
    try:
        raw = read_file(_kept(desk, kiosk), limit=MAX_UNLOCK)
    except FileMissingError:
        return None
    return raw if digest(raw) == noted else None


def _issue(desk: Desk, carrier: Carrier, kiosk: Identity, floor: Floor, cost: KdfCost) -> None:
    """Make an unlock file, keep it, put it on the carrier, and note it."""
    unlock_id = primitives.entropy(16).hex()
    with naming_support(desk.plan):
        raw = make_unlock(
            desk.plan,
            desk.plan_digest,
            kiosk,
            desk.secrets.content_key,
            desk.secrets.secret,
            unlock_id=unlock_id,
            floor=TrustFloor(floor.root, floor.timestamp, floor.snapshot, floor.targets),
            issued_at=desk.clock.now().wall,
            signer=desk.signer(),
            cost=cost,
        )
        write_file(_kept(desk, kiosk), raw)
        found = carrier.write(unlock_name(desk.plan.sitting, kiosk.name), raw)
    desk.submit(NoteUnlock(kiosk.fingerprint, unlock_id, found, desk.proctor))


def _kept(desk: Desk, kiosk: Identity) -> Path:
    return desk.folder / "unlocks" / f"{kiosk.name}.json"


def _published(trusted: Trusted, identity: Identity) -> bool:
    """Whether the centre has published exactly this identity."""
    try:
        return trusted.identity(identity.target()) == identity
    except TargetMissingError:
        return False

"""The desk's preflight: everything that opening a sitting will need, looked at the day before.

Opening itself (opening.py) verifies the same again on the day, and more; nothing rests on this. Only the floor of the
lists is raised, as by any look at a carrier.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from exam_packages.package import MAX_PACKAGE, Package, unpack
from exam_packages.release import read_release, release_target
from exam_packages.sitting_plan import MAX_PLAN, Mode, NotInPlanError, SittingPlan, open_plan, plan_target
from keys import preflight
from keys.carrier import Carrier, remove_file, write_file
from keys.clock import Clock, utc
from keys.encoding import Instant, digest
from keys.errors import ExamKioskError, WrongRecipientError
from keys.identities import Identity
from keys.preflight import Finding, Result, amber, green, red
from keys.trusted import Trusted
from proctor.desk import DeskFolder, owners
from proctor.opening import MAX_RELEASE
from proctor.refusals import PackageNotPlannedError, PlanMisplacedError, ProctorNotApprovedError
from proctor.runner import is_open
from terminal import preflight as common
from terminal.machine import Machine

RECORD, SPARE = 2 * common.MIB, 64 * common.MIB
"""Room for one candidate's record in all its copies, and for everything else of a sitting."""

PRINTERS = ("lp", "lpr")
TRIED = "preflight.pdf"


@dataclass(frozen=True)
class Look:
    """A desk, unlocked by the proctor who acts, with the carrier and the `sitting` of the next day.

    `paper` is the folder that PDF files will be made in.
    """

    desk: DeskFolder
    carrier: Carrier
    sitting: str
    clock: Clock
    machine: Machine
    paper: Path

    @property
    def folder(self) -> Path:
        """The desk's folder."""
        return self.desk.path

    @property
    def newest(self) -> Instant:
        """The newest signed time that this desk has seen."""
        return self.desk.read().floor.newest

    @property
    def expires(self) -> Instant:
        """When the first of the carrier's lists runs out."""
        return self.trusted.expires

    @property
    def needed_until(self) -> Instant:
        """When the sitting ends."""
        return self.plan.closes_at

    @property
    def me(self) -> Identity:
        """The proctor who acts."""
        return self.desk.private.identity

    @cached_property
    def trusted(self) -> Trusted:
        """What the carrier proves."""
        return self.desk.believe(self.carrier, self.clock)

    @cached_property
    def plan_raw(self) -> bytes:
        """The plan's file."""
        return self.trusted.target(plan_target(self.sitting), limit=MAX_PLAN)

    @cached_property
    def plan(self) -> SittingPlan:
        """The plan, with the key of the proctor who acts."""
        try:
            plan = open_plan(self.plan_raw, self.trusted.keyring, self.desk.private)
        except WrongRecipientError:
            who = f"Proctor {self.me.name} with key {self.me.fingerprint}"
            raise NotInPlanError(who=who, sitting=self.sitting, support="the centre") from None
        if plan.sitting != self.sitting:
            raise PlanMisplacedError(sitting=self.sitting, found=plan.sitting)
        return plan

    @cached_property
    def package(self) -> Package:
        """The package of the plan, nothing of it opened."""
        package = unpack(self.trusted.target(self.plan.package, limit=MAX_PACKAGE), self.trusted.keyring)
        if (package.digest, package.header.form_digest) != (self.plan.package_digest, self.plan.form_digest):
            support = self.plan.policies.support_contact
            raise PackageNotPlannedError(sitting=self.sitting, support=support)
        return package

    @property
    def need(self) -> int:
        """The bytes that the sitting will take."""
        return SPARE + RECORD * len(self.plan.roster)


def plan(look: Look) -> Finding:
    """Genuine, for this proctor, and not over."""
    found, now = look.plan, look.clock.now().wall
    told = f"{found.sitting}: {utc(found.opens_at)} to {utc(found.closes_at)}, {found.room}."
    if now > found.closes_at:
        return red(
            f"{told} It is over by this clock.", "Check the clock, then the sitting's id and the carrier."
        )
    if found.mode is Mode.REHEARSAL:
        return green(f"REHEARSAL {told}")
    return green(told)


def package(look: Look) -> Finding:
    """Signed, whole, of a format that this program reads, and the one of the plan."""
    header = look.package.header
    demands = len(header.demands)
    return green(
        f"{header.package}, format {header.needs_format}; {demands} demands, which each kiosk checks."
    )


def release(look: Look) -> Finding:
    """There, and made for exactly this plan; the code is not asked for."""
    raw = look.trusted.target(release_target(look.sitting), limit=MAX_RELEASE)
    found = read_release(raw, look.trusted.keyring, look.plan, digest(look.plan_raw))
    if all(one.recipient != look.me.fingerprint for one in found.proctors):
        return red("The release is not sealed to your key.", "Ask the centre to make the release again.")
    return green("It is here; its code is told on the day.")


def roster(look: Look) -> Finding:
    """Candidates, seats, and who is not authorised any more."""
    entries, plan = look.plan.roster, look.plan
    told = f"{len(entries)} candidates, {sum(1 for one in entries if one.kiosk)} with a planned kiosk."
    over = [one.candidate for one in entries if not one.eligible(plan.opens_at)]
    if over:
        named = ", ".join(over[:5])
        fix = "Ask the centre: they get no admission code."
        return amber(f"{told} Authorised no more by then: {len(over)} ({named}).", fix)
    if len(entries) > len(plan.kiosks):
        fix = "Ask the centre for a plan with more kiosks, or for another sitting."
        return red(f"{told} There are only {len(plan.kiosks)} kiosks.", fix)
    return green(told)


def kiosks(look: Look) -> Finding:
    """Every one of the plan is approved, and one is spare."""
    slots = look.plan.kiosks
    unknown = [slot.identity.name for slot in slots if not look.trusted.publishes(slot.identity)]
    spares = sum(slot.spare for slot in slots)
    told = f"{len(slots)} kiosks, {spares} of them spare."
    if unknown:
        named = ", ".join(unknown[:5])
        fix = "Have the centre approve them and publish a new carrier, or leave them off."
        return red(f"{told} Not approved on this carrier: {named}.", fix)
    return green(told) if spares else amber(told, "Ask for a spare kiosk in the plan: one may fail.")


def proctors(look: Look) -> Finding:
    """You are approved and in the plan; so is somebody else who has a key on this desk."""
    if not look.trusted.publishes(look.me):
        raise ProctorNotApprovedError(name=look.me.name, fingerprint=look.me.fingerprint)
    planned = {one.fingerprint for one in look.plan.proctors}
    if look.me.fingerprint not in planned:
        raise NotInPlanError(
            who=f"Proctor {look.me.name}", sitting=look.sitting, support=look.plan.policies.support_contact
        )
    here = [one for one in owners(look.folder) if one.fingerprint in planned]
    named = ", ".join(one.name for one in here)
    if len(here) < 2:
        fix = (
            "Enrol a second proctor here: `exam-kiosk proctor enrol`, or keep the sealed reserve key at hand."
        )
        return amber(f"Only {named} of the plan has a key on this desk.", fix)
    unknown = [one.name for one in here if not look.trusted.publishes(one)]
    if unknown:
        return amber(
            f"Not approved on this carrier: {', '.join(unknown)}.", "Ask the centre to approve them."
        )
    return green(f"{named} have keys on this desk.")


def recipients(look: Look) -> Finding:
    """Whom the results are sealed to is published."""
    unknown = [one.name for one in look.plan.recipients if not look.trusted.publishes(one)]
    if unknown:
        return red(
            f"Not published: {', '.join(unknown)}.", "Do not open this sitting; call the centre about it."
        )
    return green(f"Results are sealed to {', '.join(one.name for one in look.plan.recipients)}.")


def here(look: Look) -> Finding:
    """Whether this desk has opened the sitting before."""
    if is_open(look.desk, look.sitting):
        return amber("This sitting was opened on this desk before.", "See `exam-kiosk proctor status`.")
    return green("It was not opened here yet.")


def paper(look: Look) -> Finding:
    """A PDF can be made where papers will be kept; and there is a printer."""
    from proctor.paper.sheets import Slips
    from proctor.paper.slips import slips_pdf

    file = look.paper / TRIED
    write_file(file, slips_pdf(Slips("", "", rehearsal=True, slips=())))
    remove_file(file)
    told = f"A PDF was made in {look.paper}."
    if not any(shutil.which(one) for one in PRINTERS):
        return amber(
            f"{told} This machine has no printer.", "Take the files to one that has, on a stick of yours."
        )
    return green(told)


def _carrier_room(look: Look) -> Finding:
    return common.carrier_room(look, look.need)


def _disk(look: Look) -> Finding:
    return common.disk(look, look.need)


CHECKS: tuple[tuple[str, Callable[[Look], Finding]], ...] = (
    ("Clock", common.clock),
    ("Carrier", common.carrier_there),
    ("Carrier health", common.carrier_health),
    ("Lists", lambda look: green(f"{len(look.trusted.targets)} published files; signatures hold.")),
    ("Plan", plan),
    ("Lists last", common.lists_last),
    ("Package", package),
    ("Release", release),
    ("Roster", roster),
    ("Kiosks", kiosks),
    ("Proctors", proctors),
    ("Recipients", recipients),
    ("Sitting here", here),
    ("Carrier room", _carrier_room),
    ("Disk", _disk),
    ("Memory", common.memory),
    ("Screen", common.screen),
    ("Characters", common.characters),
    ("Paper", paper),
    ("Network", common.networks),
)


def look_over(look: Look) -> tuple[tuple[Result, ...], str]:
    """Every check, and whom the plan says to call (empty where no plan was read)."""
    results = preflight.run(CHECKS, look)
    try:
        return results, look.plan.policies.support_contact
    except ExamKioskError:
        return results, ""

"""The kiosk's preflight: this machine, and what the carrier has for it, looked at the day before; no item is opened.

The start verifies the same again on the day (unlocking.py); nothing rests on this. The kiosk is held meanwhile, as by a
run of it. No floor is raised and no code is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from exam_packages.package import MAX_PACKAGE, Package, unpack
from exam_packages.sitting_plan import (
    MAX_PLAN,
    Mode,
    NotInPlanError,
    PlanHeader,
    SittingPlan,
    open_plan,
    plan_target,
    read_plan_header,
)
from exam_packages.unlock import MAX_UNLOCK, read_unlock, unlock_name
from keys import preflight
from keys.carrier import Carrier
from keys.clock import Clock, utc
from keys.encoding import Instant, digest, grouped
from keys.errors import ExamKioskError, WrongRecipientError
from keys.preflight import Finding, Result, amber, green, red
from keys.statement import Keyring
from keys.trusted import Trusted, refresh
from kiosk.delivery import check_deliverable
from kiosk.station import Station
from kiosk.unlocking import KioskRevokedError, PackageNotPlannedError
from terminal import preflight as common
from terminal.machine import Machine

DISK = 256 * common.MIB
CARRIER = 64 * common.MIB
MIRROR = 64 * common.MIB
"""Room for one session with its package; for the records on a carrier; for the copy on a second medium."""

PLANS, PLAN_FILE = "sittings/", "plan.eks"


class NoPlanHereError(ExamKioskError):
    """No plan on the carrier that names this kiosk and is not over."""

    code = "no-plan-here"
    what = "There is no plan on this carrier for the kiosk {kiosk} that is not over."
    next_step = "Use the newest carrier; if it is the newest, this kiosk is in no sitting: call the centre."


@dataclass(frozen=True)
class Look:
    """A kiosk's folder with the carrier in it. `held` is the station, or why it could not be had.

    `sitting` may be empty for the next one; `mirror` is the folder of a second medium, if there is one.
    """

    folder: Path
    held: Station | ExamKioskError
    carrier: Carrier
    sitting: str
    mirror: Path | None
    clock: Clock
    machine: Machine

    @property
    def station(self) -> Station:
        """The station. Raises why it could not be had."""
        if isinstance(self.held, ExamKioskError):
            raise self.held
        return self.held

    @property
    def newest(self) -> Instant:
        """The newest signed time that this kiosk has seen."""
        return self.station.file.floor.newest

    @property
    def expires(self) -> Instant:
        """When the first of the carrier's lists runs out."""
        return self.trusted.expires

    @property
    def needed_until(self) -> Instant:
        """When the sitting ends."""
        return self.plan.closes_at

    @cached_property
    def trusted(self) -> Trusted:
        """What the carrier proves."""
        station = self.station
        return refresh(self.carrier, station.root, station.file.floor, self.clock.now(), station.trust)

    @property
    def plan(self) -> SittingPlan:
        """The plan that is meant: of the sitting named, else the next that is not over."""
        return self.planned[0]

    @cached_property
    def planned(self) -> tuple[SittingPlan, bytes]:
        """The plan with its file. Raises `NotInPlanError`, `NoPlanHereError` or as `open_plan`."""
        if self.sitting:
            return self._opened(plan_target(self.sitting))
        names = (name for name in self.trusted.names(PLANS) if name.endswith(f"/{PLAN_FILE}"))
        found = [self._opened(name) for name in names if self._is_mine(name)]
        coming = [one for one in found if one[0].closes_at >= self.clock.now().wall]
        if not coming:
            raise NoPlanHereError(kiosk=self.station.identity.name)
        return min(coming, key=lambda one: one[0].opens_at)

    @cached_property
    def package(self) -> Package:
        """The package of the plan, nothing of it opened."""
        plan = self.plan
        package = unpack(self.trusted.target(plan.package, limit=MAX_PACKAGE), self.trusted.keyring)
        named = (plan.package_digest, plan.form, plan.form_digest)
        if (package.digest, package.header.form, package.header.form_digest) != named:
            raise PackageNotPlannedError(sitting=plan.sitting)
        return package

    def _is_mine(self, name: str) -> bool:
        header: PlanHeader = read_plan_header(self._file(name), self.trusted.keyring)
        me = self.station.identity
        return header.site == me.site and any(one.recipient == me.fingerprint for one in header.envelopes)

    def _opened(self, name: str) -> tuple[SittingPlan, bytes]:
        raw, station = self._file(name), self.station
        who = f"Kiosk {station.identity.name}"
        stranger = NotInPlanError(who=who, sitting=name.split("/")[1], support="the centre")
        try:
            plan = open_plan(raw, self.trusted.keyring, station.private)
        except WrongRecipientError:
            raise stranger from None
        if plan.kiosk(station.identity.fingerprint) is None:
            raise stranger
        return plan, raw

    def _file(self, name: str) -> bytes:
        return self.trusted.target(name, limit=MAX_PLAN)


def look_over(
    folder: Path,
    carrier: Carrier,
    clock: Clock,
    machine: Machine,
    *,
    sitting: str = "",
    mirror: Path | None = None,
) -> tuple[tuple[Result, ...], str]:
    """Every check, and whom the plan says to call (empty where no plan was read)."""
    with contextlib.ExitStack() as stack:
        held: Station | ExamKioskError
        try:
            held = Station(folder)
            stack.enter_context(held.alone())
        except ExamKioskError as error:
            held = error
        look = Look(folder, held, carrier, sitting, mirror, clock, machine)
        results = preflight.run(CHECKS, look)
        try:
            return results, look.plan.policies.support_contact
        except ExamKioskError:
            return results, ""


def enrolment(look: Look) -> Finding:
    """Its own keys and station file are whole, and nobody runs it."""
    who = look.station.identity
    return green(f"{who.name} of {who.site}, fingerprint {grouped(who.fingerprint, 4)}.")


def root(look: Look) -> Finding:
    """The pinned root is the one that the carrier's chain begins with."""
    from keys.updater import root_fingerprint

    shown = grouped(root_fingerprint(look.station.root), 4)
    return green(f"{shown}; {len(look.trusted.targets)} published files follow from it.")


def approved(look: Look) -> Finding:
    """The centre publishes exactly this kiosk."""
    me = look.station.identity
    if not look.trusted.publishes(me):
        raise KioskRevokedError(kiosk=me.name, fingerprint=me.fingerprint)
    return green("The centre publishes this kiosk.")


def plan(look: Look) -> Finding:
    """Genuine, of this site, with this kiosk in it, and not over."""
    found, now = look.plan, look.clock.now().wall
    slot = found.kiosk(look.station.identity.fingerprint)
    spare = ", a spare" if slot is not None and slot.spare else ""
    told = f"{found.sitting}: {utc(found.opens_at)} to {utc(found.closes_at)}{spare}."
    if now > found.closes_at:
        return red(
            f"{told} It is over by this clock.", "Check the clock, then the sitting's id and the carrier."
        )
    return green(f"REHEARSAL {told}" if found.mode is Mode.REHEARSAL else told)


def people(look: Look) -> Finding:
    """Everybody whom the plan names is published."""
    named = (*look.plan.proctors, *look.plan.recipients)
    unknown = [one.name for one in named if not look.trusted.publishes(one)]
    if unknown:
        return red(f"Not published: {', '.join(unknown)}.", "Ask the centre for a carrier with a new plan.")
    return green(
        f"{len(look.plan.proctors)} proctors and {len(look.plan.recipients)} recipients are published."
    )


def package(look: Look) -> Finding:
    """Signed, whole, the one of the plan, and nothing in it is beyond this program."""
    header = look.package.header
    check_deliverable(header.demands)
    return green(f"{header.package}, format {header.needs_format}; this kiosk can do all it demands.")


def unlock(look: Look) -> Finding:
    """The desk's file for this kiosk, if it is there yet."""
    plan, raw = look.planned
    me = look.station.identity
    name = unlock_name(plan.sitting, me.name)
    if not look.carrier.exists(name):
        told = "There is none yet."
        if look.clock.now().wall < plan.opens_at:
            return green(f"{told} The desk writes it on the day.")
        return amber(told, "Open the sitting at the desk with this carrier, then bring it here.")
    proctors = Keyring(one.holder() for one in plan.proctors)
    read_unlock(look.carrier.read(name, limit=MAX_UNLOCK), proctors, plan, digest(raw), me)
    return green("It is here, for this kiosk and this plan; its code is not asked for.")


def seat(look: Look) -> Finding:
    """No other session is on this kiosk."""
    station, sitting = look.station, look.plan.sitting
    if station.seat(sitting) is not None:
        return red(
            f"{sitting} was opened on this kiosk before.", "Use a spare kiosk, or resume the candidate."
        )
    last = station.occupied()
    if last is not None and last.ending is None:
        fix = "Resume it and hand it in, or call support; then run this again."
        return red(f"A session of {last.sitting} is not over here.", fix)
    if last is not None:
        return amber(
            f"The last screen of {last.sitting} still stands.", "Start the kiosk and leave that screen."
        )
    return green("No session is open here.")


def codes(look: Look) -> Finding:
    """No wrong codes make the next one wait."""
    tries = look.station.file.tries
    if tries:
        return amber(
            f"{tries} wrong codes in a row were typed here.", "Ask who typed them; the next may have to wait."
        )
    return green("No wrong codes were typed.")


def mirror(look: Look) -> Finding:
    """A second medium for a copy of what is saved."""
    if look.mirror is None:
        fix = "Put in a second drive and name its folder with --mirror, here and on the day."
        return amber("There is no second medium: a dead kiosk's answers go no further than its disk.", fix)
    medium = Carrier(look.mirror)
    if medium.room() < MIRROR:
        return red(f"{medium.room() // common.MIB} MiB free on it.", "Take a drive with more room.")
    medium.try_out(common.TRIED)
    if _beside(look, look.mirror):
        return amber("It is on the same disk as the kiosk.", "Name the folder of a second drive.")
    return green(f"{look.mirror}: written and read back.")


def _beside(look: Look, medium: Path) -> bool:
    """Whether a medium is on the kiosk's own disk."""
    return look.folder.is_dir() and medium.stat().st_dev == look.folder.stat().st_dev


CHECKS: tuple[tuple[str, Callable[[Look], Finding]], ...] = (
    ("Kiosk", enrolment),
    ("Clock", common.clock),
    ("Carrier", common.carrier_there),
    ("Carrier health", common.carrier_health),
    ("Root", root),
    ("Approved", approved),
    ("Plan", plan),
    ("Lists last", common.lists_last),
    ("People", people),
    ("Package", package),
    ("Unlock file", unlock),
    ("Seat", seat),
    ("Codes", codes),
    ("Carrier room", partial(common.carrier_room, need=CARRIER)),
    ("Disk", partial(common.disk, need=DISK)),
    ("Memory", common.memory),
    ("Screen", common.screen),
    ("Characters", common.characters),
    ("Console", common.console),
    ("Swap", common.swap),
    ("Core files", common.cores),
    ("Others", common.others),
    ("Network", common.networks),
    ("Second medium", mirror),
)

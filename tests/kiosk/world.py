"""A centre, a carrier and one enrolled kiosk on real folders, with a clock that a test sets and minimal Argon2 work."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from exam_packages.form import DeliveryForm, StageLimits
from exam_packages.interactions import ChosenOptions, OptionId
from exam_packages.package import pack, package_target, unpack
from exam_packages.sitting_plan import (
    Accommodations,
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
    plan_target,
    seal_plan,
)
from exam_packages.unlock import TrustFloor, make_unlock, unlock_name
from keys.carrier import Carrier
from keys.ceremony import Cast
from keys.clock import Stamp
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    kiosk_key,
    kiosk_keys,
    resume_code,
    room_code,
    room_key,
)
from keys.encoding import Instant, digest, encode
from keys.identities import PrivateIdentity, new_identity
from keys.primitives import MINIMUM
from keys.repository import Repository
from keys.statement import Keyring, Role
from keys.trusted import pin
from kiosk import protocol as p
from kiosk import station as stations
from kiosk.runner import Runner
from kiosk.station import Station
from tests.kiosk.forms import HOUR, MINUTE, small_form, small_front

SITTING, SITE, KIOSK = "west-1", "west", "kiosk-01"
LOOK = 30_000
"""The longest that a runner may go without a look before it takes the machine for asleep."""
CONTENT_KEY, SECRET = b"c" * 32, b"s" * 32
CANDIDATE = "C-1"


class HandClock:
    """A clock that a test sets. It starts near the true time, because expiry dates are compared with that, and a little
    behind, so that what a test dates is never ahead of a real process.
    """

    def __init__(self) -> None:
        self.wall = time.time_ns() // 1_000_000 - 10 * MINUTE
        self.boot = 1_000_000
        self.boot_id = "boot-1"

    def now(self) -> Stamp:
        """The present moment."""
        return Stamp(Instant(self.wall), self.boot, self.boot_id)

    def pass_by(self, milliseconds: int) -> None:
        """Time goes by on both clocks."""
        self.wall += milliseconds
        self.boot += milliseconds

    def reboot(self, milliseconds: int = 60_000) -> None:
        """The machine is off for so long and starts again."""
        self.wall += milliseconds
        self.boot = 5_000
        self.boot_id += "+"


@dataclass
class World:
    """Everything round one kiosk. Folders below `folder`: carrier, repository, station."""

    folder: Path
    keys: dict[str, PrivateIdentity] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    form: DeliveryForm = field(default_factory=small_form)
    stages: StageLimits = field(default_factory=StageLimits)
    tutorial: bool = False

    @property
    def carrier(self) -> Carrier:
        """The drive."""
        return Carrier(self.folder / "carrier")

    @property
    def station(self) -> Path:
        """The kiosk's folder."""
        return self.folder / "station"

    @property
    def repository(self) -> Repository:
        """The centre's repository, dated now."""
        return Repository(self.folder / "repository", self.clock.now().wall)

    def copy(self, to: Path) -> World:
        """The same, in other folders, with a clock of its own."""
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return replace(self, folder=to, keys=dict(self.keys), clock=HandClock())

    def build(self) -> World:
        """Hold the ceremony, enrol the kiosk, publish package and plan, and put an unlock on the carrier."""
        for name, role in (
            ("officer", Role.ROOT),
            ("packager", Role.PACKAGER),
            ("registrar-1", Role.REGISTRAR),
            ("registrar-2", Role.REGISTRAR),
            ("publisher", Role.PUBLISHER),
            ("intake", Role.INTAKE),
            ("scoring", Role.SCORING),
            ("centre", Role.CENTRE),
        ):
            self.keys[name] = new_identity(role, "centre", name)
        self.carrier.root.mkdir(parents=True)
        holders = tuple(one.identity for one in self.keys.values() if one.identity.role is not Role.ROOT)
        self.repository.begin(Cast((self.keys["officer"].identity,), 1, holders, ("cetl",)))
        self.publish()
        root = pin(self.carrier, self.repository.root_fingerprint())
        self.keys["kiosk"] = stations.enrol(self.station, SITE, KIOSK, root).private
        self.keys["proctor"] = new_identity(Role.PROCTOR, SITE, "rivera")
        self.keys["other"] = new_identity(Role.KIOSK, SITE, "kiosk-02")
        for name in ("kiosk", "proctor", "other", "centre"):
            self.stage_identity(name)
        self.stage_package(self.form)
        self.stage_plan(self.plan())
        self.publish()
        self.unlock()
        return self

    def stage_identity(self, name: str) -> None:
        """Stage an identity as approved."""
        identity = self.keys[name].identity
        self.repository.stage_target("identities", identity.target(), encode(identity))

    def stage_package(self, form: DeliveryForm) -> None:
        """Make the package and stage it."""
        signer, made_at = self.keys["packager"].signer(), self.clock.now().wall
        raw = pack(
            "p1",
            "cetl-practice",
            small_front(form, self.stages, tutorial=self.tutorial),
            form,
            {},
            content_key=CONTENT_KEY,
            made_at=made_at,
            signer=signer,
        )
        (self.folder / "package.ekp").write_bytes(raw)
        self.repository.stage_target("exams", package_target("cetl-practice", "p1"), raw)

    def plan(self) -> SittingPlan:
        """A plan with five candidates. The second has half as much time again and ten minutes, and a break; the
        eligibility of the fourth is over; the fifth has a language and a theme.
        """
        raw = (self.folder / "package.ekp").read_bytes()
        package = unpack(raw, Keyring([self.keys["packager"].identity.holder()]))
        now = self.clock.now().wall
        until = Instant(now + 48 * HOUR)
        granted = Accommodations(extra_percent=50, extra_minutes=10, extra_breaks=1)
        return SittingPlan(
            sitting=SittingId(SITTING),
            mode=Mode.LIVE,
            programme="cetl",
            exam="cetl-practice",
            site=SITE,
            room="1",
            opens_at=Instant(now - HOUR),
            closes_at=Instant(now + 24 * HOUR),
            package=package_target("cetl-practice", "p1"),
            package_digest=digest(raw),
            form=package.header.form,
            form_digest=package.header.form_digest,
            roster=(
                RosterEntry(CandidateId(CANDIDATE), "Ann Example", 1, "e1", until),
                RosterEntry(CandidateId("C-2"), "Bo Example", 1, "e2", until, accommodations=granted),
                RosterEntry(CandidateId("C-3"), "Cy Example", 2, "e3", until),
                RosterEntry(CandidateId("C-4"), "Di Example", 1, "e4", Instant(now - HOUR)),
                RosterEntry(
                    CandidateId("C-5"),
                    "Eli Example",
                    1,
                    "e5",
                    until,
                    accommodations=Accommodations(theme="high-contrast"),
                    language="es",
                ),
            ),
            proctors=(self.keys["proctor"].identity,),
            kiosks=(
                KioskSlot(self.keys["kiosk"].identity),
                KioskSlot(self.keys["other"].identity, spare=True),
            ),
            recipients=(self.keys["centre"].identity,),
            policies=Policies("Ada at 555-0100", "By letter."),
        )

    def stage_plan(self, plan: SittingPlan) -> None:
        """Seal a plan, keep its bytes for the unlock, and stage it."""
        raw = seal_plan(plan, self.keys["registrar-1"])
        (self.folder / "plan.eks").write_bytes(raw)
        (self.folder / "plan.json").write_bytes(encode(plan))
        self.repository.stage_target("sittings", plan_target(plan.sitting), raw)

    def publish(self) -> None:
        """Sign everything that waits, and publish to the carrier."""
        for name in ("officer", "packager", "registrar-1", "registrar-2", "intake", "scoring"):
            if any(name in status.missing for status in self.repository.status()):
                self.repository.sign(self.keys[name])
        self.repository.publish(self.keys["publisher"], self.carrier)

    def publish_again(self) -> None:
        """Publish with nothing new but the time."""
        self.clock.pass_by(1_000)
        self.stage_package(self.form)
        self.stage_plan(self.plan())
        self.publish()
        self.unlock()

    def unlock(
        self,
        unlock_id: str = "u1",
        *,
        floor: TrustFloor | None = None,
        signer: str = "proctor",
        kiosk: str = "kiosk",
        sitting: str = SITTING,
    ) -> None:
        """Write an unlock for the kiosk on the carrier, as the desk does."""
        plan = msgspec.json.decode((self.folder / "plan.json").read_bytes(), type=SittingPlan)
        raw = make_unlock(
            plan,
            digest((self.folder / "plan.eks").read_bytes()),
            self.keys[kiosk].identity,
            CONTENT_KEY,
            SECRET,
            unlock_id=unlock_id,
            floor=floor or TrustFloor(0, 0, 0, 0),
            issued_at=self.clock.now().wall,
            signer=self.keys[signer].signer(),
            cost=MINIMUM,
        )
        self.carrier.write(unlock_name(sitting, KIOSK), raw)

    @property
    def codes(self) -> KioskKeys:
        """The keys that the desk derives for this kiosk."""
        return kiosk_keys(kiosk_key(SECRET, SITTING, Mode.LIVE, self.keys["kiosk"].identity.fingerprint))

    def resume_code(self, n: int) -> str:
        """R_n."""
        return resume_code(self.codes, n)

    def admission(self, candidate: str = CANDIDATE, attempt: int = 1) -> str:
        """The admission code of a candidate on this kiosk."""
        return action_code(self.codes, candidate, attempt, Verb.ADMIT, 0)

    def action(self, verb: int, serial: int, candidate: str = CANDIDATE, attempt: int = 1) -> str:
        """An action code for a candidate on this kiosk."""
        return action_code(self.codes, candidate, attempt, verb, serial)

    def room(self, verb: int, serial: int) -> str:
        """A code for the whole room."""
        return room_code(room_key(SECRET, SITTING, Mode.LIVE), verb, serial)

    def runner(self) -> Runner:
        """A fresh session process, without its sockets."""
        return Runner(Station(self.station), self.carrier, self.clock, software=lambda: "test", cost=MINIMUM)

    def signed_in(self, candidate: str = CANDIDATE) -> Runner:
        """A runner whose candidate was admitted."""
        runner = self.runner()
        accepted(runner.submit(p.EnterStartCode(self.resume_code(0))))
        accepted(runner.submit(p.SignIn(candidate, self.admission(candidate))))
        return runner

    def testing(self, candidate: str = CANDIDATE) -> Runner:
        """A runner with the first item on the screen."""
        runner = self.signed_in(candidate)
        for command in (*WAY_IN, p.Begin()):
            accepted(runner.submit(command))
        return runner


def wait(world: World, runner: Runner, milliseconds: int) -> p.View | p.Tick | None:
    """Time goes by under a runner that is looked at every half minute; what the last look told."""
    told: p.View | p.Tick | None = None
    while milliseconds > 0:
        step = min(milliseconds, LOOK)
        world.clock.pass_by(step)
        told = runner.tick()
        milliseconds -= step
    return told


WAY_IN: tuple[p.Command, ...] = (
    p.ConfirmIdentity(),
    p.Accept("nda"),
    p.Accept("conduct"),
    p.ConfirmEquipment(80, 24),
)
"""From the sign-in to the instructions of a form without a tutorial."""


def accepted(view: p.View) -> p.View:
    """The view, which tells of no problem."""
    assert view.problem is None, view.problem
    return view


def refused(view: p.View) -> str:
    """The code of the problem that the view tells of."""
    assert view.problem is not None
    return view.problem.code


def chosen(*letters: str) -> ChosenOptions:
    """A response."""
    return ChosenOptions(tuple(OptionId(letter) for letter in letters))

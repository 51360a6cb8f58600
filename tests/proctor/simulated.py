"""A centre and its kiosks around one desk: real keys, a real repository on a real folder, the least Argon2 work."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from exam_packages.form import DeliveryForm, FormId, Front
from exam_packages.package import pack, unpack
from exam_packages.release import SittingSecrets, make_release, release_target
from exam_packages.sitting_plan import (
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
from keys.carrier import Carrier
from keys.ceremony import Cast
from keys.clock import Stamp
from keys.codes import release_code
from keys.encoding import Digest, Instant, digest, encode
from keys.identities import PrivateIdentity, new_identity
from keys.primitives import MINIMUM
from keys.repository import Repository
from keys.statement import Keyring, Role
from proctor import desk
from proctor.desk import DeskFolder, unlock_desk
from proctor.opening import issue_unlocks, prepare
from proctor.runner import Desk
from results.wire.bundle import RecordHeader, record_name, seal_record

SITTING = "west-1"
SUPPORT = "Ada at 555-0100"
PASSPHRASE = "correct horse battery"
FIRST, SECOND = "rivera", "okafor"
SECRET = {FIRST: PASSPHRASE, SECOND: "staple of the second"}
HOUR = 3_600_000


class HandClock:
    """A clock that a test sets; it starts at the true time, because expiry dates are compared with that."""

    def __init__(self) -> None:
        """Start now."""
        self.wall = time.time_ns() // 1_000_000

    def now(self) -> Stamp:
        """The present moment."""
        self.wall += 1
        return Stamp(Instant(self.wall), self.wall, "boot")


@dataclass
class Centre:
    """The centre's keys, repository and exam package; `carrier` is what it publishes to."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    keys: dict[str, PrivateIdentity] = field(default_factory=dict)
    secrets: SittingSecrets = field(default_factory=lambda: SittingSecrets(b"c" * 32, b"s" * 32))

    def __post_init__(self) -> None:
        """Hold the ceremony, make a package, and publish both."""
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
        self.carrier = Carrier(self.folder / "carrier")
        self.carrier.root.mkdir(parents=True)
        holders = tuple(one.identity for one in self.keys.values() if one.identity.role is not Role.ROOT)
        cast = Cast((self.keys["officer"].identity,), 1, holders, ("cetl",))
        self.repository.begin(cast)
        form = DeliveryForm(FormId("f1"), 1, "en", HOUR, (), ())
        front = Front(FormId("f1"), "cetl", "Practice", "", "en", (), "Read.", 0, HOUR)
        self.package = pack(
            "p1",
            "practice",
            front,
            form,
            {},
            content_key=self.secrets.content_key,
            made_at=self.clock.now().wall,
            signer=self.keys["packager"].signer(),
        )
        self.repository.stage_target("exams", "exams/cetl/p1.ekp", self.package)
        self.kiosks = tuple(new_identity(Role.KIOSK, "west", f"kiosk-0{n}") for n in (1, 2, 3))
        for kiosk in self.kiosks:
            self.approve(kiosk)
        self.publish()

    def copy(self, to: Path) -> Centre:
        """The same centre, with its folder copied."""
        shutil.copytree(self.folder, to)
        twin = copy(self)
        twin.folder, twin.carrier = to, Carrier(to / "carrier")
        twin.keys, twin.clock = dict(self.keys), HandClock()
        return twin

    @property
    def repository(self) -> Repository:
        """The repository, dated now."""
        return Repository(self.folder / "repository", self.clock.now().wall)

    @property
    def fingerprint(self) -> str:
        """What sites type."""
        return self.repository.root_fingerprint()

    def approve(self, one: PrivateIdentity) -> None:
        """Stage an identity."""
        self.repository.stage_target("identities", one.identity.target(), encode(one.identity))

    def publish(self, *carriers: Carrier) -> None:
        """Sign everything that waits, publish, and copy to the carriers."""
        for name in ("officer", "packager", "registrar-1", "registrar-2", "intake", "scoring"):
            if any(name in status.missing for status in self.repository.status()):
                self.repository.sign(self.keys[name])
        self.repository.publish(self.keys["publisher"], self.carrier)
        for carrier in carriers:
            self.repository.copy_to(carrier)

    def plan(self, *proctors: PrivateIdentity) -> SittingPlan:
        """A plan for these proctors: three candidates, two kiosks and a spare, open for an hour either way."""
        now = self.clock.now().wall
        header = unpack(self.package, Keyring([self.keys["packager"].identity.holder()])).header
        until = Instant(now + 24 * HOUR)
        return SittingPlan(
            sitting=SittingId(SITTING),
            mode=Mode.LIVE,
            programme="cetl",
            exam="practice",
            site="west",
            room="1",
            opens_at=Instant(now - HOUR),
            closes_at=Instant(now + HOUR),
            package="exams/cetl/p1.ekp",
            package_digest=digest(self.package),
            form=header.form,
            form_digest=header.form_digest,
            roster=(
                RosterEntry(CandidateId("C-1"), "Ann", 1, "e1", until, "kiosk-01"),
                RosterEntry(CandidateId("C-2"), "Bo", 1, "e2", until, "kiosk-02"),
                RosterEntry(CandidateId("C-3"), "Cy", 2, "e3", until),
            ),
            proctors=tuple(one.identity for one in proctors),
            kiosks=tuple(KioskSlot(one.identity, spare=n == 2) for n, one in enumerate(self.kiosks)),
            recipients=(self.keys["centre"].identity,),
            policies=Policies(SUPPORT, "by letter"),
        )

    def announce(self, plan: SittingPlan) -> str:
        """Publish a plan and its release; return the release code."""
        registrar, code = self.keys["registrar-1"], release_code()
        raw = seal_plan(plan, registrar)
        released = make_release(plan, digest(raw), self.secrets, code, registrar.signer(), cost=MINIMUM)
        self.repository.stage_target("sittings", plan_target(SITTING), raw)
        self.repository.stage_target("sittings", release_target(SITTING), released)
        self.publish()
        return code


@dataclass
class Site:
    """A desk whose two proctors are approved and in a published plan, and the carrier in its slot."""

    centre: Centre
    path: Path
    carrier: Carrier
    proctor: PrivateIdentity
    second: PrivateIdentity
    code: str

    def copy(self, to: Path) -> Site:
        """The same site and its centre, with all folders copied."""
        centre = self.centre.copy(to / "centre")
        shutil.copytree(self.path, to / "desk")
        return Site(centre, to / "desk", centre.carrier, self.proctor, self.second, self.code)

    @property
    def clock(self) -> HandClock:
        """The clock of the whole story."""
        return self.centre.clock

    def folder(self, name: str = FIRST) -> DeskFolder:
        """The desk, unlocked by one of its proctors."""
        return unlock_desk(self.path, SECRET[name], name, floor=MINIMUM)

    def open(self, code: str = "", carrier: Carrier | None = None) -> Desk:
        """Open the sitting as the command does."""
        drive = carrier or self.carrier
        opening = prepare(self.folder(), drive, SITTING, self.clock)
        opened = (
            opening.reopen()
            if opening.opened_before
            else opening.open(code or self.code, software="test", floor=MINIMUM)
        )
        issue_unlocks(opened, drive, opening.floor, cost=MINIMUM)
        return opened

    def again(self, name: str = FIRST) -> Desk:
        """The open sitting, as every later command finds it."""
        return Desk(self.folder(name), "", self.clock)

    def record(self, kiosk: int, candidate: str, /, **changes: object) -> tuple[str, bytes]:
        """A sealed record as a kiosk would export it, and its name on a carrier."""
        desk = self.again()
        plan, plan_digest = desk.plan, desk.plan_digest
        desk.close()
        private = self.centre.kiosks[kiosk]
        entry = plan.entry(candidate)
        header = RecordHeader(
            session=f"s{kiosk}",
            sitting=plan.sitting,
            mode=plan.mode.value,
            kiosk=private.identity.fingerprint,
            candidate=candidate,
            attempt=entry.attempt if entry else 0,
            outcome="completed",
            plan_digest=plan_digest,
            package_digest=plan.package_digest,
            form_digest=plan.form_digest,
            head=digest(f"head {kiosk}".encode()),
            count=9,
            sealed_at=self.clock.now().wall,
            envelopes=(),
            parts=(),
        )
        whole: RecordHeader = msgspec.structs.replace(header, **changes)
        raw = seal_record(b"journal\n", whole, plan.recipients, private.signer())
        return f"records/{SITTING}/{record_name(header.kiosk, whole.session)}", raw

    def export(
        self, kiosk: int, candidate: str, carrier: Carrier | None = None, /, **changes: object
    ) -> Digest:
        """Put such a record on a carrier."""
        return (carrier or self.carrier).write(*self.record(kiosk, candidate, **changes))


Change = Callable[[SittingPlan], SittingPlan]


def make_site(centre: Centre, path: Path, change: Change = lambda plan: plan) -> Site:
    """Enrol, approve, plan and release; `change` may spoil the plan before it is signed."""
    first, second = enrolled(centre, path, FIRST), enrolled(centre, path, SECOND, by=FIRST)
    code = centre.announce(change(centre.plan(first, second)))
    return Site(centre, path, centre.carrier, first, second, code)


def enrolled(centre: Centre, path: Path, name: str, by: str = "") -> PrivateIdentity:
    """Make a proctor's key on a desk, added by one who is there, and approve it."""
    adding = unlock_desk(path, SECRET[by], by, floor=MINIMUM) if by else None
    root, secret = centre.fingerprint, SECRET[name]
    asked = desk.enrol(path, "west", name, centre.carrier, root, secret, by=adding, cost=MINIMUM)
    private = unlock_desk(path, secret, name, floor=MINIMUM).private
    assert private.identity == asked.identity
    centre.approve(private)
    return private


def copied(carrier: Carrier, to: Path) -> Carrier:
    """Another drive with the same content."""
    shutil.copytree(carrier.root, to)
    return Carrier(to)

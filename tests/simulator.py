"""A centre, a site and a carrier on real folders: every real part, with minimal Argon2 work and a clock that
a test sets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from exam_packages.bank import load
from exam_packages.exam_folder import read_form, write_mastered
from exam_packages.mastering import master
from exam_packages.package import take_handoff, unpack
from exam_packages.packing import pack_form
from exam_packages.plan_text import PublishedPackage, Sources, read_plan
from exam_packages.release import SittingSecrets, make_release, release_target
from exam_packages.sitting_plan import SittingPlan, plan_target, seal_plan
from keys.carrier import Carrier
from keys.ceremony import Cast
from keys.codes import release_code
from keys.encoding import digest, encode
from keys.identities import PrivateIdentity, approve, new_identity
from keys.primitives import MINIMUM, KdfCost, entropy
from keys.repository import Repository
from keys.statement import Role
from keys.trusted import Trusted, local_repository, pin
from kiosk import handover, station
from kiosk import protocol as p
from kiosk.runner import Runner
from kiosk.station import Station
from proctor import desk
from proctor.collect import collect, write_bundle
from proctor.commands import CloseSitting, DeclareAbsence, IssueResumeCode
from proctor.opening import issue_unlocks, prepare
from proctor.runner import Desk
from results.centre.imported import Report
from results.centre.importing import import_files, sources
from results.centre.inputs import read_inputs
from results.centre.office import Centre, open_centre, score_all
from results.centre.runs import ScoreRun
from results.wire.closing import FinalState
from tests.kiosk.way_in import go_in
from tests.kiosk.world import HandClock, accepted

SAMPLE = Path(__file__).parents[1] / "exam_packages/samples/cetl-practice"
SITTING, SITE, PASSPHRASE = "west-flow-1", "west", "correct horse"
FIRST, SECOND = "rivera", "okafor"
SEATED = {"C-1001": "kiosk-01", "C-1002": "kiosk-02"}
NAMES = {"C-1001": "Ana Beltran", "C-1002": "Ben Okafor"}
BREAKS = {"C-1001": 0, "C-1002": 1}
"""The extra breaks that the plan grants, in which the clock stops."""
HOLDERS = (
    ("packager", Role.PACKAGER),
    ("registrar-1", Role.REGISTRAR),
    ("registrar-2", Role.REGISTRAR),
    ("publisher", Role.PUBLISHER),
    ("intake", Role.INTAKE),
    ("scoring", Role.SCORING),
    ("centre", Role.CENTRE),
)


@dataclass
class Simulator:
    """The whole world below one folder. Two candidates, two kiosks, two proctors, the sample exam or another bank."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    keys: dict[str, PrivateIdentity] = field(default_factory=dict)
    code: str = ""
    bank: Path = SAMPLE

    @property
    def carrier(self) -> Carrier:
        """The drive that goes round."""
        return Carrier(self.folder / "carrier")

    @property
    def centre_folder(self) -> Path:
        """The centre's own folder."""
        return self.folder / "centre"

    @property
    def exam(self) -> Path:
        """The folder that mastering made."""
        return self.centre_folder / "exams/cetl-practice-1"

    @property
    def repository(self) -> Repository:
        """The repository, dated now."""
        return Repository(self.centre_folder / "repository", self.clock.now().wall)

    @property
    def trusted(self) -> Trusted:
        """What the centre itself has published."""
        return local_repository(self.centre_folder / "repository", self.clock.now())

    # --------------------------------------------------------------------------------------------------- centre

    def begin(self) -> None:
        """Three officers, two of whom must sign, and the centre's roles; nothing is signed yet."""
        for name in ("officer-1", "officer-2", "officer-3"):
            self.keys[name] = new_identity(Role.ROOT, "centre", name)
        for name, role in HOLDERS:
            self.keys[name] = new_identity(role, "centre", name)
        self.carrier.root.mkdir(parents=True)
        officers = tuple(self.keys[f"officer-{n}"].identity for n in (1, 2, 3))
        holders = tuple(self.keys[name].identity for name, _ in HOLDERS)
        self.repository.begin(Cast(officers, 2, holders, ("cetl", "showcase")))

    def publish(self) -> None:
        """Everyone who may sign what waits does; then it is published and copied to the carrier."""
        self.clock.pass_by(1_000)
        for name, private in self.keys.items():
            if any(name in status.missing for status in self.repository.status()):
                self.repository.sign(private)
        self.repository.publish(self.keys["publisher"], self.carrier)

    def publish_again(self) -> None:
        """A newer publication, with nothing new but its version."""
        self.repository.renew("exams")
        self.publish()

    def enrol(self) -> None:
        """Both kiosks and two proctors, at one desk, ask, and are approved by their fingerprints."""
        root = self.repository.root_fingerprint()
        for name in SEATED.values():
            known = station.enrol(self.folder / name, SITE, name, pin(self.carrier, root))
            self.keys[name] = known.private
        asked = desk.enrol(self.folder / "desk", SITE, FIRST, self.carrier, root, PASSPHRASE, cost=MINIMUM)
        first = desk.unlock_desk(self.folder / "desk", PASSPHRASE, floor=MINIMUM)
        second = desk.enrol(
            self.folder / "desk", SITE, SECOND, self.carrier, root, PASSPHRASE, by=first, cost=MINIMUM
        )
        proctors = [
            approve(self.carrier.read(one.request, limit=65536), Role.PROCTOR, one.identity.fingerprint)[0]
            for one in (asked, second)
        ]
        for one in (*(self.keys[name].identity for name in SEATED.values()), *proctors):
            self.repository.stage_target("identities", one.target(), encode(one))
        self.publish()

    def announce(self) -> SittingPlan:
        """Master the sample bank, pack it, plan the sitting, release it, publish all of it."""
        write_mastered(self.exam, master(load(self.bank)), self.keys["scoring"].signer())
        now, keyring = self.clock.now().wall, self.trusted.keyring
        packed = pack_form(
            read_form(self.exam, keyring),
            self.keys["packager"].signer(),
            self.keys["registrar-1"].identity,
            keyring,
            now,
        )
        self.repository.stage_target("exams", packed.target, packed.raw)
        self.publish()
        package = PublishedPackage(packed.target, digest(packed.raw), unpack(packed.raw, keyring).header)
        plan = read_plan(self._plan_files(packed.target), package, self.trusted.identities())
        sealed = seal_plan(plan, self.keys["registrar-1"])
        registrar = self.keys["registrar-1"]
        content_key = take_handoff(packed.handoff, registrar.identity.fingerprint, registrar.sealing)
        secrets = SittingSecrets(content_key, entropy(32))
        self.code = release_code()
        released = make_release(plan, digest(sealed), secrets, self.code, registrar.signer(), cost=MINIMUM)
        self.repository.stage_target("sittings", plan_target(plan.sitting), sealed)
        self.repository.stage_target("sittings", release_target(plan.sitting), released)
        self.publish()
        return plan

    def _plan_files(self, target: str) -> Sources:
        text = f"""sitting = "{SITTING}"
mode = "live"
programme = "CETL Practice Exam"
site = "{SITE}"
room = "Room 2"
opens_at = 2020-01-01T00:00:00Z
closes_at = 2090-01-01T00:00:00Z
package = "{target}"
proctors = ["{FIRST}", "{SECOND}"]
kiosks = ["kiosk-01", "kiosk-02"]
recipients = ["centre"]
[policies]
support_contact = "Exam office, +1 555 0100"
result_notice = "By letter."
"""
        rows = [
            f"{number},{NAMES[number]},1,E-{number},2095-01-01,{kiosk},{BREAKS[number]}"
            for number, kiosk in SEATED.items()
        ]
        head = "candidate,name,attempt,eligibility,eligible_until,kiosk,extra_breaks"
        return Sources("plan.toml", text, "roster.csv", "\n".join([head, *rows]) + "\n")

    def ready(self) -> Simulator:
        """Everything up to the day of the sitting."""
        self.begin()
        self.publish()
        self.enrol()
        self.announce()
        return self

    # ----------------------------------------------------------------------------------------------------- site

    def open(self, cost: KdfCost = MINIMUM) -> Desk:
        """The proctor opens the sitting with the release code of the day; `cost` is of the kiosks' unlocks."""
        folder = desk.unlock_desk(self.folder / "desk", PASSPHRASE, FIRST, floor=MINIMUM)
        opening = prepare(folder, self.carrier, SITTING, self.clock)
        opened = opening.open(self.code, software="test", floor=MINIMUM)
        issue_unlocks(opened, self.carrier, opening.floor, cost=cost)
        return opened

    def kiosk(self, candidate: str) -> Runner:
        """The session process at a candidate's kiosk, without its sockets."""
        known = Station(self.folder / SEATED[candidate])
        return Runner(known, self.carrier, self.clock, software=lambda: "test", cost=MINIMUM)

    def start(self, opened: Desk, candidate: str) -> Runner:
        """From the start code to the first item."""
        runner = self.kiosk(candidate)
        kiosk = opened.state.kiosk_called(SEATED[candidate])
        accepted(runner.submit(p.EnterStartCode(opened.start_code(kiosk))))
        go_in(runner.submit, accepted(runner.submit(p.SignIn(candidate, opened.admission_code(candidate)))))
        return runner

    def resume(self, opened: Desk, candidate: str) -> Runner:
        """A new session process on the same kiosk, resumed with the next code."""
        kiosk = opened.state.kiosk_called(SEATED[candidate])
        opened.submit(IssueResumeCode(kiosk, opened.proctor, None))
        runner = self.kiosk(candidate)
        code = opened.resume_code(kiosk, opened.state.resumes[kiosk])
        accepted(runner.submit(p.EnterResumeCode(code, credit=True)))
        return runner

    def export(self, candidate: str) -> None:
        """Put a kiosk's records on the carrier once more."""
        handover.export(Station(self.folder / SEATED[candidate]), self.carrier)

    def close(self, opened: Desk, absent: tuple[str, ...] = ()) -> None:
        """Collect, say who never came, close, bundle."""
        collect(opened, self.carrier)
        for candidate in absent:
            opened.submit(DeclareAbsence(candidate, FinalState.NO_SHOW, opened.proctor))
        opened.submit(CloseSitting(opened.proctor))
        write_bundle(opened, self.carrier)

    # ------------------------------------------------------------------------------------------------- centre again

    def office(self) -> Centre:
        """The centre with its ledger open."""
        return open_centre(self.centre_folder, self.keys["centre"], self.clock.now(), make=True)

    def take_in(self) -> Report:
        """Import the carrier."""
        opened = self.office()
        found = sources([self.carrier.root])
        return import_files(found, opened.ledger, opened.office(), self.clock.now().wall, lambda _: None)

    def score(self) -> ScoreRun:
        """Score what was admitted."""
        opened = self.office()
        inputs = read_inputs(self.exam, opened.trusted.keyring)
        run, _ = score_all(opened, inputs, self.keys["scoring"].signer(), "test", self.clock.now())
        return run

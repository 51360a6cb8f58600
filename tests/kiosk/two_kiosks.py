"""Two kiosks of one sitting, each with a drive for its mirror: a candidate begins at the first, and may go on there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from exam_packages.sitting_plan import Mode, SittingPlan
from exam_packages.unlock import TrustFloor, make_unlock, unlock_name
from keys.carrier import Carrier
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    kiosk_key,
    kiosk_keys,
    move_in_extra,
    resume_code,
)
from keys.encoding import Digest, digest
from keys.primitives import MINIMUM
from keys.trusted import pin
from kiosk import protocol as p
from kiosk import station as stations
from kiosk.runner import Runner
from kiosk.station import Station
from results.wire.mirror import MAX_SEGMENT, MirrorHeader, newest
from tests.kiosk.world import CANDIDATE, CONTENT_KEY, SECRET, SITE, SITTING, World, accepted

SECOND = "kiosk-02"


@dataclass
class Two:
    """A world whose second kiosk is enrolled too."""

    world: World

    @property
    def station(self) -> Path:
        """The second kiosk's folder."""
        return self.world.folder / "second"

    @property
    def drive(self) -> Path:
        """The first kiosk's mirror."""
        return self.world.folder / "mirror-1"

    @property
    def codes(self) -> KioskKeys:
        """What the desk derives for the second kiosk."""
        fingerprint = self.world.keys["other"].identity.fingerprint
        return kiosk_keys(kiosk_key(SECRET, SITTING, Mode.LIVE, fingerprint))

    @property
    def plan(self) -> SittingPlan:
        """The sitting's plan."""
        return msgspec.json.decode((self.world.folder / "plan.json").read_bytes(), type=SittingPlan)

    @property
    def plan_digest(self) -> Digest:
        """The digest of its file."""
        return digest((self.world.folder / "plan.eks").read_bytes())

    def enrol(self) -> Two:
        """Enrol the second kiosk in place of the one that the world only names, and publish the plan again."""
        w = self.world
        root = pin(w.carrier, w.repository.root_fingerprint())
        w.keys["other"] = stations.enrol(self.station, SITE, SECOND, root).private
        w.clock.pass_by(1_000)
        w.stage_identity("other")
        w.stage_plan(w.plan())
        w.publish()
        w.unlock()
        raw = make_unlock(
            self.plan,
            self.plan_digest,
            w.keys["other"].identity,
            CONTENT_KEY,
            SECRET,
            unlock_id="u2",
            floor=TrustFloor(0, 0, 0, 0),
            issued_at=w.clock.now().wall,
            signer=w.keys["proctor"].signer(),
            cost=MINIMUM,
        )
        w.carrier.write(unlock_name(SITTING, SECOND), raw)
        self.drive.mkdir()
        return self

    def first(self, mirror: Path | None = None) -> Runner:
        """A session process of the first kiosk."""
        return self.runner(self.world.station, mirror or self.drive)

    def second(self, mirror: Path | None = None) -> Runner:
        """A session process of the second kiosk, opened; `mirror` is the drive that is put in there."""
        runner = self.runner(self.station, mirror)
        accepted(runner.submit(p.EnterStartCode(resume_code(self.codes, 0))))
        return runner

    def runner(self, station: Path, mirror: Path | None) -> Runner:
        """A session process of the kiosk in this folder."""
        w = self.world
        return Runner(
            Station(station), w.carrier, w.clock, software=lambda: "test", cost=MINIMUM, mirror=mirror
        )

    def move_in(self, checkpoint: str, minutes: int = 42, serial: int = 3) -> p.SignIn:
        """The candidate signs in at the second kiosk with a move-in code."""
        extra = move_in_extra(checkpoint, minutes)
        code = action_code(self.codes, CANDIDATE, 1, Verb.MOVE_IN, serial, extra)
        return p.SignIn(CANDIDATE, code, checkpoint, minutes)

    def mirrored(self, drive: Path | None = None) -> MirrorHeader | None:
        """Where the mirror on a drive stands, as the desk reads it."""
        medium = Carrier(drive or self.drive)
        found = newest(
            medium.names("mirror"),
            lambda name: medium.read(name, limit=MAX_SEGMENT),
            self.plan,
            self.plan_digest,
        )
        return found[0] if found else None

    def until_mirrored(self, runner: Runner) -> MirrorHeader:
        """Let seconds go by until the mirror has caught up with the journal."""
        for _ in range(500):
            self.world.clock.pass_by(1_000)
            runner.tick()
            header = self.mirrored()
            if header is not None and header.count == runner.view().saved:
                return header
            time.sleep(0.01)
        raise AssertionError("the mirror does not follow")

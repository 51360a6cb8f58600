"""A rehearsal and a real sitting that share everything but the mode: nothing of one is taken by the other.

It is the worst case: the same sitting's id, the same roster and kiosks, and even the same secret, as if the centre had
published a plan once as the one and once as the other.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from exam_packages.bank import load
from exam_packages.package import PackageHeader
from exam_packages.plan_text import PublishedPackage, Sources, read_plan
from exam_packages.release import SittingSecrets, make_release, release_target
from exam_packages.sitting_plan import Mode, SittingPlan, plan_target, seal_plan
from exam_packages.unlock import unlock_name
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    kiosk_key,
    kiosk_keys,
    release_code,
    resume_code,
    room_code,
    room_key,
)
from keys.encoding import Digest, digest
from keys.errors import ExamKioskError
from keys.identities import new_identity
from keys.primitives import MINIMUM
from keys.statement import Role
from kiosk import protocol as p
from kiosk.asked import EnterActionCode
from proctor.collect import collect
from proctor.desk import unlock_desk
from proctor.opening import issue_unlocks, prepare
from proctor.runner import Desk
from results.centre.runs import NothingToScoreError
from results.wire import journal
from tests.exam_packages.workshop import MADE_AT
from tests.kiosk.way_in import go_in
from tests.kiosk.world import accepted, refused
from tests.simulator import FIRST, PASSPHRASE, SAMPLE, SEATED, SITTING, Simulator

REHEARSAL = SAMPLE.parent / "rehearsal"
BOTH = [(Mode.REHEARSAL, Mode.LIVE), (Mode.LIVE, Mode.REHEARSAL)]
ANA, BEN = SEATED


@dataclass
class Room(Simulator):
    """The simulator with one sitting in two modes, each opened on a desk of its own."""

    plan: SittingPlan = field(init=False)
    secrets: SittingSecrets = field(init=False)

    def prepare(self) -> Room:
        """A centre, a site and a first plan, which is live."""
        self.begin()
        self.publish()
        self.enrol()
        self.plan = self.announce()
        shutil.copytree(self.folder / "desk", self.folder / "fresh desk")
        with self.open() as opened:
            self.secrets = opened.secrets
        return self

    def sit(self, mode: Mode) -> Desk:
        """Publish the sitting in this mode, with the same secret, and open it on a desk that knows no other."""
        plan = msgspec.structs.replace(self.plan, mode=mode)
        registrar, code = self.keys["registrar-1"], release_code()
        raw = seal_plan(plan, registrar)
        released = make_release(plan, digest(raw), self.secrets, code, registrar.signer(), cost=MINIMUM)
        self.repository.stage_target("sittings", plan_target(SITTING), raw)
        self.repository.stage_target("sittings", release_target(SITTING), released)
        self.publish()
        at = self.folder / f"desk {mode.value}"
        shutil.copytree(self.folder / "fresh desk", at)
        folder = unlock_desk(at, PASSPHRASE, FIRST, floor=MINIMUM)
        opening = prepare(folder, self.carrier, SITTING, self.clock)
        opened = opening.open(code, software="test", floor=MINIMUM)
        issue_unlocks(opened, self.carrier, opening.floor, cost=MINIMUM)
        return opened

    def codes(self, candidate: str, mode: Mode) -> KioskKeys:
        """The keys of a candidate's kiosk in this mode."""
        kiosk = self.keys[SEATED[candidate]].identity.fingerprint
        return kiosk_keys(kiosk_key(self.secrets.secret, SITTING, mode, kiosk))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A site that may hold both."""
    return Room(tmp_path, bank=REHEARSAL).prepare()


@pytest.mark.parametrize(("foreign", "own"), BOTH)
def test_unlock_and_codes_of_the_other_mode_open_nothing(foreign: Mode, own: Mode, room: Room) -> None:
    """Unlock file, start, admission, resume, action and room codes of one mode are refused in the other."""
    name = unlock_name(SITTING, SEATED[ANA])
    with room.sit(foreign):
        foreign_unlock = room.carrier.read(name, limit=1 << 16)
    theirs, ours = room.codes(ANA, foreign), room.codes(ANA, own)
    with room.sit(own):
        own_unlock = room.carrier.read(name, limit=1 << 16)
    room.carrier.write(name, foreign_unlock)
    runner = room.kiosk(ANA)
    assert refused(runner.submit(p.EnterStartCode(resume_code(theirs, 0)))) == "unlock-mismatch"
    room.carrier.write(name, own_unlock)
    assert refused(runner.submit(p.EnterStartCode(resume_code(theirs, 0)))) == "code-wrong"
    accepted(runner.submit(p.EnterStartCode(resume_code(ours, 0))))
    admit = action_code(theirs, ANA, 1, Verb.ADMIT, 0)
    assert refused(runner.submit(p.SignIn(ANA, admit))) == "code-wrong"
    view = accepted(runner.submit(p.SignIn(ANA, action_code(ours, ANA, 1, Verb.ADMIT, 0))))
    go_in(runner.submit, view)
    for code in (
        action_code(theirs, ANA, 1, Verb.END, 1),
        room_code(room_key(room.secrets.secret, SITTING, foreign), Verb.ROOM_PAUSE, 1),
    ):
        assert refused(runner.submit(EnterActionCode(code))) == "code-wrong"
    accepted(runner.submit(EnterActionCode(action_code(ours, ANA, 1, Verb.END, 1))))
    runner.close()


@pytest.mark.parametrize(("foreign", "own"), BOTH)
def test_a_stopped_kiosk_is_not_resumed_by_the_other_mode(foreign: Mode, own: Mode, room: Room) -> None:
    """The resume code of one mode does not open the other's vault."""
    with room.sit(own) as opened:
        room.start(opened, BEN).close()
    runner = room.kiosk(BEN)
    wrong = resume_code(room.codes(BEN, foreign), 1)
    assert refused(runner.submit(p.EnterResumeCode(wrong, credit=False))) == "code-wrong"
    right = resume_code(room.codes(BEN, own), 1)
    accepted(runner.submit(p.EnterResumeCode(right, credit=False)))
    runner.close()


@pytest.mark.parametrize(("foreign", "own"), BOTH)
def test_a_record_of_the_other_mode_is_taken_by_nobody(foreign: Mode, own: Mode, room: Room) -> None:
    """The desk refuses it by name and does not count it; the centre holds it in quarantine and scores nothing of it."""
    with room.sit(foreign) as opened:
        runner = room.start(opened, ANA)
        accepted(runner.submit(p.HandIn(unanswered=2, flagged=0)))
        runner.close()
        lines = journal.lines(opened.journal())
    with room.sit(own) as opened:
        seen = collect(opened, room.carrier)
        assert [one.why.code for one in seen.refused] == ["record-foreign"]
        assert (seen.new, dict(opened.state.records)) == ((), {})
        with pytest.raises(ExamKioskError) as caught:
            journal.read_signed(lines, opened.plan.proctors, opened.plan.mode)
        assert caught.value.code == "journal-line-unsigned"
    report = room.take_in()
    assert (report.records.admitted, report.records.quarantined) == (0, 1)
    assert [one.code for one in report.quarantined] == ["plan-mismatch"]
    with pytest.raises(NothingToScoreError):
        room.score()


def test_a_whole_rehearsal_is_admitted_and_never_scored(room: Room) -> None:
    """Closed and bundled like any sitting, its records are in the ledger, and a score run leaves each of them out."""
    with room.sit(Mode.REHEARSAL) as opened:
        for candidate in SEATED:
            runner = room.start(opened, candidate)
            accepted(runner.submit(p.HandIn(unanswered=2, flagged=0)))
            runner.close()
        room.close(opened)
    report = room.take_in()
    assert report.records.admitted == 2
    run = room.score()
    assert run.scores == ()
    assert [(one.candidate, one.why) for one in run.left_out] == [(ANA, "rehearsal"), (BEN, "rehearsal")]


def test_the_sample_of_a_rehearsal_is_two_questions_with_a_plan_that_says_so(tmp_path: Path) -> None:
    """Its bank makes a form of two, which two seats sit and hand in; its plan and roster fit and are of this mode."""
    assert len(load(REHEARSAL).items) == 2
    world = Simulator(tmp_path, bank=REHEARSAL).ready()
    with world.open() as opened:
        runner = world.start(opened, ANA)
        assert accepted(runner.submit(p.HandIn(unanswered=2, flagged=0))).ending is not None
        runner.close()
    site = REHEARSAL / "site-west"
    text = (site / "plan.toml").read_text("utf-8")
    sources = Sources("plan.toml", text, "roster.csv", (site / "roster.csv").read_text("utf-8"))
    named = [("west", Role.PROCTOR, name) for name in ("rivera", "reserve")]
    named += [("west", Role.KIOSK, f"kiosk-{n:02}") for n in range(1, 13)]
    named += [("centre", Role.CENTRE, name) for name in ("centre", "escrow")]
    published = [new_identity(role, at, name).identity for at, role, name in named]
    plan = read_plan(sources, _package(), published)
    assert plan.mode is Mode.REHEARSAL
    assert [one.kiosk for one in plan.roster] == [slot.identity.name for slot in plan.kiosks]


def _package() -> PublishedPackage:
    empty = Digest("0" * 64)
    header = PackageHeader("p", "cetl-rehearsal", "cetl-rehearsal-1", empty, 1, (), MADE_AT, ())
    return PublishedPackage("exams/cetl/cetl-rehearsal-1.ekp", empty, header)

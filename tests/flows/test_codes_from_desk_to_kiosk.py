"""Every typed code issued by a real desk and typed at a real kiosk: once, for one, and compared at the centre."""

from __future__ import annotations

import copy
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from keys.codes import (
    MAX_SERIAL,
    ActionCode,
    Verb,
    action_code,
    is_whole,
    kiosk_key,
    kiosk_keys,
    redeem_action,
)
from keys.encoding import CROCKFORD
from keys.errors import ExamKioskError, WrongCodeError
from keys.primitives import MINIMUM
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.runner import Runner
from proctor.collect import collect
from proctor.commands import (
    CloseSitting,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    IssueRoomCode,
    MoveCandidate,
    ShowCodes,
)
from proctor.desk import unlock_desk
from proctor.runner import Desk
from results.centre.report.writing import write_reports
from results.wire.closing import FinalState
from tests.kiosk.forms import MINUTE
from tests.kiosk.way_in import go_in
from tests.kiosk.world import accepted, refused
from tests.simulator import PASSPHRASE, SEATED, SECOND, Simulator

ONE, TWO = SEATED
GUESSES = 1_000_000 if os.environ.get("EXAM_KIOSK_FAULTS") == "long" else 20_000


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    """The day of the sitting, before anybody came."""
    return Simulator(tmp_path_factory.mktemp("ready")).ready()


@pytest.fixture
def world(ready: Simulator, tmp_path: Path) -> Simulator:
    """The same, in folders of its own."""
    shutil.copytree(ready.folder, tmp_path / "world")
    return replace(ready, folder=tmp_path / "world", keys=dict(ready.keys), clock=copy.copy(ready.clock))


def opened(world: Simulator) -> Desk:
    """The sitting, open, with everybody's admission issued."""
    desk = world.open()
    desk.submit(ShowCodes(desk.proctor))
    return desk


def act(desk: Desk, verb: Verb, minutes: int = 0, candidate: str = ONE) -> IssueAction:
    """An act of the proctor."""
    return IssueAction(candidate, verb, minutes, "other", desk.proctor)


def code(desk: Desk, verb: Verb, minutes: int = 0, candidate: str = ONE) -> str:
    """Its code, by one proctor."""
    return desk.action(act(desk, verb, minutes, candidate)).code


def enter(runner: Runner, typed: str) -> p.View:
    """Type a code at a kiosk."""
    return runner.submit(p.EnterActionCode(typed))


def rebooted(world: Simulator, desk: Desk, runner: Runner, candidate: str = ONE) -> Runner:
    """The same kiosk after a power cut, resumed with the desk's next code."""
    runner.close()
    world.clock.reboot()
    return world.resume(desk, candidate)


def test_time_works_once_before_and_after_a_reboot(world: Simulator) -> None:
    """Added and taken time is there at once; the same code is used up, for good; the desk's next one works."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        before = runner.view().limit
        add, take = code(desk, Verb.ADD, 10), code(desk, Verb.TAKE, 5)
        assert accepted(enter(runner, add)).limit == before + 10 * MINUTE
        assert accepted(enter(runner, take)).limit == before + 5 * MINUTE
        later = code(desk, Verb.ADD, 1)
        for _ in range(2):
            assert [refused(enter(runner, one)) for one in (add, take)] == ["code-used"] * 2
            runner = rebooted(world, desk, runner)
        assert accepted(enter(runner, later)).limit == before + 6 * MINUTE
        runner.close()


@pytest.mark.parametrize("verb", [Verb.END, Verb.VOID])
def test_a_code_that_ends_is_used_up_with_the_session(world: Simulator, verb: Verb) -> None:
    """The session ends at once, and neither this code nor the next one changes it."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        typed = code(desk, verb)
        later = code(desk, Verb.ADD, 10)
        assert accepted(enter(runner, typed)).phase is Phase.FINISHED
        for one in (typed, later):
            assert refused(enter(runner, one))
        assert runner.view().phase is Phase.FINISHED
        runner.close()


def test_the_rooms_codes_work_once_on_every_kiosk(world: Simulator) -> None:
    """The whole room is paused and goes on, also after a reboot; no candidate's code ends that pause."""
    with opened(world) as desk:
        runners = [world.start(desk, ONE), world.start(desk, TWO)]
        over = code(desk, Verb.BREAK_OVER)
        pause = desk.room_code(IssueRoomCode(True, "alarm", desk.proctor)).code
        for runner in runners:
            assert accepted(enter(runner, pause)).phase is Phase.PAUSED
        assert refused(enter(runners[0], over)) == "code-not-now"
        assert refused(enter(runners[0], pause)) == "code-used"
        runners[0] = rebooted(world, desk, runners[0])
        assert runners[0].view().phase is Phase.PAUSED
        go_on = desk.room_code(IssueRoomCode(False, "over", desk.proctor)).code
        for runner in runners:
            assert accepted(enter(runner, go_on)).phase is Phase.TESTING
            assert refused(enter(runner, go_on)) == "code-used"
            runner.close()


def test_a_break_is_ended_once_by_the_desks_code(world: Simulator) -> None:
    """Only the proctor's code ends a break; it works once, and not for the break of another candidate."""
    with opened(world) as desk:
        runner, other = world.start(desk, TWO), world.start(desk, ONE)
        assert accepted(runner.submit(p.TakeBreak())).phase is Phase.PAUSED
        foreign, over = code(desk, Verb.BREAK_OVER), code(desk, Verb.BREAK_OVER, candidate=TWO)
        assert refused(enter(runner, foreign)) == "code-wrong"
        runner = rebooted(world, desk, runner, TWO)
        assert runner.view().phase is Phase.PAUSED
        assert accepted(enter(runner, over)).phase is Phase.TESTING
        assert refused(enter(runner, over)) == "code-used"
        assert refused(enter(other, foreign)) == "code-not-now"
        runner.close()
        other.close()


def test_a_resume_code_works_once_and_for_one_kiosk(world: Simulator) -> None:
    """R_n of one kiosk opens no other; taken, it opens nothing more; the desk shows an earlier one again unchanged."""
    with opened(world) as desk:
        first, second = world.start(desk, ONE), world.start(desk, TWO)
        first.close()
        second.close()
        world.clock.reboot()
        kiosk = desk.state.kiosk_called(SEATED[ONE])
        desk.submit(IssueResumeCode(kiosk, desk.proctor))
        typed = desk.resume_code(kiosk, 1)
        other = world.kiosk(TWO)
        assert refused(other.submit(p.EnterResumeCode(typed, credit=True))) == "code-wrong"
        runner = world.kiosk(ONE)
        accepted(runner.submit(p.EnterResumeCode(typed, credit=True)))
        runner.close()
        again = world.kiosk(ONE)
        assert refused(again.submit(p.EnterResumeCode(typed, credit=True))) == "code-wrong"
        desk.submit(IssueResumeCode(kiosk, desk.proctor, 1))
        assert (desk.resume_code(kiosk, 1), desk.state.resumes[kiosk]) == (typed, 1)


def test_an_admission_is_for_one_candidate_at_one_kiosk(world: Simulator) -> None:
    """At the other kiosk, under the other number, and a second time it admits nobody."""
    with opened(world) as desk:
        runner = world.kiosk(TWO)
        accepted(runner.submit(p.EnterStartCode(desk.start_code(desk.state.kiosk_called(SEATED[TWO])))))
        theirs, own = desk.admission_code(ONE), desk.admission_code(TWO)
        assert refused(runner.submit(p.SignIn(ONE, theirs))) == "code-wrong"
        assert refused(runner.submit(p.SignIn(TWO, theirs))) == "code-wrong"
        assert refused(runner.submit(p.SignIn(ONE, own))) == "code-wrong"
        accepted(runner.submit(p.SignIn(TWO, own)))
        assert refused(runner.submit(p.SignIn(TWO, own))) == "not-now"
        runner.close()


def relabelled(typed: str, verb: int) -> str:
    """A code with another verb in clear, the same tag, and a check character that fits."""
    verbs = CROCKFORD[verb >> 5] + CROCKFORD[verb & 31]
    return next(code for last in CROCKFORD if is_whole(code := verbs + typed[2:-1] + last))


@pytest.mark.parametrize("why", ["candidate", "kiosk", "action", "sitting", "mode", "attempt", "serial"])
def test_a_code_for_anything_else_is_refused_and_counted(world: Simulator, why: str) -> None:
    """Of another candidate, kiosk, action, sitting, mode, attempt or serial: no effect, and one try is counted."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        own, other = (desk.state.kiosk_called(SEATED[one]) for one in (ONE, TWO))
        plan, secret, verb = desk.plan, desk.secrets.secret, Verb.ADD + 10
        issued = code(desk, Verb.ADD, 10)

        def made(sitting: str, mode: str, kiosk: str, candidate: str, attempt: int) -> str:
            keys = kiosk_keys(kiosk_key(secret, sitting, mode, kiosk))
            return action_code(keys, candidate, attempt, verb, 1)

        assert made(plan.sitting, plan.mode, own, ONE, 1) == issued
        wrong = {
            "candidate": made(plan.sitting, plan.mode, own, TWO, 1),
            "kiosk": code(desk, Verb.ADD, 10, TWO),
            "action": relabelled(issued, Verb.ADD + 20),
            "sitting": made("west-flow-2", plan.mode, own, ONE, 1),
            "mode": made(plan.sitting, "rehearsal", own, ONE, 1),
            "attempt": made(plan.sitting, plan.mode, own, ONE, 2),
            "serial": next(
                found
                for last in CROCKFORD
                if is_whole(found := issued[:2] + CROCKFORD[2] + issued[3:-1] + last)
            ),
        }[why]
        assert wrong != issued
        assert other != own
        before = runner.view()
        view = enter(runner, wrong)
        assert (refused(view), view.limit, view.saved) == ("code-wrong", before.limit, before.saved)
        assert accepted(enter(runner, issued)).limit == before.limit + 10 * MINUTE
        runner.close()


@pytest.mark.faults
def test_guessing_redeems_nothing() -> None:
    """Random codes that pass their check, thousands of them and a million in the long run: not one is genuine."""
    draw, keys = random.Random(4), kiosk_keys(kiosk_key(b"s" * 32, "west-1", "live", "KIOSK"))
    verbs = [*(int(verb) for verb in Verb), Verb.ADD + 30, Verb.ADD_TWO_PERSON + 60, Verb.TAKE + 5]
    redeemed = 0
    for _ in range(GUESSES):
        guess = ActionCode(draw.choice(verbs), draw.randint(0, MAX_SERIAL), draw.getrandbits(30))
        try:
            redeem_action(keys, guess, "C-1", 1)
        except WrongCodeError:
            continue
        redeemed += 1
    assert redeemed == 0


def test_the_wait_outlives_reboots_and_changes_of_the_clock(world: Simulator) -> None:
    """After five wrong codes every code waits, in the next process too; neither a reboot nor the clock shortens it."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        right, wrong = code(desk, Verb.ADD, 10), code(desk, Verb.ADD, 10, TWO)
        for _ in range(5):
            assert refused(enter(runner, wrong)) == "code-wrong"
        assert refused(enter(runner, right)) == "code-wait"
        runner.close()
        kiosk = desk.state.kiosk_called(SEATED[ONE])
        desk.submit(IssueResumeCode(kiosk, desk.proctor))
        resume = p.EnterResumeCode(desk.resume_code(kiosk, 1), credit=True)
        world.clock.reboot()
        assert refused(world.kiosk(ONE).submit(resume)) == "code-wait"
        world.clock.wall += 24 * 60 * MINUTE
        assert refused(world.kiosk(ONE).submit(resume)) == "code-wait"
        world.clock.wall -= 24 * 60 * MINUTE
        again = world.kiosk(ONE)
        wait_at(world, again, 15_000)
        accepted(again.submit(resume))
        accepted(enter(again, right))
        again.close()


def wait_at(world: Simulator, runner: Runner, milliseconds: int) -> None:
    """Time goes by under a runner."""
    for _ in range(0, milliseconds, 5_000):
        world.clock.pass_by(5_000)
        runner.tick()


def test_a_moved_candidate_goes_on_elsewhere_and_counts_once(world: Simulator) -> None:
    """The desk's move-in code takes checkpoint and minutes at the new kiosk; the old one gets no code any more."""
    with opened(world) as desk:
        source = world.start(desk, ONE)
        checkpoint = source.view().checkpoint
        source.close()
        left, there = (desk.state.kiosk_called(SEATED[one]) for one in (ONE, TWO))
        desk.submit(HearCheckpoint(left, checkpoint, desk.proctor))
        desk.submit(DeclareAbsence(TWO, FinalState.NO_SHOW, desk.proctor))
        move = desk.move(MoveCandidate(ONE, there, checkpoint, 40, "kiosk-dead", desk.proctor))
        with pytest.raises(ExamKioskError, match="moved from"):
            desk.submit(IssueResumeCode(left, desk.proctor))
        arrived = world.kiosk(TWO)
        accepted(arrived.submit(p.EnterStartCode(desk.start_code(there))))
        assert refused(arrived.submit(p.SignIn(ONE, move.code, checkpoint, 41))) == "code-wrong"
        view = arrived.submit(p.SignIn(ONE, move.code, checkpoint, 40))
        if view.problem is not None:
            assert refused(view) == "mirror-missing"
            view = arrived.submit(p.SignIn(ONE, move.code, checkpoint, 40))
        view = go_in(arrived.submit, accepted(view))
        assert view.limit == 40 * MINUTE
        later = code(desk, Verb.ADD, 5)
        assert accepted(enter(arrived, later)).limit == 45 * MINUTE
        accepted(arrived.submit(p.HandIn(unanswered=100, flagged=0)))
        arrived.close()
        world.export(ONE)
        world.export(TWO)
        collect(desk, world.carrier)
        desk.submit(CloseSitting(desk.proctor))
        assert desk.state.reconciliation().outcomes()["completed"] == 1


def agreed(world: Simulator, desk: Desk, minutes: int) -> str:
    """The code of time by two persons, with the second proctor's own passphrase."""
    second = unlock_desk(world.folder / "desk", PASSPHRASE, SECOND, floor=MINIMUM).private
    return desk.action(desk.agree(act(desk, Verb.ADD, minutes), second)).code


def finish(world: Simulator, desk: Desk, runner: Runner) -> tuple[tuple[str, ...], list[str]]:
    """Hand in, close, import, report; what the report remarks of the candidate, and what stands in quarantine."""
    accepted(runner.submit(p.HandIn(unanswered=100, flagged=0)))
    runner.close()
    world.close(desk, absent=(TWO,))
    held = [one.code for one in world.take_in().quarantined]
    if held:
        return (), held
    (written,) = write_reports(world.office(), world.score(), world.folder / "reports")
    return written.report.lines[0].remarks, held


def test_time_by_two_proctors_is_believed_at_the_centre(world: Simulator) -> None:
    """Signed by both and redeemed once, it counts, and the two journals agree."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        before = runner.view().limit
        with pytest.raises(ExamKioskError, match="One proctor may add"):
            code(desk, Verb.ADD, 60)
        assert accepted(enter(runner, agreed(world, desk, 60))).limit == before + 60 * MINUTE
        remarks, held = finish(world, desk, runner)
    assert held == []
    assert [line for line in remarks if "journal" in line or "issued" in line] == []


def test_a_code_that_the_desk_did_not_issue_is_seen_at_the_centre(world: Simulator) -> None:
    """Whoever holds the keys can make a code; the kiosk takes it, and the report says that the desk never issued it."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        keys = kiosk_keys(
            kiosk_key(
                desk.secrets.secret, desk.plan.sitting, desk.plan.mode, desk.state.kiosk_called(SEATED[ONE])
            )
        )
        accepted(enter(runner, action_code(keys, ONE, 1, Verb.ADD + 10, 9)))
        code(desk, Verb.ADD, 3)
        remarks, held = finish(world, desk, runner)
    assert held == []
    assert "code 9 (add 10 minutes) was redeemed at kiosk-01 and is not in the desk's journal" in remarks
    assert "code 1 (add 3 minutes) was issued for kiosk-01 and not redeemed" in remarks


def test_time_by_two_persons_that_one_made_up_is_held(world: Simulator) -> None:
    """A two-person code without two signatures in the desk's journal keeps the record from counting."""
    with opened(world) as desk:
        runner = world.start(desk, ONE)
        kiosk = desk.state.kiosk_called(SEATED[ONE])
        keys = kiosk_keys(kiosk_key(desk.secrets.secret, desk.plan.sitting, desk.plan.mode, kiosk))
        accepted(enter(runner, action_code(keys, ONE, 1, Verb.ADD_TWO_PERSON + 60, 1)))
        _, held = finish(world, desk, runner)
    assert held == ["two-person-unproved"]

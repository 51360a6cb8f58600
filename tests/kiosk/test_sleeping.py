"""A machine that slept, or a process that was stopped: suspended in place, the cause in words, the loss measured."""

from __future__ import annotations

import os
import signal
import time

import pytest

from kiosk import live
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.suspension import CAUSES, CLOCK_SET
from results.wire import events as e
from tests.kiosk import processes
from tests.kiosk.forms import HOUR, MINUTE, SENTINEL
from tests.kiosk.processes import Process
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.test_kills import begin
from tests.kiosk.world import LOOK, World, accepted, chosen, refused, wait


def test_a_machine_that_slept_asks_for_a_code(world: World) -> None:
    """The next look suspends: cause, loss and number are told, nothing of the exam is, and the loss is recorded."""
    runner = world.testing()
    item = item_of(runner.view()).item.id
    wait(world, runner, 15_000)
    before = runner.view()
    world.clock.pass_by(40 * MINUTE)
    view = runner.tick()
    assert isinstance(view, p.View)
    assert (view.phase, view.resume_n, view.lost) == (Phase.SUSPENDED, 1, 40 * MINUTE)
    assert (view.cause, view.support) == (CAUSES[e.ResumeCause.ASLEEP], "Ada at 555-0100")
    assert SENTINEL not in repr(view)
    world.clock.pass_by(1_000)
    assert runner.tick() == p.Tick(0, 40 * MINUTE + 1_000)
    assert refused(runner.submit(p.Answer(item, chosen("A")))) == "not-now"
    after = accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (after.question, after.remaining) == (before.question, before.remaining)
    runner.submit(p.HandIn(5, 0))
    _, entries = sealed(world)
    (resumed,) = (one.event for one in entries if isinstance(one.event, e.SessionResumed))
    lost = 40 * MINUTE + 1_000
    assert resumed == e.SessionResumed(1, e.ResumeCause.ASLEEP, lost, lost, 15_000)


def test_what_is_asked_for_after_a_sleep_is_not_done(world: World) -> None:
    """A key that was pressed to wake the machine answers nothing."""
    runner = world.testing()
    world.clock.pass_by(LOOK + 1)
    view = runner.submit(p.Answer(item_of(runner.view()).item.id, chosen("A")))
    assert (view.phase, view.problem, view.reply) == (Phase.SUSPENDED, None, True)
    again = accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=False)))
    assert item_of(again).response is None
    assert again.remaining == 2 * HOUR - LOOK - 1


def test_half_a_minute_is_no_sleep(world: World) -> None:
    """Up to two heartbeats without a look are a slow machine."""
    runner = world.testing()
    world.clock.pass_by(LOOK)
    assert runner.tick() == p.Tick(2 * HOUR - LOOK)


def test_a_sleep_before_the_test_costs_nothing(world: World) -> None:
    """At the sign-in too: suspended, and the same screen comes back."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    world.clock.pass_by(HOUR)
    view = runner.tick()
    assert isinstance(view, p.View)
    assert (view.phase, view.lost) == (Phase.SUSPENDED, 0)
    view = accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert view.phase is Phase.SIGN_IN


def test_hanging_up_right_after_a_sleep_is_no_sign_of_life(world: World) -> None:
    """The process ends before it looked again: the next one still measures from before the sleep."""
    runner = world.testing()
    wait(world, runner, 15_000)
    world.clock.pass_by(HOUR)
    runner.close()
    view = world.runner().view()
    assert (view.lost, view.cause) == (HOUR, CAUSES[e.ResumeCause.ASLEEP])


def test_a_record_that_is_still_to_be_sealed_needs_no_code(world: World) -> None:
    """The session ended and could not be sealed; after a sleep it is sealed by itself."""
    runner = world.testing()
    (world.station / "outbox").write_bytes(b"in the way")
    assert runner.submit(p.HandIn(5, 0)).phase is Phase.STOPPED
    (world.station / "outbox").unlink()
    world.clock.pass_by(HOUR)
    runner.tick()
    assert runner.view().phase is Phase.FINISHED


def test_the_cause_is_known_to_the_next_process(world: World) -> None:
    """Killed after the sleep was seen: still asleep in words; started again after that: the machine."""
    runner = world.testing()
    world.clock.pass_by(HOUR)
    runner.tick()
    assert world.runner().view().cause == CAUSES[e.ResumeCause.ASLEEP]
    world.clock.reboot()
    assert world.runner().view().cause == CAUSES[e.ResumeCause.MACHINE]


def test_a_clock_that_was_set_while_it_stood_is_told(world: World) -> None:
    """Within one boot a wall clock that jumped is said beside the cause, and the loss goes by boottime."""
    world.testing().tick()
    world.clock.pass_by(MINUTE)
    world.clock.wall += HOUR
    view = world.runner().view()
    assert view.cause == f"{CAUSES[e.ResumeCause.PROGRAM]} {CLOCK_SET}"
    assert view.lost == MINUTE


def test_a_stopped_process_suspends_when_it_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real process under SIGSTOP: what was typed meanwhile is not done, and the resume code goes on."""
    shorter = "import kiosk.live; kiosk.live.ASLEEP = 1_500\n"
    monkeypatch.setattr(processes, "LAUNCH", shorter + processes.LAUNCH)
    assert live.ASLEEP == LOOK
    process = Process(world)
    item = item_of(begin(process, world)).item.id
    os.kill(process.process.pid, signal.SIGSTOP)
    time.sleep(2.2)
    os.kill(process.process.pid, signal.SIGCONT)
    view = process.say(p.Answer(item, chosen("A")))
    assert (view.phase, view.cause) == (Phase.SUSPENDED, CAUSES[e.ResumeCause.ASLEEP])
    assert view.lost >= 2_000
    after = accepted(process.say(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (after.phase, item_of(after).response) == (Phase.TESTING, None)
    process.end()

"""The session process over its sockets: screens come and go, and the process outlives them all."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.serving import AGAIN, FINISHED, SUSPENDED
from results.wire.events import SessionOpened
from tests.kiosk.forms import SENTINEL
from tests.kiosk.processes import PATIENCE, Process
from tests.kiosk.reading import sealed
from tests.kiosk.world import CANDIDATE, SITTING, WAY_IN, World, accepted, chosen


def begin(process: Process, world: World) -> p.View:
    """From the start code to the first item."""
    accepted(process.say(p.EnterStartCode(world.resume_code(0))))
    accepted(process.say(p.SignIn(CANDIDATE, world.admission())))
    for command in WAY_IN:
        accepted(process.say(command))
    return accepted(process.say(p.Begin()))


def test_a_new_screen_finds_everything_as_it_was(world: World) -> None:
    """A screen that dies takes nothing with it: the next is told the same item, answer and flag at once."""
    process = Process(world)
    view = begin(process, world)
    assert view.question is not None
    item = view.question.item.id
    process.say(p.Answer(item, chosen("B")))
    before = process.say(p.Flag(item, on=True))
    process.screen.close()
    process.connect()
    again = process.hear()
    assert (again.question, again.marks, again.saved) == (before.question, "F....", before.saved)
    assert process.end() == SUSPENDED


def test_leaving_the_last_screen_ends_the_process_with_nothing(world: World) -> None:
    """Hand in, leave, exit status 0; the record is on the carrier, and the log is private and empty."""
    process = Process(world)
    begin(process, world)
    view = process.say(p.HandIn(5, 0))
    assert view.phase is Phase.FINISHED
    process.screen.sendall(p.frame(p.Leave()))
    assert process.process.wait(PATIENCE) == FINISHED
    assert world.carrier.names(f"records/{SITTING}") != ()
    log = world.station / "session.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert log.read_bytes() == b""
    process.end()


def test_starting_again_ends_the_process_for_a_fresh_one(world: World) -> None:
    """STOPPED, then the proctor's word: an exit status that makes the supervisor start another process."""
    process = Process(world)
    begin(process, world)
    process.kill()
    (world.station / "sittings" / SITTING / "plan.eks").write_bytes(b"altered")
    stopped = Process(world)
    assert stopped.view.phase is Phase.STOPPED
    stopped.screen.sendall(p.frame(p.StartAgain()))
    assert stopped.process.wait(PATIENCE) == AGAIN
    stopped.end()


def test_hanging_up_suspends_and_the_next_code_goes_on(world: World) -> None:
    """The end of the control socket suspends; the next process asks for R_1 and shows the same item with it."""
    process = Process(world)
    view = begin(process, world)
    assert view.question is not None
    process.say(p.Answer(view.question.item.id, chosen("C")))
    assert process.end() == SUSPENDED
    again = Process(world)
    assert (again.view.phase, again.view.resume_n) == (Phase.SUSPENDED, 1)
    assert again.view.cause == "The exam program stopped; the machine stayed on."
    resumed = accepted(again.say(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert resumed.question is not None
    assert resumed.question.response == chosen("C")
    again.end()


@pytest.mark.parametrize("sent", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x04oops"])
def test_a_screen_that_sends_no_command_is_hung_up_on(world: World, sent: bytes) -> None:
    """A frame that is too large or no command ends that screen, not the session."""
    process = Process(world)
    process.screen.sendall(sent)
    with pytest.raises(ConnectionResetError):
        process.hear()
    process.connect()
    assert process.hear().phase is Phase.LOCKED
    process.end()


def test_a_screen_that_does_not_read_does_not_stop_the_clock(world: World) -> None:
    """With a screen that reads nothing for two seconds, answers are still saved, and a later screen sees them."""
    process = Process(world)
    view = begin(process, world)
    assert view.question is not None
    for letter in "ABCD" * 5:
        process.screen.sendall(p.frame(p.Answer(view.question.item.id, chosen(letter))))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        process.connect()
        if process.hear().saved >= view.saved + 20:
            break
    assert process.view.saved == view.saved + 20
    process.end()


def test_a_second_process_on_the_same_station_is_refused(world: World) -> None:
    """One process, one connection: another one ends with its reason in the log, and the first goes on."""
    process = Process(world)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        Process(world)
    assert b": kiosk.station.StationBusyError at " in (world.station / "session.log").read_bytes()
    begin(process, world)
    process.end()


def test_what_is_not_locked_stands_in_the_first_entry(world: World) -> None:
    """What the console did not lock is in the sealed record, with what this process could not have itself."""
    process = Process(world, "--not-locked", "console-switching", "--not-locked", "system-request")
    begin(process, world)
    process.say(p.HandIn(5, 0))
    process.end()
    _, entries = sealed(world)
    opened = entries[0].event
    assert isinstance(opened, SessionOpened)
    assert opened.not_locked[:2] == ("console-switching", "system-request")
    assert set(opened.not_locked[2:]) <= {"memory"}


def test_a_failure_in_a_thread_leaves_its_place_alone(tmp_path: Path) -> None:
    """Of an error in a thread or a finaliser the log learns type and place; no words, no core, nothing on stdout."""
    program = (
        "import sys, threading, pathlib\n"
        "from kiosk import lockdown\n"
        "lockdown.quiet(pathlib.Path(sys.argv[1]))\n"
        "class Late:\n"
        f"    def __del__(self): raise KeyError({SENTINEL!r})\n"
        f"def fail(): raise ValueError({SENTINEL!r})\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join()\n"
        "Late()\n"
        f"raise RuntimeError({SENTINEL!r})\n"
    )
    log = tmp_path / "session.log"
    done = subprocess.run(
        [sys.executable, "-c", program, str(log)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    text = log.read_text("utf-8")
    assert SENTINEL not in text
    places = [
        "builtins.ValueError at <string>:6",
        "builtins.KeyError at <string>:5",
        "builtins.RuntimeError at <string>:9",
    ]
    assert [place for place in places if place in text] == places


def test_only_a_view_that_answers_says_so(world: World) -> None:
    """One reply a command, in order; what a new screen or a tick is told by itself is none."""
    process = Process(world)
    assert not process.view.reply
    begin(process, world)
    item = process.view.question.item.id if process.view.question else None
    assert item is not None
    for on in (True, False, True):
        process.screen.sendall(p.frame(p.Flag(item, on=on)))
    heard = [process.hear() for _ in range(3)]
    assert [view.reply for view in heard] == [True, True, True]
    assert [view.marks[0] for view in heard] == ["f", ".", "f"]
    process.connect()
    assert not process.hear().reply
    process.end()


def test_time_left_is_told_each_second(world: World) -> None:
    """Ticks come by themselves while the test runs."""
    process = Process(world)
    begin(process, world)
    time.sleep(1.3)
    process.say(p.Flag(process.view.question.item.id, on=True))  # type: ignore[union-attr]  # a testing view has one
    assert process.ticks >= 1
    process.end()

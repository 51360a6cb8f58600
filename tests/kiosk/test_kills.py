"""The real session process, killed: no acknowledged answer is lost, and no item text is anywhere on a disk."""

from __future__ import annotations

import base64
import contextlib
import random
import time
from pathlib import Path

import pytest

from kiosk import protocol as p
from kiosk.protocol import Phase
from results.wire.record import fold
from tests.kiosk import processes
from tests.kiosk.forms import SENTINEL
from tests.kiosk.processes import Process
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import CANDIDATE, WAY_IN, World, accepted, chosen

KILLS = 20


def begin(process: Process, world: World) -> p.View:
    """From the start code to the first item."""
    accepted(process.say(p.EnterStartCode(world.resume_code(0))))
    accepted(process.say(p.SignIn(CANDIDATE, world.admission())))
    for command in WAY_IN:
        accepted(process.say(command))
    return accepted(process.say(p.Begin()))


def any_command(view: p.View, draw: random.Random) -> p.Command:
    """What a candidate may do now in the first part of the form."""
    question = item_of(view)
    option = draw.choice(question.order)
    commands: list[p.Command] = [
        p.Answer(question.item.id, chosen(option)),
        p.Answer(question.item.id, chosen()),
        p.Flag(question.item.id, on=not question.flagged),
        p.Strike(question.item.id, option, on=draw.random() < 0.5),
        p.Go(draw.randrange(3)),
    ]
    return draw.choice(commands)


def spellings(text: str) -> set[bytes]:
    """The text as a file may hold it: UTF-8, UTF-16, and base64 at each of its three alignments."""
    raw = text.encode()
    shifted = (base64.b64encode(bytes(shift) + raw)[(shift * 8 + 5) // 6 : -4] for shift in range(3))
    return {raw, text.encode("utf-16-le"), *shifted}


def found(folder: Path, text: str) -> list[str]:
    """The files below `folder` that hold the text in any spelling."""
    searched = spellings(text)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.name for path in files if any(spelling in path.read_bytes() for spelling in searched)]


@pytest.mark.faults
def test_twenty_kills_lose_no_acknowledged_answer(world: World) -> None:
    """At random moments, also inside an append: each view that was ever shown is in the journal as it was shown."""
    draw = random.Random(20)
    shown: list[p.View] = []
    process = Process(world)
    view = begin(process, world)
    for n in range(1, KILLS + 1):
        for _ in range(draw.randrange(6)):
            view = accepted(process.say(any_command(view, draw)))
            shown.append(view)
        with contextlib.suppress(BrokenPipeError):
            for _ in range(draw.randrange(4)):
                process.screen.sendall(p.frame(any_command(view, draw)))
        time.sleep(draw.random() * 0.02)
        process.kill()
        process = Process(world)
        assert (process.view.phase, process.view.resume_n) == (Phase.SUSPENDED, n)
        view = accepted(process.say(p.EnterResumeCode(world.resume_code(n), credit=draw.random() < 0.5)))
        assert view.phase is Phase.TESTING
        assert view.saved > (shown[-1].saved if shown else 0)
    flagged = sum(mark in "fF" for mark in view.marks)
    assert process.say(p.HandIn(sum(mark in ".f" for mark in view.marks), flagged)).phase is Phase.FINISHED
    process.end()
    check_everything_shown(world, shown)


def check_everything_shown(world: World, shown: list[p.View]) -> None:
    """Fold the sealed journal up to each view's count: it says what the view said."""
    record, entries = sealed(world)
    assert record.resumes == KILLS
    for view in shown:
        question = item_of(view)
        then = fold(entry.event for entry in entries[: view.saved])
        known = then.answer(question.item.id)
        assert then.current == question.item.id
        assert (known.response, known.flagged) == (question.response, question.flagged)
        assert known.struck == set(question.struck)


def test_no_item_text_is_on_a_disk_after_a_sitting(world: World) -> None:
    """The sentinel in every item is in no file of station, carrier or log; the search does find a planted one."""
    process = Process(world)
    view = begin(process, world)
    assert SENTINEL in repr(view)
    for index in (1, 2, 3, 4):
        view = accepted(process.say(p.Answer(item_of(view).item.id, chosen(item_of(view).order[0]))))
        view = accepted(process.say(p.Go(index)))
    assert found(world.folder, SENTINEL) == []
    assert process.say(p.HandIn(1, 0)).phase is Phase.FINISHED
    process.end()
    assert found(world.folder, SENTINEL) == []
    for number, spelling in enumerate(spellings(SENTINEL)):
        (world.folder / f"planted-{number}").write_bytes(b"x" + spelling + b"x")
    assert len(found(world.folder, SENTINEL)) == len(spellings(SENTINEL))


def test_no_item_text_is_on_a_disk_after_a_kill(world: World) -> None:
    """SIGKILL with an item on the screen leaves no item text, no core and no candidate's name in a log."""
    process = Process(world)
    view = begin(process, world)
    accepted(process.say(p.Answer(item_of(view).item.id, chosen("A"))))
    process.kill()
    assert found(world.folder, SENTINEL) == []
    assert (world.station / "session.log").read_bytes() == b""


def test_a_defect_is_logged_without_what_it_was_about(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception nobody caught leaves its type and place, not its words, and the session can be resumed."""
    launch = (
        f"import kiosk.showing as v\ndef broken(state): raise RuntimeError({SENTINEL!r})\nv.marks = broken\n"
    )
    monkeypatch.setattr(processes, "LAUNCH", launch + processes.LAUNCH)
    process = Process(world)
    with pytest.raises(ConnectionResetError):
        begin(process, world)
    assert process.process.wait(10) == 1
    process.end()
    assert (world.station / "session.log").read_text("utf-8").count(
        "builtins.RuntimeError at <string>:2"
    ) == 1
    monkeypatch.undo()
    again = Process(world)
    assert accepted(again.say(p.EnterResumeCode(world.resume_code(1), credit=True))).phase is Phase.TESTING
    again.end()

"""The real session process, killed: no acknowledged answer is lost, and no item text is anywhere on a disk."""

from __future__ import annotations

import base64
import contextlib
import random
import time
from pathlib import Path

import pytest

from exam_packages.interactions import ChosenOptions, ExtendedTextInteraction, TypedText
from keys.codes import Verb
from kiosk import protocol as p
from kiosk.protocol import Phase
from results.wire import events as e
from results.wire.record import fold
from tests.kiosk import processes
from tests.kiosk.forms import SENTINEL
from tests.kiosk.processes import Process
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import CANDIDATE, WAY_IN, World, accepted, chosen

KILLS = 20
MOST_PAUSES = 14
"""Serials of the room's codes after which nobody pauses it any more; there are 31."""
EVERY_KIND = {
    e.ResponseRecorded,
    e.ResponseEdited,
    e.ItemFlagged,
    e.OptionStruck,
    e.TextHighlighted,
    e.NoteWritten,
    e.CommentWritten,
    e.CalculationMade,
    e.PreferenceSet,
    e.PauseBegan,
    e.PauseEnded,
}
"""What the candidate's and proctor's hands must have led to, or the test shows too little."""


def begin(process: Process, world: World) -> p.View:
    """From the start code to the first item."""
    accepted(process.say(p.EnterStartCode(world.resume_code(0))))
    accepted(process.say(p.SignIn(CANDIDATE, world.admission())))
    for command in WAY_IN:
        accepted(process.say(command))
    return accepted(process.say(p.Begin()))


class Hands:
    """A candidate who does anything that may be done in the first part, and a proctor who pauses now and then."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw = world, random.Random(seed)
        self.room = self.serial = 0
        self.notes: dict[str, set[str]] = {}

    def command(self, view: p.View) -> p.Command:
        """Something to do now; what was sent and not answered may have been done or not."""
        if view.rest is not None:
            return self._go_on(view.rest.kind)
        kinds = [self._answer, self._answer, self._mark, self._mark, self._text, self._go]
        if self.room < MOST_PAUSES:
            kinds.append(self._pause)
        return self.draw.choice(kinds)(item_of(view))

    def _answer(self, question: p.Question) -> p.Command:
        item = question.item.id
        if not isinstance(question.item.interaction, ExtendedTextInteraction):
            options = self.draw.sample(question.order, self.draw.randrange(len(question.order)))
            return p.Answer(item, ChosenOptions(tuple(options[:2] if item == "i1" else options)))
        words = (question.response.text if isinstance(question.response, TypedText) else "").split(" ")
        words.insert(self.draw.randrange(len(words) + 1), self._word())
        return p.Answer(item, TypedText(" ".join(words)))

    def _mark(self, question: p.Question) -> p.Command:
        item, on = question.item.id, self.draw.random() < 0.5
        start = self.draw.randrange(5)
        commands: list[p.Command] = [
            p.Flag(item, on=not question.flagged),
            p.Highlight(f"item:{item}", ((0, start, start + 4),)),
            p.Prefer("theme", self.draw.choice(["dark", "light", "mono"])),
            p.Calculate(f"{self.draw.randrange(100)}*{self.draw.randrange(100)}"),
        ]
        if question.order:
            commands += [p.Strike(item, option, on=on) for option in question.order]
        return self.draw.choice(commands)

    def _text(self, question: p.Question) -> p.Command:
        place, text = self.draw.choice(["", str(question.item.id)]), self._word()
        if self.draw.random() < 0.3:
            return p.WriteComment(question.item.id, text)
        self.notes.setdefault(place, {""}).add(text)
        return p.WriteNote(place, text)

    def _go(self, _: p.Question) -> p.Command:
        return p.Go(self.draw.randrange(3))

    def _pause(self, _: p.Question) -> p.Command:
        self.room += 1
        return p.EnterActionCode(self.world.room(Verb.ROOM_PAUSE, self.room))

    def _go_on(self, kind: str) -> p.Command:
        if kind == "room":
            self.room += 1
            return p.EnterActionCode(self.world.room(Verb.ROOM_RESUME, self.room))
        self.serial += 1
        return p.EnterActionCode(self.world.action(Verb.BREAK_OVER, self.serial))

    def _word(self) -> str:
        return f"w{self.draw.randrange(10**6)}"


def content(view: p.View) -> tuple[object, ...]:
    """What of a view must come back as it was."""
    kind = view.rest.kind if view.rest else ""
    return view.phase, kind, view.question, view.marks, view.scratchpad, view.tape, view.preferences


@pytest.mark.faults
def test_twenty_kills_lose_nothing_that_was_shown(full_world: World) -> None:
    """At random moments, also inside an append: each view that was ever shown is in the journal as it was shown. What
    was on the screen comes back, with notes that no journal holds, wherever nothing was on its way.
    """
    world = full_world
    hands = Hands(world, 20)
    draw, shown = hands.draw, list[p.View]()
    process = Process(world)
    view = begin(process, world)
    for n in range(1, KILLS + 1):
        for _ in range(draw.randrange(14)):
            view = process.say(hands.command(view))
            shown.append(view)
        on_their_way = draw.randrange(4)
        with contextlib.suppress(BrokenPipeError):
            for _ in range(on_their_way):
                process.screen.sendall(p.frame(hands.command(view)))
        time.sleep(draw.random() * 0.02)
        process.kill()
        process = Process(world)
        assert (process.view.phase, process.view.resume_n) == (Phase.SUSPENDED, n)
        before, credit = view, draw.random() < 0.5
        view = accepted(process.say(p.EnterResumeCode(world.resume_code(n), credit=credit)))
        assert view.saved > before.saved
        if not on_their_way:
            assert content(view) == content(before)
        assert view.scratchpad in hands.notes.get("", {""})
        if view.question is not None:
            assert view.question.note in hands.notes.get(view.question.item.id, {""})
    while view.rest is not None:
        view = accepted(process.say(hands.command(view)))
    flagged = sum(mark in "fF" for mark in view.marks)
    assert process.say(p.HandIn(sum(mark in ".f" for mark in view.marks), flagged)).phase is Phase.FINISHED
    process.end()
    check_everything_shown(world, shown)


def check_everything_shown(world: World, shown: list[p.View]) -> None:
    """Fold the sealed journal up to each view's count: it says what the view said."""
    record, entries = sealed(world)
    assert record.resumes == KILLS
    assert {type(entry.event) for entry in entries} >= EVERY_KIND
    for view in shown:
        then = fold(entry.event for entry in entries[: view.saved])
        assert (then.pause.kind if then.pause else "") == (view.rest.kind if view.rest else "")
        assert dict(then.preferences) == view.preferences
        if view.question is None:
            assert view.phase is Phase.PAUSED
            continue
        question, known = view.question, then.answer(view.question.item.id)
        assert then.current == question.item.id
        assert (known.response, known.flagged) == (question.response, question.flagged)
        assert (known.struck, known.comment) == (frozenset(question.struck), question.comment)
        assert then.calculations == view.tape
        assert then.highlights.get(f"item:{question.item.id}", ()) == question.highlights.get(
            f"item:{question.item.id}", ()
        )


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

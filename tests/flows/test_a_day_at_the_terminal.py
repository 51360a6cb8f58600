"""The candidate's day at the real program on a terminal: supervisor, session process and screen, by keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from exam_packages.interactions import ItemId, Response
from keys.clock import SystemClock
from keys.codes import Verb, action_code, kiosk_key, kiosk_keys
from keys.primitives import MODERATE
from kiosk.responses import fitted
from proctor.commands import IssueResumeCode
from proctor.runner import Desk
from results.centre.confirm import confirm
from results.wire import events as e
from results.wire.bundle import open_record, read_record
from results.wire.journal import SessionEntry, lines, read
from results.wire.record import Record, fold
from tests.demo import by_keys
from tests.demo.terminal import Terminal
from tests.exam_packages.workshop import SAMPLES, showcase
from tests.simulator import SITTING, Simulator

CANDIDATE, NAME, KIOSK = "C-1001", "Ana Beltran", "kiosk-01"
ESSAY = "Four years, not one price: repairs, training and what it brings at the end."
NOTE = "compare with question 4"
ORDERED = ("Agree", "Choose", "Run both", "Move all", "Switch")
TICKED = {
    1: ("A named",),
    2: ("Put in", "Have every"),
    3: ("The schools", "A part"),
    6: ("Offer her", "Explain", "Tell the"),
    7: ("A new", "A coll", "Half of", "A team", "Two people", "A tech"),
}
"""By question: how the right options begin, in the order to press."""
WISHES = {"I need": "What would", "We should": "What do", "Give me": "Which of"}

WITH_UNIT = "How much did last"
TYPED = {
    "What does one laptop": "390",
    WITH_UNIT: "1650",
    "A plan of the network": "core switch 1",
    "The chart among": "60",
}
"""By the beginning of a question: what to type."""


class Sitting:
    """One candidate at one terminal, with the desk at hand."""

    def __init__(self, world: Simulator, opened: Desk, size: tuple[int, int]) -> None:
        self.opened, self.fingerprint = opened, opened.state.kiosk_called(KIOSK)
        words = ["kiosk", "run", "--station", KIOSK, "--carrier", str(world.carrier.root)]
        self.terminal = Terminal(words, world.folder, size=size)
        self._serials = count(1)

    def begin(self) -> None:
        """From the start code through check and tutorial to the first question."""
        codes = self.opened.start_code(self.fingerprint), self.opened.admission_code(CANDIDATE)
        by_keys.sign_in(self.terminal, CANDIDATE, NAME, codes)
        by_keys.accept(self.terminal, "non-disclosure", "code of conduct")
        by_keys.check(self.terminal)
        by_keys.learn(self.terminal)
        by_keys.begin(self.terminal)

    def letter(self, beginning: str) -> str:
        """The letter before the option that begins so."""
        spaced = r"\s+".join(map(re.escape, beginning.split()))
        return self.terminal.wait_for(rf"\b([A-F])(?:\.| <)\s*{spaced}").group(1)

    def tick(self, number: int) -> None:
        """Press the letters of the right options of a question, and see its answer saved."""
        for one in TICKED[number]:
            self.terminal.press(self.letter(one).lower())
        self.saved(number)

    def saved(self, number: int) -> None:
        """The answer on the screen is the last of so many."""
        self.terminal.wait_for(rf"answer saved +│ +{number}/14 answered")

    def onward(self, number: int) -> None:
        """To this question, saying twice what closes another for good."""
        self.terminal.press("f8", sees=rf"Question {number} of 14|again to go on")
        if f"Question {number} of" not in self.terminal.text():
            self.terminal.press("f8", sees=rf"Question {number} of 14|Break time left")

    def code(self, verb: int) -> str:
        """A code for this candidate, as the desk derives it."""
        plan = self.opened.plan
        own = kiosk_keys(kiosk_key(self.opened.secrets.secret, plan.sitting, plan.mode, self.fingerprint))
        return action_code(own, CANDIDATE, 1, verb, next(self._serials))

    def proctor(self, verb: int, *, sees: str) -> None:
        """The proctor opens the screen for codes, types one and sees its effect."""
        self.terminal.press("f9", sees="Action code")
        self.terminal.press(self.code(verb), "enter", sees=sees)

    def resume(self) -> None:
        """The proctor types the next resume code and gives the lost time back."""
        self.opened.submit(IssueResumeCode(self.fingerprint, self.opened.proctor, None))
        number = self.opened.state.resumes[self.fingerprint]
        self.terminal.wait_for(f"type resume code {number}")
        self.terminal.press(self.opened.resume_code(self.fingerprint, number), "enter", sees="Y: give")
        self.terminal.press("y")


@contextmanager
def seated(folder: Path, size: tuple[int, int]) -> Iterator[tuple[Simulator, Sitting]]:
    """A world where the showcase is sat today, and its candidate at the first question."""
    world = Simulator(folder, bank=SAMPLES / "showcase").ready()
    with world.open(cost=MODERATE) as opened:
        sitting = Sitting(world, opened, size)
        try:
            sitting.begin()
            yield world, sitting
        finally:
            sitting.terminal.hang_up()
        world.clock.wall = SystemClock().now().wall
        world.close(opened, absent=("C-1002",))


def marks(terminal: Terminal) -> list[str]:
    """The options on the screen, each with what it was marked with."""
    return re.findall(r"\[[x ]\] [A-E]\. .*\b", terminal.text())


def first_part(sitting: Sitting) -> None:
    """Eight questions with instruments, a break, more time, a screen that dies and a session that dies."""
    terminal = sitting.terminal
    terminal.press("f3", "n", sees="Your note to question 1")
    terminal.press(NOTE, sees=NOTE)
    terminal.press("f3", sees="A named")
    terminal.press("f3", "h", sees="Space begins")
    terminal.press("space", "right", "space", sees="highlights: 1")
    terminal.press("f3", sees="«What would»have")
    terminal.press("f3", "c", sees="Calculation")
    terminal.press("310+60+45+15-40", "enter", sees="= 390")
    terminal.press("f3", sees="A named")
    sitting.tick(1)

    sitting.onward(2)
    sitting.tick(2)
    last = sitting.letter(TICKED[2][1])
    terminal.wait_for(rf"\[x\] {last}\.")
    terminal.press("f4", sees="FLAGGED")
    sitting.saved(2)
    terminal.kill("screen")
    terminal.wait_for("Question 2 of 14")
    terminal.wait_for(rf"\[x\] {last}\.")
    terminal.wait_for("FLAGGED")
    sitting.saved(2)

    sitting.onward(3)
    sitting.tick(3)
    sitting.onward(4)
    terminal.press(*(sitting.letter(one).lower() for one in ORDERED))
    sitting.saved(4)

    sitting.onward(5)
    for place in (1, 2, 3):
        wish = terminal.wait_for(rf' {place}\. "(\w+ \w+)').group(1)
        terminal.press(sitting.letter(WISHES[wish]).lower(), *["down"] * (place < 3))
    sitting.saved(5)
    terminal.press("f3", "b", sees=r"Take a break\?")
    terminal.press("y", sees="Your break")
    assert "wish" not in terminal.text()
    sitting.proctor(Verb.BREAK_OVER, sees="Question 5 of 14")

    sitting.onward(6)
    sitting.tick(6)
    terminal.wait_for(rf"\[x\] {sitting.letter(TICKED[6][2])}\.")
    sitting.saved(6)
    before = marks(terminal)
    terminal.kill("session")
    sitting.resume()
    terminal.wait_for("Question 6 of 14")
    sitting.saved(6)
    assert marks(terminal) == before

    sitting.onward(7)
    sitting.tick(7)
    sitting.onward(8)
    terminal.press(ESSAY, sees="unsaved|saved")
    sitting.saved(8)
    sitting.proctor(Verb.ADD + 10, sees="10 minutes were added")
    terminal.press("f9", sees="Question 8 of 14")


def second_part(sitting: Sitting) -> None:
    """Six questions, each closed for good by the next."""
    terminal = sitting.terminal
    left = dict(TYPED)
    for number in range(9, 13):
        stem = terminal.wait_for("|".join(left)).group()
        terminal.press(left.pop(stem))
        if stem == WITH_UNIT:
            terminal.press("down", sees=r"\(o\) GB")
        sitting.saved(number)
        sitting.onward(number + 1)
    for gap, one in enumerate(("kept until", "ten years"), 1):
        terminal.wait_for(f"─ Gap {gap} ─")
        terminal.press(sitting.letter(one).lower(), "tab")
    sitting.saved(13)
    sitting.onward(14)
    for gap, one in enumerate(("phone line", "planning", "shared"), 1):
        terminal.wait_for(f"─ Gap {gap} ─")
        terminal.press(sitting.letter(one).lower(), "tab")
    sitting.saved(14)


def sealed(world: Simulator) -> tuple[Record, list[e.SessionEvent]]:
    """What the centre's key finds in the one record on the carrier."""
    (name,) = world.carrier.names(f"records/{SITTING}")
    keyring = world.trusted.keyring.and_also([world.keys[KIOSK].identity.holder()])
    record = read_record(world.carrier.read(name, limit=10**8), keyring)
    entries, _ = read(lines(open_record(record, world.keys["centre"])), SessionEntry)
    told = [entry.event for entry in entries]
    return fold(told), told


def entered() -> dict[ItemId, Response]:
    """What the candidate has entered: the right answers, and an essay."""
    made = showcase()
    right = {key.item: key.correct for key in made.scoring_key.keys if key.scored}
    return {item: fitted(made.form.item(item).interaction, one) for item, one in right.items()}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_day_at_the_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    """By keys alone from the start code to the receipt, through a break and two deaths; the centre finds exactly what
    was entered, scores it as it deserves and confirms the receipt.
    """
    with seated(tmp_path, size) as (world, sitting):
        terminal = sitting.terminal
        first_part(sitting)
        sitting.onward(9)
        sitting.proctor(Verb.BREAK_OVER, sees="Question 9 of 14")
        second_part(sitting)
        terminal.press("f10", sees=r"Answered +14 +of 14")
        terminal.press("y", sees="Press Enter to hand in")
        terminal.press("enter", sees="You have handed in")
        receipt = by_keys.leave(terminal)

    record, told = sealed(world)
    answers = {item: answer.response for item, answer in record.answers.items()}
    essay = answers.pop(ItemId("SC-3B-02"))
    assert getattr(essay, "text", "") == ESSAY
    assert answers == entered()
    assert [item for item, answer in record.answers.items() if answer.flagged] == ["SC-1B-01"]
    assert dict(record.notes) == {"SC-1A-01": NOTE}
    assert record.calculations == (("310+60+45+15-40", "390"),)
    assert dict(record.highlights) == {"item:SC-1A-01": ((0, 0, 10),)}
    assert (record.resumes, record.checked, record.tutored, len(record.accepted)) == (1, True, True, 2)
    assert [str(one.kind) for one in told if isinstance(one, e.PauseBegan)] == ["unscheduled", "scheduled"]
    assert [one.after - one.before for one in told if isinstance(one, e.TimeChanged)] == [600_000]

    assert world.take_in().records.admitted == 1
    (scored,) = world.score().scores
    assert (scored.candidate, scored.score.raw, scored.score.scaled) == (CANDIDATE, 13, 800)
    assert confirm(world.office(), receipt).candidate == CANDIDATE

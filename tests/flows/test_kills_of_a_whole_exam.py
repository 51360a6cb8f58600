"""The sample exam at the real session process, killed while it answers as fast as it can: nothing
acknowledged is lost.
"""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from exam_packages.interactions import ChosenOptions, ItemId
from keys.primitives import MODERATE
from kiosk import protocol as p
from proctor.commands import IssueResumeCode
from proctor.runner import Desk
from results.wire.bundle import open_record, read_record
from results.wire.journal import SessionEntry, lines, read
from results.wire.record import fold
from tests.demo.at_protocol import Kiosk
from tests.demo.commands import StepFailedError
from tests.kiosk.way_in import go_in
from tests.simulator import Simulator

SHORT, LONG = 3, 200
LONGEST_LIFE = 0.6
"""Seconds; an answer takes a few milliseconds, so a life holds many answers or few."""


class Sitting:
    """One candidate at one kiosk, and what the kiosk has acknowledged so far."""

    def __init__(self, world: Simulator, opened: Desk, draw: random.Random) -> None:
        self.world, self.opened, self.draw = world, opened, draw
        self.fingerprint = opened.state.kiosk_called("kiosk-01")
        self.kiosk = Kiosk(world.folder / "kiosk-01", world.carrier.root)
        self.known: dict[ItemId, ChosenOptions] = {}
        self.sent: dict[ItemId, ChosenOptions] = {}
        self.acknowledged = 0

    def begin(self) -> None:
        """From the start code to the first question."""
        kiosk = self.kiosk
        kiosk.say(p.EnterStartCode(self.opened.start_code(self.fingerprint)))
        go_in(kiosk.say, kiosk.say(p.SignIn("C-1001", self.opened.admission_code("C-1001"))))

    def live_until_killed(self) -> None:
        """Answer as fast as the kiosk acknowledges, until a timer kills it."""
        timer = threading.Timer(self.draw.uniform(0.01, LONGEST_LIFE), self.kiosk.process.kill)
        timer.start()
        try:
            while True:
                question = self.kiosk.say(p.Go(self.draw.randrange(100))).question
                assert question is not None
                picked = ChosenOptions((self.draw.choice(question.order),))
                self.sent[question.item.id] = picked
                self.kiosk.say(p.Answer(question.item.id, picked))
                self.known[question.item.id] = picked
                self.acknowledged += 1
        except (StepFailedError, OSError):
            self.kiosk.process.wait()
        finally:
            timer.join()

    def resume(self) -> None:
        """Start the machine's program again and type the next resume code."""
        self.kiosk.start_again()
        assert self.kiosk.view.phase is p.Phase.SUSPENDED
        self.opened.submit(IssueResumeCode(self.fingerprint, self.opened.proctor, None))
        n = self.opened.state.resumes[self.fingerprint]
        view = self.kiosk.say(p.EnterResumeCode(self.opened.resume_code(self.fingerprint, n), credit=True))
        assert view.phase is p.Phase.TESTING
        assert view.marks.count("*") >= len(self.known)


@pytest.mark.faults
def test_no_acknowledged_answer_is_lost_over_kills(tmp_path: Path, *, long_run: bool) -> None:
    """After each kill the sitting resumes, and the sealed record holds every acknowledged answer."""
    world = Simulator(tmp_path).ready()
    with world.open(cost=MODERATE) as opened:
        sitting = Sitting(world, opened, random.Random(20261122))
        sitting.begin()
        for _ in range(LONG if long_run else SHORT):
            sitting.live_until_killed()
            sitting.resume()
        marks = sitting.kiosk.view.marks
        sitting.kiosk.say(p.HandIn(unanswered=marks.count("."), flagged=0))
        sitting.kiosk.close()
    assert sitting.acknowledged > 30
    (name,) = world.carrier.names(f"records/{opened.plan.sitting}")
    keyring = world.trusted.keyring.and_also([world.keys["kiosk-01"].identity.holder()])
    record = read_record(world.carrier.read(name, limit=10**8), keyring)
    entries, _ = read(lines(open_record(record, world.keys["centre"])), SessionEntry)
    answers = fold(entry.event for entry in entries).answers
    for item, picked in sitting.known.items():
        assert answers[item].response in (picked, sitting.sent[item]), f"{item} lost its answer"

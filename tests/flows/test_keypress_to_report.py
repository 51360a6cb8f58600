"""An answer, keypress to report: the second walk of docs/architecture.md."""

from __future__ import annotations

from pathlib import Path

from exam_packages.bank import load
from kiosk import protocol as p
from results.centre.confirm import confirm
from results.centre.report.writing import write_reports
from tests.kiosk.world import accepted
from tests.simulator import SAMPLE, Simulator


def test_an_answer_reaches_the_report(tmp_path: Path) -> None:
    """What a candidate answers, through a power cut, is what is scored and reported, and the receipt confirms it."""
    world = Simulator(tmp_path).ready()
    right = {item.id: item.correct for item in load(SAMPLE).items}
    with world.open() as opened:
        runner = world.start(opened, "C-1001")
        for place in range(70):
            question = accepted(runner.submit(p.Go(place))).question
            assert question is not None
            view = accepted(runner.submit(p.Answer(question.item.id, right[question.item.id])))
            if place == 40:
                runner.close()
                world.clock.reboot()
                runner = world.resume(opened, "C-1001")
                again = runner.view()
                assert (again.marks, again.question) == (view.marks, view.question)
        ending = accepted(runner.submit(p.HandIn(unanswered=30, flagged=0))).ending
        runner.close()
        world.close(opened, absent=("C-1002",))
    assert ending is not None
    assert (ending.answered, ending.unanswered) == (70, 30)

    report = world.take_in()
    assert (report.records.admitted, report.quarantined) == (1, ())
    run = world.score()
    (one,) = run.scores
    assert (one.candidate, one.score.raw, one.score.scaled, one.score.passed) == ("C-1001", 70, 600, True)
    assert confirm(world.office(), ending.receipt).candidate == "C-1001"
    (written,) = write_reports(world.office(), run, tmp_path / "reports")
    (page,) = written.candidates
    assert all(word in page.read_text("utf-8") for word in ("Ana Beltran", "C-1001", "600"))
    assert "Ben Okafor" in written.page.read_text("utf-8")
    assert "no-show" in written.text.read_text("utf-8").lower()


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    """A second import of the same carrier admits nothing new, and the same run comes of it byte for byte."""
    world = Simulator(tmp_path).ready()
    with world.open() as opened:
        runner = world.start(opened, "C-1001")
        accepted(runner.submit(p.HandIn(unanswered=100, flagged=0)))
        runner.close()
        world.close(opened, absent=("C-1002",))
    world.take_in()
    first = world.score()
    again = world.take_in()
    assert again.records.admitted == 0
    assert world.score() == first

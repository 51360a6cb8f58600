"""The runner with a real store: the way in, codes, clocks, and how a sitting ends."""

from __future__ import annotations

import pytest

from exam_packages.package import Package
from keys.codes import Verb, action_code
from kiosk import handover, seating
from kiosk import protocol as p
from kiosk.protocol import Phase, Tick
from kiosk.station import Station
from results.wire import events as e
from results.wire.record import Outcome
from tests.kiosk.forms import HOUR, MINUTE
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted, chosen, refused, wait


def wrong_code(world: World, n: int) -> str:
    """A well-formed code that is not R_0."""
    return world.resume_code(1000 + n)


def test_a_whole_sitting_ends_with_a_sealed_record(world: World) -> None:
    """From the start code to the receipt: the record folds to what was shown, and no key is left on the kiosk."""
    runner = world.testing()
    first = item_of(runner.view()).item.id
    view = accepted(runner.submit(p.Answer(first, chosen("A"))))
    assert view.marks == "*...."
    view = accepted(runner.submit(p.HandIn(4, 0)))
    assert view.phase is Phase.FINISHED
    assert view.ending is not None
    assert (view.ending.answered, view.ending.unanswered, view.ending.flagged) == (1, 4, 0)
    assert view.ending.exported == handover.EXPORTED
    assert len(view.ending.receipt.replace(" ", "")) == 13
    record, _ = sealed(world)
    assert record.outcome is Outcome.COMPLETED
    assert (record.candidate, record.answer(first).response) == (CANDIDATE, chosen("A"))
    folder = world.station / "sittings" / SITTING
    assert not (folder / seating.WRAP).exists()
    assert not (folder / "reserve").exists()
    runner.submit(p.Leave())
    assert runner.finished


def test_every_screen_of_the_way_in_says_who_and_where(world: World) -> None:
    """Kiosk, site, sitting, support, name, agreement n of m, instructions and the candidate's own limit are there."""
    runner = world.runner()
    view = runner.view()
    assert (view.phase, view.kiosk, view.site, view.sitting) == (Phase.LOCKED, "kiosk-01", "west", SITTING)
    view = accepted(runner.submit(p.EnterStartCode(world.resume_code(0).lower())))
    assert (view.phase, view.title, view.support) == (Phase.SIGN_IN, "Practice", "Ada at 555-0100")
    view = accepted(runner.submit(p.SignIn(" c - 2 ".replace(" - ", "-"), world.admission("C-2"))))
    assert (view.phase, view.name) == (Phase.CONFIRM, "Bo Example")
    view = accepted(runner.submit(p.ConfirmIdentity()))
    assert view.agreement is not None
    assert (view.agreement.id, view.agreement_place) == ("nda", "1 of 2")
    runner.submit(p.Accept("nda"))
    assert accepted(runner.submit(p.Accept("conduct"))).phase is Phase.CHECK
    view = accepted(runner.submit(p.ConfirmEquipment(80, 24)))
    assert (view.phase, view.instructions) == (Phase.INSTRUCTIONS, "Answer all.")
    assert view.limit == 3 * HOUR + 10 * MINUTE
    assert accepted(runner.submit(p.Begin())).limit == 3 * HOUR + 10 * MINUTE


def test_no_item_is_decrypted_before_the_agreements(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the check with the start code the form stays shut up to the last agreement; declining seals a record."""

    def never(*_: object) -> None:
        raise AssertionError

    runner = world.runner()
    accepted(runner.submit(p.EnterStartCode(world.resume_code(0))))
    monkeypatch.setattr(Package, "form", never)
    accepted(runner.submit(p.SignIn(CANDIDATE, world.admission())))
    runner.submit(p.ConfirmIdentity())
    runner.submit(p.Accept("nda"))
    view = runner.submit(p.Decline("conduct"))
    assert view.phase is Phase.FINISHED
    assert view.ending is not None
    assert (view.ending.outcome, view.ending.unanswered) == (Outcome.DECLINED_TERMS, 5)
    record, _ = sealed(world)
    assert record.outcome is Outcome.DECLINED_TERMS


def test_wrong_codes_are_counted_over_restart_and_reboot(world: World) -> None:
    """Five wrong start codes are free; the sixth waits, also in a new process and in full after a reboot."""
    runner = world.runner()
    for n in range(5):
        assert refused(runner.submit(p.EnterStartCode(wrong_code(world, n)))) == "code-wrong"
    view = world.runner().submit(p.EnterStartCode(wrong_code(world, 9)))
    assert refused(view) == "code-wait"
    assert view.problem is not None
    assert view.problem.wait == 15_000
    world.clock.pass_by(14_999)
    assert refused(world.runner().submit(p.EnterStartCode(world.resume_code(0)))) == "code-wait"
    world.clock.reboot()
    world.clock.boot = 0
    view = world.runner().submit(p.EnterStartCode(world.resume_code(0)))
    assert refused(view) == "code-wait"
    assert view.problem is not None
    assert view.problem.wait == 15_000
    world.clock.pass_by(15_000)
    assert accepted(world.runner().submit(p.EnterStartCode(world.resume_code(0)))).phase is Phase.SIGN_IN
    assert Station(world.station).file.tries == 0


def test_the_wait_doubles_up_to_five_minutes(world: World) -> None:
    """After five free tries: 15, 30, 60, 120, 240 and then 300 s each; four hours allow 56 guesses."""
    runner = world.runner()
    guesses, end = 0, world.clock.boot + 4 * HOUR
    waits = []
    while world.clock.boot < end:
        view = runner.submit(p.EnterStartCode(wrong_code(world, guesses)))
        assert view.problem is not None
        if view.problem.code == "code-wait":
            waits.append(view.problem.wait // 1000)
            world.clock.pass_by(view.problem.wait)
        else:
            guesses += 1
    assert waits[:7] == [15, 30, 60, 120, 240, 300, 300]
    assert guesses == 56


def test_a_typo_is_not_counted(world: World) -> None:
    """A code whose check character does not fit may be typed any number of times without a wait."""
    runner = world.runner()
    right = world.resume_code(0)
    typo = right[:-1] + ("0" if right[-1] != "0" else "1")
    for _ in range(8):
        assert refused(runner.submit(p.EnterStartCode(typo))) == "code-mistyped"
    assert accepted(runner.submit(p.EnterStartCode(right))).phase is Phase.SIGN_IN


def test_a_try_is_counted_before_it_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies while it looks at a code has already counted it."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    runner = world.runner()
    monkeypatch.setattr("kiosk.unlocking.redeem", die)
    with pytest.raises(KeyboardInterrupt):
        runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert Station(world.station).file.tries == 1


@pytest.mark.parametrize(
    ("candidate", "attempt", "verb", "serial"),
    [
        ("C-2", 1, Verb.ADMIT, 0),
        (CANDIDATE, 2, Verb.ADMIT, 0),
        (CANDIDATE, 1, Verb.END, 1),
        (CANDIDATE, 1, 0, 1),
    ],
)
def test_only_this_candidates_admission_code_admits(
    world: World, candidate: str, attempt: int, verb: int, serial: int
) -> None:
    """Another candidate's code, another attempt's, another verb or serial: refused and counted."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    code = action_code(world.codes, candidate, attempt, verb, serial)
    assert refused(runner.submit(p.SignIn(CANDIDATE, code))) == "code-wrong"
    assert Station(world.station).file.tries == 1
    assert accepted(runner.submit(p.SignIn(CANDIDATE, world.admission()))).phase is Phase.CONFIRM


def test_a_number_that_is_not_on_the_roster_is_told_and_not_counted(world: World) -> None:
    """A roster typo is no wrong code."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert refused(runner.submit(p.SignIn("C-9", world.admission()))) == "candidate-unknown"
    assert Station(world.station).file.tries == 0


def test_commands_of_another_screen_are_refused(world: World) -> None:
    """In every phase a command that belongs elsewhere is refused and changes nothing."""
    early: list[p.Command] = [
        p.EnterResumeCode(world.resume_code(1), credit=True),
        p.Begin(),
        p.Leave(),
        p.Go(1),
    ]
    runner = world.runner()
    assert [refused(runner.submit(command)) for command in early] == ["not-now"] * 4
    runner = world.testing()
    saved = runner.view().saved
    late: list[p.Command] = [
        p.EnterStartCode(world.resume_code(0)),
        p.SignIn("C-1", ""),
        p.Accept("nda"),
        p.Leave(),
    ]
    assert [refused(runner.submit(command)) for command in late] == ["not-now"] * 4
    assert runner.view().saved == saved


def test_setting_the_clock_changes_nothing_but_the_journal(world: World) -> None:
    """A day forward and two back: the remaining time is the same to the millisecond, and both jumps are events."""
    runner = world.testing()
    wait(world, runner, 10 * MINUTE)
    before = runner.view().remaining
    world.clock.wall += 24 * HOUR
    assert runner.tick() == Tick(before)
    world.clock.wall -= 48 * HOUR
    assert runner.tick() == Tick(before)
    world.clock.wall += 24 * HOUR + 1_500
    runner.submit(p.HandIn(5, 0))
    _, entries = sealed(world)
    jumps = [entry.event.by for entry in entries if isinstance(entry.event, e.ClockJumped)]
    assert jumps == [24 * HOUR, -48 * HOUR, 24 * HOUR + 1_500]


def test_time_runs_out_by_itself(world: World) -> None:
    """No key is needed: at the limit the record is sealed with the limit then in force, and a late answer is none."""
    runner = world.testing()
    item = item_of(runner.view()).item.id
    assert wait(world, runner, 2 * HOUR - 1) == Tick(1)
    runner.submit(p.Answer(item, chosen("A")))
    world.clock.pass_by(1)
    view = runner.submit(p.Answer(item, chosen("B")))
    assert view.phase is Phase.FINISHED
    record, entries = sealed(world)
    assert (record.outcome, record.answer(item).response) == (Outcome.TIMED_OUT, chosen("A"))
    assert entries[-1].event == e.TimeExpired(2 * HOUR, 2 * HOUR)


def test_a_tick_alone_ends_the_time(world: World) -> None:
    """The screen is told the end without having asked."""
    runner = world.testing()
    wait(world, runner, 2 * HOUR - 1_000)
    world.clock.pass_by(2_000)
    view = runner.tick()
    assert isinstance(view, p.View)
    assert view.phase is Phase.FINISHED


def test_handing_in_with_stale_counts_is_refused(world: World) -> None:
    """The counts the candidate was shown must be true."""
    runner = world.testing()
    runner.submit(p.Flag(item_of(runner.view()).item.id, on=True))
    assert refused(runner.submit(p.HandIn(5, 0))) == "counts-changed"
    assert runner.submit(p.HandIn(5, 1)).phase is Phase.FINISHED

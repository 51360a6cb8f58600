"""Coming back after a stop: the cause, the time, the code, and stores that were put back."""

from __future__ import annotations

import shutil

import pytest

from keys.carrier import DiskFullError
from keys.primitives import MINIMUM
from keys.vault import create
from kiosk import protocol as p
from kiosk import seating
from kiosk.protocol import Phase
from kiosk.station import Station
from kiosk.store import SCHEMA
from kiosk.suspension import CAUSES
from kiosk.wrap import read_wrap, unwrap
from results.wire import events as e
from results.wire.record import Outcome
from tests.kiosk.forms import HOUR, MINUTE
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted, chosen, refused, wait


def test_a_stop_shows_cause_and_loss_and_gives_the_time_back(world: World) -> None:
    """After a kill: cause, time lost, the same item, answer, flag and strike-outs; credit leaves the time as it was."""
    runner = world.testing()
    question = item_of(runner.view())
    runner.submit(p.Answer(question.item.id, chosen("D")))
    runner.submit(p.Flag(question.item.id, on=True))
    runner.submit(p.Strike(question.item.id, question.order[0], on=True))
    world.clock.pass_by(15_000)
    runner.tick()
    before = runner.view()
    world.clock.pass_by(90_000)
    again = world.runner()
    view = again.view()
    assert (view.phase, view.resume_n, view.lost) == (Phase.SUSPENDED, 1, 90_000)
    assert view.cause == CAUSES[e.ResumeCause.PROGRAM]
    view = accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (view.phase, view.question, view.marks) == (Phase.TESTING, before.question, before.marks)
    assert view.remaining == before.remaining
    again.submit(p.HandIn(4, 1))
    record, entries = sealed(world)
    resumed = [one.event for one in entries if isinstance(one.event, e.SessionResumed)]
    assert resumed == [e.SessionResumed(1, e.ResumeCause.PROGRAM, 90_000, 90_000, 15_000)]
    assert (record.resumes, record.credited) == (1, 90_000)


def test_the_loss_on_the_screen_is_the_loss_in_the_record(world: World) -> None:
    """Killed a few seconds after an answer: each second the screen has the figure, and the one at Y is recorded."""
    runner = world.testing()
    world.clock.pass_by(7_000)
    runner.submit(p.Answer(item_of(runner.view()).item.id, chosen("D")))
    world.clock.pass_by(800)
    runner.tick()
    world.clock.pass_by(40_000)
    again = world.runner()
    assert again.view().lost == 40_800
    world.clock.pass_by(3_000)
    shown = again.tick()
    assert shown == p.Tick(0, 43_800)
    assert refused(again.submit(p.EnterResumeCode(world.resume_code(2), credit=True))) == "code-wrong"
    accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    again.submit(p.HandIn(4, 0))
    _, entries = sealed(world)
    resumed = next(one.event for one in entries if isinstance(one.event, e.SessionResumed))
    assert (resumed.lost, resumed.credited, resumed.elapsed) == (43_800, 43_800, 7_000)


def test_the_check_of_a_code_is_no_lost_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss ends when code and choice arrive, however long the code is looked at."""
    real = seating.return_to

    def slow(*given: object) -> object:
        world.clock.pass_by(4_000)
        return real(*given)  # type: ignore[arg-type]  # the wrapped call's own arguments

    world.testing().close()
    world.clock.pass_by(60_000)
    again = world.runner()
    shown = again.view().lost
    monkeypatch.setattr(seating, "return_to", slow)
    view = accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=False)))
    assert (shown, view.remaining) == (60_000, 2 * HOUR - 60_000)


def test_a_pulse_that_cannot_follow_is_left_to_the_heartbeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two heartbeats a pulse that is refused is no problem of the candidate's; what was saved is saved."""

    def full(*_: object) -> None:
        raise DiskFullError(name="pulse.json")

    runner = world.testing()
    with monkeypatch.context() as patch:
        patch.setattr(seating, "write_pulse", full)
        runner.submit(p.Go(1))
        world.clock.pass_by(1_000)
        assert isinstance(runner.tick(), p.Tick)
    assert (
        accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True))).phase
        is Phase.TESTING
    )


def test_a_charged_stop_takes_the_time(world: World) -> None:
    """Within one boot the charge is exact, down to the end of the test."""
    runner = world.testing()
    world.clock.pass_by(1_000)
    runner.submit(p.Go(1))
    world.clock.pass_by(60_000)
    view = accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=False)))
    assert view.remaining == 2 * HOUR - 61_000
    world.clock.pass_by(3 * HOUR)
    again = world.runner()
    again.submit(p.EnterResumeCode(world.resume_code(2), credit=False))
    ended = again.tick()
    assert isinstance(ended, p.View)
    assert ended.phase is Phase.FINISHED
    record, _ = sealed(world)
    assert record.outcome is Outcome.TIMED_OUT


def test_a_wrong_clock_after_a_power_cut_cannot_end_the_test(world: World) -> None:
    """Across a reboot into next week a charge leaves five minutes, and the record holds both measures."""
    world.testing()
    world.clock.reboot(7 * 24 * HOUR)
    again = world.runner()
    assert again.view().cause == CAUSES[e.ResumeCause.MACHINE]
    view = accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=False)))
    assert (view.phase, view.remaining) == (Phase.TESTING, 5 * MINUTE)
    again.submit(p.HandIn(5, 0))
    _, entries = sealed(world)
    resumed = next(one.event for one in entries if isinstance(one.event, e.SessionResumed))
    assert (resumed.lost, resumed.credited, resumed.elapsed) == (7 * 24 * HOUR, 0, 2 * HOUR - 5 * MINUTE)


def test_a_clock_that_went_back_asks_the_proctor(world: World) -> None:
    """Booted an hour in the past: nothing counts as lost, it is said in words, and the resume code answers it."""
    runner = world.testing()
    wait(world, runner, 10 * MINUTE)
    world.clock.reboot(-MINUTE)
    again = world.runner()
    view = again.view()
    assert refused(view) == "clock-earlier"
    assert view.lost == 0
    assert accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True))).phase is Phase.TESTING


def test_each_resume_code_works_once(world: World) -> None:
    """R_2 does not open before R_1, R_1 not twice, and each stop asks for the next."""
    world.testing()
    runner = world.runner()
    assert refused(runner.submit(p.EnterResumeCode(world.resume_code(2), credit=True))) == "code-wrong"
    assert runner.view().phase is Phase.SUSPENDED
    accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    again = world.runner()
    assert again.view().resume_n == 2
    assert refused(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True))) == "code-wrong"
    assert accepted(again.submit(p.EnterResumeCode(world.resume_code(2), credit=True))).phase is Phase.TESTING


@pytest.mark.parametrize("step", range(5))
def test_a_stop_before_the_test_comes_back_to_the_same_screen(world: World, step: int) -> None:
    """At every screen of the way in, a stop comes back to it; no exam time was lost."""
    commands: list[p.Command] = [
        p.SignIn(CANDIDATE, world.admission()),
        p.ConfirmIdentity(),
        p.Accept("nda"),
        p.Accept("conduct"),
    ]
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    for command in commands[:step]:
        accepted(runner.submit(command))
    before = runner.view()
    world.clock.pass_by(HOUR)
    again = world.runner()
    assert again.view().lost == 0
    view = accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (view.phase, view.agreement, view.name) == (before.phase, before.agreement, before.name)


def test_the_route_is_the_same_after_a_restart(world: World) -> None:
    """Items and options come in the recorded order again."""
    runner = world.testing()
    orders = [item_of(accepted(runner.submit(p.Go(index)))) for index in (1, 2, 0)]
    again = world.runner()
    again.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    for index, before in zip((1, 2, 0), orders, strict=True):
        after = item_of(again.submit(p.Go(index)))
        assert (after.item.id, after.order) == (before.item.id, before.order)


def test_a_put_back_vault_is_refused(world: World) -> None:
    """An older copy of the vault passes its own checks; the pulse outside knows a later head."""
    runner = world.testing()
    folder = world.station / "sittings" / SITTING
    shutil.copy(folder / "vault.db", world.folder / "older.db")
    runner.submit(p.Go(1))
    world.clock.pass_by(15_000)
    runner.tick()
    runner.close()
    shutil.copy(world.folder / "older.db", folder / "vault.db")
    (folder / "vault.db-journal").unlink(missing_ok=True)
    again = world.runner()
    view = again.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert (view.phase, refused(view)) == (Phase.STOPPED, "store-put-back")


def test_a_put_back_wrap_is_refused(world: World) -> None:
    """The wrap of a code that was used does not come back with its file."""
    world.testing()
    wrap = world.station / "sittings" / SITTING / "wrap.json"
    older = wrap.read_bytes()
    world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    wrap.write_bytes(older)
    view = world.runner().view()
    assert (view.phase, refused(view)) == (Phase.STOPPED, "store-put-back")


@pytest.mark.parametrize("name", ["plan.eks", "package.ekp", "pulse.json"])
def test_an_altered_file_stops_the_session(world: World, name: str) -> None:
    """A byte changed in plan, package or pulse on the disk: STOPPED, with a reason."""
    world.testing()
    path = world.station / "sittings" / SITTING / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    view = world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert view.problem is not None
    assert view.phase in {Phase.STOPPED, Phase.SUSPENDED}
    assert view.problem.code in {"local-file-altered", "document-malformed"}


def test_a_sitting_opens_once_on_a_kiosk(world: World) -> None:
    """After the last screen was left, a new unlock of the same sitting is refused here."""
    runner = world.testing()
    runner.submit(p.HandIn(5, 0))
    runner.submit(p.Leave())
    world.unlock("u2")
    assert refused(world.runner().submit(p.EnterStartCode(world.resume_code(0)))) == "sitting-taken"


def test_a_crash_while_taking_the_seat_leaves_it_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the station file knows the seat, the same start code works again."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr(seating, "write_pulse", die)
        with pytest.raises(KeyboardInterrupt):
            runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert accepted(world.runner().submit(p.EnterStartCode(world.resume_code(0)))).phase is Phase.SIGN_IN


def test_a_vault_in_the_way_is_moved_aside_whole(world: World) -> None:
    """A station file that lost a live seat: the start code opens anew, and the vault with its answers stays."""
    runner = world.testing()
    runner.submit(p.Answer(item_of(runner.view()).item.id, chosen("A")))
    runner.close()
    folder, aside = world.station / "sittings" / SITTING, world.station / "aside" / SITTING
    vault = (folder / "vault.db").read_bytes()
    Station(world.station).keep(seats=())
    accepted(world.runner().submit(p.EnterStartCode(world.resume_code(0))))
    assert (aside / "1" / "vault.db").read_bytes() == vault
    assert {path.name for path in (aside / "1").iterdir()} >= {"wrap.json", "escrow.json", "plan.eks"}
    Station(world.station).keep(seats=())
    again = world.testing()
    assert sorted(path.name for path in aside.iterdir()) == ["1", "2"]
    again.submit(p.HandIn(5, 0))
    assert (aside / "1" / "vault.db").read_bytes() == vault
    assert not list(aside.glob("*/wrap.json"))


def test_a_vault_without_a_first_entry_is_one_that_was_put_back(world: World) -> None:
    """Under the right key, whole, and empty: STOPPED with the reason, and no error of ours."""
    world.testing().close()
    folder = world.station / "sittings" / SITTING
    wrapped = read_wrap((folder / "wrap.json").read_bytes())
    secret = Station(world.station).keys.local_secret
    key = unwrap(wrapped, world.resume_code(1), secret, floor=MINIMUM)
    (folder / "vault.db").unlink()
    (folder / "vault.db-journal").unlink(missing_ok=True)
    create(folder / "vault.db", key, SCHEMA).close()
    view = world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert (view.phase, refused(view)) == (Phase.STOPPED, "store-put-back")


def test_a_wrap_that_was_replaced_is_overwritten(world: World) -> None:
    """After a resume the blocks of the old wrap hold nothing of it, and the new one opens with the next code."""
    world.testing().close()
    path = world.station / "sittings" / SITTING / "wrap.json"
    with path.open("rb") as old:
        size = len(old.read())
        accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
        old.seek(0)
        assert old.read() == bytes(size)
    accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(2), credit=True)))


def test_a_wrap_that_cannot_be_replaced_is_left_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new wrap does not fit on the disk: the old one still opens the session with the same code."""

    def full(*_: object) -> None:
        raise DiskFullError(name="wrap.json")

    world.testing().close()
    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr("keys.erasing.write_file", full)
        view = runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert (view.phase, refused(view)) == (Phase.SUSPENDED, "disk-full")
    assert (
        accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))).phase is Phase.TESTING
    )


def test_a_crash_between_wrap_and_station_file_goes_on_with_the_later_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrap for R_2 is written and the station file still says 1: R_2 resumes, R_1 does not."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    world.testing()
    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr(Station, "keep_seat", die)
        with pytest.raises(KeyboardInterrupt):
            runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    again = world.runner()
    assert again.view().resume_n == 2
    assert accepted(again.submit(p.EnterResumeCode(world.resume_code(2), credit=True))).phase is Phase.TESTING

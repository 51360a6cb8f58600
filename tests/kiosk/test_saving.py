"""What counts as saved: appends that fail, full disks, records that cannot be sealed or exported yet."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

import pytest

from keys.errors import ExamKioskError
from keys.vault import Vault, VaultFullError, VaultWriteError
from kiosk import handover
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.runner import Runner
from kiosk.station import Station
from results.wire import events as e
from results.wire.record import Outcome
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import SITTING, World, accepted, chosen, refused


def failing(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, error: type[ExamKioskError], times: int
) -> list[str]:
    """Make COMMIT fail so many times, before it is done."""
    tried: list[str] = []
    real = Vault.execute

    def execute(self: Vault, sql: str, parameters: object = ()) -> object:
        if sql == "COMMIT" and len(tried) < times:
            tried.append(sql)
            self.close()
            raise error(name="vault.db")
        return real(self, sql, parameters)  # type: ignore[arg-type]  # the wrapped call's own arguments

    monkeypatch.setattr(Vault, "execute", execute)
    return tried


def test_an_append_that_fails_once_is_done_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is closed, the store opened again, the chain verified, the answer appended once."""
    runner = world.testing()
    item = item_of(runner.view()).item.id
    tried = failing(runner, monkeypatch, VaultWriteError, 1)
    view = accepted(runner.submit(p.Answer(item, chosen("A"))))
    assert len(tried) == 1
    assert item_of(view).response == chosen("A")
    runner.submit(p.HandIn(4, 0))
    record, _ = sealed(world)
    assert record.answer(item).response == chosen("A")


def test_an_append_that_cannot_succeed_never_says_saved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When every try fails the phase is STOPPED and calls the proctor; the next process has everything before it."""
    runner = world.testing()
    before = runner.view()
    item = item_of(before).item.id
    with monkeypatch.context() as patch:
        failing(runner, patch, VaultWriteError, 99)
        view = runner.submit(p.Answer(item, chosen("A")))
    assert (view.phase, refused(view), view.question) == (Phase.STOPPED, "store-failed", None)
    assert view.problem is not None
    assert "Proctor: make room" in view.problem.next_step
    assert f"{view.problem.what} {view.problem.next_step}".count("not saved") == 0
    assert (view.resume_n, view.support) == (1, "Ada at 555-0100")
    assert runner.submit(p.Answer(item, chosen("A"))).phase is Phase.STOPPED
    assert runner.tick() is None
    view = accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert item_of(view).response is None
    assert view.saved == before.saved + 1


def test_a_full_disk_gives_back_the_reserve(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first append that does not fit frees the reserve file and is saved."""
    runner = world.testing()
    reserve = world.station / "sittings" / SITTING / "reserve"
    assert reserve.stat().st_size == 4 * 1024 * 1024
    failing(runner, monkeypatch, VaultFullError, 1)
    accepted(runner.submit(p.Go(1)))
    assert not reserve.exists()


def test_the_reserve_is_taken_again_when_there_is_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the reserve is given up every view says so; a heartbeat takes it again once the disk has ample room."""
    runner = world.testing()
    reserve = world.station / "sittings" / SITTING / "reserve"
    assert not runner.view().disk_low
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.store.AMPLE", 2**62)
        failing(runner, patch, VaultFullError, 1)
        assert accepted(runner.submit(p.Go(1))).disk_low
        world.clock.pass_by(15_000)
        assert isinstance(runner.tick(), p.Tick)
        assert not reserve.exists()
    world.clock.pass_by(15_000)
    told = runner.tick()
    assert isinstance(told, p.View)
    assert not told.disk_low
    assert reserve.stat().st_size == 4 * 1024 * 1024


def test_a_stopped_session_starts_again_on_the_proctors_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only in STOPPED: the runner ends for a fresh process, which asks for the code that was named."""
    runner = world.testing()
    assert refused(runner.submit(p.StartAgain())) == "not-now"
    assert not runner.again
    with monkeypatch.context() as patch:
        failing(runner, patch, VaultFullError, 99)
        stopped = runner.submit(p.Go(1))
    assert stopped.phase is Phase.STOPPED
    runner.submit(p.StartAgain())
    assert (runner.again, runner.finished) == (True, False)
    runner.close()
    view = world.runner().view()
    assert (view.phase, view.resume_n) == (Phase.SUSPENDED, stopped.resume_n)


def test_a_record_that_cannot_be_sealed_yet_is_sealed_later(world: World) -> None:
    """The outbox cannot be written at hand-in: STOPPED says so, nothing is destroyed, and a later tick succeeds."""
    runner = world.testing()
    (world.station / "outbox").write_bytes(b"in the way")
    view = runner.submit(p.HandIn(5, 0))
    assert view.phase is Phase.STOPPED
    assert view.problem is not None
    assert (world.station / "sittings" / SITTING / "wrap.json").exists()
    (world.station / "outbox").unlink()
    world.clock.pass_by(15_000)
    later = runner.tick()
    assert isinstance(later, p.View)
    assert later.phase is Phase.FINISHED


def test_a_stop_between_the_end_and_the_seal_is_mended_by_a_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after handing in: the next resume code seals the record, with no event after the terminal one."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    runner = world.testing()
    with monkeypatch.context() as patch:
        patch.setattr(handover, "seal", die)
        with pytest.raises(KeyboardInterrupt):
            runner.submit(p.HandIn(5, 0))
    view = world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert view.phase is Phase.FINISHED
    record, entries = sealed(world)
    assert isinstance(entries[-1].event, e.HandedIn)
    assert record.outcome is Outcome.COMPLETED


def test_a_stop_on_the_last_screen_shows_it_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between noting the end and destroying the keys: the next process does that and shows the same receipt."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    runner = world.testing()
    with monkeypatch.context() as patch:
        patch.setattr(handover, "destroy", die)
        with pytest.raises(KeyboardInterrupt):
            runner.submit(p.HandIn(5, 0))
    again = world.runner()
    view = again.view()
    assert view.phase is Phase.FINISHED
    assert view.ending is not None
    assert view.ending.receipt
    assert not (world.station / "sittings" / SITTING / "wrap.json").exists()
    again.submit(p.Leave())
    assert world.runner().view().phase is Phase.LOCKED


def test_a_record_without_a_carrier_waits_in_the_outbox(world: World) -> None:
    """The carrier was pulled: the last screen says so, the outbox has the record, and a later export puts it there."""
    runner = world.testing()
    world.carrier.root.rename(world.folder / "pulled")
    view = runner.submit(p.HandIn(5, 0))
    assert view.ending is not None
    assert view.ending.exported.startswith("The carrier is not in. The record is safe on this kiosk")
    assert "/" not in view.ending.exported
    (world.folder / "pulled").rename(world.carrier.root)
    (exported,) = handover.export(Station(world.station), world.carrier)
    assert world.carrier.exists(exported.name)
    assert len(handover.waiting(Station(world.station))) == 1
    record, _ = sealed(world)
    assert record.outcome is Outcome.COMPLETED


def test_ending_on_a_failing_disk_is_quiet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last heartbeat cannot be written when the supervisor hangs up: the process ends, and nothing is lost."""
    runner = world.testing()
    runner.submit(p.Go(1))
    saved = runner.view().saved
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "execute", lambda *_: _fail())
        runner.close()
    view = accepted(world.runner().submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert view.saved == saved + 1


REFUSED = [
    "kiosk.unlocking.find",
    "kiosk.unlocking.redeem",
    "kiosk.seating.create_store",
    "kiosk.seating.seal_vault_key",
    "kiosk.seating.write_over",
    "kiosk.seating.write_pulse",
    "kiosk.station.write_local",
]


@pytest.mark.parametrize("where", REFUSED)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.ENOENT, errno.EROFS])
def test_what_the_system_refuses_is_a_problem_and_no_end(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    """A full disk or a pulled drive under any step of unlocking: a code and a reason, and the next try succeeds."""
    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr(where, _refusing(number))
        view = runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert (view.phase, refused(view)) == (Phase.LOCKED, "machine-refused")
    assert view.problem is not None
    assert os.strerror(number) in view.problem.what
    assert accepted(runner.submit(p.EnterStartCode(world.resume_code(0)))).phase is Phase.SIGN_IN


@pytest.mark.parametrize(
    "where", ["kiosk.unlocking.find", "kiosk.seating.planned", "kiosk.seating.read_pulse"]
)
def test_a_start_that_the_system_refuses_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A fresh process whose first look fails is there to say so."""
    if where != "kiosk.unlocking.find":
        world.testing().close()
    monkeypatch.setattr(where, _refusing(errno.EIO))
    assert refused(world.runner().view()) == "machine-refused"


def test_a_resume_that_the_system_refuses_can_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package cannot be read for a moment: the vault is let go, and the same code resumes."""
    world.testing().close()
    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.seating.read_pulse", _refusing(errno.EIO))
        view = runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert (view.phase, refused(view)) == (Phase.SUSPENDED, "machine-refused")
    assert (
        accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))).phase is Phase.TESTING
    )


def test_an_append_that_the_system_refuses_is_saved_or_stops(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused once it is done again; refused for good it is never called saved."""
    runner = world.testing()
    item = item_of(runner.view()).item.id
    real = Vault.execute
    left = [1]

    def execute(self: Vault, sql: str, parameters: object = ()) -> object:
        if sql == "COMMIT" and left[0]:
            left[0] -= 1
            raise OSError(errno.EIO, "input/output error")
        return real(self, sql, parameters)  # type: ignore[arg-type]  # the wrapped call's own arguments

    monkeypatch.setattr(Vault, "execute", execute)
    assert item_of(accepted(runner.submit(p.Answer(item, chosen("A"))))).response == chosen("A")
    left[0] = 99
    view = runner.submit(p.Answer(item, chosen("B")))
    assert (view.phase, refused(view)) == (Phase.STOPPED, "store-failed")


def test_a_seal_that_the_system_refuses_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At hand-in the disk is full below everything: STOPPED with the reason, and a later tick seals."""
    runner = world.testing()
    with monkeypatch.context() as patch:
        patch.setattr(handover, "seal", _refusing(errno.ENOSPC))
        view = runner.submit(p.HandIn(5, 0))
    assert (view.phase, refused(view)) == (Phase.STOPPED, "machine-refused")
    world.clock.pass_by(15_000)
    later = runner.tick()
    assert isinstance(later, p.View)
    assert later.phase is Phase.FINISHED


def test_what_nobody_foresaw_ends_the_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that is neither ours nor the system's is not hidden behind a problem."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    runner = world.testing()
    monkeypatch.setattr("kiosk.session.decide", broken)
    with pytest.raises(RuntimeError):
        runner.submit(p.Go(1))


def _refusing(number: int) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def _fail() -> None:
    raise VaultWriteError(name="vault.db")

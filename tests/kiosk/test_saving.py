"""What counts as saved: appends that fail, full disks, records that cannot be sealed or exported yet."""

from __future__ import annotations

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
    assert "proctor" in view.problem.next_step
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
    assert "not yet on a carrier" in view.ending.exported
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


def _fail() -> None:
    raise VaultWriteError(name="vault.db")

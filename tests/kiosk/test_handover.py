"""How a session ends on the kiosk: what opens it is destroyed, then the record is exported, then the screen is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from keys.carrier import DiskRefusedError
from kiosk import handover
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.store import Store
from tests.kiosk.reading import sealed
from tests.kiosk.world import SITTING, World, accepted, refused


def wrap(world: World) -> Path:
    """Where the sitting's local wrap is."""
    return world.station / "sittings" / SITTING / "wrap.json"


def refusing(path: Path) -> None:
    """Erase nothing: the disk refuses."""
    raise DiskRefusedError(name=path.name)


def noting(monkeypatch: pytest.MonkeyPatch, where: object, name: str, done: list[str]) -> None:
    """Let a function say that it was called, and then do what it does."""
    real: Callable[..., object] = getattr(where, name)

    def noted(*args: object) -> object:
        done.append(name)
        return real(*args)

    monkeypatch.setattr(where, name, noted)


def test_the_wrap_goes_before_the_secrets_and_both_before_the_export(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier that hangs or is pulled keeps nothing alive that opens the sitting."""
    runner, done = world.testing(), list[str]()
    noting(monkeypatch, handover, "erase", done)
    noting(monkeypatch, Store, "forget", done)
    noting(monkeypatch, handover, "try_export", done)
    accepted(runner.submit(p.HandIn(5, 0)))
    assert done == ["erase", "forget", "try_export"]


def test_the_last_screen_is_not_left_before_the_wrap_is_erased(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erasing fails at hand-in: the secrets go and the record is exported; leaving tries again, and says what fails."""
    runner, done = world.testing(), list[str]()
    with monkeypatch.context() as patch:
        patch.setattr(handover, "erase", refusing)
        noting(patch, Store, "forget", done)
        view = runner.submit(p.HandIn(5, 0))
        assert (view.phase, refused(view), done) == (Phase.FINISHED, "disk-refused", ["forget"])
        assert view.ending is not None
        assert view.ending.exported == handover.EXPORTED
        sealed(world)
        view = runner.submit(p.Leave())
        assert (view.phase, refused(view), runner.finished) == (Phase.FINISHED, "disk-refused", False)
        assert wrap(world).exists()
    accepted(runner.submit(p.Leave()))
    assert runner.finished
    assert not wrap(world).exists()
    assert world.runner().view().phase is Phase.LOCKED


def test_a_fresh_process_that_cannot_erase_is_not_left_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started again on the last screen with the disk still refusing: the problem is told and leaving is refused."""
    monkeypatch.setattr(handover, "erase", refusing)
    world.testing().submit(p.HandIn(5, 0))
    again = world.runner()
    view = again.view()
    assert (view.phase, refused(view)) == (Phase.FINISHED, "disk-refused")
    assert view.ending is not None
    assert view.ending.exported == handover.EXPORTED
    assert refused(again.submit(p.Leave())) == "disk-refused"
    assert not again.finished

"""Writes beside the vault that find the disk full while the sitting's reserve is there: it is given back for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from keys import erasing
from keys.carrier import DiskFullError
from keys.errors import ExamKioskError
from keys.vault import VaultFullError
from kiosk import handover, local_file, seating
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.station import Station
from tests.kiosk.reading import sealed
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted, refused


def reserve(world: World) -> Path:
    """The reserve of the sitting."""
    return world.station / "sittings" / SITTING / "reserve"


def fill(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    error: type[ExamKioskError] = DiskFullError,
    only: dict[str, int] | None = None,
) -> list[str]:
    """Let a write, or only one of these changes, find no room while the reserve is there; it is never taken again."""
    real: Callable[..., object] = getattr(where, name)
    failed: list[str] = []

    def full(*args: object, **changes: object) -> object:
        if reserve(world).exists() and only in (None, changes):
            failed.append(name)
            raise error(name=name)
        return real(*args, **changes)

    monkeypatch.setattr("kiosk.store.AMPLE", 2**62)
    monkeypatch.setattr(where, name, full)
    return failed


@pytest.mark.parametrize(
    ("where", "name", "error"),
    [
        (local_file, "write_file", DiskFullError),
        (seating, "open_store", VaultFullError),
        (erasing, "write_file", DiskFullError),
        (Station, "keep_seat", DiskFullError),
    ],
    ids=["try", "store", "wrap", "seat"],
)
def test_a_resume_code_gets_the_reserve(
    world: World, monkeypatch: pytest.MonkeyPatch, where: object, name: str, error: type[ExamKioskError]
) -> None:
    """After a kill on a full disk every write of coming back is done with the reserve given back, and it is said."""
    world.testing().close()
    runner = world.runner()
    failed = fill(world, monkeypatch, where, name, error)
    view = accepted(runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (view.phase, view.disk_low, failed) == (Phase.TESTING, True, [name])
    assert not reserve(world).exists()
    assert Station(world.station).file.tries == 0


@pytest.mark.parametrize(("name", "only"), [("count_try", None), ("keep", {"tries": 0})])
def test_signing_in_gets_the_reserve(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, only: dict[str, int] | None
) -> None:
    """Counting the code, and forgetting the tries after it was right, both fit once the reserve is given back."""
    runner = world.runner()
    accepted(runner.submit(p.EnterStartCode(world.resume_code(0))))
    failed = fill(world, monkeypatch, Station, name, only=only)
    view = accepted(runner.submit(p.SignIn(CANDIDATE, world.admission())))
    assert (view.phase, view.disk_low, failed) == (Phase.CONFIRM, True, [name])
    assert Station(world.station).file.tries == 0


def test_signing_in_on_a_disk_that_stays_full_can_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the reserve is enough: the problem is told, nothing is counted, and the same code admits later."""

    def full(*_: object) -> None:
        raise DiskFullError(name="station.json")

    runner = world.runner()
    accepted(runner.submit(p.EnterStartCode(world.resume_code(0))))
    with monkeypatch.context() as patch:
        patch.setattr(local_file, "write_file", full)
        view = runner.submit(p.SignIn(CANDIDATE, world.admission()))
    assert (view.phase, refused(view)) == (Phase.SIGN_IN, "disk-full")
    assert Station(world.station).file.tries == 0
    assert accepted(runner.submit(p.SignIn(CANDIDATE, world.admission()))).phase is Phase.CONFIRM


@pytest.mark.parametrize(
    ("where", "name"), [(handover, "write_file"), (Station, "keep_seat")], ids=["seal", "seat"]
)
def test_handing_in_gets_the_reserve(
    world: World, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    """The record and the note that it is sealed both fit once the reserve is given back; nobody is called."""
    runner = world.testing()
    failed = fill(world, monkeypatch, where, name)
    view = accepted(runner.submit(p.HandIn(5, 0)))
    assert (view.phase, failed) == (Phase.FINISHED, [name])
    sealed(world)

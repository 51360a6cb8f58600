"""The first screen waits for no drive: the carrier is read when it stands."""

from __future__ import annotations

import shutil

from keys.primitives import MINIMUM
from kiosk import protocol as p
from kiosk.protocol import Phase, View
from kiosk.runner import Runner
from kiosk.station import Station
from tests.kiosk.world import SITTING, World, accepted, refused


def patient(world: World) -> Runner:
    """A session process as `kiosk.serving` starts it."""
    station = Station(world.station)
    return Runner(station, world.carrier, world.clock, software=lambda: "test", cost=MINIMUM, read_later=True)


def test_the_sitting_is_told_at_the_first_tick(world: World) -> None:
    """Until then the kiosk is locked and says no more; at the second tick there is nothing new."""
    runner = patient(world)
    first = runner.view()
    assert (first.phase, first.sitting, first.problem) == (Phase.LOCKED, "", None)
    told = runner.tick()
    assert isinstance(told, View)
    assert (told.phase, told.sitting, told.problem) == (Phase.LOCKED, SITTING, None)
    assert runner.tick() is None


def test_what_is_wrong_with_the_carrier_is_told_at_the_first_tick(world: World) -> None:
    """A kiosk without its drive says so as soon as it has looked."""
    shutil.rmtree(world.carrier.root)
    runner = patient(world)
    assert runner.view().problem is None
    told = runner.tick()
    assert isinstance(told, View)
    assert refused(told) == "carrier-missing"


def test_a_code_that_comes_first_reads_the_carrier_itself(world: World) -> None:
    """The tick after it looks no more, and takes nothing back."""
    runner = patient(world)
    assert accepted(runner.submit(p.EnterStartCode(world.resume_code(0)))).phase is Phase.SIGN_IN
    runner.tick()
    assert runner.view().phase is Phase.SIGN_IN


def test_a_suspended_kiosk_knows_its_sitting_at_once(world: World) -> None:
    """What is on this machine is read before the first screen."""
    world.testing().close()
    assert patient(world).view().phase is Phase.SUSPENDED

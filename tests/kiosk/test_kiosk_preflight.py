"""The kiosk's preflight: green on a good day, and each check's own red or amber, with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import exam_kiosk
from exam_packages.sitting_plan import KioskSlot, Mode, SittingId
from keys.carrier import Carrier
from keys.encoding import Instant
from keys.identities import new_identity
from keys.preflight import Light, Result
from keys.statement import Role
from kiosk import preflight
from kiosk import protocol as p
from kiosk.preflight import look_over
from kiosk.station import KEYS, ROOT, STATION, Station
from tests.kiosk.forms import HOUR
from tests.kiosk.world import KIOSK, SITTING, World, accepted
from tests.terminal.machines import GOOD

Spoil = Callable[[World], None]


def found(world: World, sitting: str = "", mirror: Path | None = None) -> dict[str, Result]:
    """Each check's answer by its name."""
    results, _ = look_over(world.station, world.carrier, world.clock, GOOD, sitting=sitting, mirror=mirror)
    return {one.name: one for one in results}


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drives with room, whatever the test runs on."""
    monkeypatch.setattr(Carrier, "room", lambda _: 1 << 40)
    monkeypatch.setattr("terminal.preflight.room", lambda _: 1 << 40)


def replan(world: World, **changes: object) -> None:
    """Publish the plan again, changed, and its unlock."""
    world.stage_plan(msgspec.structs.replace(world.plan(), **changes))
    world.publish()


def test_a_kiosk_in_order_is_green_but_for_the_second_medium(world: World) -> None:
    """Everything is; without a second drive there is one amber line, and nothing of the station is changed."""
    before = {path: path.read_bytes() for path in world.station.iterdir() if path.is_file()}
    results, support = look_over(world.station, world.carrier, world.clock, GOOD)
    told = [(one.name, one.light.value) for one in results if one.light is not Light.GREEN]
    assert told == [("Second medium", "amber")], results
    assert support == "Ada at 555-0100"
    assert {path: path.read_bytes() for path in world.station.iterdir() if path.is_file()} == before


def _not_enrolled(world: World) -> None:
    (world.station / KEYS).unlink()


def _forgetful(world: World) -> None:
    (world.station / STATION).unlink()


def _other_root(world: World) -> None:
    (world.station / ROOT).write_bytes(b"{}")


def _behind(world: World) -> None:
    world.clock.wall -= 4000 * 24 * HOUR


def _pulled(world: World) -> None:
    world.carrier.root.rename(world.folder / "pulled")


def _scribbled(world: World) -> None:
    (world.carrier.root / "metadata/timestamp.json").write_bytes(b"{}")


def _revoked(world: World) -> None:
    world.repository.withdraw(world.keys["kiosk"].identity.target())
    world.publish()


def _over(world: World) -> None:
    world.clock.wall += 25 * HOUR


def _not_mine(world: World) -> None:
    replan(world, kiosks=(KioskSlot(world.keys["other"].identity),))


def _long(world: World) -> None:
    replan(world, closes_at=Instant(world.clock.wall + 4000 * 24 * HOUR))


def _unknown_proctor(world: World) -> None:
    stranger = new_identity(Role.PROCTOR, "west", "stranger").identity
    replan(world, proctors=(*world.plan().proctors, stranger))


def _other_package(world: World) -> None:
    raw = (world.folder / "package.ekp").read_bytes()
    world.stage_package(world.form)
    world.publish()
    assert (world.folder / "package.ekp").read_bytes() != raw


def _old_unlock(world: World) -> None:
    world.stage_plan(world.plan())
    world.publish()


def _no_unlock(world: World) -> None:
    shutil.rmtree(world.carrier.root / "unlocks")


def _sitting_here(world: World) -> None:
    world.signed_in().close()


def _wrong_code(world: World) -> None:
    Station(world.station).keep(tries=3)


FAULTS: list[tuple[str, Light, str, Spoil]] = [
    ("Kiosk", Light.RED, "kiosk-not-enrolled", _not_enrolled),
    ("Kiosk", Light.RED, "station-file-missing", _forgetful),
    ("Kiosk", Light.RED, "root.json", _other_root),
    ("Clock", Light.RED, "clock-behind", _behind),
    ("Carrier", Light.RED, "carrier-missing", _pulled),
    ("Root", Light.RED, "carrier-altered", _scribbled),
    ("Approved", Light.RED, "kiosk-not-published", _revoked),
    ("Plan", Light.RED, "no-plan-here", _over),
    ("Plan", Light.RED, "no-plan-here", _not_mine),
    ("Lists last", Light.RED, "good until", _long),
    ("People", Light.RED, "stranger", _unknown_proctor),
    ("Package", Light.RED, "package-not-planned", _other_package),
    ("Unlock file", Light.RED, "unlock-mismatch", _old_unlock),
    ("Unlock file", Light.AMBER, "none yet", _no_unlock),
    ("Seat", Light.RED, "opened on this kiosk before", _sitting_here),
    ("Codes", Light.AMBER, "3 wrong codes", _wrong_code),
]


@pytest.mark.parametrize(("name", "light", "told", "spoil"), FAULTS)
def test_each_check_finds_its_own_fault(
    name: str, light: Light, told: str, spoil: Spoil, world: World
) -> None:
    """What is spoilt is told under its own name, and there is something to do about it."""
    spoil(world)
    one = found(world)[name]
    assert (one.light, told in one.told) == (light, True), one
    assert one.fix


def test_what_a_package_demands_is_compared_with_what_this_kiosk_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demand that is beyond this program is red the day before, not at the start."""
    monkeypatch.setattr("kiosk.delivery.DELIVERED", frozenset())
    assert "form-not-deliverable" in found(world)["Package"].told


def test_a_kiosk_that_runs_is_not_looked_over(world: World) -> None:
    """While somebody sits there, the preflight keeps its hands off."""
    with Station(world.station).alone():
        assert "kiosk-running" in found(world)["Kiosk"].told


def test_the_next_sitting_is_meant_unless_one_is_named(world: World) -> None:
    """Of two plans, the one that opens first and is not over; a name chooses, and an unknown one is told."""
    now = world.clock.wall
    changes = {
        "sitting": SittingId("west-0"),
        "opens_at": Instant(now - 2 * HOUR),
        "closes_at": Instant(now - HOUR),
    }
    replan(world, **changes)
    later = {"sitting": SittingId("west-2"), "opens_at": Instant(now + HOUR), "mode": Mode.REHEARSAL}
    replan(world, **later)
    assert found(world)["Plan"].told.startswith(f"{SITTING}:")
    named = found(world, "west-2")
    assert named["Plan"].told.startswith("REHEARSAL west-2:")
    assert named["Unlock file"].told == "There is none yet. The desk writes it on the day."
    assert "over by this clock" in found(world, "west-0")["Plan"].told
    assert "not-published" in found(world, "west-3")["Plan"].told


def test_a_session_that_is_not_over_is_in_the_way(world: World) -> None:
    """The kiosk of a candidate who never handed in takes nobody else; an ended one must be left first."""
    runner = world.testing()
    replan(world, sitting=SittingId("west-2"))
    assert "is not over" in found(world, "west-2")["Seat"].told
    view = runner.submit(p.HandIn(unanswered=len(world.form.items), flagged=0))
    accepted(view)
    runner.close()
    assert found(world, "west-2")["Seat"].light is Light.AMBER


def test_a_second_medium_is_tried_out(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing and full are red, the kiosk's own disk is amber, another drive is written to and read back."""
    medium = tmp_path / "medium"
    assert "carrier-missing" in found(world, mirror=medium)["Second medium"].told
    medium.mkdir()
    assert "same disk" in found(world, mirror=medium)["Second medium"].told
    tried: list[int] = []
    monkeypatch.setattr(Carrier, "try_out", lambda _, size: tried.append(size))
    monkeypatch.setattr(preflight, "_beside", lambda _look, _medium: False)
    assert found(world, mirror=medium)["Second medium"].light is Light.GREEN
    assert len(tried) == 2
    monkeypatch.setattr(Carrier, "room", lambda _: 1)
    assert found(world, mirror=medium)["Second medium"].light is Light.RED


def test_the_command_shows_no_item_and_ends_as_it_found(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 0 with amber, 1 with red; one object with --json."""
    monkeypatch.setattr("terminal.machine.look", lambda **_: GOOD)
    where = ["kiosk", "preflight", "--station", str(world.station), "--carrier", str(world.carrier.root)]
    assert exam_kiosk.run(where) == 0
    told = capsys.readouterr().out
    assert "Support: Ada at 555-0100" in told
    assert KIOSK in told
    assert world.resume_code(0) not in told
    _revoked(world)
    assert exam_kiosk.run([*where, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["light"] == "red"
    assert [one["name"] for one in answer["checks"] if one["light"] == "red"] == ["Approved"]

"""Salvage, receipts and purge as people run them: words, JSON and status at the kiosk and at the centre."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys import keystore
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from kiosk import protocol as p
from results.centre import cli
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted

PASSPHRASE = "correct horse battery"


def piped() -> str:
    """A descriptor with the passphrase to read."""
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    return str(reading)


class Commands:
    """Runs commands of a world's kiosk and centre."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self.capsys = world, capsys

    def kiosk(self, name: str, *, status: int = 0) -> dict[str, Any]:
        """A command of the kiosk with its carrier."""
        where = ("--station", str(self.world.station), "--carrier", str(self.world.carrier.root))
        return self._run("kiosk", name, *where, status=status)

    def centre(self, name: str, *words: object, status: int = 0) -> dict[str, Any]:
        """A command of the centre with its key."""
        folder = ("--centre", str(self.world.folder), "--passphrase-fd", piped())
        more = ("--intake-passphrase-fd", piped()) if name == "receipts" else ()
        return self._run("results", name, *map(str, words), *folder, *more, status=status)

    def _run(self, *words: str, status: int) -> dict[str, Any]:
        self.capsys.readouterr()
        assert exam_kiosk.run([*words, "--json"]) == status, self.capsys.readouterr()
        told = self.capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        answered: dict[str, Any] = json.loads(told.out)
        return answered


@pytest.fixture
def commands(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    """A centre beside the kiosk's world, its keys locked with the least work."""

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(cli.asking, "load_private", cheap)
    for name in ("centre", "intake"):
        keystore.save_private(world.folder / f"keys/{name}.key", world.keys[name], PASSPHRASE, MINIMUM)
    return Commands(world, capsys)


def test_a_finished_session_is_confirmed_and_purged_by_commands(commands: Commands, tmp_path: Path) -> None:
    """Nothing goes before the receipt; with it everything does, and status says that the sitting was here."""
    world = commands.world
    runner = world.testing()
    accepted(runner.submit(p.HandIn(5, 0)))
    accepted(runner.submit(p.Leave()))
    runner.close()
    early = commands.kiosk("purge", status=3)
    assert (early["gone"], {one["code"] for one in early["stayed"]}) == (
        [],
        {"receipt-missing", "record-unconfirmed"},
    )
    commands.centre("import", world.carrier.root / "records")
    made = commands.centre("receipts", "--backup", tmp_path / "copy")
    assert [(one["sitting"], one["confirmed"], one["held"]) for one in made["receipts"]] == [(SITTING, 1, 0)]
    assert not commands.centre("receipts", "--backup", tmp_path / "copy")["receipts"][0]["new"]
    world.publish()
    done = commands.kiosk("purge")
    assert (len(done["gone"]), done["stayed"]) == (2, [])
    assert "flash" in done["not_promised"]
    capsys = commands.capsys
    assert exam_kiosk.run(["kiosk", "status", "--station", str(world.station)]) == 0
    assert f"{SITTING}: over, and nothing of it is left here" in capsys.readouterr().out


def test_a_dead_kiosks_disk_is_carried_and_held_by_commands(commands: Commands) -> None:
    """The disk without its key gives the candidate to the centre, in quarantine, and no receipt lets it be purged."""
    world = commands.world
    world.testing().close()
    (world.station / "station.key").chmod(0o000)
    carried = commands.kiosk("salvage")
    (one,) = carried["taken"]
    found = commands.centre("salvage", world.carrier.root / one["name"], status=3)
    (session,) = found["salvaged"]
    assert (session["code"], session["candidate"], session["outcome"]) == (
        "salvaged",
        CANDIDATE,
        "unfinished",
    )
    held = commands.centre("quarantine", "list")["quarantined"]
    assert [(row["code"], row["candidate"]) for row in held] == [("salvaged", CANDIDATE)]
    made = commands.centre("receipts", "--backup", world.folder / "copy")
    assert [(row["confirmed"], row["held"]) for row in made["receipts"]] == [(0, 1)]

"""`exam-kiosk results station` from the closing carrier to the centre's check."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys import keystore
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from tests.results import centres
from tests.results.station import event as ev

PASSPHRASE = "correct horse battery"
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command at the station or the centre; its status and JSON."""
    trusted = centres.publish(ev.W, tmp_path / "published")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    for folder, who in (("station", ev.STATION), ("centre", ev.W.centre)):
        keystore.save_private(tmp_path / folder / "keys/centre.key", who, PASSPHRASE, MINIMUM)
        keystore.save_private(tmp_path / folder / "keys/scoring.key", ev.W.scoring, PASSPHRASE, MINIMUM)
    centres.exam_folder(ev.W, tmp_path / "exam")

    def command(at: str, *words: object, keys: int = 1) -> tuple[int, Any]:
        descriptors: list[int] = []
        given = ["results", *(str(one) for one in words), "--centre", str(tmp_path / at), "--json"]
        for option in ("--passphrase-fd", "--scoring-passphrase-fd")[:keys]:
            reading, writing = os.pipe()
            os.write(writing, f"{PASSPHRASE}\n".encode())
            os.close(writing)
            descriptors.append(reading)
            given += [option, str(reading)]
        status = exam_kiosk.run(given)
        for one in descriptors:
            os.close(one)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, json.loads(out.out)

    return command


def test_a_day_at_an_event(run: Run, tmp_path: Path) -> None:
    """Import, score, slips, hand over; at the centre import, score and check: everything agrees."""
    carrier = ev.carrier(tmp_path / "carrier")
    status, taken = run("station", "station", "import", carrier)
    assert (status, taken["admitted"], taken["quarantined"]) == (3, 3, 1)
    exam = ("--exam-folder", tmp_path / "exam")
    _, told = run("station", "score", *exam, keys=2)
    named = ("--run", told["run"])
    status, made = run("station", "station", "slips", *named, "--out", tmp_path / "slips")
    assert (status, len(made["slips"]), made["without"]) == (0, 3, 0)
    drive = tmp_path / "drive"
    status, done = run("station", "station", "hand-over", *named, "--to", drive, keys=2)
    assert (status, done["files"], done["results"]) == (0, 3, 3)
    for place in (drive, carrier, drive):
        run("centre", "import", place)
    _, scored = run("centre", "score", *exam, keys=2)
    assert scored["run"] == told["run"]
    status, found = run("centre", "station", "check", drive, "--run", scored["run"])
    assert (status, found["agree"], found["differences"], found["not_imported"]) == (0, 3, [], [])

"""The report commands as a person or a script uses them: what is written, what the answer says, no traceback."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys import keystore
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from tests.results import builders as b
from tests.results import centres

W = b.world(3, 8)
NOW = b.stamp(24 * b.HOUR)
PASSPHRASE = "correct horse battery"
RECORDS = {n: b.sitting_record(W, n, 3 * n + 2) for n in range(3)}
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A centre on disk with one run; its name."""
    trusted = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    keystore.save_private(tmp_path / "centre/keys/centre.key", W.centre, PASSPHRASE, MINIMUM)
    made = Centre(W.centre, trusted, open_ledger(tmp_path / "centre", W.centre, make=True))
    (tmp_path / "west.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([tmp_path / "west.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), trusted.keyring)
    return score_all(made, inputs, W.scoring.signer(), "0.1.0", NOW)[0].run


@pytest.fixture
def run(scored: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on that run; its status, and its JSON answer or what it said."""

    def command(name: str, *more: object) -> tuple[int, Any]:
        reading, writing = os.pipe()
        os.write(writing, f"{PASSPHRASE}\n".encode())
        os.close(writing)
        words = [
            *("results", name, "--centre", tmp_path / "centre", "--run", scored),
            *("--out", tmp_path / "out", "--passphrase-fd", reading, "--json", *more),
        ]
        status = exam_kiosk.run([str(word) for word in words])
        os.close(reading)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, (json.loads(out.out) if not status else out.out + out.err)

    return command


def test_every_command_writes_what_it_says(run: Run, tmp_path: Path) -> None:
    """Reports, sponsors' reports, test report, tables, QTI and letters: each file of the answer is there."""
    groups = tmp_path / "groups.csv"
    groups.write_text("candidate,group\nC-1001,West\nC-1002,West\nC-9999,East\n", "utf-8")
    found = run("report")[1]
    assert len(found["candidate_reports"]) == 3
    assert all(Path(path).with_suffix(".pdf").is_file() for path in found["candidate_reports"])
    found = run("sponsor-report", "--groups", groups, "--least", 2)[1]
    assert set(found["suppressed"]) == {"West", "In no group"}
    assert found["without_result"] == ["C-9999"]
    assert all(Path(path).is_file() for path in (found["table"], *found["reports"].values()))
    found = run("test-report", "--exam-folder", tmp_path / "exam", "--least", 2)[1]
    assert Path(found["report"]).is_file()
    assert Path(found["items"]).is_file()
    assert len(run("export", "--exam-folder", tmp_path / "exam")[1]["files"]) == 8
    assert len(run("export", "--format", "qti", "--exam-folder", tmp_path / "exam")[1]["files"]) == 3
    found = run("letters")[1]
    assert [Path(path).name for path in found["letters"]] == [f"letter-C-100{n}-1.txt" for n in (1, 2, 3)]


def test_nobody_else_looks_into_what_is_written(run: Run, tmp_path: Path) -> None:
    """Whichever command writes first, the run's folder is its owner's alone."""
    groups, exam = tmp_path / "groups.csv", ("--exam-folder", tmp_path / "exam")
    groups.write_text("candidate,group\nC-1001,West\n", "utf-8")
    commands: dict[str, tuple[object, ...]] = {
        "report": (),
        "letters": (),
        "export": (),
        "test-report": exam,
        "export --format qti": exam,
        "sponsor-report": ("--groups", groups),
    }
    for n, (words, more) in enumerate(commands.items()):
        out = tmp_path / f"out-{n}"
        assert run(*words.split(), *more, "--out", out)[0] == 0
        (folder,) = out.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, words


def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    """QTI without the form, a list without its column, and a template that is not there."""
    status, told = run("export", "--format", "qti")
    assert status
    assert "--exam-folder" in told
    (tmp_path / "groups.csv").write_text("who\n", "utf-8")
    status, told = run("sponsor-report", "--groups", tmp_path / "groups.csv")
    assert status
    assert "groups-unreadable" in told
    status, told = run("letters", "--templates", tmp_path)
    assert status
    assert "letter-template-unfit" in told
    assert not (tmp_path / "out").exists()

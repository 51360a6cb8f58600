"""From a carrier to what people decide: score, hold, compare, reconcile and erase, as commands."""

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
from tests.results import builders as b
from tests.results import centres

W = b.world(3, 12)
PASSPHRASE = "correct horse battery"
RECORDS = {n: b.sitting_record(W, n, 4 * n + 4) for n in range(3)}
WHO = ("--by", "An officer", "--reason", "The seats were too near")

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    trusted = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    monkeypatch.setattr(cli.runs, "version", lambda _: "0.1.0")
    for name, who in (("centre", W.centre), ("scoring", W.scoring)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    centres.exam_folder(W, tmp_path / "exam")
    (tmp_path / "carrier").mkdir()
    (tmp_path / "carrier/west.ekb").write_bytes(b.bundle(W, RECORDS))
    return tmp_path


@pytest.fixture
def run(site: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command at the centre; its status and JSON answer, or its text where `text` says so."""

    def command(*words: object, text: bool = False) -> tuple[int, Any]:
        line = ["results", *(str(one) for one in words), "--centre", str(site / "centre")]
        descriptors = []
        for option in ("--passphrase-fd", "--scoring-passphrase-fd")[: 2 if words[0] == "score" else 1]:
            reading, writing = os.pipe()
            os.write(writing, f"{PASSPHRASE}\n".encode())
            os.close(writing)
            descriptors.append(reading)
            line += [option, str(reading)]
        status = exam_kiosk.run([*line, *([] if text else ["--json"])])
        for one in descriptors:
            os.close(one)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, (out.out + out.err if text else json.loads(out.out or out.err))

    return command


def test_a_result_from_its_run_to_its_release(run: Run, site: Path) -> None:
    """A run is listed and shown; a held result says so until it is released; both acts are listed."""
    run("import", site / "carrier")
    _, scored = run("score", "--exam-folder", site / "exam")
    _, listed = run("runs")
    assert [(one["run"], one["scored"], one["passed"]) for one in listed["runs"]] == [(scored["run"], 3, 1)]
    seat = ("--sitting", W.plan.sitting, "--candidate", b.candidate(1))
    status, held = run("hold", *seat, *WHO)
    assert (status, held["results"], held["form"]) == (0, 1, W.plan.form)
    _, shown = run("show-run", scored["run"])
    assert [one["standing"] and one["standing"]["state"] for one in shown["scores"]] == [None, "held", None]
    assert shown["scores"][0]["score"]["areas"][0]["error"] >= 0
    _, text = run("show-run", scored["run"], text=True)
    assert "(held: The seats were too near)" in text
    assert run("release", *seat, *WHO)[0] == 0
    assert run("invalidate", *seat, *WHO)[0] == 0
    assert run("appeal", "open", *seat, *WHO)[0] == 0
    _, done = run("acts", "--candidate", b.candidate(1))
    assert [one["act"] for one in done["acts"]] == ["hold", "release", "invalidate", "appeal opened"]
    assert {one["by"] for one in done["acts"]} == {"An officer"}
    run("hold", "--sitting", W.plan.sitting, *WHO)
    assert len(run("acts", "--candidate", b.candidate(2))[1]["acts"]) == 1
    assert run("acts", "--candidate", "X-1")[1]["acts"] == []  # nobody of that sitting
    for words, name in ((("--candidate", "X-1"), "candidate X-1"), (("--sitting", "X-1"), "sitting X-1")):
        assert f"The centre knows no {name}." in run("acts", *words, text=True)[1]


def test_who_is_withheld_is_not_counted_among_those_who_pass(run: Run, site: Path) -> None:
    """Of one who passes and one who does not, both held, runs and a further scoring count neither as passed."""
    run("import", site / "carrier")
    score = ("score", "--exam-folder", site / "exam")
    before = run(*score)[1]
    for n in (1, 2):
        run("hold", "--sitting", W.plan.sitting, "--candidate", b.candidate(n), *WHO)
    (listed,) = run("runs")[1]["runs"]
    for held in (listed, run(*score)[1]):
        assert [held[name] for name in ("scored", "passed", "withheld")] == [3, before["passed"] - 1, 2]
    assert "3 scored, 0 passed, 2 withheld" in run("runs", text=True)[1]


def test_an_act_about_nothing_is_refused_in_a_sentence(run: Run, site: Path) -> None:
    """A sitting or candidate that nobody knows, no scope at all, and a release of what is not held."""
    run("import", site / "carrier")
    for words, sentence in (
        (("hold", "--sitting", "nowhere"), "the centre knows no sitting nowhere"),
        (("hold", "--sitting", W.plan.sitting, "--candidate", "X-1"), "the centre knows no candidate X-1"),
        (("hold",), "it names nothing"),
        (("release", "--sitting", W.plan.sitting), "is not held"),
    ):
        status, text = run(*words, *WHO, text=True)
        assert status == 1
        assert sentence in " ".join(text.split())
    assert run("acts")[1]["acts"] == []


def test_two_runs_are_compared_into_a_table(run: Run, site: Path, tmp_path: Path) -> None:
    """The same run twice has no change, and a row for each result in the file."""
    run("import", site / "carrier")
    _, scored = run("score", "--exam-folder", site / "exam")
    status, found = run("compare", scored["run"], scored["run"], "--csv", tmp_path / "changes.csv")
    assert (status, found["same"], found["changed"], found["differs"]) == (0, 3, 0, [])
    assert len((tmp_path / "changes.csv").read_text().splitlines()) == 4


def test_reconciling_ends_with_3_while_something_is_open(run: Run, site: Path) -> None:
    """A loose record alone leaves the sitting open; with its bundle nothing is."""
    (site / "loose").mkdir()
    (site / "loose/a.ekr").write_bytes(RECORDS[0])
    run("import", site / "loose")
    status, found = run("reconcile")
    assert (status, found["open"] > 0) == (3, True)
    run("import", site / "carrier")
    status, found = run("reconcile", "--sitting", W.plan.sitting)
    assert (status, found["open"]) == (0, 0)


def test_retention_is_planned_applied_and_told(run: Run, site: Path) -> None:
    """The plan shows what goes, applying does it with name and reason, and the list tells it afterwards."""
    run("import", site / "carrier")
    run("score", "--exam-folder", site / "exam")
    (site / "centre/retention.toml").write_text("answers = 0\nscores = 36500\n")
    _, plan = run("retention", "plan")
    assert [one["kind"] for one in plan["due"]] == ["answers"] * 3
    seat = ("--sitting", W.plan.sitting, "--candidate", b.candidate(1))
    run("hold", *seat, *WHO)
    (stays,) = run("retention", "plan")[1]["stays"]
    assert (stays["sitting"], stays["candidate"], stays["stays"]) == (W.plan.sitting, b.candidate(1), "held")
    told = f"(sitting {W.plan.sitting}, candidate {b.candidate(1)}): held"
    assert told in run("retention", "plan", text=True)[1]
    run("release", *seat, *WHO)
    status, done = run("retention", "apply", *WHO)
    assert (status, len(done["erased"])) == (0, 3)
    _, told = run("retention", "erased")
    assert {one["rule"] for one in told["erased"]} == {"answers: 0 days after the result"}
    assert run("retention", "plan")[1]["due"] == []
    (site / "centre/retention.toml").write_text("answers = soon\n")
    status, text = run("retention", "plan", text=True)
    assert (status, "retention rules" in text) == (1, True)

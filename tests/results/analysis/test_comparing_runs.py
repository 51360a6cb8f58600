"""`results irt`, `dif`, `similarity` and `equate` say of a run of the ledger what they say of its answers as a CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exam_kiosk
from keys import keystore
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from tests.results import builders as b
from tests.results import centres
from tests.results.analysis.test_comparing import PASSPHRASE, csv, passphrase

SEATS, ITEMS = 80, 8
NAMES = [f"i{n}" for n in range(ITEMS)]
Run = Callable[..., Any]


def answers() -> np.ndarray:
    """What each person chose of each item, 0 to 3, the item's number modulo 4 being right; -1 for nothing."""
    g = np.random.Generator(np.random.PCG64(12))
    chance = 1 / (1 + np.exp(np.linspace(-1, 1, ITEMS) - g.normal(0, 1, (SEATS, 1))))
    key = np.arange(ITEMS) % 4
    wrong = (key + g.integers(1, 4, (SEATS, ITEMS))) % 4
    found: np.ndarray = np.where(g.random((SEATS, ITEMS)) < chance, key, wrong)
    found[g.random((SEATS, ITEMS)) < 0.03] = -1
    return found


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and give its JSON answer."""

    def command(*words: object) -> Any:
        status = exam_kiosk.run(["results", *map(str, words), "--json"])
        out = capsys.readouterr()
        assert status == 0, out.out + out.err
        return json.loads(out.out)

    return command


@pytest.fixture
def scored(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A centre that imported and scored a sitting of these persons; the words that name the run."""
    world, chosen = b.world(SEATS, ITEMS), answers()
    trusted = centres.publish(world, tmp_path / "centre/repository")

    def cheap(path: Path, words: str) -> PrivateIdentity:
        return keystore.load_private(path, words, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    for name, who in (("centre", world.centre), ("scoring", world.scoring)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    centres.exam_folder(world, tmp_path / "exam")
    records = {}
    for n, row in enumerate(chosen):
        said = {NAMES[item]: b.OPTIONS[option] for item, option in enumerate(row) if option >= 0}
        records[n] = b.seal(world, n, b.chain(b.session(world, n, said)))
    (tmp_path / "carrier").mkdir()
    (tmp_path / "carrier/west.ekb").write_bytes(b.bundle(world, records))
    centre = ("--centre", tmp_path / "centre", "--passphrase-fd")
    run("import", tmp_path / "carrier", *centre, passphrase())
    words = ("score", "--exam-folder", tmp_path / "exam", "--scoring-passphrase-fd", passphrase())
    name = run(*words, *centre, passphrase())["run"]
    return ["--run", name, "--exam-folder", tmp_path / "exam", *centre]


def without_names(found: Any) -> Any:
    """The same figures, persons and rooms not named."""
    if isinstance(found, dict):
        aside = ("person", "first", "second", "copier", "sitting", "neighbours")
        return {name: without_names(one) for name, one in found.items() if name not in aside}
    return [without_names(one) for one in found] if isinstance(found, list) else found


def test_a_run_and_a_file_of_its_answers_say_the_same(run: Run, scored: list[object], tmp_path: Path) -> None:
    """Both models, DIF by a file of groups, similar pairs; and a run equated to itself keeps every raw score."""
    chosen = answers()
    letters = np.array(["", *b.OPTIONS])[chosen + 1]
    groups = ["f" if n % 2 else "r" for n in range(SEATS)]
    file = csv(tmp_path / "r.csv", letters, NAMES, {"group": groups})
    key = tmp_path / "key.csv"
    lines = [f"{item},{b.OPTIONS[n % 4]},{''.join(b.OPTIONS)}" for n, item in enumerate(NAMES)]
    key.write_text("\n".join(["item,key,options", *lines, ""]), "utf-8")
    said = tmp_path / "groups.csv"
    rows = [f"{b.candidate(n)},{group}" for n, group in enumerate(groups)]
    said.write_text("\n".join(["candidate,group", *rows, ""]), "utf-8")
    for words in (["irt"], ["irt", "--model", "2pl"], ["dif"], ["similarity"]):
        of_file = run(*words, file, "--key", key)
        named = ["--groups", said] if words == ["dif"] else []
        of_run = run(*words, *named, *scored, passphrase())
        assert without_names(of_run) == without_names(of_file)
    at = ("--base-run", scored[1], "--base", tmp_path / "exam", *scored)
    for method in ("equipercentile", "tucker", "rasch"):
        found = run("equate", "--method", method, *at, passphrase())
        assert found["x"] == found["y"]
        assert found["x"]["persons"] == SEATS
        raw = np.bincount((chosen == np.arange(ITEMS) % 4).sum(axis=1), minlength=ITEMS + 1)
        known = np.flatnonzero(raw)
        np.testing.assert_allclose(np.array(found["equivalents"])[known], known, atol=1e-6)

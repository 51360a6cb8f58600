"""`exam-kiosk results analyse | decision | angoff` as a person or a script uses them, on a CSV and on a run."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import exam_kiosk
from exam_packages.interactions import ChosenOptions
from keys import keystore
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from results.centre.analysis.scored import analyse_run
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.ledger import open_ledger
from results.centre.office import Centre, score_all
from results.centre.runs import ScoreRun
from results.centre.standing.acting import act
from results.centre.standing.rules import Act, Kind, Scope
from results.scoring import analysis as a
from results.scoring.flags import Thresholds
from results.wire import events as e
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results import centres
from tests.results.analysis.samples import made

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command; its status and JSON answer, or its text where `text` says so."""

    def run(*words: object, text: bool = False) -> tuple[int, Any]:
        status = exam_kiosk.run(["results", *(str(word) for word in words), *([] if text else ["--json"])])
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, (out.out + out.err if text else json.loads(out.out))

    return run


@pytest.fixture
def data(tmp_path: Path) -> tuple[Path, Path]:
    """A CSV of letters and its key."""
    matrix = made(120, 8, seed=6)
    lines = [f"id,{','.join(item.id for item in matrix.items)}"]
    for person, row in zip(matrix.persons, matrix.chosen, strict=True):
        lines.append(f"{person},{','.join('' if cell < 0 else 'ABCD'[cell] for cell in row)}")
    (tmp_path / "responses.csv").write_text("\n".join(lines))
    (tmp_path / "key.csv").write_text("A" * 8)
    return tmp_path / "responses.csv", tmp_path / "key.csv"


def test_anyones_data_is_analysed_without_a_centre(command: Command, data: tuple[Path, Path]) -> None:
    """One JSON object with the figures; the same in words as a table."""
    status, found = command("analyse", data[0], "--key", data[1])
    assert (status, found["type"], found["test"]["n"]) == (0, "test-analysis/1", 120)
    assert [item["item"] for item in found["items"]] == [f"q{n}" for n in range(8)]
    assert found["test"]["mean"] == pytest.approx(made(120, 8, seed=6).totals().mean())
    status, text = command("analyse", data[0], "--key", data[1], text=True)
    assert status == 0
    assert "responses.csv: 120 candidates, 8 items" in text
    assert "q3 A *" in text
    assert "To look at" in text


def test_thresholds_come_from_a_file(command: Command, data: tuple[Path, Path], tmp_path: Path) -> None:
    """A threshold of a TOML file is named by the flags; one that is unknown is refused by name."""
    config = tmp_path / "flags.toml"
    config.write_text("difficulty_least = 0.99\n")
    _, found = command("analyse", data[0], "--key", data[1], "--config", config)
    hard = [flag for flag in found["flags"] if flag["code"] == "too-hard"]
    assert (len(hard), hard[0]["limit"], found["thresholds"]["difficulty_least"]) == (8, 0.99, 0.99)
    for text in ("difficulty = 1", "alpha_least = 'high'", "alpha_least ="):
        config.write_text(text)
        status, told = command("analyse", data[0], "--config", config, text=True)
        assert (status != 0, "thresholds-malformed" in told) == (True, True)


def test_a_decision_is_judged_at_a_cut(command: Command, data: tuple[Path, Path]) -> None:
    """Accuracy and consistency of a CSV at its cut; a cut beyond the items is refused."""
    status, found = command("decision", data[0], "--key", data[1], "--cut", 4)
    assert (status, found["cut"], found["items"]) == (0, 4, 8)
    assert found["accuracy"] + found["false_pass"] + found["false_fail"] == pytest.approx(1)
    status, text = command("decision", data[0], "--key", data[1], "--cut", 4, text=True)
    assert "Decisions at a cut of 4 of 8 items" in text
    status, text = command("decision", data[0], "--key", data[1], "--cut", 9, text=True)
    assert (status != 0, "decision-unfit" in text) == (True, True)


def test_a_panel_is_turned_into_a_cut(command: Command, data: tuple[Path, Path], tmp_path: Path) -> None:
    """Ratings of the items of a CSV: the cut, the judges, and who would pass."""
    ratings = tmp_path / "ratings.csv"
    rows = [
        f"{judge},q{item},{level}"
        for judge, level in (("ann", 40), ("bob", 50), ("cat", 60))
        for item in range(8)
    ]
    ratings.write_text("\n".join(["judge,item,rating", *rows]))
    status, found = command("angoff", ratings, "--responses", data[0], "--key", data[1])
    assert (status, found["items"], found["recommended"]) == (0, 8, 4)
    (only,) = found["rounds"]
    assert (only["cut"], only["sd"], only["standard_error"]) == pytest.approx((4, 0.8, 0.8 / 3**0.5))
    assert only["impact"][2]["passing"] == pytest.approx((made(120, 8, seed=6).totals() >= 4).mean())
    _, text = command("angoff", ratings, text=True)
    assert "Recommended: 4 of 8 passes." in text
    european = [
        f"{judge};q{item};0,{level}" for judge, level in (("ann", 4), ("bob", 6)) for item in range(8)
    ]
    ratings.write_text("\r\n".join(["judge;item;rating", *european, ""]))
    assert command("angoff", ratings)[1]["rounds"][0]["cut"] == pytest.approx(4)


@pytest.mark.timeout(30)
def test_a_pipe_that_nobody_writes_to_keeps_nobody_waiting(
    command: Command, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Responses, key and thresholds are plain files, or are refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for words in ((pipe,), (data[0], "--key", pipe), (data[0], "--config", pipe)):
        status, found = command("analyse", *words)
        assert (status, found["error"]["code"]) == (1, "file-refused")


def test_one_thing_is_analysed_at_a_time(command: Command, data: tuple[Path, Path], tmp_path: Path) -> None:
    """Neither a file nor a run, or both, are refused; a file that is not there is said to be missing."""
    for words in ((), (data[0], "--run", "x"), ("--centre", tmp_path), ("--key", data[1])):
        status, text = command("analyse", *words, text=True)
        assert (status != 0, "analysis-of-what" in text) == (True, True)
    status, text = command("analyse", tmp_path / "nothing.csv", text=True)
    assert status != 0


W = b.world(4, 6)
PASSPHRASE = "correct horse battery"


def _session(n: int, answers: dict[str, str]) -> bytes:
    return b.seal(W, n, b.chain([*b.opening(W, n), *b.answers(answers), e.HandedIn(0, 0, 60_000)]))


def _keyed(count: int) -> dict[str, str]:
    return dict(list(b.right(W, 6).items())[:count])


CHANGED = [
    *b.answers(_keyed(5)),
    *b.answers({"i0": "B", "i1": "A", "i2": "", "i3": "B"}),
    *b.answers({"i0": "A"}),
]
"""Item i0 from A to B and back to A, i1 from right to wrong, i2 taken back, i3 from right to wrong."""

RECORDS = {
    0: _session(0, _keyed(6)),
    1: _session(1, {**_keyed(4), "i4": ""}),  # item i4 was seen and left, i5 never reached
    2: _session(2, {**_keyed(2), "i2": "A", "i3": "A"}),
}


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A centre with one score run of three candidates; the run's name."""
    trusted = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    keystore.save_private(tmp_path / "centre/keys/centre.key", W.centre, PASSPHRASE, MINIMUM)
    opened = Centre(W.centre, trusted, open_ledger(tmp_path / "centre", W.centre, make=True))
    states = [FinalState.COMPLETED] * 3 + [FinalState.NO_SHOW]
    lines = [b.line(W, n, RECORDS.get(n), state) for n, state in enumerate(states)]
    (tmp_path / "west.ekb").write_bytes(b.bundle(W, RECORDS, lines=lines))
    import_files(
        [tmp_path / "west.ekb"], opened.ledger, opened.office(), b.stamp(b.HOUR).wall, lambda _: None
    )
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), trusted.keyring)
    run, _ = score_all(opened, inputs, W.scoring.signer(), "0.1.0", b.stamp(b.HOUR))
    return tmp_path, run.run


def _scored(world: b.World, folder: Path, records: dict[int, bytes]) -> tuple[Centre, ScoreRun]:
    """A centre of this world in `folder`, with one run over these records."""
    opened = centres.centre(world, folder / "centre")
    (folder / "west.ekb").write_bytes(
        b.bundle(world, records, lines=[b.line(world, n, records[n]) for n in records])
    )
    import_files([folder / "west.ekb"], opened.ledger, opened.office(), b.stamp(b.HOUR).wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(world, folder / "exam"), opened.trusted.keyring)
    return opened, score_all(opened, inputs, world.scoring.signer(), "0.1.0", b.stamp(b.HOUR))[0]


def _analysed(centre: Centre, run: ScoreRun, folder: Path) -> a.TestAnalysis:
    return analyse_run(centre, run.run, folder / "exam", Thresholds(), "0.1.0")


def test_changed_answers_are_judged_from_the_first_to_the_last(tmp_path: Path) -> None:
    """Back to the first is no gain and no loss; an answer that was taken back is not a change to nothing."""
    record = b.seal(W, 0, b.chain([*b.opening(W, 0), *CHANGED, e.HandedIn(0, 0, 60_000)]))
    centre, run = _scored(W, tmp_path, {0: record, 1: RECORDS[1]})
    assert [
        (one.item, one.changed, one.wrong_to_right, one.right_to_wrong, one.wrong_to_wrong)
        for one in _analysed(centre, run, tmp_path).changes
    ] == [("i0", 1, 0, 0, 0), ("i1", 1, 0, 1, 0), ("i3", 1, 0, 1, 0)]


def test_items_on_trial_stand_apart(tmp_path: Path) -> None:
    """An item that the key does not score has its figures, but is in no total and no cut."""
    keys = tuple(msgspec.structs.replace(one, scored=one.item != "i1") for one in W.key.keys)
    key = msgspec.structs.replace(W.key, keys=keys)
    world = dataclasses.replace(W, key=key, table=b.conversion(W.form, W.plan.form_digest, 5))
    centre, run = _scored(world, tmp_path, {n: RECORDS[n] for n in (0, 1, 2)})
    found = _analysed(centre, run, tmp_path)
    assert (found.test.items, [row.count for row in found.test.scores]) == (5, [0, 1, 0, 1, 0, 1])
    trial = found.items[1]
    assert (trial.item, trial.counts, trial.difficulty, trial.alpha_without) == ("i1", False, 1, None)


def test_results_that_are_held_are_in_no_figure(tmp_path: Path) -> None:
    """One of three is held: two are analysed, and one is said to be left out."""
    centre, run = _scored(W, tmp_path, {n: RECORDS[n] for n in (0, 1, 2)})
    held = Scope(sitting=W.plan.sitting, candidate=b.candidate(0), attempt=1)
    act(centre, Act(Kind.HOLD, held, "under inquiry", "R. Rivera", b.stamp(b.HOUR).wall))
    found = _analysed(centre, run, tmp_path)
    assert (found.test.n, found.withheld, found.test.most) == (2, 1, 4)


def _words(folder: Path, run: str, exam: str = "exam") -> list[object]:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    where = ["--centre", folder / "centre", "--exam-folder", folder / exam, "--passphrase-fd", reading]
    return ["analyse", "--run", run, *where]


def test_a_run_is_analysed_from_the_ledger(command: Command, centre: tuple[Path, str]) -> None:
    """Options by identifier, omitted and not reached apart, times from the journals, first attempts beside all."""
    folder, run = centre
    status, found = command(*_words(folder, run))
    assert (status, found["source"], found["test"]["n"], found["withheld"]) == (0, f"run {run}", 3, 0)
    items = {item["item"]: item for item in found["items"]}
    assert [items[f"i{n}"]["difficulty"] for n in (0, 3, 5)] == pytest.approx([1, 2 / 3, 1 / 3])
    assert (items["i4"]["omitted"], items["i4"]["not_reached"]) == pytest.approx((1 / 3, 1 / 3))
    assert items["i5"]["not_reached"] == pytest.approx(2 / 3)
    options = {one["option"]: (one["key"], one["chosen"]) for one in items["i2"]["options"]}
    assert options == {"A": (False, 1), "B": (False, 0), "C": (True, 2), "D": (False, 0)}
    assert [(one["group"], one["n"]) for one in found["groups"]] == [("first attempt", 3), ("all", 3)]
    assert [one["seen"] for one in found["speed"]] == [3, 3, 3, 3, 2, 1]
    status, text = command(*_words(folder, run), text=True)
    assert f"run {run}: 3 candidates, 6 items" in text


def test_a_run_is_analysed_only_with_what_it_was_scored_with(
    command: Command, centre: tuple[Path, str]
) -> None:
    """Another form's folder is refused."""
    folder, run = centre
    centres.exam_folder(b.world(4, 8), folder / "other")
    status, text = command(*_words(folder, run, "other"), text=True)
    assert (status != 0, "run-inputs-differ" in text) == (True, True)


def test_the_key_of_the_world_is_what_these_tests_say() -> None:
    """Item 2's key is C: the counts above would mean nothing otherwise."""
    assert W.key.keys[2].correct == ChosenOptions((b.OPTIONS[2],))

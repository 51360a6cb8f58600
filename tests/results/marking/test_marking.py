"""Marking from the ledger to the score: sheets out and in, adjudication, status, and what is refused."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

import exam_kiosk
from exam_packages import interactions as q
from exam_packages.scoring_key import ResponseProcessing
from exam_packages.sitting_plan import seal_plan
from keys import keystore
from keys.encoding import digest, encode
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from results.centre.importing import import_files
from results.centre.office import Centre, find_run
from results.centre.runs import AWAITING_MARKING
from results.wire import events as e
from tests.results import builders as b
from tests.results import centres

PASSPHRASE = "correct horse battery"
WORDS = ["=SUM(A1) I would ask first.", "First I would listen,\nthen “ask”.", "Nothing at all."]
SECRETS = ("C-100", "west", "Candidate", "alice", "bob")


def essay_world() -> b.World:
    """A world whose first item is an essay of six points."""
    w = b.world(4, 4)
    item = structs.replace(w.form.items[0], interaction=q.ExtendedTextInteraction(900))
    form = structs.replace(w.form, items=(item, *w.form.items[1:]))
    form_digest = digest(encode(form))
    essay = structs.replace(w.key.keys[0], correct=q.TypedText(""), processing=ResponseProcessing(6_000))
    key = structs.replace(w.key, form_digest=form_digest, keys=(essay, *w.key.keys[1:]))
    table = structs.replace(w.table, form_digest=form_digest, scaled=tuple(range(0, 1_000, 100)))
    plan = structs.replace(w.plan, form_digest=form_digest)
    plan_file = seal_plan(plan, w.registrar)
    return dataclasses.replace(w, form=form, key=key, table=table, plan=plan, plan_file=plan_file)


W = essay_world()


def record(n: int, words: str | None) -> bytes:
    events = b.opening(W, n)
    if words is not None:
        events += [e.ResponseRecorded(q.ItemId("i0"), q.TypedText(words), 500)]
    events += b.answers({"i1": "B"})
    return b.seal(W, n, b.chain([*events, e.HandedIn(0, 0, 60_000)]))


RECORDS = {n: record(n, words) for n, words in enumerate([*WORDS, None])}


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre with three essays and one paper without, imported."""
    made = centres.centre(W, tmp_path / "centre")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: made.trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    monkeypatch.setattr(cli.runs, "version", lambda _: "0.1.0")
    for name, who in (("centre", W.centre), ("scoring", W.scoring)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    centres.exam_folder(W, tmp_path / "exam")
    (tmp_path / "west.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([tmp_path / "west.ekb"], made.ledger, made.office(), b.stamp(0).wall, lambda _: None)
    return made


Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command at the centre; its status and JSON answer, or its text where that is no JSON."""
    assert centre

    def command(*arguments: object) -> tuple[int, Any]:
        words = ["results", *(str(one) for one in arguments), "--centre", str(tmp_path / "centre"), "--json"]
        pipes = []
        for option in ("--passphrase-fd", "--scoring-passphrase-fd")[: 2 if arguments[0] == "score" else 1]:
            reading, writing = os.pipe()
            os.write(writing, f"{PASSPHRASE}\n".encode())
            os.close(writing)
            pipes.append(reading)
            words += [option, str(reading)]
        status = exam_kiosk.run(words)
        for one in pipes:
            os.close(one)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, json.loads(out.out) if out.out.startswith("{") else out.out + out.err

    return command


def exam(tmp_path: Path) -> list[object]:
    return ["--exam-folder", tmp_path / "exam"]


def prepared(run: Run, tmp_path: Path, *markers: str, act: str = "prepare") -> list[Path]:
    named = [word for marker in markers for word in ("--marker", marker)]
    out = ["--out", tmp_path / "sheets", "--by", "Office"]
    _, found = run("marking", act, *exam(tmp_path), *named, *out)
    return [Path(path) for path in found["sheets"]]


def rows(sheet: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.read_text(), newline="")))


def filled(sheet: Path, marks: dict[str, str], *, to: str = "back.csv") -> Path:
    """The sheet with the mark of each text, by how the text begins."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("task", "item", "most", "response", "mark"))
    for row in rows(sheet):
        mark = next(
            (mark for words, mark in marks.items() if row["response"].lstrip("'").startswith(words)), ""
        )
        writer.writerow((row["task"], row["item"], row["most"], row["response"], mark))
    back = sheet.with_name(to)
    back.write_text(out.getvalue())
    return back


def give(run: Run, sheet: Path, marker: str) -> tuple[int, Any]:
    return run("marking", "import", sheet, "--marker", marker, "--by", "Office")


def test_from_texts_to_scores(run: Run, tmp_path: Path, centre: Centre) -> None:
    """Two marks, a mean, an adjudication: nobody is scored before, everybody is after, and again the same run."""
    _, waiting = run("score", *exam(tmp_path))
    assert [one["why"] for one in waiting["left_out"]] == [AWAITING_MARKING] * 3
    assert waiting["scored"] == 1
    sheets = prepared(run, tmp_path, "alice", "bob")
    assert [len(rows(sheet)) for sheet in sheets] == [3, 3]
    alice, bob = sheets
    _, taken = give(run, filled(alice, {"=SUM": "4", "First": "2,5", "Nothing": "0"}), "alice")
    assert taken == {"new": 3, "known": 0, "without": 0}
    back = filled(bob, {"=SUM": "5", "First": "2.5", "Nothing": "6"})
    parted = io.StringIO()
    csv.writer(parted, delimiter=";").writerows(csv.reader(io.StringIO(back.read_text(), newline="")))
    back.write_text("\ufeff" + parted.getvalue(), newline="")  # as a spreadsheet of another country saves it
    assert give(run, back, "bob")[1] == {"new": 3, "known": 0, "without": 0}
    status, found = run("marking", "status", *exam(tmp_path))
    assert (status, found["texts"], found["final"], found["differing"]) == (3, 3, 2, 1)
    figures = found["agreement"][0]["figures"]
    assert (figures["pairs"], round(figures["exact"], 3), round(figures["adjacent"], 3)) == (3, 0.333, 0.667)
    (third,) = prepared(run, tmp_path, "alice", "bob", "carol", act="adjudicate")
    assert [row["response"] for row in rows(third)] == ["Nothing at all."]
    give(run, filled(third, {"Nothing": "1"}), "carol")
    status, found = run("marking", "status", *exam(tmp_path))
    assert (status, found["final"]) == (0, 3)
    _, scored = run("score", *exam(tmp_path))
    assert (scored["scored"], scored["left_out"]) == (4, [])
    made = find_run(centre, scored["run"])
    assert [one.score.points for one in made.scores] == [5_500, 3_500, 2_000, 1_000]
    assert [one.score.marks for one in made.scores] == ["p1--", "p1--", "p1--", "-1--"]
    assert run("score", *exam(tmp_path))[1]["new"] is False
    assert made.marks_digest != find_run(centre, waiting["run"]).marks_digest


def test_a_sheet_is_blind_and_its_owner_s_alone(run: Run, tmp_path: Path) -> None:
    """No sheet tells a candidate, a site or a marker; it is readable by its owner; a formula is disarmed."""
    for sheet in prepared(run, tmp_path, "alice", "bob"):
        text = sheet.read_text()
        assert not any(secret in text for secret in SECRETS)
        assert sheet.stat().st_mode & 0o777 == 0o600
        assert [row["task"] for row in rows(sheet)] == sorted(row["task"] for row in rows(sheet))
        assert {row["response"] for row in rows(sheet)} == {f"'{WORDS[0]}", *WORDS[1:]}
        assert {(row["item"], row["most"], row["mark"]) for row in rows(sheet)} == {("i0", "6", "")}


def test_nothing_is_given_out_twice(run: Run, tmp_path: Path) -> None:
    """Preparing again makes no task; sheets that were lost are written again for what has no mark yet."""
    alice, bob = prepared(run, tmp_path, "alice", "bob")
    before = (alice.read_bytes(), bob.read_bytes())
    assert prepared(run, tmp_path, "carol", "dora") == []
    give(run, filled(alice, {"First": "3"}), "alice")
    _, again = run("marking", "sheets", *exam(tmp_path), "--out", tmp_path / "again")
    assert [len(rows(Path(path))) for path in again["sheets"]] == [2, 3]
    assert Path(again["sheets"][1]).read_bytes() == before[1]


SPOILT: list[tuple[Callable[[str], str], str]] = [
    (lambda text: text.replace(text.splitlines()[1][:12], "0" * 12), "was not given"),
    (
        lambda text: text.replace(",3\n", ",6.001\n").replace(",3\r\n", ",6.001\r\n"),
        "outside the points",
    ),
    (lambda text: text.replace(",3\r\n", ",-1\r\n"), "outside the points"),
    (lambda text: text.replace(",3\r\n", ",good\r\n"), "no number of points"),
    (lambda text: text + text.partition("\r\n")[2], "stands in the sheet already"),
    (lambda text: text.replace("response", "text"), "is not the heading"),
    (lambda text: text.replace(",3\r\n", "\r\n"), "fields where 5 are due"),
    (lambda text: text + '"', "is no line of a CSV file"),
    (lambda _: "", "is not the heading"),
]


def test_a_bad_sheet_is_refused_as_a_whole(run: Run, tmp_path: Path, centre: Centre) -> None:
    """A strange or doubled task, a mark outside its points, a spoilt file: one sentence, and no mark is taken."""
    alice, _ = prepared(run, tmp_path, "alice", "bob")
    good = filled(alice, {"First": "3", "Nothing": "3", "=SUM": "3"}).read_bytes().decode()
    for spoil, told in SPOILT:
        back = tmp_path / "back.csv"
        back.write_bytes(spoil(good).encode())
        status, text = give(run, back, "alice")
        assert (status != 0, "marking-sheet-refused" in str(text)) == (True, True), told
        assert told in str(text)
    with centre.ledger.transaction() as books:
        assert books.connection.execute(sa.text("SELECT count(*) FROM marking_marks")).scalar() == 0


def test_a_mark_that_was_given_stands(run: Run, tmp_path: Path) -> None:
    """The same sheet again changes nothing; another mark is refused; another marker's sheet is too."""
    alice, _ = prepared(run, tmp_path, "alice", "bob")
    back = filled(alice, {"First": "3"})
    assert give(run, back, "alice")[1] == {"new": 1, "known": 0, "without": 2}
    assert give(run, back, "alice")[1] == {"new": 0, "known": 1, "without": 2}
    status, text = give(run, filled(alice, {"First": "4"}), "alice")
    assert (status != 0, "another mark" in str(text)) == (True, True)
    status, text = give(run, back, "bob")
    assert (status != 0, "marker bob was not given" in str(text)) == (True, True)


def test_markers_who_cannot_be_are_refused(run: Run, tmp_path: Path) -> None:
    """One marker alone, one twice, and a name that leads out of the folder."""
    for markers in (("alice",), ("alice", "Alice"), ("alice", "../bob")):
        named = [word for marker in markers for word in ("--marker", marker)]
        out = ("--out", tmp_path / "sheets", "--by", "Office")
        status, text = run("marking", "prepare", *exam(tmp_path), *named, *out)
        assert (status != 0, "markers-refused" in str(text)) == (True, True)

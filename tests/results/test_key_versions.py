"""Versions of a key: dropping an item, re-keying it, full credit; each signed, with its reason, beside the old ones."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import exam_kiosk
from exam_packages.conversion import two_segments
from exam_packages.interactions import ChosenOptions, ItemId
from exam_packages.scoring_key import Adjustment, AdjustmentKind, MapEntry, ResponseProcessing
from keys import keystore, trusted
from keys.encoding import Instant
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli
from results.centre.inputs import read_inputs
from results.centre.versions import VersionMisnamedError, VersionTakenError, write_version
from results.scoring.adjusting import (
    AdjustmentError,
    CutRuleError,
    drop,
    full_credit,
    rekey,
    shorter_table,
)
from results.scoring.scores import score
from tests.results import builders as b
from tests.results import centres

W = b.world(1, 12)
PASSPHRASE = "correct horse battery"
Run = Callable[..., tuple[int, Any]]


def said(kind: AdjustmentKind, version: int = 2, reason: str = "Two options are right.") -> Adjustment:
    return Adjustment(kind, version, "A. Person", Instant(0), reason)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the group `key` on an exam's folder; its status and JSON answer."""
    known = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(trusted, "local_repository", lambda *_: known)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    keystore.save_private(tmp_path / "centre/keys/scoring.key", W.scoring, PASSPHRASE, MINIMUM)
    keystore.save_private(tmp_path / "centre/keys/stranger.key", W.stranger, PASSPHRASE, MINIMUM)
    centres.exam_folder(W, tmp_path / "exam")

    def command(act: str, *arguments: object) -> tuple[int, Any]:
        where = ["--centre", tmp_path / "centre", "--exam-folder", tmp_path / "exam"]
        words = ["results", "key", act, *arguments, *where, "--json"]
        reading, writing = os.pipe()
        os.write(writing, f"{PASSPHRASE}\n".encode())
        os.close(writing)
        if act != "versions":
            words += ["--passphrase-fd", reading, "--by", "A. Person", "--reason", "Two options are right."]
        status = exam_kiosk.run([str(one) for one in words])
        os.close(reading)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, json.loads(out.out)

    return command


def test_each_adjustment_is_a_version(run: Run, tmp_path: Path) -> None:
    """Drop, re-key and full credit follow each other; every version stays, scores as it says, and tells its reason."""
    folder = tmp_path / "exam"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    _, dropped = run("drop", "i3")
    assert dropped == {
        "item": "i3",
        "kind": "dropped",
        "key_version": 2,
        "table_version": 2,
        "new_table": True,
        "top_raw": 11,
    }
    _, credited = run("full-credit", "i0")
    assert (credited["key_version"], credited["table_version"], credited["new_table"]) == (3, 2, False)
    _, rekeyed = run("rekey", "i1", "--correct", "A", "--accept", "C")
    assert (rekeyed["key_version"], rekeyed["table_version"]) == (4, 2)
    assert {name: (folder / name).read_bytes() for name in before} == before
    found = []
    for version in (1, 2, 3, 4):
        by = read_inputs(folder, W.keyring, key_version=version).ruler
        responses = {ItemId("i1"): ChosenOptions((b.OPTIONS[2],))}
        earned = score(by, {**responses}, session="s")
        found.append((by.key.version, by.table.version, earned.total, earned.raw))
    assert found == [(1, 1, 12, 0), (2, 2, 11, 0), (3, 2, 11, 1), (4, 2, 11, 2)]
    newest = read_inputs(folder, W.keyring).ruler
    assert [(one.item, one.adjusted) for one in newest.key.keys if one.adjusted] == [
        ("i0", AdjustmentKind.FULL_CREDIT),
        ("i1", AdjustmentKind.REKEYED),
        ("i3", AdjustmentKind.DROPPED),
    ]
    _, listed = run("versions")
    assert [
        (one["version"], one["scored"], [(made["item"], made["reason"]) for made in one["adjustments"]])
        for one in listed["keys"]
    ] == [
        (1, 12, []),
        (2, 11, [("i3", "Two options are right.")]),
        (3, 11, [("i0", "Two options are right.")]),
        (4, 11, [("i1", "Two options are right.")]),
    ]
    assert [(one["version"], one["top_raw"]) for one in listed["tables"]] == [(1, 12), (2, 11)]


def test_what_is_refused_writes_nothing(run: Run, tmp_path: Path) -> None:
    """A strange item or answer, a key nobody published, a second drop: one code each, and no new file."""
    refused = [
        (("drop", "i99"), "adjustment-refused"),
        (("rekey", "i1", "--correct", "Z"), "new-key-unreadable"),
        (("rekey", "i1", "--correct", "B"), "adjustment-refused"),
        (("rekey", "i1", "--correct", "A", "--map", "A"), "new-key-unreadable"),
        (("drop", "i1", "--raw-cut", "11"), "conversion-impossible"),
    ]
    before = sorted(path.name for path in (tmp_path / "exam").iterdir())
    for words, code in refused:
        status, found = run(*words)
        assert (status != 0, found["error"]["code"]) == (True, code)
    status, found = run("drop", "i1", "--key", tmp_path / "centre/keys/stranger.key")
    assert status != 0
    assert sorted(path.name for path in (tmp_path / "exam").iterdir()) == before
    run("drop", "i1")
    assert run("drop", "i1")[1]["error"]["code"] == "adjustment-refused"


def test_versions_are_named_as_they_say(tmp_path: Path) -> None:
    """A version is never written over, a file under another number is refused, and an unknown version is told."""
    folder = centres.exam_folder(W, tmp_path)
    signer = W.scoring.signer()
    second = structs.replace(W.key, version=2)
    path = write_version(folder, second, signer, W.keyring)
    with pytest.raises(VersionTakenError):
        write_version(folder, second, signer, W.keyring)
    for key_version, table_version, code in (
        (7, None, "key-version-unknown"),
        (1, 7, "table-version-unknown"),
    ):
        with pytest.raises(ExamKioskError) as refused:
            read_inputs(folder, W.keyring, key_version=key_version, table_version=table_version)
        assert refused.value.diagnostics().code == code
    path.rename(folder / "scoring-key-3.dsse")
    with pytest.raises(VersionMisnamedError):
        read_inputs(folder, W.keyring)


def test_a_shorter_form_keeps_its_share() -> None:
    """9 of 12 is 8 of 11 (8.25, rounded), the scale keeps its cut and top; a panel's cut is taken as it is said."""
    assert W.table.scaled == two_segments(12, 9, 600, 800)
    assert shorter_table(W.table, 11, 2).scaled == two_segments(11, 8, 600, 800)
    assert shorter_table(W.table, 11, 2, 9).scaled == two_segments(11, 9, 600, 800)
    equated = structs.replace(W.table, scaled=(*W.table.scaled[:5], 300, *W.table.scaled[6:]))
    with pytest.raises(CutRuleError):
        shorter_table(equated, 11, 2)


def test_roundings_of_the_cut_do_not_pile_up() -> None:
    """Of 100 items with a cut at 70 ten go one by one: the cut is 63 of 90, not ten times rounded down to 60."""
    first = structs.replace(W.table, scaled=two_segments(100, 70, 600, 800))
    tables = [first]
    for most in range(99, 89, -1):
        tables.append(shorter_table(tables[-1], most, len(tables) + 1, earlier=tables))
    cuts = [next(raw for raw, scaled in enumerate(one.scaled) if scaled >= 600) for one in tables]
    assert cuts == [70, 69, 69, 68, 67, 67, 66, 65, 64, 64, 63]
    said_by_panel = shorter_table(tables[-1], 90, 12, 60, earlier=tables)
    again = shorter_table(said_by_panel, 87, 13, earlier=[*tables, said_by_panel])
    assert again.scaled == two_segments(87, 58, 600, 800)


def test_dropped_items_may_come_back() -> None:
    """By full credit or a new key; one that was never scored, and a reason that says nothing, are refused."""
    dropped = drop(W.form, W.key, "i2", said(AdjustmentKind.DROPPED))
    back = full_credit(W.form, dropped, "i2", said(AdjustmentKind.FULL_CREDIT, 3))
    assert (back.version, back.keys[2].scored, back.keys[2].adjusted) == (3, True, AdjustmentKind.FULL_CREDIT)
    pretest = structs.replace(W.key, keys=(structs.replace(W.key.keys[0], scored=False), *W.key.keys[1:]))
    with pytest.raises(AdjustmentError):
        full_credit(W.form, pretest, "i0", said(AdjustmentKind.FULL_CREDIT))
    with pytest.raises(AdjustmentError):
        drop(W.form, W.key, "i2", said(AdjustmentKind.DROPPED, reason=" "))
    alone = structs.replace(
        W.key, keys=tuple(structs.replace(one, scored=one.item == "i0") for one in W.key.keys)
    )
    with pytest.raises(AdjustmentError):
        drop(W.form, alone, "i0", said(AdjustmentKind.DROPPED))


def test_a_mapped_item_needs_a_new_mapping() -> None:
    """A new key alone would change nothing of a mapping; with a new one the item is scored by that."""
    chosen = [ChosenOptions((option,)) for option in b.OPTIONS]
    mapped = ResponseProcessing(mapping=(MapEntry(chosen[0], 1_000),), default=-250)
    keys = (structs.replace(W.key.keys[0], processing=mapped), *W.key.keys[1:])
    key = structs.replace(W.key, keys=keys)
    with pytest.raises(AdjustmentError):
        rekey(W.form, key, "i0", said(AdjustmentKind.REKEYED), (chosen[1],))
    new = rekey(W.form, key, "i0", said(AdjustmentKind.REKEYED), (chosen[1],), (MapEntry(chosen[1], 2_000),))
    assert new.keys[0].rules == ResponseProcessing(mapping=(MapEntry(chosen[1], 2_000),), default=-250)

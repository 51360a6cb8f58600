"""`results equate`, `equating-table`, `dif`, `irt` and `similarity` as a person or a script uses them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import exam_kiosk
from exam_packages.exam_folder import CONVERSION, FORM, FRONT, SCORING
from exam_packages.form import DeliveryForm, Front
from exam_packages.scoring_key import ConversionTable, EquatingTable, ScoringKey
from keys import keystore
from keys.encoding import decode, digest, encode
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from keys.statement import CONVERSION_TABLE, EQUATING_TABLE, SCORING_KEY, Keyring, sign, verify
from results.centre import cli, office
from results.centre.analysis import modelled
from results.centre.analysis.seated import seated
from results.scoring.matrix import from_scores
from results.scoring.scores import FULL
from tests.results import builders as b
from tests.results import centres
from tests.results.analysis import r_figures as r

Run = Callable[..., tuple[int, Any]]
W = b.world()
PASSPHRASE = "correct horse battery"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its status and JSON answer, or its text where `text` says so or it failed."""

    def command(*words: object, text: bool = False) -> tuple[int, Any]:
        status = exam_kiosk.run(["results", *map(str, words), *([] if text else ["--json"])])
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, (out.out + out.err if text or status else json.loads(out.out))

    return command


def csv(
    path: Path, scores: np.ndarray, names: Sequence[str], aside: Mapping[str, Sequence[object]] | None = None
) -> Path:
    """A CSV of responses with an `id`, and these columns beside the items."""
    aside = aside or {}
    lines = [",".join(["id", *aside, *names])]
    for n, row in enumerate(scores):
        lines.append(",".join([f"P{n:03d}", *(str(one[n]) for one in aside.values()), *map(str, row)]))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


X_NAMES = [f"c{n}" if n < 6 else f"x{n}" for n in range(r.ITEMS)]
Y_NAMES = [f"c{n}" if n < 6 else f"y{n}" for n in range(r.ITEMS)]


@pytest.fixture
def forms(tmp_path: Path) -> tuple[Path, Path]:
    """Two forms of 12 items with six in common, 200 persons each."""
    scores = r.responses()
    return csv(tmp_path / "x.csv", scores[:200], X_NAMES), csv(tmp_path / "y.csv", scores[200:], Y_NAMES)


@pytest.mark.parametrize(
    "method",
    ["linear", "equipercentile", "tucker", "levine", "chained", "frequency", "rasch", "rasch-mean-sigma"],
)
def test_every_method_answers_with_a_table(run: Run, forms: tuple[Path, Path], method: str) -> None:
    """An equivalent for each raw score from 0 to 12, near it, for the forms hardly differ; in words too."""
    status, found = run("equate", *forms, "--method", method)
    assert status == 0
    assert found["method"] == method
    assert found["x"]["persons"] == 200
    np.testing.assert_allclose(found["equivalents"], np.arange(13), atol=1.6)
    assert len(found["anchor"]) == (0 if method in {"linear", "equipercentile"} else 6)
    _, text = run("equate", *forms, "--method", method, text=True)
    assert f"Form X equated to form Y by {method}." in text
    assert len(text.splitlines()) >= 17


def test_an_anchor_can_be_named(run: Run, forms: tuple[Path, Path]) -> None:
    """Of the common items those that are named; one that only one form has is refused by name."""
    _, found = run("equate", *forms, "--method", "tucker", "--anchor", "c1, c3,c5")
    assert found["anchor"] == ["c1", "c3", "c5"]
    status, text = run("equate", *forms, "--method", "tucker", "--anchor", "c1,x7")
    assert status != 0
    assert "anchor-item-missing" in text
    assert "x7 is not an item of form Y" in text


def test_forms_without_a_common_item_need_random_groups(run: Run, tmp_path: Path) -> None:
    """No anchor, no method by an anchor; smoothing belongs to equipercentile alone."""
    scores = r.responses()
    one = csv(tmp_path / "one.csv", scores, [f"a{n}" for n in range(r.ITEMS)])
    other = csv(tmp_path / "other.csv", scores, [f"b{n}" for n in range(r.ITEMS)])
    assert "anchor-too-short" in run("equate", one, other, "--method", "rasch")[1]
    assert "smoothing-without-use" in run("equate", one, other, "--method", "linear", "--smooth", 4)[1]
    assert run("equate", one, other, "--method", "equipercentile", "--smooth", 4)[0] == 0
    few = csv(tmp_path / "few.csv", scores[:10], [f"a{n}" for n in range(r.ITEMS)])
    assert "too-few-persons" in run("equate", few, other, "--method", "linear")[1]


def test_groups_come_from_a_column_or_a_file(run: Run, tmp_path: Path) -> None:
    """Both say the same; each further group is compared with the reference; R's figures are in the answer."""
    scores, names = r.responses(), [f"i{n}" for n in range(r.ITEMS)]
    said = ["focal" if one else "rest" for one in r.focal()]
    with_column = csv(tmp_path / "r.csv", scores, names, {"sex": said})
    status, found = run("dif", with_column, "--group", "sex")
    (compared,) = found["comparisons"]
    assert (status, compared["reference"], compared["focal"]) == (0, "rest", "focal")
    mantel_haenszel = compared["items"][r.STUDIED[0]]["mantel_haenszel"]
    assert mantel_haenszel["chi_square"] == pytest.approx(r.MANTEL_HAENSZEL[0][0], abs=1e-6)
    plain = csv(tmp_path / "plain.csv", scores, names)
    groups = tmp_path / "groups.csv"
    groups.write_text("id,sex\n" + "".join(f"P{n:03d},{one}\n" for n, one in enumerate(said)), "utf-8")
    assert run("dif", plain, "--groups", groups)[1] == found
    thirds = csv(tmp_path / "thirds.csv", scores, names, {"group": [f"g{n % 3}" for n in range(400)]})
    _, found = run("dif", thirds, "--reference", "g1", "--purify")
    assert [(one["reference"], one["focal"]) for one in found["comparisons"]] == [("g1", "g0"), ("g1", "g2")]
    assert "A negligible, B moderate, C large" in run("dif", thirds, text=True)[1]


def test_what_is_wrong_with_groups_is_said(run: Run, tmp_path: Path) -> None:
    """One group alone, an unknown reference, a candidate without a line."""
    scores, names = r.responses(), [f"i{n}" for n in range(r.ITEMS)]
    alone = csv(tmp_path / "alone.csv", scores, names, {"group": ["a"] * 400})
    assert "groups-too-few" in run("dif", alone)[1]
    two = csv(tmp_path / "two.csv", scores, names, {"group": ["a", "b"] * 200})
    assert "reference-group-unknown" in run("dif", two, "--reference", "c")[1]
    groups = tmp_path / "groups.csv"
    groups.write_text("id,group\nP000,a\n", "utf-8")
    assert "group-lacking" in run("dif", csv(tmp_path / "p.csv", scores, names), "--groups", groups)[1]


def test_both_models_answer(run: Run, tmp_path: Path) -> None:
    """Rasch with R's figures and Andersen's test; 2PL with discriminations; every person's ability."""
    file = csv(tmp_path / "r.csv", r.responses(), [f"i{n}" for n in range(r.ITEMS)])
    status, found = run("irt", file)
    assert status == 0
    np.testing.assert_allclose([one["difficulty"] for one in found["items"]], r.RASCH_DIFFICULTY, atol=2e-6)
    np.testing.assert_allclose([one["infit"] for one in found["items"]], r.INFIT, atol=5e-5)
    assert found["andersen"]["df"] == r.ANDERSEN_DF
    assert len(found["abilities"]) == 400
    _, found = run("irt", file, "--model", "2pl")
    discriminations = [one["discrimination"] for one in found["items"]]
    np.testing.assert_allclose(discriminations, r.TWO_PL_DISCRIMINATION, atol=5e-4)
    assert "conditional maximum likelihood" in run("irt", file, text=True)[1]
    assert "marginal maximum likelihood" in run("irt", file, "--model", "2pl", text=True)[1]
    flat = r.responses()
    flat[:, 4] = 1
    file = csv(tmp_path / "flat.csv", flat, [f"i{n}" for n in range(r.ITEMS)])
    assert "these items right: i4." in run("irt", file)[1]


def test_a_small_p_is_not_nought(run: Run, tmp_path: Path) -> None:
    """A probability keeps six digits however small it is: of an item of guesses, and of a copied sheet."""
    scores = r.responses()
    g = np.random.Generator(np.random.PCG64(2))
    scores[:, 0] = g.random(400) < 0.5
    _, found = run("irt", csv(tmp_path / "r.csv", scores, [f"i{n}" for n in range(r.ITEMS)]))
    assert 0 < found["items"][0]["s_x2_p"] < 1e-6
    assert 0 < found["andersen"]["p"] < 1e-6
    long = (g.random((120, 150)) < 0.5).astype(np.int8)
    long[1] = long[0]
    _, found = run("similarity", csv(tmp_path / "s.csv", long, [f"i{n}" for n in range(150)]))
    assert 0 < found["most_alike"][0]["p"] < 1e-13


def test_full_credit_does_not_stop_the_models_of_a_run() -> None:
    """An item that everybody earned is left out by name, and so is one that only a perfect score earned."""
    scores = np.array([[1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], dtype=np.int8)
    found, rest = modelled.varying(from_scores("abcd", ["full", "q1", "q2", "q3"], scores))
    assert ([item.id for item in found.items], rest) == (["q1", "q2", "q3"], ("full",))
    np.testing.assert_array_equal(found.scores, scores[:, 1:])
    later = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]], dtype=np.int8)
    found, rest = modelled.varying(from_scores("abcd", ["full", "q1", "q2", "q3"], later))
    assert ([item.id for item in found.items], rest) == (["q1", "q2"], ("full", "q3"))


def test_three_items_have_figures_without_andersens_test(run: Run, tmp_path: Path) -> None:
    """Where the median score leaves nobody above it there is no test, and everything else is told."""
    scores = (np.arange(200)[:, None] % np.array([5, 7, 11]) > 0).astype(np.int8)
    status, found = run("irt", csv(tmp_path / "r.csv", scores, ["a", "b", "c"]))
    assert (status, found["andersen"]) == (0, None)
    assert "one half of the persons is too small" in run("irt", tmp_path / "r.csv", text=True)[1]


def test_copied_answers_are_found_in_a_file(run: Run, tmp_path: Path) -> None:
    """One who copied from the next seat is named with the seat beside; nobody in another room is compared."""
    g = np.random.Generator(np.random.PCG64(3))
    scores = (g.random((120, 80)) < 0.6).astype(np.int8)
    scores[10] = scores[12]
    aside = {"room": [f"r{n % 2}" for n in range(120)], "seat": [f"kiosk-{n // 2:02d}" for n in range(120)]}
    file = csv(tmp_path / "s.csv", scores, [f"i{n}" for n in range(80)], aside)
    status, found = run("similarity", file, "--within", "room", "--seat", "seat")
    assert (status, found["pairs"], found["flagged"]) == (0, 2 * 60 * 59 // 2, 1)
    pair = found["most_alike"][0]
    assert (pair["first"], pair["second"], pair["sitting"], pair["neighbours"]) == (
        "P010",
        "P012",
        "r0",
        True,
    )
    assert (
        "no finding by itself" in run("similarity", file, "--within", "room", "--seat", "seat", text=True)[1]
    )


def test_a_programme_sets_its_own_limits(run: Run, tmp_path: Path) -> None:
    """The classes of DIF and the flags of pairs go by the TOML file; a threshold that makes no sense is refused."""
    group = {"group": ["f" if one else "r" for one in r.focal()]}
    file = csv(tmp_path / "r.csv", r.responses(), [f"i{n}" for n in range(r.ITEMS)], group)
    config = tmp_path / "t.toml"

    def classes() -> list[str]:
        _, found = run("dif", file, "--config", config)
        return [one["mantel_haenszel"]["class"] for one in found["comparisons"][0]["items"]]

    config.write_text("dif_moderate = 0.5\ndif_large = 0.5\ndif_level = 0.6\n", "utf-8")
    strict = classes()
    config.write_text("dif_moderate = 3.0\ndif_large = 4\n", "utf-8")
    assert "C" in strict
    assert set(classes()) == {"A"}
    sheets = (np.random.Generator(np.random.PCG64(3)).random((120, 80)) < 0.6).astype(np.int8)
    sheets[10] = sheets[12]
    copied = csv(tmp_path / "s.csv", sheets, [f"i{n}" for n in range(80)])
    config.write_text("similarity_level = 1e-30\n", "utf-8")
    assert run("similarity", copied)[1]["flagged"] == 1
    assert run("similarity", copied, "--config", config)[1]["flagged"] == 0
    for text in ("alpha_least = nan", "dif_level = 1.5", "dif_large = 0.5"):
        config.write_text(text, "utf-8")
        assert "thresholds-malformed" in run("similarity", file, "--config", config)[1]


def test_a_file_or_a_run_must_be_named(run: Run, forms: tuple[Path, Path]) -> None:
    """Neither, or half of each, is one clear sentence."""
    for words in (
        ["irt"],
        ["similarity", forms[0], "--run", "x"],
        ["equate", forms[0], "--method", "linear"],
    ):
        assert "analysis-of-what" in run(*words)[1]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre with locked keys, an exam, and three records on a carrier."""
    trusted = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr("keys.trusted.local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    for name, who in (("centre", W.centre), ("scoring", W.scoring)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    centres.exam_folder(W, tmp_path / "exam")
    (tmp_path / "carrier").mkdir()
    (tmp_path / "carrier/west.ekb").write_bytes(
        b.bundle(W, {n: b.sitting_record(W, n, n + 2) for n in range(3)})
    )
    return tmp_path


def passphrase() -> int:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    return reading


def test_a_run_of_the_ledger_is_taken_as_it_was_seated(run: Run, site: Path) -> None:
    """Scored items alone, each person's sitting and the name of the kiosk; a command answers about the run."""
    at = ("--centre", site / "centre", "--passphrase-fd")
    run("import", site / "carrier", *at, passphrase())
    _, scored = run(
        *("score", "--exam-folder", site / "exam", *at, passphrase()),
        *("--scoring-passphrase-fd", passphrase()),
    )
    centre = cli.asking.opened_centre(site / "centre", None, passphrase())
    found = seated(centre, scored["run"], site / "exam")
    scores = office.find_run(centre, scored["run"]).scores
    assert found.matrix.totals().tolist() == [one.score.marks.count(FULL) for one in scores]
    assert found.matrix.scores.shape[1] == len(scores[0].score.marks)
    assert len(found.matrix.persons) == len(found.sittings) == len(found.kiosks) == 3
    assert all(found.sittings)
    assert all(found.kiosks)
    ours = ("--run", scored["run"], "--exam-folder", site / "exam", *at)
    assert "3 persons for the similarity" in run("similarity", *ours, passphrase())[1]
    assert "groups-wanted" in run("dif", *ours, passphrase())[1]


def another_form(folder: Path, base: Path) -> None:
    """The same items as a second form of the exam, with its own key and table."""
    folder.mkdir()
    form = decode((base / FORM).read_bytes(), DeliveryForm, name="form")
    front = decode((base / FRONT).read_bytes(), Front, name="front")
    key = read(base / SCORING, SCORING_KEY, ScoringKey)
    table = read(base / CONVERSION, CONVERSION_TABLE, ConversionTable)
    again = msgspec.structs.replace
    new_form = again(form, items=form.items[::-1])
    raw, names = encode(new_form), {"form": "second", "form_digest": digest(encode(new_form))}
    (folder / FORM).write_bytes(raw)
    (folder / FRONT).write_bytes(encode(again(front, form="second")))
    (folder / SCORING).write_bytes(sign(encode(again(key, **names)), SCORING_KEY, W.scoring.signer()))
    (folder / CONVERSION).write_bytes(
        sign(encode(again(table, **names)), CONVERSION_TABLE, W.scoring.signer())
    )


def read(path: Path, payload: Any, kind: Any) -> Any:
    trusted = W.scoring.identity.holder()
    return decode(verify(path.read_bytes(), payload, Keyring([trusted])).payload, kind, name="document")


def test_an_equating_is_signed_for_two_forms(run: Run, site: Path) -> None:
    """The table has the base form's cut, scales by way of its table, and is not written twice or for other forms."""
    another_form(site / "second", site / "exam")
    base = read(site / "exam" / CONVERSION, CONVERSION_TABLE, ConversionTable)
    rows = len(base.scaled)
    report = {
        "method": "tucker",
        "x": {"persons": 100, "mean": 1.0, "sd": 1.0},
        "y": {"persons": 100, "mean": 1.0, "sd": 1.0},
        "anchor": ["a", "b"],
        "equivalents": [min(raw + 0.5, rows - 1) for raw in range(rows)],
        "errors": [None] * rows,
    }
    (site / "equated.json").write_text(json.dumps(report), "utf-8")
    words = (
        *("equating-table", site / "equated.json", "--centre", site / "centre", "--base", site / "exam"),
        *("--out", site / "table.dsse"),
    )
    status, found = run(*words, "--exam-folder", site / "second", "--passphrase-fd", passphrase())
    assert (status, found["form"], found["base"]) == (0, "second", base.form)
    table = read(site / "table.dsse", EQUATING_TABLE, EquatingTable)
    assert table.cut == base.cut
    assert table.conversion_digest == digest((site / "exam" / CONVERSION).read_bytes())
    assert table.scaled[0] == (base.scaled[0] + base.scaled[1] + 1) // 2
    assert table.scaled[-1] == base.scaled[-1]
    status, text = run(*words, "--exam-folder", site / "second", "--passphrase-fd", passphrase())
    assert "equating-table-taken" in text
    status, text = run(*words, "--exam-folder", site / "exam", "--passphrase-fd", passphrase())
    assert "both folders hold the same form" in text
    (site / "equated.json").write_text("{}", "utf-8")
    status, text = run(*words, "--exam-folder", site / "second", "--passphrase-fd", passphrase())
    assert "equated-report-unreadable" in text

"""Exports: every line there, every column explained, no formula, nothing of a held result; QTI as its model has it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import polars as pl
import pytest

from exam_packages.exam_folder import read_form
from exam_packages.interactions import (
    ChoiceInteraction,
    ChosenPairs,
    GapMatchInteraction,
    Interaction,
    ItemId,
    OrderInteraction,
    SliderInteraction,
    TextEntryInteraction,
    TypedText,
)
from keys.errors import ExamKioskError
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.report import datasets, exporting
from results.centre.report.cells import cell
from results.centre.report.qti import NAMESPACE, assessment_result, ncname
from results.centre.runs import ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope, Standing
from tests.results import builders as b
from tests.results import centres
from tests.results.report.runs import facts_of, run_of

W = b.world(3, 8)
NOW = b.stamp(24 * b.HOUR)
RECORDS = {n: b.sitting_record(W, n, 4 + n) for n in range(3)}
HELD = Standing("held", "a call", "Okoye", 1)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Centre, ScoreRun, Path]:
    """A centre with a run of three candidates, of whom the third is held, and the exam's folder."""
    folder = tmp_path_factory.mktemp("centre")
    made = centres.centre(W, folder)
    (folder / "west.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([folder / "west.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, folder / "exam"), made.trusted.keyring)
    run = score_all(made, inputs, W.scoring.signer(), "0.1.0", NOW)[0]
    with made.ledger.transaction() as books:
        enter(books, Act(Kind.HOLD, Scope(candidate="C-1003"), "a call", "Okoye", NOW.wall))
    return made, run, folder / "exam"


@pytest.mark.parametrize("form", list(exporting.Format))
def test_the_tables_hold_the_run(
    scored: tuple[Centre, ScoreRun, Path], tmp_path: Path, form: exporting.Format
) -> None:
    """Scores, areas, responses and reconciliation are there in either format with the same values."""
    made, run, _ = scored
    files = exporting.write_tables(made, run, form, tmp_path)
    assert [str(path.relative_to(tmp_path / run.run)) for path in files] == [
        f"scores.{form}",
        f"areas.{form}",
        f"reconciliation.{form}",
        f"responses/west-2027-01.{form}",
        "dictionary.csv",
        "dictionary.json",
    ]
    read = pl.read_csv if form is exporting.Format.CSV else pl.read_parquet
    scores, areas, reconciliation, responses = (read(path) for path in files[:4])
    assert scores.select("candidate", "standing", "raw", "scaled", "passed", "omitted").rows() == [
        ("C-1001", "free", 4, 400, False, 0),
        ("C-1002", "free", 5, 500, False, 0),
        ("C-1003", "held", None, None, None, None),
    ]
    assert areas.filter(pl.col("kind") == "area").select("candidate", "code", "points").rows() == [
        ("C-1001", "1", 2.0),
        ("C-1001", "2", 2.0),
        ("C-1002", "1", 3.0),
        ("C-1002", "2", 2.0),
    ]
    assert reconciliation.select("candidate", "result").rows() == [
        ("C-1001", "Not passed"),
        ("C-1002", "Not passed"),
        ("C-1003", "Withheld"),
    ]
    assert len(responses) == 16
    for one in run.scores[:2]:
        mine = responses.filter(pl.col("candidate") == one.candidate)
        assert "".join(str(mark) for mark in mine["mark"]) == one.score.marks
        assert mine["response"].to_list() == list(b.right(W, one.score.raw).values())
    everything = b"".join(path.read_bytes() for path in files)
    assert run.scores[2].record.encode() not in everything


def test_every_column_is_explained(scored: tuple[Centre, ScoreRun, Path], tmp_path: Path) -> None:
    """The dictionary has a line for each column of each table, in order, and names the run's inputs."""
    made, run, _ = scored
    files = exporting.write_tables(made, run, exporting.Format.CSV, tmp_path)
    told = list(csv.DictReader(io.StringIO(files[4].read_text("utf-8"))))
    for path in files[:4]:
        name = path.stem if path.parent.name != "responses" else "responses"
        heads = path.read_text("utf-8").splitlines()[0].split(",")
        assert [one["column"] for one in told if one["table"] == name] == heads
        assert all(one["meaning"] and one["kind"] for one in told)
    found = json.loads(files[5].read_text("utf-8"))
    assert found["made_with"]["Score run"] == run.run
    assert [one["files"] for one in found["tables"]][-1] == "responses/*.csv"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+4", "'+4"),
        ("-4", "'-4"),
        ("@sum", "'@sum"),
        ("  =1", "'  =1"),
        ("\t=1", "' =1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, safe: str) -> None:
    """A text that a spreadsheet would run begins with an apostrophe, in our CSV and in that of the data frames."""
    assert cell(text) == safe
    run = run_of([4], items=8)
    facts = facts_of({})
    typed = msgspec.structs.replace(facts_of({"i0": "A"}).items[0], response=TypedText(text))
    made = datasets.responses_of(
        run, run.scores, {run.scores[0].record: msgspec.structs.replace(facts, items=(typed,))}
    )
    rows = list(csv.DictReader(io.StringIO(made.csv().decode())))
    assert rows[0]["response"] == safe
    assert made.frame()["response"][0] == text


def test_a_held_result_has_a_line_and_nothing_else() -> None:
    """Its standing is told, every figure and its record's digest are empty."""
    run = run_of([4, 8], items=8)
    one = run.scores[1]
    rows = datasets.scores_of(run, {(one.sitting, one.candidate, one.attempt): HELD}).rows
    assert rows[0][4] == "free"
    assert rows[1][:5] == (one.sitting, one.candidate, 1, "completed", "held")
    assert set(rows[1][5:]) == {None}


# ------------------------------------------------------------------------------------------------------------- QTI

NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
CARDINALITIES = {"single", "multiple", "ordered", "record"}
BASES = {
    *("boolean", "directedPair", "duration", "file", "float", "identifier", "integer"),
    *("pair", "point", "string", "uri"),
}
"""Of 1EdTech's information model of results, 3.0."""


def q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def check_qti(raw: bytes) -> ET.Element:
    """The document, checked against the order, attributes and vocabularies of the model's classes."""
    root = ET.fromstring(raw)  # noqa: S314 - our own bytes
    assert root.tag == q("assessmentResult")
    names = [child.tag for child in root]
    assert names == [q("context"), q("testResult"), *[q("itemResult")] * (len(names) - 2)]
    context, test, *items = root
    assert NCNAME.fullmatch(context.attrib["sourcedId"])
    for one in context:
        assert one.tag == q("sessionIdentifier")
        assert set(one.attrib) == {"sourceID", "identifier"}
    assert set(test.attrib) == {"identifier", "datestamp"}
    for result in (test, *items):
        assert NCNAME.fullmatch(result.attrib["identifier"])
        assert MOMENT.fullmatch(result.attrib["datestamp"])
        tags = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in result]
        assert set(tags) <= {"responseVariable", "outcomeVariable", "candidateComment"}
        assert "candidateComment" not in tags[:-1]
        for child in result:
            _check_variable(child)
    for item in items:
        assert item.attrib["sessionStatus"] in {"final", "initial"}
    return root


def _check_variable(one: ET.Element) -> None:
    if one.tag == q("candidateComment"):
        return
    assert NCNAME.fullmatch(one.attrib["identifier"])
    assert one.attrib["cardinality"] in CARDINALITIES
    assert one.attrib["baseType"] in BASES
    values = list(one)
    if one.tag == q("responseVariable"):
        assert [child.tag for child in values] == [q("candidateResponse")]
        values = list(values[0])
    assert all(value.tag == q("value") and value.text is not None for value in values)
    if one.attrib["cardinality"] == "single":
        assert len(values) <= 1
    for value in values:
        if one.attrib["baseType"] == "float":
            float(value.text or "")
        if one.attrib["baseType"] == "identifier":
            assert NCNAME.fullmatch(value.text or "")


def variables(root: ET.Element, result: int) -> dict[str, list[str]]:
    """The values of the variables of the n-th result, by identifier."""
    return {
        one.attrib["identifier"]: [value.text or "" for value in one.iter(q("value"))]
        for one in root[result]
        if "identifier" in one.attrib
    }


def test_a_result_is_reported_as_qti_has_it(scored: tuple[Centre, ScoreRun, Path], tmp_path: Path) -> None:
    """A file a result that may be told, its scores and responses as the run has them, in the form's order."""
    made, run, exam = scored
    files = exporting.write_qti(made, run, exam, tmp_path)
    assert [path.name for path in files] == ["C-1001-1.xml", "C-1002-1.xml"]
    for path, one in zip(files, run.scores, strict=False):
        root = check_qti(path.read_bytes())
        assert root[0].attrib["sourcedId"] == one.candidate
        told = variables(root, 1)
        assert told["SCALED_SCORE"] == [str(one.score.scaled)]
        assert (told["SCORE"], told["PASSED"]) == ([str(one.score.raw)], ["false"])
        items = [variables(root, n) for n in range(2, len(root))]
        assert "".join(item["SCORE"][0] for item in items) == one.score.marks
        assert [item["RESPONSE"] for item in items] == [[x] for x in b.right(W, one.score.raw).values()]
        assert [item.attrib["identifier"] for item in root[2:]] == list(run.items)


def test_another_forms_folder_is_refused(scored: tuple[Centre, ScoreRun, Path], tmp_path: Path) -> None:
    """A form that the run did not score gives no report."""
    made, run, _ = scored
    other = centres.exam_folder(b.world(3, 4), tmp_path / "other")
    with pytest.raises(ExamKioskError) as refused:
        exporting.write_qti(made, run, other, tmp_path)
    assert refused.value.diagnostics().code == "form-not-of-run"
    assert read_form(other, made.trusted.keyring)


def test_every_kind_of_response_has_its_base_type() -> None:
    """Order keeps its order, pairs are pairs, text is text and escaped; an item nobody saw has no response."""
    run = run_of([4], items=8)
    one = run.scores[0]
    facts = facts_of({f"i{n}": "A" for n in range(6)})
    texts = [
        facts.items[0].response,
        facts_of({"i1": "B"}).items[0].response,
        ChosenPairs((("g 1", "2x"),)),
        TypedText("</value><x>&\x1b"),
        TypedText("7"),
        None,
    ]
    items = tuple(
        msgspec.structs.replace(fact, response=response, comment="a <b>" if n == 3 else "")
        for n, (fact, response) in enumerate(zip(facts.items, texts, strict=True))
    )
    kinds: list[Interaction] = [
        ChoiceInteraction((), max_choices=0),
        OrderInteraction(()),
        GapMatchInteraction("", (), ()),
        TextEntryInteraction(10),
        SliderInteraction(0, 9),
        *[ChoiceInteraction(())] * 3,
    ]
    interactions = {ItemId(f"i{n}"): kind for n, kind in enumerate(kinds)}
    root = check_qti(assessment_result(run, one, msgspec.structs.replace(facts, items=items), interactions))
    declared = [
        (variable.attrib["cardinality"], variable.attrib["baseType"])
        for item in root[2:]
        for variable in item
        if variable.attrib.get("identifier") == "RESPONSE"
    ]
    assert declared == [
        ("multiple", "identifier"),
        ("ordered", "identifier"),
        ("multiple", "directedPair"),
        ("single", "string"),
        ("single", "integer"),
        *[("single", "identifier")] * 3,
    ]
    assert variables(root, 4)["RESPONSE"] == [f"{ncname('g 1')} {ncname('2x')}"]
    assert variables(root, 5)["RESPONSE"] == ["</value><x>&"]
    assert root[5][-1].text == "a <b>"
    assert [item.attrib["sessionStatus"] for item in root[2:]] == ["final"] * 6 + ["initial"] * 2
    assert variables(root, 9)["RESPONSE"] == []


@pytest.mark.parametrize(("text", "name"), [("C-1", "C-1"), ("1A", "_1A-"), ("a b:c", "a_b_c-"), ("", "_-")])
def test_identifiers_are_ncnames(text: str, name: str) -> None:
    """What is one stays as it is; the rest is made one, with letters of its digest."""
    made = ncname(text)
    assert made == name == text or re.fullmatch(f"{name}[0-9a-f]{{8}}", made)


def test_no_two_identifiers_become_one() -> None:
    """Candidates that differ only in what does not fit have different names."""
    alike = ["C 1", "C_1", "C:1", "C/1", "1", "_1", " 1", "C\t1"]
    assert len({ncname(one) for one in alike}) == len(alike)

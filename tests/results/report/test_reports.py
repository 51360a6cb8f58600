"""What the reports say, on a page, on paper and as text: incidents, time, study, and nothing of a held result."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import msgspec
import pytest

from exam_packages.sitting_plan import seal_plan
from keys.codes import Verb
from keys.encoding import Instant
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.report.writing import Written, write_reports
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from results.wire import events as e
from results.wire import sitting_events as s
from tests.results import builders as b
from tests.results import centres
from tests.results.report.checking import check_page
from tests.results.report.papers import paper_text

PLAIN = b.world(4, 24)
NOW = b.stamp(24 * b.HOUR)
NASTY = "</td><script>alert(1)</script> Ünïcødé Ωmega"
ROSTER = (
    msgspec.structs.replace(PLAIN.plan.roster[0], name=NASTY, attempt=1),
    *PLAIN.plan.roster[1:],
)
PLAN = msgspec.structs.replace(PLAIN.plan, roster=ROSTER)
W = dataclasses.replace(PLAIN, plan=PLAN, plan_file=seal_plan(PLAN, PLAIN.registrar))
ME = W.proctor.identity.fingerprint
LONGER = [
    *b.opening(W, 1),
    e.ActionRedeemed(Verb.ADD + 15, 1),
    e.TimeChanged(b.LIMIT, b.LIMIT + 900_000, False, 1_000),
    *b.answers(b.right(W, 10)),
    e.HandedIn(0, 0, 60_000),
]
RECORDS = {
    0: b.sitting_record(W, 0, 24),
    1: b.seal(W, 1, b.chain(LONGER)),
    2: b.sitting_record(W, 2, 23),
}


def reported(number: int, code: str, who: tuple[str, ...], text: str) -> s.IncidentReported:
    return s.IncidentReported(number, code, who, Instant(b.START + 600_000), text, "Ms Roe", "Call", ME)


DESK = b.desk_journal(
    W,
    reported(1, "R3", (), "The lights went out"),
    reported(2, "C6", ("C-1003",), "A first wording"),
    reported(2, "C6", ("C-1003",), "A telephone <on> the desk"),
    reported(3, "Z9", (), "Odd"),
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A sitting with a desk's journal, a record with more time, and one result that is invalidated."""
    folder = tmp_path_factory.mktemp("centre")
    made = centres.centre(W, folder)
    (folder / "west.ekb").write_bytes(b.bundle(W, RECORDS, desk=DESK))
    import_files([folder / "west.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    return made


@pytest.fixture(scope="module")
def written(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Its reports."""
    folder = tmp_path_factory.mktemp("reports")
    inputs = read_inputs(centres.exam_folder(W, folder / "exam"), centre.trusted.keyring)
    run = score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)[0]
    with centre.ledger.transaction() as books:
        enter(books, Act(Kind.INVALIDATE, Scope(candidate="C-1003"), "telephone", "Okoye", NOW.wall))
        enter(books, Act(Kind.APPEAL_OPENED, Scope(candidate="C-1003"), "says not", "Okoye", NOW.wall + 1))
    (found,) = write_reports(centre, run, folder / "out")
    return found


def said(path: Path) -> dict[str, str]:
    """The three forms of a report, each with its white space made one."""
    page = check_page(path.read_text("utf-8")).text()
    paper = paper_text(path.with_suffix(".pdf").read_bytes())
    text = path.with_suffix(".txt").read_text("utf-8")
    return {"page": page, "paper": " ".join(paper.split()), "text": " ".join(text.split())}


def candidate(written: Written, number: str) -> dict[str, str]:
    return said(next(path for path in written.candidates if number in path.name))


def test_the_sitting_report_has_its_incidents_and_time(written: Written) -> None:
    """The newest wording of each number with the words of its category, an unknown one too, and every time change."""
    report = written.report
    assert [(one.number, one.words, one.who, one.text) for one in report.incidents] == [
        (1, "Power failed", "the room", "The lights went out"),
        (2, "Used notes, a telephone or another forbidden item", "C-1003", "A telephone <on> the desk"),
        (3, "A kind of incident that this program does not know", "the room", "Odd"),
    ]
    assert [(one.candidate, one.before, one.after, one.change, one.by) for one in report.times] == [
        ("C-1002", "120:00", "135:00", "+15:00", "one person")
    ]
    for form in said(written.page).values():
        assert "Power failed" in form
        assert "A telephone <on> the desk" in form
        assert "A first wording" not in form
        assert "+15:00" in form
        assert "Ms Roe" in form


def test_who_is_invalidated_is_told_so_and_nothing_else(written: Written) -> None:
    """No score, no area and no mark of an invalidated result in any form; the sitting report withholds it too."""
    for form in candidate(written, "C-1003").values():
        assert "This result was invalidated and does not count. An appeal about it is open." in form
        assert "passes" not in form
        assert "767" not in form
        assert "Leadership and Vision" not in form
        assert "Passed" not in form
    line = next(line for line in written.report.lines if line.candidate == "C-1003")
    assert (line.scaled, line.result, line.remarks[0]) == ("", "Withheld", "result invalidated: telephone")
    assert (written.report.scored, written.report.passed, written.report.withheld) == (2, 1, 1)
    assert "767" not in " ".join(said(written.page).values())


def test_a_report_says_what_to_study_first(written: Written) -> None:
    """Areas below the passing level by what is missing in them, the scale's meaning, the appeal, the attempt."""
    for form in candidate(written, "C-1002").values():
        assert "333 on a scale from 0 to 800; 600 passes" in form or "333 on a scale from 0 to 800" in form
        assert "What to study next" in form
        study = form[form.index("What to study next") :]
        assert study.index("Leadership and Vision") < study.index("Strategic Planning")
        assert "it takes 18 of 24 points" in form
        assert "Write to Exam office" in form
        assert "1, the first" in form
    for form in candidate(written, "C-1001").values():
        assert "What to study next" not in form


def test_a_hostile_name_is_a_name(written: Written) -> None:
    """Markup in a name is printed as it stands on the page and on paper."""
    for name, form in candidate(written, "C-1001").items():
        assert NASTY in form, name


def test_a_candidates_report_is_one_sheet(written: Written) -> None:
    """One page, whose text stands inside both A4 and Letter."""
    for path in written.candidates:
        pdf = path.with_suffix(".pdf").read_bytes()
        assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
        assert paper_text(pdf).count("\f") == 1


def test_a_sitting_without_its_desk_knows_no_incidents(tmp_path: Path) -> None:
    """Where no desk's journal is here, the report says that, and not that nothing happened."""
    made = centres.centre(W, tmp_path)
    (tmp_path / "0.ekr").write_bytes(RECORDS[0])
    import_files([tmp_path / "0.ekr"], made.ledger, made.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), made.trusted.keyring)
    run = score_all(made, inputs, W.scoring.signer(), "0.1.0", NOW)[0]
    (found,) = write_reports(made, run, tmp_path / "out")
    for form in said(found.page).values():
        assert "The desk's journal is not here, so its incidents are not known." in form

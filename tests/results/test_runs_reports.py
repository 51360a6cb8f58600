"""Score runs and what is written from them: reproducible, complete, and pages that load nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exam_packages.interactions import ChosenOptions
from exam_packages.scoring_key import ScoringKey
from exam_packages.sitting_plan import seal_plan
from keys.encoding import decode, encode
from keys.errors import ExamKioskError, SealError
from keys.statement import Role
from results.centre import office
from results.centre.books import facts_of_row
from results.centre.confirm import confirm
from results.centre.facts import SessionFacts
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import (
    Centre,
    KeyOlderError,
    RunNameTakenError,
    check_newest,
    find_run,
    score_all,
)
from results.centre.report.writing import Written, write_reports
from results.centre.runs import Scorable, ScoreRun, make_run, read_run
from results.centre.tables import records
from results.wire import events as e
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results import centres
from tests.results.report.checking import check_page

W = b.world(5, 12)
NOW = b.stamp(24 * b.HOUR)
DECLINED = [*b.opening(W, 3)[:3], e.AgreementDeclined("terms", b.PACKAGE)]
RESUMED = [
    *b.opening(W, 2),
    e.ClockJumped(86_400_000),
    e.SessionResumed(1, e.ResumeCause.MACHINE, 42_000, 30_000, 1_000),
    *b.answers(b.right(W, 4)),
    e.TimeExpired(b.LIMIT, b.LIMIT),
]
RECORDS = {
    0: b.sitting_record(W, 0, 12),
    1: b.sitting_record(W, 1, 8),
    2: b.seal(W, 2, b.chain(RESUMED)),
    3: b.seal(W, 3, b.chain(DECLINED)),
}
STATES = [
    FinalState.COMPLETED,
    FinalState.COMPLETED,
    FinalState.TIMED_OUT,
    FinalState.DECLINED_TERMS,
    FinalState.NO_SHOW,
]
BUNDLE = b.bundle(W, RECORDS, lines=[b.line(W, n, RECORDS.get(n), state) for n, state in enumerate(STATES)])


def imported(folder: Path, files: dict[str, bytes], world: b.World = W) -> Centre:
    centre = centres.centre(world, folder)
    (folder / "in").mkdir()
    for name, raw in files.items():
        (folder / "in" / name).write_bytes(raw)
    paths = [folder / "in" / name for name in files]
    import_files(paths, centre.ledger, centre.office(), NOW.wall, lambda _: None)
    return centre


def scored(centre: Centre, folder: Path, key: ScoringKey | None = None) -> ScoreRun:
    inputs = read_inputs(centres.exam_folder(W, folder, key=key), centre.trusted.keyring)
    return score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return imported(tmp_path, {"west.ekb": BUNDLE})


@pytest.fixture
def written(centre: Centre, tmp_path: Path) -> Written:
    run = scored(centre, tmp_path / "exam")
    (found,) = write_reports(centre, run, tmp_path / "reports")
    return found


def test_everyone_is_scored_or_listed(centre: Centre, tmp_path: Path) -> None:
    """Completed and timed-out records have scores; a declined one is left out by name; the no-show has no record."""
    run = scored(centre, tmp_path / "exam")
    assert [(one.candidate, one.score.raw, one.score.scaled, one.score.passed) for one in run.scores] == [
        ("C-1001", 12, 800, True),
        ("C-1002", 8, 533, False),
        ("C-1003", 4, 267, False),
    ]
    assert [(one.candidate, one.why) for one in run.left_out] == [("C-1004", "declined terms")]


def test_a_run_is_reproducible_byte_for_byte(tmp_path: Path) -> None:
    """Two centres that import the same files in another order, at other times, make the same signed bytes and name."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    loose = {f"{n}.ekr": raw for n, raw in RECORDS.items()}
    one = imported(tmp_path / "one", {"west.ekb": BUNDLE, **loose})
    two = imported(tmp_path / "two", {**dict(reversed(loose.items())), "west.ekb": BUNDLE})
    runs = [scored(one, tmp_path / "exam"), scored(two, tmp_path / "exam")]
    assert encode(runs[0]) == encode(runs[1])
    documents = []
    for centre in (one, two):
        with centre.ledger.transaction() as books:
            row = books.run(runs[0].run)
            assert row is not None
            documents.append(row.document)
    assert documents[0] == documents[1]


def test_scoring_again_is_the_same_run_and_a_mended_key_another(centre: Centre, tmp_path: Path) -> None:
    """Nothing is overwritten: the same inputs find the run that is there; a new key version makes a second one."""
    first = scored(centre, tmp_path / "exam")
    inputs = read_inputs(tmp_path / "exam", centre.trusted.keyring)
    assert score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW) == (first, False)
    keys = (
        msgspec.structs.replace(W.key.keys[11], correct=ChosenOptions((b.OPTIONS[0],))),
        *W.key.keys[:11],
    )
    mended = scored(centre, tmp_path / "exam-2", msgspec.structs.replace(W.key, version=2, keys=keys))
    assert mended.run != first.run
    assert mended.key_version == 2
    assert mended.scores[1].score.raw == first.scores[1].score.raw + 1  # everyone answered that item so
    with centre.ledger.transaction() as books:
        assert books.run_names() == [first.run, mended.run] or books.run_names() == [mended.run, first.run]
    assert find_run(centre, first.run) == first
    check_newest(centre, read_inputs(tmp_path / "exam-2", centre.trusted.keyring))
    with pytest.raises(KeyOlderError):
        check_newest(centre, inputs)


def test_another_run_of_the_same_name_is_refused(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run's name has 40 bits of its digest: whoever finds two of one name gains nothing, and nothing is kept."""
    first = scored(centre, tmp_path / "exam")
    real = make_run

    def collide(*given: Any) -> ScoreRun:
        return msgspec.structs.replace(real(*given), run=first.run)

    monkeypatch.setattr(office, "make_run", collide)
    inputs = read_inputs(tmp_path / "exam", centre.trusted.keyring)
    assert score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW) == (first, False)
    with pytest.raises(RunNameTakenError):
        score_all(centre, inputs, W.scoring.signer(), "0.1.1", NOW)
    assert find_run(centre, first.run) == first


def test_only_a_published_scoring_key_may_sign_a_run(centre: Centre, tmp_path: Path) -> None:
    """A key of another role, and a scoring key that is not published, sign nothing; no run is kept."""
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), centre.trusted.keyring)
    for signer, code in (
        (W.registrar, "signer-wrong-role"),
        (b.someone(Role.SCORING, "stranger"), "signer-unknown"),
    ):
        with pytest.raises(ExamKioskError) as refused:
            score_all(centre, inputs, signer.signer(), "0.1.0", NOW)
        assert refused.value.diagnostics().code == code
    with centre.ledger.transaction() as books:
        assert books.run_names() == []


def test_a_run_that_was_altered_is_refused(centre: Centre, tmp_path: Path) -> None:
    """Reports are written only from a run whose signature still holds."""
    run = scored(centre, tmp_path / "exam")
    with centre.ledger.transaction() as books:
        row = books.run(run.run)
        assert row is not None
    with pytest.raises(ExamKioskError) as refused:
        read_run(row.document.replace(b'"sig":"', b'"sig":"AA'), centre.trusted.keyring)
    assert refused.value.diagnostics().code in {"signature-invalid", "document-malformed"}


def test_bad_requests_are_told_apart(centre: Centre, tmp_path: Path) -> None:
    """An unknown run, a form nobody sat, a sitting whose plan is gone: each its own code."""
    with pytest.raises(ExamKioskError) as refused:
        find_run(centre, "nothing")
    assert refused.value.diagnostics().code == "run-unknown"
    other = b.world(2, 8)
    inputs = read_inputs(centres.exam_folder(other, tmp_path / "other"), centre.trusted.keyring)
    with pytest.raises(ExamKioskError) as refused:
        score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)
    assert refused.value.diagnostics().code == "nothing-to-score"
    run = scored(centre, tmp_path / "exam")
    (tmp_path / "gone").mkdir()
    gone = centres.centre(W, tmp_path / "gone", without=["sittings/west-2027-01/plan.eks"])
    with pytest.raises(ExamKioskError) as refused:
        write_reports(gone, run, tmp_path / "reports")
    assert refused.value.diagnostics().code == "plan-unknown"


@pytest.mark.parametrize(
    ("mode", "state", "why"),
    [
        ("rehearsal", "completed", "rehearsal"),
        ("live", "unfinished", "unfinished"),
        ("live", "voided", "voided"),
        ("live", "ended by proctor", None),
    ],
)
def test_what_is_not_scored_says_why(
    centre: Centre, tmp_path: Path, mode: str, state: str, why: str | None
) -> None:
    """Rehearsals, and sessions that did not end in a way that counts, are left out of the run by name."""
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), W.keyring)
    with centre.ledger.transaction() as books:
        row = books.sound_records()[0]
    facts = decode(row.facts, SessionFacts, name="facts")
    run = make_run(inputs, [Scorable(row.digest, "s", mode, "C-1", 1, "x", state, facts)], "0.1.0")
    assert [one.why for one in run.left_out] == ([why] if why else [])
    assert len(run.scores) == (why is None)


def test_one_attempt_never_has_two_results(centre: Centre, tmp_path: Path) -> None:
    """An attempt that counts in two sittings is scored in neither; another attempt, or a rehearsal, is no conflict."""
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), W.keyring)
    with centre.ledger.transaction() as books:
        row = books.sound_records()[0]
    facts = decode(row.facts, SessionFacts, name="facts")
    found = [
        Scorable(row.digest, sitting, mode, candidate, attempt, "x", "completed", facts)
        for sitting, mode, candidate, attempt in (
            ("east", "live", "C-1", 1),
            ("west", "live", "C-1", 1),
            ("west", "live", "C-2", 1),
            ("east", "live", "C-2", 2),
            ("east", "live", "C-3", 1),
            ("west", "rehearsal", "C-3", 1),
        )
    ]
    run = make_run(inputs, found, "0.1.0")
    assert [(one.sitting, one.candidate, one.why) for one in run.left_out] == [
        ("east", "C-1", "attempt-conflict"),
        ("west", "C-1", "attempt-conflict"),
        ("west", "C-3", "rehearsal"),
    ]
    assert [(one.candidate, one.attempt) for one in run.scores] == [("C-2", 2), ("C-3", 1), ("C-2", 1)]


def test_the_sitting_report_has_a_line_for_everyone(written: Written) -> None:
    """Five authorised candidates, five lines, each with its final state, and the sum that says nobody is missing."""
    report = written.report
    assert report.reconciliation == "5 authorised = 2 completed + 1 timed out + 1 declined terms + 1 no-show"
    assert [line.state for line in report.lines] == [state.value for state in STATES]
    assert [line.kiosk for line in report.lines] == ["kiosk-01", "kiosk-02", "kiosk-03", "kiosk-04", ""]
    assert report.lines[2].remarks == (
        "resumed 1 time: 42 s lost, 30 s credited",
        "clock moved by +86400 s",
        "kiosk-03 was resumed once; the desk issued 0 resume codes for it",
    )
    assert report.lines[0].remarks == ()
    assert (report.scored, report.passed, report.findings) == (3, 1, ())
    for text in (written.page.read_text("utf-8"), written.text.read_text("utf-8")):
        assert report.reconciliation in " ".join(text.split())
        assert all(f"C-{1001 + n}" in text for n in range(5))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """Without a bundle the sitting is not closed; what waits in quarantine stands beside its candidate."""
    fork = b.seal(W, 1, b.chain(b.session(W, 1, {})))
    centre = imported(tmp_path, {"0.ekr": RECORDS[0], "1.ekr": RECORDS[1], "fork.ekr": fork})
    (found,) = write_reports(centre, scored(centre, tmp_path / "exam"), tmp_path / "reports")
    assert found.report.reconciliation == "5 authorised = 5 not closed"
    assert found.report.lines[1].remarks == ("in quarantine: journal-fork",) * 2
    assert found.report.lines[0].remarks == ("record ends as completed",)
    assert found.report.findings[0].startswith("No sound bundle")


def test_closing_pages_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    """The candidate they differ about is named and has no score; the others have theirs."""
    other = [b.line(W, n, RECORDS.get(n), state) for n, state in enumerate([FinalState.VOIDED, *STATES[1:]])]
    centre = imported(tmp_path, {"a.ekb": BUNDLE, "b.ekb": b.bundle(W, RECORDS, lines=other)})
    (found,) = write_reports(centre, scored(centre, tmp_path / "exam"), tmp_path / "reports")
    assert "Closing pages contradict each other about: C-1001." in found.report.findings
    assert found.report.lines[0].remarks == ("in quarantine: closing-conflict",)
    assert [line.state for line in found.report.lines] == ["not closed", *(one.value for one in STATES[1:])]


def test_a_refused_bundle_is_no_different_bundle(tmp_path: Path) -> None:
    """A damaged copy beside the sound bundle is told as one in quarantine, and two sound ones are counted."""
    centre = imported(tmp_path, {"broken.ekb": BUNDLE[:-1], "west.ekb": BUNDLE})
    run = scored(centre, tmp_path / "exam")
    (finding,) = write_reports(centre, run, tmp_path / "reports")[0].report.findings
    assert finding.startswith("A bundle is in quarantine: ")
    assert finding.endswith(" A sound one has been imported too.")


def test_questions_without_an_answer_are_not_answered(written: Written) -> None:
    """A candidate report never says of a question what a score run says of a record."""
    for page in written.candidates:
        for text in (page.read_text("utf-8"), page.with_suffix(".txt").read_text("utf-8")):
            assert "not answered" in text
            assert "left out" not in text


def test_a_candidate_report_says_how_the_score_was_made(written: Written, tmp_path: Path) -> None:
    """Result, scaled score, cut, categories, areas as bands, and every input by name and digest."""
    page = next(path for path in written.candidates if "C-1002" in path.name)
    provenance = dict(written.report.provenance)
    for text in (page.read_text("utf-8"), page.with_suffix(".txt").read_text("utf-8")):
        flat = " ".join(text.split())
        assert "533" in flat
        assert "600 passes" in flat
        assert "passed" in flat.lower()
        assert "the passing level" in flat
        for value in provenance.values():
            assert value in flat
    assert "Not passed" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0


def test_pages_load_nothing_from_anywhere(written: Written) -> None:
    """No address, no foreign script, no link and no image in any page; the policy forbids them; every tag is closed."""
    for path in (written.page, *written.candidates):
        check_page(path.read_text("utf-8"))


def test_names_and_notices_are_text_and_nothing_else(tmp_path: Path) -> None:
    """Markup, control bytes and bidi marks in a candidate's name or a title stay harmless in page and text."""
    nasty = "<script>alert('x')</script>\x1b[2J\u202e&amp;"
    nasty_text = "<script>alert('x')</script>[2J&amp;"
    roster = (msgspec.structs.replace(W.plan.roster[0], name=nasty), *W.plan.roster[1:])
    plan = msgspec.structs.replace(W.plan, roster=roster)
    w = dataclasses.replace(W, plan=plan, plan_file=seal_plan(plan, W.registrar))
    centre = imported(tmp_path, {"0.ekr": b.sitting_record(w, 0, 3)}, w)
    (found,) = write_reports(centre, scored(centre, tmp_path / "exam"), tmp_path / "reports")
    for path in (found.page, found.text, *found.candidates):
        text = path.read_text("utf-8")
        if path.suffix == ".html":
            assert nasty_text in check_page(text).text()
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "&lt;script&gt;" in found.page.read_text("utf-8")
    assert "Practice &lt;Exam&gt;" in found.page.read_text("utf-8")


def test_a_receipt_code_finds_its_record(centre: Centre) -> None:
    """Each candidate's code confirms that candidate and no other; an altered or unknown code confirms nobody."""
    for n, raw in RECORDS.items():
        found = confirm(centre, typed_out(centres.receipt(W, n, raw)))
        assert (found.candidate, found.state) == (b.candidate(n), "admitted")
    stray = b.seal(W, 4, b.chain(b.session(W, 4, {})))
    for code, expected in (
        (centres.receipt(W, 4, stray), "receipt-unknown"),
        (centres.receipt(W, 0, RECORDS[0])[:-1] + "?", "code-mistyped"),
        ("", "code-mistyped"),
    ):
        with pytest.raises(ExamKioskError) as refused:
            confirm(centre, code)
        assert refused.value.diagnostics().code == expected


def test_a_sitting_that_does_not_open_keeps_no_other_from_being_confirmed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt is confirmed past a sitting whose release is damaged; that is told only where nothing matches."""
    with centre.ledger.transaction() as books:
        first = books.sound_records()[0]
        row = dict(first._mapping)
        changes = {"digest": "d1", "sitting": "aaa", "session": "other", "file": b"sealed", "heads": b""}
        changes["facts"] = encode(msgspec.structs.replace(facts_of_row(first), of=msgspec.UNSET))
        books.put(records, {**row, **changes})
    secret = Centre.secret

    def opening(self: Centre, sitting: str) -> bytes | None:
        if sitting == "aaa":
            raise SealError(kind="release")
        return secret(self, sitting)

    monkeypatch.setattr(Centre, "secret", opening)
    assert confirm(centre, centres.receipt(W, 0, RECORDS[0])).candidate == b.candidate(0)
    stray = b.seal(W, 4, b.chain(b.session(W, 4, {})))
    with pytest.raises(SealError):
        confirm(centre, centres.receipt(W, 4, stray))


def typed_out(code: str) -> str:
    """The code as a person types it."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4)).lower()


def test_a_receipt_code_finds_a_record_in_quarantine(tmp_path: Path) -> None:
    """A candidate whose record waits for a person is told that it has arrived."""
    fork = b.seal(W, 1, b.chain(b.session(W, 1, {})))
    centre = imported(tmp_path, {"1.ekr": RECORDS[1], "fork.ekr": fork})
    assert confirm(centre, centres.receipt(W, 1, RECORDS[1])).state == "quarantined"
    assert confirm(centre, centres.receipt(W, 1, fork)).state == "quarantined"

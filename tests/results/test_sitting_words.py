"""What a sitting report says of typed codes, pauses, moves and comments, and what becomes of the new ways to end."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from exam_packages.form import BreakClock
from exam_packages.interactions import ItemId
from keys.codes import Verb
from keys.encoding import Instant
from results.centre.acts import TOLD, told
from results.centre.confirm import confirm
from results.centre.facts import Act, Acted
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.report.writing import Written, write_reports
from results.centre.runs import ScoreRun
from results.wire import events as e
from results.wire import sitting_events as s
from results.wire.closing import FinalState
from results.wire.events import PauseKind
from tests.results import builders as b
from tests.results import centres

W = b.world(5, 12)
NOW = b.stamp(24 * b.HOUR)
MINUTE = 60_000
I0 = ItemId("i0")
BUSY: list[e.SessionEvent] = [
    *b.opening(W, 0),
    e.ActionRedeemed(Verb.ADD + 15, 1),
    e.TimeChanged(b.LIMIT, b.LIMIT + 15 * MINUTE, False, 1_000),
    e.PauseBegan(PauseKind.UNSCHEDULED, BreakClock.RUNS, 0, 2_000),
    e.PauseEnded(PauseKind.UNSCHEDULED, 90_000, 92_000),
    e.RoomCodeRedeemed(Verb.ROOM_PAUSE, 1),
    *b.answers(b.right(W, 9)),
    e.CommentWritten(I0, "=1+1, \u202eunclear", 95_000),
    e.NoteWritten("", 5, "A sum", 95_000),
    e.ActionRedeemed(Verb.END, 2),
    e.EndedByProctor(96_000),
]
VOID: list[e.SessionEvent] = [
    *b.session(W, 1, b.right(W, 12), end=False),
    e.ActionRedeemed(Verb.VOID, 1),
    e.Voided(60_000),
]
LEFT = b.session(W, 2, b.right(W, 5), end=False)
ARRIVED: list[e.SessionEvent] = [
    e.CandidateMovedIn(b.candidate(2), 1, 3, "0123456789", 40)
    if isinstance(event, e.CandidateAdmitted)
    else event
    for event in b.session(W, 3, b.right(W, 12))
]
JOURNALS: tuple[list[e.SessionEvent], ...] = (BUSY, VOID, LEFT, ARRIVED)
ENDED, VOIDED, SOURCE, MOVED = (b.seal(W, n, b.chain(events)) for n, events in enumerate(JOURNALS))
LINES = [
    b.line(W, 0, ENDED, FinalState.ENDED_BY_PROCTOR),
    b.line(W, 1, VOIDED, FinalState.VOIDED),
    b.line(W, 2, MOVED, FinalState.COMPLETED),
    b.line(W, 3, None, FinalState.NO_SHOW),
    b.line(W, 4, None, FinalState.NO_SHOW),
]
ME, KIOSKS = W.proctor.identity.fingerprint, [one.identity.fingerprint for one in W.kiosks]
DESK = b.desk_journal(
    W,
    s.ActionIssued(b.candidate(0), 1, KIOSKS[0], Verb.ADD + 15, 1, "power-cut", ME),
    s.RoomCodeIssued(Verb.ROOM_PAUSE, 1, "alarm", ME),
    s.ActionIssued(b.candidate(0), 1, KIOSKS[0], Verb.END, 2, "left", ME),
    s.CandidateMoved(b.candidate(2), 1, KIOSKS[2], KIOSKS[3], "0123456789", 40, 3, "kiosk-dead", ME),
)
"""A desk that issued every code that the sessions redeemed."""
BUNDLE = b.bundle(W, {0: ENDED, 1: VOIDED, 2: SOURCE, 3: MOVED}, lines=LINES, desk=DESK)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return imported(tmp_path_factory.mktemp("centre"), {"west.ekb": BUNDLE})


@pytest.fixture(scope="module")
def run(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> ScoreRun:
    return scored(centre, tmp_path_factory.mktemp("scoring"))


@pytest.fixture(scope="module")
def written(centre: Centre, run: ScoreRun, tmp_path_factory: pytest.TempPathFactory) -> Written:
    (found,) = write_reports(centre, run, tmp_path_factory.mktemp("reports"))
    return found


def imported(folder: Path, files: dict[str, bytes]) -> Centre:
    made = centres.centre(W, folder)
    (folder / "in").mkdir()
    for name, raw in files.items():
        (folder / "in" / name).write_bytes(raw)
    import_files(
        [folder / "in" / name for name in files], made.ledger, made.office(), NOW.wall, lambda _: None
    )
    return made


def scored(made: Centre, folder: Path) -> ScoreRun:
    inputs = read_inputs(centres.exam_folder(W, folder / "exam"), made.trusted.keyring)
    return score_all(made, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


def test_every_new_end_is_settled_and_told(run: ScoreRun, written: Written) -> None:
    """Ended by the proctor is scored, voided and moved in never are, and the sum still says that nobody is missing."""
    assert [(one.candidate, one.state, one.score.raw) for one in run.scores] == [
        ("C-1001", "ended by proctor", 9)
    ]
    assert [(one.candidate, one.why) for one in run.left_out] == [
        ("C-1002", "voided"),
        ("C-1003", "moved in"),
    ]
    assert written.report.reconciliation == (
        "5 authorised = 1 completed + 1 ended by proctor + 2 no-show + 1 voided"
    )
    assert [line.result for line in written.report.lines[1:3]] == ["Not scored"] * 2


def test_a_moved_candidate_counts_once(centre: Centre) -> None:
    """The record made at the other kiosk is admitted; the one left behind is kept beside it, with its reason."""
    with centre.ledger.transaction() as books:
        rows = {row.kiosk: row for row in books.sound_records(candidate=b.candidate(2))}
        assert books.quarantine() == []
    left, arrived = (rows[W.kiosks[n].identity.fingerprint] for n in (2, 3))
    assert (arrived.state, arrived.moved_from) == ("admitted", "0123456789")
    assert (left.state, left.reason) == ("repeat", "moved-on")
    assert "moved to another kiosk" in left.sentence


def test_without_the_closing_page_nobody_is_displaced(tmp_path: Path) -> None:
    """A kiosk that says that it goes on with another one's session displaces nothing by its word alone."""
    made = imported(tmp_path, {"0.ekr": SOURCE, "1.ekr": MOVED})
    with made.ledger.transaction() as books:
        assert {row.reason for _, row in books.quarantine()} == {"attempt-conflict"}
    (tmp_path / "in/west.ekb").write_bytes(BUNDLE)
    report = import_files([tmp_path / "in/west.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    assert len(report.released) == 1
    with made.ledger.transaction() as books:
        assert books.quarantine() == []


def test_codes_pauses_and_time_stand_beside_the_candidate(written: Written) -> None:
    """Each act of the proctor with its time of day, in the page and the text."""
    assert written.report.lines[0].remarks == (
        "08:00 code 1: add 15 minutes",
        "08:00 time changed from 120:00 min to 135:00 min by one person",
        "08:00-08:00 unscheduled break of 1:30 min, the clock ran",
        "08:00 room code 1: pause the room",
        "08:00 code 2: end",
    )
    assert written.report.lines[2].remarks == (
        "08:00 moved in with 40 minutes left, from checkpoint 012 345 678 9",
        "scored only with the record that the first kiosk left",
    )
    for text in (written.page.read_text("utf-8"), written.text.read_text("utf-8")):
        assert all(remark in " ".join(text.split()) for remark in written.report.lines[0].remarks)


def test_comments_and_notes_are_one_table(written: Written) -> None:
    """What candidates wrote stands by item and candidate; nothing in it acts on a screen or in a spreadsheet."""
    assert written.comments is not None
    rows = list(csv.reader(written.comments.read_text("utf-8").splitlines()))
    assert rows == [
        ["item", "candidate", "kind", "text"],
        ["", "C-1001", "note", "A sum"],
        ["i0", "C-1001", "comment", "'=1+1, unclear"],
    ]


def test_where_nobody_wrote_there_is_no_table(tmp_path: Path) -> None:
    """No empty file lies about."""
    made = imported(tmp_path, {"0.ekr": b.sitting_record(W, 0)})
    (found,) = write_reports(made, scored(made, tmp_path), tmp_path / "reports")
    assert found.comments is None
    assert not (found.page.parent / "comments.csv").exists()


@pytest.mark.parametrize(("n", "raw"), [(0, ENDED), (1, VOIDED), (2, SOURCE), (3, MOVED)])
def test_a_receipt_confirms_every_end(centre: Centre, n: int, raw: bytes) -> None:
    """The code of a session that a proctor ended or voided, or that was left behind, confirms its record."""
    found = confirm(centre, centres.receipt(W, n, raw))
    assert found.kiosk == W.kiosks[n].identity.fingerprint


def test_a_receipt_is_of_the_journal_up_to_its_end(tmp_path: Path) -> None:
    """What is written after a proctor ended a session changes neither the candidate's code nor the report."""
    late = b.seal(W, 0, b.chain([*BUSY, e.ActionRedeemed(Verb.VOID, 9)]))
    made = imported(tmp_path, {"late.ekr": late})
    assert confirm(made, centres.receipt(W, 0, ENDED)).candidate == b.candidate(0)
    (found,) = write_reports(made, scored(made, tmp_path), tmp_path / "reports")
    assert not any("void" in remark for remark in found.report.lines[0].remarks)


def acts(*events: Acted) -> Sequence[Act]:
    """These events, a minute apart from midnight on."""
    return [Act(Instant(n * MINUTE), event) for n, event in enumerate(events)]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (e.ActionRedeemed(Verb.BREAK_OVER, 4), "00:00 code 4: break over"),
        (e.ActionRedeemed(Verb.ADD + 240, 4), "00:00 code 4: add 240 minutes"),
        (e.ActionRedeemed(Verb.TAKE + 5, 4), "00:00 code 4: take 5 minutes"),
        (e.ActionRedeemed(Verb.ADD_TWO_PERSON + 60, 4), "00:00 code 4: add 60 minutes by two persons"),
        (e.ActionRedeemed(Verb.VOID, 4), "00:00 code 4: void"),
        (e.ActionRedeemed(99, 4), "00:00 code 4: unknown"),
        (e.RoomCodeRedeemed(Verb.ROOM_RESUME, 2), "00:00 room code 2: resume the room"),
        (
            e.TimeChanged(600_000, 570_000, True, 0),
            "00:00 time changed from 10:00 min to 9:30 min by two persons",
        ),
        (e.PauseEnded(PauseKind.HOLD, 5_000, 0), "00:00 held before the test of 0:05 min"),
        (
            e.PauseBegan(PauseKind.SCHEDULED, BreakClock.STOPS, 0, 0),
            "00:00 scheduled break, not ended",
        ),
    ],
)
def test_each_act_has_its_words(event: Acted, words: str) -> None:
    """Every verb and kind of pause is told in words, one that has none too."""
    assert told(acts(event)) == (words,)


def test_a_pause_is_told_once() -> None:
    """Its beginning and end make one phrase, with what the clock did."""
    found = told(
        acts(
            e.PauseBegan(PauseKind.SCHEDULED, BreakClock.STOPS, 0, 0),
            e.PauseEnded(PauseKind.SCHEDULED, MINUTE, 0),
        )
    )
    assert found == ("00:00-00:01 scheduled break of 1:00 min, the clock stood",)


def test_of_very_many_acts_the_first_are_told() -> None:
    """A report stays readable whatever a kiosk wrote."""
    found = told(acts(*[e.RoomCodeRedeemed(Verb.ROOM_PAUSE, 1)] * (TOLD + 7)))
    assert len(found) == TOLD + 1
    assert found[-1] == "and 7 more acts"

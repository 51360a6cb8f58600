"""Retention: what is due goes and does not come back, the proof and the statistics stay."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from keys.clock import Stamp
from keys.encoding import digest
from keys.errors import ExamKioskError
from results.centre.confirm import confirm
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.judging.pool import Here
from results.centre.ledger import Ledger, open_ledger
from results.centre.marking.tables import marking_marks, marking_rounds, marking_tasks
from results.centre.office import Centre, find_run, score_all
from results.centre.quarantine.acting import Desk, Who, admit, reject
from results.centre.receipts import make_receipt
from results.centre.reconciling.gathering import reconciliation
from results.centre.retention.erasing import apply
from results.centre.retention.listing import gone, statistics_kept
from results.centre.retention.planning import make_plan
from results.centre.retention.rules import DAY, Held, Rules, due, read_rules
from results.centre.retention.tables import erasures
from results.centre.runs import ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from results.centre.stores.file import FileStore
from results.centre.tables import bundles, closing_lines, records, runs, scores
from results.scoring.counts import from_bytes
from results.wire import events as e
from results.wire import sitting_events as s
from tests.results import builders as b
from tests.results import centres

W = b.world(3, 12)
RECORDS = {n: b.sitting_record(W, n, 4 * n + 2) for n in range(3)}
BUNDLE = b.bundle(W, RECORDS)
SCORED = b.stamp(24 * b.HOUR)
KEY = bytes(range(32))
ALL = Rules(answers=30, desks=60, scores=90, least=2)

FILE = pytest.mark.parametrize("at", [None], ids=["sqlcipher"])
"""For what does not depend on the store."""


def after(days: int) -> Stamp:
    return b.stamp(24 * b.HOUR + days * DAY)


def take(centre: Centre, folder: Path) -> None:
    path = folder / "west.ekb"
    path.write_bytes(BUNDLE)
    import_files([path], centre.ledger, centre.office(), SCORED.wall, lambda _: None)


@pytest.fixture
def centre(tmp_path: Path, at: str | None) -> Centre:
    trusted = centres.publish(W, tmp_path / "published")
    made = Centre(W.centre, trusted, open_ledger(tmp_path, W.centre, make=True, at=at))
    take(made, tmp_path)
    return made


@pytest.fixture
def run(centre: Centre, tmp_path: Path) -> ScoreRun:
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), W.keyring)
    return score_all(centre, inputs, W.scoring.signer(), "0.1.0", SCORED)[0]


def planned(centre: Centre, days: int) -> dict[str, int]:
    with centre.ledger.transaction() as books:
        plan = make_plan(books, ALL, after(days).wall)
    return {kind: len(plan.of(kind)) for kind in ("answers", "desks", "scores") if plan.of(kind)}


def content(centre: Centre) -> bytes:
    """Every byte of the ledger's rows but those of `erasures` and the statistics."""
    tables = (records, bundles, closing_lines, runs, scores)
    with centre.ledger.transaction() as books:
        rows = [tuple(row) for table in tables for row in books.connection.execute(sa.select(table))]
    return repr(rows).encode()


@FILE
@pytest.mark.usefixtures("run")
def test_each_kind_is_due_on_its_own_day(centre: Centre) -> None:
    """Nothing the day before; answers, then desks, then scores; a plan changes nothing."""
    before = content(centre)
    assert planned(centre, 29) == {}
    assert planned(centre, 30) == {"answers": 3}
    assert planned(centre, 60) == {"answers": 3, "desks": 1}
    assert planned(centre, 90) == {"answers": 3, "desks": 1, "scores": 1}
    assert content(centre) == before


def test_answers_go_and_do_not_come_back(centre: Centre, run: ScoreRun, tmp_path: Path) -> None:
    """Files, answers and heads are gone, and importing the same carrier again brings nothing back."""
    assert b'"response":{' in content(centre)
    apply(centre, ALL, "An officer", "The yearly date", after(30))
    with centre.ledger.transaction() as books:
        rows = books.connection.execute(sa.select(records)).all()
        assert books.sound_records() == []
        assert books.related(set(), {(W.plan.sitting, b.candidate(0))}) == []
    assert [(bytes(row.file), bytes(row.heads), row.reason) for row in rows] == [(b"", b"", "erased")] * 3
    assert b'"response":{' not in content(centre)
    left = content(centre)
    take(centre, tmp_path)
    (tmp_path / "a.ekr").write_bytes(RECORDS[0])
    import_files([tmp_path / "a.ekr"], centre.ledger, centre.office(), after(31).wall, lambda _: None)
    assert content(centre) == left
    assert find_run(centre, run.run) == run
    assert planned(centre, 31) == {}


@pytest.mark.usefixtures("run")
def test_receipts_stay_confirmed(centre: Centre, tmp_path: Path) -> None:
    """The sitting's receipt and the candidate's receipt code say the same after everything was erased."""
    copy = centre.ledger.back_up(W.centre, tmp_path / "copy")
    before = make_receipt(centre, copy, W.plan.sitting, SCORED.wall)
    code = centres.receipt(W, 1, RECORDS[1])
    apply(centre, ALL, "An officer", "The yearly date", after(90))
    copy = centre.ledger.back_up(W.centre, tmp_path / "copy")
    assert make_receipt(centre, copy, W.plan.sitting, SCORED.wall) == before
    assert confirm(centre, code).record == digest(RECORDS[1])


@FILE
def test_statistics_stay_when_the_persons_go(centre: Centre, run: ScoreRun) -> None:
    """Counts of options and of right answers by total score equal those of the candidates that were there."""
    done = apply(centre, ALL, "An officer", "The yearly date", after(90))
    assert done.kept == {run.run: 3}
    with centre.ledger.transaction() as books:
        (kept,) = statistics_kept(books)
        assert books.connection.execute(sa.select(sa.func.count()).select_from(scores)).scalar() == 0
    assert kept["raw"] == ((2, 1), (6, 1), (10, 1))
    items = kept["items"]
    assert isinstance(items, tuple)
    assert [one["full"] for one in items] == [3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0]
    assert all(sum(count for _, count in one["options"]) == 3 for one in items)
    table = from_bytes(msgspec.convert(kept["counts"], bytes, strict=False))
    assert table.totals().tolist() == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]
    for candidate in (b.candidate(n) for n in range(3)):
        assert candidate not in repr(kept)
    with pytest.raises(ExamKioskError) as caught:
        find_run(centre, run.run)
    assert caught.value.code == "run-erased"


@FILE
@pytest.mark.usefixtures("run")
def test_what_is_held_or_under_appeal_stays(centre: Centre) -> None:
    """A held attempt keeps its record, its desk and its run; the others' answers go; released, it goes too."""

    def act(kind: Kind) -> None:
        scope = Scope(form=W.plan.form, sitting=W.plan.sitting, candidate=b.candidate(0))
        with centre.ledger.transaction() as books:
            enter(books, Act(kind, scope, "why", "who", 0))

    act(Kind.HOLD)
    act(Kind.APPEAL_OPENED)
    assert planned(centre, 90) == {"answers": 2}
    with centre.ledger.reading() as books:
        kept = make_plan(books, ALL, after(90).wall).kept
    assert [(one.kind, one.sitting, one.candidate) for one in kept] == [
        (kind, W.plan.sitting, b.candidate(0)) for kind in ("answers", "desks", "scores")
    ]
    act(Kind.RELEASE)
    assert planned(centre, 90) == {"answers": 2}
    act(Kind.APPEAL_DENIED)
    assert planned(centre, 90) == {"answers": 3, "desks": 1, "scores": 1}


def test_every_erasure_is_written_down_without_a_person(centre: Centre, run: ScoreRun) -> None:
    """Each thing with rule, name, reason and time; the rows name no candidate and cannot be changed."""
    apply(centre, ALL, "An officer", "The yearly date", after(90))
    with centre.ledger.transaction() as books:
        told = gone(books)
    assert sorted((one["kind"], one["thing"]) for one in told) == sorted(
        [("answers", digest(raw)) for raw in RECORDS.values()]
        + [("desks", digest(BUNDLE)), ("scores", run.run)]
    )
    assert {(one["by"], one["reason"]) for one in told} == {("An officer", "The yearly date")}
    assert "C-100" not in repr(told)
    with pytest.raises(ExamKioskError), centre.ledger.transaction() as books:
        books.connection.execute(sa.delete(erasures))


def test_nothing_goes_without_a_row_about_it(centre: Centre, run: ScoreRun) -> None:
    """The store itself refuses to drop a run's scores or its document before its erasure was written down."""
    for statement in (sa.delete(scores), sa.update(runs).values(document=b""), sa.delete(runs)):
        with pytest.raises(ExamKioskError), centre.ledger.transaction() as books:
            books.connection.execute(statement)
    assert find_run(centre, run.run) == run


def test_marks_go_with_the_texts_and_not_before(centre: Centre) -> None:
    """A task and its mark cannot be dropped until the record of the text was erased; then they are gone."""
    task = {"task": "t1", "round": 1, "role": "first", "marker": "M", "sitting": W.plan.sitting, "item": "i1"}
    task |= {
        "candidate": b.candidate(0),
        "answer": "a",
        "record": digest(RECORDS[0]),
        "attempt": 1,
        "most": 1_000,
    }
    made = {
        "round": 1,
        "form": "f",
        "form_digest": "d",
        "actor": "A",
        "within": 0,
        "made_at": 0,
        "seed": b"s",
    }
    with centre.ledger.transaction() as books:
        books.connection.execute(sa.insert(marking_rounds).values(made))
        books.connection.execute(sa.insert(marking_tasks).values(task))
        books.connection.execute(
            sa.insert(marking_marks).values(task="t1", points=500, given_at=0, actor="A")
        )
    for table in (marking_marks, marking_tasks):
        with pytest.raises(ExamKioskError), centre.ledger.transaction() as books:
            books.connection.execute(sa.delete(table))
    apply(centre, ALL, "An officer", "The yearly date", after(90))
    with centre.ledger.transaction() as books:
        assert [books.connection.execute(sa.select(one)).all() for one in (marking_marks, marking_tasks)] == [
            [],
            [],
        ]


@FILE
@pytest.mark.usefixtures("run")
def test_an_erased_sitting_is_open_to_nobody(centre: Centre) -> None:
    """Reconciliation shows it as erased, everyone in it in one state, and nothing to look at."""
    for days in (30, 60, 90):
        apply(centre, ALL, "An officer", "The yearly date", after(days))
        found = reconciliation(centre, after(days).wall)
        assert found.open == 0, days
    (one,) = found.sittings
    assert one.balance == "3 authorised = 3 erased"


def test_the_bytes_leave_the_file(tmp_path: Path) -> None:
    """Not even a free page holds an answer any more, and no rollback journal with older pages is left."""
    store = FileStore(tmp_path / "ledger.db", tmp_path / "ledger.key")
    store.make(KEY)
    store.unlock(KEY)
    made = Centre(W.centre, centres.publish(W, tmp_path / "published"), Ledger(store))
    take(made, tmp_path)
    words = (b'"response":{', RECORDS[0][200:230], b"AdmissionIssued")
    assert [word in pages(tmp_path) for word in words] == [True] * 3
    apply(made, ALL, "An officer", "The yearly date", after(90))
    assert [word in pages(tmp_path) for word in words] == [False] * 3
    journal = tmp_path / "ledger.db-journal"
    assert not journal.exists() or not any(journal.read_bytes())


def pages(folder: Path) -> bytes:
    """Every page of a ledger's file in clear: SQLCipher 4 with a raw key, AES-256-CBC, 16 + 64 bytes at each end."""
    raw, found = (folder / "ledger.db").read_bytes(), b""
    for at in range(0, len(raw), 4096):
        page = raw[at + (16 if at == 0 else 0) : at + 4096]
        opened = Cipher(algorithms.AES(KEY), modes.CBC(page[-80:-64])).decryptor()
        found += opened.update(page[:-80]) + opened.finalize()
    return found


@FILE
def test_a_person_and_a_reason_are_needed(centre: Centre) -> None:
    """Without either nothing is erased."""
    for by, reason in (("", "why"), ("who", "")):
        with pytest.raises(ExamKioskError) as caught:
            apply(centre, ALL, by, reason, after(90))
        assert caught.value.code == "act-unsigned"


def test_rules_are_read_strictly() -> None:
    """A file says days in whole numbers; anything else is refused in a sentence."""
    assert read_rules(b"answers = 30\nscores = 90\n", "r") == Rules(answers=30, scores=90)
    for raw in (
        b"",
        b"least = 3",
        b"answers = -1",
        b"answer = 3",
        b'answers = "3"',
        b"answers = 3\nleast = 0",
        b"\xff",
    ):
        with pytest.raises(ExamKioskError) as caught:
            read_rules(raw, "r")
        assert caught.value.code == "retention-rules", raw


def test_what_no_rule_names_stays() -> None:
    """A kind without days is never due, however old; nor what went before."""
    old = [
        Held("answers", "a", "west", 0, 1),
        Held("scores", "r", "", 0, 1),
        Held("answers", "b", "west", 0, 1),
    ]
    plan = due(Rules(answers=1), old, 10**15, {("answers", "b")})
    assert [one.thing for one in plan.due] == ["a"]


@FILE
def test_what_a_person_has_rejected_goes_with_the_rest(centre: Centre, tmp_path: Path) -> None:
    """A damaged record and bundle wait for ever until they are rejected; then their bytes go on their day, and neither
    comes back: imported again they are rejected still, and nobody can admit them.
    """
    files = {"torn.ekb": BUNDLE[:-2_000], "torn.ekr": RECORDS[0][:-1]}
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    paths = [tmp_path / name for name in files]
    import_files(paths, centre.ledger, centre.office(), SCORED.wall, lambda _: None)
    things = {digest(raw) for raw in files.values()}
    with centre.ledger.reading() as books:
        assert things.isdisjoint(one.thing for one in make_plan(books, ALL, after(90).wall).due)
    office = centre.office()
    desk, who = Desk(centre.ledger, Here(office), office.plan), Who("Lee", "Damaged.", SCORED.wall)
    for thing in things:
        reject(desk, thing, who)
    assert things <= {one.thing for one in apply(centre, ALL, "An officer", "The date", after(90)).plan.due}
    import_files(paths, centre.ledger, office, after(91).wall, lambda _: None)
    with centre.ledger.reading() as books:
        held = {row.digest: (row.reason, row.size) for _, row in books.quarantine()}
        assert [row.file for row in books.connection.execute(sa.select(bundles.c.file))] == [None] * 2
    assert {held[thing][0] for thing in things} == {"rejected"}
    assert not any(size for _, size in held.values())
    for thing in things:
        with pytest.raises(ExamKioskError) as caught:
            admit(desk, thing, who)
        assert caught.value.code == "cannot-admit"


def test_what_was_erased_is_compared_with_nothing(tmp_path: Path) -> None:
    """Once the answers are gone and the desk's journal is still here, no code is told as not redeemed."""
    events = [*b.opening(W, 1), e.SessionResumed(1, e.ResumeCause.MACHINE, 42_000, 30_000, 1_000)]
    raws = {**RECORDS, 1: b.seal(W, 1, b.chain([*events, e.HandedIn(0, 0, 60_000)]))}
    desk = b.desk_journal(
        W, s.ResumeCodeIssued(W.kiosks[1].identity.fingerprint, 1, W.proctor.identity.fingerprint)
    )
    made = centres.centre(W, tmp_path)
    (tmp_path / "west.ekb").write_bytes(b.bundle(W, raws, desk=desk))
    import_files([tmp_path / "west.ekb"], made.ledger, made.office(), SCORED.wall, lambda _: None)
    found = []
    for days in (29, 30):
        apply(made, ALL, "An officer", "The yearly date", after(days))
        (one,) = reconciliation(made, after(days).wall).sittings
        found.append((one.open, one.codes, [told.kind for told in one.happenings]))
    assert found == [(0, (), ["outage", "credit"]), (0, (), [])]

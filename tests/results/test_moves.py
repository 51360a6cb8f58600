"""A candidate who was moved counts once, with the answers of both kiosks; journals that part ways wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import fields

from exam_packages.form import BreakClock
from exam_packages.interactions import ItemId
from exam_packages.release import release_target
from keys.encoding import digest
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.intake import Sound, judge
from results.centre.office import Centre, score_all
from results.centre.runs import ScoreRun
from results.centre.settling import Quarantined
from results.wire import events as e
from results.wire import sitting_events as s
from results.wire.closing import FinalState
from results.wire.events import Scope
from results.wire.record import Record, apply, fold
from tests.results import builders as b
from tests.results import centres, moves

W = b.world(3, 4)
I0 = ItemId("i0")
NOW = b.stamp(4 * b.HOUR)
BEFORE = {"i0": "A", "i1": "A"}
"""Right, wrong."""
SOURCE = moves.left(W, BEFORE)
AFTER = {"i1": "B", "i2": "C"}
"""Right, right."""


def imported(
    folder: Path,
    *records: bytes,
    counts: bytes,
    without: str = "",
    n: int = 1,
    desk: Sequence[bytes] | None = None,
) -> Centre:
    """A centre that took in the sitting's bundle, whose page names the record that `counts`."""
    centre = centres.centre(W, folder, without=[without])
    line = msgspec.structs.replace(b.line(W, n, counts), candidate=b.candidate(0))
    absent = [b.line(W, n, None, FinalState.NO_SHOW) for n in (1, 2)]
    files = dict(enumerate(records))
    path = folder / "west.ekb"
    path.write_bytes(b.bundle(W, files, lines=[line, *absent], desk=desk))
    import_files([path], centre.ledger, centre.office(), NOW.wall, lambda _: None)
    return centre


def states(centre: Centre) -> dict[str, tuple[str, str]]:
    """State and reason of every record, by the kiosk's name."""
    named = {one.identity.fingerprint: one.identity.name for one in W.kiosks}
    with centre.ledger.transaction() as books:
        return {named[row.kiosk]: (row.state, row.reason) for row in books.sound_records()}


def scored(centre: Centre, folder: Path) -> ScoreRun:
    """A run over what was admitted."""
    inputs = read_inputs(centres.exam_folder(W, folder), centre.trusted.keyring)
    return score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


def test_what_came_along_is_scored_with_what_came_after(tmp_path: Path) -> None:
    """Of two answers to one question the later one counts; the source's own record is not needed."""
    record = moves.arrived(W, SOURCE, AFTER, along=True)
    run = scored(imported(tmp_path, record, counts=record), tmp_path / "exam")
    assert [(one.candidate, one.score.raw, one.joined) for one in run.scores] == [(b.candidate(0), 3, "")]
    assert run.left_out == ()


@pytest.mark.parametrize("along", [True, False])
def test_the_record_that_was_left_is_evidence(tmp_path: Path, along: bool) -> None:
    """Whatever was done at the first kiosk after the move changes no score, and is told where it is known as such."""
    later = b.chain(
        [*(one.event for one in moves.read(SOURCE)), *b.answers({"i3": "D"}), e.HandedIn(1, 0, 90_000)]
    )
    assert later[: len(SOURCE)] == SOURCE
    record, left = moves.arrived(W, SOURCE, AFTER, along=along), b.seal(W, 0, later)
    centre = imported(tmp_path, left, record, counts=record)
    why = "after-move" if along else "moved-on"
    assert states(centre) == {"kiosk-01": ("repeat", why), "kiosk-02": ("admitted", "")}
    run = scored(centre, tmp_path / "exam")
    assert [(one.score.raw, one.joined) for one in run.scores] == [(3, "" if along else digest(left))]


def test_what_did_not_come_along_is_joined(tmp_path: Path) -> None:
    """An answer that was not touched again stays; one that was taken back at the second kiosk is gone."""
    left = b.seal(W, 0, SOURCE)
    record = moves.arrived(W, SOURCE, {"i2": "C", "i1": "B", "i0": ""}, along=False)
    run = scored(imported(tmp_path, left, record, counts=record), tmp_path / "exam")
    assert [one.score.raw for one in run.scores] == [3]


@pytest.mark.parametrize("why", ["nothing left", "other checkpoint", "no release"])
def test_what_cannot_be_joined_is_left_out(tmp_path: Path, why: str) -> None:
    """Without the source's record, the named checkpoint in it or the sitting's secret, nobody is scored by half."""
    code = "0000000000" if why == "other checkpoint" else ""
    record = moves.arrived(W, SOURCE, AFTER, along=False, code=code)
    files = [record] if why == "nothing left" else [b.seal(W, 0, SOURCE), record]
    gone = release_target(W.plan.sitting) if why == "no release" else ""
    centre = imported(tmp_path, *files, counts=record, without=gone)
    run = scored(centre, tmp_path / "exam")
    assert run.scores == ()
    assert [one.why for one in run.left_out] == ["moved in"]


@pytest.mark.parametrize("along", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_who_was_moved_twice_is_scored_with_all_answers_or_not_at_all(
    tmp_path: Path, along: bool, first: bool
) -> None:
    """The answers of the first kiosk did not come along to the second: they are joined, or nobody is scored."""
    between = b.chain(moves.going_on(W, SOURCE, {"i1": "B"}, along=False), begin=120_000)
    record = moves.arrived(W, between, {"i2": "C"}, along=along, n=2)
    files = [*([b.seal(W, 0, SOURCE)] if first else []), b.seal(W, 1, between), record]
    k1, k2, k3 = (one.identity.fingerprint for one in W.kiosks)
    me = W.proctor.identity.fingerprint
    desk = b.desk_journal(
        W,
        s.CandidateMoved(b.candidate(0), 1, k1, k2, moves.checkpoint(W, SOURCE), 60, 3, "screen", me),
        s.CandidateMoved(b.candidate(0), 1, k2, k3, moves.checkpoint(W, between, 1), 60, 3, "screen", me),
    )
    centre = imported(tmp_path, *files, counts=record, n=2, desk=desk)
    expected = {"kiosk-02": ("repeat", "moved-on"), "kiosk-03": ("admitted", "")}
    assert states(centre) == expected | ({"kiosk-01": ("repeat", "moved-on")} if first else {})
    run = scored(centre, tmp_path / "exam")
    assert [one.score.raw for one in run.scores] == ([3] if first else [])
    assert [one.why for one in run.left_out] == ([] if first else ["moved in"])


def test_journals_that_part_ways_go_to_quarantine(tmp_path: Path) -> None:
    """The source's record has another line where the carried one has one: neither is believed."""
    other = b.seal(W, 0, moves.left(W, {"i0": "B", "i1": "A"}))
    record = moves.arrived(W, SOURCE, AFTER, along=True)
    centre = imported(tmp_path, other, record, counts=record)
    assert states(centre) == {
        "kiosk-01": ("quarantined", "journal-fork"),
        "kiosk-02": ("quarantined", "journal-fork"),
    }


def test_a_record_left_earlier_than_the_mirror_is_no_fork(tmp_path: Path) -> None:
    """A beginning of what came along is part of it."""
    record, left = moves.arrived(W, SOURCE, AFTER, along=True), b.seal(W, 0, SOURCE[:-1])
    assert states(imported(tmp_path, left, record, counts=record))["kiosk-01"] == ("repeat", "moved-on")


def altered(**changes: object) -> bytes:
    """A record whose carried journal says something else."""
    along = msgspec.structs.replace(moves.carried(W, SOURCE), **changes)
    opened, moved = (
        b.opening(W, 1)[0],
        e.CandidateMovedIn(b.candidate(0), 1, 3, moves.checkpoint(W, SOURCE), 60),
    )
    rest: list[e.SessionEvent] = [e.IdentityConfirmed(), e.InstructionsRead(), e.TestStarted(b.LIMIT, "seed")]
    return b.seal(W, 1, b.chain([opened, moved, along, *rest, e.HandedIn(0, 0, 60_000)], begin=120_000))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"lines": tuple(SOURCE[:-1])}, "timeline-impossible"),
        ({"lines": ()}, "timeline-impossible"),
        ({"count": len(SOURCE) + 1}, "timeline-impossible"),
        ({"statement": moves.carried(W, SOURCE[:-1]).statement}, "mirror-refused"),
        ({"statement": b""}, "document-malformed"),
        ({"kiosk": W.kiosks[2].identity.fingerprint}, "mirror-refused"),
        ({"session": "0" * 32}, "mirror-refused"),
    ],
)
def test_only_what_the_source_signed_is_carried(changes: dict[str, object], code: str | None) -> None:
    """The lines, the head and the statement must be one; else the record waits for a person."""
    verdict = judge(altered(**changes), W.office())
    assert isinstance(verdict, Sound if code is None else Quarantined)
    assert code is None or (isinstance(verdict, Quarantined) and verdict.reason.code == code)


def test_a_revoked_source_is_not_believed() -> None:
    """What a kiosk that is not enrolled any more signed for is not scored."""
    verdict = judge(moves.arrived(W, SOURCE, AFTER, along=True), W.office(revoked=[W.kiosks[0]]))
    assert isinstance(verdict, Quarantined)
    assert verdict.reason.code == "signer-not-enrolled"


EVERYTHING: list[e.SessionEvent] = [
    *b.opening(W, 0)[:5],
    e.EquipmentChecked(80, 24),
    e.TutorialEnded(expired=False),
    e.TestStarted(b.LIMIT, "seed"),
    e.LimitBegan(Scope.SECTION, "s1", b.HOUR, 0),
    *b.answers(BEFORE),
    e.ItemFlagged(I0, flagged=True, elapsed=4_000),
    e.OptionStruck(I0, b.OPTIONS[1], struck=True, elapsed=4_000),
    e.CommentWritten(I0, "why", 4_000),
    e.TextHighlighted("item:i0", ((0, 1, 4),), 5_000),
    e.NoteWritten(I0, 4, "note", 5_000),
    e.CalculationMade(I0, "1+1", "2", 6_000),
    e.PreferenceSet("theme", "mono"),
    e.TimeChanged(b.LIMIT, b.LIMIT + 600_000, two_person=False, elapsed=6_000),
    e.LimitEnded(Scope.SECTION, "s1", expired=False, elapsed=7_000),
    e.ActionRedeemed(257, 5),
    e.SessionResumed(1, e.ResumeCause.PROGRAM, 0, 0, 7_500),
    e.PauseBegan(e.PauseKind.UNSCHEDULED, BreakClock.RUNS, 0, 8_000),
]
KEEPS = {
    *("accepted", "tutored", "route", "current", "elapsed", "breaks", "closed", "calculations", "added"),
    *("limits", "highlights", "notes", "preferences", "answers", "candidate", "attempt"),
    *("sitting", "mode", "plan_digest", "package_digest", "form_digest", "unlock"),
}
"""What of a record goes on at the other kiosk, or is the same there."""
OWN = {"session", "kiosk", "redeemed", "moved_from", "moved_minutes", "carried"}
"""What only the other kiosk's record can say."""
ANEW = {
    "confirmed",
    "checked",
    "instructed",
    "limit",
    "resumes",
    "credited",
    "room_redeemed",
    "pause",
    "outcome",
}
"""What begins anew there."""


def test_a_fold_goes_on_with_everything_of_the_source() -> None:
    """Each field of a record is kept, the new kiosk's own, or begun anew; one that nobody thought of fails here."""
    raws = b.chain(EVERYTHING)
    source = fold(EVERYTHING)
    moved = e.CandidateMovedIn(b.candidate(0), 1, 3, "0123456789", 60)
    events = [b.opening(W, 1)[0], moved, moves.carried(W, raws)]
    for record in (fold(events), reduce(apply, events, Record())):
        kept = {one.name for one in fields(Record) if getattr(record, one.name) == getattr(source, one.name)}
        begun = {
            one.name for one in fields(Record) if getattr(record, one.name) == getattr(Record(), one.name)
        }
        assert kept >= KEEPS
        assert begun >= ANEW
    assert {one.name for one in fields(Record)} == KEEPS | OWN | ANEW
    blank = {name for name in KEEPS if getattr(source, name) == getattr(Record(), name)}
    assert blank == set()


def test_what_does_not_hold_together_carries_nothing() -> None:
    """Folding never fails, and takes nothing from a journal whose lines are not the ones it names."""
    moved = e.CandidateMovedIn(b.candidate(0), 1, 3, "0123456789", 60)
    broken = msgspec.structs.replace(moves.carried(W, SOURCE), lines=tuple(SOURCE[1:]))
    record = fold([b.opening(W, 1)[0], moved, broken])
    assert (record.carried, record.answers, record.accepted) == (None, {}, ())

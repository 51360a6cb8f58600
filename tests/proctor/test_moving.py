"""Moving a candidate: what it names, where it may go, and what becomes of the kiosk that was left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exam_packages.sitting_plan import EligibilityOverError, NotInPlanError
from keys.clock import Stamp
from keys.codes import KioskKeys, Verb, checkpoint_code
from keys.encoding import Instant
from keys.errors import MistypedCodeError
from proctor import codes, moving, sitting
from proctor.choosing import ReasonUnknownError
from proctor.commands import (
    Admit,
    Command,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    MoveCandidate,
)
from proctor.refusals import CandidateDoneError, SeatMissingError, SeatTakenError
from proctor.sitting import State
from results.wire.closing import FinalState
from results.wire.sitting_events import ActionIssued, CandidateMoved, CheckpointHeard
from tests.proctor.planned import DOOR, K1, K2, K3, ME, OPEN, PLAN, events, known, record, run

HEARD = checkpoint_code(KioskKeys(b"a" * 32, b"b" * 32, b"c" * 32), "s", "head", 7)
MOVE = MoveCandidate("C-1", K3, f"{HEARD[:3]} {HEARD[3:6].lower()} {HEARD[6:]}", 41, "kiosk-dead", ME)
MOVED = run(MOVE, state=DOOR)


def test_a_move_names_source_checkpoint_minutes_and_serial() -> None:
    """The event holds all that the code and the centre need, the checkpoint in its one spelling."""
    assert events(DOOR, MOVE) == (CandidateMoved("C-1", 1, K1, K3, HEARD, 41, 1, "kiosk-dead", ME),)
    assert MOVED.seats["C-1"] == K3
    last = MOVED.moved("C-1")
    assert last is not None
    assert (last.event.kiosk, MOVED.moved("C-2")) == (K3, None)


def test_a_kiosk_that_was_left_gets_no_code_and_nobody() -> None:
    """No resume code, new or shown before, and no other candidate, by seat or by move."""
    state = run(IssueResumeCode(K1, ME), MOVE, state=DOOR)
    for n in (None, 1, 2):
        with pytest.raises(codes.KioskLeftError) as caught:
            events(state, IssueResumeCode(K1, ME, n))
        assert "kiosk-03" in caught.value.diagnostics().next_step
    for command in (Admit("C-3", K1, ME), MoveCandidate("C-2", K1, HEARD, 5, "seat", ME)):
        with pytest.raises(SeatTakenError) as taken:
            events(state, command)
        assert "moved away" in taken.value.diagnostics().what
    (issued,) = events(state, IssueAction("C-1", Verb.END, 0, "left", ME))
    assert isinstance(issued, ActionIssued)
    assert issued.kiosk == K3


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (replace(MOVE, kiosk=K1), SeatTakenError),
        (replace(MOVE, kiosk=K2), SeatTakenError),
        (replace(MOVE, kiosk="NOSUCHKIOSK00000"), NotInPlanError),
        (replace(MOVE, candidate="C-3"), SeatMissingError),
        (replace(MOVE, candidate="C-9"), NotInPlanError),
        (replace(MOVE, checkpoint=HEARD[:-1]), MistypedCodeError),
        (replace(MOVE, checkpoint="Z" + HEARD[1:]), MistypedCodeError),
        (replace(MOVE, minutes=0), moving.MinutesLeftError),
        (replace(MOVE, minutes=1441), moving.MinutesLeftError),
        (replace(MOVE, reason="power-cut"), ReasonUnknownError),
        (HearCheckpoint("NOSUCHKIOSK00000", HEARD, ME), NotInPlanError),
        (HearCheckpoint(K1, "nonsense", ME), MistypedCodeError),
    ],
)
def test_a_move_goes_from_a_seat_to_a_free_kiosk(command: Command, error: type[Exception]) -> None:
    """Nowhere else, for nobody else, with no other checkpoint or minutes than can be."""
    with pytest.raises(error):
        events(DOOR, command)


def test_an_empty_seat_is_free_and_a_finished_one_is_not() -> None:
    """The kiosk of a no-show takes a moved candidate; one whose record is here does not."""
    empty = run(DeclareAbsence("C-2", FinalState.NO_SHOW, ME), state=DOOR)
    assert run(replace(MOVE, kiosk=K2), state=empty).seats["C-1"] == K2
    with pytest.raises(SeatTakenError):
        events(run(record(K3, ""), state=DOOR), MOVE)
    with pytest.raises(CandidateDoneError):
        events(run(record(K1, "C-1"), state=DOOR), MOVE)


def test_a_candidate_may_be_moved_twice_and_counts_once() -> None:
    """What both kiosks say that were left is evidence, in any order; the last one's record gives the outcome."""
    free = run(DeclareAbsence("C-2", FinalState.NO_SHOW, ME), MOVE, state=DOOR)
    twice = run(replace(MOVE, kiosk=K2), state=free)
    assert twice.left_by("C-1") == {K1, K3}
    first, second, last = record(K1, "C-1"), record(K3, "C-1", "unfinished"), record(K2, "C-1", "timed out")
    partly = run(first, second, state=twice)
    (missing,) = [one for one in partly.reconciliation().unsettled if one.candidate == "C-1"]
    assert (missing.kiosks, missing.why) == (("kiosk-02",), "was moved and has no record from there yet")
    assert partly.counts("C-1") is None
    for order in ((first, second, last), (last, second, first)):
        line = run(*order, state=twice).reconciliation().lines[0]
        assert (line.kiosk, line.state) == (K2, FinalState.TIMED_OUT)


def test_evidence_takes_back_no_word() -> None:
    """Where the record of the new kiosk never comes the proctor's word settles it, and older evidence leaves it."""
    word = DeclareAbsence("C-1", FinalState.UNFINISHED, ME)
    for order in ((record(K1, "C-1"), word), (word, record(K1, "C-1"))):
        state = run(*order, state=MOVED)
        line = state.reconciliation().lines[0]
        assert (line.state, line.session) == (FinalState.UNFINISHED, "")
        assert "evidence" in state.reconciliation().notes[0].what
        assert run(record(K3, "C-1"), state=state).reconciliation().lines[0].state is FinalState.COMPLETED


def test_the_last_checkpoint_heard_is_kept() -> None:
    """Of each kiosk the last one stands; the same again is no event."""
    state = run(HearCheckpoint(K1, HEARD, ME), state=DOOR)
    assert events(DOOR, HearCheckpoint(K1, HEARD.lower(), ME)) == (CheckpointHeard(K1, HEARD, ME),)
    assert events(state, HearCheckpoint(K1, HEARD, ME)) == ()
    heard = state.checkpoint(K1)
    assert heard is not None
    assert (heard.event.checkpoint, heard.at, state.checkpoint(K2)) == (HEARD, 5_000, None)


def test_a_rebuilt_desk_gives_move_codes_from_sixteen() -> None:
    """So that no serial of the first desk comes back on any kiosk."""
    rebuilt = run(replace(OPEN, rebuilt=True), known("C-1"), Admit("C-1", K1, ME), state=State(PLAN))
    (moved,) = events(rebuilt, MOVE)
    assert isinstance(moved, CandidateMoved)
    assert moved.serial == 16


def test_whose_eligibility_is_over_is_not_moved() -> None:
    """The kiosk would refuse the sign-in; the desk says so before a code is read aloud."""
    after = Stamp(Instant(PLAN.roster[0].eligible_until + 1), 1, "boot")
    with pytest.raises(EligibilityOverError):
        sitting.decide(DOOR, MOVE, after)

"""The typed codes that the desk issues: verbs, serials, minutes, second proctors, and the room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exam_packages.sitting_plan import NotInPlanError
from keys.codes import Verb
from proctor import codes
from proctor.choosing import ReasonUnknownError
from proctor.commands import (
    Command,
    DeclareAbsence,
    IssueAction,
    IssueResumeCode,
    IssueRoomCode,
    MoveCandidate,
    ShowCodes,
)
from proctor.refusals import CandidateDoneError, CandidateEndedError, ResumeNumberError, SeatMissingError
from proctor.sitting import State
from results.wire import acts
from results.wire.closing import FinalState
from results.wire.sitting_events import ActionIssued, CodesShown, ResumeCodeIssued, RoomCodeIssued
from tests.proctor.planned import CHEN, DOOR, K1, K3, ME, OPEN, OTHER, PLAN, RIVERA, events, record, run

END = IssueAction("C-1", Verb.END, 0, "left", ME)
REBUILT = run(replace(OPEN, rebuilt=True), ShowCodes(ME))


def add(minutes: int, candidate: str = "C-1") -> IssueAction:
    """Time that one proctor adds."""
    return IssueAction(candidate, Verb.ADD, minutes, "power-cut", ME)


def with_second(state: State, command: IssueAction) -> IssueAction:
    """The same, agreed to by the other proctor."""
    asked = replace(command, second=OTHER)
    return replace(asked, second_signature=acts.agree(codes.agreement(state, asked), CHEN))


@pytest.mark.parametrize(
    ("command", "verb"),
    [
        (IssueAction("C-1", Verb.BREAK_OVER, 0, "came-back", ME), 1),
        (END, 2),
        (IssueAction("C-1", Verb.VOID, 0, "conduct", ME), 3),
        (add(25), 256 + 25),
        (IssueAction("C-1", Verb.TAKE, 240, "given-by-mistake", ME), 512 + 240),
    ],
)
def test_each_act_has_its_verb_and_the_next_serial(command: IssueAction, verb: int) -> None:
    """The rules choose the verb, the kiosk where the candidate sits, and the first free serial."""
    state = run(END, state=DOOR)
    assert events(state, command) == (ActionIssued("C-1", 1, K1, verb, 2, command.reason, ME),)
    assert [one.event.serial for one in state.actions_of("C-1")] == [1]
    assert state.actions_of("C-2") == ()


def test_serials_run_out_and_are_never_given_again() -> None:
    """A kiosk takes fifteen codes at the first desk and sixteen at a rebuilt one, then it is told so."""
    for start, serials in ((DOOR, range(1, 16)), (REBUILT, range(16, 32))):
        state = run(*(add(1) for _ in serials), state=start)
        assert [one.event.serial for one in state.actions] == list(serials)
        with pytest.raises(codes.SerialsUsedUpError):
            events(state, END)
        assert events(state, replace(END, candidate="C-2"))


def test_serials_are_the_kiosks_whoever_sits_there() -> None:
    """A candidate who is moved takes a serial of the kiosk they come to, and starts on its next."""
    state = run(add(1), MoveCandidate("C-1", K3, "0000000000", 30, "kiosk-dead", ME), END, state=DOOR)
    assert (state.next_serial(K1), state.next_serial(K3)) == (2, 3)
    assert [(one.event.kiosk, one.event.serial) for one in state.actions] == [(K1, 1), (K3, 2)]


def test_one_proctor_adds_so_much_to_an_attempt_and_no_more() -> None:
    """The minutes of all codes count together, taken ones do not give any back, and a second proctor's do not count."""
    state = run(add(20), IssueAction("C-1", Verb.TAKE, 10, "given-by-mistake", ME), state=DOOR)
    assert (state.one_proctor_left("C-1"), state.one_proctor_left("C-2")) == (10, 30)
    with pytest.raises(codes.SecondNeededError) as caught:
        events(state, add(11))
    assert "10 more" in caught.value.diagnostics().what
    agreed = with_second(state, add(240))
    (issued,) = events(state, agreed)
    assert isinstance(issued, ActionIssued)
    assert (issued.verb, issued.second) == (Verb.ADD_TWO_PERSON + 240, OTHER)
    assert acts.is_agreed(PLAN.sitting, PLAN.mode, issued, {OTHER: CHEN.identity})
    assert run(agreed, state=state).one_proctor_left("C-1") == 10
    assert events(run(agreed, state=state), add(10))
    moved = run(MoveCandidate("C-1", K3, "0000000000", 30, "kiosk-dead", ME), state=state)
    assert moved.one_proctor_left("C-1") == 10


def test_an_agreement_is_of_another_proctor_and_of_this_act_alone() -> None:
    """One's own word, a stranger's, one for other minutes or for the code before agrees to nothing."""
    good = with_second(DOOR, add(60))
    own = replace(good, second=ME, second_signature=acts.agree(b"any", RIVERA))
    for command, state in (
        (replace(good, minutes=61), DOOR),
        (replace(good, candidate="C-2"), DOOR),
        (replace(good, reason="unwell"), DOOR),
        (good, run(add(1), state=DOOR)),
        (replace(good, second_signature=b""), DOOR),
        (replace(good, second="NOBODY0000000000"), DOOR),
        (own, DOOR),
    ):
        with pytest.raises(codes.AgreementError):
            events(state, command)
    for second in (ME, "NOBODY0000000000"):
        with pytest.raises(codes.AgreementError):
            codes.agreement(DOOR, replace(add(60), second=second))


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (add(0), codes.ActionUnsuitedError),
        (add(241), codes.ActionUnsuitedError),
        (replace(END, minutes=1), codes.ActionUnsuitedError),
        (replace(END, verb=Verb.MOVE_IN), codes.ActionUnsuitedError),
        (replace(END, verb=Verb.ADD_TWO_PERSON, minutes=5), codes.ActionUnsuitedError),
        (replace(END, second=OTHER), codes.ActionUnsuitedError),
        (replace(END, reason="power-cut"), ReasonUnknownError),
        (replace(END, candidate="C-3"), SeatMissingError),
        (replace(END, candidate="C-9"), NotInPlanError),
        (replace(END, proctor="NOBODY0000000000"), NotInPlanError),
    ],
)
def test_a_code_suits_what_the_desk_knows(command: Command, error: type[Exception]) -> None:
    """Minutes, verbs, reasons and candidates that do not go together give no code."""
    with pytest.raises(error):
        events(DOOR, command)


def test_who_is_done_gets_no_code() -> None:
    """After a finished record or a word none is given; after an unfinished record it still is."""
    with pytest.raises(CandidateDoneError):
        events(run(record(K1, "C-1"), state=DOOR), END)
    with pytest.raises(CandidateEndedError):
        events(run(DeclareAbsence("C-1", FinalState.NO_SHOW, ME), state=DOOR), END)
    assert events(run(record(K1, "C-1", "unfinished"), state=DOOR), END)


def test_the_room_is_paused_and_goes_on_in_turn() -> None:
    """Pause, resume, pause: each with the next serial; out of turn it is told, and no break is ended in a pause."""
    pause = IssueRoomCode(pause=True, reason="alarm", proctor=ME)
    go_on = IssueRoomCode(pause=False, reason="over", proctor=ME)
    with pytest.raises(codes.RoomTurnError):
        events(DOOR, go_on)
    assert events(DOOR, pause) == (RoomCodeIssued(Verb.ROOM_PAUSE, 1, "alarm", ME),)
    paused = run(pause, state=DOOR)
    assert paused.room_paused
    with pytest.raises(codes.RoomTurnError):
        events(paused, pause)
    with pytest.raises(codes.ActionUnsuitedError):
        events(paused, IssueAction("C-1", Verb.BREAK_OVER, 0, "came-back", ME))
    again = run(go_on, pause, state=paused)
    assert [one.event.serial for one in again.room_codes] == [1, 2, 3]
    with pytest.raises(ReasonUnknownError):
        events(paused, replace(go_on, reason="alarm"))


def test_a_rebuilt_desk_may_let_a_paused_room_go_on() -> None:
    """It does not know how the room stands: its first code may be either, from serial 16 on."""
    for pause, reason in ((True, "alarm"), (False, "over")):
        (issued,) = events(REBUILT, IssueRoomCode(pause, reason, ME))
        assert isinstance(issued, RoomCodeIssued)
        assert issued.serial == 16
    state = REBUILT
    for turn in range(16):
        state = run(IssueRoomCode(turn % 2 == 0, acts.OTHER, ME), state=state)
    with pytest.raises(codes.SerialsUsedUpError):
        events(state, IssueRoomCode(pause=True, reason="alarm", proctor=ME))


def test_a_rebuilt_desk_goes_by_the_kiosks_number() -> None:
    """It gives the number on the kiosk's screen, and from there on the next; a number that cannot be is refused."""
    assert events(REBUILT, IssueResumeCode(K1, ME, 7)) == (ResumeCodeIssued(K1, 7, ME),)
    seven = run(IssueResumeCode(K1, ME, 7), state=REBUILT)
    assert events(seven, IssueResumeCode(K1, ME)) == (ResumeCodeIssued(K1, 8, ME),)
    assert events(seven, IssueResumeCode(K1, ME, 3)) == (CodesShown(ME),)
    for wrong in (0, 1_000):
        with pytest.raises(ResumeNumberError):
            events(seven, IssueResumeCode(K1, ME, wrong))


def test_every_list_has_something_else_and_no_code_twice() -> None:
    """Lists hold at least what was asked for, codes are told apart, and `other` closes each but that of documents."""
    lists = {*acts.ACTIONS.values(), acts.REFUSE, acts.MOVE, acts.ROOM_PAUSE, acts.ROOM_RESUME}
    assert len(acts.TIME) >= 8
    for reasons in (*lists, acts.DOCUMENTS):
        found = [one.code for one in reasons]
        assert len(set(found)) == len(found) >= 4
        assert (found[-1] == acts.OTHER) is (reasons is not acts.DOCUMENTS)

"""The rules of a sitting, alone: what each command does in each phase, and a desk that dies after any event."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from exam_packages.sitting_plan import CandidateId, EligibilityOverError, NotInPlanError, PlanWindowError
from keys.clock import Stamp
from keys.encoding import Instant, digest
from proctor import refusals, sitting
from proctor.commands import (
    Admit,
    CloseSitting,
    CollectRecord,
    Command,
    DeclareAbsence,
    IssueResumeCode,
    NoteUnlock,
    ShowCodes,
)
from proctor.reconcile import DECLARABLE
from proctor.sitting import TRANSITIONS, Phase, State
from results.wire.closing import FinalState
from results.wire.journal import SittingEntry, read
from results.wire.sitting_events import (
    AbsenceDeclared,
    AdmissionIssued,
    CodesShown,
    RecordCollected,
    ResumeCodeIssued,
    SittingClosed,
    SittingEvent,
    SittingOpened,
    UnlockIssued,
)
from tests.proctor.planned import (
    DOOR,
    K1,
    K2,
    K3,
    ME,
    NOW,
    OPEN,
    PLAN,
    ROOM,
    SUPPORT,
    D,
    events,
    known,
    record,
    run,
)


def test_opening_names_plan_proctor_and_moment() -> None:
    """Genesis holds the plan's digest, the package, who opened it and when."""
    state = run(OPEN)
    assert (state.phase, state.plan_digest, state.opened_at) == (Phase.OPEN, D, 5_000)
    assert events(State(PLAN), OPEN) == (SittingOpened(b"n" * 32, "west-1", "live", ME, D, D, "test"),)


@pytest.mark.parametrize("wall", [999, 9_001])
def test_a_sitting_opens_inside_its_window_only(wall: int) -> None:
    """Before and after the plan's window the opening is refused, with both times and the support contact."""
    with pytest.raises(PlanWindowError) as caught:
        sitting.decide(State(PLAN), OPEN, replace_wall(wall))
    assert SUPPORT in caught.value.diagnostics().next_step


def replace_wall(wall: int) -> Stamp:
    """A stamp at another wall time."""
    return Stamp(Instant(wall), 1, "boot")


def test_a_key_outside_the_plan_opens_nothing() -> None:
    """A proctor whom the plan does not name cannot open the sitting."""
    with pytest.raises(NotInPlanError):
        events(State(PLAN), replace(OPEN, proctor="SOMEBODYELSE0000"))


@pytest.mark.parametrize(
    "command",
    [
        ShowCodes(ME),
        Admit("C-1", K1, ME),
        IssueResumeCode(K1, ME),
        NoteUnlock(K1, "u", D, ME),
        record(K1, "C-1"),
        DeclareAbsence("C-1", FinalState.NO_SHOW, ME),
        CloseSitting(ME),
    ],
    ids=lambda command: type(command).__name__,
)
def test_every_act_needs_an_open_sitting(command: Command) -> None:
    """Before the opening and after the close each act is refused, each way with its own code."""
    with pytest.raises(refusals.SittingNotOpenError):
        events(State(PLAN), command)
    everyone = (DeclareAbsence(entry.candidate, FinalState.NO_SHOW, ME) for entry in PLAN.roster)
    closed = run(*everyone, CloseSitting(ME), state=ROOM)
    assert closed.phase is Phase.CLOSED
    with pytest.raises(refusals.SittingClosedError):
        events(closed, command)
    with pytest.raises(refusals.SittingOpenAlreadyError):
        events(closed, OPEN)


def test_codes_admit_the_planned_seats_once() -> None:
    """Showing the codes admits every planned seat; showing them again admits nobody twice."""
    first = events(run(OPEN), ShowCodes(ME))
    assert first == (
        CodesShown(ME),
        AdmissionIssued("C-1", 1, K1, 0, ME),
        AdmissionIssued("C-2", 1, K2, 0, ME),
    )
    assert events(ROOM, ShowCodes(ME)) == (CodesShown(ME),)


def test_a_spare_kiosk_takes_over_a_seat() -> None:
    """When a planned kiosk is dead before the start, its candidate is given a spare one and the seat moves there."""
    moved = run(Admit("C-1", K3, ME), state=DOOR)
    assert moved.seats["C-1"] == K3
    assert events(moved, Admit("C-1", K3, ME)) == (CodesShown(ME),)
    with pytest.raises(refusals.SeatTakenError) as caught:
        events(moved, Admit("C-3", K3, ME))
    assert "C-1" in caught.value.diagnostics().what
    assert events(moved, Admit("C-3", K1, ME)) == (AdmissionIssued("C-3", 2, K1, 0, ME),)


def test_a_seat_is_free_again_when_its_candidate_did_not_come() -> None:
    """A no-show's kiosk may be given away; a late no-show who is admitted after all is absent no more."""
    gone = run(DeclareAbsence("C-2", FinalState.NO_SHOW, ME), state=DOOR)
    given = run(Admit("C-3", K2, ME), state=gone)
    assert given.seats["C-3"] == K2
    returned = run(record(K2, "C-2"), state=given)
    assert returned.seat(PLAN.roster[1]) == ""
    late = run(Admit("C-2", K3, ME), state=given)
    assert "C-2" not in late.absences
    assert late.seated(K2) == PLAN.entry("C-3")


@pytest.mark.parametrize("word", [FinalState.UNFINISHED, FinalState.VOIDED])
def test_whose_sitting_is_over_is_not_admitted(word: FinalState) -> None:
    """A candidate declared unfinished or voided gets no code, and their kiosk is not free; no-show takes it back."""
    over = run(DeclareAbsence("C-1", word, ME), state=DOOR)
    with pytest.raises(refusals.CandidateEndedError):
        events(over, Admit("C-1", K1, ME))
    with pytest.raises(refusals.SeatTakenError):
        events(over, Admit("C-3", K1, ME))
    back = run(DeclareAbsence("C-1", FinalState.NO_SHOW, ME), Admit("C-1", K1, ME), state=over)
    assert "C-1" not in back.absences


def test_whose_eligibility_is_over_is_not_admitted() -> None:
    """To its last moment a candidate is admitted; after it they get no seat, nor their code again, nor one by plan."""
    roster = tuple(structs.replace(one, eligible_until=Instant(8_000)) for one in PLAN.roster[:2])
    room = run(
        OPEN,
        *(known(one.candidate) for one in PLAN.roster),
        state=State(structs.replace(PLAN, roster=(*roster, PLAN.roster[2]))),
    )
    last, after = replace_wall(8_000), replace_wall(8_001)
    admitted = (AdmissionIssued("C-1", 1, K1, 0, ME),)
    assert sitting.decide(room, Admit("C-1", K1, ME), last) == admitted
    assert len(sitting.decide(room, ShowCodes(ME), last)) == 3
    assert sitting.decide(room, ShowCodes(ME), after) == (CodesShown(ME),)
    for state in (room, run(Admit("C-1", K1, ME), state=room)):
        with pytest.raises(EligibilityOverError) as caught:
            sitting.decide(state, Admit("C-1", K1, ME), after)
        assert SUPPORT in caught.value.diagnostics().next_step
    assert sitting.decide(room, Admit("C-3", K3, ME), after) == (AdmissionIssued("C-3", 2, K3, 0, ME),)


def test_nobody_is_seated_where_a_record_came_from_or_twice() -> None:
    """A kiosk whose record is here takes nobody else, and a candidate with a record gets no other seat."""
    done = run(record(K1, "C-1"), state=DOOR)
    with pytest.raises(refusals.SeatTakenError):
        events(done, Admit("C-3", K1, ME))
    with pytest.raises(refusals.CandidateDoneError):
        events(done, Admit("C-1", K3, ME))


@pytest.mark.parametrize(
    "command",
    [
        Admit("C-9", K1, ME),
        Admit("C-1", "NOSUCHKIOSK00000", ME),
        DeclareAbsence("C-9", FinalState.NO_SHOW, ME),
    ],
)
def test_strangers_are_named(command: Command) -> None:
    """A candidate or kiosk outside the plan is refused by name, with the support contact."""
    with pytest.raises(NotInPlanError) as caught:
        events(ROOM, command)
    assert SUPPORT in caught.value.diagnostics().next_step


def test_resume_codes_only_rise() -> None:
    """Each resume code of a kiosk is one more; an earlier one can be shown again; one too far is refused."""
    assert events(ROOM, IssueResumeCode(K1, ME)) == (ResumeCodeIssued(K1, 1, ME),)
    twice = run(IssueResumeCode(K1, ME), IssueResumeCode(K1, ME), state=ROOM)
    assert (twice.resumes[K1], twice.resumes.get(K2, 0)) == (2, 0)
    assert events(twice, IssueResumeCode(K1, ME, 1)) == (CodesShown(ME),)
    assert events(twice, IssueResumeCode(K1, ME, 3)) == (ResumeCodeIssued(K1, 3, ME),)
    for wrong in (0, 4, -1):
        with pytest.raises(refusals.ResumeNumberError):
            events(twice, IssueResumeCode(K1, ME, wrong))


def test_a_finished_kiosk_is_not_resumed() -> None:
    """Once a final record of a kiosk is here it gets no resume code; after an unfinished one it may."""
    with pytest.raises(refusals.KioskFinishedError):
        events(run(record(K1, "C-1"), state=ROOM), IssueResumeCode(K1, ME))
    unfinished = run(record(K1, "C-1", "unfinished"), state=ROOM)
    assert events(unfinished, IssueResumeCode(K1, ME)) == (ResumeCodeIssued(K1, 1, ME),)


def test_the_longer_copy_of_a_session_stands() -> None:
    """A record is collected once; a longer copy of the session replaces it, a shorter one changes nothing."""
    short, whole = record(K1, "C-1", "unfinished", count=4), record(K1, "C-1", count=9)
    state = run(short, short, whole, short, whole, state=ROOM)
    assert [one.count for one in state.records_of("C-1")] == [9]
    assert events(state, short) == events(state, whole) == ()


def test_a_fork_is_refused() -> None:
    """Two copies of a kiosk's session with one length and different heads are named as a fork."""
    state = run(record(K1, "C-1"), state=ROOM)
    forked = replace_record(record(K1, "C-1").found, head=digest(b"x"))
    with pytest.raises(refusals.RecordForkedError):
        events(state, CollectRecord(forked))


def test_a_kiosk_touches_no_session_of_another() -> None:
    """A record under the name of another kiosk's session keeps none out and replaces none, in either order."""
    for posing, genuine in ((9, 9), (10, 9), (9, 10)):
        both = [record(K2, "C-2", session="s", count=posing), record(K1, "C-1", session="s", count=genuine)]
        for found in (both, both[::-1]):
            state = run(*found, state=ROOM)
            assert [one.kiosk for one in state.records_of("C-1")] == [K1]
            assert [one.kiosk for one in state.records_of("C-2")] == [K2]


def replace_record(found: RecordCollected, **changes: object) -> RecordCollected:
    """A record with other fields."""
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    return RecordCollected(**{**fields, **changes})


def test_an_unknown_ending_is_refused() -> None:
    """A record whose ending this program does not know is not counted as anything."""
    with pytest.raises(refusals.RecordOutcomeError):
        events(ROOM, record(K1, "C-1", "teleported"))


def test_the_record_outweighs_the_word_except_voided() -> None:
    """A record sets aside an earlier no-show; over a record only `voided` may be said, and it stays."""
    state = run(DeclareAbsence("C-1", FinalState.NO_SHOW, ME), record(K1, "C-1"), state=ROOM)
    assert "C-1" not in state.absences
    with pytest.raises(refusals.CandidateDoneError):
        events(state, DeclareAbsence("C-1", FinalState.WITHDRAWN, ME))
    voided = run(DeclareAbsence("C-1", FinalState.VOIDED, ME), record(K1, "C-1", count=10), state=state)
    assert voided.reconciliation().lines[0].state is FinalState.VOIDED


@pytest.mark.parametrize("state", sorted(set(FinalState) - set(DECLARABLE)))
def test_only_a_record_says_that_it_was_completed(state: FinalState) -> None:
    """Final states that only a record can give are refused as a word."""
    with pytest.raises(refusals.NotDeclarableError):
        events(ROOM, DeclareAbsence("C-1", state, ME))


def test_saying_it_twice_is_one_event() -> None:
    """The same word again is no event; another word is."""
    state = run(DeclareAbsence("C-1", FinalState.NO_SHOW, ME), state=ROOM)
    assert events(state, DeclareAbsence("C-1", FinalState.NO_SHOW, ME)) == ()
    changed = events(state, DeclareAbsence("C-1", FinalState.TURNED_AWAY, ME))
    assert changed == (AbsenceDeclared("C-1", "turned away", ME),)


def test_an_unlock_is_noted_once() -> None:
    """The same unlock file written again is no event; another file for the kiosk is."""
    state = run(NoteUnlock(K1, "u1", D, ME), state=ROOM)
    assert events(state, NoteUnlock(K1, "u1", D, ME)) == ()
    other = NoteUnlock(K1, "u2", digest(b"2"), ME)
    assert events(state, other) == (UnlockIssued(K1, "u2", digest(b"2"), ME),)


def test_closing_names_what_is_missing_and_where_to_look() -> None:
    """The close is refused with every unsettled candidate, the kiosk to look at, and the support contact."""
    state = run(Admit("C-1", K3, ME), record(K2, "C-2"), state=DOOR)
    with pytest.raises(refusals.NotBalancedError) as caught:
        events(state, CloseSitting(ME))
    told = caught.value.diagnostics()
    assert "2 of 3 candidates" in told.what
    assert (
        "C-1 has no record yet: look at kiosk-03, the second drive of kiosk-03, a carrier that was in kiosk-03"
        in told.what
    )
    assert "C-3 has no kiosk and no record" in told.what
    assert "C-2" not in told.what
    assert SUPPORT in told.next_step


def test_the_refusal_to_close_names_a_few() -> None:
    """With many candidates missing the first five are named and the rest counted; the board names them all."""
    many = tuple(structs.replace(PLAN.roster[2], candidate=CandidateId(f"D-{n}")) for n in range(8))
    state = run(OPEN, state=State(structs.replace(PLAN, roster=many)))
    with pytest.raises(refusals.NotBalancedError) as caught:
        events(state, CloseSitting(ME))
    told = caught.value.diagnostics().what
    assert [f"D-{n}" in told for n in range(8)] == [True] * 5 + [False] * 3
    assert "And 3 more." in told


def test_a_balanced_sitting_closes_with_its_counts() -> None:
    """The closing event holds the number authorised and the counts that make it up."""
    state = run(
        record(K1, "C-1"),
        record(K2, "C-2", "timed out"),
        DeclareAbsence("C-3", FinalState.NO_SHOW, ME),
        state=ROOM,
    )
    (closed,) = events(state, CloseSitting(ME))
    assert isinstance(closed, SittingClosed)
    assert closed.authorised == sum(closed.outcomes.values()) == 3
    assert {k: v for k, v in closed.outcomes.items() if v} == {"completed": 1, "timed out": 1, "no-show": 1}


def test_an_event_out_of_place_changes_nothing() -> None:
    """An event that may not happen in a phase leaves the state as it is."""
    stray: tuple[SittingEvent, ...] = (
        CodesShown(ME),
        AdmissionIssued("C-1", 1, K1, 0, ME),
        SittingClosed(3, {}, ME),
    )
    for event in stray:
        assert sitting.apply(State(PLAN), event, NOW) == State(PLAN)
    assert {phase for phase, _ in TRANSITIONS} == {Phase.NEW, Phase.OPEN}


def test_the_pages_example_folds(repository: Path) -> None:
    """The two entries in the format's page make an open sitting."""
    page = (repository / "docs/formats/sitting-journal.md").read_text("utf-8")
    entries, _ = read(
        (line.strip().encode() for line in page.splitlines() if line.startswith('    {"seq":')), SittingEntry
    )
    assert sitting.fold(PLAN, entries).resumes == {K1: 1}

"""Who is admitted: identity first, then lateness, refusal with a reason, and what takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from exam_packages.sitting_plan import NotInPlanError
from keys.clock import Stamp
from keys.codes import Verb
from keys.encoding import Instant
from proctor import admitting, sitting
from proctor.choosing import ReasonUnknownError, WordsRefusedError
from proctor.commands import (
    Admit,
    Command,
    DeclareAbsence,
    IssueAction,
    MoveCandidate,
    RefuseCandidate,
    ShowAgain,
    ShowCodes,
)
from proctor.refusals import CandidateDoneError, CandidateEndedError, SeatTakenError
from proctor.sitting import State
from results.wire import acts
from results.wire.closing import FinalState
from results.wire.sitting_events import AdmissionIssued, CandidateRefused, CodesShown, IdentityChecked
from tests.proctor.planned import DOOR, K1, K3, ME, OPEN, PLAN, ROOM, SUPPORT, events, known, record, run

CHECKPOINT = "0000000000"
STRICT = structs.replace(
    PLAN,
    policies=structs.replace(PLAN.policies, late_minutes=15),
    closes_at=Instant(10**9),
    roster=tuple(structs.replace(one, eligible_until=Instant(10**9)) for one in PLAN.roster),
)
TURNED_AWAY = RefuseCandidate("C-1", "no-document", "", ME)


def at(wall: int) -> Stamp:
    """A moment."""
    return Stamp(Instant(wall), 1, "boot")


def test_nobody_is_admitted_unchecked() -> None:
    """Before the check there is no code, not even the one of the printed slip again; after it there is."""
    for kiosk in (K1, K3):
        with pytest.raises(admitting.IdentityNotCheckedError):
            events(ROOM, Admit("C-1", kiosk, ME))
    checked = run(known("C-1"), state=ROOM)
    assert events(checked, Admit("C-1", K1, ME)) == (CodesShown(ME),)
    assert events(checked, Admit("C-1", K3, ME)) == (AdmissionIssued("C-1", 1, K3, 0, ME),)


def test_names_that_differ_need_a_note() -> None:
    """A mismatch admits nobody until a note says why the person is believed; what is noted is in the journal."""
    differs = known("C-1", names=False)
    checked = IdentityChecked("C-1", "passport", photo_seen=True, name_matches=False, proctor=ME)
    assert events(ROOM, differs) == (checked,)
    with pytest.raises(admitting.IdentityDiffersError) as caught:
        events(run(differs, state=ROOM), Admit("C-1", K1, ME))
    assert SUPPORT in caught.value.diagnostics().next_step
    noted = known("C-1", names=False, note="Married name; marriage certificate seen.")
    assert events(run(differs, noted, state=ROOM), Admit("C-1", K1, ME)) == (CodesShown(ME),)


def test_the_last_check_stands_and_is_written_once() -> None:
    """The same check again is no event; another one takes its place, and the first says when the person came."""
    state = run(known("C-1"), state=ROOM)
    assert events(state, known("C-1")) == ()
    later = sitting.decide(state, known("C-1", "identity-card"), at(6_000))
    state = sitting.apply(state, later[0], at(6_000))
    checked = state.identity("C-1")
    assert checked is not None
    assert (checked.came, checked.last.document) == (5_000, "identity-card")
    assert state.identity("C-2") is None


def test_who_comes_too_late_is_not_admitted() -> None:
    """The plan's minutes after its opening, to the last moment; who was checked in time is late never after."""
    room = run(OPEN, ShowCodes(ME), state=State(STRICT))
    last = 1_000 + 15 * 60_000
    for came, late in ((last, False), (last + 1, True)):
        state = sitting.apply(room, sitting.decide(room, known("C-1"), at(came))[0], at(came))
        if late:
            with pytest.raises(admitting.CandidateLateError) as caught:
                sitting.decide(state, Admit("C-1", K1, ME), at(came))
            assert SUPPORT in caught.value.diagnostics().next_step
        else:
            assert sitting.decide(state, Admit("C-1", K1, ME), at(last + 60_000)) == (CodesShown(ME),)
    assert admitting.last_moment(room) == last
    assert admitting.last_moment(ROOM) is None


def test_a_rebuilt_desk_calls_nobody_late() -> None:
    """Who sat before the desk was rebuilt was checked by the other one."""
    opening = sitting.decide(State(STRICT), replace(OPEN, rebuilt=True), at(2_000_000))
    room = sitting.apply(State(STRICT), opening[0], at(2_000_000))
    room = sitting.apply(room, sitting.decide(room, known("C-1"), at(2_000_000))[0], at(2_000_000))
    assert sitting.decide(room, Admit("C-1", K1, ME), at(2_000_000)) == (
        AdmissionIssued("C-1", 1, K1, 0, ME),
    )


def test_a_refusal_has_a_reason_and_is_taken_back_by_an_admission() -> None:
    """Who is turned away has that as final state, once; admitted after all, they are expected again."""
    assert events(DOOR, TURNED_AWAY) == (CandidateRefused("C-1", "no-document", "", ME),)
    away = run(TURNED_AWAY, state=DOOR)
    assert away.absences["C-1"] is FinalState.TURNED_AWAY
    assert away.reconciliation().lines[0].state is FinalState.TURNED_AWAY
    assert events(away, TURNED_AWAY) == ()
    back = run(Admit("C-1", K1, ME), state=away)
    assert "C-1" not in back.absences
    assert events(back, TURNED_AWAY) == (CandidateRefused("C-1", "no-document", "", ME),)


def test_who_has_begun_is_not_turned_away_or_seated_elsewhere() -> None:
    """Once codes were given at their kiosk a candidate is moved or ended, not refused or admitted anew."""
    given = run(IssueAction("C-1", Verb.ADD, 5, "started-late", ME), state=DOOR)
    moved = run(MoveCandidate("C-1", K3, CHECKPOINT, 30, "kiosk-dead", ME), state=DOOR)
    for state in (given, moved):
        for command in (TURNED_AWAY, Admit("C-1", K1 if state is moved else K3, ME)):
            with pytest.raises((admitting.CandidateBegunError, SeatTakenError)):
                events(state, command)
    with pytest.raises(admitting.CandidateBegunError) as caught:
        events(given, TURNED_AWAY)
    assert "kiosk-01" in caught.value.diagnostics().what


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (known("C-1", "library-card"), ReasonUnknownError),
        (known("C-1", note="x" * 401), WordsRefusedError),
        (known("C-1", note="\x1b[2J"), WordsRefusedError),
        (known("C-9"), NotInPlanError),
        (RefuseCandidate("C-1", "dislike", "", ME), ReasonUnknownError),
        (RefuseCandidate("C-1", acts.OTHER, "  ", ME), WordsRefusedError),
        (RefuseCandidate("C-9", "late", "", ME), NotInPlanError),
    ],
)
def test_what_is_entered_is_of_a_list_or_clean(command: Command, error: type[Exception]) -> None:
    """A document or reason that is on no list, and words that are missing, long or unclean, are refused."""
    with pytest.raises(error):
        events(ROOM, command)


def test_who_is_done_or_over_is_not_turned_away() -> None:
    """A record or a final word stands against a refusal."""
    with pytest.raises(CandidateDoneError):
        events(run(record(K1, "C-1"), state=DOOR), TURNED_AWAY)
    with pytest.raises(CandidateEndedError):
        events(run(DeclareAbsence("C-1", FinalState.VOIDED, ME), state=DOOR), TURNED_AWAY)


def test_only_proctors_of_the_plan_act() -> None:
    """A key that the plan does not name does nothing, whatever it asks."""
    for command in (
        ShowCodes("NOBODY0000000000"),
        ShowAgain("NOBODY0000000000"),
        Admit("C-1", K1, "NOBODY0000000000"),
        RefuseCandidate("C-1", "late", "", "NOBODY0000000000"),
    ):
        with pytest.raises(NotInPlanError):
            events(DOOR, command)
    assert events(DOOR, ShowAgain(ME)) == (CodesShown(ME),)

"""Stages before the test and pauses: each kind, what the clock does in it, and what ends it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from exam_packages.form import BreakClock
from exam_packages.sitting_plan import Accommodations
from kiosk import session
from kiosk.pauses import NoBreakLeftError
from kiosk.protocol import (
    Accept,
    ConfirmEquipment,
    ConfirmIdentity,
    EndTutorial,
    Go,
    HandIn,
    Phase,
    Prefer,
    TakeBreak,
)
from kiosk.redeeming import CodeNotNowError, CodeUsedError
from kiosk.session import Admit, MoveIn, NotNowError, Observe, Open, Redeem, RedeemRoom, Start
from results.wire import events as e
from results.wire.events import PauseKind, ResumeCause
from tests.kiosk.rules_alone import (
    BREAK_OVER,
    BROKEN,
    END,
    LIMIT,
    MINUTE,
    OPENED,
    PLAIN,
    ROOM_PAUSE,
    ROOM_RESUME,
    SEED,
    TERMS,
    Rules,
    staged,
)


def test_the_phases_come_in_their_order() -> None:
    """Each step leads to the next screen; a front without a tutorial has none."""
    way = (
        ConfirmIdentity(),
        Accept("nda"),
        Accept("conduct"),
        ConfirmEquipment(80, 24),
        EndTutorial(),
        Start(LIMIT, SEED),
    )
    rules, seen = staged(), []
    for step in way:
        seen.append(rules.phase)
        rules.do(step)
    assert [*seen, rules.phase] == [
        Phase.CONFIRM,
        Phase.AGREEMENT,
        Phase.AGREEMENT,
        Phase.CHECK,
        Phase.TUTORIAL,
        Phase.INSTRUCTIONS,
        Phase.TESTING,
    ]
    plain = Rules(PLAIN)
    plain.do(Open(OPENED), Admit("C-1", 1, 0), ConfirmIdentity(), Accept("nda"), Accept("conduct"))
    plain.do(ConfirmEquipment(80, 24))
    assert plain.phase is Phase.INSTRUCTIONS


def test_a_stage_whose_time_is_over_is_held_until_a_code() -> None:
    """Nothing of the stage is done any more; after the code it has its whole time again, and may be held again."""
    rules = staged()
    rules.wait(MINUTE - 1)
    assert session.stage_remaining(rules.state, rules.now()) == 1
    hold = e.PauseBegan(PauseKind.HOLD, BreakClock.STOPS, 0, 0)
    rules.boot, rules.wall = rules.boot + 1, rules.wall + 1
    assert rules.do(ConfirmIdentity()) == (hold,)
    assert (rules.phase, session.stage_remaining(rules.state, rules.now())) == (Phase.PAUSED, 0)
    with pytest.raises(NotNowError):
        rules.do(ConfirmIdentity())
    rules.wait(60 * MINUTE)
    rules.do(Redeem(BREAK_OVER, 1))
    assert (rules.phase, session.stage_remaining(rules.state, rules.now())) == (Phase.CONFIRM, MINUTE)
    assert rules.wait(MINUTE) == (hold,)


def test_all_agreements_share_one_time() -> None:
    """The second has what the first left of it."""
    rules = staged(ConfirmIdentity())
    rules.wait(4 * MINUTE)
    rules.do(Accept("nda"))
    assert session.stage_remaining(rules.state, rules.now()) == MINUTE
    assert isinstance(rules.wait(MINUTE)[0], e.PauseBegan)


def test_the_tutorial_ends_by_itself() -> None:
    """Its expiry is an event of its own and leads on; the instructions and the check have no limit."""
    rules = staged(ConfirmIdentity(), Accept("nda"), Accept("conduct"))
    rules.wait(60 * MINUTE)
    rules.do(ConfirmEquipment(80, 24))
    assert session.stage_remaining(rules.state, rules.now()) == 3 * MINUTE
    assert rules.wait(3 * MINUTE) == (e.TutorialEnded(expired=True),)
    assert rules.wait(60 * MINUTE) == ()
    assert rules.phase is Phase.INSTRUCTIONS


def test_a_resume_gives_a_stage_its_whole_time_again() -> None:
    """The stop is not the candidate's."""
    rules = staged(ConfirmIdentity())
    rules.wait(4 * MINUTE)
    rules.stop(60 * MINUTE, credit=False, machine=True)
    assert session.stage_remaining(rules.state, rules.now()) == 5 * MINUTE


def test_one_who_was_moved_in_has_the_minutes_that_were_left() -> None:
    """The way in is the same; the limit is the source's rest, whatever the form says."""
    rules = Rules(PLAIN)
    rules.do(Open(OPENED), MoveIn("C-1", 1, 7, "CHECKPOINT", 42))
    assert rules.phase is Phase.CONFIRM
    assert rules.state.record.moved_from == "CHECKPOINT"
    rules.do(ConfirmIdentity(), Accept("nda"), Accept("conduct"), ConfirmEquipment(80, 24))
    assert session.starting_limit(rules.state, LIMIT) == 42 * MINUTE
    rules.do(Start(LIMIT, SEED))
    assert rules.left == 42 * MINUTE
    with pytest.raises(CodeUsedError):
        rules.do(Redeem(END, 7))


def test_breaks_that_were_granted_come_first_and_stop_the_clock() -> None:
    """Then the form's, with its clock; then none is left."""
    rules = Rules(BROKEN, replace(TERMS, granted=Accommodations(extra_breaks=1))).begin()
    assert session.breaks_left(rules.state) == 2
    for serial, clock in ((1, BreakClock.STOPS), (2, BreakClock.RUNS)):
        left = rules.left
        assert rules.do(TakeBreak()) == (e.PauseBegan(PauseKind.UNSCHEDULED, clock, 0, LIMIT - left),)
        rules.wait(10 * MINUTE)
        assert rules.left == left - (10 * MINUTE if clock is BreakClock.RUNS else 0)
        _, ended = rules.do(Redeem(BREAK_OVER, serial))
        assert ended == e.PauseEnded(PauseKind.UNSCHEDULED, 10 * MINUTE, LIMIT - rules.left)
    assert session.breaks_left(rules.state) == 0
    with pytest.raises(NoBreakLeftError):
        rules.do(TakeBreak())


def test_only_the_rooms_own_code_ends_the_rooms_pause() -> None:
    """The clock stands, nothing else is taken, and every other code that ends a pause is refused unused."""
    rules = Rules(PLAIN).begin()
    redeemed, began = rules.do(RedeemRoom(ROOM_PAUSE, 1))
    assert redeemed == e.RoomCodeRedeemed(ROOM_PAUSE, 1)
    assert began == e.PauseBegan(PauseKind.ROOM, BreakClock.STOPS, 0, 0)
    rules.wait(60 * MINUTE)
    assert rules.left == LIMIT
    for refused in (Redeem(BREAK_OVER, 1), RedeemRoom(ROOM_PAUSE, 2), RedeemRoom(BREAK_OVER, 2)):
        with pytest.raises(CodeNotNowError):
            rules.do(refused)
    with pytest.raises(CodeUsedError):
        rules.do(RedeemRoom(ROOM_RESUME, 1))
    rules.do(RedeemRoom(ROOM_RESUME, 2))
    assert rules.phase is Phase.TESTING
    with pytest.raises(CodeNotNowError):
        rules.do(RedeemRoom(ROOM_RESUME, 3))


def test_the_room_may_be_paused_before_anyone_signed_in() -> None:
    """Afterwards the sign-in is on the screen again; no candidate's code is taken meanwhile."""
    rules = Rules(PLAIN)
    rules.do(Open(OPENED), RedeemRoom(ROOM_PAUSE, 1))
    assert rules.do(Observe()) == ()
    for refused in (Redeem(END, 1), Admit("C-1", 1, 0)):
        with pytest.raises(NotNowError):
            rules.do(refused)
    rules.do(RedeemRoom(ROOM_RESUME, 2))
    assert rules.phase is Phase.SIGN_IN


def test_a_fire_alarm_in_a_break_takes_its_place() -> None:
    """The running clock of the break stops, and the room's code leads on to where the break would have led."""
    rules = Rules(BROKEN).begin()
    rules.do(Go(2), Redeem(BREAK_OVER, 1), Go(3))
    rules.wait(MINUTE)
    redeemed, ended, began = rules.do(RedeemRoom(ROOM_PAUSE, 1))
    assert isinstance(redeemed, e.RoomCodeRedeemed)
    assert ended == e.PauseEnded(PauseKind.SCHEDULED, MINUTE, MINUTE)
    assert isinstance(began, e.PauseBegan)
    rules.wait(60 * MINUTE)
    rules.do(RedeemRoom(ROOM_RESUME, 2))
    assert (rules.shown, rules.left) == ("d", LIMIT - MINUTE)


def test_a_room_pause_in_a_hold_leads_back_to_the_stage() -> None:
    """The stage has its time again."""
    rules = staged()
    rules.wait(MINUTE)
    rules.do(RedeemRoom(ROOM_PAUSE, 1), RedeemRoom(ROOM_RESUME, 2))
    assert (rules.phase, session.stage_remaining(rules.state, rules.now())) == (Phase.CONFIRM, MINUTE)


@pytest.mark.parametrize("machine", [False, True])
def test_a_stop_in_a_pause_whose_clock_stood_costs_nothing(*, machine: bool) -> None:
    """Also when it is charged; the pause is still there, and what is left of its length by the time that passed."""
    rules = Rules(BROKEN).begin()
    rules.do(Go(2))
    rules.wait(5 * MINUTE)
    assert rules.stop(4 * MINUTE, credit=False, machine=machine).lost == 0
    assert (rules.phase, rules.left) == (Phase.PAUSED, LIMIT)
    assert session.rest_remaining(rules.state, rules.now()) == 6 * MINUTE
    rules.stop(60 * MINUTE, credit=False, machine=machine)
    assert (rules.phase, rules.left) == (Phase.PAUSED, LIMIT)
    assert session.rest_remaining(rules.state, rules.now()) == 0
    rules.wait(MINUTE)
    assert rules.left == LIMIT - MINUTE
    _, ended, _ = rules.do(Redeem(BREAK_OVER, 1))
    assert ended == e.PauseEnded(PauseKind.SCHEDULED, 70 * MINUTE, MINUTE)


def test_a_wall_clock_that_is_set_after_a_reboot_changes_no_break() -> None:
    """What was left at a resume is measured on boottime from there, also over another stop in that boot."""
    rules = Rules(BROKEN).begin()
    rules.do(Go(2))
    rules.stop(5 * MINUTE, credit=True, machine=True)
    rules.wall += 8 * MINUTE
    rules.do(Observe())
    rules.stop(MINUTE, credit=True)
    assert session.rest_remaining(rules.state, rules.now()) == 9 * MINUTE


def test_a_pause_without_a_length_stands_after_a_stop_too() -> None:
    """The room's pause outlives the machine."""
    rules = Rules(PLAIN).begin()
    rules.do(RedeemRoom(ROOM_PAUSE, 1))
    rules.stop(60 * MINUTE, credit=False, machine=True)
    rules.wait(60 * MINUTE)
    assert (rules.phase, rules.left) == (Phase.PAUSED, LIMIT)


def test_a_machine_that_slept_is_told_from_one_that_stopped() -> None:
    """The time asleep is measured on boottime, and charged or credited like any other stop."""
    rules = Rules(PLAIN).begin()
    charged = rules.stop(10 * MINUTE, credit=False, asleep=True)
    assert (charged.cause, charged.lost, rules.left) == (ResumeCause.ASLEEP, 10 * MINUTE, LIMIT - 10 * MINUTE)
    credited = rules.stop(10 * MINUTE, credit=True, asleep=True)
    assert (credited.credited, rules.left) == (10 * MINUTE, LIMIT - 10 * MINUTE)
    assert rules.stop(10 * MINUTE, credit=True, asleep=True, machine=True).cause is ResumeCause.MACHINE


def test_a_preference_is_known_or_refused() -> None:
    """Known names with known values, from the confirmation on; the same again leaves no event."""
    rules = staged()
    assert rules.do(Prefer("theme", "mono")) == (e.PreferenceSet("theme", "mono"),)
    assert rules.do(Prefer("theme", "mono")) == ()
    for name, value in (("theme", "pink"), ("language", "de"), ("timer", ""), ("font", "big")):
        with pytest.raises(session.PreferenceRefusedError):
            rules.do(Prefer(name, value))
    before = Rules(PLAIN)
    before.do(Open(OPENED))
    with pytest.raises(NotNowError):
        before.do(Prefer("theme", "mono"))


def test_no_time_of_a_break_is_an_items() -> None:
    """The running clock of a break is not time spent on a question."""
    form = msgspec.structs.replace(PLAIN, unscheduled_breaks=1)
    rules = Rules(form).begin()
    rules.wait(MINUTE)
    rules.do(TakeBreak())
    rules.wait(10 * MINUTE)
    rules.do(Redeem(BREAK_OVER, 1))
    rules.wait(MINUTE)
    rules.do(HandIn(3, 0))
    assert [answer.time for answer in rules.state.record.answers.values()] == [2 * MINUTE]

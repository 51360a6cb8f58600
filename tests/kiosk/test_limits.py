"""Parts and sections with a time of their own: begun, left, run out, closed for good; and the break after a part."""

from __future__ import annotations

import msgspec
import pytest

from exam_packages.form import Break, BreakClock
from exam_packages.sitting_plan import Accommodations
from kiosk import session, showing
from kiosk.marking import ItemClosedError
from kiosk.navigation import MoveRefusedError
from kiosk.protocol import Answer, Flag, Go, HandIn, Phase, TakeBreak
from kiosk.redeeming import CodeNotNowError
from kiosk.session import Inner, Observe, Redeem
from kiosk.timing import LEFT_AFTER_CHARGE
from results.wire import events as e
from results.wire.events import Scope
from tests.kiosk.rules_alone import (
    BREAK_OVER,
    BROKEN,
    LIMIT,
    MINUTE,
    TERMS,
    TIMED,
    Rules,
    chosen,
    form_of,
    part,
    section,
)

S2 = (Scope.SECTION, "s2")


def test_a_limit_begins_with_the_first_item_inside_and_ends_with_the_first_outside() -> None:
    """Its events stand before the item's; moving about inside begins nothing; one that was left is closed for good."""
    rules = Rules(TIMED).begin()
    rules.wait(5_000)
    assert rules.do(Go(2)) == (
        e.LimitBegan(Scope.SECTION, "s2", 10 * MINUTE, 5_000),
        e.ItemPresented(rules.item(2), chosen("A", "B", "C").options, 5_000),
    )
    assert [type(event) for event in rules.do(Go(3))] == [e.ItemPresented]
    rules.wait(MINUTE)
    assert session.inner_limit(rules.state, rules.now()) == Inner(
        Scope.SECTION, "Section s2", 9 * MINUTE, 10 * MINUTE
    )
    ended, shown = rules.do(Go(0))
    assert ended == e.LimitEnded(*S2, expired=False, elapsed=5_000 + MINUTE)
    assert isinstance(shown, e.ItemPresented)
    assert session.inner_limit(rules.state, rules.now()) is None
    for closed in (2, 3):
        with pytest.raises(MoveRefusedError):
            rules.do(Go(closed))
        assert session.is_gone(rules.state, closed)
        assert session.is_closed(rules.state, closed)
        assert not session.may_show(rules.state, closed)
    assert session.may_show(rules.state, 4)


@pytest.mark.parametrize("late", [0, 700])
def test_at_its_end_the_next_item_comes_by_itself(late: int) -> None:
    """The command of that moment is not done; the end is dated when the time was over, the item when it was shown."""
    rules = Rules(TIMED).begin()
    rules.do(Go(2))
    rules.wall, rules.boot = rules.wall + 10 * MINUTE + late, rules.boot + 10 * MINUTE + late
    ended, shown = rules.do(Answer(rules.item(2), chosen("A")))
    assert ended == e.LimitEnded(*S2, expired=True, elapsed=10 * MINUTE)
    assert isinstance(shown, e.ItemPresented)
    assert (shown.item, shown.elapsed) == ("e", 10 * MINUTE + late)
    assert rules.state.record.answered() == 0


def test_who_is_moved_on_loses_nothing_that_is_still_open() -> None:
    """After the last section of a nonlinear part an earlier open item is shown, not the next part."""
    form = form_of(
        part("p", section("s1", "a"), section("s2", "b", limit=MINUTE)), part("q", section("s3", "c"))
    )
    rules = Rules(form).begin()
    rules.do(Go(1))
    rules.wait(MINUTE)
    assert rules.shown == "a"
    linear = form_of(
        part("p", section("s1", "a"), section("s2", "b", limit=MINUTE), linear=True),
        part("q", section("s3", "c")),
    )
    rules = Rules(linear).begin()
    rules.do(Go(1))
    rules.wait(MINUTE)
    assert rules.shown == "c"


def test_the_end_of_a_part_closes_its_sections_with_it() -> None:
    """The section inside is left, the part is over; where nothing is left to show, the test ends as its time-out."""
    form = form_of(part("p", section("s", "a", "b", limit=3 * MINUTE), limit=2 * MINUTE))
    rules = Rules(form).begin()
    inner = session.inner_limit(rules.state, rules.now())
    assert inner is not None
    assert inner.scope is Scope.PART
    assert rules.wait(2 * MINUTE) == (
        e.LimitEnded(Scope.SECTION, "s", expired=False, elapsed=2 * MINUTE),
        e.LimitEnded(Scope.PART, "p", expired=True, elapsed=2 * MINUTE),
        e.TimeExpired(LIMIT, 2 * MINUTE),
    )
    assert rules.phase is Phase.FINISHED


def test_the_percent_lengthens_a_section_and_the_minutes_do_not() -> None:
    """Half as much time again in the section; ten minutes more only in the test."""
    granted = Accommodations(extra_percent=50, extra_minutes=10)
    terms = session.Terms(TERMS.agreements, granted=granted)
    rules = Rules(TIMED, terms).begin()
    assert rules.do(Go(2))[0] == e.LimitBegan(*S2, 15 * MINUTE, 0)


def test_an_inner_limit_is_never_told_longer_than_the_test() -> None:
    """A part of an hour has ten minutes when the test has ten."""
    rules = Rules(form_of(part("p", section("s", "a"), limit=LIMIT))).begin()
    rules.wait(LIMIT - 10 * MINUTE)
    inner = session.inner_limit(rules.state, rules.now())
    assert inner == Inner(Scope.PART, "Part p", 10 * MINUTE, LIMIT)


def test_a_section_stands_still_while_the_clock_of_the_test_does() -> None:
    """A granted break of an hour takes nothing from the section, one with a running clock does."""
    rules = Rules(TIMED, session.Terms(TERMS.agreements, granted=Accommodations(extra_breaks=1))).begin()
    rules.do(Go(2))
    rules.do(TakeBreak())
    rules.wait(LIMIT)
    rules.do(Redeem(BREAK_OVER, 1))
    assert rules.shown == "c"
    assert rules.left == LIMIT


def test_a_section_that_runs_out_in_a_break_waits_for_its_end() -> None:
    """Its end is written down at once; the next item comes when the proctor ends the break."""
    form = msgspec.structs.replace(TIMED, unscheduled_breaks=1)
    rules = Rules(form).begin()
    rules.do(Go(2), TakeBreak())
    assert rules.wait(11 * MINUTE) == (e.LimitEnded(*S2, expired=True, elapsed=10 * MINUTE),)
    assert rules.phase is Phase.PAUSED
    assert rules.wait(1) == ()
    redeemed, ended, shown = rules.do(Redeem(BREAK_OVER, 1))
    assert redeemed == e.ActionRedeemed(BREAK_OVER, 1)
    assert isinstance(ended, e.PauseEnded)
    assert isinstance(shown, e.ItemPresented)
    assert shown.item == "e"


def test_between_two_parts_comes_the_break() -> None:
    """Leaving the part begins it; only a code ends it, and then the next part begins; after the last there is none."""
    rules = Rules(BROKEN).begin()
    rules.wait(MINUTE)
    assert rules.do(Go(2)) == (e.PauseBegan(e.PauseKind.SCHEDULED, BreakClock.STOPS, 15 * MINUTE, MINUTE),)
    assert rules.phase is Phase.PAUSED
    assert session.rest_remaining(rules.state, rules.now()) == 15 * MINUTE
    rules.wait(5 * MINUTE)
    assert (rules.left, session.rest_remaining(rules.state, rules.now())) == (LIMIT - MINUTE, 10 * MINUTE)
    with pytest.raises(session.NotNowError):
        rules.do(Go(2))
    _, ended, shown = rules.do(Redeem(BREAK_OVER, 1))
    assert ended == e.PauseEnded(e.PauseKind.SCHEDULED, 5 * MINUTE, MINUTE)
    assert isinstance(shown, e.ItemPresented)
    assert shown.item == "c"
    rules.do(Go(3))
    rules.wait(4 * MINUTE)
    assert rules.left == LIMIT - 5 * MINUTE, "the clock of the second break runs"
    rules.do(Redeem(BREAK_OVER, 2))
    assert rules.shown == "d"
    with pytest.raises(CodeNotNowError):
        rules.do(Redeem(BREAK_OVER, 3))
    assert isinstance(rules.do(HandIn(4, 0))[-1], e.HandedIn)


def test_after_its_length_the_clock_of_a_break_runs_again() -> None:
    """Fifteen minutes stand still, the sixteenth is the candidate's; the break goes on until the code."""
    rules = Rules(BROKEN).begin()
    rules.do(Go(2))
    rules.wait(16 * MINUTE)
    assert rules.left == LIMIT - MINUTE
    assert rules.phase is Phase.PAUSED
    assert session.rest_remaining(rules.state, rules.now()) == 0
    assert session.runs(rules.state, rules.now())
    assert rules.wait(LIMIT)[-1] == e.TimeExpired(LIMIT, LIMIT)


def test_a_part_that_runs_out_leads_to_its_break() -> None:
    """The break begins by itself, and the next part's first item comes after it."""
    form = form_of(
        part("p", section("s", "a"), limit=MINUTE, rest=Break(MINUTE)), part("q", section("t", "b"))
    )
    rules = Rules(form).begin()
    ended, began = rules.wait(MINUTE)
    assert isinstance(ended, e.LimitEnded)
    assert began == e.PauseBegan(e.PauseKind.SCHEDULED, BreakClock.STOPS, MINUTE, MINUTE)
    rules.do(Redeem(BREAK_OVER, 1))
    assert rules.shown == "b"


def test_a_charge_across_boots_leaves_minutes_of_the_section() -> None:
    """A wrong wall clock cannot close a section at the resume; within one boot the charge is exact."""
    rules = Rules(TIMED).begin()
    rules.do(Go(2))
    rules.stop(60 * MINUTE, credit=False, machine=True)
    inner = session.inner_limit(rules.state, rules.now())
    assert inner is not None
    assert inner.remaining == LEFT_AFTER_CHARGE
    rules.stop(60 * MINUTE, credit=False)
    assert isinstance(rules.do(Observe())[0], e.LimitEnded)


def test_every_way_says_what_it_closes() -> None:
    """A section, a part, an item of a linear part, or nothing; `x` to each place that may not be shown from here."""
    rules = Rules(TIMED).begin()
    told = []
    for there in (0, 1, 3, 4, 5, 6):
        rules.do(Go(there))
        told.append(session.leaving(rules.state))
    assert told == [".....px", ".....px", "ss..spx", "..xx.px", "xxxxx.i", "xxxxxx."]


def test_where_items_are_submitted_one_by_one_the_answer_of_one_that_was_left_stands() -> None:
    """It may be read and flagged again, and says so; it takes no other answer."""
    rules = Rules(form_of(part("p", section("s", "a", "b"), individual=True))).begin()
    first, second = rules.item(0), rules.item(1)
    assert session.leaving(rules.state) == ".i"
    assert not session.is_closed(rules.state, 0)
    rules.do(Answer(first, chosen("A")), Go(1))
    assert [session.is_closed(rules.state, index) for index in (0, 1)] == [True, False]
    assert session.may_show(rules.state, 0)
    rules.do(Go(0), Flag(first, on=True))
    with pytest.raises(ItemClosedError):
        rules.do(Answer(first, chosen("B")))
    rules.do(Go(1))
    with pytest.raises(ItemClosedError):
        rules.do(Answer(second, chosen("B")))
    assert rules.state.record.answer(first).response == chosen("A")


def test_a_flag_on_an_item_that_is_gone_is_in_no_count() -> None:
    """The marks show no flag there, so handing in with the counts on the screen is taken."""
    rules = Rules(
        form_of(part("p", section("s1", "a", "b"), linear=True), part("q", section("s2", "c")))
    ).begin()
    rules.do(Flag(rules.item(0), on=True))
    assert session.flagged(rules.state) == 1
    rules.do(Go(1), Go(2), Flag(rules.item(2), on=True))
    marks = showing.marks(rules.state)
    assert marks == ",,f"
    shown = sum(mark in ".f," for mark in marks), sum(mark in "fF" for mark in marks)
    assert rules.do(HandIn(*shown)) == (e.HandedIn(3, 1, 0),)

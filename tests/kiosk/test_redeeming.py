"""Codes: what a verified action code or code of the room may do in which phase, once, and never beyond its bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk import session
from kiosk.protocol import (
    Accept,
    ConfirmIdentity,
    Go,
    Phase,
)
from kiosk.redeeming import CodeNotNowError, CodeUsedError, SecondProctorNeededError
from kiosk.session import NotNowError, Redeem, RedeemRoom
from results.wire import events as e
from tests.kiosk.rules_alone import (
    ADD,
    ADD_TWO,
    ADMIT,
    BREAK_OVER,
    BROKEN,
    END,
    LIMIT,
    MINUTE,
    MOVE_IN,
    PLAIN,
    ROOM_PAUSE,
    ROOM_RESUME,
    TAKE,
    VOID,
    Rules,
    staged,
)


def test_one_proctor_adds_up_to_the_plans_minutes_in_all() -> None:
    """Beyond them only two persons may, whose time is not counted; taking gives none back."""
    rules = Rules(PLAIN).begin()
    rules.wait(MINUTE)
    _, changed = rules.do(Redeem(ADD + 20, 1))
    assert changed == e.TimeChanged(LIMIT, LIMIT + 20 * MINUTE, two_person=False, elapsed=MINUTE)
    rules.do(Redeem(ADD_TWO + 240, 2), Redeem(TAKE + 100, 3), Redeem(ADD + 10, 4))
    assert rules.left == LIMIT - MINUTE + 170 * MINUTE
    with pytest.raises(SecondProctorNeededError) as refusal:
        rules.do(Redeem(ADD + 1, 5))
    assert "31" in refusal.value.diagnostics().what
    rules.do(Redeem(ADD_TWO + 1, 5))


def test_taking_time_never_ends_a_test_by_itself() -> None:
    """A minute stays; of less than a minute nothing is taken, and the code stays unused."""
    rules = Rules(PLAIN).begin()
    rules.wait(MINUTE)
    _, changed = rules.do(Redeem(TAKE + 240, 1))
    assert changed == e.TimeChanged(LIMIT, 2 * MINUTE, two_person=False, elapsed=MINUTE)
    rules.wait(30_000)
    with pytest.raises(CodeNotNowError):
        rules.do(Redeem(TAKE + 1, 2))
    rules.do(Redeem(ADD + 1, 2))
    assert rules.left == 90_000


def test_time_is_changed_in_a_pause_too() -> None:
    """The clock stands where it stood, with another limit."""
    rules = Rules(PLAIN).begin()
    rules.do(RedeemRoom(ROOM_PAUSE, 1), Redeem(ADD + 5, 1))
    rules.wait(MINUTE)
    assert rules.left == LIMIT + 5 * MINUTE


def test_a_code_at_the_end_of_a_section_is_redeemed_after_it() -> None:
    """What was over is done first, and the code is not lost; at the end of the test it is too late."""
    rules = Rules(PLAIN).begin()
    rules.boot, rules.wall = rules.boot + LIMIT, rules.wall + LIMIT
    assert rules.do(Redeem(ADD + 5, 1)) == (e.TimeExpired(LIMIT, LIMIT),)
    held = staged()
    held.boot, held.wall = held.boot + MINUTE, held.wall + MINUTE
    assert [type(event) for event in held.do(Redeem(BREAK_OVER, 1))] == [
        e.PauseBegan,
        e.ActionRedeemed,
        e.PauseEnded,
    ]


ENDS: list[tuple[int, type[e.SessionEvent], str]] = [
    (END, e.EndedByProctor, "ended by proctor"),
    (VOID, e.Voided, "voided"),
]
WHEN: list[Callable[[], Rules]] = [
    staged,
    lambda: staged(ConfirmIdentity()),
    lambda: staged(ConfirmIdentity(), Accept("nda"), Accept("conduct")),
    lambda: Rules(BROKEN).begin(),
    lambda: _paused(Rules(BROKEN).begin(), Go(2)),
    lambda: _paused(Rules(BROKEN).begin(), RedeemRoom(ROOM_PAUSE, 1)),
]


def _paused(rules: Rules, command: session.Command) -> Rules:
    rules.do(command)
    assert rules.phase is Phase.PAUSED
    return rules


@pytest.mark.parametrize("at", WHEN)
@pytest.mark.parametrize(("verb", "event", "outcome"), ENDS)
def test_a_proctor_may_end_or_void_from_the_admission_on(
    verb: int, event: type[e.SessionEvent], outcome: str, at: Callable[[], Rules]
) -> None:
    """In every stage and in every pause; it is final."""
    rules = at()
    redeemed, final = rules.do(Redeem(verb, 9))
    assert redeemed == e.ActionRedeemed(verb, 9)
    assert isinstance(final, event)
    assert rules.state.record.final_outcome() == outcome
    with pytest.raises(NotNowError):
        rules.do(Redeem(verb, 10))


@pytest.mark.parametrize(
    "verb", [ADMIT, MOVE_IN, BREAK_OVER, ROOM_PAUSE, 7, 255, ADD, ADD + 241, TAKE, ADD_TWO, 1023]
)
def test_a_verb_that_does_not_suit_is_refused_and_stays_unused(verb: int) -> None:
    """In a running test: what admits, ends a pause that is not there, is the room's, or is nothing at all."""
    rules = Rules(PLAIN).begin()
    with pytest.raises(CodeNotNowError):
        rules.do(Redeem(verb, 3))
    assert rules.do(Redeem(END, 3))


@pytest.mark.parametrize("verb", [ADD + 1, TAKE + 1, ADD_TWO + 1])
def test_no_time_is_changed_before_the_test(verb: int) -> None:
    """The limit is not known yet."""
    with pytest.raises(CodeNotNowError, match="not begun"):
        staged().do(Redeem(verb, 3))


def test_a_serial_works_once() -> None:
    """Also for another verb, also after a stop, and that of the admission too; the room's serials are its own."""
    rules = Rules(PLAIN).begin()
    rules.do(RedeemRoom(ROOM_PAUSE, 3), RedeemRoom(ROOM_RESUME, 4), Redeem(ADD + 1, 3))
    rules.stop(5, credit=True)
    for used in (Redeem(ADD + 1, 3), Redeem(END, 3), Redeem(END, 0), RedeemRoom(ROOM_PAUSE, 3)):
        with pytest.raises(CodeUsedError):
            rules.do(used)

"""Pauses and the proctor's screen: nothing of the exam on them, codes redeemed as typed, and what they did in words."""

from __future__ import annotations

import pytest

from kiosk import protocol as p
from kiosk.protocol import Phase, Problem
from kiosk.screens.paused import BreakScreen
from kiosk.screens.proctor import done_words
from kiosk.screens.seat import KioskScreen
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import (
    ADD,
    ADD_TWO,
    BREAK_OVER,
    END,
    MINUTE,
    ROOM_PAUSE,
    ROOM_RESUME,
    TAKE,
    VOID,
    FakeSession,
    action,
)
from tests.kiosk.scenes import SCENES, at

OPEN = (
    Phase.CONFIRM,
    Phase.AGREEMENT,
    Phase.CHECK,
    Phase.TUTORIAL,
    Phase.INSTRUCTIONS,
    Phase.TESTING,
    Phase.SIGN_IN,
)


def words_of(screen: str) -> set[str]:
    """The long words on a screen."""
    return {word for word in screen.split() if len(word) > 9 and word.isalpha()}


@pytest.mark.parametrize(
    "scene", [name for name in SCENES if name.startswith(("paused", "proctor", "break"))]
)
def test_a_pause_shows_nothing_of_the_exam(scene: str) -> None:
    """No long word of the question is left on a pause, a break or the proctor's screen."""
    seen: list[str] = []

    async def question(driver: Driver, session: FakeSession) -> None:
        seen.append(await driver.sees("Question 23"))

    async def pause(driver: Driver, session: FakeSession) -> None:
        await SCENES[scene].drive(driver)
        seen.append(await driver.sees(SCENES[scene].shows))

    drive(at(Phase.TESTING, 22), question)
    drive(SCENES[scene].make(), pause)
    assert words_of(seen[0]) & words_of(seen[1]) == set()


@pytest.mark.parametrize("phase", OPEN)
def test_f9_opens_the_proctors_screen_everywhere(phase: Phase) -> None:
    """From every phase of an open session F9 hides what was there and F9 brings it back; nothing is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        before = driver.text()
        await driver.press("f9", sees="For the proctor")
        driver.key("f9")
        await driver.lacks("For the proctor")
        await driver.settled()
        assert driver.text() == before
        assert session.acts == []

    drive(at(phase, 22), act)


@pytest.mark.parametrize("keys", [("r",), ("f10",), ("f10", "a"), ("f1",), ("r", "f10", "f1")])
def test_f9_opens_over_every_other_screen_too(keys: tuple[str, ...]) -> None:
    """Over the review, the hand-in, the answers and the help the proctor's screen opens as well, help aside."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys)
        await driver.settled()
        await driver.press("f9", sees="For the proctor" if keys[-1] != "f1" else "")
        await driver.settled()
        assert ("For the proctor" in driver.text()) == (keys[-1] != "f1")

    drive(at(Phase.TESTING, 22), act)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (ADD + 10, "10 minutes were added: 1:47:12 left."),
        (ADD + 1, "1 minute was added: 1:38:12 left."),
        (ADD_TWO + 45, "45 minutes were added: 2:22:12 left."),
        (TAKE + 5, "5 minutes were taken: 1:32:12 left."),
    ],
)
def test_time_is_changed_by_a_code_and_said_in_words(verb: int, said: str) -> None:
    """The code is sent as typed, at once, and the screen says what it did with the time left after it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f9", sees="Action code")
        await driver.enter(action(verb))
        await driver.sees(said, "___ ___ ___ _")
        assert session.acts == [p.EnterActionCode(action(verb))]
        await driver.press("f9", sees="Question 23 of 100")

    drive(at(Phase.TESTING, 22), act)


def test_a_code_that_was_used_is_refused_and_its_wait_counted_down() -> None:
    """A second use is told as a problem; while a wait is on nothing is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f9", sees="Action code")
        await driver.enter(action(ADD + 10))
        await driver.sees("were added")
        await driver.enter(action(ADD + 10))
        await driver.sees("This code is not the right one.", "code-wrong")
        session.problem = Problem(
            "code-wrong", "This code is not the right one.", "Read it again.", wait=2_000
        )
        session.send_view()
        await driver.sees("You can try again in 0:00:02.")
        sent = len(session.acts)
        await driver.enter(action(ADD + 20))
        await driver.sees("in 0:00:01.")
        assert len(session.acts) == sent

    drive(at(Phase.TESTING, 22), act)


def test_the_proctors_screen_does_not_show_an_older_problem() -> None:
    """A problem of the question below is not taken for one of the code."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.problem = Problem("answer-refused", "That could not be saved.", "Try again.")
        session.send_view()
        await driver.sees("answer-refused")
        await driver.press("f9", sees="Action code")
        assert "answer-refused" not in driver.text()

    drive(at(Phase.TESTING, 22), act)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (END, "The proctor has ended"),
        (VOID, "declared this sitting void"),
        (ROOM_PAUSE, "The exam is paused for the whole room."),
    ],
)
def test_codes_that_lead_elsewhere_do_so(verb: int, said: str) -> None:
    """End, void and the pause of the room bring their own screen, and the proctor's is gone."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f9", sees="Action code")
        await driver.enter(action(verb))
        await driver.sees(said)
        assert len(driver.app.screen_stack) == 2

    drive(at(Phase.TESTING, 22), act)


@pytest.mark.parametrize(
    ("kind", "verb"), [("scheduled", BREAK_OVER), ("room", ROOM_RESUME), ("hold", BREAK_OVER)]
)
def test_a_pause_ends_by_a_code_alone(kind: str, verb: int) -> None:
    """No key but the code under F9 leads out of a pause; then the same question is there."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Only the proctor can end this pause.")
        await driver.press("enter", "escape", "n", "y", "f10", "space")
        assert session.commands == []
        await driver.press("f9", sees="Action code")
        await driver.enter(action(verb))
        await driver.sees("Question 23 of 100")

    session = at(Phase.TESTING, 22)
    session.pause(kind, "stops")
    drive(session, act)


def test_the_time_of_a_break_runs_down_and_the_clock_rule_follows() -> None:
    """Each tick moves the time of the break; once it is over the screen says that the test clock runs again."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("0:10:00", "stands still until")
        session.send_tick(40 * MINUTE, rest=9 * MINUTE)
        await driver.sees("Break time left   0:09:00", "Test time left    0:40:00")
        session.send_tick(39 * MINUTE, rest=0)
        await driver.sees("the test clock runs again", "Test time left    0:39:00")

    session = at(Phase.TESTING, 22)
    session.pause("scheduled", "stops", 10 * MINUTE)
    drive(session, act)


def test_a_break_is_taken_after_a_question() -> None:
    """The question says how many breaks are left and what the clock does; N takes none, Y one."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await _ask(driver)
        await driver.sees("You have 2 breaks left.", "The test clock runs on during the break.")
        await driver.press("n", sees="Question 23 of 100")
        assert session.acts == []
        await _ask(driver)
        await driver.press("y", sees="Your break")
        assert session.acts == [p.TakeBreak()]

    session = at(Phase.TESTING, 22)
    session.breaks = 2
    drive(session, act)


def test_without_a_break_left_none_is_offered() -> None:
    """Y does nothing, and the screen says what to do in need."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await _ask(driver)
        await driver.press("y", sees="raise your hand")
        await driver.settled()
        assert session.acts == []

    drive(at(Phase.TESTING, 22), act)


async def _ask(driver: Driver) -> None:
    screen = driver.app.screen
    assert isinstance(screen, KioskScreen)
    screen.open(BreakScreen(driver.app.link))
    await driver.sees("Take a break?")


def test_a_verb_without_words_of_its_own_is_still_acknowledged() -> None:
    """Every redeemed code is answered with words."""
    assert done_words(action(BREAK_OVER), 0) == "The code was used."

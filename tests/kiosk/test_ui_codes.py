"""The screens where the proctor helps: codes typed at them, the lost time, and a kiosk that has stopped."""

from __future__ import annotations

import pytest

from kiosk import protocol as p
from kiosk.app import LINK_LOST
from kiosk.protocol import Phase, Problem
from kiosk.screens.form import CODE_LENGTH
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import ADMIT, CANDIDATE, RESUME, START, FakeSession, sample_items
from tests.kiosk.scenes import SCENES


@pytest.mark.parametrize(("key", "credit"), [("y", True), ("n", False)])
def test_the_lost_time_is_given_back_only_by_choice(key: str, credit: bool) -> None:
    """After the resume code the proctor says whether the lost time is given back; Enter does not choose."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Resume code", "resume code 1", "4 minutes 12 seconds")
        await driver.enter(RESUME)
        await driver.sees("If the code is right, give 4 minutes 12 seconds back?")
        await driver.press("enter", "enter", "b")
        await driver.lacks("If the code is right")
        driver.key("enter")
        await driver.sees("If the code is right")
        await driver.press(key, sees="Question 1 of 10")
        assert session.commands == [p.EnterResumeCode(RESUME, credit=credit)]

    drive(FakeSession(sample_items(10), Phase.SUSPENDED), act)


def test_the_lost_time_on_the_screen_grows_with_the_wait() -> None:
    """Each tick moves the figure, above and in the question, and leaves the typed code; a wrong code asks again."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter(RESUME[:4])
        session.send_lost(255_000)
        await driver.sees("Lost time    4 minutes 15 seconds", "M4H W__")
        await driver.enter("0000000"[: CODE_LENGTH - 4])
        await driver.sees("give 4 minutes 15 seconds back?")
        session.send_lost(258_000)
        await driver.sees("give 4 minutes 18 seconds back?", "Lost time    4 minutes 18 seconds")
        await driver.press("y", sees="This code is not the right one.")
        await driver.sees("___ ___ ___ _")
        await driver.enter(RESUME)
        await driver.sees("If the code is right")
        await driver.press("y", sees="Question 1 of 10")

    drive(FakeSession(sample_items(10), Phase.SUSPENDED), act)


def test_without_lost_time_nothing_is_asked() -> None:
    """Where no time was lost the code alone resumes, at the same question."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter(RESUME)
        await driver.sees("Question 5 of 10")
        assert session.commands == [p.EnterResumeCode(RESUME, credit=False)]

    session = FakeSession(sample_items(10), Phase.SUSPENDED)
    session.lost, session.index = 0, 4
    drive(session, act)


def test_a_wrong_code_is_told_and_its_wait_counted_down() -> None:
    """A refused code shows sentence, next step, code and wait; nothing is sent before the wait is over."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter("7KM3QX9")
        await driver.sees("Type the whole code")
        await driver.enter("ABS")
        await driver.sees("This code is not the right one.", "Read it again", "code-wrong", "___ ___ ___ _")
        session.problem = Problem(
            "code-wrong", "This code is not the right one.", "Read it again.", wait=2_000
        )
        session.send_view()
        await driver.sees("You can try again in 0:00:02.")
        await driver.enter(START)
        await driver.sees("in 0:00:01.")
        assert session.commands == [p.EnterStartCode("7KM3QX9ABS")]
        await driver.lacks("You can try again")
        driver.key("enter")
        await driver.sees("Candidate number")

    drive(FakeSession(()), act)


def test_a_wrong_start_code_names_the_kiosk() -> None:
    """A code that is not right may be another kiosk's: the screen says for which one it must be."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter("7KM3QX9ABS")
        await driver.sees("not the right one", "Check that it is the code for kiosk-01.")

    drive(FakeSession(()), act)


def test_enter_does_not_say_who_one_is() -> None:
    """One Enter too many after the admission code confirms nothing; Y does."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter(CANDIDATE, ADMIT)
        await driver.press("enter", "enter", sees="Is this you?")
        await driver.settled()
        assert len(session.commands) == 1
        await driver.press("enter", "space", "y", sees="Terms 1 of 2")
        assert session.commands[1:] == [p.ConfirmIdentity()]

    drive(FakeSession((), Phase.SIGN_IN), act)


def test_number_and_code_stand_in_line() -> None:
    """The two fields of the sign-in begin in the same column."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("x", sees="Candidate number   x")
        number, code = (row for row in driver.rows() if "___" in row)
        assert number.index("x") == code.index("_")

    drive(FakeSession((), Phase.SIGN_IN), act)


def test_a_stopped_kiosk_says_how_to_start_again() -> None:
    """What to do, the code that is needed and whom to call, each once; F10 then Y ends this session process."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.sees(
            "make room on this machine", "resume code 3 is needed", "Exam office, +1 555 0100"
        )
        assert screen.count("saved on this machine") == 1
        assert screen.count("roctor: make room") == 1
        await driver.press("y", "f10", "n", "y", "f10", sees="Start again now?")
        assert session.commands == []
        driver.key("y")
        await driver.until(lambda: session.commands == [p.StartAgain()])
        await driver.until(lambda: driver.app.return_code == LINK_LOST)

    session = SCENES["stopped"].make()
    session.resume_n = 3
    drive(session, act)


def test_where_starting_again_does_not_help_it_is_not_offered() -> None:
    """A store that was put back is for the support contact: F10 does nothing there."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f10", "y", sees="Exam office")
        assert "again" not in screen
        assert session.commands == []

    session = SCENES["stopped"].make()
    session.resume_n = 0
    session.problem = Problem("store-put-back", "The store is older.", "Call the support contact.")
    drive(session, act)


def test_codes_take_what_people_type() -> None:
    """Small letters, O for 0 and I for 1, spaces and dashes arrive as the code they mean."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.enter(CANDIDATE, "oai4-tz r6wy")
        await driver.sees("Is this you?")
        assert session.commands == [p.SignIn(CANDIDATE, "0A14TZR6WY")]

    drive(FakeSession((), Phase.SIGN_IN), act)

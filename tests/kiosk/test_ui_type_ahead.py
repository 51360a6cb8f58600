"""Keys that are typed faster than the screen moves land in the field they were meant for."""

from __future__ import annotations

import pytest

from kiosk import protocol as p
from kiosk.protocol import Phase
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import ADMIT, CANDIDATE, RESUME, START, FakeSession, sample_items


def burst(driver: Driver, *texts: str) -> None:
    """Type everything, Enter after each text, before the screen can draw or move anything."""
    for text in texts:
        for character in text:
            driver.key(character)
        driver.key("enter")


def test_number_and_code_in_one_burst_sign_in() -> None:
    """A scanner or a quick hand types number, Enter, code, Enter: each field has its own, and the sign-in is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Candidate number")
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        burst(driver, CANDIDATE, ADMIT)
        await driver.sees("Is this you?")
        assert session.commands == [p.SignIn(CANDIDATE, ADMIT)]

    drive(FakeSession(sample_items(2), Phase.SIGN_IN), act)


@pytest.mark.parametrize(
    ("phase", "code", "sees", "then"),
    [
        (Phase.LOCKED, START, "Start code", "Candidate number"),
        (Phase.SUSPENDED, RESUME, "Resume code", "Question 1 of 2"),
    ],
)
def test_a_single_code_in_one_burst_is_sent(phase: Phase, code: str, sees: str, then: str) -> None:
    """Where there is one field, Enter sends it as it was typed."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.lost = 0
        session.send_view()
        await driver.sees(sees)
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        burst(driver, code)
        await driver.sees(then)
        sent = session.commands[0]
        assert isinstance(sent, p.EnterStartCode | p.EnterResumeCode)
        assert sent.code == code

    drive(FakeSession(sample_items(2), phase), act)

"""Keys that are typed faster than the screen moves land in the field they were meant for."""

from __future__ import annotations

import asyncio

import pytest

from kiosk import protocol as p
from kiosk.app import LINK_LOST
from kiosk.messages import LinkClosed
from kiosk.protocol import Phase
from tests.kiosk.driving import Driver, drive, driving
from tests.kiosk.fake_session import ADMIT, CANDIDATE, RESUME, START, FakeSession, sample_items
from tests.kiosk.scenes import SCENES


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


@pytest.mark.parametrize(
    ("keys", "sees"),
    [
        (("f3", "n", *"nap"), "3 of 2000"),
        (("f3", "s", *"cab"), "3 of 8000"),
        (("f3", "m", *"fun"), "3 of 1000"),
        (("f3", "c", *"1+2", "enter"), "1+2 = 3"),
        (("e", "slash", *"near", "enter"), "hit"),
    ],
)
def test_what_is_typed_behind_the_key_that_opens_a_field_lands_in_it(
    keys: tuple[str, ...], sees: str
) -> None:
    """Note, scratchpad, comment, calculator and search have the caret before the next key acts: none is lost."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys, sees=sees)
        assert not {type(command) for command in session.acts} - {p.WriteNote, p.WriteComment, p.Calculate}

    session = SCENES["exhibit"].make() if keys[0] == "e" else SCENES["tools"].make()
    session.notes, session.comments, session.scratchpad = {}, {}, ""
    drive(session, act)


def test_a_screen_that_is_left_before_it_stands_is_no_failure() -> None:
    """Where the session process goes while a screen is being opened, the program ends as for any lost link."""

    async def run() -> None:
        for _ in range(5):
            session = SCENES["tools"].make()
            async with driving(session) as driver:
                driver.key("f3")
                driver.key("n")
                driver.app.post_message(LinkClosed())
            assert driver.app._exception is None
            assert driver.app.return_code == LINK_LOST

    asyncio.run(run())

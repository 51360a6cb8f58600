"""What screens and lines say of the copy on a second drive, and to a candidate who was moved."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.protocol import Phase
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, sample_items
from tests.kiosk.linear_talk import LinearTalk

MOVED = "Your answers are here."


@pytest.mark.parametrize(
    ("mirror", "words"), [("follows", "keeps a copy of what is saved"), ("lost", "! does not answer")]
)
def test_the_proctors_screen_says_how_the_copy_stands(mirror: str, words: str) -> None:
    """Where there is a second drive, its state stands beside the checkpoint, in words."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f9", sees="Checkpoint")
        await driver.sees("Second drive", words)

    session = FakeSession(sample_items(3), Phase.TESTING)
    session.mirror = mirror
    drive(session, act)


def test_without_a_second_drive_nothing_is_said_of_it() -> None:
    """No row for what is not there."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f9", sees="Checkpoint")
        await driver.lacks("Second drive")

    drive(FakeSession(sample_items(3), Phase.TESTING), act)


def test_one_who_was_moved_reads_what_became_of_the_answers() -> None:
    """Before the candidate goes on, the screen of their name says it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Is this you?", MOVED)

    session = FakeSession(sample_items(3), Phase.CONFIRM)
    session.moved = MOVED
    drive(session, act)


def test_lines_say_that_the_second_drive_is_lost_once() -> None:
    """The line comes when it is lost, and not again with the next view."""
    talk = LinearTalk(sample_items(2), Phase.TESTING)
    lost = msgspec.structs.replace(talk.session.view(), mirror="lost")
    assert "second drive does not answer" in "\n".join(talk.reader.hear(lost))
    assert "second drive" not in "\n".join(talk.reader.hear(lost))

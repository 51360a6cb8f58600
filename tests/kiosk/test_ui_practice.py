"""What practice and preview show otherwise than a sitting: no proctor, no clock, a round that ends."""

from __future__ import annotations

from kiosk.protocol import HandIn
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession
from tests.kiosk.scenes import SCENES


def test_practice_has_no_proctor_no_time_and_ends_a_round() -> None:
    """F9 opens nothing, no time is shown, and finishing speaks of the round."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.sees("not answered")
        assert "left" not in screen.splitlines()[0]
        await driver.press("f9", "f1", sees="Keys")
        assert "proctor" not in driver.text()
        await driver.press("q", "f10", sees="End this round of practice?")
        assert "hand in" not in driver.text().lower()
        await driver.press("y", "enter")
        await driver.until(lambda: any(isinstance(sent, HandIn) for sent in session.commands), "the end")

    drive(SCENES["practice-item"].make(), act)

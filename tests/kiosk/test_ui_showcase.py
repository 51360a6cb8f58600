"""The showcase form on the item screen: every kind of question and everything that comes with one, at three sizes."""

from __future__ import annotations

from functools import partial

import pytest
from rich.cells import cell_len

from exam_packages.interactions import Paragraph
from kiosk.protocol import Phase
from kiosk.widgets.blocks import MARGIN
from tests.exam_packages.workshop import showcase
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession


@pytest.mark.parametrize("size", [(64, 22), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_question_of_the_showcase_is_drawn(size: tuple[int, int]) -> None:
    """F8 leads through the whole form; each question begins with its own words, fits the screen, and is answerable."""
    form = showcase().form
    session = FakeSession(form.items, Phase.TESTING)
    session.stimuli = {one.id: one for one in form.stimuli}
    session.exhibits = {one.id: one for one in form.exhibits}

    async def act(driver: Driver, session: FakeSession) -> None:
        for number, item in enumerate(form.items):
            first = next(block.text for block in item.stem if isinstance(block, Paragraph))
            await driver.sees(
                f"{number + 1} of {len(form.items)}", first[: size[0] // 2 - 2 * MARGIN].rsplit(" ", 1)[0]
            )
            assert all(cell_len(row) <= size[0] for row in driver.rows())
            assert "answered" in driver.text()
            for exhibit in item.exhibits[:1]:
                await driver.press("f3", sees="Tools")
                await driver.press("e", sees=session.exhibits[exhibit].title[:12])
                await driver.press("escape", sees=first[:16])
            await driver.press("f8")
            if number + 1 < len(form.items):
                await driver.until(partial(_at, session, number + 1))
        await driver.sees("Review")

    drive(session, act, size)


def _at(session: FakeSession, index: int) -> bool:
    return session.index == index

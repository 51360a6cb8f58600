"""A seat with instruments, and hands that type into one: what the tests of the tools share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from exam_packages.form import Instruments
from kiosk.protocol import Command, Phase, Problem, frame
from tests.kiosk.driving import Act, Driver, drive
from tests.kiosk.fake_session import FakeSession, choice_item, sample_items

ALL = Instruments(
    calculator=True, highlighter=True, notes=True, scratchpad=True, comments=True, keep_notes=True
)
STEM = "The board wants one view of attendance, grades and cost by spring."
SIZES = ((64, 22), (80, 24))
FULL = Problem("store-full", "The disk is full.", "Call the proctor.")


def seat(instruments: Instruments = ALL, *, state: dict[str, object] | None = None) -> FakeSession:
    """A session at the first of three questions, with these instruments."""
    items = (choice_item("Q1", [STEM, "Which of these?"], list("wxyz")), *sample_items(2))
    session = FakeSession(items, Phase.TESTING)
    session.instruments = instruments
    for name, value in (state or {}).items():
        setattr(session, name, value)
    return session


def at_both(make: Callable[[], FakeSession], act: Act) -> None:
    """Act on a fresh session on each screen."""
    for size in SIZES:
        drive(make(), act, size)


async def typed(driver: Driver, text: str) -> None:
    """Type a text into what has the caret."""
    await driver.until(lambda: driver.app.focused, "a caret")
    for letter in text:
        driver.key("space" if letter == " " else "enter" if letter == "\n" else letter)


@contextmanager
def refusing(session: FakeSession, problem: Problem) -> Iterator[None]:
    """Every command has no effect, for this reason."""

    def refuse(_command: Command) -> None:
        session.problem = problem
        session._socket.send(frame(session.view(reply=True)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_obey", refuse)
        yield

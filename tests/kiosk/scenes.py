"""Every state of the kiosk's screens worth a picture: how the session stands, and what is done to get there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from exam_packages.form import Item
from exam_packages.interactions import ChosenOptions, OptionId
from kiosk.protocol import Phase, Problem
from tests.kiosk.driving import Driver
from tests.kiosk.fake_session import ADMIT, CANDIDATE, HOUR, RESUME, FakeSession, choice_item, sample_items

MINUTE = HOUR // 60


async def _stay(driver: Driver) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Scene:
    """A picture: `make` gives the session, `drive` acts on the screen, `shows` must then be on it."""

    make: Callable[[], FakeSession]
    shows: str
    drive: Callable[[Driver], Awaitable[None]] = _stay


def at(phase: Phase, index: int = 0, items: tuple[Item, ...] | None = None) -> FakeSession:
    """A session at this phase; where it is testing, part of the test is done."""
    session = FakeSession(items or sample_items(), phase)
    session.index = index
    if phase in {Phase.TESTING, Phase.FINISHED}:
        for place, item in enumerate(session.items[:38]):
            if place not in {11, 29, index}:
                session.responses[item.id] = ChosenOptions((OptionId(f"o{place * 7 % 4 + 1}"),))
        session.flags = {session.items[place].id for place in (4, 11, 22, 35) if place < len(session.items)}
        session.remaining = 97 * MINUTE + 12_000
    return session


def _answered() -> FakeSession:
    session = at(Phase.TESTING, 22)
    session.responses[session.items[22].id] = ChosenOptions((OptionId("o3"),))
    session.struck[session.items[22].id] = (OptionId("o1"),)
    return session


def _nearly_full() -> FakeSession:
    session = _answered()
    session.disk_low = True
    return session


def _finished(outcome: str = "completed") -> FakeSession:
    session = at(Phase.FINISHED, 40)
    session.outcome = outcome
    return session


def _late() -> FakeSession:
    session = at(Phase.TESTING, 57)
    session.remaining = 10 * MINUTE - 4_000
    return session


def _stopped() -> FakeSession:
    session = at(Phase.STOPPED)
    session.problem = Problem(
        "store-failed",
        "The last step could not be saved on this machine: The disk has no room left for vault.db.",
        "Proctor: make room on this machine, then start again; everything before that step is saved.",
    )
    return session


LONG = [
    f"({number}) The district keeps its records in {number + 3} systems, and the board has asked for one view of "
    "attendance, grades and cost by spring; the people who run the systems were not asked."
    for number in range(1, 9)
]
MANY = (
    "Which TWO conclusions does the report support?",
    ["Costs rose.", "Costs fell.", "Staff left.", "None.", "All."],
)


async def _wrong_code(driver: Driver) -> None:
    await driver.enter("7KM3QX9ABS")
    await driver.sees("not the right one")


async def _sign_in(driver: Driver) -> None:
    await driver.enter(CANDIDATE, ADMIT[:6])
    await driver.sees("0A1 4TZ", "ten characters")


async def _ask_credit(driver: Driver) -> None:
    await driver.enter(RESUME)


async def _two(driver: Driver) -> None:
    await driver.press("a", "c", sees="[x] C")
    await driver.press("down", sees="> [ ] D")
    await driver.sees("answer saved")


def keys(*pressed: str) -> Callable[[Driver], Awaitable[None]]:
    """Press these keys."""

    async def press(driver: Driver) -> None:
        await driver.press(*pressed)

    return press


SCENES: dict[str, Scene] = {
    "locked": Scene(lambda: at(Phase.LOCKED), "Start code"),
    "locked-wrong-code": Scene(lambda: at(Phase.LOCKED), "code-wrong", _wrong_code),
    "sign-in": Scene(lambda: at(Phase.SIGN_IN), "0A1 4TZ", _sign_in),
    "confirm": Scene(lambda: at(Phase.CONFIRM), "Is this you?"),
    "confirm-not-me": Scene(lambda: at(Phase.CONFIRM), "Raise your hand", keys("n")),
    "agreement": Scene(lambda: at(Phase.AGREEMENT), "Non-disclosure"),
    "agreement-decline": Scene(lambda: at(Phase.AGREEMENT), "Decline?", keys("d")),
    "instructions": Scene(lambda: at(Phase.INSTRUCTIONS), "2 hours 30 minutes"),
    "item": Scene(_answered, "answer saved"),
    "item-fresh": Scene(lambda: at(Phase.TESTING, 0), "not answered"),
    "item-warning": Scene(_late, "10 minutes left"),
    "item-disk": Scene(_nearly_full, "tell the proctor"),
    "item-long": Scene(
        lambda: at(Phase.TESTING, 0, (choice_item("L", [*LONG, MANY[0]], MANY[1]), *sample_items(9))),
        "lines ",
        keys("pagedown"),
    ),
    "item-two": Scene(
        lambda: at(Phase.TESTING, 0, (choice_item("M", [MANY[0]], MANY[1], 2),)), "Choose TWO", _two
    ),
    "review": Scene(lambda: at(Phase.TESTING, 40), "4 flagged", keys("r")),
    "review-number": Scene(lambda: at(Phase.TESTING, 40), "no question 105", keys("1", "0", "5")),
    "hand-in": Scene(lambda: at(Phase.TESTING, 40), "Hand in your answers?", keys("f10")),
    "hand-in-armed": Scene(lambda: at(Phase.TESTING, 40), "Press Enter to hand in", keys("f10", "y")),
    "help": Scene(lambda: at(Phase.TESTING, 3), "choose that option", keys("f1")),
    "suspended": Scene(lambda: at(Phase.SUSPENDED), "lost power"),
    "suspended-credit": Scene(lambda: at(Phase.SUSPENDED), "If the code is right", _ask_credit),
    "stopped": Scene(_stopped, "store-failed"),
    "stopped-again": Scene(_stopped, "Start again now?", keys("f10")),
    "finished": Scene(_finished, "receipt code"),
    "finished-timed-out": Scene(lambda: _finished("timed out"), "Your time is up."),
    "finished-declined": Scene(lambda: _finished("declined terms"), "You have declined"),
}

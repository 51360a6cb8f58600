"""Every state of the kiosk's screens worth a picture: how the session stands, and what is done to get there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec.structs import replace

from exam_packages.form import Instruments, Item
from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from kiosk.protocol import Limit, Phase, Practice, Problem
from kiosk.screens.check import ASKED
from kiosk.screens.lessons import LESSONS
from kiosk.screens.paused import BreakScreen
from kiosk.screens.seat import KioskScreen
from tests.kiosk.driving import Driver
from tests.kiosk.fake_session import (
    ADD,
    ADMIT,
    CANDIDATE,
    MINUTE,
    MOVE_IN,
    RESUME,
    FakeSession,
    action,
    choice_item,
    sample_items,
)
from tests.kiosk.practice_areas import AREAS, WHY
from tests.kiosk.questions import COSTS, PLAN, REPORT, with_texts

LESSON_KEYS: tuple[tuple[str, ...], ...] = (
    ("b",),
    ("c",),
    ("backspace",),
    ("down", "x"),
    ("f",),
    ("n",),
    ("p", "e", "a", "r", "f8"),
    ("c", "a", "b"),
    ("p",),
    ("pagedown",) * 8,
    ("r",),
    ("3", "enter"),
    ("f1", "escape"),
)
"""What each step of the tutorial asks to be pressed."""


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


def _exhibits() -> FakeSession:
    item = with_texts(choice_item("E", ["?"], ["One.", "Two.", "Three."]).interaction)
    session = at(Phase.TESTING, 0, (item,))
    session.stimuli, session.exhibits = {REPORT.id: REPORT}, {one.id: one for one in (COSTS, PLAN)}
    return session


def _instruments() -> FakeSession:
    session = _answered()
    item = session.items[22].id
    session.instruments = Instruments(
        calculator=True, highlighter=True, notes=True, scratchpad=True, comments=True, keep_notes=True
    )
    session.breaks = 1
    session.notes[item] = "Compare with question 12.\nCost per pupil: 54."
    session.comments[item] = "Option C is cut off at the end."
    session.highlights[f"item:{item}"] = ((0, 3, 29),)
    session.tape = (("12*4.5", "54"), ("54/7", "7.71428571429"))
    return session


async def _calculator(driver: Driver) -> None:
    await driver.press("f3", "c")
    await driver.until(lambda: driver.app.focused, "the caret")


async def _calculate(driver: Driver) -> None:
    await _calculator(driver)
    await driver.press("5", "*", "up", sees="5*7.71428571429")


async def _scribble(driver: Driver) -> None:
    await driver.press("f3", "s")
    await driver.until(lambda: driver.app.focused, "the caret")
    await driver.press("o", "n", "e", "enter", "t", "w", "o", sees="two")


def _refusing() -> FakeSession:
    session = _instruments()
    session.problem = Problem(
        "calculation-by-zero",
        "Nothing can be divided by zero.",
        "Look at what stands behind the division sign.",
    )
    return session


def _finished(outcome: str = "completed") -> FakeSession:
    session = at(Phase.FINISHED, 40)
    session.outcome = outcome
    return session


def _waiting() -> FakeSession:
    session = _finished()
    session.exported = "The sealed record waits on this machine: no carrier is in."
    session.carried = False
    return session


def _paused(kind: str, clock: str, length: int = 0, left: int | None = None) -> Callable[[], FakeSession]:
    def make() -> FakeSession:
        session = at(Phase.TESTING, 22)
        session.pause(kind, clock, length)
        if session.rest and left is not None:
            session.rest = replace(session.rest, remaining=left)
        return session

    return make


def _staged(phase: Phase) -> FakeSession:
    session = at(phase)
    session.stage = 4 * MINUTE + 20_000
    return session


def _limited() -> FakeSession:
    session = _answered()
    session.inner = Limit("section", "Part one: leadership", 4 * MINUTE + 50_000, 40 * MINUTE)
    return session


def _sections() -> FakeSession:
    session = at(Phase.TESTING, 40)
    session.sections = (
        (0, "Leadership and vision"),
        (30, "Understanding education"),
        (65, "Managing technology"),
    )
    session.closed = set(range(30))
    session.short = {session.items[36].id: "choose 2"}
    return session


def many(count: int = 300) -> FakeSession:
    """A long test."""
    samples = sample_items()
    items = tuple(replace(samples[place % 100], id=ItemId(f"i{place}")) for place in range(count))
    return at(Phase.TESTING, 40, items)


def _breaks(left: int) -> FakeSession:
    session = at(Phase.TESTING, 22)
    session.breaks = left
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


def _practised(phase: Phase) -> FakeSession:
    session = at(phase, 3)
    session.practice = Practice("8A1D66B0F2C94E37", AREAS)
    if phase is Phase.RATIONALE:
        answers = "B Ask the owners of each system.", "A Approve the joint view now."
        session.practice = replace(session.practice, yours=answers[1], correct=answers[0], why=WHY)
    return session


def _asleep() -> FakeSession:
    session = at(Phase.SUSPENDED)
    session.cause, session.lost = "The machine was asleep, or stood still; it stayed on.", 23 * MINUTE
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


async def _move_in(driver: Driver) -> None:
    await driver.press("f8", sees="Minutes left")
    await driver.enter(CANDIDATE, MOVE_IN, "QW7T3")
    await driver.sees("QW7 T3_")


async def _proctor(driver: Driver) -> None:
    await driver.press("f9", sees="Action code")


async def _time_added(driver: Driver) -> None:
    await _proctor(driver)
    await driver.enter(action(ADD + 10))
    await driver.sees("10 minutes were added")


async def _refused(driver: Driver) -> None:
    await _proctor(driver)
    await driver.enter("8A10000000")
    await driver.sees("code-wrong")


async def press_all(driver: Driver) -> None:
    """Press every key that the check asks for."""
    await driver.press(*(asked.keys[0] for asked in ASKED), sees="Every key works.")


def lessons(count: int, *then: str) -> Callable[[Driver], Awaitable[None]]:
    """Do the first steps of the tutorial, then press these keys."""

    async def learn(driver: Driver) -> None:
        for number in range(count):
            await driver.sees(f"Step {number + 1} of {len(LESSONS)}")
            assert "[x] Done." not in driver.text()
            if LESSONS[number].text:
                await driver.sees("lines 1-", " of 6")
            await driver.press(*LESSON_KEYS[number], sees="[x] Done.")
            await driver.press("enter", sees=f"Step {number + 2} of" if number + 1 < len(LESSONS) else "")
        await driver.press(*then)

    return learn


async def _open_break(driver: Driver) -> None:
    screen = driver.app.screen
    assert isinstance(screen, KioskScreen)
    screen.open(BreakScreen(driver.app.link))
    await driver.sees("Take a break?")


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
    "agreement-time": Scene(lambda: _staged(Phase.AGREEMENT), "0:04:20 for this step"),
    "move-in": Scene(lambda: at(Phase.SIGN_IN), "QW7 T3_", _move_in),
    "check": Scene(lambda: at(Phase.CHECK), "Now press: Left", keys("up", "down")),
    "check-fault": Scene(lambda: at(Phase.CHECK), "Not arrived", keys("up", "n")),
    "check-done": Scene(lambda: at(Phase.CHECK), "Every key works.", press_all),
    "tutorial": Scene(lambda: at(Phase.TUTORIAL), "Press B."),
    "tutorial-done": Scene(lambda: at(Phase.TUTORIAL), "[x] Done.", lessons(3, "down", "x")),
    "tutorial-text": Scene(lambda: at(Phase.TUTORIAL), "Type a word", lessons(6, "p", "e")),
    "tutorial-order": Scene(lambda: at(Phase.TUTORIAL), "Not placed yet", lessons(7, "c")),
    "tutorial-reading": Scene(lambda: at(Phase.TUTORIAL), "Read a long text", lessons(9)),
    "tutorial-review": Scene(lambda: at(Phase.TUTORIAL), "Number 3_", lessons(11, "3")),
    "tutorial-leave": Scene(lambda: at(Phase.TUTORIAL), "Leave the tutorial?", keys("f10")),
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
        lambda: at(Phase.TESTING, 0, (choice_item("M", [MANY[0]], MANY[1], 2),)), "Choose up to TWO", _two
    ),
    "item-two-limits": Scene(_limited, "Section: 5 minutes left"),
    "proctor": Scene(lambda: at(Phase.TESTING, 22), "Action code", _proctor),
    "proctor-added": Scene(
        lambda: at(Phase.TESTING, 22), "10 minutes were added: 1:47:12 left.", _time_added
    ),
    "proctor-refused": Scene(lambda: at(Phase.TESTING, 22), "code-wrong", _refused),
    "break-ask": Scene(lambda: _breaks(2), "You have 2 breaks left.", _open_break),
    "paused-scheduled": Scene(_paused("scheduled", "stops", 15 * MINUTE, 12 * MINUTE), "0:12:00"),
    "paused-over": Scene(_paused("scheduled", "stops", 15 * MINUTE, 0), "runs again"),
    "paused-own": Scene(_paused("unscheduled", "runs"), "The test clock runs"),
    "paused-room": Scene(_paused("room", "stops"), "The room is paused"),
    "paused-hold": Scene(_paused("hold", "stops"), "The time for this step"),
    "answers": Scene(_sections, "INCOMPLETE: choose 2", keys("f10", "a")),
    "comfort": Scene(lambda: at(Phase.INSTRUCTIONS), "> ( ) Dark on light", keys("f3", "down")),
    "exhibit": Scene(_exhibits, "Exhibit", keys("e")),
    "tools": Scene(_instruments, "(1 highlight)", keys("f3", "down")),
    "calculator": Scene(_instruments, "54/7 = 7.71428571429", _calculate),
    "calculator-refused": Scene(_refusing, "Nothing can be divided by zero.", _calculator),
    "note": Scene(_instruments, "Compare with question 12.", keys("f3", "n")),
    "scratchpad": Scene(_instruments, "unsaved changes", _scribble),
    "comment": Scene(_instruments, "Your comment on question 23", keys("f3", "m")),
    "highlight": Scene(_instruments, "Backspace removes", keys("f3", "h", *["right"] * 4)),
    "highlight-begun": Scene(_instruments, "Move to the last word", keys("f3", "h", "down", "space", "down")),
    "item-highlighted": Scene(_instruments, "«"),
    "review-sections": Scene(_sections, "Managing technology", keys("r")),
    "review-filter": Scene(_sections, "Only flagged", keys("r", "v", "v")),
    "review-300": Scene(many, "264 not answered", keys("r")),
    "review": Scene(lambda: at(Phase.TESTING, 40), "4 flagged", keys("r")),
    "review-number": Scene(lambda: at(Phase.TESTING, 40), "no question 105", keys("1", "0", "5")),
    "hand-in": Scene(lambda: at(Phase.TESTING, 40), "Hand in your answers?", keys("f10")),
    "hand-in-armed": Scene(lambda: at(Phase.TESTING, 40), "Press Enter to hand in", keys("f10", "y")),
    "help": Scene(lambda: at(Phase.TESTING, 3), "what has that letter", keys("f1")),
    "suspended": Scene(lambda: at(Phase.SUSPENDED), "lost power"),
    "suspended-credit": Scene(
        lambda: at(Phase.SUSPENDED), "If the code is right", lambda driver: driver.enter(RESUME)
    ),
    "suspended-asleep": Scene(_asleep, "was asleep"),
    "practice": Scene(lambda: _practised(Phase.PRACTICE), "What do you want to practise?", keys("down")),
    "practice-leave": Scene(lambda: _practised(Phase.PRACTICE), "Leave practice?", keys("f10")),
    "practice-item": Scene(lambda: _practised(Phase.TESTING), "not answered"),
    "practice-end": Scene(lambda: _practised(Phase.TESTING), "End this round", keys("f10")),
    "rationale": Scene(lambda: _practised(Phase.RATIONALE), "Not right."),
    "profile": Scene(lambda: _practised(Phase.PROFILE), "Practise next"),
    "stopped": Scene(_stopped, "store-failed"),
    "stopped-again": Scene(_stopped, "Start again now?", keys("f10")),
    "finished": Scene(_finished, "receipt code"),
    "finished-waiting": Scene(_waiting, "Not on a carrier yet", keys("f10")),
    "finished-ended": Scene(lambda: _finished("ended by proctor"), "The proctor has ended"),
    "finished-voided": Scene(lambda: _finished("voided"), "void"),
    "finished-unfinished": Scene(lambda: _finished("unfinished"), "The sitting was ended."),
    "finished-timed-out": Scene(lambda: _finished("timed out"), "Your time is up."),
    "finished-declined": Scene(lambda: _finished("declined terms"), "You have declined"),
}

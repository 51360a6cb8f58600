"""The whole way of a candidate by keys alone, and every way off it: codes, terms, review, hand-in, time, crashes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from exam_packages.interactions import ChosenOptions, OptionId
from keys.codes import ACTION_LENGTH, RESUME_LENGTH
from kiosk import protocol as p
from kiosk.app import LINK_LOST, KioskApp
from kiosk.protocol import Phase
from kiosk.screens.form import CODE_LENGTH
from kiosk.screens.lessons import LESSONS
from kiosk.screens.review import ReviewScreen
from kiosk.widgets.grid import Grid
from terminal.theme import PALETTES
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import (
    ADMIT,
    CANDIDATE,
    MINUTE,
    START,
    FakeSession,
    sample_items,
)
from tests.kiosk.scenes import at, lessons, press_all


def test_a_hundred_questions_by_keys_alone() -> None:
    """From the start code to the receipt, every question answered by its letter, and every answer arrived."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Start code")
        await driver.enter(START)
        await driver.sees("Candidate number")
        await driver.enter(CANDIDATE, ADMIT)
        await driver.sees("Is this you?")
        await driver.press("y", sees="Terms 1 of 2")
        await driver.press("a", sees="Terms 2 of 2")
        await driver.press("a", sees="Press each of these keys once:")
        await press_all(driver)
        await driver.press("enter", sees="Step 1 of 13")
        await lessons(len(LESSONS))(driver)
        await driver.press("enter", "enter", sees="press B.")
        await driver.press("b", sees="Question 1 of 100")
        for place in range(100):
            letter = "abcd"[place * 7 % 4]
            await driver.press(letter, sees=f"(o) {letter.upper()}.")
            await driver.sees("answer saved", f"{place + 1}/100 answered")
            if place < 99:
                await driver.press("n", sees=f"Question {place + 2} of 100")
        await driver.press("f10", sees="100 of 100")
        await driver.press("y", "enter", sees="receipt code")
        await driver.press("f10", sees="Y leaves")
        driver.key("y")
        await driver.until(lambda: driver.app.finished)
        wanted = [ChosenOptions((OptionId(f"o{place * 7 % 4 + 1}"),)) for place in range(100)]
        assert [session.responses[item.id] for item in session.items] == wanted
        assert session.acts[-2:] == [p.HandIn(0, 0), p.Leave()]
        assert [one for one in session.commands if isinstance(one, p.ConfirmEquipment | p.EndTutorial)] == [
            p.ConfirmEquipment(80, 24),
            p.EndTutorial(),
        ]

    drive(FakeSession(sample_items()), act)


def test_any_question_is_three_keys_from_the_review() -> None:
    """From the grid a question is reached by typing its number: three keys at most, the first and the last too."""

    async def act(driver: Driver, session: FakeSession) -> None:
        for place in (*range(11), *range(11, 98, 6), 98, 99):
            session.index = (place + 50) % 100
            session.send_view()
            await driver.sees(f"Question {session.index + 1} of 100")
            await driver.press("r", sees="answered   ")
            keys = list(str(place + 1)) + (["enter"] if place < 10 else [])
            assert len(keys) <= 3
            await driver.press(*keys, sees=f"Question {place + 1} of 100")

    drive(FakeSession(sample_items(), Phase.TESTING), act)


def test_the_review_finds_what_is_left() -> None:
    """U goes to the next question not answered, F to the next flagged, round the end; arrows and Home, End move."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="36 answered")
        for key, place in (
            ("u", 42),
            ("home", 1),
            ("u", 12),
            ("u", 30),
            ("f", 36),
            ("f", 5),
            ("end", 100),
            ("f", 5),
        ):
            await driver.press(key, sees=f"Question {place}:")
        await driver.press("down", "right", sees="Question 16: answered")
        await driver.press("up", "left", sees="Question 5: answered, flagged")
        await driver.press("4", sees="Number 4_")
        await driver.press("backspace", "enter", sees="Question 4 of 100")
        assert session.acts == [p.Go(3)]

    drive(at(Phase.TESTING, 40), act)


def test_all_hundred_marks_stand_on_one_screen() -> None:
    """At 80x24 and at 64x22 each of 100 questions shows its number with its marks."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="36 answered   64 not answered   4 flagged")
        screen = driver.text().split("cursor")[1]
        for place, mark in enumerate(session.marks):
            shown = f"{place + 1}{'*' if mark in '*F' else '.'}{'F' if mark in 'fF' else ''}"
            assert shown in screen.replace("\n", " ").split(" "), shown

    for size in ((80, 24), (64, 22)):
        drive(at(Phase.TESTING, 40), act, size)


def test_handing_in_takes_two_steps_and_states_both_counts() -> None:
    """Enter alone does nothing; R goes back; Y then Enter sends the counts that were shown."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f10", sees="Hand in your answers?")
        assert "Not answered    64   12, 30, 39, 40, 41, 42, 43 and 57 more" in screen
        assert "Flagged          4   5, 12, 23, 36" in screen
        await driver.press("enter", "enter", "r", sees="Question 41 of 100")
        await driver.press("r", "f10", "y", sees="Press Enter to hand in now")
        await driver.settled()
        assert session.acts == []
        await driver.press("enter", sees="You have handed in.")
        assert session.acts == [p.HandIn(64, 4)]

    drive(at(Phase.TESTING, 40), act)


@pytest.mark.parametrize("keys", [(), ("r",), ("f10",), ("r", "f10", "y"), ("f1",), ("r", "f10", "f1")])
def test_the_end_of_the_time_needs_no_key(keys: tuple[str, ...]) -> None:
    """Whatever is on the screen when the time is up, the last screen comes by itself."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys)
        await asyncio.sleep(0.1)
        session.phase, session.outcome = Phase.FINISHED, "timed out"
        session.send_view()
        await driver.sees("Your time is up.", "5 T Q")
        assert len(driver.app.screen_stack) == 2
        assert session.acts == []

    drive(at(Phase.TESTING, 3), act)


def test_a_suspension_shows_nothing_of_the_exam() -> None:
    """When the session suspends, no word of the question is left on the screen."""

    async def act(driver: Driver, session: FakeSession) -> None:
        words = {word for word in (await driver.sees("Priya Raman")).split() if len(word) > 8}
        session.phase = Phase.SUSPENDED
        session.send_view()
        screen = await driver.sees("The sitting is suspended.")
        assert {word for word in words if word in screen} <= {"Question"}

    drive(at(Phase.TESTING, 0), act)


def test_a_number_that_no_question_has_is_said_and_forgotten() -> None:
    """105 of 100 says so and moves nothing; the next number is read from its first digit."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", "1", "0", "5", sees="There is no question 105")
        assert "Number" not in driver.text()
        await driver.press("0", sees="There is no question 0")
        await driver.press("6", sees="Number 6_")
        assert "There is no" not in driver.text()
        await driver.press("2", sees="Question 62 of 100")
        assert session.acts == [p.Go(61)]

    drive(at(Phase.TESTING, 40), act)


def test_not_me_goes_nowhere() -> None:
    """N on the name calls the proctor and sends nothing; Y still confirms."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("n", sees="Raise your hand")
        assert session.commands == []
        await driver.press("y", sees="Non-disclosure terms")
        assert session.commands == [p.ConfirmIdentity()]

    drive(FakeSession((), Phase.CONFIRM), act)


def test_declining_asks_once_more() -> None:
    """D asks; N returns; A does nothing while it asks; D then Y declines, and no question was shown."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("d", sees="Decline?")
        await driver.press("a", "n", sees="A: I accept.")
        assert session.commands == []
        await driver.press("d", "y", sees="No question was shown.")
        assert session.commands == [p.Decline("non-disclosure")]

    drive(FakeSession(sample_items(1), Phase.AGREEMENT), act)


def test_a_long_agreement_says_which_lines_are_shown() -> None:
    """The rule below the text counts its lines, and PgDn reaches the last."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", sees="Code of conduct - lines 1-")
        await driver.press("pagedown", sees="judged by the exam office.")
        await driver.press("up", "up", "down")
        await driver.press("pageup", sees="lines 1-")

    drive(FakeSession((), Phase.AGREEMENT), act, (64, 22))


def test_leaving_the_last_screen_is_asked_twice_and_finishes() -> None:
    """F10 asks, N stays, Y leaves: the program has then finished, which is the one good end."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("y", "f10", "n")
        assert session.commands == []
        await driver.press("f10", sees="Y leaves")
        driver.key("y")
        await driver.until(lambda: driver.app.finished)

    drive(at(Phase.FINISHED), act)


@pytest.mark.parametrize("raw", [b"", b"\x00\x00\x00\x02{}", b"\xff\xff\xff\xff"])
def test_a_session_that_is_gone_or_talks_nonsense_ends_the_screen(raw: bytes) -> None:
    """Without a session process the screen process ends unfinished, so that the supervisor starts it again."""

    async def act(driver: Driver, session: FakeSession) -> None:
        if raw:
            session.send_raw(raw)
        else:
            session.hang_up()
        await driver.until(lambda: driver.app.return_code == LINK_LOST)
        assert not driver.app.finished

    drive(at(Phase.TESTING), act)


def test_a_new_screen_process_shows_the_same_question() -> None:
    """The screen holds no truth: a second app on the same session draws the same rows."""
    session = at(Phase.TESTING, 22)
    seen: list[str] = []

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("b", "f", sees="answer saved")
        await driver.settled()
        seen.append(driver.text())

    async def again(driver: Driver, session: FakeSession) -> None:
        seen.append(await driver.sees("answer saved"))

    drive(session, act)
    second = at(Phase.TESTING, 22)
    second.responses, second.flags = session.responses, session.flags
    drive(second, again)
    assert seen[0] == seen[1]


def test_below_60_by_20_a_card_asks_for_the_proctor() -> None:
    """A screen too small shows only that, takes no key, and comes back when it grows."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.sees("The screen is too small.")
        assert "Priya" not in screen
        await driver.press("a")
        await asyncio.sleep(0.05)
        assert session.commands == []

    drive(at(Phase.TESTING, 0), act, (59, 20))


@pytest.mark.parametrize("theme", sorted(PALETTES))
def test_every_theme_draws_every_screen_alike(theme: str) -> None:
    """A theme changes no character: nothing is told by colour alone."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("> ( ) A.")
        await driver.press("f", "b", sees="(o) B.")
        await driver.settled()
        assert "F FLAGGED" in driver.text()
        await driver.press("r", sees="> 41*F")

    drive(at(Phase.TESTING, 40), act, theme=theme)


def test_help_comes_from_the_table_and_keeps_the_time() -> None:
    """F1 lists the keys of the screen below it, the clock goes on there, and F1 again returns."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="answered   ")
        screen = await driver.press("f1", sees="to the next question not answered")
        assert "choose that option" not in screen
        session.send_tick(40 * MINUTE)
        await driver.sees("0:40:00 left")
        await driver.press("f1", sees="36 answered")
        assert isinstance(driver.app.screen, ReviewScreen)
        assert driver.app.screen.query_one(Grid).cursor == 40

    drive(at(Phase.TESTING, 40), act)


def test_nothing_of_the_library_is_left_to_press() -> None:
    """Ctrl+Q, Ctrl+C, Ctrl+P, Ctrl+Z and Tab change nothing on the question."""

    async def act(driver: Driver, session: FakeSession) -> None:
        before = await driver.sees("Question 4 of 100")
        await driver.press("ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "ctrl+backslash", "tab", "escape", "enter")
        await asyncio.sleep(0.05)
        assert driver.text() == before
        assert driver.app.is_running
        assert session.commands == []

    drive(at(Phase.TESTING, 3), act)


def test_the_screen_process_has_no_crypto_and_no_store(repository: Path) -> None:
    """The expendable process imports nothing that could open a vault, a key or a package."""
    program = [sys.executable, "-c", "import sys, kiosk.app; print(*sys.modules)"]
    ran = subprocess.run(program, capture_output=True, text=True, check=True, cwd=repository)
    barred = {"nacl", "cryptography", "sqlcipher3", "tuf", "results", "keys.primitives", "kiosk.session"}
    assert not barred & set(ran.stdout.split())
    assert CODE_LENGTH == ACTION_LENGTH == RESUME_LENGTH


def test_the_program_ends_with_a_failure_unless_it_finished() -> None:
    """`KioskApp` is unfinished until the last screen was left."""
    assert not KioskApp(FakeSession(()).screen).finished

"""Before the clock: a candidate who moves in, the time of a stage, the check of screen and keys, the tutorial."""

from __future__ import annotations

import msgspec
import pytest

from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.screens.check import ASKED
from kiosk.screens.lessons import LESSONS
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import CANDIDATE, CHECKPOINT, MINUTE, MOVE_IN, FakeSession, sample_items
from tests.kiosk.scenes import LESSON_KEYS, at, lessons, press_all

SIZES = ((64, 22), (80, 24), (120, 40))


def test_a_candidate_moves_in_with_checkpoint_and_minutes() -> None:
    """F8 asks for two more fields, what was typed stays, and all four go in one command."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        await driver.press(*"C-00", "f8", sees="Minutes left")
        await driver.sees("C-00")
        await driver.enter("42", MOVE_IN, CHECKPOINT, "0")
        await driver.sees("the minutes left as a whole number")
        assert session.commands == []
        await driver.press("backspace", "4", "1", "enter", sees="Is this you?")
        assert session.commands == [p.SignIn(CANDIDATE, MOVE_IN, CHECKPOINT, 41)]

    drive(FakeSession((), Phase.SIGN_IN), act)


def test_a_move_in_by_accident_is_left_by_esc() -> None:
    """The bar names the way back; Esc takes F8 back, and never begins a move; of the last refusal nothing is left."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        await driver.enter("C-9999", "0A14TZR6WY")
        await driver.sees("Error code-wrong", "Tab next field")
        await driver.press("escape", "f8", sees="Minutes left")
        await driver.settled()
        assert "F8 back" in driver.rows()[-1]
        assert "Error" not in driver.text()
        driver.key("escape")
        await driver.lacks("Minutes left")

    drive(FakeSession((), Phase.SIGN_IN), act)


def test_after_a_refusal_number_and_code_are_typed_again() -> None:
    """Both fields are empty and the caret is in the first; after a typo of the code alone the number stays."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        await driver.enter("C-9999", "0A14TZR6WY")
        await driver.sees("Error code-wrong")
        assert "C-9999" not in driver.text()
        await driver.enter(CANDIDATE, "0A14TZR6WY")
        await driver.sees("Is this you?")
        assert session.commands[-1] == p.SignIn(CANDIDATE, "0A14TZR6WY")

    async def typo(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        await driver.press(*CANDIDATE, sees=CANDIDATE)
        session.problem = p.Problem("code-mistyped", "Mistyped.", "Again.")
        session.send_view()
        await driver.sees("Mistyped.", CANDIDATE)

    drive(FakeSession((), Phase.SIGN_IN), act)
    drive(FakeSession((), Phase.SIGN_IN), typo)


def test_terms_are_accepted_before_their_end_only_after_a_question() -> None:
    """A asks once where the end was not in sight; reading on takes the question back, and at the end A accepts."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", sees="You have not read to the end.")
        await driver.press("pageup", "pagedown", sees="Read to the end.")
        assert session.commands == []
        await driver.press("a", sees="Press A again")
        await driver.press("a", sees="Terms 2 of 2")
        assert len(session.commands) == 1
        await driver.press(*["pagedown"] * 9, "a", sees="Check the screen")
        assert len(session.commands) == 2

    session = at(Phase.AGREEMENT)
    long = "\n\n".join(f"Rule {n} of these terms is read." for n in range(60))
    session.agreements = tuple(msgspec.structs.replace(one, text=long) for one in session.agreements)
    drive(session, act)


def test_a_refusal_is_told_where_its_command_was_given() -> None:
    """The display screen says nothing of what another screen was refused."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.problem = p.Problem("not-now", "Refused.", "Wait.")
        session.send_view()
        await driver.sees("Refused.")
        await driver.press("f3", sees="Light on dark")
        assert "Refused." not in driver.text()

    drive(at(Phase.INSTRUCTIONS), act)


def test_without_f8_a_sign_in_names_no_other_kiosk() -> None:
    """F8 twice is no F8: two fields, and a command without checkpoint and minutes."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f8", sees="Minutes left")
        driver.key("f8")
        await driver.lacks("Minutes left")
        await driver.enter(CANDIDATE, "0A14TZR6WY")
        await driver.sees("Is this you?")
        assert session.commands == [p.SignIn(CANDIDATE, "0A14TZR6WY")]

    drive(FakeSession((), Phase.SIGN_IN), act)


@pytest.mark.parametrize(
    "phase", [Phase.CONFIRM, Phase.AGREEMENT, Phase.CHECK, Phase.TUTORIAL, Phase.INSTRUCTIONS]
)
def test_a_stage_with_a_limit_shows_its_time(phase: Phase) -> None:
    """The time of the stage stands at the top right and moves with each tick; without a limit nothing stands there."""

    async def act(driver: Driver, session: FakeSession) -> None:
        assert "for this step" not in driver.text()
        session.stage = 4 * MINUTE
        session.send_view()
        await driver.sees("0:04:00 for this step")
        session.send_tick(0, stage=3 * MINUTE)
        await driver.sees("0:03:00 for this step")

    drive(at(phase), act)


def test_the_check_wants_every_key_and_sends_the_size() -> None:
    """Enter confirms nothing before every key has arrived; then it sends columns and rows."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("enter", "enter", "y", sees="[x] Enter")
        for asked in ASKED[:-1]:
            await driver.sees(f"Now press: {asked.label}")
            driver.key(asked.keys[0])
        await driver.sees("Every key works.")
        assert session.commands == []
        await driver.press("enter", sees="Step 1 of 13")
        assert session.commands == [p.ConfirmEquipment(80, 24)]

    drive(FakeSession((), Phase.CHECK), act)


def test_a_key_that_does_not_arrive_is_reported() -> None:
    """N says whom to call and what did not arrive; Y goes on only after it; a key that arrives takes it back."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await press_all_but(driver, "tab")
        await driver.press("n", sees="Raise your hand")
        await driver.sees("Not arrived: Tab.")
        await driver.press("tab", sees="Every key works.")
        await driver.press("y", "n", sees="Raise your hand")
        assert session.commands == []
        await driver.press("y", sees="Step 1 of 13")
        assert session.commands == [p.ConfirmEquipment(80, 24)]

    drive(FakeSession((), Phase.CHECK), act)


async def press_all_but(driver: Driver, name: str) -> None:
    """Press every key of the check but one."""
    await driver.press(*(asked.keys[0] for asked in ASKED if asked.name != name), sees="Now press:")


@pytest.mark.parametrize("size", SIZES)
def test_the_tutorial_recognises_every_step(size: tuple[int, int]) -> None:
    """What a step asks for, and only that, makes it done; Enter after the last ends it; no answer is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("enter", "a", sees="(o) A.")
        assert "[x] Done." not in driver.text()
        await lessons(len(LESSONS))(driver)
        await driver.sees("Instructions")
        assert session.commands == [p.EndTutorial()]

    drive(FakeSession((), Phase.TUTORIAL), act, size)


def test_the_tutorial_is_left_at_any_step_after_a_question() -> None:
    """F10 asks; N stays and chooses nothing; Y leaves."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await lessons(5)(driver)
        await driver.press("f10", sees="Leave the tutorial? Y: yes.   N: no.")
        assert driver.rows()[-1].split() == ["Y", "leave", "the", "tutorial", "N", "stay"]
        driver.key("n")
        await driver.lacks("Leave the tutorial?")
        assert session.commands == []
        await driver.press("f10", "y", sees="press B.")
        assert session.commands == [p.EndTutorial()]

    drive(FakeSession((), Phase.TUTORIAL), act, (64, 22))


def test_every_step_of_the_tutorial_has_its_keys() -> None:
    """The keys that the tests press are one entry a step."""
    assert len(LESSONS) == len(LESSON_KEYS)


def test_a_tutorial_that_runs_out_of_time_gives_way() -> None:
    """When the session moves on, so does the screen, whatever step it was at."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await lessons(2)(driver)
        session.pause("hold", "stops")
        session.send_view()
        await driver.sees("The time for this step is over.", "The test clock has not started.")

    drive(FakeSession(sample_items(2), Phase.TUTORIAL), act)


def test_all_keys_of_the_check_are_pressed_by_the_scene() -> None:
    """The scene that shows the finished check needs no key twice."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await press_all(driver)
        assert session.commands == []

    drive(FakeSession((), Phase.CHECK), act, (64, 22))

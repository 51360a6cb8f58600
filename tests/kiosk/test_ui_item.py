"""The question on the screen: marks, honesty about what is saved, time, and keys typed ahead."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.geometry import Size
from textual.screen import Screen

from exam_packages.form import Item
from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from kiosk.protocol import Answer, Flag, Go, Phase, Problem, ShowAnswers, Strike
from kiosk.widgets.grid import Grid
from kiosk.widgets.question import QuestionPane
from kiosk.words import MINUTE
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, choice_item, sample_items


def midway(items: tuple[Item, ...] | None = None) -> FakeSession:
    """A session in the middle of a test of ten sample items."""
    return FakeSession(items or sample_items(10), Phase.TESTING)


def chosen(*options: str) -> ChosenOptions:
    return ChosenOptions(tuple(OptionId(option) for option in options))


def test_saved_is_said_only_when_the_session_said_so() -> None:
    """A chosen option is drawn at once and called "saving"; "answer saved" waits for the session's view."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        screen = await driver.press("b", sees="(o) B.")
        assert "saving ..." in screen
        assert "saved" not in screen
        assert "0/10 answered" in screen
        await asyncio.sleep(0.05)
        assert "answer saved" not in driver.text()
        session.release()
        screen = await driver.sees("answer saved", "1/10 answered")
        assert "(o) B." in screen

    drive(midway(), act)


def test_an_older_confirmation_does_not_pass_for_the_newer_answer() -> None:
    """A, then C before A is durable: the view that confirms A does not make C look saved."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        await driver.press("a", "c", sees="(o) C.")
        await driver.until(lambda: len(session.commands) == 2)
        session.release(1)
        await driver.sees("1/10 answered")
        assert "saving ..." in driver.text()
        assert "(o) C." in driver.text()
        session.release()
        await driver.sees("answer saved")
        assert "(o) C." in driver.text()

    drive(midway(), act)


def test_an_answer_that_is_not_saved_is_taken_off_the_screen() -> None:
    """A problem shows its sentence, next step and code, and the mark goes back to what is durable."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", sees="answer saved")
        session.hold()
        await driver.press("b", sees="saving ...")
        await driver.until(lambda: session.held)
        session.held = []
        session.problem = Problem("store-full", "The disk is full.", "Call the proctor.")
        session.send_view()
        screen = await driver.sees("Not saved", "The disk is full.", "Call the proctor.", "store-full")
        assert "(o) A." in screen
        assert "( ) B." in screen

    drive(midway(), act)


@pytest.mark.parametrize(("key", "option"), [("a", 1), ("B", 2), ("d", 4), ("D", 4)])
def test_letters_choose(key: str, option: int) -> None:
    """A letter, small or capital, chooses the option at that place."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(key, sees="answer saved")
        assert session.commands == [Answer(session.items[0].id, chosen(f"o{option}"))]

    drive(midway(), act)


@pytest.mark.parametrize("digits", ["10", "62", "7", "100"])
def test_a_number_goes_to_its_question_and_touches_no_answer(digits: str) -> None:
    """Typed without a pause, a number opens the review with it and leads to its question; the answer stays."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("b", sees="answer saved")
        await driver.press(*digits, sees=f"Question {digits}")
        if session.index == 0:
            driver.key("enter")
        await driver.sees(f"Question {digits} of 100")
        assert [command for command in session.commands if not isinstance(command, ShowAnswers)] == [
            Answer(session.items[0].id, chosen("o2")),
            Go(int(digits) - 1),
        ]

    drive(midway(sample_items(100)), act)


def test_zero_does_nothing_and_help_names_the_key_that_clears() -> None:
    """0 is no key on a question; help says that Backspace takes the answer back."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("b", sees="answer saved")
        await driver.press("0", "f1", sees="take back your answer")
        assert len(session.commands) == 1

    drive(midway(), act)


def test_a_disk_that_is_nearly_full_is_said() -> None:
    """While the reserve is given up, the question's status says whom to tell; afterwards no more."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.disk_low = True
        session.send_view()
        await driver.sees("Disk nearly full: tell the proctor")
        session.disk_low = False
        session.send_view()
        await driver.lacks("Disk nearly full")

    drive(midway(), act)


def test_arrows_and_space_choose_and_backspace_takes_back() -> None:
    """Down, Down, Space chooses the third option; Backspace leaves the question not answered."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("down", "down", "space", sees="> (o) C.")
        await driver.press("backspace", sees="not answered")
        await driver.settled()
        item = session.items[0].id
        assert session.commands == [Answer(item, chosen("o3")), Answer(item, chosen())]
        assert "0/10 answered" in driver.text()

    drive(midway(), act)


def test_choosing_what_is_chosen_sends_nothing() -> None:
    """The same letter twice is one answer."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("b", "b", "e", sees="answer saved")
        assert session.commands == [Answer(session.items[0].id, chosen("o2"))]

    drive(midway(), act)


def test_flag_and_strike_are_marks_of_their_own() -> None:
    """F flags, X strikes the option at the cursor; neither is an answer, and both come off again."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f", "down", "x", sees=">~( ) B.")
        await driver.settled()
        screen = await driver.sees("F FLAGGED", "not answered")
        assert "0/10 answered" in screen
        await driver.press("x", "F", sees="> ( ) B.")
        await driver.lacks("FLAGGED")
        await driver.settled()
        item, option = session.items[0].id, OptionId("o2")
        assert session.commands == [
            Flag(item, on=True),
            Strike(item, option, on=True),
            Strike(item, option, on=False),
            Flag(item, on=False),
        ]

    drive(midway(), act)


def test_where_f_is_an_option_the_letter_chooses_it() -> None:
    """With six options F is the sixth, and F4 flags."""

    async def act(driver: Driver, session: FakeSession) -> None:
        assert "F4 flag" in await driver.sees("A-F choose")
        await driver.press("f", sees="(o) F.")
        await driver.press("f4", sees="F FLAGGED")
        await driver.settled()
        assert session.commands == [Answer(ItemId("S"), chosen("o6")), Flag(ItemId("S"), on=True)]

    drive(midway((choice_item("S", ["Which?"], list("uvwxyz")),)), act)


def test_choose_two_holds_at_two() -> None:
    """Where two may be chosen a third is refused in words, and a chosen one can be taken back."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", "c", "d", sees="TWO are chosen: take one back first")
        assert "[ ] D." in driver.text()
        await driver.press("a", "d", sees="[x] D.")
        await driver.settled()
        assert session.commands[-1] == Answer(ItemId("M"), chosen("o3", "o4"))

    drive(midway((choice_item("M", ["Which TWO?"], list("wxyz"), 2),)), act)


def test_keys_typed_ahead_act_on_the_question_they_lead_to() -> None:
    """N, B typed before the next question is there answers that question, never the old one."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        driver.key("n")
        await driver.until(lambda: session.commands)
        for key in ("b", "n", "c"):
            driver.key(key)
        await asyncio.sleep(0.05)
        assert session.commands == [Go(1)]
        session.release()
        await driver.sees("Question 3 of 10", "answer saved")
        one, two = session.items[1].id, session.items[2].id
        assert session.commands == [Go(1), Answer(one, chosen("o2")), Go(2), Answer(two, chosen("o3"))]

    drive(midway(), act)


def test_the_ends_of_the_test_hold() -> None:
    """P on the first question stays; N on the last one shows the review."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("p", "n", sees="Question 2 of 2")
        await driver.press("n", sees="not answered   0 flagged")
        assert session.commands[0] == Go(1)
        assert not any(isinstance(command, Go) for command in session.commands[1:])

    drive(midway(sample_items(2)), act)


def test_the_time_can_be_hidden_and_warnings_still_come() -> None:
    """T hides the time left; at 30, 10, 5 and 1 minutes a line says so; in the last five it is always shown."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("2:30:00 left")
        await driver.press("t", sees="Time hidden")
        session.send_tick(30 * MINUTE)
        assert "30:00" not in await driver.sees("30 minutes left")
        session.send_tick(29 * MINUTE)
        await driver.until(lambda: driver.app.link.remaining == 29 * MINUTE)
        await driver.press("down")
        await driver.lacks("minutes left")
        session.send_tick(10 * MINUTE - 1000)
        await driver.sees("10 minutes left", "Time hidden")
        session.send_tick(5 * MINUTE)
        await driver.sees("5 minutes left", "0:05:00 left")
        session.send_tick(59_000)
        await driver.sees("Less than 1 minute left", "0:00:59 left")
        session.send_tick(8 * MINUTE)
        await driver.press("f2", sees="0:08:00 left")

    drive(midway(), act)


def test_a_tick_repaints_the_clock_and_an_arrow_the_rows_it_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second that passes draws no row of the question; the cursor draws only the two rows it left and reached."""
    drawn: list[int] = []
    render = QuestionPane.render_line

    def counted(self: QuestionPane, y: int) -> Any:
        drawn.append(y)
        return render(self, y)

    async def act(driver: Driver, session: FakeSession) -> None:
        monkeypatch.setattr(QuestionPane, "render_line", counted)
        drawn.clear()
        session.send_tick(session.remaining - 1000)
        await driver.until(lambda: driver.app.link.remaining == session.remaining)
        await asyncio.sleep(0.05)
        assert drawn == []
        driver.key("down")
        await driver.until(lambda: drawn)
        await asyncio.sleep(0.05)
        assert len(set(drawn)) == 2

    drive(midway(), act)


def test_no_layout_between_two_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Going to the next question places no widget anew."""
    layouts: list[object] = []

    refresh = Screen._refresh_layout

    def counted(self: Screen[None], size: Size | None = None, scroll: bool = False) -> None:
        layouts.append(self)
        refresh(self, size, scroll)

    async def act(driver: Driver, session: FakeSession) -> None:
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        await driver.press("n", "b", "n", "c", sees="Question 3 of 10")
        await driver.sees("answer saved")
        assert layouts == []
        session.problem = Problem("store-full", "The disk is full.", "Call the proctor.")
        session.send_view()
        await driver.sees("The disk is full.")
        assert layouts != []

    drive(midway(), act)


def test_long_text_scrolls_and_the_options_stay() -> None:
    """PgDn shows the rest of the text and says which lines; every option stays in sight."""
    stem = [f"Paragraph {number} of a long text." for number in range(1, 31)]

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Paragraph 1 ", "lines 1-")
        for _ in range(6):
            await driver.press("pagedown")
        screen = await driver.sees("Paragraph 30 ", "-59 of 59")
        assert all(f"{letter}. " in screen for letter in "ABCD")
        await driver.press("n", sees="Question 2 of 2")
        await driver.press("p", sees="Paragraph 1 ")

    drive(midway((choice_item("L", stem, list("wxyz")), *sample_items(1))), act)


def test_options_too_long_for_the_screen_scroll_with_the_cursor() -> None:
    """Where eight long options do not fit, the one at the cursor is always whole on the screen."""
    options = [
        f"Option {number} begins here " + "and goes on " * 12 + f"end {number}." for number in range(1, 9)
    ]

    async def act(driver: Driver, session: FakeSession) -> None:
        for number in range(1, 9):
            screen = await driver.sees(f"> ( ) {'ABCDEFGH'[number - 1]}.", f"end {number}.")
            assert "Which of these" in screen
            driver.key("down")
        await driver.sees("> ( ) A.", "end 1.")

    drive(midway((choice_item("L", ["Which of these?"], options),)), act, (64, 22))


def test_text_of_a_document_is_only_text() -> None:
    """Markup is shown as it is written, and nothing that acts on a terminal gets through."""
    item = choice_item(
        "X", ["[b]Not[/b] \x1b[31mred\u202e [@click=app.quit]x[/]"], ["[/]", "\x9b2J wide \uff21", "", "d"]
    )

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.sees("[b]Not[/b] [31mred [@click=app.quit]x[/]", "A. [/]", "2J wide")
        assert not {"\x1b", "\x9b", "\u202e"} & set(screen)
        await driver.press("d", sees="(o) D.")

    drive(midway((item,)), act)


def test_at_120_columns_all_questions_stand_beside() -> None:
    """A wide screen shows the grid beside the question, with the present one marked."""

    async def act(driver: Driver, session: FakeSession) -> None:
        assert ">  1." in await driver.sees("Questions", "100.")
        await driver.press("b", "n", sees=">  2.")
        assert "  1* " in driver.text()
        assert driver.app.screen.query_one(Grid).cursor == 1

    drive(midway(sample_items(100)), act, (120, 40))

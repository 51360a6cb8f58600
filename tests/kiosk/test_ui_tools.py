"""F3: the tools of a question, each driven by keys alone on a small and on an ordinary screen."""

from __future__ import annotations

import asyncio

from textual.widget import Widget

from exam_packages.form import Instruments
from exam_packages.interactions import ItemId
from kiosk.protocol import Calculate, Highlight, Problem
from tests.kiosk.driving import Driver, drive, driving
from tests.kiosk.fake_session import FakeSession
from tests.kiosk.tool_seats import FULL, at_both, refusing, seat, typed

# ------------------------------------------------------------------------------------------------------- the menu


def test_the_menu_lists_what_the_form_grants_and_no_more() -> None:
    """With a calculator alone, that and the display are listed; the letter of another tool does nothing."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f3", sees="C   calculator")
        assert "display" in screen
        for word in ("note", "scratchpad", "highlight", "comment", "break"):
            assert word not in screen
        await driver.press("n", "s", "h", "m", "b", "down", sees="> D ")
        await driver.press("f1", sees="Keys")
        assert "scratchpad" not in driver.text()
        await driver.press("q", sees="> D ")
        await driver.press("f3", sees="A. w")
        assert session.commands == []

    at_both(lambda: seat(Instruments(calculator=True)), act)


def test_each_tool_is_one_letter_away_and_leads_back_to_the_question() -> None:
    """F3 and a letter open each tool, F3 or Esc leads back to the question itself."""

    async def act(driver: Driver, session: FakeSession) -> None:
        for letter, words in {
            "c": "Calculation",
            "n": "Your note to question 1",
            "s": "Your scratchpad",
            "h": "Space begins",
            "m": "Your comment on question 1",
            "d": "Colours",
            "b": "Take a break?",
        }.items():
            await driver.press("f3", sees="display: colours")
            await driver.press(letter, sees=words)
            await driver.press("escape", sees="A. w")
            assert len(driver.app.screen_stack) == 2
        await driver.press("f3", "C", sees="Calculation")
        await driver.press("f3", sees="A. w")

    at_both(lambda: seat(state={"breaks": 2}), act)


def test_the_menu_says_what_there_is_already() -> None:
    """Notes, comment, highlights and breaks are counted beside their tools."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f3", sees="display: colours")
        for words in ("(5 characters)", "(3 characters)", "(1 character)", "(2 highlights)", "(1 left)"):
            assert words in screen

    state = {
        "notes": {"Q1": "hello"},
        "scratchpad": "abc",
        "comments": {ItemId("Q1"): "x"},
        "highlights": {"item:Q1": ((0, 0, 3), (0, 4, 9))},
        "breaks": 1,
    }
    at_both(lambda: seat(state=state), act)


# -------------------------------------------------------------------------------------------------- the calculator


def test_a_calculation_is_worked_out_by_the_session() -> None:
    """Enter sends the line; its result comes with the view, stands below the question, and empties the line."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "c", sees="Calculation")
        assert "The board wants" in driver.text()
        await typed(driver, "12+30\n")
        await driver.sees("12+30 = 42")
        assert session.commands == [Calculate("12+30")]
        await driver.lacks(" 12+30 _")

    at_both(seat, act)


def test_the_last_results_come_into_the_line() -> None:
    """Up takes the last result, Up again an earlier one in its place; what stood before it stays."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "c", sees="3+4 = 7")
        await typed(driver, "5+")
        await driver.press("up", sees="5+7 _")
        await driver.press("up", sees="5+3 _")
        await driver.press("up", "down", sees="5+7 _")
        await typed(driver, "+")
        await driver.press("up", sees="5+7+7 _")
        await typed(driver, "\n")
        await driver.sees("5+7+7 = 19")

    at_both(lambda: seat(state={"tape": (("1+2", "3"), ("3+4", "7"))}), act)


def test_what_cannot_be_worked_out_stays_to_be_mended() -> None:
    """A refusal is told in words, and the line keeps what was typed."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "c", sees="Calculation")
        by_zero = Problem("calculation-by-zero", "Nothing can be divided by zero.", "Look behind the sign.")
        with refusing(session, by_zero):
            await typed(driver, "1/0\n")
            await driver.sees("Nothing can be divided by zero.", "1/0 _")
        await driver.press("backspace")
        await typed(driver, "4\n")
        await driver.until(
            lambda: session.commands == [Calculate("1/0"), Calculate("1/4")], "the mended line"
        )
        await driver.lacks("Nothing can be divided")

    at_both(seat, act)


def test_a_long_tape_shows_the_last_results() -> None:
    """However much was worked out, the last result is in sight, and so is the line."""
    tape = tuple((f"{number}+1", str(number + 1)) for number in range(100))

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f3", "c", sees="99+1 = 100")
        assert "Calculation" in screen
        assert "The board wants" in screen
        assert "50+1" not in screen

    at_both(lambda: seat(state={"tape": tape}), act)


# ----------------------------------------------------------------------------------------------------- highlights


def test_words_are_highlighted_by_keys_and_drawn_with_marks() -> None:
    """Space begins at the word, arrows move, Space ends: the span is sent whole and stands between « and »."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "h", sees=">The<board")
        await driver.press("right", "space", sees="Move to the last word")
        await driver.press("right", "right", "enter", sees="«board wants>one<")
        await driver.settled()
        assert session.commands == [Highlight("item:Q1", ((0, 4, 19),))]
        await driver.sees("highlights: 1", "Backspace removes")
        await driver.press("right", "right", sees="«board wants one»view>of<")
        await driver.lacks("Backspace removes")

    at_both(seat, act)


def test_highlights_are_removed_one_by_one_and_all_at_once() -> None:
    """Backspace takes the highlight at the cursor, or forgets the one begun; C takes all of the text."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "h", sees="highlights: 3")
        await driver.press("backspace", sees="highlights: 2")
        await driver.press("right", "space", sees="Move to the last")
        await driver.press("backspace", sees="Space begins")
        await driver.press("c", sees="highlights: 0")
        await driver.settled()
        assert session.commands == [
            Highlight("item:Q1", ((0, 10, 15), (1, 0, 5))),
            Highlight("item:Q1", ()),
        ]

    at_both(lambda: seat(state={"highlights": {"item:Q1": ((0, 0, 3), (0, 10, 15), (1, 0, 5))}}), act)


def test_up_and_down_move_the_word_cursor_by_lines() -> None:
    """Down reaches the next line that has words, Up comes back, and past the ends nothing happens."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "h", sees=">The<board")
        await driver.press("down", "down", "down", sees=">Which<of")
        await driver.press("up", "up", "up", "left", sees=">The<board")
        await driver.press("pagedown", sees=">Which<of")
        await driver.press("pageup", sees=">The<board")

    at_both(seat, act)


def test_a_refused_highlight_disappears_with_its_reason() -> None:
    """What the session did not keep is not left standing on the screen."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "h", sees=">The<board")
        with refusing(session, FULL):
            await driver.press("space", "space", sees="The disk is full.")
            await driver.sees("highlights: 0")

    at_both(seat, act)


# ---------------------------------------------------------------------------------------------- from the view alone


def test_every_tool_is_as_it_was_after_the_screen_starts_again() -> None:
    """A new screen process shows notes, scratchpad, comment, results and highlights from its first view."""

    async def run() -> None:
        session = seat()
        async with driving(session) as driver:
            for letter, text in {"n": "my note", "s": "my pad", "m": "my word", "c": "1+2\n"}.items():
                await driver.press("f3", letter)
                await typed(driver, text)
                await driver.press("f3", sees="A. w")
            await driver.settled()
            await driver.press("f3", "h", sees=">The<")
            await driver.press("space", "right", "space", sees="«The>board<")
            await driver.settled()
        again = seat()
        for name in ("notes", "scratchpad", "comments", "tape", "highlights"):
            setattr(again, name, getattr(session, name))
        async with driving(again) as driver:
            for letter, words in {
                "n": "my note",
                "s": "my pad",
                "m": "my word",
                "c": "1+2 = 3",
                "h": ">The<board»",
            }.items():
                await driver.press("f3", letter, sees=words)
                await driver.press("f3", sees="A. w")
            assert again.commands == []

    asyncio.run(run())


def test_a_question_that_is_left_under_a_tool_takes_the_tool_with_it() -> None:
    """Where the session moves on by itself, the note of the question before is closed, not written to the next one."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        session.index = 1
        session.send_view()
        await driver.sees("2 of 3")
        await driver.lacks("Your note")
        assert session.commands == []

    at_both(seat, act)


def test_only_one_widget_has_the_caret() -> None:
    """Each writing tool puts the caret into its own field, so that letters are text at once."""

    async def act(driver: Driver, session: FakeSession) -> None:
        for letter in "cnsm":
            await driver.press("f3", letter)
            await driver.until(lambda: isinstance(driver.app.focused, Widget), "a caret")
            await driver.press("f3", sees="A. w")

    drive(seat(), act)

"""F3: the tools of a question, each driven by keys alone on a small and on an ordinary screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from textual.widget import Widget

from exam_packages.form import Instruments
from exam_packages.interactions import ItemId
from kiosk.protocol import Calculate, Command, Highlight, Phase, Problem, WriteComment, WriteNote, frame
from kiosk.screens import draft
from kiosk.widgets.editor import Editor
from tests.kiosk.driving import Act, Driver, drive, driving
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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are sent at once, as if nothing more was typed."""
    monkeypatch.setattr(draft, "IDLE", 0.02)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are sent on leaving only."""
    monkeypatch.setattr(draft, "IDLE", 1000.0)
    monkeypatch.setattr(draft, "LATEST", 1000.0)


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
        await driver.until(lambda: session.commands == [Calculate("1/0"), Calculate("1/4")], "the mended line")
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


# ------------------------------------------------------------------------------------- notes, scratchpad, comment


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    ("letter", "command"),
    [
        ("n", WriteNote("Q1", "Ask Bo\n2 n")),
        ("s", WriteNote("", "Ask Bo\n2 n")),
        ("m", WriteComment(ItemId("Q1"), "Ask Bo\n2 n")),
    ],
)
def test_what_is_written_is_saved_once_on_leaving(letter: str, command: object) -> None:
    """Letters are text, Enter a new line; "unsaved changes" is said until the text is sent whole, once."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", letter, sees="0 of ")
        await typed(driver, "Ask Bo\n2 n")
        await driver.sees("unsaved changes", "10 of ")
        assert session.commands == []
        await driver.press("f3", sees="A. w")
        await driver.settled()
        assert session.commands == [command]
        await driver.press("f3", letter, sees="2 n")
        await driver.sees("saved")
        await driver.press("escape", sees="A. w")
        assert session.commands == [command]

    at_both(seat, act)


@pytest.mark.usefixtures("quick")
def test_a_pause_in_typing_saves_and_saved_is_said_only_then() -> None:
    """Typing stops: "saving" until the session's view has the text, then "saved"."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        session.hold()
        await typed(driver, "ab")
        await driver.sees("saving ...")
        assert "saved" not in driver.text()
        await typed(driver, "c")
        await driver.sees("3 of 2000")
        session.release()
        await driver.sees("saved")
        await driver.lacks("unsaved")
        assert session.commands[-1] == WriteNote("Q1", "abc")

    at_both(seat, act)


def test_long_typing_is_saved_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never stops typing is saved all the same, at the latest after `LATEST`."""
    monkeypatch.setattr(draft, "IDLE", 1000.0)
    monkeypatch.setattr(draft, "LATEST", 0.05)

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "s", sees="0 of 8000")
        await typed(driver, "a")
        await driver.until(lambda: session.commands)
        assert session.commands == [WriteNote("", "a")]

    drive(seat(), act)


@pytest.mark.usefixtures("quick")
def test_a_note_that_was_refused_is_not_called_saved_and_stays() -> None:
    """Where the session could not keep it, NOT SAVED and the reason are shown, and the text is still there."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        with refusing(session, FULL):
            await typed(driver, "keep me")
            await driver.sees("NOT SAVED", "The disk is full.", "keep me")
        await typed(driver, "!")
        await driver.sees("keep me!", "saved")
        await driver.lacks("NOT SAVED")
        await driver.settled()
        assert session.notes == {"Q1": "keep me!"}

    at_both(seat, act)


@pytest.mark.usefixtures("slow")
def test_help_and_the_proctors_screen_save_first() -> None:
    """Before another screen comes over the editor, what was typed is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        await typed(driver, "x")
        await driver.press("f1", sees="Keys")
        await driver.until(lambda: session.commands == [WriteNote("Q1", "x")])
        await driver.press("q", sees="saved")
        await typed(driver, "y")
        await driver.press("f9", sees="Candidate   ")
        await driver.until(lambda: session.commands[-1] == WriteNote("Q1", "xy"))

    drive(seat(), act)


@pytest.mark.usefixtures("slow")
def test_the_limit_holds() -> None:
    """A comment ends at 1,000 characters; what is typed after that is not taken, and it says so."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "m", sees="999 of 1000")
        await typed(driver, "bc")
        await driver.sees("1000 of 1000", "No room left")
        assert driver.app.screen.query_one(Editor).text == "a" * 999 + "b"
        await driver.press("backspace", sees="999 of 1000")

    drive(seat(state={"comments": {ItemId("Q1"): "a" * 999}}), act)


@pytest.mark.parametrize("kept", [True, False])
def test_it_says_whether_notes_are_kept(kept: bool) -> None:
    """Note and scratchpad say whether the exam record keeps them."""

    async def act(driver: Driver, session: FakeSession) -> None:
        for letter in "ns":
            await driver.press(
                "f3", letter, sees="Kept with your exam record" if kept else "not kept in your exam"
            )
            await driver.press("escape", sees="A. w")

    at_both(lambda: seat(Instruments(notes=True, scratchpad=True, keep_notes=kept)), act)


@pytest.mark.usefixtures("slow")
def test_the_caret_moves_over_rows_and_whole_characters() -> None:
    """Arrows, Home, End, PgUp, PgDn, Backspace and Delete edit a wrapped text; wide characters go whole."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        await typed(driver, "漢字 ab\nsecond")
        editor = driver.app.screen.query_one(Editor)
        await driver.press("up", "home", "right", "backspace", sees="字 ab")
        await driver.until(lambda: editor.text == "字 ab\nsecond")
        await driver.press("end", "delete", "pagedown", "end")
        await typed(driver, "!")
        await driver.until(lambda: editor.text == "字 absecond!")
        await driver.press("pageup", "home", "delete", "left")
        await driver.until(lambda: editor.text == " absecond!")

    at_both(seat, act)


@pytest.mark.usefixtures("slow")
def test_a_long_note_scrolls_with_the_caret() -> None:
    """The row with the caret is in sight; the edge says where there is more."""
    note = "\n".join(f"line {number}." for number in range(60))

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("f3", "n", sees="line 59.")
        assert "^ line" in screen
        for _ in range(8):
            driver.key("pageup")
        screen = await driver.sees("line 0.")
        assert "v line" in screen
        assert "line 59." not in screen

    at_both(lambda: seat(state={"notes": {"Q1": note}}), act)


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

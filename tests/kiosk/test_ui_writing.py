"""Notes, scratchpad and comments: what is written, when it is sent, and what is said of it meanwhile."""

from __future__ import annotations

import pytest

from exam_packages.form import Instruments
from exam_packages.interactions import ItemId
from kiosk.protocol import WriteComment, WriteNote
from kiosk.screens import draft
from kiosk.widgets.editor import Editor
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession
from tests.kiosk.tool_seats import FULL, at_both, refusing, seat, typed


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are sent at once, as if nothing more was typed."""
    monkeypatch.setattr(draft, "IDLE", 0.02)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are sent on leaving only."""
    monkeypatch.setattr(draft, "IDLE", 1000.0)
    monkeypatch.setattr(draft, "LATEST", 1000.0)


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
        await driver.until(lambda: session.commands[-1] == WriteNote("Q1", "abc"), "the whole text")
        await driver.sees(" saved")
        await driver.settled()
        assert "saving" not in driver.text()

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
        await driver.until(lambda: session.notes == {"Q1": "keep me!"}, "the note")
        await driver.sees("keep me!", " saved")
        assert "NOT SAVED" not in driver.text()

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


def test_near_the_end_every_key_is_sent() -> None:
    """In the last 15 seconds of a limit nothing typed waits for a pause; before that it does."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", "n", sees="0 of 2000")
        await typed(driver, "a")
        await driver.sees("unsaved changes")
        assert session.commands == []
        session.send_tick(15_000)
        await driver.until(lambda: session.commands == [WriteNote("Q1", "a")], "the first letter")
        await typed(driver, "b")
        await driver.until(lambda: session.commands[1:] == [WriteNote("Q1", "ab")], "the second letter")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draft, "IDLE", 1000.0)
        patch.setattr(draft, "LATEST", 1000.0)
        drive(seat(), act)


def test_what_is_typed_waits_a_second_at_most_three() -> None:
    """A pause of the room or a dead screen takes no more than that with it."""
    assert (draft.IDLE, draft.LATEST) == (1.0, 3.0)

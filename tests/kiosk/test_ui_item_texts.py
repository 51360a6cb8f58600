"""Long texts written and saved; texts that come with a question."""

from __future__ import annotations

import asyncio

import pytest

from exam_packages.form import Item
from exam_packages.interactions import ItemId, Paragraph
from kiosk.protocol import Answer, Problem
from kiosk.screens import draft
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.item import ItemScreen
from kiosk.widgets.document import DocumentPane
from tests.kiosk import questions as q
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, choice_item, sample_items
from tests.kiosk.item_seat import on
from tests.kiosk.questions import typed

FULL = Problem("store-full", "The disk is full.", "Call the proctor.")


def reading(count: int = 2) -> FakeSession:
    """Questions about the report."""
    return on(*(q.with_texts(q.SEVERAL.interaction, name=f"R{n}") for n in range(count)), *sample_items(1))


# ----------------------------------------------------------------------------------------------- long texts are saved


def test_a_long_text_says_unsaved_until_a_view_confirms_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed keys are gathered: unsaved changes, then after a pause one Answer, saving, and saved when confirmed."""
    monkeypatch.setattr(draft, "IDLE", 0.2)

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        await driver.press(*"One two", sees="unsaved changes")
        assert session.commands == []
        await driver.sees("saving ...")
        assert session.commands == [Answer(q.ESSAY.id, typed("One two"))]
        assert "answer saved" not in driver.text()
        await driver.press("!", sees="unsaved changes")
        session.release()
        await driver.sees("answer saved")
        assert session.commands[1:] == [Answer(q.ESSAY.id, typed("One two!"))]

    drive(on(q.ESSAY), act)


def test_a_long_text_is_sent_while_it_is_typed_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long no pause comes, what is typed is sent in gulps."""
    monkeypatch.setattr(draft, "LATEST", 0.2)

    async def act(driver: Driver, session: FakeSession) -> None:
        while not session.commands:
            await driver.press("x")
            await asyncio.sleep(0.02)

    drive(on(q.ESSAY), act)


@pytest.mark.parametrize(
    ("key", "sees"),
    [
        ("f8", "Question 2"),
        ("f6", "answered"),
        ("f10", "Hand in"),
        ("f1", "Keys"),
        ("f3", "Tools"),
        ("f9", "roctor"),
    ],
)
def test_nothing_typed_is_left_behind(key: str, sees: str) -> None:
    """Before the next question, the review, handing in, help, the tools or the proctor's screen, the text is sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("N", "o", sees="unsaved changes")
        await driver.press(key, sees=sees)
        await driver.settled()
        assert session.commands[0] == Answer(q.ESSAY.id, typed("No"))

    drive(on(q.ESSAY, *sample_items(1)), act)


def test_a_text_whose_question_was_taken_away_reaches_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a view brings another question while a pause is awaited, nothing typed is sent as its answer."""
    monkeypatch.setattr(draft, "IDLE", 0.1)

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", "b", sees="ab")
        session.index = 1
        session.send_view()
        await driver.sees("Question 2")
        await driver.press("x", sees="x")
        await driver.sees("answer saved")
        assert session.commands == [Answer(ItemId("T"), typed("x"))]

    drive(on(q.ESSAY, q.asked(q.SHORT.interaction, name="T")), act)


def test_in_the_last_seconds_every_tick_saves() -> None:
    """When the time is nearly over what is typed does not wait for a pause."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", sees="unsaved changes")
        session.send_tick(4_000)
        await driver.sees("answer saved")
        assert session.commands == [Answer(q.ESSAY.id, typed("a"))]

    drive(on(q.ESSAY), act)


def test_a_text_that_could_not_be_saved_stays_and_is_called_not_saved() -> None:
    """A refused save takes nothing off the screen, and is never called saved."""

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        await driver.press("a", "b", "f1", sees="Keys")
        await driver.until(lambda: session.held)
        session.held, session.problem = [], FULL
        driver.app.link._unanswered.clear()
        session.send_view()
        await driver.press("escape", sees="The disk is full.")
        screen = await driver.sees("NOT SAVED")
        assert "│ ab" in screen
        assert "answer saved" not in screen

    drive(on(q.ESSAY), act)


def test_the_text_of_a_long_question_is_scrolled_after_tab() -> None:
    """PgUp and PgDn move the caret in the text that is written; after Tab they scroll the question's."""
    stem = tuple(Paragraph(f"Sentence {n} of the question.") for n in range(1, 31))
    item = Item(q.ESSAY.id, stem, q.ESSAY.interaction)

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", "pagedown", sees="Sentence 1 ")
        await driver.press("tab", "pagedown", "pagedown")
        await driver.lacks("Sentence 1 ")
        await driver.press("b", sees="ab")

    drive(on(item), act)


def test_no_layout_while_a_text_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typed letter repaints rows and places no widget anew."""
    layouts: list[object] = []
    refresh = ItemScreen._refresh_layout

    def counted(self: ItemScreen, *args: object, **more: object) -> None:
        layouts.append(self)
        refresh(self)

    async def act(driver: Driver, session: FakeSession) -> None:
        monkeypatch.setattr(ItemScreen, "_refresh_layout", counted)
        await driver.press(*"some words", "enter", *"more", sees="│ more")
        assert layouts == []

    drive(on(q.ESSAY), act)


# --------------------------------------------------------------------------------- texts that come with a question


def test_a_shared_text_is_one_key_away_and_keeps_its_place() -> None:
    """Tab shows the report and back; scrolled there, it stands at the same lines at the next question about it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("What does it say?", "Tab: The report")
        await driver.press("tab", sees="lines 1-")
        screen = await driver.press("pagedown", "down", sees="lines 20-")
        assert "What does it say?" not in screen
        await driver.press("n", sees="Question 2 of 3")
        await driver.sees("lines 20-")
        await driver.press("tab", sees="What does it say?")
        await driver.press("n", sees="Question 3 of 3")
        await driver.lacks("The report")
        await driver.press("p", "tab", sees="lines 20-")

    drive(reading(), act)


def test_an_answer_given_over_the_shared_text_shows_the_question_again() -> None:
    """A letter that answers is never pressed blindly: the question comes back with it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("tab", sees="lines 1-")
        await driver.press("b", sees="[x] B. Staff")

    drive(reading(), act)


def test_at_120_columns_the_shared_text_stands_beside() -> None:
    """Text and question are both in sight, PgDn scrolls the text, and the question's pane keeps its width."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.sees("Sentence 1 of the report", "What does it say?", "A. Costs")
        assert "lines 1-35" in screen
        await driver.press("pagedown", "c", sees="[x] C. Time")
        await driver.lacks("Sentence 1 of the report")

    drive(reading(), act, (120, 40))


def test_highlights_are_told_by_a_mark() -> None:
    """A highlight of the shared text and of the question stands between marks, in mono too."""
    session = reading()
    session.highlights = {"stimulus:report": ((0, 0, 8),), "item:R0": ((0, 5, 9),)}

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("What«does»it say?")
        await driver.press("tab", sees="«Sentence»1")

    drive(session, act, theme="mono")


def test_an_exhibit_fills_the_screen_with_its_heading_in_sight() -> None:
    """E opens it; the heading and the first column of a table stay while it is scrolled down and sideways."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("E: exhibits (2)")
        await driver.press("e", sees="Costs by year")
        await driver.press("pagedown", sees="Licences")
        await driver.press("right", "right", "right", "right", sees="Total of all")
        screen = await driver.lacks("Licences")
        assert "Year │" in screen
        assert "│ 19" not in screen
        await driver.press("e", sees="What does it say?")
        assert session.commands == []

    drive(reading(), act)


def test_a_search_counts_and_marks_its_hits() -> None:
    """Words are found in any case and across rows; N goes on round the end; what is not there is said."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("e", sees="Costs by year")
        await driver.press("slash")
        await driver.until(lambda: driver.app.focused, "a field")
        await driver.press(*"TOTAL", "enter", sees="hit 1 of 3: TOTAL")
        await driver.press("n", sees="hit 2 of 3")
        await driver.press("n", sees="hit 3 of 3")
        assert any(row.startswith(">") for row in driver.rows())
        await driver.press("n", sees="hit 1 of 3")
        await driver.press("f4")
        await driver.until(lambda: driver.app.focused, "a field")
        await driver.press(*"nowhere", "enter", sees="0 hits: nowhere")

    drive(reading(), act)


def test_hits_go_over_the_ends_of_rows() -> None:
    """What is searched for is found where a row ends inside it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("e", sees="Costs by year")
        pane = driver.app.screen.query_one(DocumentPane)
        pane.show("long", "Long", (Paragraph("word " * 40 + "alpha beta " + "word " * 40),))
        assert pane.search("Alpha   beta") == 1
        assert pane.search("word word") == 40

    drive(reading(), act, (64, 22))


def test_a_picture_is_told_in_words_by_one_key() -> None:
    """Tab shows the next exhibit; A changes between the picture and its words, which always stand below it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("e", "tab", sees="│ door │")
        assert "A room with one door" in driver.text()
        await driver.press("a", sees="│  in words")
        assert "│ door │" not in driver.text()
        await driver.press("escape", sees="What does it say?")

    drive(reading(), act)


def test_where_e_is_an_option_the_tools_lead_to_the_exhibits() -> None:
    """With five options E is the fifth: the screen names F3."""
    five = choice_item("V", ["Which?"], list("vwxyz"))
    item = Item(five.id, five.stem, five.interaction, "", ("costs",))

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("F3: exhibits (1)")
        await driver.press("e", sees="(o) E.")
        assert not isinstance(driver.app.screen, ExhibitScreen)

    drive(on(item), act)

"""Long texts written and saved; texts that come with a question; what is closed, and what is about to be."""

from __future__ import annotations

import asyncio

import pytest

from exam_packages.form import Item
from exam_packages.interactions import ItemId, Paragraph
from kiosk.protocol import Answer, Flag, Go, Limit, Phase, Problem, Strike
from kiosk.screens import draft
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.item import ItemScreen
from kiosk.widgets.document import DocumentPane
from kiosk.words import MINUTE
from tests.kiosk import questions as q
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, choice_item, sample_items
from tests.kiosk.questions import chosen, typed

FULL = Problem("store-full", "The disk is full.", "Call the proctor.")


def on(*items: Item) -> FakeSession:
    """A session with these questions, the report and two exhibits."""
    session = FakeSession(items, Phase.TESTING)
    session.stimuli = {q.REPORT.id: q.REPORT}
    session.exhibits = {exhibit.id: exhibit for exhibit in (q.COSTS, q.PLAN)}
    return session


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


# -------------------------------------------------------------------------------------- what is closed, and what closes


def test_a_closed_question_is_read_only() -> None:
    """It says so, shows the answer, and sends nothing for a letter, a strike, a flag or a typed text."""
    session = on(q.SEVERAL, q.asked(q.SHORT.interaction, name="T"))
    session.closed = {0, 1}
    session.responses[q.SEVERAL.id] = chosen("o2")

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("This question is closed", "[x] B. Staff")
        await driver.press("a", sees="This question is closed  │")
        await driver.press("x", "f", "n", sees="Question 2")
        await driver.press("q", sees="This question is closed  │")
        assert "12 of 12" in driver.text()
        assert session.commands == [Go(1)]

    drive(session, act)


@pytest.mark.parametrize(
    ("closes", "said"), [("item", "this question"), ("section", "this section"), ("part", "this part")]
)
def test_going_on_for_good_asks_once(closes: str, said: str) -> None:
    """N says what cannot be come back to, and goes on the second time; any other key between asks again."""
    session = on(*sample_items(2))
    session.closes = closes

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("n", sees=f"You cannot come back to {said}. N again to go on.")
        await driver.press("down")
        await driver.lacks("N again")
        await driver.press("n", sees="N again to go on.")
        assert session.commands == []
        await driver.press("n", sees="Question 2")
        assert session.commands == [Go(1)]

    drive(session, act)


@pytest.mark.parametrize("keys", [("r",), ("f10", "a")])
def test_a_jump_for_good_asks_once(keys: tuple[str, ...]) -> None:
    """From the review and from the list of answers Enter says what closes; moved away it asks again, then it goes."""
    session = on(*sample_items(4))
    session.closes = "section"

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys, sees="Question 1")
        await driver.settled()
        await driver.press("end", "enter", sees="You cannot come back to this section. Enter again to go on.")
        await driver.press("up", "end")
        await driver.lacks("Enter again")
        await driver.press("enter", sees="Enter again")
        assert session.acts == []
        await driver.press("enter")
        await driver.until(lambda: session.acts == [Go(3)], "the jump")

    drive(session, act)


def test_a_typed_number_and_the_way_back_ask_once_too() -> None:
    """A number typed whole stops at what it closes; P says its own key."""
    session = on(*sample_items(12))
    session.closes, session.index = "part", 4

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("p", sees="You cannot come back to this part. P again to go on.")
        await driver.press("1", "2", sees="You cannot come back to this part. Enter again to go on.")
        assert session.acts == []
        await driver.press("enter", sees="Question 12 of 12")
        assert session.acts == [Go(11)]

    drive(session, act)


def test_a_linear_part_has_no_way_back() -> None:
    """P says so and sends nothing."""
    session = on(*sample_items(2))
    session.linear, session.index = True, 1

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("p", sees="There is no way back in this part")
        assert session.commands == []

    drive(session, act)


def test_part_section_and_their_time_are_on_the_screen() -> None:
    """The titles stand above the question; the tighter limit is shown beside the test's."""
    session = on(*sample_items(2))
    session.part, session.sections = "Part one", ((0, "Reports"),)
    session.inner = Limit("section", "Reports", 12 * MINUTE, 20 * MINUTE)

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("Part one   Reports", "0:12:00")
        session.send_tick(session.remaining - 1000, inner=12 * MINUTE - 1000)
        await driver.sees("0:11:59")

    drive(session, act)


def test_the_status_tells_what_is_lacking_and_what_was_noted() -> None:
    """What the session says is short, that there is a note and a comment, how many are answered."""
    session = on(q.SEVERAL, *sample_items(1))
    session.responses[q.SEVERAL.id] = chosen("o2")
    session.short[q.SEVERAL.id] = "choose 1 more"
    session.notes[q.SEVERAL.id], session.comments[q.SEVERAL.id] = "n", "c"

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees("choose 1 more", "answer saved", "1/2 answered", "note", "comment")

    drive(session, act)


def test_hottext_can_be_struck_out_and_orders_cannot() -> None:
    """X strikes the span at the cursor; an order has nothing to strike."""
    session = on(q.HOTTEXT, q.asked(q.ORDER.interaction, name="O"))

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("down", "x", sees="[ ]>B~<voted twice>")
        await driver.press("f", "n", sees="Question 2")
        await driver.press("x", "f", sees="FLAGGED")
        await driver.settled()
        assert [type(command) for command in session.commands] == [Strike, Flag, Go, Flag]

    drive(session, act, (120, 40))


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

"""What is closed and what is about to be; the titles, the time and the status above and below a question."""

from __future__ import annotations

import pytest

from kiosk.protocol import Flag, Go, Limit, Strike
from kiosk.words import MINUTE
from tests.kiosk import questions as q
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, sample_items
from tests.kiosk.item_seat import on
from tests.kiosk.questions import chosen


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

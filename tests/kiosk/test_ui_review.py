"""The review of a test: filters, counts, closed questions, sections, pages; and the answers as the scorers see them."""

from __future__ import annotations

from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.screens.hand_in import HandInScreen
from kiosk.screens.wording import incomplete
from kiosk.widgets.grid import Grid
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, sample_items
from tests.kiosk.scenes import SCENES, at, many


def test_filters_show_only_what_they_name() -> None:
    """V goes through not answered, flagged and incomplete, leaves out what has none, and ends at all questions."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="1 incomplete")
        await driver.press("v", sees="Only not answered")
        assert "31*" not in driver.text()
        assert "39." in driver.text()
        await driver.press("v", sees="Only flagged")
        assert "39." not in driver.text()
        await driver.press("v", sees="Only incomplete")
        await driver.sees("Question 37: answered, incomplete")
        await driver.press("v")
        await driver.lacks("Only")
        await driver.sees("31*")

    drive(SCENES["review-filter"].make(), act)


def test_a_filter_without_questions_is_left_out() -> None:
    """On a test without answers, flags or incomplete ones V knows one filter."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", "v", sees="Only not answered")
        await driver.press("v")
        await driver.lacks("Only")
        await driver.press("f", sees="No question is flagged")
        await driver.press("i", sees="No answer is incomplete")

    drive(FakeSession(sample_items(20), Phase.TESTING), act)


def test_a_number_leads_past_a_filter() -> None:
    """A question that the filter hides is still reached by its number."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", "v", "v", sees="Only flagged")
        await driver.press("6", "2", sees="Question 62 of 100")

    drive(at(Phase.TESTING, 40), act)


def test_closed_questions_are_marked_and_not_sought() -> None:
    """A closed question says so, and U goes only to questions that may still be answered."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="12-")
        await driver.press("home", sees="Question 1: answered, closed")
        await driver.press("u", sees="Question 39: not answered")

    session = SCENES["review-sections"].make()
    drive(session, act)


def test_what_is_closed_or_not_open_yet_says_so_and_how_to_go_on() -> None:
    """Not open yet has a mark of its own; the refusal of a move is told in this screen's words, with the way back."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="# not open yet")
        await driver.press("end", sees="Question 40: not answered, not open yet")
        assert "40#" in driver.text()
        assert "39." in driver.text()
        session.problem = p.Problem(
            "move-refused", "It cannot be shown.", "Go on with the question on the screen."
        )
        session.send_view()
        await driver.sees("It cannot be shown.", "press R to go back")
        assert "Go on with the question on the screen." not in driver.text()
        assert "R back" in driver.rows()[-1]

    session = at(Phase.TESTING, 0, sample_items(40))
    session.shut = {39}
    drive(session, act, (64, 22))


def test_sections_are_set_apart_by_their_titles() -> None:
    """Each title stands above its own questions, also in a narrow window."""

    async def act(driver: Driver, session: FakeSession) -> None:
        screen = await driver.press("r", sees="Managing technology")
        assert (
            screen.index("Leadership")
            < screen.index(" 30-")
            < screen.index("Understanding")
            < screen.index(" 31*")
        )
        assert screen.index(" 65.") < screen.index("Managing") < screen.index(" 66.")

    for size in ((64, 22), (80, 24), (120, 40)):
        drive(SCENES["review-sections"].make(), act, size)


def test_three_hundred_questions_stand_on_pages() -> None:
    """PgDn and PgUp turn them, every question is reached by its number, and the cursor is always in sight."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", sees="page 1 of 2")
        await driver.press("pagedown", sees="page 2 of 2")
        await driver.sees("> ")
        await driver.press("pageup", sees="page 1 of 2")
        await driver.press("end", sees="300.")
        await driver.press("u", sees="Question 12: not answered")
        await driver.press("2", "9", "9", sees="Question 299 of 300")

    drive(many(), act)


def test_arrows_keep_to_what_is_drawn() -> None:
    """Left and right go through the drawn questions, up and down keep the column, the ends hold."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("r", "home", "left", "up", sees="Question 1:")
        await driver.press("down", "right", sees="Question 12:")
        await driver.press("end", "right", "down", sees="Question 100:")
        await driver.press("up", sees="Question 90:")
        assert driver.app.screen.query_one(Grid).cursor == 89

    drive(at(Phase.TESTING, 40), act)


def test_the_answers_are_those_that_were_asked_for() -> None:
    """The list asks the session, shows each response in words, and says what is incomplete or missing."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f10", "a", sees="INCOMPLETE: choose 2")
        await driver.sees(">  41    not answered")
        assert session.commands == [p.ShowAnswers(), p.ShowAnswers()]
        await driver.press("home", sees=">   1 ")
        await driver.press("pagedown", "pageup", sees=">   1 ")
        await driver.press("down", "enter", sees="Question 2 of 100   1:37:12")
        assert session.acts == [p.Go(1)]
        assert len(driver.app.screen_stack) == 2

    drive(SCENES["answers"].make(), act)


def test_the_answers_lead_back_to_where_they_were_opened() -> None:
    """R returns to the hand-in, which asks for Y again; Enter on the question on the screen needs no command."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f10", "y", "a", sees=">  41 ")
        await driver.press("r", sees="Press Y to hand in")
        await driver.press("a", sees=">  41 ")
        await driver.press("enter", sees="Question 41 of 100   1:37:12")
        assert session.acts == []

    drive(at(Phase.TESTING, 40), act)


def test_the_hand_in_names_what_is_incomplete() -> None:
    """Beside not answered and flagged, incomplete answers are counted with their numbers."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f10", sees="Incomplete       1   37")

    drive(SCENES["answers"].make(), act)


def test_a_confirmed_hand_in_waits_for_what_is_not_saved() -> None:
    """Enter while an answer is under way hands in once it is saved, with the counts that were shown."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f10", sees="Incomplete")
        await driver.settled()
        session.hold()
        driver.app.link.submit(p.WriteNote("", "late"))
        await driver.press("y", "enter", sees="saving ...")
        assert session.acts == [p.WriteNote("", "late")]
        session.release()
        await driver.sees("You have handed in.")
        assert session.acts[-1] == p.HandIn(64, 4)

    drive(at(Phase.TESTING, 40), act)


def test_a_count_that_changed_meanwhile_is_asked_again() -> None:
    """Where what was under way changes a count, nothing is handed in before the new count was shown."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f10", sees="Incomplete")
        await driver.settled()
        session.hold()
        driver.app.link.submit(p.Flag(session.items[50].id, on=True))
        await driver.press("y", "enter", sees="saving ...")
        session.release()
        await driver.sees("Flagged          5", "Press Y to hand in")
        await driver.settled()
        assert not any(isinstance(command, p.HandIn) for command in session.commands)
        assert isinstance(driver.app.screen, HandInScreen)

    drive(at(Phase.TESTING, 40), act)


def test_incomplete_is_an_answer_that_lacks_something() -> None:
    """What is not begun is not answered, not incomplete."""
    lines = (
        p.AnswerLine(0, "A: x", flagged=False),
        p.AnswerLine(1, "A: x", flagged=False, short="choose 2"),
        p.AnswerLine(2, "", flagged=False, short="choose 2"),
    )
    assert incomplete(lines) == {1}

"""Every kind of question answered by keys alone: what is sent, what is drawn, what is refused in words."""

from __future__ import annotations

import pytest

from exam_packages.form import Item
from exam_packages.interactions import MatchInteraction, Response
from kiosk.protocol import Answer, Flag, Go, Phase
from tests.kiosk import questions as q
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import FakeSession, sample_items
from tests.kiosk.questions import chosen, pairs, typed

SIZES = ((64, 22), (80, 24), (120, 40))


def on(item: Item, *others: Item) -> FakeSession:
    """A session whose first question is this one."""
    return FakeSession((item, *(others or sample_items(1))), Phase.TESTING)


ANSWERS: list[tuple[Item, str, Response, str]] = [
    (q.SEVERAL, "d a", chosen("o1", "o4"), "[x] D. Trust"),
    (q.SEVERAL, "space down space a", chosen("o2"), "> [ ] A. Costs"),
    (q.ORDER, "d b a c", chosen("o4", "o2", "o1", "o3"), " 2. B. Find the cause"),
    (q.ORDER, "d b a backspace", chosen("o4", "o2"), "Not placed yet:"),
    (q.ORDER, "a b c up up space down space", chosen("o2", "o1", "o3"), ">  2. A. Restore"),
    (q.ORDER, "a b c a delete", chosen("o2", "o3"), " 1. B. Find"),
    (q.MATCH, "a down b down right right c", pairs("o1-t1", "o2-t2", "o3-t3"), "   A   B   C"),
    (q.MATCH, "space right space down c up backspace", pairs("o2-t3"), "[ ] [ ] [x]"),
    (q.ASSOCIATE, "a d c b", pairs("o1-o4", "o3-o2"), "2. C. Engine + B. Babbage"),
    (q.ASSOCIATE, "a b c d down backspace", pairs("o3-o4"), "1. C. Engine + D. Notes"),
    (q.INLINE, "a tab c", pairs("g1-o1", "g2-o3"), "[2> lent]"),
    (q.INLINE, "tab d shift+tab b", pairs("g1-o2", "g2-o4"), "[1> refused]"),
    (q.INLINE, "right space space", pairs("g2-o2"), "(o) B. bought"),
    (q.GAPS, "a down a", pairs("g1-o1", "g2-o1"), "(o) A. remote (used)"),
    (q.GAPS, "a down b backspace", pairs("g1-o1"), "[2> ____]"),
    (q.HOTTEXT, "c a", chosen("h1", "h3"), "[x]>A <met>"),
    (q.SHORT, "N o p e", typed("Nope"), "Nope"),
    (q.SHORT, "a c left b home Z end d", typed("Zabcd"), "7 of 12 characters left"),
    (q.SHORT, "漢 字 left delete e", typed("漢e"), "漢e"),
    (q.NUMBER, "- 1 2 . 5", typed("-12.5"), "-12.5"),
    (q.LENGTH, "7 , 5", typed("7,5"), " km"),
    (q.UNITS, "1 2 down down", typed("12 MB"), "(o) MB"),
    (q.SCALE, "1 5", typed("15"), "From 0 to 20 in steps of 5"),
    (q.SCALE, "right right left left left", typed("0"), "0 |O-"),
    (q.SCALE, "end left", typed("15"), "O"),
    (q.ESSAY, "I t space i s . enter N o !", typed("It is.\nNo!"), "3 of 20 words   390 characters left"),
    (q.ESSAY, "a b c enter d e up home X", typed("Xabc\nde"), "│ Xabc"),
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("item", "keys", "response", "drawn"), ANSWERS)
def test_keys_answer_and_the_answer_is_read_back(
    item: Item, keys: str, response: Response, drawn: str, size: tuple[int, int]
) -> None:
    """The keys make the response that is sent, by identifier; come back to, the question shows it."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys.split(), sees=drawn)
        await driver.press("f8")
        await driver.until(lambda: session.index == 1)
        await driver.settled()
        sent = [command for command in session.commands if isinstance(command, Answer)]
        assert sent[-1] == Answer(item.id, response)
        await driver.press("f7", sees="answer saved")
        await driver.until(lambda: session.index == 0)
        await driver.settled()
        assert sum(isinstance(command, Answer) for command in session.commands) == len(sent)
        assert session.responses[item.id] == response

    drive(on(item), act, size)


READ_BACK: list[tuple[Item, Response, tuple[str, ...]]] = [
    (q.SEVERAL, chosen("o1", "o3"), ("[x] A.", "[ ] B.", "[x] C.")),
    (q.ORDER, chosen("o3", "o1"), ("1. C. Tell", "2. A. Restore", "Not placed yet:")),
    (q.MATCH, pairs("o1-t2", "o3-t3"), ("[ ] [x] [ ]", "[ ] [ ] [x]")),
    (q.ASSOCIATE, pairs("o1-o4"), ("1. A. Ada + D. Notes", "*  A. Ada")),
    (q.INLINE, pairs("g2-o4"), ("[1> ____]", "[2: repaired]")),
    (q.HOTTEXT, chosen("h2"), ("[x]>B <voted", "[ ] C <leaving>")),
    (q.UNITS, typed("3 GB"), (" 3", "(o) GB")),
    (q.SCALE, typed("10"), ("10",)),
    (q.ESSAY, typed("One.\n\nTwo."), ("│ One.", "│ Two.", "2 of 20 words")),
]


@pytest.mark.parametrize(("item", "response", "drawn"), READ_BACK)
def test_a_saved_answer_is_drawn_and_nothing_is_sent(
    item: Item, response: Response, drawn: tuple[str, ...]
) -> None:
    """A question that was answered before shows its answer as saved; leaving it untouched sends no answer."""
    session = on(item)
    session.responses[item.id] = response

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.sees(*drawn, "answer saved")
        await driver.press("f8", sees="Question 2")
        assert session.commands == [Go(1)]

    drive(session, act)


REFUSED: list[tuple[Item, str, str, Response | None]] = [
    (q.SEVERAL, "a b c d", "THREE are chosen: take one back first", chosen("o1", "o2", "o3")),
    (q.HOTTEXT, "a b c", "TWO are chosen", chosen("h1", "h2")),
    (q.MATCH, "a b c down a", "3 pairs are made", pairs("o1-t1", "o1-t2", "o1-t3")),
    (q.ASSOCIATE, "a b b a", "a pair already", pairs("o1-o2")),
    (q.ASSOCIATE, "a b b c c d", "2 pairs are made", pairs("o1-o2", "o2-o3")),
    (q.SHORT, "a b c d e f g h i j k l m", "12 characters is the most", typed("abcdefghijkl")),
    (q.NUMBER, "-", "Not a number yet", None),
    (q.NUMBER, "1 . 2 .", "one decimal mark", typed("1.2")),
    (q.SCALE, "7", "From 0 to 20 in steps of 5", None),
]


@pytest.mark.parametrize(("item", "keys", "said", "response"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    item: Item, keys: str, said: str, response: Response | None
) -> None:
    """Too many, too long, not a number: a line says so, and what stood before stays."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys.split(), sees=said)
        await driver.press("f8", sees="Question 2")
        await driver.settled()
        assert session.responses.get(item.id) == response

    drive(on(item), act)


def test_a_combining_mark_joins_its_letter_and_goes_with_it() -> None:
    """e and an acute accent are one character: one step of the caret, one Backspace."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("e", "\u0301", "x", sees="éx")
        await driver.press("left", "backspace", "f8", sees="Question 2")
        assert session.commands[0] == Answer(q.SHORT.id, typed("x"))

    drive(on(q.SHORT), act)


def test_where_text_is_typed_letters_are_text_and_function_keys_command() -> None:
    """N, P, F, R, T, X, E and digits are typed; F4 flags and F8 goes on."""

    async def act(driver: Driver, session: FakeSession) -> None:
        bar = await driver.sees("F8 next", "F7 previous", "F4 flag", "F6 review")
        assert "N next" not in bar
        await driver.press(*"NpfRtx e12", sees="NpfRtx e12")
        await driver.press("f4", sees="FLAGGED")
        await driver.press("f8", sees="Question 2")
        assert session.commands == [
            Flag(q.SHORT.id, on=True),
            Answer(q.SHORT.id, typed("NpfRtx e12")),
            Go(1),
        ]

    drive(on(q.SHORT), act)


def test_a_number_leaves_the_letters_to_commands() -> None:
    """Digits are the answer; N goes on, after the number was sent."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("4", "2", "n", sees="Question 2")
        assert session.commands == [Answer(q.NUMBER.id, typed("42")), Go(1)]

    drive(on(q.NUMBER), act)


def test_text_typed_ahead_lands_in_the_question_it_was_meant_for() -> None:
    """Keys typed while a Go is under way wait: to type in the next question, or to answer it by letter."""
    first, second = q.SHORT, q.asked(q.ESSAY.interaction, name="Second")

    async def act(driver: Driver, session: FakeSession) -> None:
        session.hold()
        await driver.press("a", "b", sees="ab")
        driver.key("f8")
        await driver.until(lambda: len(session.commands) == 2)
        for key in ("n", "o", "f7"):
            driver.key(key)
        session.release()
        await driver.until(lambda: len(session.commands) == 4)
        assert session.commands == [
            Answer(first.id, typed("ab")),
            Go(1),
            Answer(second.id, typed("no")),
            Go(0),
        ]
        await driver.settled()

    drive(on(first, second), act)


def test_a_fresh_question_inherits_nothing() -> None:
    """Text, caret, cursor and what was carried stay with their question, even between two of one kind."""
    again = q.asked(q.ORDER.interaction, name="Again")

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", "b", "up", "space", sees=">^")
        screen = await driver.press("f8", sees="Question 2")
        assert ">^" not in screen
        assert "1. " not in screen
        assert session.commands == [
            Answer(q.ORDER.id, chosen("o1")),
            Answer(q.ORDER.id, chosen("o1", "o2")),
            Go(1),
        ]

    drive(on(q.ORDER, again), act)


def test_carrying_sends_once_when_it_is_put_down() -> None:
    """While an option is carried nothing is sent, and the status says that there are unsaved changes."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("a", "b", "c", sees="answer saved")
        await driver.settled()
        before = len(session.commands)
        await driver.press("space", "up", "up", sees="unsaved changes")
        assert len(session.commands) == before
        await driver.press("space", sees="answer saved")
        assert session.commands[before:] == [Answer(q.ORDER.id, chosen("o3", "o1", "o2"))]

    drive(on(q.ORDER), act)


def test_a_grid_that_is_too_wide_becomes_a_list() -> None:
    """Ten targets beside long sources do not fit 64 columns: what a source is matched with stands below it."""
    many = q.asked(
        MatchInteraction(
            q.options("A source whose text is as long as this one is", "Another"),
            q.options(*(f"Target number {n}" for n in range(1, 11)), prefix="t"),
        )
    )

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("j", sees="[x] J. Target number 10")
        await driver.press("down", "b", sees="[x] B. Target number 2")
        await driver.settled()
        assert session.commands[-1] == Answer(many.id, pairs("o1-t10", "o2-t2"))

    drive(on(many), act, (64, 22))

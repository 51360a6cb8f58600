"""How the screen is: colours, language, the time and its warnings, each kept by the session and drawn at once."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import pytest

from kiosk import protocol as p
from kiosk.protocol import Limit, Phase
from kiosk.screens.comfort import OFFERS
from kiosk.screens.link import Link
from kiosk.screens.warning import Warnings
from kiosk.words import times_left
from terminal import language
from tests.kiosk.driving import Driver, drive
from tests.kiosk.fake_session import ADMIT, CANDIDATE, MINUTE, START, FakeSession, sample_items
from tests.kiosk.scenes import at

HOURS = 150 * MINUTE
PLACES = {(offer.name, offer.value): place for place, offer in enumerate(OFFERS)}


class Shouting(gettext.NullTranslations):
    """A language in which every word is in capitals."""

    def gettext(self, message: str) -> str:
        return re.sub(r"\{\w+\}", lambda found: found[0].lower(), message.upper())

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(autouse=True)
def _english_after() -> Iterator[None]:
    yield
    language.use("")


async def choose(driver: Driver, name: str, value: str) -> None:
    """Choose in the open list."""
    await driver.press(*["down"] * PLACES[name, value], "space")
    await driver.settled()


def test_colours_are_applied_at_once_and_kept() -> None:
    """The choice is drawn before it is answered, sent once, and a new screen process draws it from the view."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", sees="> (o) Light on dark")
        session.hold()
        await driver.press(*["down"] * 2, "enter", sees="> (o) High contrast")
        await driver.until(lambda: driver.app.theme == "high-contrast", "the theme")
        session.release()
        await driver.settled()
        assert driver.app.theme == "high-contrast"
        assert session.commands == [p.Prefer("theme", "high-contrast")]

    async def again(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.theme == "high-contrast", "the theme")

    drive(at(Phase.INSTRUCTIONS), act)
    second = at(Phase.TESTING)
    second.preferences = {"theme": "high-contrast"}
    drive(second, again)


def test_a_theme_that_is_not_known_changes_nothing() -> None:
    """A preference that this program does not know leaves the terminal's own colours."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.settled()
        assert driver.app.theme == "dark"

    session = at(Phase.TESTING)
    session.preferences = {"theme": "sepia"}
    drive(session, act)


def test_what_is_chosen_before_admission_is_kept_after_it() -> None:
    """On a locked kiosk the choice is only drawn; once the candidate is admitted the session is told, once."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", sees="Colours")
        await choose(driver, "theme", "light")
        await driver.press("f3", sees="Start code")
        await driver.until(lambda: driver.app.focused, "the field")
        assert (driver.app.theme, session.commands) == ("light", [])
        await driver.enter(START)
        await driver.sees("Candidate number")
        await driver.enter(CANDIDATE, ADMIT)
        await driver.sees("Is this you?")
        await driver.until(lambda: session.commands[2:] == [p.Prefer("theme", "light")], "the preference")
        await driver.settled()
        assert driver.app.theme == "light"

    drive(FakeSession(sample_items(1)), act)


def test_the_plans_choice_counts_more_than_one_made_before_admission() -> None:
    """Where the plan gives the candidate a theme, an earlier choice at the locked kiosk gives way."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", sees="Colours")
        await choose(driver, "theme", "light")
        session.phase, session.preferences = Phase.CONFIRM, {"theme": "mono"}
        session.send_view()
        await driver.until(lambda: driver.app.theme == "mono", "the plan's theme")
        await driver.settled()
        assert session.commands == []

    drive(FakeSession(sample_items(1)), act)


def test_a_refused_preference_is_not_asked_for_again() -> None:
    """Where the session keeps nothing, the screen returns to what the view says and does not insist."""
    sent: list[p.Command] = []
    link = Link(sent.append)
    link.hear(p.View(Phase.TESTING))
    link.prefer("theme", "light")
    assert link.preference("theme") == "light"
    link.hear(p.View(Phase.TESTING, reply=True, problem=p.Problem("no", "No.", "Go on.")))
    link.hear(p.View(Phase.TESTING))
    assert link.preference("theme") == ""
    assert sent == [p.Prefer("theme", "light")]


def test_the_language_is_spoken_at_once_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing a language says the open list, the screen below and its key bar in it; back to English too."""

    monkeypatch.setattr(language, "_catalogue", lambda name: Shouting())

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("f3", sees="Light on dark")
        await choose(driver, "language", "es")
        await driver.sees("LIGHT ON DARK", "CHOOSE", "Español")
        await driver.press("f3", sees="BEGIN THE EXAM")
        await driver.sees("INSTRUCTIONS")
        assert session.commands == [p.Prefer("language", "es")]
        await driver.press("f3", sees="COLOURS")
        await choose(driver, "language", "en")
        await driver.press("f3", sees="begin the exam")

    drive(at(Phase.INSTRUCTIONS), act)


def test_labels_of_fields_change_with_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a form what is typed stays, and the words before it are in the new language."""

    monkeypatch.setattr(language, "_catalogue", lambda name: Shouting())

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.until(lambda: driver.app.focused, "a field with the caret")
        await driver.press(*"C-0", "f3", sees="Language")
        await choose(driver, "language", "fr")
        await driver.press("f3", sees="CANDIDATE NUMBER")
        await driver.sees("C-0")

    drive(FakeSession((), Phase.SIGN_IN), act)


def test_the_time_is_hidden_by_one_key_and_kept() -> None:
    """T hides and shows; each is sent; in the last five minutes it is shown all the same."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press("t", sees="Time hidden")
        await driver.settled()
        session.send_tick(5 * MINUTE + 1)
        await driver.sees("Time hidden")
        session.send_tick(5 * MINUTE)
        await driver.sees("0:05:00 left")
        session.send_tick(6 * MINUTE)
        await driver.sees("Time hidden")
        await driver.press("f2", sees="0:06:00 left")
        await driver.settled()
        assert session.acts == [p.Prefer("timer", "hidden"), p.Prefer("timer", "shown")]

    drive(at(Phase.TESTING, 3), act)


@pytest.mark.parametrize(
    ("remaining", "inner", "hidden", "said"),
    [
        (97 * MINUTE, 12 * MINUTE, False, "Section 0:12:00  Test 1:37:00"),
        (97 * MINUTE, 12 * MINUTE, True, "Time hidden"),
        (97 * MINUTE, 4 * MINUTE, True, "Section 0:04:00"),
        (4 * MINUTE, 3 * MINUTE, True, "Section 0:03:00  Test 0:04:00"),
    ],
)
def test_both_times_stand_in_the_header(remaining: int, inner: int, hidden: bool, said: str) -> None:
    """The time of the section and of the test; hidden, each comes back in its own last five minutes."""
    limit = Limit("section", "One", inner, 40 * MINUTE)
    assert times_left(remaining, limit, inner, hidden=hidden) == said


def test_a_warning_stays_until_it_was_seen() -> None:
    """It stands for half a minute at least, then until a key is pressed; the next mark brings the next one."""
    warned = Warnings()
    assert warned.line(31 * MINUTE, HOURS) == ""
    assert warned.line(30 * MINUTE, HOURS) == "30 minutes left"
    warned.touched()
    assert warned.line(29 * MINUTE + 40_000, HOURS) == "30 minutes left"
    assert warned.line(20 * MINUTE, HOURS) == "Less than 30 minutes left"
    warned.touched()
    assert warned.line(20 * MINUTE - 1_000, HOURS) == ""
    assert warned.line(10 * MINUTE, HOURS) == "10 minutes left"


def test_the_last_warning_stays_to_the_end() -> None:
    """Below one minute no key takes it away."""
    warned = Warnings()
    assert warned.line(MINUTE, HOURS) == "Less than 1 minute left"
    warned.line(10_000, HOURS)
    warned.touched()
    assert warned.line(9_000, HOURS) == "Less than 1 minute left"


def test_a_new_screen_process_warns_once_more() -> None:
    """A warning whose half minute fell into a crash is shown by the next process, until a key after half a minute."""
    fresh = Warnings()
    assert fresh.line(28 * MINUTE, HOURS) == "Less than 30 minutes left"
    fresh.touched()
    assert fresh.line(28 * MINUTE - 10_000, HOURS) == "Less than 30 minutes left"
    assert fresh.line(27 * MINUTE, HOURS)
    fresh.touched()
    assert fresh.line(27 * MINUTE - 1_000, HOURS) == ""


def test_time_that_is_added_makes_a_warning_due_again() -> None:
    """After more time the same mark is passed again, and said again."""
    warned = Warnings()
    warned.line(10 * MINUTE, HOURS)
    warned.line(9 * MINUTE, HOURS)
    warned.touched()
    assert warned.line(9 * MINUTE, HOURS) == ""
    warned.line(19 * MINUTE, HOURS)
    assert warned.line(10 * MINUTE, HOURS) == "10 minutes left"


def test_a_limit_warns_only_below_itself() -> None:
    """A limit of ten minutes does not begin with a warning."""
    assert Warnings().line(10 * MINUTE, 10 * MINUTE) == ""


@pytest.mark.parametrize("keys", [(), ("r",), ("f10",), ("f10", "a"), ("f3",)])
def test_warnings_of_test_and_section_are_on_every_screen_of_the_test(keys: tuple[str, ...]) -> None:
    """Hidden or not, both warnings come as a line, in the review, the hand-in and the answers too."""

    async def act(driver: Driver, session: FakeSession) -> None:
        await driver.press(*keys)
        await driver.settled()
        session.inner = Limit("section", "One", 5 * MINUTE, 40 * MINUTE)
        session.send_tick(30 * MINUTE, inner=5 * MINUTE)
        await driver.sees("30 minutes left", "Section: 5 minutes left")

    session = at(Phase.TESTING, 3)
    session.inner = Limit("section", "One", 20 * MINUTE, 40 * MINUTE)
    session.preferences = {"timer": "hidden"}
    drive(session, act)

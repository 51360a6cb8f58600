"""What the console's screens do: every act leaves its event, asks what it must, and shows its code large."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from keys.clock import utc
from keys.codes import Verb, read_action
from keys.encoding import Digest, Instant
from keys.identities import new_identity
from keys.statement import Role
from proctor.screens.candidate import CardScreen
from proctor.state import Phase
from results.wire import sitting_events as e
from results.wire.incidents import CATEGORIES
from results.wire.mirror import MirrorHeader
from tests.proctor.console_driving import Driver, drive, driving
from tests.proctor.console_room import (
    ME,
    NINE,
    MemoryDesk,
    RoomConsole,
    admitted,
    busy,
    done,
    number,
    plan,
    quiet,
)

MOST_KEYS, FEWEST_KINDS = 12, 23
HOSTILE = (
    "[red]Mallory[/red]",
    "\x1b[2J\x1b]0;x\x07Eve",
    "A\u202elic\u202ce\x00\x9b31m",
    "[@click=app.quit]Bob[/] [/nope]",
    "Zalgo" + "\u0301" * 40,
)


def _last(console: RoomConsole) -> e.SittingEvent:
    return console.memory.events[-1]


def _does(*keys: str) -> Callable[[Driver], Awaitable[None]]:
    async def act(driver: Driver) -> None:
        for key in keys:
            if key.startswith("="):
                await driver.type(key[1:])
            else:
                await driver.press(key)
        await driver.until(driver.stands, "the end")

    return act


CASES: tuple[tuple[str, tuple[str, ...], type[e.SittingEvent]], ...] = (
    ("give time", ("g", "=15", "b"), e.ActionIssued),
    ("take time", ("t", "=5", "k"), e.ActionIssued),
    ("break over", ("b", "a"), e.ActionIssued),
    ("end", ("e", "a", "y", "enter"), e.ActionIssued),
    ("void", ("v", "a", "y", "enter"), e.ActionIssued),
    ("resume", ("r", "enter"), e.ResumeCodeIssued),
    ("move", ("m", "a", "a", "=0000000000", "=60"), e.CandidateMoved),
    ("heard", ("c", "=0000000000"), e.CheckpointHeard),
    ("refuse", ("x", "e", "=Came with a coach"), e.IdentityChecked),
    ("unfinished", ("d", "c"), e.AbsenceDeclared),
)


@pytest.mark.parametrize(("name", "keys", "kind"), CASES, ids=lambda one: one if isinstance(one, str) else "")
def test_every_act_of_the_card_leaves_its_event(
    name: str, keys: tuple[str, ...], kind: type[e.SittingEvent]
) -> None:
    """From the card of an admitted candidate, keys alone; a refusal that lacks its second step leaves none."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0, 1))
    before = len(console.memory.events)
    drive(console, _does("down", "enter", *keys))
    if name == "refuse":
        assert len(console.memory.events) == before
        return
    event = _last(console)
    assert type(event) is kind
    assert getattr(event, "candidate", number(1)) == number(1)
    assert getattr(event, "proctor", ME.fingerprint) == ME.fingerprint


def test_a_move_proposes_the_checkpoint_of_the_copy_on_the_carrier() -> None:
    """What the old kiosk left on its second drive is filled in, with when it was written, and Enter takes it."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0, 1))
    source = plan().kiosks[1].identity.fingerprint
    at = Instant(1_800_000_000_000)
    console.copy = MirrorHeader(
        "s", "x", "live", source, Digest(""), Digest(""), number(1), 1, 0, 0, Digest(""), 9, "1234567890", at
    )

    async def act(driver: Driver) -> None:
        shown = await driver.press("down", "enter", "m", "a", "a", sees="Last checkpoint")
        assert utc(at, seconds=True) in " ".join(shown.split())
        await driver.press("enter", *"60", "enter", sees="Read aloud")

    drive(console, act)
    event = _last(console)
    assert isinstance(event, e.CandidateMoved)
    assert event.checkpoint == "1234567890"


def test_a_code_is_shown_large_in_groups_with_whom_and_where() -> None:
    """The screen names the person, the kiosk, the reading aloud and what follows; the code is the desk's own."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0, 1))

    async def act(driver: Driver) -> None:
        shown = await driver.press("down", "enter", "g", *"15", "enter", "b", sees="Read aloud")
        (issued,) = console.state.actions
        code = console.desk.code(issued.event)
        assert ",  ".join(" ".join(code[at : at + 3]) for at in range(0, 10, 3)) in shown
        assert all(words in shown for words in ("C-1002", "Bo Lindqvist", "kiosk-02", "adds 15 min", "F9"))
        assert shown.count("█") > 60
        assert read_action(code).verb == Verb.ADD + 15

    drive(console, act)


@pytest.mark.parametrize("key", ["e", "v"])
def test_what_cannot_be_taken_back_takes_two_steps(key: str) -> None:
    """Enter alone, and Y with another key after it, end nothing."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))
    before = len(console.memory.events)
    drive(console, _does("enter", key, "a", "enter", "y", "n", "enter"))
    assert len(console.memory.events) == before


def test_more_time_than_one_proctor_may_add_asks_for_a_second() -> None:
    """Above the limit the second proctor's passphrase is asked for; a wrong one issues nothing."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))

    async def act(driver: Driver) -> None:
        await driver.press("enter", "g", *"31", "enter", "a", sees="A second proctor agrees")
        await driver.type("okafor", "wrong", sees="passphrase-wrong")
        assert not console.state.actions

    drive(console, act)


def test_a_second_proctors_key_agrees() -> None:
    """With the key of another proctor the code is of the two-person verb."""

    class Agreeing(RoomConsole):
        def second(self, name: str, passphrase: str) -> object:  # type: ignore[override]  # a stand-in
            return new_identity(Role.PROCTOR, "west", name)

    desk = admitted(MemoryDesk(plan()), 0)
    asked: list[str] = []

    def agree(command: object, second: object) -> object:
        asked.append(type(second).__name__)
        return command

    desk.agree = agree  # type: ignore[method-assign, assignment]  # what it signs is tested with the desk
    console = Agreeing(desk)

    async def act(driver: Driver) -> None:
        await driver.press("enter", "g", *"31", "enter", "a", sees="A second proctor agrees")
        await driver.type("okafor", "right", sees="agreement-needed")

    drive(console, act)
    assert asked == ["PrivateIdentity"]


def test_names_that_differ_need_words_before_the_code() -> None:
    """N to the last question asks why; the note is in the journal, and then the code shows."""
    console = quiet()
    drive(console, _does("a", "b", "y", "n", "=married since"))
    (checked,) = [one for one in console.memory.events if isinstance(one, e.IdentityChecked)]
    assert (checked.document, checked.name_matches, checked.note) == ("identity-card", False, "married since")
    assert isinstance(_last(console), e.AdmissionIssued)


def test_a_candidate_without_a_seat_is_asked_for_one() -> None:
    """Who has no planned kiosk gets one of those that are free, spares first."""
    console = quiet()
    drive(console, _does("end", "a", "a", "y", "y", "a"))
    event = _last(console)
    assert isinstance(event, e.AdmissionIssued)
    assert console.memory.state.kiosk_name(event.kiosk) == "kiosk-31"


def test_the_room_is_paused_and_resumed_in_two_steps() -> None:
    """The header says that the room is paused; what a pause needs to end is its own code."""
    console = busy()

    async def act(driver: Driver) -> None:
        await driver.press("r", "p", "a", "enter", "y", "enter", sees="every kiosk")
        assert console.state.room_paused
        await driver.press("enter", sees="ROOM PAUSED")
        await driver.press("g", "a", "y", "enter", sees="The room goes on")
        assert not console.state.room_paused

    drive(console, act)


def test_a_refusal_is_a_sentence_a_step_a_code_and_whom_to_call() -> None:
    """A second pause is refused on a screen with all four; Enter goes back to where one was."""
    console = busy()

    async def act(driver: Driver) -> None:
        shown = await driver.press("r", "g", "a", "y", "enter", sees="This was not done")
        assert "Error room-code-turn" in shown
        assert "Ada at 555-0100" in shown
        await driver.press("enter", sees="The whole room")

    drive(console, act)


def test_a_sitting_closes_only_when_it_balances() -> None:
    """Unbalanced, X shows what is missing and where to look; balanced, it closes in two steps."""
    short, whole = busy(), done()

    async def refused(driver: Driver) -> None:
        shown = await driver.press("r", "x", sees="NOT BALANCED")
        assert "look at: kiosk-02" in shown
        assert short.state.phase is Phase.OPEN

    async def closed(driver: Driver) -> None:
        await driver.press("r", "x", "y", "n", sees="Press Y")
        assert whole.state.phase is Phase.OPEN

    drive(short, refused)
    drive(whole, closed)


def test_an_incident_takes_at_most_twelve_keys_and_its_text() -> None:
    """From the board: for this candidate, its kind in two keys, four fields; the text is not counted."""
    console = busy()

    async def act(driver: Driver) -> None:
        start = driver.pressed
        await driver.press("down", "i", "enter", "k", "1")
        text = "Screen went black."
        await driver.type(text, "", "", "")
        await driver.sees("Written down")
        pressed = driver.pressed - start - len(text)
        assert pressed <= MOST_KEYS, pressed

    drive(console, act)
    event = _last(console)
    assert isinstance(event, e.IncidentReported)
    assert (event.category, event.candidates, event.began) == ("K1", (number(1),), NINE)
    assert len(CATEGORIES) >= FEWEST_KINDS


@pytest.mark.parametrize(("keys", "whom"), [(("b",), ()), (("c", *"c-1030", "enter"), (number(29),))])
def test_an_incident_is_of_the_room_or_of_anybody(keys: tuple[str, ...], whom: tuple[str, ...]) -> None:
    """Even of somebody who never came; minutes ago are taken off the clock."""
    console = quiet()

    async def act(driver: Driver) -> None:
        await driver.press("i", *keys, "r", "3")
        await driver.type("Dark.")
        await driver.press("backspace")
        await driver.type("10", "the caretaker", "called")
        await driver.sees("Written down")

    drive(console, act)
    event = _last(console)
    assert isinstance(event, e.IncidentReported)
    assert (event.candidates, event.began, event.witnesses, event.follow_up) == (
        whom,
        NINE - 600_000,
        "the caretaker",
        "called",
    )


def test_hostile_names_are_shown_as_text() -> None:
    """Markup stays as it is written, controls are gone, and no screen that shows a name fails."""
    console = quiet(HOSTILE)

    async def act(driver: Driver) -> None:
        shown = await driver.sees("5 authorised")
        assert "[red]Mal" in shown
        assert not {character for character in shown if ord(character) < 32 and character != "\n"}
        assert not set("\u202e\u202c\x9b") & set(shown)
        await driver.press("down", "down", "down", "enter", sees="[@click=app.quit]Bob[/] [/nope]")
        await driver.press("a", "a", "y", "y", sees="[@click=app.quit]Bob")
        await driver.press("enter", "i", "a", "o", "1")
        await driver.type("[b]x[/", "", "[/]", "", sees="Written down")
        await driver.press("enter", "l", sees="[b]x[/")

    drive(console, act)


def test_every_act_is_done_beside_the_screen() -> None:
    """No act runs on the thread that draws: keys and files are the worker's."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))
    console.memory.threads.clear()
    drive(console, _does("enter", "b", "a"))
    assert console.memory.threads
    assert all(name.startswith("desk") for name in console.memory.threads)


def test_keys_wait_for_no_screen_that_is_not_there() -> None:
    """A burst that would end a test in one go does nothing beyond the first screen that stood for it."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))
    before = len(console.memory.events)

    async def act(driver: Driver) -> None:
        await driver.press("enter", sees="Acts")
        for key in ("e", "a", "y", "enter"):
            driver.key(key)
        await driver.sees("Why does the test end?")
        assert len(console.memory.events) == before

    drive(console, act)


def test_search_filter_and_order_find_a_row() -> None:
    """Typing narrows the board at once; Escape shows everyone again."""
    console = busy()

    async def act(driver: Driver) -> None:
        await driver.press("/")
        for character in "kiosk-07":
            driver.key(character)
        await driver.sees("search “kiosk-07”: 0")
        await driver.press("escape", sees="by number")
        await driver.press("s", sees="by name")
        await driver.press("f", sees="waiting: 7")

    drive(console, act)


def test_a_failure_of_ours_ends_the_program_without_a_word() -> None:
    """What is no refusal is left to who started the program; the screen says nothing of it."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    console.act = broken  # type: ignore[method-assign, assignment]  # a defect

    async def run() -> None:
        async with driving(console) as driver:
            await driver.press("enter", "b")
            driver.key("a")
            for _ in range(100):
                await asyncio.sleep(0.005)
            assert "secret detail" not in driver.text()

    with pytest.raises(RuntimeError):
        asyncio.run(run())


def test_the_card_follows_what_is_done() -> None:
    """After an act the card says it, in words."""
    console = RoomConsole(admitted(MemoryDesk(plan()), 0))

    async def act(driver: Driver) -> None:
        await driver.press("enter", "g", *"15", "enter", "b", sees="Read aloud")
        shown = await driver.press("enter", sees="+15 min")
        assert "135 min" in shown
        assert isinstance(driver.app.screen, CardScreen)

    drive(console, act)

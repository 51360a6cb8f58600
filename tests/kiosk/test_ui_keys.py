"""Every key that works on every screen, against the list that was reviewed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from kiosk.protocol import Phase
from kiosk.screens.answers import AnswersScreen
from kiosk.screens.calculator import CalculatorScreen
from kiosk.screens.comfort import ComfortScreen
from kiosk.screens.comment import CommentScreen
from kiosk.screens.due import due
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.hand_in import HandInScreen
from kiosk.screens.highlight import HighlightScreen
from kiosk.screens.notes import NoteScreen, ScratchpadScreen
from kiosk.screens.paused import BreakScreen
from kiosk.screens.proctor import ProctorScreen
from kiosk.screens.review import ReviewScreen
from kiosk.screens.seat import KeysScreen, KioskScreen
from kiosk.screens.tools import ToolsScreen
from tests.kiosk.driving import driving
from tests.kiosk.scenes import SCENES, Scene

LOOKED_AT = (
    *(
        "locked",
        "sign-in",
        "confirm",
        "agreement",
        "agreement-decline",
        "instructions",
        "item",
        "review",
        "hand-in",
    ),
    *("hand-in-armed", "help", "suspended", "suspended-credit", "stopped", "stopped-again", "finished"),
    *(
        "move-in",
        "check",
        "check-fault",
        "tutorial",
        "tutorial-review",
        "tutorial-leave",
        "proctor",
        "break-ask",
    ),
    *("paused-room", "paused-scheduled", "answers", "comfort", "review-filter", "finished-waiting"),
    *("practice", "practice-leave", "rationale", "profile"),
    *("exhibit", "tools", "calculator", "note", "scratchpad", "comment", "highlight", "highlight-begun"),
)
REVIEWED = Path(__file__).parent / "reviewed_keys.txt"
ALL: tuple[type[KioskScreen], ...] = (
    *map(due, Phase),
    AnswersScreen,
    BreakScreen,
    CalculatorScreen,
    CommentScreen,
    ExhibitScreen,
    HighlightScreen,
    NoteScreen,
    ScratchpadScreen,
    ToolsScreen,
    ComfortScreen,
    HandInScreen,
    KeysScreen,
    ProctorScreen,
    ReviewScreen,
)
UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"


async def _bound(scene: Scene) -> tuple[str, list[str]]:
    """The screen of a scene and its active bindings, as the running app has them."""
    async with driving(scene.make()) as driver:
        await scene.drive(driver)
        await driver.sees(scene.shows)
        active = driver.app.screen.active_bindings.values()
        rows = sorted(f"{one.binding.key} {one.binding.action}" for one in active)
        return type(driver.app.screen).__name__, rows


def _active() -> str:
    """Each screen with its active bindings; each scene in a loop of its own."""
    found: dict[str, list[str]] = {}
    for scene in map(SCENES.__getitem__, LOOKED_AT):
        name, rows = asyncio.run(_bound(scene))
        assert found.setdefault(name, rows) == rows, f"the keys of {name} depend on its state"
    return "\n".join("\n    ".join([name, *found[name]]) + "\n" for name in sorted(found))


@pytest.mark.snapshot
def test_the_keys_of_every_screen_are_those_that_were_reviewed() -> None:
    """No screen has a key that is not on the reviewed list, whether ours or the library's."""
    now = _active()
    if UPDATE:
        REVIEWED.write_text(now, "utf-8")
    assert now == REVIEWED.read_text("utf-8")
    every = {screen.__name__ for screen in ALL}
    assert {line for line in now.splitlines() if line and line[0] != " "} == every


@pytest.mark.parametrize("screen", ALL)
def test_every_key_has_an_action_and_one_meaning(screen: type[KioskScreen]) -> None:
    """Each row of a key table names a method of its screen, and no key is in two rows."""
    table = screen.table()
    for row in table:
        action = row.action.partition("(")[0]
        assert action.startswith("app.") or hasattr(screen, f"action_{action}"), row
    pressed = [key for row in table for key in row.keys]
    assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize("screen", ALL)
def test_no_key_is_one_that_consoles_disagree_about(screen: type[KioskScreen]) -> None:
    """No Alt, no Ctrl, nothing above F12, and Escape is never the only way."""
    for row in screen.table():
        assert not any(key.startswith(("alt+", "ctrl+")) for key in row.keys)
        assert not {f"f{number}" for number in range(13, 25)} & set(row.keys)
        assert row.keys != ("escape",)

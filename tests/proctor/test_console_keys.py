"""Every key that works on every screen of the console, against the list that was reviewed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from proctor.screens.asking import ChoiceScreen, ConfirmScreen, FormScreen, YesNoScreen
from proctor.screens.board import BoardScreen
from proctor.screens.candidate import CardScreen
from proctor.screens.incident import KindScreen
from proctor.screens.room import RoomScreen
from proctor.screens.stand import DeskScreen, KeysScreen
from proctor.screens.telling import CodeScreen, ErrorScreen, ListScreen, WordsScreen, WorkingScreen
from proctor.screens.way_in import DoorScreen
from tests.proctor.console_driving import driving
from tests.proctor.console_scenes import DOOR, RELEASE, SCENES, Scene, keys, working

REVIEWED = Path(__file__).parent / "reviewed_console_keys.txt"
UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"
LOOKED_AT = (
    *("unlock", "unlock-wrong", "carrier", "carrier-several", "start-codes", "board", "board-trouble"),
    *("candidate", "photo", "admission", "end-armed", "not-done", "incident-kind", "incident-group"),
    *("room", "balance", "help"),
)
ALL: tuple[type[DeskScreen], ...] = (
    BoardScreen,
    CardScreen,
    ChoiceScreen,
    CodeScreen,
    ConfirmScreen,
    DoorScreen,
    ErrorScreen,
    FormScreen,
    KeysScreen,
    KindScreen,
    ListScreen,
    RoomScreen,
    WordsScreen,
    WorkingScreen,
    YesNoScreen,
)


async def _bound(scene: Scene) -> tuple[str, list[str]]:
    async with driving(scene.make()) as driver:
        await scene.drive(driver)
        await driver.until(lambda: scene.shows in driver.text(), scene.shows)
        screen = driver.app.screen
        rows = sorted(f"{one.binding.key} {one.binding.action}" for one in screen.active_bindings.values())
        hold = getattr(driver.app.presenter, "hold", None)
        if hold is not None:
            hold.set()
        return type(screen).__name__, rows


@pytest.mark.snapshot
def test_the_keys_of_the_console_are_those_that_were_reviewed() -> None:
    """No screen has a key that is not on the reviewed list, whether ours or the library's."""
    found: dict[str, list[str]] = {}
    under_way = Scene(working, "Writing unlock files", keys(*DOOR, RELEASE))
    for scene in (*map(SCENES.__getitem__, LOOKED_AT), under_way):
        name, rows = asyncio.run(_bound(scene))
        assert found.setdefault(name, rows) == rows, f"the keys of {name} depend on its state"
    now = "\n".join("\n    ".join([name, *found[name]]) + "\n" for name in sorted(found))
    if UPDATE:
        REVIEWED.write_text(now, "utf-8")
    assert now == REVIEWED.read_text("utf-8")
    assert set(found) == {screen.__name__ for screen in ALL}


@pytest.mark.parametrize("screen", ALL)
def test_every_key_of_the_console_has_an_action_and_one_meaning(screen: type[DeskScreen]) -> None:
    """Each row of a key table names a method of its screen, and no key is in two rows."""
    table = screen.table()
    for row in table:
        action = row.action.partition("(")[0]
        assert action.startswith("app.") or hasattr(screen, f"action_{action}"), row
    pressed = [key for row in table for key in row.keys]
    assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize("screen", ALL)
def test_no_key_of_the_console_is_one_that_consoles_disagree_about(screen: type[DeskScreen]) -> None:
    """No Alt, no Ctrl, nothing above F12, and Escape is never the only way."""
    for row in screen.table():
        assert not any(key.startswith(("alt+", "ctrl+")) for key in row.keys)
        assert not {f"f{number}" for number in range(11, 25)} & set(row.keys)
        assert row.keys != ("escape",)


def test_work_under_way_says_what_is_done_and_takes_no_key() -> None:
    """While unlock files are written each kiosk is named; Enter and Escape change nothing."""

    async def act() -> None:
        console = working()
        async with driving(console) as driver:
            await keys(*DOOR, RELEASE)(driver)
            await driver.until(lambda: "(9 done)" in driver.text(), "nine steps")
            assert "kiosk-09" in driver.text()
            for key in ("enter", "escape", "f10"):
                driver.key(key)
            await asyncio.sleep(0.05)
            assert isinstance(driver.app.screen, WorkingScreen)
            assert console.hold is not None
            console.hold.set()
            console.hold = None
            await driver.sees("START CODE")

    asyncio.run(act())

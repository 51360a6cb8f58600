"""Every screen of the console worth a picture: how the room stands, and the keys to get there."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from keys.errors import WrongPassphraseError
from proctor.collect import Collection
from proctor.offers import Offer
from tests.proctor.console_driving import Driver
from tests.proctor.console_room import (
    Make,
    MemoryDesk,
    RoomConsole,
    busy,
    done,
    plan,
    quiet,
    record,
    refused,
)


def keys(*pressed: str) -> Callable[[Driver], Awaitable[None]]:
    """Press these keys; one that begins with `=` is text for a field, with Enter after it."""

    async def act(driver: Driver) -> None:
        for key in pressed:
            if key.startswith("=") and len(key) > 1:
                await driver.type(key[1:])
            else:
                await driver.press(key)

    return act


_nothing = keys()


@dataclass(frozen=True)
class Scene:
    """A picture: `make` gives the console, `drive` acts on the screen, `shows` must then be on it."""

    make: Make
    shows: str
    drive: Callable[[Driver], Awaitable[None]] = _nothing


def closed_door() -> RoomConsole:
    """A desk before anybody unlocked it, with one sitting on the carrier."""
    return RoomConsole(MemoryDesk(plan()), opened=False)


def _several() -> RoomConsole:
    console = closed_door()
    later = replace(console.offered[0], sitting="west-2026-12")
    problem = WrongPassphraseError(name="x").diagnostics()
    console.offered = (*console.offered, later, Offer("west-old", problem=problem))
    return console


def _brings() -> RoomConsole:
    console = busy()
    files = (refused("records/west-2026-11/strange.ekr"),)
    console.brings = Collection((record(2), record(4)), 2, files)
    return console


def working() -> RoomConsole:
    """A console whose unlock files are being written until it is let go."""
    console = closed_door()
    console.hold = threading.Event()
    return console


DOOR = ("=rivera", "=right")
RELEASE = "=ABCDEFGHJKM0"

SCENES: dict[str, Scene] = {
    "unlock": Scene(closed_door, "Who acts"),
    "unlock-wrong": Scene(closed_door, "passphrase-wrong", keys("=rivera", "=left")),
    "carrier": Scene(closed_door, "Type the release code", keys(*DOOR)),
    "carrier-wrong": Scene(closed_door, "code-wrong", keys(*DOOR, "=9BCDEFGHJKM0")),
    "carrier-several": Scene(_several, "Which sitting?", keys(*DOOR)),
    "start-codes": Scene(closed_door, "Start codes", keys(*DOOR, RELEASE)),
    "board": Scene(busy, "authorised", keys("down")),
    "board-trouble": Scene(busy, "trouble: 5", keys("f", "f", "f", "f")),
    "board-search": Scene(busy, "search “wol”: 1", keys("/", "=wol")),
    "candidate": Scene(busy, "Acts", keys("down", "enter")),
    "document": Scene(quiet, "Which document", keys("a")),
    "photo": Scene(quiet, "Does the photo", keys("a", "a")),
    "admission": Scene(quiet, "Read aloud", keys("a", "a", "y", "y")),
    "refuse": Scene(quiet, "Turn the candidate away", keys("enter", "x", "e", "=Left at once.")),
    "time": Scene(busy, "You alone may add", keys("down", "enter", "g")),
    "time-reason": Scene(busy, "Why?", keys("down", "enter", "g", "=15")),
    "second": Scene(busy, "A second proctor agrees", keys("down", "enter", "g", "=45", "a")),
    "time-code": Scene(busy, "Add 15 min", keys("down", "enter", "g", "=15", "b")),
    "resume": Scene(busy, "This desk has given it", keys("down", "enter", "r")),
    "resume-again": Scene(busy, "was given before", keys("down", "enter", "r", "backspace", "=2")),
    "move-kiosk": Scene(busy, "Move to which kiosk?", keys("down", "enter", "m", "a")),
    "move-code": Scene(busy, "Move-in code", keys("down", "enter", "m", "a", "a", "enter", "=70")),
    "end-armed": Scene(busy, "Press Enter to end", keys("down", "enter", "e", "a", "y")),
    "declare": Scene(quiet, "What happened", keys("enter", "d")),
    "not-done": Scene(quiet, "This was not done", keys("enter", "b", "a")),
    "incident-kind": Scene(busy, "A letter, then a number", keys("i", "a")),
    "incident-group": Scene(busy, "now the number", keys("i", "a", "k")),
    "incident": Scene(busy, "What happened", keys("i", "a", "k", "1")),
    "incidents": Scene(busy, "Whispered", keys("r", "l")),
    "room": Scene(busy, "The whole room", keys("r")),
    "room-pause": Scene(busy, "Press Y if you want", keys("r", "p", "a")),
    "room-code": Scene(busy, "every kiosk", keys("r", "p", "a", "y", "enter")),
    "collect": Scene(_brings, "What this carrier brought", keys("r", "c")),
    "balance-missing": Scene(busy, "NOT BALANCED", keys("r", "t")),
    "balance": Scene(done, "BALANCED", keys("r", "t")),
    "close": Scene(done, "It balances", keys("r", "x")),
    "bundle-second": Scene(done, "plug in another one", keys("r", "w", "y", "enter")),
    "preflight": Scene(busy, "Preflight", keys("r", "v")),
    "leave": Scene(busy, "Unlock the console again", keys("f10")),
    "help": Scene(busy, "open the candidate at the cursor", keys("f1")),
}

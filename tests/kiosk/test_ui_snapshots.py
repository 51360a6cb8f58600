"""Every screen as text in three sizes, and as a picture; `make snapshots` writes them again, to be looked at."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.kiosk.driving import driving
from tests.kiosk.item_scenes import ITEM_SCENES
from tests.kiosk.scenes import SCENES as OTHER_SCENES
from tests.pictures import compare, nothing_cut, picture

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests/snapshots/kiosk"
PICTURES = ROOT / "docs/img"
SCENES = OTHER_SCENES | ITEM_SCENES
SIZES = ((80, 24), (64, 22), (120, 40))
CONSOLE = set("─│┌┐└┘┼┬┴├┤") | set("áàäãåéèêíîñóòöõúüçßÆØ¿¡«»")
"""What the screens draw with beside ASCII: in every font of a Linux console."""
THEMED = (
    "check",
    "tutorial",
    "item",
    "review-sections",
    "hand-in",
    "proctor-refused",
    "paused-room",
    "finished",
)
"""The main screens, which are pictured in every theme."""
PICTURED = {
    *((name, SIZES[0], "dark") for name in SCENES),
    ("item", (64, 22), "dark"),
    ("item", (120, 40), "dark"),
    ("review", (120, 40), "dark"),
    *((name, SIZES[0], theme) for name in THEMED for theme in ("light", "high-contrast", "mono")),
}
RUNS = sorted(PICTURED | {(name, size, "dark") for name in SCENES for size in SIZES})

pytestmark = pytest.mark.snapshot


async def shot(name: str, size: tuple[int, int], theme: str = "dark") -> tuple[str, str]:
    """The scene as text and as SVG, without any address of the web but that of the SVG language itself."""
    scene = SCENES[name]
    async with driving(scene.make(), size, theme) as driver:
        await scene.drive(driver)
        text = await driver.sees(scene.shows)
        await driver.settled()
        text = driver.text()
        nothing_cut(driver.app)
        return text, picture(driver.app, "Exam Kiosk")


@pytest.mark.parametrize(("name", "size", "theme"), RUNS, ids=lambda part: str(part).replace(" ", ""))
def test_every_screen_is_as_it_was_reviewed(name: str, size: tuple[int, int], theme: str) -> None:
    """Characters and pictures are those that were looked at; they fit, need no special font and load nothing."""
    text, svg = asyncio.run(shot(name, size, theme))
    rows = text.splitlines()
    assert len(rows) <= size[1]
    assert all(len(row) <= size[0] for row in rows)
    assert {character for character in text if ord(character) > 126} <= CONSOLE
    compare(TEXTS / f"{name}-{size[0]}x{size[1]}.txt", text)
    if (name, size, theme) in PICTURED:
        wide = "" if size == SIZES[0] else f"-{size[0]}x{size[1]}"
        look = "" if theme == "dark" else f"-{theme}"
        compare(PICTURES / f"kiosk-{name}{wide}{look}.svg", svg)

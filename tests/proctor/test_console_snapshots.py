"""Every screen of the console as text in three sizes, and as a picture; `make snapshots` writes them again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.pictures import compare, nothing_cut, picture
from tests.proctor.console_driving import driving
from tests.proctor.console_scenes import SCENES

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests/snapshots/desk"
PICTURES = ROOT / "docs/img"
SIZES = ((80, 24), (64, 22), (120, 40))
CONSOLE = set("─│┌┐└┘┼┬┴├┤█") | set("áàäãåéèêíîñóòöõúüçßÆØ“”")
"""What the screens draw with beside ASCII: in every font of a Linux console."""
MONO = ("board", "admission", "candidate", "not-done")
PICTURED = {
    *((name, SIZES[0], "dark") for name in SCENES),
    *((name, SIZES[2], "dark") for name in ("board", "candidate", "admission", "room")),
    *((name, SIZES[0], "mono") for name in MONO),
}
RUNS = sorted(PICTURED | {(name, size, "dark") for name in SCENES for size in SIZES})

pytestmark = pytest.mark.snapshot


async def shot(name: str, size: tuple[int, int], theme: str) -> tuple[str, str]:
    """The scene as text and as SVG, without any address of the web but that of the SVG language itself."""
    scene = SCENES[name]
    async with driving(scene.make(), size, theme) as driver:
        await scene.drive(driver)
        await driver.sees(scene.shows)
        await driver.settled()
        text = driver.text()
        nothing_cut(driver.app)
        return text, picture(driver.app, "Exam Kiosk desk")


@pytest.mark.parametrize(("name", "size", "theme"), RUNS, ids=lambda part: str(part).replace(" ", ""))
def test_every_screen_of_the_console_is_as_it_was_reviewed(
    name: str, size: tuple[int, int], theme: str
) -> None:
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
        compare(PICTURES / f"desk-{name}{wide}{look}.svg", svg)

"""Every screen of the console as text in three sizes, and as a picture; `make snapshots` writes them again."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest

from terminal.widgets import Header, KeyBar, Lines
from tests.proctor.console_driving import Driver, driving
from tests.proctor.console_scenes import SCENES

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests/snapshots/desk"
PICTURES = ROOT / "docs/img"
UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"
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


def compare(path: Path, now: str) -> None:
    """Hold `now` against what is kept, or keep it."""
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8")
    kept = path.read_text("utf-8") if path.exists() else ""
    assert now == kept, f"{path.name} differs: look at it, then `make snapshots`"


async def shot(name: str, size: tuple[int, int], theme: str) -> tuple[str, str]:
    """The scene as text and as SVG, without any address of the web but that of the SVG language itself."""
    scene = SCENES[name]
    async with driving(scene.make(), size, theme) as driver:
        await scene.drive(driver)
        await driver.sees(scene.shows)
        await driver.settled()
        text = driver.text()
        _whole(driver)
        svg = driver.app.export_screenshot(title="Exam Kiosk desk")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return text, svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


def _whole(driver: Driver) -> None:
    """Nothing on the screen reaches under the key bar or out of its pane."""
    screen = driver.app.screen
    bar = screen.query_one(KeyBar)
    for widget in screen.query(Lines):
        if widget.display and widget is not bar and widget.region.height:
            assert widget.region.bottom <= bar.region.y, f"{widget} is cut at the bottom"
            assert widget.region.y >= (0 if isinstance(widget, Header) else 1), f"{widget} is cut at the top"


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
    assert set(re.findall(r"https?://[^\"' )]*", svg)) == {"http://www.w3.org/2000/svg"}
    compare(TEXTS / f"{name}-{size[0]}x{size[1]}.txt", text)
    if (name, size, theme) in PICTURED:
        wide = "" if size == SIZES[0] else f"-{size[0]}x{size[1]}"
        look = "" if theme == "dark" else f"-{theme}"
        compare(PICTURES / f"desk-{name}{wide}{look}.svg", svg)

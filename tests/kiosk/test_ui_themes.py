"""Every screen in every theme: the same characters as in the reviewed pictures, each cell in the same role."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from rich.style import Style

from terminal.theme import ANSI, DARK, HIGH_CONTRAST, LIGHT, MONO, Role, styles
from tests.kiosk.driving import Driver, driving
from tests.kiosk.item_scenes import ITEM_SCENES
from tests.kiosk.scenes import SCENES as OTHER_SCENES

SCENES = OTHER_SCENES | ITEM_SCENES
TELLS_THE_THEME = "comfort"
"""The screen whose text names the theme in use."""

Cell = tuple[str, Style | None]


def cells(driver: Driver) -> Iterator[Cell]:
    """Each piece of the screen in one style, in reading order, a character at a time."""
    screen = driver.app.screen
    for strip in screen._compositor.render_strips(screen.size):
        for segment in strip:
            yield from ((character, segment.style) for character in segment.text)


def look(style: Style | None) -> tuple[object, ...]:
    """What of a style is seen."""
    if style is None:
        return ()
    return (style.color, style.bgcolor, bool(style.bold), bool(style.underline), bool(style.reverse))


def roles(style: Style | None, palette: Mapping[Role, Style]) -> set[Role]:
    """The roles that look so in a palette."""
    return {role for role, one in palette.items() if look(one) == look(style)}


def compare(reviewed: list[Cell], themed: list[Cell], theme: str) -> None:
    """Hold a theme against the dark screen, cell by cell."""
    assert [character for character, _ in themed] == [character for character, _ in reviewed]
    dark, palette = styles(DARK), styles(theme)
    for (character, before), (_, now) in zip(reviewed, themed, strict=True):
        meant = roles(before, dark)
        assert meant or character == " ", f"{character!r} has no role: {before}"
        assert not meant or meant & roles(now, palette), f"{theme}: {character!r} of {meant} is {now}"


@pytest.mark.parametrize("name", sorted(set(SCENES) - {TELLS_THE_THEME}))
def test_a_screen_differs_by_its_palette_alone(name: str) -> None:
    """Changed on the spot, each theme shows what the dark one shows, with its own style for each role."""

    async def run() -> None:
        scene = SCENES[name]
        async with driving(scene.make()) as driver:
            await scene.drive(driver)
            await driver.sees(scene.shows)
            await driver.lacks("unsaved")
            await driver.settled()
            reviewed = list(cells(driver))
            for theme in (LIGHT, HIGH_CONTRAST, MONO, ANSI):
                driver.app.theme = theme
                await driver.settled()
                compare(reviewed, list(cells(driver)), theme)

    asyncio.run(run())

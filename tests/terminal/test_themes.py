"""The themes: every role drawn, readable, and never told by colour alone."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import Color, ColorType
from rich.style import Style

from terminal.theme import ANSI, DARK, HIGH_CONTRAST, LIGHT, MONO, PALETTES, Role, styles, theme_for

MARKED = (Role.STRONG, Role.CURSOR, Role.ALERT, Role.FIELD)


def luminance(color: Color | None) -> float:
    """Relative luminance, WCAG 2.2."""
    assert color
    assert color.triplet
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.triplet.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style) -> float:
    """Contrast ratio of a style's text on its background, WCAG 2.2."""
    darker, lighter = sorted((luminance(style.color), luminance(style.bgcolor)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_theme_draws_every_role(theme: str) -> None:
    """No role is missing, and each names both colours, so nothing shines through."""
    assert set(PALETTES[theme]) == set(Role)
    assert all(style.color and style.bgcolor for style in styles(theme).values())


@pytest.mark.parametrize(("theme", "least"), [(DARK, 4.5), (LIGHT, 4.5), (HIGH_CONTRAST, 7.0)])
def test_text_is_readable(theme: str, least: float) -> None:
    """Every role has at least the contrast WCAG asks for."""
    assert {
        role: round(contrast(style), 1) for role, style in styles(theme).items() if contrast(style) < least
    } == {}


def test_mono_has_no_colour() -> None:
    """Monochrome uses bold, underline and reverse only."""
    for style in styles(MONO).values():
        assert style.color
        assert style.bgcolor
        assert style.color.is_default
        assert style.bgcolor.is_default


def test_ansi_uses_the_sixteen_colours() -> None:
    """The console theme names no colour a console would have to guess, and neither dim nor strike-through."""
    for style in styles(ANSI).values():
        assert style.color
        assert style.bgcolor
        assert {style.color.type, style.bgcolor.type} == {ColorType.STANDARD}
        assert not style.dim
        assert not style.strike


@pytest.mark.parametrize("theme", PALETTES)
def test_what_must_be_seen_differs_by_more_than_colour(theme: str) -> None:
    """Chosen, under the cursor, alert and typed text are bold where running text is not."""
    table = styles(theme)
    assert not table[Role.TEXT].bold
    assert all(table[role].bold for role in MARKED)


@pytest.mark.parametrize("theme", PALETTES)
def test_the_cursor_is_seen(theme: str) -> None:
    """In every theme text, cursor and field differ from each other, and a key from the bar it stands in."""
    assert PALETTES[theme][Role.CHIP] != PALETTES[theme][Role.BAR]
    drawn = [PALETTES[theme][role] for role in (Role.TEXT, Role.CURSOR, Role.FIELD)]
    assert all(first != second for first, second in combinations(drawn, 2))


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "linux"}, ANSI),
        ({"TERM": "vt220"}, MONO),
        ({}, MONO),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, MONO),
        ({"TERM": "xterm-256color"}, DARK),
    ],
)
def test_the_terminal_chooses_the_theme(environment: dict[str, str], theme: str) -> None:
    """TERM and NO_COLOR decide."""
    assert theme_for(environment) == theme

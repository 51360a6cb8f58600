"""The five themes, each a table from what a piece of screen means to how it is drawn.

Widgets name a `Role`, never a colour. Nothing is told by colour alone: every state also has a mark in the text, so
`MONO` loses nothing. `ANSI` is for the Linux console, where muted colours and strike-through vanish.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cache

from rich.style import Style
from textual.theme import Theme


class Role(enum.StrEnum):
    """What a piece of screen means."""

    TEXT = "text"
    """Running text; also every blank cell."""
    STRONG = "strong"
    """What is chosen, or a heading."""
    MUTED = "muted"
    """Secondary text: hints, counts, what is struck out."""
    RULE = "rule"
    """Lines and their titles."""
    BAR = "bar"
    """Header and key bar."""
    BAR_STRONG = "bar-strong"
    """The part of a bar to look at first: who sits here, time left."""
    CHIP = "chip"
    """A key in the key bar."""
    CURSOR = "cursor"
    """The cell or row the arrows are on."""
    ALERT = "alert"
    """FLAGGED, NOT SAVED, the last minutes."""
    FIELD = "field"
    """What is typed."""
    HIGHLIGHT = "highlight"
    """What the candidate marked in a text, or what a search found: underlined on a background turned round."""


DARK, LIGHT, HIGH_CONTRAST, MONO, ANSI = "dark", "light", "high-contrast", "mono", "ansi"

PALETTES: Mapping[str, Mapping[Role, str]] = {
    DARK: {
        Role.TEXT: "#e0e0e0 on #121212",
        Role.STRONG: "bold #ffffff on #121212",
        Role.MUTED: "#a6a6a6 on #121212",
        Role.RULE: "#5fb0f5 on #121212",
        Role.BAR: "#e0e0e0 on #242f38",
        Role.BAR_STRONG: "bold #ffffff on #242f38",
        Role.CHIP: "bold #121212 on #e0e0e0",
        Role.CURSOR: "bold #121212 on #e0e0e0",
        Role.ALERT: "bold #ffc46b on #121212",
        Role.FIELD: "bold #ffffff on #303a44",
        Role.HIGHLIGHT: "underline #121212 on #f0d060",
    },
    LIGHT: {
        Role.TEXT: "#1a1a1a on #fafaf7",
        Role.STRONG: "bold #000000 on #fafaf7",
        Role.MUTED: "#525252 on #fafaf7",
        Role.RULE: "#004a8f on #fafaf7",
        Role.BAR: "#1a1a1a on #d5dce3",
        Role.BAR_STRONG: "bold #000000 on #d5dce3",
        Role.CHIP: "bold #ffffff on #26323d",
        Role.CURSOR: "bold #ffffff on #26323d",
        Role.ALERT: "bold #8a2f00 on #fafaf7",
        Role.FIELD: "bold #000000 on #e3e8ee",
        Role.HIGHLIGHT: "underline #ffffff on #5a4a00",
    },
    HIGH_CONTRAST: {
        Role.TEXT: "#ffffff on #000000",
        Role.STRONG: "bold #ffffff on #000000",
        Role.MUTED: "#ffffff on #000000",
        Role.RULE: "bold #00ffff on #000000",
        Role.BAR: "#000000 on #ffffff",
        Role.BAR_STRONG: "bold #000000 on #ffffff",
        Role.CHIP: "bold #ffff00 on #000000",
        Role.CURSOR: "bold #000000 on #ffff00",
        Role.ALERT: "bold #ffff00 on #000000",
        Role.FIELD: "bold underline #ffff00 on #000000",
        Role.HIGHLIGHT: "underline #000000 on #ffffff",
    },
    MONO: {
        Role.TEXT: "default on default",
        Role.STRONG: "bold default on default",
        Role.MUTED: "default on default",
        Role.RULE: "default on default",
        Role.BAR: "reverse default on default",
        Role.BAR_STRONG: "bold reverse default on default",
        Role.CHIP: "bold default on default",
        Role.CURSOR: "bold reverse default on default",
        Role.ALERT: "bold default on default",
        Role.FIELD: "bold underline default on default",
        Role.HIGHLIGHT: "underline reverse default on default",
    },
    ANSI: {
        Role.TEXT: "white on black",
        Role.STRONG: "bold bright_white on black",
        Role.MUTED: "white on black",
        Role.RULE: "cyan on black",
        Role.BAR: "black on white",
        Role.BAR_STRONG: "bold black on white",
        Role.CHIP: "bold bright_white on blue",
        Role.CURSOR: "bold bright_white on blue",
        Role.ALERT: "bold bright_yellow on black",
        Role.FIELD: "bold bright_white on black",
        Role.HIGHLIGHT: "underline black on white",
    },
}


@cache
def styles(theme: str) -> Mapping[Role, Style]:
    """Return the drawn style of every role in the theme of that name."""
    return {role: Style.parse(text) for role, text in PALETTES[theme].items()}


def textual_theme(theme: str) -> Theme:
    """Return the theme as Textual wants it, which only matters for what no widget of ours draws: the empty screen."""
    plain = styles(theme)[Role.TEXT]
    native = theme in {MONO, ANSI}
    named = {MONO: ("ansi_default", "ansi_default"), ANSI: ("ansi_white", "ansi_black")}
    front, back = (
        named[theme]
        if native
        else (plain.color.name if plain.color else "", plain.bgcolor.name if plain.bgcolor else "")
    )
    return Theme(
        name=theme,
        primary=front,
        foreground=front,
        background=back,
        surface=back,
        panel=back,
        dark=theme != LIGHT,
        ansi=native,
        variables={"ansi-foreground": front, "ansi-background": back} if native else {},
    )


def theme_for(environment: Mapping[str, str]) -> str:
    """Return the name of the theme that suits a terminal, from TERM and NO_COLOR of its environment."""
    term = environment.get("TERM", "")
    if term == "linux":
        return ANSI
    if "NO_COLOR" in environment or term.startswith("vt") or term in {"", "dumb"}:
        return MONO
    return DARK

"""The letters by which options are named and chosen, on drawn screens and in lines alike. Pure."""

from __future__ import annotations

CHOOSING = "ABCDEFGHIJKLM"
"""Letters that choose: up to the first one that is a command. What stands further down is chosen with the arrows."""
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letter(place: int) -> str:
    """The name of the option at this place, counted from 0; after Z come numbers."""
    return NAMES[place] if place < len(NAMES) else str(place + 1)

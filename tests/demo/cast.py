"""Who takes part: twelve candidates of invented names, their kiosks, and how each of them answers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SITE, SITTING, PROCTOR = "west", "west-practice-1", "rivera"
RESERVE = "reserve"


@dataclass(frozen=True)
class Player:
    """A candidate of the sample roster: number, name, kiosk, the chance to know an answer, items left blank."""

    number: str
    name: str
    kiosk: str
    knows: float
    blank: int = 0


_NAMES = (
    ("Ana Beltran", 0.86),
    ("Ben Okafor", 0.74),
    ("Chloe Marsh", 0.91),
    ("Dmitri Volkov", 0.58),
    ("Esther Nakamura", 0.80),
    ("Farid Haddad", 0.69),
    ("Grace Lindqvist", 0.95),
    ("Hector Ruiz", 0.62),
    ("Imani Coleman", 0.77),
    ("Jonas Petersen", 0.71),
    ("Keiko Tanaka", 0.88),
    ("Liam O'Hara", 0.49),
)

PLAYERS = tuple(
    Player(
        f"C-{1001 + place}",
        name,
        f"kiosk-{place + 1:02}",
        knows,
        blank=3 if place == 7 else 0,
    )
    for place, (name, knows) in enumerate(_NAMES)
)


def choices(
    player: Player, correct: Mapping[str, str], options: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """The option that a player picks for each item: the right one as often as they know, else another."""
    draw = random.Random(player.number)
    picked: dict[str, str] = {}
    for item, right in correct.items():
        wrong = [option for option in options[item] if option != right]
        picked[item] = right if draw.random() < player.knows else draw.choice(wrong)
    for item in draw.sample(sorted(correct), player.blank):
        del picked[item]
    return picked

"""Every screen of the candidate's program in the other languages: nothing left in English, nothing cut."""

from __future__ import annotations

import asyncio
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec
import pytest
from rich.cells import cell_len

from terminal import language
from terminal.widgets import KeyBar, Lines
from tests.kiosk.driving import Driver, driving
from tests.kiosk.scenes import SCENES
from tests.languages import catalogue
from tests.languages.catalogue import LANGUAGES

SMALLEST = (64, 22)
KEYS_SHOWN = 3


class ForeignDriver(Driver):
    """Drives scenes that wait for English words on a screen in another language: it waits for rest instead."""

    async def sees(self, *words: str) -> str:
        """Wait until the screen is at rest."""
        del words
        await self.settled()
        return self.text()


@dataclass(frozen=True, slots=True)
class Shot:
    """A scene as it was drawn: the words on it, what of them came from the session, and the bar of keys."""

    text: str
    said: tuple[str, ...]
    screen: str
    keys: tuple[str, ...]
    """Each key of the bar, label and word, as the bar would show it."""
    untold: tuple[str, ...]
    """The same in English."""
    cut: tuple[str, ...]

    @property
    def bar(self) -> str:
        """The last row."""
        return self.text.splitlines()[-1]

    @property
    def shown(self) -> int:
        """How many keys the bar shows before the first that it does not."""
        return next((place for place, key in enumerate(self.keys) if key not in self.bar), len(self.keys))


async def _shot(name: str, spoken: str) -> Shot:
    scene = SCENES[name]
    session = scene.make()
    session.preferences["language"] = spoken
    async with driving(session, SMALLEST) as known:
        driver = ForeignDriver(known.app, session) if spoken else known
        await scene.drive(driver)
        await driver.sees(scene.shows)
        await driver.settled()
        bar = driver.app.screen.query_one(KeyBar)
        named = [(key.label, key.bar) for key in bar._keys if key.bar]
        return Shot(
            driver.text(),
            tuple(_strings(msgspec.to_builtins(driver.app.link.view))),
            type(driver.app.screen).__name__,
            tuple(f" {language._(label)} {language._(word)}" for label, word in named),
            tuple(f" {label} {word}" for label, word in named),
            tuple(_cut(driver, bar)),
        )


def _strings(part: object) -> Iterator[str]:
    """Every text in a view, wherever it stands."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list | tuple):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _strings(inner)


def _cut(driver: Driver, bar: KeyBar) -> list[str]:
    """What reaches under the key bar or above the screen."""
    lines = [line for line in driver.app.screen.query(Lines) if line.display and line is not bar]
    return [str(line) for line in lines if line.region.bottom > bar.region.y or line.region.y < 0]


@cache
def shot(name: str, spoken: str) -> Shot:
    """The scene in a language; an empty one is English."""
    try:
        return asyncio.run(_shot(name, spoken))
    finally:
        language.use("")


@cache
def english(spoken: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each text of two words or more that a language says in other words, and how it looks on a screen."""
    found = []
    for message in catalogue.load(spoken):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        told = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for text, other in zip(ids, told, strict=False):
            parts = list(string.Formatter().parse(text))
            words = re.findall(r"[A-Za-z]{2,}", " ".join(before for before, *_field in parts))
            if len(words) > 1 and text != other:
                found.append((text, re.compile(_pattern(text))))
    return tuple(found)


def _pattern(text: str) -> str:
    """A text as it stands between other words: its fields are anything, any white space is one space."""
    pieces = []
    for before, name, *_rest in string.Formatter().parse(" ".join(text.split())):
        pieces += [re.escape(before), "[^|]{1,80}?" if name is not None else ""]
    return r"(?<!\w)" + "".join(pieces) + r"(?!\w)"


def flat(text: str) -> str:
    """The words of a screen in one line."""
    return " ".join(text.split())


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> str:
    """Each language besides English."""
    return str(request.param)


@pytest.mark.parametrize("name", SCENES)
def test_a_screen_is_whole_in_every_language(name: str, spoken: str) -> None:
    """The same screen with the same keys comes up; nothing on it is cut, and its first keys are on the bar."""
    known, other = shot(name, ""), shot(name, spoken)
    assert (other.screen, other.untold) == (known.screen, known.untold)
    assert not other.cut
    assert all(cell_len(row) <= SMALLEST[0] for row in other.text.splitlines())
    assert other.shown >= min(KEYS_SHOWN, known.shown), f"{other.bar!r} lacks {other.keys[other.shown]!r}"


@pytest.mark.parametrize("name", SCENES)
def test_a_screen_says_nothing_in_english(name: str, spoken: str) -> None:
    """Of the texts that have a translation none is shown as it was, unless the exam or the session says it."""
    other = shot(name, spoken)
    text, said = flat(other.text), flat(" ".join(other.said))
    own = text
    for words in sorted(map(flat, other.said), key=len, reverse=True):
        own = own.replace(words, "|") if " " in words else own
    left = [
        (sentence, match.group())
        for sentence, pattern in english(spoken)
        for match in pattern.finditer(own)
        if match.group() not in said
    ]
    assert not left, f"{left}\n{other.text}"
    assert text != flat(shot(name, "").text)

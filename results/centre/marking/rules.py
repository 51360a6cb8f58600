"""The rules of marking: who marks what, and what two or three marks come to. Pure.

Rules.
1. Two different markers mark each text, neither knowing whose it is, who the other is, or what the other gave.
2. Two marks that are at most `within` points apart count as their mean, in thousandths, half up.
3. Two marks that are further apart are adjudicated: a third marker, who is neither of the two and just as blind, marks
   the text, and that mark alone counts (expert judgment: Johnson, Penny & Gordon, 2000).
4. Texts are shared out by a seed: every pair of markers gets as many as any other, but for one.
5. A task's number is drawn from the seed: it says nothing of candidate, site, marker or order.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from keys.encoding import Digest, crockford
from keys.primitives import derive


class Role(enum.StrEnum):
    """What a marker is to a text."""

    MARKER = "marker"
    ADJUDICATOR = "adjudicator"


class Stage(enum.StrEnum):
    """How far the marking of a text is."""

    WAITING = "waiting for marks"
    DIFFERING = "to be adjudicated"
    ADJUDICATING = "with an adjudicator"
    FINAL = "final"


class Text(NamedTuple):
    """One attempt's answer to one item, by the digest of its words."""

    sitting: str
    candidate: str
    attempt: int
    item: str
    answer: Digest


@dataclass(frozen=True, slots=True)
class Task:
    """A text for one marker. `most` and `within` are thousandths; so is `points`, None until the mark is in."""

    task: str
    round: int
    role: Role
    marker: str
    text: Text
    record: Digest
    most: int
    within: int
    points: int | None = None


def stage(tasks: Sequence[Task]) -> tuple[Stage, int | None]:
    """How far one text is, given all its tasks, and its final mark in thousandths."""
    given = [one for one in tasks if one.role is Role.MARKER]
    marks = [one.points for one in given if one.points is not None]
    if len(marks) < 2:
        return Stage.WAITING, None
    if abs(marks[0] - marks[1]) <= given[0].within:
        return Stage.FINAL, (marks[0] + marks[1] + 1) // 2
    third = [one for one in tasks if one.role is Role.ADJUDICATOR]
    decided = next((one.points for one in third if one.points is not None), None)
    if decided is not None:
        return Stage.FINAL, decided
    return Stage.ADJUDICATING if third else Stage.DIFFERING, None


def by_text(tasks: Iterable[Task]) -> dict[Text, list[Task]]:
    """The tasks of each text."""
    found: dict[Text, list[Task]] = {}
    for one in tasks:
        found.setdefault(one.text, []).append(one)
    return found


def share_out(texts: Iterable[Text], markers: Sequence[str], seed: bytes) -> list[tuple[Text, str]]:
    """Each text with each of its two markers. `markers` are two or more."""
    pairs = sorted(combinations(sorted(markers), 2), key=lambda pair: derive(seed, "pair", *_bytes(pair)))
    drawn = sorted(texts, key=lambda text: derive(seed, "text", *_bytes(text)))
    return [(text, marker) for at, text in enumerate(drawn) for marker in pairs[at % len(pairs)]]


def third_markers(
    differing: Mapping[Text, Sequence[Task]], markers: Sequence[str], seed: bytes
) -> tuple[list[tuple[Text, str]], list[Text]]:
    """Each text with its adjudicator, work being shared evenly; and those for which nobody is left."""
    given: list[tuple[Text, str]] = []
    nobody: list[Text] = []
    load = dict.fromkeys(sorted(markers), 0)
    for text in sorted(differing, key=lambda text: derive(seed, "text", *_bytes(text))):
        had = {one.marker.casefold() for one in differing[text]}
        free = [marker for marker in load if marker.casefold() not in had]
        if not free:
            nobody.append(text)
            continue
        chosen = min(free, key=lambda marker: (load[marker], derive(seed, "pair", *_bytes((marker, *text)))))
        load[chosen] += 1
        given.append((text, chosen))
    return given, nobody


def task_number(text: Text, marker: str, seed: bytes) -> str:
    """60 drawn bits in 12 letters."""
    drawn = derive(seed, "task", *_bytes((marker, *text)))
    return crockford(int.from_bytes(drawn[:8], "big") >> 4, 12)


def _bytes(words: Iterable[object]) -> tuple[bytes, ...]:
    return tuple(str(word).encode() for word in words)

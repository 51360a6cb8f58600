"""The words of the drawn screens that are computed: counts, numbers, places, problems. Pure."""

from __future__ import annotations

from kiosk.protocol import Problem, View
from kiosk.widgets.grid import is_answered, is_flagged
from kiosk.words import clock
from terminal.theme import Role
from terminal.widgets import Span


def answered(marks: str) -> int:
    """How many questions are answered."""
    return sum(map(is_answered, marks))


def flagged(marks: str) -> int:
    """How many questions are flagged."""
    return sum(map(is_flagged, marks))


def numbers(marks: str, wanted: str, room: int) -> str:
    """The numbers of the questions whose mark is in `wanted`: as many as fit `room` cells, and how many more."""
    every = [str(place + 1) for place, mark in enumerate(marks) if mark in wanted]
    for shown in range(len(every), 0, -1):
        more = f" and {len(every) - shown} more" if shown < len(every) else ""
        said = ", ".join(every[:shown]) + more
        if len(said) <= room:
            return said
    return ""


def problem_words(problem: Problem | None, support: str, wait: int = 0) -> list[Span]:
    """A problem as its sentence, the next step, the wait still to go (ms) and its code with whom to call."""
    if problem is None:
        return []
    words: list[Span] = [("! " + problem.what, Role.ALERT), (problem.next_step, Role.TEXT)]
    if wait > 0:
        words.append((f"You can try again in {clock(wait)}.", Role.STRONG))
    words.append((f"Error {problem.code}" + (f"   Support: {support}" if support else ""), Role.MUTED))
    return words


def place_words(view: View, *, short: bool) -> str:
    """Which question this is, of how many."""
    if view.question is None:
        return ""
    place = f"{view.question.index + 1} of {len(view.marks)}"
    return place if short else f"Question {place}"

"""The words on the candidate's screens that are computed: time left, warnings, counts, outcomes, problems. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from kiosk.protocol import Ending, Problem, View
from kiosk.widgets.grid import is_answered, is_flagged
from terminal.theme import Role
from terminal.widgets import Span

MINUTE = 60_000
WARNINGS = (30, 10, 5, 1)
"""Minutes left at which a line says so."""
WARNED_FOR = 30_000
"""How long such a line stays, ms of exam time; the last one stays to the end."""
ALWAYS_SHOWN = 5 * MINUTE
"""In the last minutes the time left cannot be hidden."""


def clock(ms: int) -> str:
    """A time as `2:29:58`; the second that has begun counts whole."""
    seconds = -(-max(0, ms) // 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def spoken(ms: int) -> str:
    """A length of time in words: `4 minutes 12 seconds`."""
    seconds = max(0, ms) // 1000
    parts = ((seconds // 3600, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second"))
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said) or "less than a second"


def time_left(remaining: int, *, hidden: bool) -> str:
    """What the box at the top right says."""
    if hidden and remaining > ALWAYS_SHOWN:
        return "Time hidden"
    return f"{clock(remaining)} left"


def warning(remaining: int, limit: int) -> str:
    """The line about the time that is due now, or nothing. It depends on the time alone: a restart changes nothing."""
    for minutes in WARNINGS:
        mark = minutes * MINUTE
        stays = mark if minutes == WARNINGS[-1] else WARNED_FOR
        if mark < limit and mark - stays < remaining <= mark:
            return "Less than 1 minute left" if minutes == 1 else f"{minutes} minutes left"
    return ""


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


OUTCOMES = {
    "completed": ("You have handed in.", "Your answers are sealed for the exam centre."),
    "timed out": ("Your time is up.", "Your answers were handed in as they were saved."),
    "declined terms": ("You have declined the terms.", "The sitting has ended. No question was shown."),
    "unfinished": ("The sitting was ended.", "What you had saved is kept and sealed for the exam centre."),
}


def outcome_words(ending: Ending) -> tuple[str, str]:
    """How it ended, in two sentences."""
    return OUTCOMES.get(ending.outcome, ("The sitting has ended.", f"Outcome: {ending.outcome}."))


def moment(wall: int) -> str:
    """A wall time (ms) as date and time where this machine stands."""
    return datetime.fromtimestamp(wall / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()


def place_words(view: View, *, short: bool) -> str:
    """Which question this is, of how many."""
    if view.question is None:
        return ""
    place = f"{view.question.index + 1} of {len(view.marks)}"
    return place if short else f"Question {place}"

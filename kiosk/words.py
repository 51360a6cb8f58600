"""Words that are computed, for drawn screens and plain lines alike: times, warnings, pauses, outcomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kiosk.protocol import Ending, Rest
from results.wire.events import PauseKind
from terminal.language import N_, _, plural

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
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = (
        (hours, plural("{n} hour", "{n} hours", hours)),
        (minutes, plural("{n} minute", "{n} minutes", minutes)),
        (rest, plural("{n} second", "{n} seconds", rest)),
    )
    said = [words.format(n=number) for number, words in parts if number]
    return " ".join(said) or _("less than a second")


def time_left(remaining: int, *, hidden: bool) -> str:
    """What the box at the top right says."""
    if hidden and remaining > ALWAYS_SHOWN:
        return _("Time hidden")
    return _("{time} left").format(time=clock(remaining))


def warning(remaining: int, limit: int) -> str:
    """The line about the time that is due now, or nothing. It depends on the time alone: a restart changes nothing."""
    for minutes in WARNINGS:
        mark = minutes * MINUTE
        stays = mark if minutes == WARNINGS[-1] else WARNED_FOR
        if mark < limit and mark - stays < remaining <= mark:
            return _("Less than 1 minute left") if minutes == 1 else _("{n} minutes left").format(n=minutes)
    return ""


OUTCOMES = {
    "completed": (N_("You have handed in."), N_("Your answers are sealed for the exam centre.")),
    "timed out": (N_("Your time is up."), N_("Your answers were handed in as they were saved.")),
    "declined terms": (
        N_("You have declined the terms."),
        N_("The sitting has ended. No question was shown."),
    ),
    "ended by proctor": (
        N_("The proctor has ended your sitting."),
        N_("Your answers are sealed for the exam centre as they were saved."),
    ),
    "voided": (
        N_("The proctor has declared this sitting void."),
        N_("What was saved is sealed for the exam centre, which decides what becomes of it."),
    ),
    "unfinished": (
        N_("The sitting was ended."),
        N_("What you had saved is kept and sealed for the exam centre."),
    ),
}


def outcome_words(ending: Ending) -> tuple[str, str]:
    """How it ended, in two sentences."""
    first, second = OUTCOMES.get(ending.outcome, ("", ""))
    if first:
        return _(first), _(second)
    return _("The sitting has ended."), _("Outcome: {outcome}.").format(outcome=ending.outcome)


PAUSES = {
    PauseKind.SCHEDULED: N_("This is the break between two parts of the exam."),
    PauseKind.UNSCHEDULED: N_("You are taking a break."),
    PauseKind.ROOM: N_("The exam is paused for the whole room."),
    PauseKind.HOLD: N_("The time for this step is over. Raise your hand: the proctor will help you."),
}


def pause_words(rest: Rest) -> Iterator[str]:
    """What a pause is, what the test clock does in it, and how it ends."""
    yield _(PAUSES.get(PauseKind(rest.kind), ""))
    if rest.kind != PauseKind.HOLD:
        runs = rest.clock == "runs" or (rest.length > 0 and rest.remaining == 0)
        yield _("The test clock runs on.") if runs else _("The test clock stands still.")
    if rest.remaining:
        yield _("{time} left of the break.").format(time=spoken(rest.remaining))
    yield _("Only the proctor can end this pause.")


def moment(wall: int) -> str:
    """A wall time (ms) as date and time where this machine stands."""
    return datetime.fromtimestamp(wall / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()

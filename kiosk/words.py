"""Words that are computed, for drawn screens and plain lines alike: times, warnings, pauses, outcomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kiosk.protocol import Ending, Limit, Rest, View
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


SCOPES = {"part": N_("Part {time}"), "section": N_("Section {time}")}


def times_left(remaining: int, inner: Limit | None, inner_left: int, *, hidden: bool) -> str:
    """What the box says where a part or section has a limit too: its time, then the test's."""
    if inner is None:
        return time_left(remaining, hidden=hidden)
    both = ((SCOPES[inner.scope], inner_left), (N_("Test {time}"), remaining))
    shown = [_(words).format(time=clock(left)) for words, left in both if not hidden or left <= ALWAYS_SHOWN]
    return "  ".join(shown) or _("Time hidden")


def due(remaining: int, limit: int) -> int:
    """The mark, in minutes, of the warning that is due with so much left of a limit (ms); 0 where none is."""
    return min((mark for mark in WARNINGS if 0 < remaining <= mark * MINUTE < limit), default=0)


def warning_words(mark: int, remaining: int) -> str:
    """The line about the time; it names the mark, as exactly as it is true."""
    if mark in {0, 1}:
        return _("Less than 1 minute left") if mark else ""
    exact = remaining > mark * MINUTE - WARNED_FOR
    return (_("{n} minutes left") if exact else _("Less than {n} minutes left")).format(n=mark)


def warning(remaining: int, limit: int) -> str:
    """The line about the time that is due now, for half a minute; it depends on the time alone."""
    mark = due(remaining, limit)
    return warning_words(mark, remaining) if mark == 1 or remaining > mark * MINUTE - WARNED_FOR else ""


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
    "scheduled": N_("This is the break between two parts of the exam."),
    "unscheduled": N_("You are taking a break."),
    "room": N_("The exam is paused for the whole room."),
    "hold": N_("The time for this step is over. Raise your hand: the proctor will help you."),
}


def pause_words(rest: Rest) -> Iterator[str]:
    """What a pause is, what the test clock does in it, and how it ends."""
    yield _(PAUSES.get(rest.kind, ""))
    yield clock_rule(rest, rest.remaining)
    if rest.remaining:
        yield _("{time} left of the break.").format(time=spoken(rest.remaining))
    yield _("Only the proctor can end this pause.")


def clock_rule(rest: Rest, left: int) -> str:
    """What the test clock does in a pause of whose length `left` ms are left."""
    if rest.kind == "hold":
        return _("The test clock has not started.")
    if rest.clock != "stops":
        return _("The test clock runs during this break.")
    if not rest.length:
        return _("The test clock stands still.")
    if left > 0:
        return _("The test clock stands still until the time of the break is over.")
    return _("The time of the break is over: the test clock runs again.")


CLOSES = {"i": "item", "s": "section", "p": "part"}


def closes(view: View, there: int) -> str:
    """What going to this place closes for good: "item", "section", "part", or nothing ("")."""
    return CLOSES.get(view.leaving[there : there + 1], "") if there >= 0 else ""


def not_open(view: View) -> frozenset[int]:
    """The places of the questions that may not be shown yet: no closed one, and none that may be shown now."""
    return frozenset(
        place
        for place, (mark, leaving) in enumerate(zip(view.marks, view.leaving, strict=False))
        if leaving == "x" and mark not in "+,"
    )


def moment(wall: int) -> str:
    """A wall time (ms) as date and time where this machine stands."""
    return datetime.fromtimestamp(wall / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()

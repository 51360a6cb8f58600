"""Time left on the test clock, with accommodations, over stops and wrong clocks. Pure: every moment is an argument.

Rules.
1. The limit is the form's, plus the plan's percent of it, plus the plan's minutes. A form without a limit gets a day.
   The limit of a part or section gets the percent alone.
2. The test clock runs on boottime from its last anchor and stands still at the limit. The wall clock never moves it. An
   anchor may stand, or lie ahead: then the clock stands until that moment.
3. A wall clock that moved more than 2 s against boottime has jumped; that is written down and changes nothing else.
4. After a stop the test clock stands where the last event or heartbeat left it. What was lost since then is measured:
   by boottime within one boot, else by the wall clock, and never below zero.
   A stop that began while the clock stood costs nothing.
5. The proctor gives the lost time back (nothing is added to the clock) or charges it. A charge within one boot is
   exact. Across boots only the wall clock knows, so the charge leaves at least five minutes of every limit in force, or
   all that was left if less: a wrong clock cannot end a test or a section at its resume. The record holds what was
   measured and what was charged.
"""

from __future__ import annotations

from dataclasses import dataclass

from exam_packages.sitting_plan import Accommodations
from keys.clock import Stamp
from results.wire.events import ResumeCause

MINUTE = 60_000
HEARTBEAT = 15_000
"""Milliseconds between two durable heartbeats: the most that a stop can leave unmeasured."""
JUMP = 2_000
"""Milliseconds that the wall clock may drift from boottime before it counts as a jump."""
NO_LIMIT = 24 * 60 * MINUTE
LEFT_AFTER_CHARGE = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment at which the test clock's reading is known: `elapsed` ms at `boot` ms of boottime.

    Until then, and after it if it `stands`, the clock does not move.
    """

    elapsed: int
    boot: int
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """A stop as far as it can be told: what stopped, and how many ms of exam time it cost."""

    cause: ResumeCause
    lost: int


def limit(form_limit: int, granted: Accommodations) -> int:
    """The candidate's limit in ms (rule 1)."""
    base = form_limit or NO_LIMIT
    return base + base * granted.extra_percent // 100 + granted.extra_minutes * MINUTE


def scope_limit(form_limit: int, granted: Accommodations) -> int:
    """The candidate's limit of a part or section in ms (rule 1)."""
    return form_limit + form_limit * granted.extra_percent // 100


def elapsed(anchor: Anchor, test_limit: int, now: Stamp) -> int:
    """The test clock's reading in ms (rule 2)."""
    moved = 0 if anchor.stands else max(0, now.boot - anchor.boot)
    return min(test_limit, anchor.elapsed + moved)


def since(before: Stamp, now: Stamp) -> int:
    """Milliseconds from one moment to another: by boottime within one boot, else by the wall clock; never below 0."""
    same_boot = before.boot_id == now.boot_id
    return max(0, now.boot - before.boot if same_boot else now.wall - before.wall)


def offset(at: Stamp) -> int:
    """How far the wall clock is ahead of boottime, in ms; constant while nobody sets the clock."""
    return at.wall - at.boot


def jumped(known_offset: int, now: Stamp) -> int:
    """By how many ms the wall clock has jumped since `known_offset`, or 0 (rule 3)."""
    by = offset(now) - known_offset
    return by if abs(by) > JUMP else 0


def outage(last: Stamp, now: Stamp, *, running: bool, asleep: bool = False) -> Outage:
    """What a stop since `last` has cost; nothing where the test clock was not `running` (rule 4).

    `asleep` says that the machine was suspended and woke up again.
    """
    same_boot = last.boot_id == now.boot_id
    stayed_on = ResumeCause.ASLEEP if asleep else ResumeCause.PROGRAM
    return Outage(stayed_on if same_boot else ResumeCause.MACHINE, since(last, now) if running else 0)


def charged(stood_at: int, test_limit: int, stop: Outage, inner_end: int | None = None) -> int:
    """The test clock's reading once a stop was charged to the candidate (rule 5).

    `inner_end` is the reading at which the tightest part or section in force ends.
    """
    left = max(0, test_limit - stood_at)
    if stop.cause is not ResumeCause.MACHINE:
        return stood_at + min(stop.lost, left)
    tightest = left if inner_end is None else max(0, min(left, inner_end - stood_at))
    return stood_at + min(stop.lost, max(0, tightest - LEFT_AFTER_CHARGE))

"""What was done to a session by typed codes and pauses, in a few words each, for the sitting report. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exam_packages.form import BreakClock
from keys.clock import utc
from keys.encoding import Instant, grouped
from keys.text import sanitise
from results.centre.facts import Act
from results.wire import events as e
from results.wire.acts import asked
from results.wire.events import PauseKind

TOLD = 40
"""How many acts are told of one session; the journal has them all."""

_PAUSES = {
    PauseKind.SCHEDULED: "scheduled break",
    PauseKind.UNSCHEDULED: "unscheduled break",
    PauseKind.ROOM: "pause of the room",
    PauseKind.HOLD: "held before the test",
}
_CLOCKS = {BreakClock.RUNS: "the clock ran", BreakClock.STOPS: "the clock stood"}


def told(acts: Sequence[Act]) -> tuple[str, ...]:
    """One phrase an act, each with its time of day (UTC); a pause is told once, where it ended."""
    phrases: list[str] = []
    pause: Act | None = None
    for act in acts:
        if isinstance(act.event, e.PauseBegan):
            pause = act
            continue
        if isinstance(act.event, e.PauseEnded):
            phrases.append(_pause(act.at, act.event, pause))
            pause = None
        else:
            phrases.append(f"{_time(act.at)} {_act(act.event)}")
    if pause is not None and isinstance(pause.event, e.PauseBegan):
        phrases.append(f"{_time(pause.at)} {_PAUSES[pause.event.kind]}, not ended")
    more = len(phrases) - TOLD
    return (*phrases[:TOLD], f"and {more} more acts") if more > 0 else tuple(phrases)


def _pause(at: Instant, ended: e.PauseEnded, began: Act | None) -> str:
    phrase = f"{_PAUSES[ended.kind]} of {_minutes(ended.lasted)}"
    if began is None or not isinstance(began.event, e.PauseBegan):
        return f"{_time(at)} {phrase}"
    return f"{_time(began.at)}-{_time(at)} {phrase}, {_CLOCKS[began.event.clock]}"


def _act(event: e.CandidateMovedIn | e.ActionRedeemed | e.RoomCodeRedeemed | e.TimeChanged) -> str:
    match event:
        case e.CandidateMovedIn():
            checkpoint = grouped(sanitise(event.checkpoint, limit=20))
            return f"moved in with {event.minutes} minutes left, from checkpoint {checkpoint}"
        case e.ActionRedeemed():
            return f"code {event.serial}: {asked(event.verb)}"
        case e.RoomCodeRedeemed():
            return f"room code {event.serial}: {asked(event.verb)}"
        case e.TimeChanged():
            who = "two persons" if event.two_person else "one person"
            return f"time changed from {_minutes(event.before)} to {_minutes(event.after)} by {who}"


def _time(at: Instant) -> str:
    return utc(at)[11:16]


def _minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1_000 % 60:02} min"

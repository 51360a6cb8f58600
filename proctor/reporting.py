"""Incidents: what went wrong, of which kind, for whom and since when. Pure. Rules.

1. An incident has a category of the list, any candidates of the roster (even one who never came) or the room, and when
   it began; `O1` needs words.
2. New ones are numbered from 1. One that is written anew keeps its number; every wording stays in the journal.
"""

from __future__ import annotations

from keys.clock import Stamp, utc
from keys.errors import ExamKioskError
from proctor.choosing import check_text
from proctor.commands import ReportIncident
from proctor.state import State
from results.wire import sitting_events as e
from results.wire.incidents import OTHER, category

TEXT, SHORT = 4_000, 400
"""The most characters of the account, and of witnesses and follow-up."""


class CategoryUnknownError(ExamKioskError):
    """A category that is not on the list."""

    code = "incident-category-unknown"
    what = "“{category}” is not a kind of incident."
    next_step = "Choose one of the list, such as K1; O1 is anything else."


class IncidentUnknownError(ExamKioskError):
    """An incident that is not there."""

    code = "incident-unknown"
    what = "There is no incident number {incident}."
    next_step = "Choose one of the list, or write a new one."


class IncidentTimeError(ExamKioskError):
    """An incident that is said to begin in the future, or before all time."""

    code = "incident-time-wrong"
    what = "An incident cannot have begun at {began}; the desk's clock says {now}."
    next_step = "Enter when it began, or leave it as it was proposed."


def report(state: State, command: ReportIncident, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """Write down an incident; a wording that stands already leaves no event. Raises the errors of this file."""
    kind = category(command.category)
    if kind is None:
        raise CategoryUnknownError(category=command.category[:40])
    if command.incident and command.incident not in state.incidents:
        raise IncidentUnknownError(incident=command.incident)
    candidates = tuple(sorted({state.entry(number).candidate for number in command.candidates}))
    if not 0 < command.began <= now.wall:
        raise IncidentTimeError(began=utc(command.began), now=utc(now.wall))
    check_text(command.text, TEXT, needed=kind.code == OTHER)
    check_text(command.witnesses, SHORT)
    check_text(command.follow_up, SHORT)
    incident = command.incident or max(state.incidents, default=0) + 1
    reported = e.IncidentReported(
        incident,
        kind.code,
        candidates,
        command.began,
        command.text,
        command.witnesses,
        command.follow_up,
        command.proctor,
    )
    before = state.incidents.get(incident)
    return () if before is not None and before.event == reported else (reported,)

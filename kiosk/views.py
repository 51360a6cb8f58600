"""What the screen is told: a `View` made of the session's state and the sitting's documents.

Rules.
1. In a pause, and wherever the store is not open, a view holds nothing of the exam: no question, mark, answer or note.
2. Words that are made here are in the language in use; texts of the exam and of the plan come as they are.
"""

from __future__ import annotations

import msgspec

from exam_packages.form import BreakClock, Front, Instruments
from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.clock import Stamp
from keys.codes import checkpoint_code
from keys.errors import ExamKioskError
from keys.identities import Identity
from keys.text import sanitise
from kiosk import showing
from kiosk.protocol import Limit, Phase, Problem, Rest, Tick, View
from kiosk.seating import Seated
from kiosk.state import (
    State,
    breaks_left,
    inner_limit,
    leaving,
    note,
    phase,
    remaining,
    rest_remaining,
    stage_remaining,
    starting_limit,
)
from terminal.language import N_, _

NAME = 80
WITH_ANSWERS = N_("You go on where you were: your answers and marks from the other kiosk are here.")
WITHOUT_ANSWERS = N_(
    "Your answers from the other kiosk are kept there and count; they are not shown here. "
    "You need not give them again."
)


def problem(error: ExamKioskError) -> Problem:
    """An error in words of the language in use; `wait` ms where another try must wait."""
    told = error.diagnostics(_)
    wait = error.values.get("wait", 0)
    return Problem(told.code, told.what, told.next_step, wait if isinstance(wait, int) else 0)


def preferences(state: State, entry: RosterEntry | None) -> dict[str, str]:
    """How the screen is to be: what the plan says, and over it what the candidate chose."""
    planned = {"language": entry.language, "theme": entry.accommodations.theme} if entry else {}
    return {name: value for name, value in planned.items() if value} | dict(state.record.preferences)


def plain(
    kiosk: Identity, due: Phase, trouble: Problem | None, plan: SittingPlan | None, preferred: dict[str, str]
) -> View:
    """A view without an open session; with the plan's words where it is known."""
    known = View(due, kiosk=kiosk.name, site=kiosk.site, problem=trouble, preferences=preferred)
    if plan is None:
        return known
    support = sanitise(plan.policies.support_contact, limit=NAME)
    return msgspec.structs.replace(known, sitting=plan.sitting, support=support)


def opened(
    known: View, seated: Seated, state: State, entry: RosterEntry | None, now: Stamp, *, answers: bool = False
) -> View:
    """The view of an open session; with the list of all `answers` if they were asked for."""
    head = seated.store.head
    checkpoint = checkpoint_code(seated.codes, state.record.session, head.digest, head.count)
    return msgspec.structs.replace(
        known,
        title=seated.front.title,
        notice=seated.front.notice,
        candidate=sanitise(entry.candidate, limit=NAME) if entry else "",
        name=sanitise(entry.name, limit=NAME) if entry else "",
        saved=head.count,
        checkpoint=checkpoint,
        disk_low=seated.store.tight,
        stage=stage_remaining(state, now),
        moved=_moved(state),
        **of_phase(state, seated.front, now, answers=answers),
    )


def _moved(state: State) -> str:
    """What is said to one who was moved in, on their way to the test."""
    record = state.record
    if not record.moved_from or record.started:
        return ""
    return _(WITH_ANSWERS) if record.carried else _(WITHOUT_ANSWERS)


def tick(state: State, now: Stamp) -> Tick | None:
    """The times on the screen, where the phase has any."""
    due, stage = phase(state), stage_remaining(state, now)
    if due is Phase.TESTING:
        inner = inner_limit(state, now)
        return Tick(remaining(state, now), inner=inner.remaining if inner else 0)
    if due is Phase.PAUSED:
        return Tick(remaining(state, now), rest=rest_remaining(state, now))
    return Tick(0, stage=stage) if stage else None


def of_phase(state: State, front: Front, now: Stamp, *, answers: bool) -> dict[str, object]:
    """The fields of a `View` that only the phase of `state` has."""
    match phase(state):
        case Phase.AGREEMENT:
            place, count = len(state.record.accepted), len(front.agreements)
            told = _("{place} of {count}").format(place=place + 1, count=count)
            return {"agreement": front.agreements[place], "agreement_place": told}
        case Phase.INSTRUCTIONS:
            limit = starting_limit(state, front.time_limit)
            marks = "." * front.item_count
            return {"instructions": front.instructions, "marks": marks, "limit": limit, "remaining": limit}
        case Phase.TESTING:
            return _testing(state, now) | {"answers": showing.answers(state) if answers else ()}
        case Phase.PAUSED:
            times = {"limit": state.record.limit, "remaining": remaining(state, now)}
            return times | {"rest": _rest(state, now)}
        case _:
            return {}


def _testing(state: State, now: Stamp) -> dict[str, object]:
    inner, layout = inner_limit(state, now), state.layout
    left = breaks_left(state)
    return {
        "question": showing.question(state),
        "marks": showing.marks(state),
        "leaving": leaving(state),
        "limit": state.record.limit,
        "remaining": remaining(state, now),
        "inner": Limit(inner.scope, inner.title, inner.remaining, inner.limit) if inner else None,
        "instruments": layout.instruments if layout else Instruments(),
        "scratchpad": note(state, ""),
        "tape": state.record.calculations,
        "breaks": left,
        "break_clock": _break_clock(state) if left else "",
        "sections": showing.sections(layout) if layout else (),
    }


def _break_clock(state: State) -> str:
    """What the clock does in the next break of the candidate's choice: those that the plan grants come first."""
    granted = state.record.breaks < state.terms.granted.extra_breaks
    return BreakClock.STOPS if granted or state.layout is None else state.layout.break_clock


def _rest(state: State, now: Stamp) -> Rest | None:
    pause = state.record.pause
    return Rest(pause.kind, pause.clock, pause.length, rest_remaining(state, now)) if pause else None

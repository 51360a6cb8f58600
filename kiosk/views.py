"""What the screen is told: a `View` made of the session's state and the sitting's documents."""

from __future__ import annotations

import msgspec

from exam_packages.form import Front
from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.clock import Stamp
from keys.codes import checkpoint_code
from keys.errors import ExamKioskError
from keys.identities import Identity
from keys.text import sanitise
from kiosk import session, timing
from kiosk.protocol import Phase, Problem, Question, View
from kiosk.seating import Seated
from kiosk.session import State
from results.wire.events import ResumeCause

NAME = 80
CAUSES = {
    ResumeCause.PROGRAM: "The exam program stopped; the machine stayed on.",
    ResumeCause.MACHINE: "The machine lost power or was started again.",
}
MARKS = {(False, False): ".", (True, False): "*", (False, True): "f", (True, True): "F"}


def problem(error: ExamKioskError) -> Problem:
    """An error in words; `wait` ms where another try must wait."""
    told = error.diagnostics()
    wait = error.values.get("wait", 0)
    return Problem(told.code, told.what, told.next_step, wait if isinstance(wait, int) else 0)


def plain(kiosk: Identity, phase: Phase, trouble: Problem | None, plan: SittingPlan | None) -> View:
    """A view without an open session; with the plan's words where it is known."""
    known = View(phase, kiosk=kiosk.name, site=kiosk.site, problem=trouble)
    if plan is None:
        return known
    support = sanitise(plan.policies.support_contact, limit=NAME)
    return msgspec.structs.replace(known, sitting=plan.sitting, support=support)


def opened(known: View, seated: Seated, state: State, entry: RosterEntry | None, now: Stamp) -> View:
    """The view of an open session."""
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
        **phase_fields(state, seated.front, entry, now),
    )


def phase_fields(state: State, front: Front, entry: RosterEntry | None, now: Stamp) -> dict[str, object]:
    """The fields of a `View` that only the phase of `state` has."""
    match session.phase(state):
        case Phase.AGREEMENT:
            place = len(state.record.accepted)
            return {
                "agreement": front.agreements[place],
                "agreement_place": f"{place + 1} of {len(front.agreements)}",
            }
        case Phase.INSTRUCTIONS:
            limit = timing.limit(front.time_limit, entry.accommodations) if entry else 0
            return {
                "instructions": front.instructions,
                "marks": "." * front.item_count,
                "limit": limit,
                "remaining": limit,
            }
        case Phase.TESTING:
            return {
                "question": question(state),
                "marks": marks(state),
                "limit": state.record.limit,
                "remaining": session.remaining(state, now),
            }
        case _:
            return {}


def question(state: State) -> Question | None:
    """The item on the screen, in the order that was recorded for it."""
    if state.layout is None or state.record.current is None:
        return None
    index = session.place(state)
    place = state.layout.places[index]
    known = state.record.answer(place.item.id)
    struck = tuple(option for option in place.order if option in known.struck)
    return Question(index, place.item, place.order, known.response, known.flagged, struck)


def marks(state: State) -> str:
    """One character an item, in the order shown."""
    if state.layout is None:
        return ""
    answers = (state.record.answer(place.item.id) for place in state.layout.places)
    return "".join(MARKS[answer.response is not None, answer.flagged] for answer in answers)

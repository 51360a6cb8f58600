"""Which open things of a sitting a person has explained. Pure.

Rules.
1. A thing is what reconciliation says, word for word. Where more comes in and it says something else, that is open.
2. So neither the order of files and settlements matters, nor how often a file comes.
3. What waits in quarantine is not explained here but admitted or rejected there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from results.centre.reconciling.values import HELD, Seat, SettledBy, SittingState

NOTHING_OF_IT = "nothing came of this sitting"


def open_things(state: SittingState) -> tuple[str, ...]:
    """Everything of a sitting that a person has to look at, in words that name it alone."""
    return (
        *((NOTHING_OF_IT,) if state.is_missing else ()),
        *map(_kiosk, state.missing_kiosks),
        *map(_record, state.missing_records),
        *state.findings,
        *(_seat(seat, words) for seat in state.seats for words in seat.open),
        *state.codes,
    )


def can_settle(words: str) -> bool:
    """Whether this is explained with words; else the quarantine decides it."""
    return HELD not in words


def after(state: SittingState, acts: Iterable[SettledBy]) -> SittingState:
    """The sitting with what these acts explain no longer open, but told with who explained it."""
    known = {one.words: one for one in acts if can_settle(one.words)}
    found = tuple(known[words] for words in dict.fromkeys(open_things(state)) if words in known)
    if not found:
        return state
    return replace(
        state,
        missing_kiosks=tuple(one for one in state.missing_kiosks if _kiosk(one) not in known),
        missing_records=tuple(one for one in state.missing_records if _record(one) not in known),
        codes=_without(state.codes, known),
        findings=_without(state.findings, known),
        seats=tuple(
            replace(seat, open=tuple(one for one in seat.open if _seat(seat, one) not in known))
            for seat in state.seats
        ),
        settled=found,
    )


def _without(told: Iterable[str], known: Mapping[str, SettledBy]) -> tuple[str, ...]:
    return tuple(one for one in told if one not in known)


def _kiosk(name: str) -> str:
    return f"missing kiosk: {name}"


def _record(words: str) -> str:
    return f"missing: {words}"


def _seat(seat: Seat, words: str) -> str:
    return f"{seat.candidate} ({seat.state}): {words}"

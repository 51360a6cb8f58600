"""Moving a candidate to another kiosk, and the checkpoint codes that are heard. Pure. Rules.

1. A move is for a candidate whose eligibility lasts; the kiosk asks the same. It starts from the kiosk where they were
   admitted and work, and names its last known checkpoint code: heard, or read from its second drive. From then on that
   kiosk gets no code; its record is evidence.
2. It goes to a kiosk that is free: a spare one or an empty seat, never one that anybody was moved away from.
3. The move-in code takes a serial of the kiosk where it is typed.
4. A candidate may be moved again, and counts once.
"""

from __future__ import annotations

from keys.clock import Stamp
from keys.codes import CHECKPOINT_LENGTH, typed
from keys.errors import ExamKioskError
from proctor.admitting import check_free
from proctor.choosing import check_choice
from proctor.codes import seat_at_work, take_serial
from proctor.commands import HearCheckpoint, MoveCandidate
from proctor.refusals import SeatTakenError
from proctor.state import State
from results.wire import acts
from results.wire import sitting_events as e

MOST_MINUTES = 24 * 60
KIND = "checkpoint code"


class MinutesLeftError(ExamKioskError):
    """Minutes that no test has left."""

    code = "minutes-left-wrong"
    what = "A candidate cannot go on with {minutes} minutes."
    next_step = "Enter the minutes of exam time that were left, 1 to 1440."


def move(state: State, command: MoveCandidate, now: Stamp) -> tuple[e.SittingEvent, ...]:
    """A move-in code.

    Raises `SeatTakenError`, `MinutesLeftError`, `MistypedCodeError`, `EligibilityOverError`, or as `seat_at_work`.
    """
    entry = state.entry(command.candidate)
    state.plan.check_eligible(entry, now.wall)
    name = state.kiosk_name(command.kiosk)
    check_choice(acts.MOVE, command.reason)
    source = seat_at_work(state, entry)
    if source == command.kiosk:
        raise SeatTakenError(kiosk=name, why=f"candidate {entry.candidate} sits there")
    check_free(state, command.kiosk, name, entry)
    checkpoint = typed(command.checkpoint, CHECKPOINT_LENGTH, kind=KIND)
    if not 1 <= command.minutes <= MOST_MINUTES:
        raise MinutesLeftError(minutes=command.minutes)
    serial = take_serial(state, command.kiosk)
    return (
        e.CandidateMoved(
            entry.candidate,
            entry.attempt,
            source,
            command.kiosk,
            checkpoint,
            command.minutes,
            serial,
            command.reason,
            command.proctor,
        ),
    )


def hear(state: State, command: HearCheckpoint) -> tuple[e.SittingEvent, ...]:
    """Note a checkpoint code; the one that was heard last leaves no event. Raises `MistypedCodeError`."""
    state.kiosk_name(command.kiosk)
    checkpoint = typed(command.checkpoint, CHECKPOINT_LENGTH, kind=KIND)
    last = state.checkpoint(command.kiosk)
    if last is not None and last.event.checkpoint == checkpoint:
        return ()
    return (e.CheckpointHeard(command.kiosk, checkpoint, command.proctor),)

"""Typed codes of an open session: verified under the keys of this kiosk, and turned into a command of the rules.

Rules.
1. A code that fails its check character, and what cannot be looked at at all, is told and never counted.
2. Every other code is counted durably before it is answered, with the start and resume codes, whatever it turns out to
   be. The count goes back to nothing once what a code asks for is durable, so that a used code, which is no guess, does
   not give back tries.
3. An action code is for this kiosk, this candidate and this attempt. The two codes of the room go by its own key.
4. Which verb suits which phase, and which serial was used, is kiosk/session.py's to say.
"""

from __future__ import annotations

from collections.abc import Callable

from exam_packages.sitting_plan import RosterEntry
from keys.clock import Stamp
from keys.codes import Verb, move_in_extra, read_action, redeem_action, redeem_room
from keys.encoding import normalise
from keys.errors import ExamKioskError
from keys.text import sanitise
from kiosk import admission, session
from kiosk.protocol import SignIn
from kiosk.seating import Seated
from results.wire.record import Record

ROOM = {Verb.ROOM_PAUSE, Verb.ROOM_RESUME}
MOST_MINUTES = 24 * 60
TYPED = 80


class MoveInIncompleteError(ExamKioskError):
    """A move-in code alone, or with minutes that no test has."""

    code = "move-in-incomplete"
    what = "This code moves a candidate to this kiosk from another one."
    next_step = (
        "Proctor: type the other kiosk's checkpoint code and the minutes of exam time left (1 to 1440), too."
    )


Count = Callable[[], None]
"""Counts a try durably. Raises `TooManyTriesError` while it must wait."""


def sign_in(
    seated: Seated, command: SignIn, now: Stamp, count: Count
) -> tuple[RosterEntry, session.Admit | session.MoveIn]:
    """Who signs in, and how.

    Raises `UnknownCandidateError`, `EligibilityOverError`, `MistypedCodeError`, `MoveInIncompleteError`,
    `TooManyTriesError` or `WrongCodeError`.
    """
    entry = admission.find(seated.plan, sanitise(command.candidate, limit=TYPED).strip())
    seated.plan.check_eligible(entry, now.wall)
    code = read_action(command.code)
    if code.verb != Verb.MOVE_IN:
        count()
        admission.admit(seated.codes, entry, code)
        return entry, session.Admit(entry.candidate, entry.attempt, code.serial)
    if not command.checkpoint.strip() or not 1 <= command.minutes <= MOST_MINUTES:
        raise MoveInIncompleteError
    extra = move_in_extra(command.checkpoint, command.minutes)
    count()
    redeem_action(seated.codes, code, entry.candidate, entry.attempt, extra, kind=admission.KIND)
    checkpoint = normalise(command.checkpoint)
    moved = session.MoveIn(entry.candidate, entry.attempt, code.serial, checkpoint, command.minutes)
    return entry, moved


def action(
    seated: Seated, record: Record, typed_code: str, count: Count
) -> session.Redeem | session.RedeemRoom:
    """What an action code asks for.

    Raises `MistypedCodeError`, `NotNowError` before anybody signed in, `TooManyTriesError` or `WrongCodeError`.
    """
    code = read_action(typed_code)
    if code.verb not in ROOM and not record.candidate:
        raise session.NotNowError
    count()
    if code.verb in ROOM:
        redeem_room(seated.room_key, code)
        return session.RedeemRoom(code.verb, code.serial)
    redeem_action(seated.codes, code, record.candidate, record.attempt)
    return session.Redeem(code.verb, code.serial)

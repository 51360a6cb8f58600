"""Typed codes of an open session: counted, verified under the keys of this kiosk, and done as a command of the rules.

Rules.
1. A code that fails its check character, and what cannot be looked at at all, is told and never counted.
2. Every other code is counted durably before it is answered, with the start and resume codes, whatever it turns out to
   be. The count goes back to nothing once what a code asks for is durable, so that a used code, which is no guess, does
   not give back tries.
3. An action code is for this kiosk, this candidate and this attempt. The two codes of the room go by its own key.
4. Which verb suits which phase, and which serial was used, is kiosk/session.py's to say.
5. A move-in code gives no more minutes than the candidate's own limit and what one proctor may add to it. Whoever had
   more at the source is given it here by two persons.
6. Whoever is moved in goes on with the source's journal where its mirror is here (kiosk/moving.py). Where it is not,
   the code is not redeemed until it was typed once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exam_packages.sitting_plan import RosterEntry
from keys.carrier import Carrier
from keys.clock import Stamp
from keys.codes import ActionCode, Verb, move_in_extra, read_action, redeem_action, redeem_room
from keys.encoding import normalise
from keys.errors import ExamKioskError
from keys.text import sanitise
from kiosk import admission, moving, session, timing
from kiosk.live import Live
from kiosk.protocol import SignIn
from kiosk.redeeming import SecondProctorNeededError
from kiosk.seating import fitting
from kiosk.station import Station
from results.wire.events import SessionCarried

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


def sign_in(
    station: Station, live: Live, command: SignIn, now: Stamp, media: Callable[[], Iterable[Carrier]]
) -> None:
    """Admit a candidate, or move one in with what one of the `media` has of their answers.

    Raises `UnknownCandidateError`, `EligibilityOverError`, `MistypedCodeError`, `MoveInIncompleteError`,
    `TooManyTriesError`, `WrongCodeError`, `SecondProctorNeededError`, `MirrorMissingError`, `MirrorUnusableError`, or
    what refuses the append.
    """
    seated = live.seated
    entry = admission.find(seated.plan, sanitise(command.candidate, limit=TYPED).strip())
    seated.plan.check_eligible(entry, now.wall)
    code = read_action(command.code)
    extra = _moved(command) if code.verb == Verb.MOVE_IN else b""
    _count(station, live, now)
    if code.verb == Verb.MOVE_IN:
        redeem_action(seated.codes, code, entry.candidate, entry.attempt, extra, kind=admission.KIND)
        _check_minutes(live, entry, command.minutes)
        source = normalise(command.checkpoint), command.minutes
        carried = _carried(station, live, moving.Wanted(seated, entry, source[0]), code, media)
        live.append(session.MoveIn(entry.candidate, entry.attempt, code.serial, *source, carried), now)
    else:
        admission.admit(seated.codes, entry, code)
        live.append(session.Admit(entry.candidate, entry.attempt, code.serial), now)
    live.know(entry)
    _forget(station, live)


def redeem(station: Station, live: Live, typed_code: str, now: Stamp) -> None:
    """Redeem an action code of the candidate who sits here, or one of the room.

    Raises `MistypedCodeError`, `NotNowError` before anybody signed in, `TooManyTriesError`, `WrongCodeError`, or what
    refuses the append.
    """
    seated, record = live.seated, live.state.record
    code = read_action(typed_code)
    if code.verb not in ROOM and not record.candidate:
        raise session.NotNowError
    _count(station, live, now)
    if code.verb in ROOM:
        redeem_room(seated.room_key, code)
        live.append(session.RedeemRoom(code.verb, code.serial), now)
    else:
        redeem_action(seated.codes, code, record.candidate, record.attempt)
        live.append(session.Redeem(code.verb, code.serial), now)
    _forget(station, live)


def _moved(command: SignIn) -> bytes:
    if not command.checkpoint.strip() or not 1 <= command.minutes <= MOST_MINUTES:
        raise MoveInIncompleteError
    return move_in_extra(command.checkpoint, command.minutes)


def _carried(
    station: Station,
    live: Live,
    wanted: moving.Wanted,
    code: ActionCode,
    media: Callable[[], Iterable[Carrier]],
) -> SessionCarried | None:
    """The source's journal; None where it is not here and that was said before, to this code."""
    try:
        return moving.look(media(), wanted, station.private)
    except (moving.MirrorMissingError, moving.MirrorUnusableError):
        if live.told_without == code:
            return None
        live.told_without = code
        raise


def _check_minutes(live: Live, entry: RosterEntry, minutes: int) -> None:
    own = timing.limit(live.seated.front.time_limit, entry.accommodations)
    more, alone = minutes - -(-own // timing.MINUTE), live.seated.plan.policies.one_proctor_minutes
    if more > alone:
        raise SecondProctorNeededError(most=alone, asked=more)


def _count(station: Station, live: Live, now: Stamp) -> None:
    fitting(lambda: station.count_try(now), live.seated.store.make_room)


def _forget(station: Station, live: Live) -> None:
    fitting(lambda: station.keep(tries=0), live.seated.store.make_room)

"""Open a sitting with the start code, and come back to it with a resume code: what is counted, verified, kept first.

Rules.
1. A typo is told and not counted; another code is counted durably before it is looked at. The right one sets that back.
2. What the desk has seen of signed lists is kept as this kiosk's floor before anything of the sitting is made.
3. A store whose form is refused is closed again.
"""

from __future__ import annotations

from keys.clock import Stamp, check_floor
from keys.codes import RESUME_LENGTH, typed
from keys.errors import ExamKioskError
from keys.primitives import KdfCost
from keys.trusted import Floor
from kiosk import seating, session, unlocking
from kiosk.live import Live
from kiosk.seating import Seated, fitting
from kiosk.station import Seat, Station
from kiosk.unlocking import Found


def open_sitting(
    station: Station,
    found: Found,
    code: str,
    now: Stamp,
    *,
    software: str,
    not_locked: tuple[str, ...],
    cost: KdfCost,
) -> Live:
    """Take the seat of what was found on the carrier. Raises as `unlocking.redeem` and `seating.take_seat`."""
    station.count_try(now)
    secrets = unlocking.redeem(station, found, code, floor=cost)
    desk = secrets.floor
    floor = station.floor_with(Floor(desk.root, desk.timestamp, desk.snapshot, desk.targets))
    station.keep(floor=floor, tries=0)
    opened = seating.genesis(station, found, software, not_locked)
    session.decide(session.State(), session.Open(opened), now)
    return _adopted(station, seating.take_seat(station, found, secrets, opened, now, cost))


def come_back(station: Station, seat: Seat, code: str, now: Stamp, cost: KdfCost) -> tuple[Live, int]:
    """The session of a seat as it stopped, and which n the code had. Raises as `seating.return_to`."""
    check_floor(now, station.file.floor.newest)
    typed(code, RESUME_LENGTH, kind="resume code")
    fitting(lambda: station.count_try(now), lambda: seating.give_back(station, seat))
    seated, n = seating.return_to(station, seat, code, cost)
    return _adopted(station, seated), n


def _adopted(station: Station, seated: Seated) -> Live:
    try:
        return Live(station, seated)
    except ExamKioskError:
        seated.store.close()
        raise

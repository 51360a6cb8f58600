"""How a session ends on this machine: sealed, noted, what opens it destroyed, its record exported, the screen left.

Rules.
1. Until the record is sealed and the end is noted in the station file, nothing is destroyed and nothing is forgotten.
2. What could not be destroyed is destroyed at the next look, until it succeeds; the record is exported in any case.
3. The last screen is not left before everything is destroyed.
"""

from __future__ import annotations

import msgspec

from keys.carrier import Carrier
from keys.clock import Stamp
from keys.codes import receipt_code
from keys.text import sanitise
from kiosk import handover, protocol
from kiosk.live import Live
from kiosk.seating import Seated, fitting
from kiosk.state import flagged
from kiosk.station import Station

NOTICE = 1000


class Ending:
    """The end of one session: what is still to be destroyed, and where its record is."""

    def __init__(self, station: Station, carrier: Carrier) -> None:
        """Nothing has ended yet, or it ended in another process."""
        self._station, self._carrier = station, carrier
        self._ended: Seated | None = None
        self._exported, self._carried = "", False

    def told(self) -> protocol.Ending | None:
        """What the last screen says, once a session ended."""
        seat = self._station.occupied()
        if seat is None or seat.ending is None:
            return None
        return msgspec.structs.replace(seat.ending, exported=self._exported, carried=self._carried)

    def seal(self, live: Live, now: Stamp) -> None:
        """Seal the record of an ended session and note its end; may be called again. Raises as `handover.seal`."""
        seated, store, record = live.seated, live.seated.store, live.state.record
        fitting(lambda: handover.seal(self._station, seated, record, now), store.make_room)
        said = protocol.Ending(
            record.final_outcome(),
            record.answered(),
            seated.front.item_count - record.answered(),
            flagged(live.state),
            store.last.wall if store.last else now.wall,
            receipt_code(seated.codes, record.session, store.head.digest, store.head.count),
            "",
            sanitise(seated.plan.policies.result_notice, limit=NOTICE, newlines=True),
        )
        seat = msgspec.structs.replace(seated.seat, ending=said, preferences=live.preferences)
        fitting(lambda: self._station.keep_seat(seat), store.make_room)
        self._ended = seated

    def put_away(self) -> None:
        """Destroy, then export, also where destroying failed. Raises as `handover.destroy`."""
        seat = self._station.occupied()
        if seat is None:
            return
        try:
            self._destroy()
        finally:
            path = handover.kept(self._station, seat)
            self._exported, self._carried = handover.try_export(path, self._carrier)

    def look_again(self) -> bool:
        """Destroy what could not be destroyed before; whether there was anything. Raises as `handover.destroy`."""
        if self._ended is None:
            return False
        self._destroy()
        return True

    def leave(self) -> None:
        """Let the last screen go. Raises as `handover.destroy`, or a `StorageError`."""
        self._destroy()
        seat = self._station.occupied()
        if seat is not None:
            self._station.keep_seat(msgspec.structs.replace(seat, left=True))

    def _destroy(self) -> None:
        seat = self._station.occupied()
        if seat is not None:
            handover.destroy(self._station, seat, self._ended)
        self._ended = None

"""How a session ends: its record is sealed, and the end noted in the station file with what the last screen says.

Until both are done nothing is destroyed and nothing is forgotten; what comes then is kiosk/handover.py's.
"""

from __future__ import annotations

import msgspec

from keys.clock import Stamp
from keys.codes import receipt_code
from keys.text import sanitise
from kiosk import handover
from kiosk.protocol import Ending
from kiosk.seating import Seated, fitting
from kiosk.station import Seat, Station
from results.wire.record import Record

NOTICE = 1000


def seal(station: Station, seated: Seated, record: Record, now: Stamp, preferences: dict[str, str]) -> Seat:
    """Seal the record of an ended session and note its end; may be called again. Raises as `handover.seal`."""
    store, head = seated.store, seated.store.head
    fitting(lambda: handover.seal(station, seated, record, now), store.make_room)
    ending = Ending(
        record.final_outcome(),
        record.answered(),
        seated.front.item_count - record.answered(),
        record.flagged(),
        store.last.wall if store.last else now.wall,
        receipt_code(seated.codes, record.session, head.digest, head.count),
        "",
        sanitise(seated.plan.policies.result_notice, limit=NOTICE, newlines=True),
    )
    seat = msgspec.structs.replace(seated.seat, ending=ending, preferences=preferences)
    fitting(lambda: station.keep_seat(seat), store.make_room)
    return seat

"""What the tests of the kiosk read back: the question on the screen, and the record as the centre opens it."""

from __future__ import annotations

from keys.statement import Keyring
from kiosk import protocol as p
from results.wire.bundle import open_record, read_record
from results.wire.journal import SessionEntry, lines, read
from results.wire.record import Record, fold
from tests.kiosk.world import SITTING, World


def sealed(world: World) -> tuple[Record, tuple[SessionEntry, ...]]:
    """The record on the carrier as the centre opens it."""
    (name,) = world.carrier.names(f"records/{SITTING}")
    raw = world.carrier.read(name, limit=1 << 20)
    record = read_record(raw, Keyring([world.keys["kiosk"].identity.holder()]))
    entries, head = read(lines(open_record(record, world.keys["centre"])), SessionEntry)
    assert (head.digest, head.count) == (record.header.head, record.header.count)
    return fold(entry.event for entry in entries), entries


def item_of(view: p.View) -> p.Question:
    """The question on the screen."""
    assert view.question is not None
    return view.question

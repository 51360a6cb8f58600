"""An acknowledged save, as the session process makes it, against one raw write and fsync of the same bytes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import Ratio, paired, timed
from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from keys import primitives
from keys.clock import SystemClock
from keys.encoding import Digest
from kiosk.store import create_store
from results.wire.events import ResponseRecorded, SessionOpened
from results.wire.journal import next_session_line

ROUNDS = 400
ZERO = Digest("0" * 64)


def ratios() -> list[Ratio]:
    """One row, on the disk under the present folder: a temporary file system would flatter both."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        opened = SessionOpened(bytes(32), "bench", "bench", "live", "", ZERO, ZERO, ZERO, "", "bench")
        place = Path(folder)
        store = create_store(place, primitives.entropy(32), {}, clock.now(), opened)
        raw = os.open(place / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        answer = ResponseRecorded(ItemId("CP-1A-01"), ChosenOptions((OptionId("b"),)), 61_000)
        same_bytes = next_session_line(store.head, clock.now(), answer).raw

        def save() -> None:
            store.append(clock.now(), (answer,))

        def write() -> None:
            os.write(raw, same_bytes)
            os.fsync(raw)

        row = paired(
            "acknowledged save",
            timed(save),
            "raw write and fsync",
            timed(write),
            rounds=ROUNDS,
            target="5 at p99",
        )
        os.close(raw)
        store.close()
    return [row]
